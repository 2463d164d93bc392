"""`thoisu queue`: what waits for workers, what they run, and what failed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.common import StoreOption, local, open_store
from crawler.cli.language import spoken
from crawler.cli.lists import Column, Row, cell, note, print_rows
from crawler.process.output import print_json, say

if TYPE_CHECKING:
    from crawler.schedule.queue_state import QueuedJob, QueueWorkerRow

_COLUMNS = ("queue", "what", "state", "since", "worker", "tries")


def queue(
    failed: Annotated[bool, typer.Option("--failed", help="Only what failed in the last month.")] = False,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="The most jobs that are listed.")] = 50,
    retry: Annotated[bool, typer.Option("--retry", help="Do parts of backfills that failed again.")] = False,
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a job, then one with the workers.")] = False,
) -> None:
    """Say what waits for workers, what they run, and what failed.

    What runs comes first, then what waits, in the order in which it is taken. A
    round or job that failed comes again when it is due; a part of a backfill that
    did so five times in a row is left until --retry. With SQLite there is no
    queue: `thoisu schedule` does everything itself.

    \b
    Examples:
      thoisu queue
      thoisu queue --failed
      thoisu queue --json | jq 'select(.state == "failed")'
    """
    from crawler.schedule import queue_schema, queue_state

    states: tuple[queue_state.JobState, ...] = ("failed",) if failed else ("runs", "waits", "failed")
    with open_store(store) as opened, opened.reading() as connection:
        there = queue_schema.is_there(connection)
        again = queue_state.retry(connection) if there and retry else 0
        jobs = queue_state.jobs(connection, states, limit) if there else []
        counts = queue_state.counts(connection) if there else {}
        workers = queue_state.workers(connection) if there else []
    if json_:
        for job in jobs:
            print_json(asdict(job))
        print_json({"counts": counts, "workers": [asdict(one) for one in workers]})
        return
    if retry:
        say(spoken("{n} wait again", n=again))
    now = datetime.now(UTC)
    columns = [Column(name, right=name == "tries", whole=name not in ("what", "since")) for name in _COLUMNS]
    print_rows(columns, [_row(job, now) for job in jobs], "nothing waits, runs or failed")
    if not there:
        note(spoken("this store has no queue: `thoisu schedule` does everything itself"))
        return
    shown = sum(counts[state] for state in states)
    if shown > len(jobs):
        note(spoken("{n} more are not listed: --limit", n=shown - len(jobs)))
    note(_workers(workers), style="" if workers or not counts["waits"] else "bold red")


def _row(job: QueuedJob, now: datetime) -> Row:
    since = local(job.since)
    if job.due is not None and job.due > now:
        since = cell(f"till {local(job.due)}")
    style = {"failed": "red", "runs": "bold"}.get(job.state, "")
    return Row(
        (job.queue, " ".join(job.names), cell(job.state), since, job.worker or "-", str(job.attempts)), style=style
    )


def _workers(workers: list[QueueWorkerRow]) -> str:
    if not workers:
        return spoken("no worker is alive; start one: thoisu worker")
    each = "; ".join(f"{one.host}:{one.pid} ({', '.join(one.queues)}; {one.concurrency})" for one in workers)
    return f"{spoken('workers')}: {each}"

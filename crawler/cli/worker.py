"""`thoisu worker`: a process that takes work from the queue of a store; as many as one likes, on any machine."""

from __future__ import annotations

from typing import Annotated

import typer

from crawler.cli.common import LogFormatOption, StoreOption, chosen_format, configured
from crawler.cli.language import spoken
from crawler.errors import BadInput
from crawler.process.log_format import announce


def worker(
    queues: Annotated[
        str | None, typer.Option(metavar="NAMES", help="Take jobs of these queues alone: rounds,relate,…")
    ] = None,
    concurrency: Annotated[
        int | None, typer.Option(metavar="N", min=1, max=1000, help="Jobs at once; default: THOISU_SITES_AT_ONCE.")
    ] = None,
    newsroom: Annotated[str | None, typer.Option(metavar="URL", help="Ask the papers of an embedded newsroom.")] = None,
    store: StoreOption = None,
    log_format: LogFormatOption = None,
) -> None:
    """Do what the scheduler of a store on PostgreSQL has found due.

    Run as many as needed, on as many machines, beside one `thoisu schedule`. Each
    job runs in a process of its own; a site is asked by one at a time, whatever
    the number of workers. What a worker leaves that dies is done by another half
    a minute later; one that is stopped gives it back.

    Queues: rounds, one for each job (`thoisu schedule --jobs`), backfill, reread.
    Without --queues it takes all, but `deliver` only where sinks.toml is, and
    `reread` only where the archive is (THOISU_ARCHIVE).

    \b
    Examples:
      thoisu worker --store postgresql://db.example/thoisu
      thoisu worker --queues rounds --concurrency 16
      thoisu worker --queues deliver,alerts,digest
    """
    from crawler.cli.runners import runners_of
    from crawler.cli.warm import WarmStart
    from crawler.schedule.queue import Queue, check_possible
    from crawler.schedule.queue_worker import QueueWorker
    from crawler.schedule.scheduler import log
    from crawler.store import Store
    from crawler.store.database import parsed_url

    url, form = store or configured().database_url, chosen_format(log_format)
    chosen = _queues(queues)
    check_possible(parsed_url(url))  # before a store is made
    with Store.open(url) as opened:
        queue = Queue(opened)
        log(configured().log_level, form)  # a mistake of whoever begins it is told as by any command
        many = concurrency or configured().sites_at_once
        start = WarmStart.of(url, newsroom)
        QueueWorker(queue, lambda: runners_of(start, url, newsroom, form), chosen, many).run()
    announce(spoken("stopped; what was under way goes on with the next worker"))


def _queues(names: str | None) -> list[str]:
    """The queues that are asked for, else all of which this machine has what they need."""
    from crawler.cli.jobs import BY_NAME
    from crawler.schedule.queue_state import BACKFILL, REREAD, ROUNDS

    every = [ROUNDS, *BY_NAME, BACKFILL, REREAD]
    if names is None:
        here = {"deliver": configured().sinks.exists(), REREAD: configured().archive is not None}
        return [name for name in every if here.get(name, True)]
    asked = [name.strip() for name in names.split(",") if name.strip()]
    if unknown := next((name for name in asked if name not in every), None):
        raise BadInput(f"no queue is called {unknown!r}; there are {', '.join(every)}")
    if not asked:
        raise BadInput(f"--queues names none; there are {', '.join(every)}")
    return list(dict.fromkeys(asked))

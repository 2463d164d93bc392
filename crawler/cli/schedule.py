"""`thoisu schedule`: the process that polls the sites again and again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.common import (
    LogFormatOption,
    SitesArgument,
    StoreOption,
    all_sites,
    begin_log,
    chosen_format,
    chosen_sites,
    configured,
    papers_of,
)
from crawler.cli.language import respoken, spoken
from crawler.cli.sinks import span
from crawler.errors import BadInput
from crawler.process.log_format import announce
from crawler.process.output import console

if TYPE_CHECKING:
    from rich.console import Console

    from crawler.schedule.deferral import Deferral
    from crawler.sites import Sites
    from crawler.store import Store


def schedule(
    sites: SitesArgument = None,
    newsroom: Annotated[
        str | None, typer.Option(metavar="URL", help="Poll the papers of an embedded newsroom.")
    ] = None,
    store: StoreOption = None,
    job: Annotated[str | None, typer.Option(metavar="NAME", help="Run this job once, and nothing else.")] = None,
    log_format: LogFormatOption = None,
    defer: Annotated[
        bool, typer.Option("--defer", help="Ask no site from here: rounds and repair wait for a worker.")
    ] = False,
    jobs: Annotated[bool, typer.Option("--jobs", help="Say what runs, and how often.")] = False,
    child: Annotated[bool, typer.Option("--child", hidden=True, help="A job of the scheduler.")] = False,
) -> None:
    """Poll the sites again and again, each when it is due.

    New sites are begun one a minute. What is due runs in a process of its own. When to poll next stands in the
    store, so it can be stopped or killed at any time and goes on where it was.
    A second one on the same store stands by and takes over when the first ends.

    What polls bring is followed by other jobs: copies and stories, checks,
    alerts, the digest of findings, delivery to configured sinks, retention.

    With PostgreSQL, while a `thoisu worker` is alive, what is due goes to a
    queue and is done by workers; while none is, it is done here.

    \b
    Examples:
      thoisu schedule
      thoisu schedule nhandan baochinhphu
      thoisu schedule --store postgresql://localhost/thoisu
      thoisu schedule --jobs
      thoisu status
    """
    from crawler.alerts import validated
    from crawler.cli.jobs import BY_NAME, run_job

    if jobs:
        _list_jobs(console())
        return
    validated(configured().notify)
    form = chosen_format(log_format)
    if job is not None and job not in BY_NAME:
        raise BadInput(f"no job is called {job!r}; there are {', '.join(BY_NAME)}")
    known = papers_of(newsroom) if newsroom else all_sites()
    chosen = chosen_sites(sites or (), known)
    if job is not None:
        begin_log(form)
        run_job(job, chosen, store or configured().database_url, follow=child)
    else:
        _run(chosen, list(sites or ()), store or configured().database_url, newsroom, form, defer=defer)


def _run(chosen: Sites, names: list[str], store_url: str, newsroom: str | None, form: str, *, defer: bool) -> None:
    from crawler.cli.jobs import JOBS
    from crawler.cli.runners import runners_of
    from crawler.cli.warm import WarmStart
    from crawler.maintenance.heartbeat import heartbeat
    from crawler.schedule import enrol
    from crawler.schedule.queue import JOB, ROUND, check_possible
    from crawler.schedule.scheduler import Scheduler, log
    from crawler.store import Store
    from crawler.store.database import parsed_url

    if defer:
        check_possible(parsed_url(store_url))  # before a store is made
    log(configured().log_level, form)
    with Store.open(store_url) as store:
        deferral = _deferral(store, names, asked=defer)
        runners = runners_of(WarmStart.of(store_url, newsroom), store_url, newsroom, form, names)
        intervals = [job.interval() for job in JOBS]
        on_beat: Callable[[], None] = heartbeat(url, store) if (url := configured().heartbeat_url) else lambda: None
        places, settle = configured().sites_at_once, partial(enrol, chosen)
        Scheduler(store, runners[ROUND], places, settle, runners[JOB], intervals, deferral, on_beat).run()
    announce(spoken("stopped; the next start goes on where this one was"))


def _deferral(store: Store, names: list[str], *, asked: bool) -> Deferral | None:
    """How work goes to workers; None where there can be none, `BadInput` when they were asked for there."""
    from crawler.schedule.deferral import Deferral
    from crawler.schedule.queue import Queue, can_defer
    from crawler.schedule.queue_state import ROUNDS

    if not asked and (store.url.get_backend_name() != "postgresql" or not can_defer()):
        return None
    try:
        return Deferral(Queue(store), {ROUNDS, "repair"} if asked else (), names)
    except BadInput as failure:
        if asked:
            raise
        announce(spoken("{why}; until then everything is done here", why=respoken(str(failure))), logging.WARNING)
        return None


def _list_jobs(screen: Console) -> None:
    from crawler.cli.jobs import JOBS

    screen.print(f"poll       {spoken('when the agenda says so: thoisu status')}", highlight=False)
    for job in JOBS:
        says = spoken("every {span}", span=span(job.every.total_seconds()))
        if job.idle > job.every:
            says += spoken(", {span} while nothing changes", span=span(job.idle.total_seconds()))
        if job.after_rounds:
            says += spoken(", and when a round has brought something")
        screen.print(f"{job.name:<10} {says}", highlight=False)
        screen.print(f"           {respoken(job.says)}", style="dim", highlight=False)

"""Which process does what: the commands that a scheduler or a worker runs for each kind of work."""

from __future__ import annotations

from collections.abc import Iterable

from crawler.schedule.queue import JOB, ROUND
from crawler.schedule.queue_state import BACKFILL, REREAD
from crawler.schedule.worker import Begin, Worker


def runners_of(
    begin: Begin, store_url: str, newsroom: str | None, form: str, sites: Iterable[str] = ()
) -> dict[str, Worker]:
    """For each kind of work what runs its processes; jobs are for these sites, or those that their words name.

    `begin` begins `thoisu` with the words of a command.
    """
    options = ["--newsroom", newsroom] if newsroom else []
    # The address may hold a password, and everybody on the machine sees the words of a command.
    environ = {"THOISU_DATABASE_URL": store_url, "THOISU_LOG_FORMAT": form}
    asking = environ | ({"THOISU_NEWSROOM": newsroom} if newsroom else {})  # a job that asks sites asks it, too
    return {
        ROUND: Worker(["crawl", "--due", *options], environ=environ, begin=begin),
        JOB: Worker(["schedule", *sites, *options, "--child", "--job"], "the job", environ=asking, begin=begin),
        BACKFILL: Worker(["backfill", *options, "--child"], "the part backfill", environ=environ, begin=begin),
        REREAD: Worker(["reread", "--child"], "the part reread", environ=environ, begin=begin),
    }

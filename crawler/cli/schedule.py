"""`thoisu schedule`: the process that polls the sites again and again."""

from __future__ import annotations

from typing import Annotated

import typer

from crawler.cli.common import SitesArgument, StoreOption, all_sites, chosen_sites, papers_of


def schedule(
    sites: SitesArgument = None,
    newsroom: Annotated[
        str | None, typer.Option(metavar="URL", help="Poll the papers of an embedded newsroom.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Poll the sites again and again, each when it is due.

    New sites are begun one a minute. What is due runs in a process of its own. When to poll next stands in the
    store, so it can be stopped or killed at any time and goes on where it was.
    A second one on the same store stands by and takes over when the first ends.

    \b
    Examples:
      thoisu schedule
      thoisu schedule nhandan baochinhphu
      thoisu schedule --store postgresql://localhost/thoisu
      thoisu status
    """
    from crawler.alerts.notify import validated
    from crawler.schedule.scheduler import run
    from crawler.settings import THOISU_DATABASE_URL, THOISU_NOTIFY

    validated(THOISU_NOTIFY)
    known = papers_of(newsroom) if newsroom else all_sites()
    chosen = chosen_sites(sites or (), known)
    run(chosen, store_url=store or THOISU_DATABASE_URL, newsroom=newsroom)

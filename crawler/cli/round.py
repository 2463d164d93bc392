"""The process of a round: what is due at some sites."""

from __future__ import annotations

import logging

from crawler.configuration import Settings
from crawler.crawl import SiteReport, crawl
from crawler.process import end_with_input
from crawler.process.log_format import announce, log_to_stderr
from crawler.sites import Sites
from crawler.text import VIETNAM


def round_of(sites: Sites, store_url: str, newsroom: str | None, own: Settings) -> None:
    """What the process of a round does: what is due at these sites, until its scheduler ends it or dies."""
    log_to_stderr(own.log_level, own.log_format, VIETNAM)
    end_with_input()
    for report in crawl(sites, store_url=store_url, newsroom=newsroom, due=True, on_progress=_quietly, own=own):
        announce(str(report), logging.WARNING if report.error else logging.INFO)


def _quietly(_: SiteReport) -> None:
    """What a site gave is said when its round is over."""

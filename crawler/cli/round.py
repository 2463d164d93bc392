"""The process of a round: what is due at some sites."""

from __future__ import annotations

import logging
import os
import signal
import threading
from contextlib import suppress

from crawler.configuration import Settings
from crawler.crawl import SiteReport, crawl
from crawler.process.log_format import announce, log_to_stderr
from crawler.sites import Sites
from crawler.text import VIETNAM


def round_of(sites: Sites, store_url: str, newsroom: str | None, own: Settings) -> None:
    """What the process of a round does: what is due at these sites, until its scheduler ends it or dies."""
    log_to_stderr(own.log_level, own.log_format, VIETNAM)
    threading.Thread(target=follow_scheduler, daemon=True).start()
    for report in crawl(sites, store_url=store_url, newsroom=newsroom, due=True, on_progress=_quietly, own=own):
        announce(str(report), logging.WARNING if report.error else logging.INFO)


def _quietly(_: SiteReport) -> None:
    """What a site gave is said when its round is over."""


def follow_scheduler() -> None:
    """End this process when its input is closed, as it is when its scheduler dies."""
    # Not by sys.stdin, whose lock would be held when the process ends.
    with suppress(OSError):  # a connection is reset when its other side dies with something unread
        while os.read(0, 1):
            pass
    os.kill(os.getpid(), signal.SIGTERM)

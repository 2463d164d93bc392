"""The process of a round: what is due at some sites."""

from __future__ import annotations

import os
import signal
import sys
import threading
from datetime import UTC, datetime

from crawler.crawl.report import SiteReport
from crawler.crawl.run import crawl
from crawler.schedule.scheduler import log
from crawler.settings import Settings
from crawler.sites.registry import Sites
from crawler.text.dates import VIETNAM


def round_of(sites: Sites, store_url: str, newsroom: str | None) -> None:
    """What the process of a round does: what is due at these sites, until its scheduler ends it or dies."""
    log(Settings.load().log_level)
    threading.Thread(target=follow_scheduler, daemon=True).start()
    for report in crawl(sites, store_url=store_url, newsroom=newsroom, due=True, on_progress=_quietly):
        print(f"{datetime.now(UTC).astimezone(VIETNAM):%d/%m %H:%M}  {report}", file=sys.stderr, flush=True)


def _quietly(_: SiteReport) -> None:
    """What a site gave is told when its round is over."""


def follow_scheduler() -> None:
    """End this process when its input is closed, as it is when its scheduler dies."""
    # Not by sys.stdin, whose lock would be held when the process ends.
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)

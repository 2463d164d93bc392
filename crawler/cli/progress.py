"""How far a backfill is: pages asked and known to be left, the rate, and the time that this takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from crawler.cli.language import spoken
from crawler.process.log_format import announce
from crawler.process.output import console

if TYPE_CHECKING:
    from crawler.crawl import SiteReport

_EVERY = 5.0  # seconds between two plain lines of one site


@contextmanager
def progress() -> Iterator[Callable[[SiteReport], None]]:
    """Rate and time left of each site on standard error: bars on a terminal, else a line now and then."""
    screen = console(stderr=True)
    if not screen.is_terminal:
        yield _plain_lines()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"))
    with Progress(*columns, TimeRemainingColumn(), console=screen, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def show(report: SiteReport) -> None:
            left, done = getattr(report, "left", 0), _done(report)
            if report.site not in tasks:
                tasks[report.site] = bars.add_task(report.site, rate="")
            rate = spoken("{n} a minute", n=f"{60 * done / report.seconds:.0f}") if report.seconds else ""
            bars.update(tasks[report.site], completed=done, total=done + left, rate=rate)

        yield show


def _plain_lines() -> Callable[[SiteReport], None]:
    last: dict[str, float] = {}

    def show(report: SiteReport) -> None:
        now = time.monotonic()
        if now - last.setdefault(report.site, now) < _EVERY:
            return
        last[report.site] = now
        left, done = getattr(report, "left", 0), _done(report)
        rate = done / report.seconds if report.seconds else 0.0
        hours = spoken(", {n} hours at this rate", n=f"{left / rate / 3600:.1f}") if rate else ""
        so_far = spoken("{done} asked, {left} known to be left", done=done, left=left)
        announce(f"{report.site}: {so_far}{hours}")

    return show


def _done(report: SiteReport) -> int:
    read = report.created + report.revised + report.copied + report.unchanged + report.restored + report.withdrawn
    return report.sources + read + report.refused.total()

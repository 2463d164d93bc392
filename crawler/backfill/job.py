"""What is wanted of one site."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.backfill import steps as plans
from crawler.discover.days import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is wanted of one site."""

    site: str
    span: Span
    oldest_first: bool = False
    key: str = ""
    """Tells backfills of the same days apart: what made this one necessary."""
    walk: bool = True
    """False reads only what is listed already."""

    @property
    def name(self) -> str:
        """Under which its progress is kept."""
        return plans.job_name(self.site, self.span, self.key)

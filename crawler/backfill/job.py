"""What is wanted of one site."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.backfill import steps as step_table
from crawler.discover import DayRange


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is wanted of one site."""

    site: str
    span: DayRange
    oldest_first: bool = False
    key: str = ""
    """Tells backfills of the same days apart: what made this one necessary."""
    walk: bool = True
    """False reads only what is listed already."""

    @property
    def name(self) -> str:
        """Under which its progress is kept."""
        return step_table.job_name(self.site, self.span, self.key)

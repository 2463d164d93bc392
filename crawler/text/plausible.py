"""What is believed of the times and numbers that somebody else gave: a site, a header, a clock that was wrong.

Each comes in through one of these functions, so that none is kept that would hold up polling: a `Retry-After` until
2082, a page from the year after next, a delay that is no number.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import isnan

AHEAD = timedelta(days=1)
"""How far in the future a time may lie that tells of something past: zones go from -12 to +14 hours, and a paper that
mistakes its own, or prepares tomorrow's page, is off by no more than a day."""
SKEW = timedelta(minutes=5)
"""How far the clocks of two machines on one store may differ before a stored time is a mistake."""
LONGEST_WAIT = 2 * 24 * 60 * 60.0
"""Seconds for which a site may ask to be left alone, as over a weekend: else one wrong header would end its polling."""
MEANT = 30 * 24 * 60 * 60.0
"""Seconds beyond which a wait cannot be meant: it says nothing, and our own back-off holds."""
UNIX_TIME = 1_000_000_000
"""From here on a number of seconds is a time since 1970 (9 September 2001), not a wait of thirty years."""
FIRST_PAGE = datetime(1990, 12, 20, tzinfo=UTC)
"""When the first page of the web could be fetched."""
LONGEST_VALIDATOR = 1000
"""Characters of an ETag or Last-Modified that are kept and sent back; no server writes one of a hundred."""


def not_ahead(at: datetime | None, now: datetime) -> datetime | None:
    """A time that somebody told of something past; None when it lies in the future, by more than zones explain."""
    return at if at is None or at <= now + AHEAD else None


def not_after(at: datetime, now: datetime) -> datetime:
    """A time of our own that has been, as the store has it; `now` when a clock was ahead as it was written."""
    return min(at, now)


def bounded(seconds: float, most: float) -> float | None:
    """Seconds that somebody asks for, from 0 to `most`; None for what is no number."""
    return None if isnan(seconds) else min(max(seconds, 0.0), most)


def validator(value: str | None) -> str | None:
    """An ETag or Last-Modified that can be kept; None for one that is too long: then the source is asked in full."""
    return value if value is not None and len(value) <= LONGEST_VALIDATOR else None

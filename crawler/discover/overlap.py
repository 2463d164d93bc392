"""Whether a window of the newest items still overlaps the one before it.

A feed shows its newest n items. When none of those that stand in their place was there at the poll before, more than n
may have come in between, and what scrolled away was seen by nobody.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

_ORDERLY = 0.9
"""Part of a window that stands in its place when the window is in order, but for a pinned story."""


class WindowItem(NamedTuple):
    """One entry of a window, in its order."""

    at: datetime | None
    """When it was published, as the window says."""
    known: bool
    """This source has shown it before."""


def overlaps(window: Sequence[WindowItem]) -> bool:
    """Whether some entry in its place was known.

    A pinned story proves nothing: of the entries with a time, those count that make the longest run from new to old.
    Where most have no time, every entry counts.
    """
    timed = [item for item in window if item.at is not None]
    if 2 * len(timed) < len(window):
        return any(item.known for item in window)
    return any(item.known for item in in_place(timed))


def window_reach(window: Sequence[WindowItem]) -> datetime | None:
    """The oldest time to which the window is complete; None when it says no times."""
    placed = in_place([item for item in window if item.at is not None])
    return placed[-1].at if placed else None


def window_end(window: Sequence[WindowItem]) -> WindowItem | None:
    """The entry at which a window ends that goes from new to old, but for a pinned story; None when it does not."""
    placed = in_place([item for item in window if item.at is not None])
    return placed[-1] if placed and len(placed) >= _ORDERLY * len(window) else None


def longest_rise(numbers: Iterable[int]) -> int:
    """How many of the numbers, left in their order, make the longest run that only rises (O(n log n))."""
    tails: list[int] = []  # of the best run of each length, its last number
    for number in numbers:
        length = bisect_left(tails, number)
        tails[length : length + 1] = [number]
    return len(tails)


def in_place(window: Sequence[WindowItem]) -> list[WindowItem]:
    """The longest run of entries, each at most as new as the one above it (patience sorting, O(n log n))."""
    tails: list[float] = []  # of the best run of each length, its last age
    places: list[int] = []
    before: list[int] = []
    for place, item in enumerate(window):
        age = -item.at.timestamp() if item.at is not None else 0.0
        length = bisect_right(tails, age)
        before.append(places[length - 1] if length else -1)
        tails[length : length + 1] = [age]
        places[length : length + 1] = [place]
    run: list[WindowItem] = []
    place = places[-1] if places else -1
    while place >= 0:
        run.append(window[place])
        place = before[place]
    return run[::-1]

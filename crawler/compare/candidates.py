"""Which texts are worth comparing with a text: those that share bands with it, or enough of the sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from crawler.compare.copies import WINDOW
from crawler.compare.minhash import Fingerprint

CROWDED = 48
"""Texts of one week under one key; more of them share a phrase, or are copies of which these are enough to find."""
MOST = 16
"""Texts that one text is compared with, those that share most keys first."""
_SHARE = 0.25  # of the smaller sample, which estimates the containment; copies have 0.6 and a sample is small
_DAY = 86_400


def utc_day_number(moment: datetime) -> int:
    """Days since 1970 on the clock of UTC: of publication to compare, not of a calendar to show."""
    return int(moment.astimezone(UTC).timestamp() // _DAY)


def week_of(day: int) -> int:
    """The number of the seven days under which the keys of a day's texts stand."""
    return day // 7


def days_around(moment: datetime) -> range:
    """The days on which a copy of a text published at `moment` can stand: seven, which lie in two weeks at most."""
    return range(utc_day_number(moment - WINDOW), utc_day_number(moment + WINDOW) + 1)


def weeks_around(moment: datetime) -> range:
    """The weeks in which these days lie."""
    days = days_around(moment)
    return range(week_of(days[0]), week_of(days[-1]) + 1)


def candidates(
    own: Fingerprint, bands: Iterable[Sequence[int]], samples: Iterable[Sequence[int]], sizes: Mapping[int, int]
) -> list[int]:
    """Those to compare with, best first, at most `MOST`.

    `bands` and `samples` are, for each key of `own`, the texts that stand under it; `sizes` says for these how many
    keys their sample has.
    """
    by_band = Counter(text for found in bands for text in found)
    by_sample = Counter(text for found in samples for text in found)
    wanted = by_band.keys() | {
        text for text, shared in by_sample.items() if shared >= _SHARE * min(len(own.sample), sizes[text])
    }
    return sorted(wanted, key=lambda text: (-by_band[text] - by_sample[text], text))[:MOST]

"""Why a poll is planned for when it is, in a sentence for a person."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.schedule.rates import DAY, GRACE
from crawler.schedule.source_rates import SourceRate

_RELEASE = 0.3
"""Articles that come out in one minute, on average, from which that minute is the reason for the poll behind it."""
_PART = 0.3
"""Part of all that is waiting by then that they make up, at least."""
_NEARLY = 0.9
_LITTLE = 0.1  # articles
_BURST = 1.5
_INSTANT = 0.01  # minutes


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to be expected of a source by the time of a poll, in minutes since 1970 on Viet Nam's clock."""

    at: float
    rate: float
    """Articles an hour, at that time."""
    waiting: float
    """Articles since the last poll."""
    released: float
    """Articles of the last full minute."""
    ceiling: int
    """Minutes that a source is never left alone for longer."""
    tomorrow: float
    """When the next day begins."""


def why(source: SourceRate, outlook: Outlook) -> str:
    """The reason for the poll."""
    at, last = outlook.at, source.last
    if source.failures and at <= source.not_before:
        return f"{source.failures} polls in a row have failed" if source.failures > 1 else "the last poll failed"
    if at >= outlook.tomorrow:
        return "what today's budget allows is done; the next day is planned at midnight"
    if last is None:
        return "it has never been polled"
    if source.burst > _BURST:
        return f"it publishes at {source.burst:.1f} times its usual rate"
    if outlook.released > max(_RELEASE, _PART * outlook.waiting):
        minute = int(at - GRACE + _INSTANT) % DAY
        return f"at {minute // 60:02}:{minute % 60:02} it releases {outlook.released:.1f} articles at once, on average"
    if source.window and outlook.waiting > _NEARLY * source.most:
        return f"it shows {source.window} articles, and a burst must not push one out unseen"
    if at - last >= outlook.ceiling:
        return "a source is never left alone for longer"
    if outlook.waiting < _LITTLE:
        return f"seldom news ({outlook.rate:.1f} an hour), but requests are left for it"
    return f"{outlook.waiting:.1f} articles are expected by then, at {outlook.rate:.1f} an hour"

"""A world of strangers."""

from __future__ import annotations

from datetime import datetime, timedelta

from crawler.newsroom.strangers.draw import calendar, redesigned, strangers
from crawler.newsroom.world import World
from crawler.text import VIETNAM

_SINCE = timedelta(days=2)
"""How long ago those of a known family were redesigned that were."""
_NOW = datetime(2026, 8, 20, 18, tzinfo=VIETNAM)


def stranger_world(
    seed: int = 1,
    count: int = 60,
    *,
    closed: int = 0,
    articles: int = 36,
    now: datetime = _NOW,
    real_clock: bool = False,
) -> World:
    """A world in which `count` strangers, and `closed` ones that must be refused, have published their articles.

    The last of the articles came out within the hours before `now`.
    """
    papers = strangers(seed, count, closed=closed)
    moments = {paper.name: calendar(paper, seed, articles, now - timedelta(minutes=1)) for paper in papers}
    world = World(seed, papers=papers, times=moments, now=now, real_clock=real_clock)
    for paper in papers:
        if redesigned(paper, seed):
            world.redesign(paper.name, now - _SINCE)
    return world

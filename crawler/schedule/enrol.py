"""The sites that are scheduled: those of the definitions, and no others."""

from __future__ import annotations

from datetime import datetime, timedelta
from zlib import crc32

from crawler.schedule import agenda
from crawler.schedule.agenda import ARTICLES, AgendaEntry
from crawler.schedule.budget import Budget
from crawler.schedule.pace import Pace
from crawler.schedule.site_agenda import FLOOR, write_pace
from crawler.sites import Sites, with_stand_ins
from crawler.store import Store, frontier, stand_ins

SPREAD = timedelta(minutes=1)
"""Between the first polls of two sites that nobody has polled before."""


def enrol(sites: Sites, store: Store, now: datetime) -> int:
    """Bring the agenda in line with the definitions; returns how many sites are scheduled.

    What is known of a site or source stays as it is. New sites are begun one after the other, in an order of their own.
    """
    with store.writing() as connection:
        scheduled = agenda.next_times(connection).keys()
        for name in scheduled - sites.keys():
            agenda.forget(connection, name)
        fresh = sorted(sites.keys() - scheduled, key=lambda name: crc32(name.encode()))
        first = {name: now + place * SPREAD for place, name in enumerate(fresh)}
        for site in sites.values():
            name = site.name
            frontier.ensure_site(connection, name, now)
            agenda.enrol(connection, name, site.tier, write_pace(Pace(Budget(site.budget), floor=FLOOR)))
            at = first.get(name, now)
            sources = with_stand_ins(site, stand_ins.standing(connection, name)).sources
            given = [AgendaEntry(site=name, source=source.url, next_at=at, why="never polled") for source in sources]
            given.append(
                AgendaEntry(site=name, source=ARTICLES, next_at=at, why="articles that are listed and not read yet")
            )
            agenda.settle(connection, name, given)
    return len(sites)

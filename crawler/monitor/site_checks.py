"""Checks on how a site answers: whether it publishes, what it refuses, whether its validators tell the truth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select

from crawler.backfill import doubts, ledger_queries
from crawler.discover import DayRange
from crawler.errors import Refusal
from crawler.monitor import silence as silences
from crawler.monitor.page_checks import midnight
from crawler.monitor.shift import shift
from crawler.monitor.view import View
from crawler.sites import Feed, Listing, Sitemap, StandIn
from crawler.store import heartbeats, stand_ins
from crawler.store.findings import Observation
from crawler.store.schema import ANSWERED, Fate, articles, links, sources
from crawler.store.sightings import sightings
from crawler.store.tallies import ASKED, LIES
from crawler.text import day_of, local_time, not_after

IN_A_ROW = 3
"""Polls of one source that fail for the same reason."""
_LATELY = timedelta(days=2)  # a source that was looked at no more has no say
_REMEMBERED = timedelta(days=7)  # since its last lie a site's validators are a finding
_SHOWN = 2
_STILL = timedelta(days=2)  # since the day of what a source listed last; before that nobody counts what it lists
_LEARNED = timedelta(days=28)  # by which its rate is known


def silence(view: View) -> Iterator[Observation]:
    """No new article, for longer than the site's habits explain."""
    for site in view.sites:
        until = view.polled_at(site)
        if until is None:
            continue
        of_site = _silent_site(view, site, until)
        if of_site is not None:
            yield of_site
        else:
            yield from _silent_sources(view, site)


def _silent_site(view: View, site: str, until: datetime) -> Observation | None:
    days = {day: pages for day, pages in view.pages(site).items() if pages}
    newest = _newest(view, site, until)
    pages = [(midnight(day), page) for day, pages in days.items() for page in pages]
    times = sorted(start + timedelta(minutes=page.minute) for start, page in pages)
    # By our own clock: that of the site may be off.
    read = [start + timedelta(minutes=page.read) for start, page in pages] or newest[-1:]
    if not read:
        return None
    last = max(read)
    if (waiting := _waiting(view, site)) is not None:
        last = max(last, not_after(waiting, view.now))
    begin = midnight(min(days)) if days else last
    learned = [at for at in times if at >= begin]
    until = heartbeats.passed(view.connection, last, until)
    if found := silences.silence(learned, begin, last, until):
        hours = (until - last).total_seconds() / 3600
        evidence = (
            f"{hours:.0f} hours without an article, where {found.expected:.0f} are usual; "
            f"one quarter in {1 / found.chance:,.0f} has that"
        )
        return Observation(site, "", found.since, evidence)
    if not silences.is_learned(learned, begin, last) and silences.young_silence(newest, last, until):
        within = max((newest[-1] - newest[0]).total_seconds() / 3600, 1)
        evidence = f"{(until - last).days} days without an article; the newest {len(newest)} are of {within:.0f} hours"
        return Observation(site, "", last, evidence)
    return None


def _silent_sources(view: View, site: str) -> Iterator[Observation]:
    """Sources that go on answering and list nothing new, where others of the site do."""
    named = {source.url for source in view.sites[site].sources}
    if len(named) == 1:
        return
    route = func.coalesce(sources.c.route, sources.c.url)  # the files of a sitemap are one source
    good = (sources.c.site == site) & sources.c.last_status.in_(ANSWERED) & route.in_(named)
    listed = sources.join(sightings, sightings.c.source_id == sources.c.id)
    last = select(route, func.max(sightings.c.day), func.max(sources.c.checked_at)).select_from(listed)
    for url, day, polled in view.connection.execute(last.where(good).group_by(route)):
        if view.today - day < _STILL:
            continue
        since = day - _LEARNED
        query = (
            select(links.c.found_at)
            .select_from(listed.join(links, links.c.id == sightings.c.link_id))
            .where(good, route == url, sightings.c.day >= since, links.c.backfill_seq.is_(None))
        )
        if not (times := sorted(view.connection.scalars(query))):
            continue
        until = heartbeats.passed(view.connection, times[-1], not_after(polled, view.now))
        if found := silences.silence(times, max(midnight(since), times[0]), times[-1], until):
            evidence = (
                f"{(until - found.since).days} days without a new article in a source, where {found.expected:.0f} are "
                "usual; others of the site go on"
            )
            yield Observation(site, url, found.since, evidence, (url,))


def _newest(view: View, site: str, until: datetime) -> list[datetime]:
    """When the newest articles of a site say that they were published, in order."""
    at = func.coalesce(articles.c.published_at, articles.c.first_seen_at)  # as the index of a site's articles has it
    query = select(articles.c.published_at).where(articles.c.site == site, articles.c.published_at <= until)
    return sorted(view.connection.scalars(query.where(at <= until).order_by(at.desc()).limit(silences.NEWEST)))


def refusals(view: View) -> Iterator[Observation]:
    """A site refuses, for one reason, what it used to give."""
    for site, about in view.sites.items():
        failing: dict[str, list[str]] = defaultdict(list)
        named = {source.url for source in about.sources}
        query = select(sources).where(sources.c.site == site, sources.c.failures >= IN_A_ROW)
        for row in view.connection.execute(query):
            # A series' file of today need not be there yet, and a new section need not have any article.
            early = (
                row.last_status in (Refusal.NOT_FOUND, Refusal.GONE) and row.url not in named,
                row.last_status == Refusal.EMPTY_SOURCE and row.body_hash is None,
            )
            if view.now - row.checked_at < _LATELY and not any(early):
                failing[row.last_status].append(row.url)
        said = {reason for counts in view.tallies(site).values() for reason in counts}
        for reason in sorted(one for one in Refusal if one.of_an_answer and one in said | failing.keys()):
            yield from _refused(view, site, reason, failing.get(reason, []))


def _refused(view: View, site: str, reason: str, failing: list[str]) -> Iterator[Observation]:
    days = []
    for day, counts in view.tallies(site).items():
        bad = counts.get(reason, 0)
        days.append((day, [(0, max(counts.get(ASKED, 0) - bad, 0)), (1, bad)]))
    found = shift(days, view.spans("refusals", site, reason))
    if found is None and not failing:
        return
    parts = []
    if found and found.of:
        parts.append(f"{found.bad} of {found.of} requests since then, {found.usual_bad} of {found.usual_of} before")
    if failing:
        parts.append(f"{len(failing)} of its sources, {IN_A_ROW} polls or more in a row")
    pages = select(links.c.canonical_url).where(
        links.c.site == site, links.c.fate == Fate.PENDING, links.c.reason == reason
    )
    shown = failing or list(view.connection.scalars(pages.limit(_SHOWN)))
    since = midnight(found.since) if found else view.now
    evidence = "; ".join(parts) or "nothing has been asked since then"
    yield Observation(site, reason, since, evidence, tuple(shown[:_SHOWN]))


def stand_in(view: View) -> Iterator[Observation]:
    """A part of a site's definition gives nothing any more; something may stand in for it."""
    for site in view.sites:
        parts: dict[str, list[StandIn]] = defaultdict(list)
        for one in stand_ins.standing(view.connection, site):
            parts[one.route or one.part].append(one)
        for part, ones in parts.items():
            shown = [one.by.url for one in ones if isinstance(one.by, Feed | Sitemap | Listing)][:_SHOWN]
            yield Observation(site, part, ones[0].since, ones[0].why, tuple(shown), ones[0].patch or None)


def validators(view: View) -> Iterator[Observation]:
    """A site says “not modified” of a source that has changed."""
    for site in view.sites:
        lies = {day: counts[LIES] for day, counts in view.tallies(site).items() if counts.get(LIES)}
        if not lies or day_of(view.now - _REMEMBERED) > max(lies):
            continue
        was = view.found("validators", site, "")
        since = was.since if was else midnight(min(day for day in lies if day >= day_of(view.now - _REMEMBERED)))
        query = select(sources.c.url).where(sources.c.site == site, sources.c.lies > 0).order_by(sources.c.url)
        count = sum(lies.values())
        evidence = f"{count} time{'s' * (count > 1)}, last on {max(lies):%d/%m/%Y}; it is asked in full since"
        yield Observation(site, "", since, evidence, tuple(view.connection.scalars(query.limit(_SHOWN))))


def gaps(view: View) -> Iterator[Observation]:
    """A feed has shown articles that nobody saw."""
    for site in view.sites:
        windows = ledger_queries.open_windows(view.connection, site)
        if not windows:
            continue
        days = DayRange(day_of(windows[0].since), day_of(view.now))
        found = [gap for gap in doubts(view.store, site, days, view.now) if gap.cause == "window" and gap.since]
        if found:
            spans = [
                f"{local_time(gap.since, year=False)} to {local_time(gap.until, year=False)}"
                for gap in found
                if gap.since and gap.until
            ]
            more = f" and {len(spans) - _SHOWN} more" if len(spans) > _SHOWN else ""
            routes = tuple(dict.fromkeys(gap.route for gap in found))[:_SHOWN]
            began = min(gap.since for gap in found if gap.since)
            yield Observation(site, "", began, f"in doubt: {', '.join(spans[:_SHOWN])}{more}", routes)


def _waiting(view: View, site: str) -> datetime | None:
    """When the last page that is still to be read was found."""
    query = select(func.max(links.c.found_at)).where(links.c.site == site, links.c.fate == Fate.PENDING)
    found: datetime | None = view.connection.scalar(query)
    return found

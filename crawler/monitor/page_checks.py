"""Checks on what the pages of a site gave: fields, layout, copies, clocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time

from crawler.monitor.page_flags import AHEAD, BY_FALLBACK, FIELDS, OWN_COPY, REPEATS, PageFlags
from crawler.monitor.shift import Judge, Shift, above, flagged, shift, unusual
from crawler.monitor.view import View
from crawler.store import quarantine
from crawler.store.findings import Observation
from crawler.text import VIETNAM

_SHOWN = 2  # examples of a finding
_LATE = 2  # class of `page_flags.lag_class`: under four hours is no matter of clocks


def coverage(view: View) -> Iterator[Observation]:
    """A field is missing on more pages than the site's past explains."""
    for site in view.sites:
        for name, letter in FIELDS.items():
            found = _shift(view, "coverage", site, name, _flag(letter))
            if found:
                yield _seen(view, site, name, found, f"pages lack it: {name}", _has(letter))


def layout(view: View) -> Iterator[Observation]:
    """Pages are read otherwise than the layout used to read them."""
    measures: tuple[tuple[str, str, Callable[[PageFlags], int | None], Judge], ...] = (
        ("fallback", "pages read by fallback", lambda page: int(BY_FALLBACK in page.flags), flagged),
        ("length", "texts of unusual length", lambda page: _by_layout(page, page.size), unusual),
        ("boilerplate", "texts with lines of other pages", _flag(REPEATS), flagged),
    )
    for site in view.sites:
        for subject, what, value, judge in measures:
            if found := _shift(view, "layout", site, subject, value, judge):
                letter = {"fallback": BY_FALLBACK, "boilerplate": REPEATS}.get(subject, "")
                seen = _seen(view, site, subject, found, what, _has(letter))
                kept = quarantine.listed(view.connection, [site], reason=quarantine.EXAMPLE)
                shown = (f"thoisu quarantine {site} --to FOLDER",) if kept else ()
                yield Observation(seen.site, seen.subject, seen.since, seen.evidence, (*shown, *seen.examples))


def duplicates(view: View) -> Iterator[Observation]:
    """A site publishes the same text under more addresses than it used to."""
    for site in view.sites:
        found = _shift(view, "duplicates", site, "", lambda page: int(OWN_COPY in page.flags))
        if found:
            yield _seen(view, site, "", found, "pages are copies of the site's own", _has(OWN_COPY))


def clocks(view: View) -> Iterator[Observation]:
    """The times on the pages of a site do not fit the time at which they appear."""
    for site in view.sites:
        ahead = _shift(view, "clocks", site, "ahead", lambda page: int(AHEAD in page.flags))
        if ahead:
            yield _seen(view, site, "ahead", ahead, "pages from the future", _has(AHEAD))
        behind = _shift(view, "clocks", site, "behind", lambda page: page.lag, above(_LATE))
        if behind:
            what = "polls whose newest page was old already"
            yield _seen(view, site, "behind", behind, what, lambda page: page.lag is not None and page.lag > _LATE)


def _has(letter: str) -> Callable[[PageFlags], bool]:
    return lambda page: letter in page.flags


def _flag(letter: str) -> Callable[[PageFlags], int | None]:
    return lambda page: _by_layout(page, int(letter in page.flags))


def _by_layout(page: PageFlags, value: int) -> int | None:
    # What a page lacks that no layout read is the layout's finding; a copy repeats the lines of its own original.
    return None if BY_FALLBACK in page.flags or OWN_COPY in page.flags else value


def _shift(
    view: View, name: str, site: str, subject: str, value: Callable[[PageFlags], int | None], judge: Judge = flagged
) -> Shift | None:
    days = []
    for day, pages in view.pages(site).items():
        values = [value(page) for page in pages]
        days.append((day, [(one, 1) for one in values if one is not None]))
    return shift(days, view.spans(name, site, subject), judge)


def _seen(
    view: View, site: str, subject: str, found: Shift, what: str, bad: Callable[[PageFlags], bool]
) -> Observation:
    ids = [page.id for day, pages in view.pages(site).items() if day >= found.since for page in pages if bad(page)]
    urls = [view.url(id_) for id_ in ids if id_][:_SHOWN]
    usual = f"{found.usual_bad} of {found.usual_of} before" if found.usual_of else "no past to compare with"
    evidence = f"{found.bad} of {found.of} since then, {usual}: {what}" if found.of else "no page since then"
    return Observation(site, subject, midnight(found.since), evidence, tuple(url for url in urls if url))


def midnight(day: date) -> datetime:
    """The beginning of a day on Viet Nam's clock."""
    return datetime.combine(day, time(), VIETNAM)

"""When an article was published and changed, out of all that its page says."""

from __future__ import annotations

from collections.abc import Iterable

from crawler.extract.page import Page, plain
from crawler.text.dates import VIETNAM, Moment, false_zone, parse

_PUBLISHED = (
    "article:published_time", "datepublished", "pubdate", "article:published", "og:published_time", "date",
    "dc.date.issued", "dc.date", "publishdate", "cms-date",
)  # fmt: skip
_MODIFIED = ("article:modified_time", "datemodified", "article_updatetime", "og:updated_time")


def published(page: Page, shown: Iterable[str], *, trusted: bool) -> Moment | None:
    """The moment that the page shows, with the seconds of its metadata where both agree on the minute.

    `shown` are the visible texts, best first. A metadata time whose zone contradicts the visible one by its wall
    clock is +07:00. Where both disagree, the visible time wins if it is `trusted` (it stands where this article's
    belongs), else the metadata. Without a visible time the first of the metadata stands.
    """
    seen = next((moment for text in shown if (moment := parse(text))), None)
    stated = [moment for text in dict.fromkeys(_stated(page, _PUBLISHED, "datePublished")) if (moment := parse(text))]
    if seen is None:
        return stated[0] if stated else None
    stated = [false_zone(moment, seen) for moment in stated]
    if seen.precision == "day":
        return next((m for m in stated if m.at.astimezone(VIETNAM).date() == seen.at.date()), seen)
    if stated and not trusted and not any(_same_minute(moment, seen) for moment in stated):
        return stated[0]
    agreeing = [moment for moment in (*stated, seen) if _same_minute(moment, seen)]
    return next((moment for moment in agreeing if moment.at.second), agreeing[0])


def modified(page: Page, when_published: Moment | None) -> Moment | None:
    """The last change that the metadata state, never before publication; None when they state none."""
    for text in _stated(page, _MODIFIED, "dateModified"):
        moment = parse(text)
        if moment and when_published:
            moment = false_zone(moment, when_published) if when_published.at.utcoffset() else moment
        if moment:
            return moment
    return None


def _stated(page: Page, keys: tuple[str, ...], linked: str) -> list[str]:
    values = page.meta(*keys)
    if text := plain(page.news.get(linked)):
        # JSON-LD before the looser names, behind the Open Graph ones.
        values.insert(1 if values and page.meta(keys[0]) else 0, text)
    return values


def _same_minute(one: Moment, other: Moment) -> bool:
    return one.at.replace(second=0, microsecond=0) == other.at.replace(second=0, microsecond=0)

"""What is said of an article beside the reading by its site's layout, by witnesses that do not know of each other.

The source that named it, the page's Open Graph and JSON-LD, and the reading without a layout, which looks at density.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from crawler.errors import Refused
from crawler.extract import Page
from crawler.extract.generic import find
from crawler.extract.linked_data import Thing
from crawler.extract.page import plain
from crawler.items import DENSITY, FALLBACK, Article
from crawler.learn.layouts import field_selector
from crawler.learn.proof import Finding
from crawler.learn.samples import Sample, squeezed
from crawler.sites import Site
from crawler.text import parse_date

_MOST = 0.5  # share of the pages on which a fault must show
_NEAR = timedelta(seconds=90)
_ZONE = timedelta(minutes=30)  # offsets of clocks are multiples of it
_WIDEST_ZONE = timedelta(hours=14)
_DENSE = 0.5  # share of the text by density that the text by layout must hold, and the other way round
_SHORT = 200  # characters of a text of which density says nothing
_LOST = ("lead", "authors", "section", "tags")
_SELECTED = ("lead", "time", "section", "tags")  # bylines stand in the text of many a layout that has selectors, too
_FEWEST = 2  # pages on which a selector must be missing


def read_by(one: Sample, site: Site) -> tuple[str, Article | None]:
    """The name of what reads a page as one of `site`, "unread" when nothing does, and what it reads."""
    article = one.read(site)
    return ("unread", None) if article is None else (article.layout, article)


def is_own(label: str, site: Site) -> bool:
    """Whether a page was read by what the site's definition says of it."""
    return label not in (FALLBACK, "unread") and (site.layout is not None or label == DENSITY)


def disagreements(samples: Sequence[Sample], site: Site) -> Iterator[Finding]:
    """The fields of pages that their layout reads otherwise than the witnesses say, on more than half of them."""
    read = [(one, article) for one in samples for label, article in [read_by(one, site)] if article is not None]
    own = [(one, article) for one, article in read if is_own(article.layout, site)]
    if not own:
        return
    thin = [one for one, article in own if _agreed(one, article) < _DENSE]
    if len(thin) > _MOST * len(own):
        text = f"the text by layout and by density differ on {len(thin)} of {len(own)} pages"
        yield Finding("text disagrees", "text", text, thin[0].answer.url)
        return  # what else is missing follows from it
    yield from _titles(own)
    yield from _times(own)
    for name in _LOST:
        lost = [one for one, article in own if not getattr(article, name) and _stated(one, name)]
        if len(lost) > _MOST * len(own):
            said = _stated(lost[0], name)
            yield Finding(
                f"{name} lost",  # type: ignore[arg-type]
                name,  # type: ignore[arg-type]
                f"{len(lost)} of {len(own)} pages are read without {name}, which others find: {said[:80]!r}",
                lost[0].answer.url,
            )
    yield from _unmatched(own, site)


def _unmatched(own: Sequence[tuple[Sample, Article]], site: Site) -> Iterator[Finding]:
    """Fields that no selector of the layout finds on any page, though the pages have them where another one would."""
    if site.layout is None or len(own) < _FEWEST:
        return
    samples = [one for one, _ in own]
    pages = [_page(one) for one in samples]
    for name in _SELECTED:
        css = getattr(site.layout, name)
        having = [article for _, article in own if (article.published_at if name == "time" else getattr(article, name))]
        if not css or len(having) <= _MOST * len(own) or any(page.first(css) is not None for page in pages):
            continue
        if other := field_selector(samples, name):
            yield Finding(
                f"{name} selector does not match",  # type: ignore[arg-type]
                name,  # type: ignore[arg-type]
                f"no selector of {site.layout.name} finds {name} on any of {len(own)} pages; it stands at {other[0]}",
                samples[0].answer.url,
            )


def least_agreement(samples: Sequence[Sample], site: Site) -> float | None:
    """How much of the texts by layout the density finds, the least of all pages; None when no page is read."""
    return min((_agreed(one, article) for one in samples if (article := one.read(site)) is not None), default=None)


def _page(one: Sample) -> Page:
    return Page(one.answer.text, one.answer.url)


def _titles(own: Sequence[tuple[Sample, Article]]) -> Iterator[Finding]:
    wrong = []
    for one, article in own:
        ours, theirs = squeezed(article.title), dict(_titles_of(one))
        if theirs and not any(_same_title(ours, squeezed(said)) for said in theirs.values()):
            wrong.append((one, article.title, theirs))
    if len(wrong) > _MOST * len(own):
        one, title, said = wrong[0]
        witness, other = next(iter(said.items()))
        text = f"{len(wrong)} of {len(own)} pages: the layout reads {title!r}, {witness} says {other!r}"
        yield Finding("title disagrees", "title", text, one.answer.url)


def _titles_of(one: Sample) -> Iterator[tuple[str, str]]:
    page = _page(one)
    if one.link.title:
        yield "the source", one.link.title
    if said := page.meta_first("og:title"):
        yield "og:title", said
    if said := plain(page.news.get("headline")):
        yield "JSON-LD", said
    if not one.link.title:
        yield "the page without a layout", one.article.title


def _same_title(ours: str, theirs: str) -> bool:
    theirs = theirs.rstrip("….")
    return len(ours) > 5 and (ours in theirs or (len(theirs) > 5 and theirs in ours))


def _times(own: Sequence[tuple[Sample, Article]]) -> Iterator[Finding]:
    lost = [one for one, article in own if article.published_at is None and any(_times_of(one))]
    if len(lost) > _MOST * len(own):
        text = f"{len(lost)} of {len(own)} pages are read without a time, which others find"
        yield Finding("time lost", "time", text, lost[0].answer.url)
    for witness in ("the source", "article:published_time", "JSON-LD"):
        told = [
            (one, article.published_at, said)
            for one, article in own
            if article.published_at is not None and (said := dict(_times_of(one)).get(witness)) is not None
        ]
        off = [
            (one, ours - theirs)
            for one, ours, theirs in told
            if abs(ours - theirs) >= _NEAR and not _same_day(ours, theirs)
        ]
        if not off or len(off) <= _MOST * len(told):
            continue
        gaps = Counter(round(gap / _ZONE) for _, gap in off if abs(gap - _ZONE * round(gap / _ZONE)) < _NEAR)
        steps, count = gaps.most_common(1)[0] if gaps else (0, 0)
        url = off[0][0].answer.url
        if count > _MOST * len(told) and steps and abs(_ZONE * steps) <= _WIDEST_ZONE:
            hours = _ZONE * steps / timedelta(hours=1)
            way = "ahead of" if hours > 0 else "behind"
            text = f"the page is {abs(hours):g} h {way} {witness} on {count} of {len(told)} pages"
            yield Finding("time zone wrong", "time", text, url)
        else:
            text = f"page and {witness.removeprefix('the ')} differ on {len(off)} of {len(told)} pages"
            yield Finding("time disagrees", "time", text, url)
        return


def _same_day(ours: datetime, theirs: datetime) -> bool:
    """Whether one of two times is a day alone, and the other falls into it."""
    is_day = (ours.hour, ours.minute) == (0, 0) or (theirs.hour, theirs.minute) == (0, 0)
    return is_day and theirs.astimezone(ours.tzinfo).date() == ours.date()


def _times_of(one: Sample) -> Iterator[tuple[str, datetime]]:
    if one.link.published_at is not None:
        yield "the source", one.link.published_at
    page = _page(one)
    for witness, said in (
        ("article:published_time", page.meta_first("article:published_time")),
        ("JSON-LD", plain(page.news.get("datePublished"))),
    ):
        if said and (moment := parse_date(said)) is not None:
            yield witness, moment.at
    if one.article.published_at is not None:
        yield "the page without a layout", one.article.published_at


def _stated(one: Sample, name: str) -> str:
    """What others find of a field: the reading without a layout, or the metadata."""
    found = getattr(one.article, name)
    if found:
        return found if isinstance(found, str) else ", ".join(found)
    if name == "authors":
        return _author(_page(one).news)
    return ""


def _author(news: Thing) -> str:
    author = news.get("author")
    author = author[0] if isinstance(author, list) and author else author
    return plain(author.get("name")) if isinstance(author, dict) and author.get("@type") == "Person" else ""


def _agreed(one: Sample, article: Article) -> float:
    """How much of the text that was read stands in what is dense on the page, and how much of that was read: the less.

    1 for a text of which density says nothing.
    """
    ours = squeezed(article.body)
    try:
        parts = find(_page(one))
    except Refused:
        parts = None
    dense = squeezed("".join(root.text() for root in parts.roots)) if parts is not None else ""
    if len(dense) < _SHORT:
        return 1.0
    lines = [squeezed(line) for line in article.body.split("\n")]
    held = sum(len(line) for line in lines if line in dense) / (sum(map(len, lines)) or 1)
    # What density takes in beside the text (boxes, bylines) is not the layout's to hold.
    found = sum(len(line) for line in one.lines if line in ours) / (sum(map(len, one.lines)) or 1)
    return min(held, max(found, min(1.0, len(ours) / (len(dense) or 1))))

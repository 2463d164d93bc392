"""A layout learned anew from the latest pages of a site, which its own layout does not match any more.

Nothing is read by it before a person has taken it over: the pages are read by other layouts or by the density of their
text meanwhile, and this reading, with what the sources said of the pages, is what the new layout is tried against.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, select

from crawler.archive import Archive, Damaged, Fetch
from crawler.errors import ArchiveFailed, BadInput, Refused
from crawler.items import Link
from crawler.learn import Answer, Ask, Sample, squeezed
from crawler.learn.layouts import agreement, family_of, learn_layout, site_with
from crawler.learn.samples import sample
from crawler.sites import Layout, Site
from crawler.store import Store, quarantine
from crawler.store.schema import articles, links, revisions
from crawler.text import local_time

_LATEST = 8  # articles by which it is told that the layout matches no more
_OTHERWISE = 7  # of them, read otherwise
ENOUGH = 6
"""Pages from which a layout is learned."""
_FEWEST = 3
_AGREED = 0.99  # of a text read by the new layout with that read without
_A_DAY = timedelta(days=1)
_NEAR = timedelta(seconds=90)  # the times of a page and of its source are the same


@dataclass(frozen=True, slots=True)
class Drift:
    """The latest pages of a site are not read by its layout."""

    pages: tuple[Link, ...]
    """The newest first, with what the source said of each."""
    since: datetime
    why: str


def drift(connection: Connection, site: Site) -> Drift | None:
    """What the layout of a site does not match any more; None when it matches, or the site has none."""
    if site.layout is None:
        return None
    known = {site.layout.name, *(layout.name for layout in site.past)}
    own = (revisions.c.article_id == articles.c.id) & (revisions.c.number == articles.c.revision)
    query = (
        select(articles.c.canonical_url, articles.c.first_seen_at, revisions.c.record, links.c.url, links.c.title,
               links.c.published_at)
        .join(revisions, own)
        .join(links, links.c.canonical_url == articles.c.canonical_url)
        .where(articles.c.site == site.name, articles.c.withdrawn_at.is_(None), links.c.backfill_seq.is_(None))
        .order_by(articles.c.id.desc())
        .limit(_LATEST)
    )  # fmt: skip
    found = [(row, json.loads(row.record).get("layout")) for row in connection.execute(query)]
    other = [(row, layout) for row, layout in found if layout not in known]
    if len(found) < _LATEST or len(other) < _OTHERWISE:
        return None
    pages = tuple(
        Link(row.url or row.canonical_url, title=row.title, published_at=row.published_at) for row, _ in other
    )
    since = min(row.first_seen_at for row, _ in other)
    names = ", ".join(sorted({str(layout) for _, layout in other}))
    return Drift(pages, since, f"since {local_time(since)} pages do not match {site.layout.name}; {names} reads them")


def kept_pages(
    store: Store, pages: Sequence[Link], site: str, archive: tuple[Path, str | None] | None, now: datetime
) -> list[Answer]:
    """The pages of the last day that are kept: in the archive, of a folder and an object store, and as examples."""
    wanted = {page.url for page in pages}
    found = {answer.url: answer for answer in (*_archived(archive, site, wanted, now), *_examples(store, site))}
    return [found[page.url] for page in pages if page.url in found][:ENOUGH]


def missing_pages(pages: Sequence[Link], kept: Sequence[Answer]) -> Generator[Ask, Answer, list[Answer]]:
    """Asks for as many pages as are missing: a conversation, as `explore` is one."""
    have = {answer.url for answer in kept}
    got: list[Answer] = []
    for page in [page for page in pages if page.url not in have][: ENOUGH - len(kept)]:
        answer = yield Ask(page.url, "article")
        got.append(answer)
    return got


def learn_anew(pages: Sequence[Link], answers: Iterable[Answer], site: Site) -> Layout | str:
    """The layout by which these pages are built, a family's or a new one of the site's name; else why there is none."""
    said = {page.url: page for page in pages}
    samples = list(_samples(answers, said))
    if len(samples) < _FEWEST:
        return f"only {len(samples)} of its pages could be read"
    layout = family_of(samples) or learn_layout(samples, f"{site.name}-new" if _named(site, site.name) else site.name)
    if layout is None:
        return "no name in the markup tells title and text"
    worst = min(agreement(one, layout) for one in samples)
    if worst < _AGREED:
        return f"the layout {layout.name} reads a text otherwise than by its density ({worst:.3f} the same)"
    wrong = [one.answer.url for one in samples if not _witnessed(one, layout)]
    return f"title or time by the layout are not what the source says of {wrong[0]}" if wrong else layout


def _named(site: Site, name: str) -> bool:
    return name in {layout.name for layout in (site.layout, *site.past) if layout is not None}


def _samples(answers: Iterable[Answer], said: Mapping[str, Link]) -> Iterator[Sample]:
    for answer in answers:
        try:
            if answer.is_good:
                yield sample(answer, said.get(answer.url, Link(answer.url)))
        except Refused:
            continue


def _witnessed(one: Sample, layout: Layout) -> bool:
    """Whether title and time are those that the source has named."""
    read = one.read(site_with(layout))
    if read is None:
        return False
    ours, theirs = squeezed(read.title), squeezed(one.link.title or read.title)
    if theirs.rstrip("….") not in ours and ours not in theirs:
        return False
    told = one.link.published_at
    if told is None or read.published_at is None:
        return True
    return read.published_precision == "day" or abs(read.published_at - told) < _NEAR


def _archived(
    archive: tuple[Path, str | None] | None, site: str, wanted: Collection[str], now: datetime
) -> Iterator[Answer]:
    if archive is None:
        return
    try:
        with Archive(*archive) as opened:
            opened.catch_up()
            for held in opened.pages(site, now - _A_DAY):
                url = held.row.link or held.row.url
                if url in wanted or held.row.url in wanted:
                    fetch = opened.load(held)
                    yield Answer(url if url in wanted else held.row.url, fetch.status, _type(fetch), fetch.body)
    except (BadInput, Damaged, ArchiveFailed):
        return


def _type(fetch: Fetch) -> str:
    return next((value for name, value in fetch.headers if name.lower() == "content-type"), "")


def _examples(store: Store, site: str) -> Iterator[Answer]:
    with store.reading() as connection:
        for page in quarantine.listed(connection, [site], reason=quarantine.EXAMPLE):
            if (kept := quarantine.content(connection, page)) is not None:
                yield Answer(page.url, 200, "text/html", kept.body)

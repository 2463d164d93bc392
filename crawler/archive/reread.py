"""The pages of the archive read again by today's layouts, against what the store holds of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any, Literal

from crawler.archive.page_reading import join_pages, read_archived
from crawler.archive.reader import Archive, Held
from crawler.archive.records import Damaged
from crawler.compare import compare
from crawler.configuration import DEFAULTS, Settings
from crawler.errors import Discard, Refusal, Refused
from crawler.items import FIELDS, Article
from crawler.readers import PageRead, Readers, packed
from crawler.sites import Site, Sites, same_article
from crawler.store import Outcome, Store, StoredPage
from crawler.store.articles import SAME_FETCH

What = Literal[
    "same",  # reads as it is held
    "metadata",  # the same text; other fields differ: the current revision is corrected
    "text",  # another text: a new revision
    "new",  # not held, since it could not be read when it was fetched: a new article
    "refused",  # is held, and cannot be read any more
    "unread",  # is not held, and still cannot be read
    "moved",  # names another address as its own than the one under which it is held
    "older",  # a later fetch, not in the archive, gave the text that is held
    "withdrawn",  # another text, of a page that is gone
    "no_site",  # no spider has the name under which it was fetched
    "damaged",  # its record cannot be read
]
WRITTEN: frozenset[What] = frozenset({"metadata", "text", "new"})
"""What `write` stores; all else is reported and left alone."""
_TOGETHER = 50  # pages of which the store is asked at once
_COMPARED = tuple(name for name in FIELDS if name not in ("url", "site"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RereadPage:
    """One page read again."""

    id: int
    """Its number in the archive."""
    url: str
    site: str
    at: datetime
    """When it was fetched."""
    what: What
    before: Article | None = None
    after: Article | None = None
    fields: tuple[str, ...] = ()
    """Names of the fields of `Article` that differ."""
    changed: tuple[str, ...] = ()
    """For another text or title, the kinds of change, as `crawler.compare.diff` names them."""
    detail: str = ""
    """For what cannot be read, why."""


@dataclass(slots=True)
class RereadCounts:
    """Counts of a whole rereading."""

    pages: int = 0
    what: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    """Of the pages that would be written and are held, how many differ in each field."""
    changed: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def add(self, found: RereadPage) -> None:
        """Count one page."""
        self.pages += 1
        self.what[found.what] += 1
        if found.what in WRITTEN:
            self.fields.update(found.fields)
            self.changed.update(found.changed)
        if found.what in ("refused", "unread"):
            self.refused[found.detail] += 1


def review(
    archive: Archive,
    store: Store,
    sites: Sites,
    site: str | None = None,
    since: datetime | None = None,
    own: Settings = DEFAULTS,
    until: datetime | None = None,
) -> Iterator[RereadPage]:
    """What each page of the archive, of a site and fetched since and before `until`, says today; writes nothing."""
    return reread_pages(archive, store, sites, archive.pages(site, since, until), own)


def reread_pages(
    archive: Archive, store: Store, sites: Sites, pages: Iterable[Held], own: Settings = DEFAULTS
) -> Iterator[RereadPage]:
    """What each of these pages says today, against what the store holds of it.

    They are read in `own.readers` processes, within the limits of a page.
    """
    readers = Readers(own.readers)
    # One without a site is taken, too, so that what is given has the order of the pages.
    calls = (
        ((page, held), (archive.packed(page), packed(sites.get(page.row.site)))) for page, held in _held(store, pages)
    )
    for (page, held), found in readers.each(own.read_seconds, read_archived, calls):
        yield _reviewed(archive, store, sites.get(page.row.site), page, held, found, readers, own)


def _held(store: Store, pages: Iterable[Held]) -> Iterator[tuple[Held, StoredPage | None]]:
    """Each page with what the store holds of it, asked for many at once: a reader is quicker than a database."""
    rest = iter(pages)
    while some := list(islice(rest, _TOGETHER)):
        held = store.pages(_link(page) for page in some)
        yield from ((page, held.get(_link(page))) for page in some)


def _link(page: Held) -> str:
    return page.row.link or page.row.url


def _reviewed(
    archive: Archive,
    store: Store,
    site: Site | None,
    page: Held,
    held: StoredPage | None,
    found: PageRead | Exception | None,
    readers: Readers,
    own: Settings,
) -> RereadPage:
    about: dict[str, Any] = {"id": page.id, "url": _link(page), "site": page.row.site, "at": page.at}
    if site is None:
        return RereadPage(**about, what="no_site")

    def further(address: str) -> PageRead | None:
        more = archive.further(address)
        return readers.wait(own.read_seconds, read_archived, archive.packed(more), packed(site)) if more else None

    try:
        if not isinstance(found, PageRead):
            raise found or Discard(Refusal.UNREADABLE)
        # It is not cut short: the crawl that lacks a page asks the article again.
        article, missing = join_pages(found, further)
        if missing:
            raise Damaged(f"the page {missing} on which it goes on is not in the archive")
    except Damaged as damaged:
        return RereadPage(**about, what="damaged", detail=str(damaged))
    except Refused as refused:
        return RereadPage(**about, what="refused" if held else "unread", detail=str(refused.reason))
    except Exception as error:  # the pages behind this one must still be read; a crawl refuses it for the same reason
        detail = f"{Refusal.UNREADABLE} ({type(error).__name__})"
        return RereadPage(**about, what="refused" if held else "unread", detail=detail)
    held = held or store.page(article.canonical_url)
    if held and same_article(held.article.canonical_url, article.canonical_url, site):
        article = replace(article, canonical_url=held.article.canonical_url)
    what, fields = _judge(held, article, page.at)
    before = held.article if held else None
    changed = compare(before, article).changed if before and {"title", "lead", "body"} & set(fields) else ()
    return RereadPage(**about, what=what, before=before, after=article, fields=fields, changed=changed)


def write(store: Store, found: RereadPage) -> Outcome | None:
    """Store what was found if it is one of `WRITTEN`; None when the store has moved on since it was made."""
    return store.amend(found.after, found.at, found.url) if found.after and found.what in WRITTEN else None


def _judge(held: StoredPage | None, article: Article, at: datetime) -> tuple[What, tuple[str, ...]]:
    if held is None:
        return "new", ()
    fields = tuple(name for name in _COMPARED if getattr(held.article, name) != getattr(article, name))
    if not fields:
        return "same", ()
    if held.fetched_at > at + SAME_FETCH:
        return "older", fields
    if "canonical_url" in fields:
        return "moved", fields
    if "content_hash" not in fields:
        return "metadata", fields
    return ("text" if held.withdrawn_at is None else "withdrawn"), fields

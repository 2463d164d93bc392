"""The pages of the archive read again by today's layouts, against what the store holds of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from crawler.archive.reader import Archive, Damaged, Held
from crawler.archive.records import Fetch
from crawler.compare import compare
from crawler.errors import Discard, Quarantine, Refusal
from crawler.extract import MOST_PAGES, extract, join, verdict
from crawler.items import FIELDS, Article
from crawler.sites import Site, Sites, same_article
from crawler.store import Outcome, Store, StoredPage
from crawler.store.articles import SAME_FETCH
from crawler.text import charset

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
) -> Iterator[RereadPage]:
    """What each page of the archive, of a site and fetched since, says today; writes nothing."""
    for held in archive.pages(site, since):
        yield reread_page(archive, store, sites, held)


def reread_page(archive: Archive, store: Store, sites: Sites, page: Held) -> RereadPage:
    """One page of the archive, read again and compared with what the store holds of it."""
    link = page.row.link or page.row.url
    about: dict[str, Any] = {"id": page.id, "url": link, "site": page.row.site, "at": page.at}
    if page.row.site not in sites:
        return RereadPage(**about, what="no_site")
    try:
        fetch = archive.load(page)
    except Damaged as damaged:
        return RereadPage(**about, what="damaged", detail=str(damaged))
    held = store.page(link)
    try:
        article = _whole(archive, fetch, sites[fetch.site])
    except Damaged as damaged:
        return RereadPage(**about, what="damaged", detail=str(damaged))
    except (Discard, Quarantine) as refused:
        return RereadPage(**about, what="refused" if held else "unread", detail=str(refused.reason))
    except Exception as error:  # the pages behind this one must still be read; a crawl refuses it for the same reason
        detail = f"{Refusal.UNREADABLE} ({type(error).__name__})"
        return RereadPage(**about, what="refused" if held else "unread", detail=detail)
    held = held or store.page(article.canonical_url)
    if held and same_article(held.article.canonical_url, article.canonical_url, sites[fetch.site]):
        article = replace(article, canonical_url=held.article.canonical_url)
    what, fields = _judge(held, article, page.at)
    before = held.article if held else None
    changed = compare(before, article).changed if before and {"title", "lead", "body"} & set(fields) else ()
    return RereadPage(**about, what=what, before=before, after=article, fields=fields, changed=changed)


def _whole(archive: Archive, fetch: Fetch, site: Site) -> Article:
    """The article with its further pages; raises `Damaged` when one of these is not in the archive.

    It is not cut short: the crawl that lacks a page asks the article again.
    """

    def further(address: str, following: list[str]) -> Article | None:
        page = archive.further(address)
        return read(archive.load(page), site, following) if page else None

    following: list[str] = []
    article, missing = join_pages(read(fetch, site, following), following, further)
    if missing:
        raise Damaged(f"the page {missing} on which it goes on is not in the archive")
    return article


def join_pages(
    article: Article, following: list[str], further: Callable[[str, list[str]], Article | None]
) -> tuple[Article, str | None]:
    """An article with its further pages, as far as they are there, and the address of the first that is not.

    `following` holds the address on which the first page goes on, if it does. `further` reads the page at an address
    and adds where that goes on; it gives None for a page that is not there, and raises `Discard` and `Quarantine` for
    one that cannot be read: there the article ends, as it does in a crawl.
    """
    asked: set[str] = set()
    while following and len(asked) + 1 < MOST_PAGES and following[-1] not in asked:
        address = following.pop()
        asked.add(address)
        try:
            page = further(address, following)
        except (Discard, Quarantine):
            break
        if page is None:
            return article, address
        joined = join(article, page)
        if joined is None:
            break
        article = joined
    return article, None


def read(fetch: Fetch, site: Site, following: list[str] | None = None) -> Article:
    """The article on an archived page, as a crawl reads it; raises `Discard` and `Quarantine`.

    `following` receives the address on which it goes on.
    """
    kind = next((value for name, value in fetch.headers if name.lower() == "content-type"), "")
    if reason := verdict(fetch.status, {"content-type": kind}, fetch.body):
        raise Discard(reason)
    return extract(fetch.body, fetch.url, site=site, declared=charset(kind), following=following)


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

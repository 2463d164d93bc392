"""Pages that a run keeps for repair: those of articles that lack a required field, and examples of how a layout drifts.

They lie in the store, so that the repair and a person have them whichever machine has fetched them. Kept are the newest
of a site: so many for each reason, and so many bytes of all. The functions that write run inside one writing
transaction that holds the site (`crawler.store.subjects`).
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    and_,
    delete,
    func,
    select,
)

from crawler.store.schema import Instant, Plain, metadata
from crawler.store.sql import upsert

EXAMPLE = "example"
"""The reason of a page that was read, and is kept as an example of how the layout of its site drifts."""
EXAMPLES = 2
"""Pages of a site that are kept as examples of how its layout drifts."""
PAGES = 20
"""Pages of a site that are kept for each reason for which an article could not be read."""
BYTES = 8 * 2**20
"""The most that all pages of a site take, compressed; one that alone takes more is not kept."""

quarantine = Table(
    "quarantine",
    metadata,
    Column("site", Plain, ForeignKey("sites.name"), nullable=False),
    Column("name", Plain, nullable=False),  # `slug` of the page's address
    Column("reason", Plain, nullable=False),  # a `Refusal` or EXAMPLE
    Column("detail", Plain, nullable=False),
    Column("url", Plain, nullable=False),
    Column("at", Instant, nullable=False),
    Column("bytes", Integer, nullable=False),  # of the two that follow
    Column("article", Plain, nullable=False),  # JSON
    Column("page", LargeBinary, nullable=False),  # in the format of zlib (RFC 1950)
    PrimaryKeyConstraint("site", "name"),
)
_ABOUT = tuple(quarantine.c[name] for name in ("site", "name", "reason", "detail", "url", "at", "bytes"))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPage:
    """What is known of a page that is kept."""

    site: str
    name: str
    """Its own within its site, and fit for a folder."""
    reason: str
    """For which the article could not be read; EXAMPLE for a page that was read."""
    detail: str
    """What was said of the reason or, of an example, the layout by which it was read."""
    url: str
    at: datetime
    bytes: int
    """That it takes here."""

    @property
    def origin(self) -> dict[str, str]:
        """What origin.json of a golden case says of it."""
        said = {"layout": self.detail} if self.reason == EXAMPLE else {"reason": self.reason, "detail": self.detail}
        return {"url": self.url, **said, "time": self.at.isoformat(timespec="seconds")}


@dataclass(frozen=True, slots=True)
class PageContent:
    """What is kept of a page."""

    body: bytes
    """As it was read: after transfer, before decoding."""
    article: dict[str, Any]
    """What was read of it or, where it could not be, what its source had said."""


def keep(
    connection: Connection,
    site: str,
    url: str,
    canonical_url: str,
    content: PageContent,
    at: datetime,
    *,
    reason: str,
    detail: str,
) -> None:
    """Keep a page in the place of the same kept before, and drop those of its site that are too many then."""
    page = zlib.compress(content.body)
    article = json.dumps(content.article, ensure_ascii=False)
    values = {"reason": reason, "detail": detail, "url": url, "at": at, "article": article, "page": page}
    size = len(page) + len(article.encode("utf-8", "replace"))
    key = {"site": site, "name": slug(canonical_url)}
    upsert(connection, quarantine, key, {**values, "bytes": size})
    number, total = Counter[str](), 0
    for one in listed(connection, [site]):
        if number[one.reason] == most(one.reason) or total + one.bytes > BYTES:
            connection.execute(delete(quarantine).where(_is(one.site, one.name)))
        else:
            number[one.reason] += 1
            total += one.bytes


def most(reason: str) -> int:
    """How many pages of a site are kept for a reason."""
    return EXAMPLES if reason == EXAMPLE else PAGES


def listed(
    connection: Connection, sites: Collection[str] | None = None, *, reason: str | None = None
) -> list[KeptPage]:
    """What is kept of these sites, or of all, for one reason or for any: by site, the newest first."""
    query = select(*_ABOUT)
    if sites is not None:
        query = query.where(quarantine.c.site.in_(list(sites)))
    if reason is not None:
        query = query.where(quarantine.c.reason == reason)
    rows = connection.execute(query.order_by(quarantine.c.site, quarantine.c.at.desc(), quarantine.c.name))
    return [KeptPage(**row) for row in rows.mappings()]


def named(connection: Connection, site: str, name: str) -> KeptPage | None:
    """The page of this name, as long as it is kept."""
    row = connection.execute(select(*_ABOUT).where(_is(site, name))).mappings().first()
    return KeptPage(**row) if row else None


def content(connection: Connection, page: KeptPage) -> PageContent | None:
    """What is kept of a page; None when it was dropped meanwhile."""
    query = select(quarantine.c.page, quarantine.c.article).where(_is(page.site, page.name))
    row = connection.execute(query).first()
    return PageContent(zlib.decompress(row.page), json.loads(row.article)) if row else None


def kept_before(before: datetime) -> ColumnElement[bool]:
    """What was kept before then."""
    return quarantine.c.at < before


def room(connection: Connection) -> float:
    """How many times as many rows there may be, by the reasons and sites that there are; 1.0 for none."""
    site, reason = quarantine.c.site, quarantine.c.reason
    counts = connection.execute(select(reason, func.count()).group_by(site, reason)).all()
    pairs = [(most(reason), number) for reason, number in counts]
    return sum(bound for bound, _ in pairs) / sum(number for _, number in pairs) if pairs else 1.0


def slug(url: str) -> str:
    """A folder's name for an address: readable, safe on every file system, and its own."""
    last = urlsplit(url).path.rstrip("/").rpartition("/")[2].rpartition(".")[0]
    readable = re.sub(r"[^a-z0-9]+", "-", last.lower()).strip("-")[-60:].strip("-")
    return f"{readable or 'page'}-{hashlib.sha256(url.encode()).hexdigest()[:8]}"


def _is(site: str, name: str) -> ColumnElement[bool]:
    return and_(quarantine.c.site == site, quarantine.c.name == name)

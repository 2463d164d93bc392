"""Lists for whoever is outside: page by page from where the last one ended, and bounded in what they read.

A list goes on behind a `Place`: the time and number of its last row. A filter that no index answers looks at `WINDOW`
rows at most; a page may then hold fewer than it could, or none, and still say where the next one begins. Texts of
lists are cut in the database: what a site sends as a title may have megabytes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, Text, and_, func, or_, select, type_coerce, union_all

from crawler.items import Article, Change
from crawler.store.articles import unpack
from crawler.store.numbering import last_number
from crawler.store.rows import ArticleRow, CopyRow, RevisionRow
from crawler.store.schema import articles, changes, copies, revisions

WINDOW = 5000
"""Articles that a list looks at for one page of it."""
TITLE = 400
"""Characters of a title, a section or a credit in a list."""
MOST_TEXT = 2_000_000
"""Characters of a text, and of its record, that are read whole."""
_AT = func.coalesce(articles.c.published_at, articles.c.first_seen_at)
_CUT = ("title", "section", "credit")


class Place(NamedTuple):
    """Where a page of a list has ended."""

    at: datetime
    id: int


class SiteHour(NamedTuple):
    """How many articles a site has of an hour of UTC."""

    site: str | None
    hour: datetime
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFilter:
    """Which articles a list has; None, like an empty collection, takes all."""

    sites: Collection[str] = ()
    since: datetime | None = None
    """Published or, where that is unknown, first seen at this time or later."""
    until: datetime | None = None
    """Before this time."""
    kind: str | None = None
    section: str | None = None
    edited: bool = False
    """Only those whose text has changed since it was first read."""
    withdrawn: bool = False
    """Only those whose page is gone."""

    @property
    def is_indexed(self) -> bool:
        """Whether an index finds exactly these."""
        return self.kind is None and self.section is None and not self.edited and not self.withdrawn


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """A page of a list of articles."""

    rows: list[ArticleRow]
    next: Place | None
    """None at the end of the list."""


def list_articles(connection: Connection, wanted: ArticleFilter, after: Place | None, limit: int) -> ArticlePage:
    """A page of the articles, the newest first."""
    reach = limit + 1 if wanted.is_indexed else WINDOW
    near = _near(wanted, after, reach).subquery()
    query = (
        select(*_columns(), near.c.at)
        .join(near, near.c.id == articles.c.id)
        .where(*_others(wanted))
        .order_by(near.c.at.desc(), near.c.id.desc())
        .limit(limit + 1)
    )
    found = connection.execute(query).mappings().all()
    rows = [article_row(row) for row in found[:limit]]
    if len(found) > limit:
        return ArticlePage(rows, Place(found[limit - 1]["at"], found[limit - 1]["id"]))
    if wanted.is_indexed:
        return ArticlePage(rows, None)
    last = connection.execute(
        select(near.c.at, near.c.id).order_by(near.c.at.desc(), near.c.id.desc()).offset(WINDOW - 1).limit(1)
    ).first()
    return ArticlePage(rows, Place(*last) if last else None)


def articles_of(connection: Connection, ids: Collection[int]) -> list[ArticleRow]:
    """The articles of these numbers, in this order; those that are not there are left out."""
    rows = connection.execute(select(*_columns()).where(articles.c.id.in_(list(ids)))).mappings()
    found = {row["id"]: article_row(row) for row in rows}
    return [found[id_] for id_ in ids if id_ in found]


def among(connection: Connection, wanted: ArticleFilter, ids: Collection[int]) -> set[int]:
    """Those of these articles that the list of a filter has."""
    query = select(articles.c.id).where(articles.c.id.in_(list(ids)), *_times(wanted), *_others(wanted))
    if wanted.sites:
        query = query.where(articles.c.site.in_(list(wanted.sites)))
    return set(connection.scalars(query))


def article_row(row: Any) -> ArticleRow:
    """The row of a list."""
    return ArticleRow(**{name: row[name] for name in ArticleRow.__dataclass_fields__})


def text_of(connection: Connection, id_: int, number: int | None = None) -> Article | None:
    """A text of an article, the current one for None; None when there is none.

    Of one longer than `MOST_TEXT` only the beginning, and of what else its page said nothing but the columns.
    """
    wanted = articles.c.revision if number is None else number
    query = _text(revisions).join(articles, articles.c.id == revisions.c.article_id)
    query = query.add_columns(articles.c.canonical_url, articles.c.site, articles.c.published_at)
    row = connection.execute(query.where(revisions.c.article_id == id_, revisions.c.number == wanted)).first()
    return _article(row._mapping) if row else None


def revisions_of(connection: Connection, id_: int, limit: int) -> list[RevisionRow]:
    """The last texts of an article, oldest first."""
    query = (
        select(revisions.c.number, _cut(revisions.c.title), revisions.c.content_hash, revisions.c.fetched_at)
        .where(revisions.c.article_id == id_)
        .order_by(revisions.c.number.desc())
        .limit(limit)
    )
    return [RevisionRow(**row) for row in connection.execute(query).mappings()][::-1]


def copies_of(connection: Connection, id_: int, limit: int) -> list[CopyRow]:
    """The first copies of an article, as they were found."""
    columns = [_cut(copies.c[name]) if name == "title" else copies.c[name] for name in CopyRow.__dataclass_fields__]
    query = select(*columns).where(copies.c.article_id == id_).order_by(copies.c.id).limit(limit)
    return [CopyRow(**row) for row in connection.execute(query).mappings()]


def copy_text(connection: Connection, id_: int, url: str) -> Article | None:
    """The text of the copy of an article at this address, as `text_of`."""
    query = _text(copies).add_columns(copies.c.canonical_url, copies.c.site, copies.c.published_at)
    row = connection.execute(query.where(copies.c.article_id == id_, copies.c.canonical_url == url)).first()
    return _article(row._mapping) if row else None


def changes_of(connection: Connection, id_: int, limit: int) -> list[Change]:
    """The last changes of an article, oldest first."""
    query = select(changes).where(changes.c.article_id == id_).order_by(changes.c.seq.desc()).limit(limit)
    return [Change(**row) for row in connection.execute(query).mappings()][::-1]


def list_changes(
    connection: Connection, after: int, limit: int, *, sites: Collection[str] = (), events: Collection[str] = ()
) -> tuple[list[Change], int]:
    """Changes after `after` in their order, and the last `seq` that was looked at.

    Of `WINDOW` changes at most, as the readers of the feed (`crawler.store.changes`).
    """
    end = min(last_number(connection), after + WINDOW)
    query = select(changes).where(changes.c.seq > after, changes.c.seq <= end).order_by(changes.c.seq).limit(limit)
    if sites:
        query = query.where(changes.c.site.in_(list(sites)))
    if events:
        query = query.where(changes.c.event.in_(list(events)))
    found = [Change(**row) for row in connection.execute(query).mappings()]
    return found, found[-1].seq if len(found) == limit else end


def hours(connection: Connection, since: datetime, until: datetime, sites: Collection[str] = ()) -> list[SiteHour]:
    """How many articles each site, or each of these, has of each hour from `since` to before `until`; the newest
    `4 * WINDOW` are counted.
    """
    hour: ColumnElement[Any] = func.date_trunc("hour", _AT, "UTC")
    if connection.dialect.name == "sqlite":  # which keeps times as text
        hour = func.substr(type_coerce(_AT, Text), 1, 13)
    newest = select(articles.c.site, hour.label("hour")).where(since <= _AT, until > _AT)
    if sites:
        newest = newest.where(articles.c.site.in_(sites))
    of = newest.order_by(_AT.desc()).limit(4 * WINDOW).subquery()
    query = select(of.c.site, of.c.hour, func.count()).group_by(of.c.site, of.c.hour)
    rows = connection.execute(query).all()
    # Every site has the same hours, so that each is read once.
    told = {at: datetime.fromisoformat(f"{at}Z") if isinstance(at, str) else at for _, at, _ in rows}
    return [SiteHour(site, told[at], count) for site, at, count in rows]


def times_of(connection: Connection, site: str, since: datetime, limit: int) -> list[tuple[datetime, datetime]]:
    """When each of the newest articles of a site was published, and when it was first seen; of those with a time."""
    query = (
        select(articles.c.published_at, articles.c.first_seen_at)
        .where(articles.c.site == site, since <= _AT, articles.c.published_at.is_not(None))
        .order_by(_AT.desc())
        .limit(limit)
    )
    return [(at, seen) for at, seen in connection.execute(query)]


def openings(connection: Connection, ids: Collection[int], length: int) -> dict[int, tuple[str, str, datetime]]:
    """Of each of these articles lead and body, so many characters of either, and when that text was read."""
    texts = [func.substr(revisions.c[name], 1, length) for name in ("lead", "body")]
    query = (
        select(articles.c.id, *texts, revisions.c.fetched_at)
        .join(revisions, and_(revisions.c.article_id == articles.c.id, revisions.c.number == articles.c.revision))
        .where(articles.c.id.in_(list(ids)))
    )
    return {row[0]: (row[1] or "", row[2], row[3]) for row in connection.execute(query)}


def _near(wanted: ArticleFilter, after: Place | None, reach: int) -> Select[Any]:
    """Time and number of the articles by site and time, which an index gives in order: one walk for each site."""
    walks = [_walk(site, wanted, after, reach) for site in dict.fromkeys(wanted.sites)] or [
        _walk(None, wanted, after, reach)
    ]
    if len(walks) == 1:
        return walks[0]
    every = union_all(*(select(walk.subquery()) for walk in walks)).subquery()
    return select(every.c.at, every.c.id).order_by(every.c.at.desc(), every.c.id.desc()).limit(reach)


def _walk(site: str | None, wanted: ArticleFilter, after: Place | None, reach: int) -> Select[Any]:
    query = select(_AT.label("at"), articles.c.id).order_by(_AT.desc(), articles.c.id.desc()).limit(reach)
    if site is not None:
        query = query.where(articles.c.site == site)
    query = query.where(*_times(wanted))
    if after is not None:
        behind = or_(after.at > _AT, and_(_AT == after.at, articles.c.id < after.id))  # noqa: SIM300
        query = query.where(after.at >= _AT, behind)
    return query


def _times(wanted: ArticleFilter) -> list[ColumnElement[bool]]:
    since = [] if wanted.since is None else [wanted.since <= _AT]
    return since if wanted.until is None else [*since, wanted.until > _AT]


def _others(wanted: ArticleFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.kind is not None:
        found.append(articles.c.kind == wanted.kind)
    if wanted.section is not None:
        found.append(articles.c.section == wanted.section)
    if wanted.edited:
        found.append(articles.c.revision > 1)
    if wanted.withdrawn:
        found.append(articles.c.withdrawn_at.is_not(None))
    return found


def _columns() -> list[ColumnElement[Any]]:
    return [_cut(articles.c[name]) if name in _CUT else articles.c[name] for name in ArticleRow.__dataclass_fields__]


def _cut(column: ColumnElement[Any], length: int = TITLE) -> ColumnElement[Any]:
    return func.substr(column, 1, length).label(column.key)


def _text(table: Any) -> Select[Any]:
    texts = [_cut(table.c[name], MOST_TEXT) for name in ("title", "lead", "body")]
    # A record that is cut is no JSON; nothing of it is read.
    return select(table.c.content_hash, *texts, _cut(table.c.record, MOST_TEXT), func.length(table.c.record).label("n"))


def _article(row: Any) -> Article:
    if row["n"] <= MOST_TEXT:
        return unpack(row)
    url = row["canonical_url"]
    return Article(
        url=url, canonical_url=url, site=row["site"], title=row["title"], lead=row["lead"], body=row["body"],
        content_hash=row["content_hash"], layout="", published_at=row["published_at"],
    )  # fmt: skip

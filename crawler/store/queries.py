"""Reading the store: lists, one article with its past, the change feed, counts."""

from __future__ import annotations

from array import array
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, exists, func, select

from crawler.errors import BadInput
from crawler.items import Article, Change
from crawler.store.articles import unpack
from crawler.store.numbering import last_number
from crawler.store.rows import ArticleRow, CopyRow, RevisionRow, StoredArticle
from crawler.store.schema import WAITING, Fate, articles, changes, copies, links, revisions, sites, sources
from crawler.store.search import MOST, search
from crawler.store.sql import chunks
from crawler.text.matching import SearchedText
from crawler.text.query import All, Node, parse

COUNTS = ("articles", "copies", "revisions", "withdrawn", "pending", "refused")
"""The keys of `counts` for each site."""

_NEWEST = func.coalesce(articles.c.published_at, articles.c.first_seen_at)
_ROW = [articles.c[name] for name in ArticleRow.__dataclass_fields__]
_REVISION = [revisions.c[name] for name in RevisionRow.__dataclass_fields__]
_COPY = [copies.c[name] for name in CopyRow.__dataclass_fields__]
_TEXT = (revisions.c.content_hash, revisions.c.title, revisions.c.lead, revisions.c.body, revisions.c.record)
_IS_CURRENT = and_(revisions.c.article_id == articles.c.id, revisions.c.number == articles.c.revision)


def list_articles(
    connection: Connection,
    sites: Collection[str],
    since: datetime | None,
    texts: Collection[str],
    limit: int | None,
    until: datetime | None = None,
) -> list[ArticleRow]:
    """Articles, newest first: of these sites (none is all), published (or, without a time, first seen) since and before
    `until`, and with what each of the texts asks for (`crawler.store.search`).
    """
    if texts:
        numbers = _found(connection, sites, since, until, texts, limit)
        rows = {
            row["id"]: ArticleRow(**row)
            for chunk in chunks(numbers)
            for row in connection.execute(select(*_ROW).where(articles.c.id.in_(chunk))).mappings()
        }
        return [rows[number] for number in numbers]
    query = _chosen(select(*_ROW), sites, since, until)
    query = query.order_by(_NEWEST.desc(), articles.c.id.desc()).limit(limit)
    return [ArticleRow(**row) for row in connection.execute(query).mappings()]


def article_numbers(
    connection: Connection,
    sites: Collection[str],
    since: datetime | None,
    until: datetime | None,
    texts: Collection[str],
) -> array[int]:
    """The numbers of the same articles, the oldest first: eight bytes each, however many there are."""
    if texts:
        return array("q", reversed(_found(connection, sites, since, until, texts, None)))
    query = _chosen(select(articles.c.id), sites, since, until).order_by(_NEWEST, articles.c.id)
    return array("q", connection.scalars(query))


def current_texts(connection: Connection, ids: Collection[int]) -> list[tuple[ArticleRow, Article]]:
    """These articles with their current texts, in this order; those that are not there are left out."""
    texts = [revisions.c[column.name].label(f"r_{column.name}") for column in _TEXT]
    query = select(*_ROW, *texts).join(revisions, _IS_CURRENT)
    found = {}
    for chunk in chunks(ids):
        for row in connection.execute(query.where(articles.c.id.in_(chunk))).mappings():
            values = {name: row[name] for name in ArticleRow.__dataclass_fields__}
            text = unpack({column.name: row[f"r_{column.name}"] for column in _TEXT})
            found[row["id"]] = (ArticleRow(**values), text)
    return [found[id_] for id_ in ids if id_ in found]


def _found(
    connection: Connection,
    sites: Collection[str],
    since: datetime | None,
    until: datetime | None,
    texts: Collection[str],
    limit: int | None,
) -> list[int]:
    """The numbers of the articles with what each of the texts asks for, the newest first."""
    node = All(tuple(map(parse, texts)))
    most = MOST if limit is None else limit
    hits = search(connection, node, sites=sites, since=since, until=until, limit=most)
    return [hit.article_id for hit in hits]


def _chosen(query: Select[Any], sites: Collection[str], since: datetime | None, until: datetime | None) -> Select[Any]:
    if sites:
        query = query.where(articles.c.site.in_(sites))
    if since is not None:
        query = query.where(since <= _NEWEST)
    if until is not None:
        query = query.where(until > _NEWEST)
    return query


def count_since(connection: Connection, site: str, since: datetime) -> int:
    """How many articles of a site were published (or, without a time, first seen) since."""
    query = select(func.count()).select_from(articles).where(articles.c.site == site, since <= _NEWEST)
    return connection.scalar(query) or 0


def article(connection: Connection, id_: int) -> StoredArticle | None:
    """All that the store has of an article; None when there is none of this number."""
    row = connection.execute(select(*_ROW).where(articles.c.id == id_)).mappings().first()
    if row is None:
        return None
    texts = select(*_REVISION).where(revisions.c.article_id == id_).order_by(revisions.c.number)
    others = select(*_COPY).where(copies.c.article_id == id_).order_by(copies.c.id)
    events = select(changes).where(changes.c.article_id == id_).order_by(changes.c.seq)
    return StoredArticle(
        row=ArticleRow(**row),
        article=revision(connection, id_, row["revision"]),
        revisions=tuple(RevisionRow(**row) for row in connection.execute(texts).mappings()),
        copies=tuple(CopyRow(**row) for row in connection.execute(others).mappings()),
        changes=tuple(Change(**row) for row in connection.execute(events).mappings()),
    )


def revision(connection: Connection, id_: int, number: int) -> Article:
    """One text of an article; BadInput when there is none of this number."""
    query = select(*_TEXT).where(revisions.c.article_id == id_, revisions.c.number == number)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise BadInput(f"article {id_} has no revision {number}")
    return unpack(dict(row))


def list_changes(connection: Connection, since: int, limit: int | None) -> list[Change]:
    """Changes after `since`, in the order of `seq`."""
    last = last_number(connection)
    query = select(changes).where(changes.c.seq > since, changes.c.seq <= last).order_by(changes.c.seq).limit(limit)
    return [Change(**row) for row in connection.execute(query).mappings()]


def site_names(connection: Connection) -> set[str]:
    """The sites that have been crawled or are scheduled."""
    return set(connection.scalars(select(sites.c.name)))


def answered(connection: Connection) -> set[str]:
    """The sites that have given something: an answer of a source, or an article."""
    source = exists().where(sources.c.site == sites.c.name, sources.c.body_hash.is_not(None))
    article = exists().where(articles.c.site == sites.c.name)
    return set(connection.scalars(select(sites.c.name).where(source | article)))


def counts(connection: Connection) -> dict[str, dict[str, int]]:
    """How many of `COUNTS` each site has; articles without a site stand under ""."""
    table = {name: dict.fromkeys(COUNTS, 0) for name in connection.scalars(select(sites.c.name).order_by(sites.c.name))}

    def add(query: Select[Any], *names: str) -> None:
        for site, *numbers in connection.execute(query):
            row = table.setdefault(site or "", dict.fromkeys(COUNTS, 0))
            row.update(zip(names, numbers, strict=True))

    of_articles = func.count(), func.sum(articles.c.revision), func.count(articles.c.withdrawn_at)
    add(select(articles.c.site, *of_articles).group_by(articles.c.site), "articles", "revisions", "withdrawn")
    add(select(copies.c.site, func.count()).group_by(copies.c.site), "copies")
    for name, fates in (("pending", WAITING), ("refused", (Fate.REFUSED,))):
        add(select(links.c.site, func.count()).where(links.c.fate.in_(fates)).group_by(links.c.site), name)
    return table


def holding(connection: Connection, query: Node, ids: Collection[int], *, up_to: int | None = None) -> set[int]:
    """Those of the articles that have what is looked for, or had it once; `up_to` is the last revision that counts."""
    found: set[int] = set()
    texts = select(revisions.c.article_id, revisions.c.title, revisions.c.lead, revisions.c.body)
    if up_to is not None:
        texts = texts.where(revisions.c.number <= up_to)
    for chunk in chunks(ids):
        for row in connection.execute(texts.where(revisions.c.article_id.in_(chunk))):
            if row.article_id not in found and query.holds(SearchedText.of_parts(row.title, row.lead, row.body)):
                found.add(row.article_id)
    return found

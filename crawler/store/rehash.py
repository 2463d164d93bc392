"""Content hashes made by an older normal form, brought to today's, so that no text is taken for a new one.

The writing functions run inside one writing transaction: `some` alone, `article` in one that holds a page of it, which
may wait for another in a circle (`crawler.store.subjects`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, or_, select, update

from crawler.store.schema import articles, changes, copies, revisions
from crawler.text import fingerprint

_TEXT = select(*(revisions.c[name] for name in ("id", "article_id", "number", "content_hash", "lead", "body")))
_OF_REVISION = update(revisions).where(revisions.c.id == bindparam("b_id"))
_OF_ARTICLE = update(articles).where(
    articles.c.id == bindparam("b_article"), articles.c.revision == bindparam("b_number")
)
# What was the same text by the old rules stays with its article.
_OF_OTHERS = [
    update(table).where(table.c.article_id == bindparam("b_article"), table.c.content_hash == bindparam("b_old"))
    for table in (copies, changes)
]


def outdated(content_hash: str) -> bool:
    """Whether another version of the normal form made this hash."""
    return not content_hash.startswith(f"{fingerprint.VERSION}:")


def count(connection: Connection) -> int:
    """How many revisions have such a hash."""
    return connection.scalar(select(func.count()).select_from(revisions).where(_old())) or 0


def some(connection: Connection, limit: int) -> int:
    """Bring that many revisions up to date, with what refers to them; returns how many there were."""
    rows = connection.execute(_TEXT.where(_old()).order_by(revisions.c.content_hash).limit(limit)).all()
    return _rehash(connection, rows)


def article(connection: Connection, id_: int) -> None:
    """Bring the hashes of one article up to date."""
    _rehash(connection, connection.execute(_TEXT.where(revisions.c.article_id == id_, _old())).all())


def _old() -> ColumnElement[bool]:
    """By a range, which the index on the hash serves; ";" follows ":"."""
    version = fingerprint.VERSION
    return or_(revisions.c.content_hash < f"{version}:", revisions.c.content_hash >= f"{version};")


def _rehash(connection: Connection, rows: Iterable[Row[*tuple[Any, ...]]]) -> int:
    found = [(row, {"content_hash": fingerprint.content_hash(row.lead, row.body)}) for row in rows]
    if not found:
        return 0
    connection.execute(_OF_REVISION, [{"b_id": row.id, **new} for row, new in found])
    connection.execute(
        _OF_ARTICLE, [{"b_article": row.article_id, "b_number": row.number, **new} for row, new in found]
    )
    for statement in _OF_OTHERS:
        connection.execute(
            statement, [{"b_article": row.article_id, "b_old": row.content_hash, **new} for row, new in found]
        )
    return len(found)

"""Bringing into the index of words what was stored before there was one.

It is done in transactions of `BATCH` articles by whatever opens the store, with a line of progress. Stopped anywhere it
goes on from there when the store is opened the next time; two that do it at once share the work.
"""

from __future__ import annotations

import time

from sqlalchemy import Connection, Engine, delete, func, select, update

from crawler.process.output import say
from crawler.store.articles import unpack
from crawler.store.cursors import progress
from crawler.store.database import transaction, writer
from crawler.store.schema import articles, revisions, search_keys
from crawler.store.search_index import put

BATCH = 500
"""Articles in one transaction."""
NAME = "search"
"""Of the row of `progress` that says how far it has come; there is none when all is done."""
_TALK = 2.0  # seconds between two lines of progress, and before the first
_THIS = progress.c.name == NAME
_REACHED = select(progress.c.seq).where(_THIS)
_TEXTS = select(
    articles.c.id, articles.c.published_at, articles.c.first_seen_at, search_keys.c.key,
    *(revisions.c[name] for name in ("content_hash", "title", "lead", "body", "record")),
).join(
    revisions, (revisions.c.article_id == articles.c.id) & (revisions.c.number == articles.c.revision)
).outerjoin(search_keys, search_keys.c.article_id == articles.c.id).order_by(articles.c.id)  # fmt: skip


def fill(engine: Engine) -> None:
    """Index all that is not yet; nothing for a store of which all is."""
    with transaction(engine) as connection:
        if connection.scalar(_REACHED) is None:
            return
        last = connection.scalar(select(func.max(articles.c.id))) or 0
    spoken = time.monotonic()
    while True:
        with transaction(writer(engine)) as connection:
            reached = fill_some(connection, BATCH)
        if reached is None:
            return
        if time.monotonic() - spoken > _TALK:
            spoken = time.monotonic()
            say(f"thoisu: indexing what is stored, once: {100 * reached // last}% of {last} articles")


def fill_some(connection: Connection, limit: int) -> int | None:
    """Index that many articles; the number of the last one, None when there are no more. Needs the write lock."""
    reached = connection.scalar(_REACHED)
    if reached is None:
        return None
    rows = connection.execute(_TEXTS.where(articles.c.id > reached).limit(limit)).mappings().all()
    for row in rows:
        if row["key"] is None:  # else it has been stored since
            put(connection, row["id"], unpack(dict(row)), row["published_at"] or row["first_seen_at"], known=False)
    if len(rows) < limit:
        connection.execute(delete(progress).where(_THIS))
        return None
    last: int = rows[-1]["id"]
    connection.execute(update(progress).where(_THIS).values(seq=last))
    return last

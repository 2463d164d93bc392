"""Articles that a reader of the change feed could not work on, so that it went on behind them (`passed_over`).

A reader works on each text within limits of processor time and memory. One that passes them or breaks the reader is
noted here with the program's version, and told as a finding. It is tried again when it is revised, once by each other
version of the program, and whenever somebody asks for it (`thoisu alerts run --retry`, `thoisu relate --retry`).

A reader notes which batch it begins, too: one that was begun and not ended may have ended the process, and is worked on
in reader processes, which alone die by it. The functions that take a connection and write run inside one writing
transaction that holds the reader's job (`crawler.store.subjects`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from sqlalchemy import Column, Connection, ForeignKey, Integer, PrimaryKeyConstraint, Table, delete, select

from crawler.store import cursors, subjects
from crawler.store.schema import Instant, Number, Plain, articles, metadata
from crawler.store.sql import chunks, upsert
from crawler.store.store import Store

passed_over = Table(
    "passed_over",
    metadata,
    Column("reader", Plain, nullable=False),
    Column("article_id", Number, ForeignKey("articles.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("reason", Plain, nullable=False),
    Column("version", Plain, nullable=False),  # of the program that tried it last
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("reader", "article_id"),
)
_LONGEST = 300  # characters of a reason


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOver:
    """An article that a reader passed over."""

    reader: str
    article_id: int
    revision: int
    """The one that could not be worked on."""
    url: str
    reason: str
    version: str
    at: datetime
    """When it was passed over first, or tried last."""


def own_version() -> str:
    """The version of this program."""
    try:
        return version("thoisu")
    except PackageNotFoundError:  # run from a checkout that nobody installed
        return "0"


def begin(store: Store, reader: str, cursor: int) -> bool:
    """Note that a reader begins the batch after `cursor`; whether one had begun it before, and did not get past it."""
    name = f"{reader}.begun"
    with store.reading() as connection:
        if cursors.position(connection, name) == cursor + 1:
            return True
    with store.writing_beside(subjects.job(reader)) as connection:
        upsert(connection, cursors.progress, {"name": name}, {"seq": cursor + 1})
    return False


def end(store: Store, reader: str) -> None:
    """The batch that was begun last was worked on to its end, though it may come again."""
    with store.writing_beside(subjects.job(reader)) as connection:
        upsert(connection, cursors.progress, {"name": f"{reader}.begun"}, {"seq": 0})


def note(connection: Connection, reader: str, failed: Mapping[tuple[int, int], str], at: datetime) -> None:
    """Note articles, by number and revision, with the reason; what was noted of an article before is replaced."""
    for (article, revision), reason in failed.items():
        values = {"revision": revision, "reason": reason[:_LONGEST], "version": own_version(), "at": at}
        upsert(connection, passed_over, {"reader": reader, "article_id": article}, values)


def clear(connection: Connection, reader: str, ids: Collection[int]) -> None:
    """These articles could be worked on."""
    for chunk in chunks(ids):
        mine = (passed_over.c.reader == reader) & passed_over.c.article_id.in_(chunk)
        connection.execute(delete(passed_over).where(mine))


def listed(connection: Connection, reader: str | None = None) -> list[PassedOver]:
    """What was passed over, by one reader or by all, the oldest first."""
    query = select(passed_over, articles.c.canonical_url.label("url")).join(articles)
    if reader is not None:
        query = query.where(passed_over.c.reader == reader)
    order = passed_over.c.at, passed_over.c.reader, passed_over.c.article_id
    return [PassedOver(**row) for row in connection.execute(query.order_by(*order)).mappings()]


def due(connection: Connection, reader: str, *, every: bool = False) -> list[PassedOver]:
    """What is to be tried again: what another version of the program tried last, or with `every` all."""
    return [one for one in listed(connection, reader) if every or one.version != own_version()]

"""Reading and writing what texts have to do with each other: fingerprints, keys by week, verified pairs.

The writing functions run inside one writing transaction that holds the job `relate` (`crawler.store.subjects`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, bindparam, delete, exists, func, insert, or_, select, text

from crawler.compare.candidates import week_of
from crawler.compare.copies import Relation
from crawler.compare.minhash import VERSION, Fingerprint, packed, restored
from crawler.compare.tables import fingerprints, relations, shingle_keys
from crawler.store.numbering import last_number
from crawler.store.schema import articles, changes, revisions
from crawler.store.sql import chunks

Postings = dict[int, list[int]]
"""The articles that stand under a key in some weeks."""
_TEXT = (
    select(
        articles.c.id,
        articles.c.revision,
        func.coalesce(articles.c.published_at, articles.c.first_seen_at).label("at"),
        revisions.c.lead,
        func.substr(revisions.c.body, 1, bindparam("longest", type_=Integer)),
        articles.c.site,
    )
    .join(revisions, (revisions.c.article_id == articles.c.id) & (revisions.c.number == articles.c.revision))
    .order_by(articles.c.id)
)
_JOINED = articles.outerjoin(fingerprints, fingerprints.c.article_id == articles.c.id)
# One value holds all keys of a statement, so that its text and its plan are the same for any number of them.
_AMONG = {"sqlite": "key IN (SELECT value FROM json_each(:keys))", "postgresql": "key = ANY(CAST(:keys AS bigint[]))"}
_LOOK_UP = {
    dialect: text(f"SELECT key, article_id FROM shingle_keys WHERE week = :week AND {among}")  # noqa: S608
    for dialect, among in _AMONG.items()
}
_UNNEST = text(
    "INSERT INTO shingle_keys (week, key, article_id) "
    "SELECT * FROM unnest(CAST(:weeks AS integer[]), CAST(:keys AS bigint[]), CAST(:ids AS bigint[]))"
)
_NEW_KEY = "INSERT INTO shingle_keys (week, key, article_id) VALUES (?, ?, ?)"
_DROP_KEY = delete(shingle_keys).where(
    *(shingle_keys.c[name] == bindparam(f"b_{name}") for name in ("week", "key", "article_id"))
)


@dataclass(frozen=True, slots=True)
class Current:
    """An article's current text."""

    id: int
    revision: int
    at: datetime
    """Published or, where that is unknown, first read."""
    lead: str | None
    body: str
    site: str | None


@dataclass(frozen=True, slots=True)
class StoredFingerprint:
    """A fingerprint as it is stored, with what tells whether it is still right."""

    revision: int
    version: str
    day: int
    print: Fingerprint | None
    """None for one that other rules made."""

    @property
    def keys(self) -> tuple[int, ...]:
        """Under which it stands, each once; empty where the rules are not known."""
        return tuple(dict.fromkeys((*self.print.bands, *self.print.sample))) if self.print else ()


@dataclass(frozen=True, slots=True)
class Pair:
    """What a later article is to an earlier one."""

    later: int
    earlier: int
    verdict: Relation


def changed(connection: Connection, since: int, limit: int) -> list[tuple[int, str, int]]:
    """Number, event and article of the changes after `since`."""
    if last_number(connection) <= since:
        return []
    query = select(changes.c.seq, changes.c.event, changes.c.article_id).where(changes.c.seq > since)
    return [
        (row.seq, row.event, row.article_id) for row in connection.execute(query.order_by(changes.c.seq).limit(limit))
    ]


def count_changed(connection: Connection, since: int) -> int:
    """How many articles are new, revised or have another copy by the changes after `since`."""
    named = changes.c.event.in_(("created", "revised", "copied"))
    return (
        connection.scalar(select(func.count(changes.c.article_id.distinct())).where(changes.c.seq > since, named)) or 0
    )


def current(connection: Connection, ids: Collection[int], longest: int) -> Iterator[Current]:
    """The current texts of these articles, in the order of their numbers; of a body the first characters only."""
    for chunk in chunks(sorted(ids)):
        for row in connection.execute(_TEXT.where(articles.c.id.in_(chunk)), {"longest": longest}):
            yield Current(*row)


def stale(connection: Connection, after: int, limit: int) -> list[int]:
    """Articles whose fingerprint is missing, of another text or made by other rules."""
    query = select(articles.c.id).select_from(_JOINED).where(articles.c.id > after, _stale())
    return list(connection.scalars(query.order_by(articles.c.id).limit(limit)))


def count_stale(connection: Connection) -> int:
    """How many these are."""
    return connection.scalar(select(func.count()).select_from(_JOINED).where(_stale())) or 0


def stored(connection: Connection, ids: Collection[int]) -> dict[int, StoredFingerprint]:
    """The stored fingerprints of these articles."""
    found = {}
    for chunk in chunks(ids):
        for row in connection.execute(select(fingerprints).where(fingerprints.c.article_id.in_(chunk))):
            whole = restored(row.size, row.minhash, row.sample) if row.version == VERSION else None
            found[row.article_id] = StoredFingerprint(row.revision, row.version, row.day, whole)
    return found


def days_and_sizes(connection: Connection, ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """The day of each of these articles, and how many keys its sample has; not of those that wait for a re-hash."""
    found = {}
    for chunk in chunks(ids):
        query = select(fingerprints.c.article_id, fingerprints.c.day, fingerprints.c.sampled)
        known = query.where(fingerprints.c.article_id.in_(chunk), fingerprints.c.version == VERSION)
        for article, day, sampled in connection.execute(known):
            found[article] = day, sampled
    return found


def look_up(connection: Connection, wanted: Mapping[int, Collection[int]]) -> Postings:
    """The articles under each of the keys, in the weeks of which it is wanted."""
    found: Postings = {}
    dialect = connection.dialect.name
    for week, keys in sorted(wanted.items()):
        value: Any = json.dumps(list(keys)) if dialect == "sqlite" else list(keys)
        for key, article in connection.execute(_LOOK_UP[dialect], {"week": week, "keys": value}):
            found.setdefault(key, []).append(article)
    return found


def forget(connection: Connection, old: Mapping[int, StoredFingerprint], again: Collection[int]) -> None:
    """Drop the fingerprints `old`, and the pairs of articles compared `again` with all others that are up to date."""
    keys = [
        {"b_week": week_of(entry.day), "b_key": key, "b_article_id": article}
        for article, entry in old.items()
        for key in entry.keys
    ]
    if keys:
        connection.execute(_DROP_KEY, keys)
    strangers = {article: week_of(entry.day) for article, entry in old.items() if entry.print is None}
    for week in set(strangers.values()):
        strange = [article for article, own in strangers.items() if own == week]
        keys_of_week = delete(shingle_keys).where(shingle_keys.c.week == week)
        connection.execute(keys_of_week.where(shingle_keys.c.article_id.in_(strange)))
    for chunk in chunks(old):
        connection.execute(delete(fingerprints).where(fingerprints.c.article_id.in_(chunk)))
    for chunk in chunks(again):
        for own, other in (
            (relations.c.article_id, relations.c.other_id),
            (relations.c.other_id, relations.c.article_id),
        ):
            # A pair with an article that waits for its own re-hash stays until then.
            ready = exists().where(fingerprints.c.article_id == other, fingerprints.c.version == VERSION)
            connection.execute(delete(relations).where(own.in_(chunk), or_(other.in_(chunk), ready)))


def remember(
    connection: Connection,
    entries: Mapping[int, StoredFingerprint],
    keys: Sequence[tuple[int, int, int]],
    pairs: Iterable[Pair],
) -> None:
    """Add fingerprints, their keys as (week, key, article), and verified pairs."""
    rows = [
        {
            "article_id": article, "revision": entry.revision, "version": entry.version, "day": entry.day,
            "size": made.size, "sampled": len(made.sample), "minhash": made.minhash, "sample": packed(made.sample),
        }
        for article, entry in entries.items()
        if (made := entry.print)
    ]  # fmt: skip
    if rows:
        connection.execute(insert(fingerprints), rows)
    if keys and connection.dialect.name == "postgresql":
        weeks, values, ids = zip(*keys, strict=True)
        connection.execute(_UNNEST, {"weeks": list(weeks), "keys": list(values), "ids": list(ids)})
    elif keys:
        connection.exec_driver_sql(_NEW_KEY, list(keys))  # SQLAlchemy would look at every value
    found = [
        {
            "article_id": pair.later, "other_id": pair.earlier, "relation": pair.verdict.kind,
            "jaccard": round(pair.verdict.jaccard, 4), "containment": round(pair.verdict.containment, 4),
            "because": " ≠ ".join(filter(None, pair.verdict.because)) if pair.verdict.because else None,
        }
        for pair in pairs
    ]  # fmt: skip
    if found:
        connection.execute(insert(relations), found)


def _stale() -> ColumnElement[bool]:
    made = fingerprints.c
    return or_(made.version.is_(None), made.version != VERSION, made.revision != articles.c.revision)

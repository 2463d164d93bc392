"""The index of words: what stands in it of an article, and how it is kept in the transaction that stores the article.

Each article has a key in it that grows with the time of publication, so that the newest are found first without sorting
what is found: seconds since 1970 and a number within the second (`SLOTS`). An article that is revised gets another key,
and its old one belongs to nobody from then on.

There stand, of the current revision: every word without its diacritics, in the order of the text, so that phrases can
be found; every word that has some, once; and words of its fields, which begin with `=` (`facet`). What the index finds
is never too little and at times too much (a phrase across a full stop, or other diacritics than the query has), so who
searches looks at the text too (`crawler.store.search`).

SQLite has an FTS5 table (`search_words`) that is written for `BATCH` articles at once, which takes a fifth of the work;
until then their keys stand in `search_waiting`, and their texts are searched as they are. PostgreSQL has a tsvector
with GIN, which does the same by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, CursorResult

from crawler.items import Article
from crawler.store.subjects import hold
from crawler.store.subjects import second as subject_of_second
from crawler.text.words import BREAK, Words, plain_and_marked, words_of

SLOTS = 512
"""Keys of one second; what is published in a fuller one comes into the next."""
DAY = 86_400 * SLOTS
"""Keys of one day."""
GROUP = 32
"""Days that have a word in common in a tsvector."""
BATCH = 64
"""Articles that wait to be written to SQLite's index together."""
LAST = 2**62
"""A key behind all others."""
LONGEST = 60
"""Characters of a word by which it is found; who searches looks at the others."""
LONG, HUGE = "=long", "=huge"
"""In a tsvector: of a text whose places, or whose words, are more than it takes (PostgreSQL manual, 12.11)."""
_PLACES = 250  # of a word in a tsvector, which takes 256
_LAST = 16_000  # place in a tsvector, which takes 16,383
_NUMBERS = tuple(map(str, range(1, _LAST + 1)))
_BYTES = 500_000  # of words in a tsvector, which takes a megabyte with their places
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS = 1 << 34  # five hundred years
_SIGN = re.compile(r"[^0-9a-z]")
_WAITING = (
    "SELECT search_waiting.key, revisions.title, lead, body, site, kind, section, record FROM search_waiting "
    "JOIN search_keys ON search_keys.key = search_waiting.key JOIN articles ON articles.id = search_keys.article_id "
    "JOIN revisions ON revisions.article_id = articles.id AND number = revision "
    "WHERE search_waiting.key >= ? AND search_waiting.key < ? ORDER BY search_waiting.key DESC"
)
# The next key of a second, which gives no row when it is full. It is one statement, since each article needs it.
_KEY = (
    "INSERT INTO search_keys (key, article_id) SELECT coalesce(max(key) + 1, {low}), {article} FROM search_keys "
    "WHERE key >= {low} AND key < {high} HAVING coalesce(max(key) + 1, {low}) < {high} RETURNING key"
)
_TAKE = _KEY.format(low=":low", high=":high", article=":article")
_TAKEN = _KEY.format(low="%(low)s::bigint", high="%(high)s::bigint", article="%(article)s::bigint")
_PUT = (
    f"WITH taken AS ({_TAKEN}) "  # noqa: S608 - nothing but the above
    "INSERT INTO search_words (key, words) SELECT key, %(words)s::tsvector FROM taken"
)


class Indexed(NamedTuple):
    """What stands in the index of an article."""

    title: str
    words: str
    marks: str
    """Words with diacritics, and facets."""


@lru_cache(maxsize=4 * BATCH)
def indexed(
    title: str, lead: str | None, body: str, site: str | None, kind: str, section: str | None, authors: tuple[str, ...]
) -> Indexed:
    """What stands in the index of an article."""
    head, of_head = plain_and_marked(title)
    text, of_text = plain_and_marked(f"{lead}\n{body}" if lead else body)
    facets = [facet("site", site or ""), facet("kind", kind)]
    facets += [facet_of_words("author", words_of(name)) for name in authors]
    if section:
        facets.append(facet_of_words("section", words_of(section)))
    return Indexed(head, text, f" {' '.join([*(of_head | of_text), *facets])} ")


def facet(field: str, value: str) -> str:
    """The word by which an article is found that has this value in a field."""
    return f"={field}={_SIGN.sub(lambda sign: f'={ord(sign[0]):x}=', value)}"[:LONGEST]


def facet_of_words(field: str, words: Words) -> str:
    """As `facet`, for a name, whose diacritics do not count."""
    return facet(field, "-".join(words.plain.split()))


def first_key(at: datetime) -> int:
    """The first key of the second of a time."""
    return min(max(int((at - _EPOCH).total_seconds()), 0), _SECONDS) * SLOTS


def day_facet(day: int, days: int = 1) -> str:
    """The word of PostgreSQL's index for articles of a day since 1970, or of the `GROUP` of days that it is in."""
    return f"=day={day}" if days == 1 else f"=days={day // GROUP}"


def put(connection: Connection, article_id: int, article: Article, newest: datetime, *, known: bool) -> None:
    """Index the current revision of an article, that of publication or else of the first fetch being `newest`.

    `known` is an article that may stand in the index; its page is a subject of the transaction.
    """
    if known:
        remove(connection, article_id)
    second = first_key(newest)
    while not _put_in(connection, second, article_id, article):
        second += SLOTS
    # Articles are numbered one after the other, so what waits need not be counted.
    if connection.dialect.name == "sqlite" and article_id % BATCH == 0:
        write(connection)


def _put_in(connection: Connection, second: int, article_id: int, article: Article) -> bool:
    """Index an article under the next key of the second that begins with a key; False when that has none left."""
    hold(connection, [subject_of_second(second)])
    place: dict[str, Any] = {"article": article_id, "low": second, "high": second + SLOTS}
    if connection.dialect.name == "sqlite":
        key = connection.exec_driver_sql(_TAKE, place).scalar()
        if key is not None:
            connection.exec_driver_sql("INSERT INTO search_waiting (key) VALUES (?)", (key,))
        return key is not None
    of = article
    words = indexed(of.title, of.lead, of.body, of.site, of.kind, of.section, of.authors)
    return connection.exec_driver_sql(_PUT, {**place, "words": vector(words, second)}).rowcount == 1


def write(connection: Connection) -> None:
    """Write what waits to SQLite's index."""
    rows = [(key, *words) for key, words in waiting(connection, 0, LAST)]
    statement = "INSERT INTO search_words (rowid, title, words, marks) VALUES (?, ?, ?, ?)"
    connection.exec_driver_sql(statement, sorted(rows))
    connection.exec_driver_sql("DELETE FROM search_waiting")


def waiting(connection: Connection, low: int, high: int) -> Iterator[tuple[int, Indexed]]:
    """What is not yet in SQLite's index, of keys from `low` to before `high`, the greatest first."""
    for key, *texts, record in connection.exec_driver_sql(_WAITING, (low, high)):
        yield key, indexed(*texts, tuple(json.loads(record)["authors"]))


def remove(connection: Connection, article_id: int) -> None:
    """Take an article out of the index."""
    # The key stays, so that no other takes it: in SQLite's index the words do.
    took = "UPDATE search_keys SET article_id = NULL WHERE article_id = {0} RETURNING key"
    key = _run(connection, took, article_id).scalar()
    if key is not None:
        table = "search_waiting" if connection.dialect.name == "sqlite" else "search_words"
        _run(connection, f"DELETE FROM {table} WHERE key = {{0}}", key)  # noqa: S608 - one of the two


def vector(words: Indexed, key: int) -> str:
    """The tsvector of an article, as PostgreSQL reads it."""
    every = [*words.title.split(), BREAK, *words.words.split()]
    places: dict[str, list[str]] = {word: [] for word in every}
    for word, number in zip(every, _NUMBERS, strict=False):
        places[word].append(number)
    del places[BREAK]
    extra = {*words.marks.split(), *(f"=t={word}" for word in words.title.split() if word != BREAK)}
    extra.update((day_facet(key // DAY), day_facet(key // DAY, GROUP)))
    if max(map(len, (*places, *extra))) > LONGEST:
        places, extra = _shortened(places), {word[:LONGEST] for word in extra}
    if len(every) > _LAST or max(map(len, places.values()), default=0) > _PLACES:
        extra.update(places, (LONG,))
        places = {}
    if _bytes(extra) + _bytes(places) > _BYTES:
        extra, places = {word for word in extra if word.startswith("=") and not word.startswith("=t=")} | {HUGE}, {}
    quoted = _quoted if any(sign in text for text in words for sign in "'\\") else "'{}'".format
    parts = [f"{quoted(word)}:{','.join(at)}" for word, at in places.items()]
    return " ".join([*parts, *map(quoted, extra)])


def _shortened(places: dict[str, list[str]]) -> dict[str, list[str]]:
    """The places of words, those of long ones under their beginning."""
    found: dict[str, list[str]] = {}
    for word, at in places.items():
        found.setdefault(word[:LONGEST], []).extend(at)
    return found


def _bytes(words: Collection[str]) -> int:
    """What words take in a tsvector, at most."""
    return len("".join(words).encode()) + 8 * len(words)


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _run(connection: Connection, statement: str, *values: object) -> CursorResult[Any]:
    """Run a statement in which {0}, {1}, … are the values, past SQLAlchemy's compiler."""
    marks = ["?" if connection.dialect.name == "sqlite" else "%s"] * len(values)
    return connection.exec_driver_sql(statement.format(*marks), values)

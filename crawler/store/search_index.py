"""The index of words: what stands in it of an article, and how it is kept in the transaction that stores the article.

Each article has a key in it that grows with the time of publication, so that the newest are found first without sorting
what is found: seconds since 1970 and a number within the second (`SLOTS`). An article that is revised gets another key,
and its old one belongs to nobody from then on.

There stand, each once, of the current revision: every word without its diacritics; every two of these that follow each
other (`pairs`); every word that has diacritics; the words of the title (`of_title`); and words of the fields (`facet`).
Where they stand in the text is not in it: a phrase is found by its pairs, of which the rarest says where to look, while
by the places of its words all texts would be read that have them, most of what is stored when the words are common.
Beside the key stand all words in their order, each with a sign for its diacritics (`search_keys.text`): there phrases
are looked for without reading the article. What is found by both is never too little and at times too much (signs are
few), so who searches looks at the text too (`crawler.store.search`).

SQLite has an FTS5 table (`search_words`) that is written for `BATCH` articles at once, which takes a fifth of the work;
until then `search_waiting` has what is not in their `search_keys.text`. PostgreSQL has a tsvector with GIN, which does
the same by itself.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import Connection, CursorResult

from crawler.items import Article
from crawler.store.subjects import hold
from crawler.store.subjects import second as subject_of_second
from crawler.text.words import BREAK, Words, signed_words, words_in, words_of

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
"""Characters of what stands in the index; who searches looks at the others."""
HUGE = "=huge"
"""In a tsvector: of a text whose words are more than it takes (PostgreSQL manual, 12.11)."""
_BYTES = 500_000  # of words in a tsvector, which takes a megabyte
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS = 1 << 34  # five hundred years
_SIGN = re.compile(r"[^0-9a-z]")
# The next key of a second, which gives no row when it is full. It is one statement, since each article needs it.
_KEY = (
    "INSERT INTO search_keys (key, article_id, text) "
    "SELECT coalesce(max(key) + 1, {low}), {article}, {text} FROM search_keys "
    "WHERE key >= {low} AND key < {high} HAVING coalesce(max(key) + 1, {low}) < {high} RETURNING key"
)
_TAKE = _KEY.format(low=":low", high=":high", article=":article", text=":text")
_TAKEN = _KEY.format(
    low="%(low)s::bigint", high="%(high)s::bigint", article="%(article)s::bigint", text="%(text)s::text"
)
_PUT = (
    f"WITH taken AS ({_TAKEN}) "  # noqa: S608 - nothing but the above
    "INSERT INTO search_words (key, words) SELECT key, %(words)s::tsvector FROM taken"
)


class Indexed(NamedTuple):
    """What stands in the index of an article."""

    text: str
    """Title, lead and body as `SignedWords.text`."""
    words: str
    """What it is found by beside `words_of_text`, a blank before and behind each."""


def indexed(article: Article) -> Indexed:
    """What stands in the index of an article."""
    text, marked = signed_words("\n".join(filter(None, (article.title, article.lead, article.body))))
    title = words_in(article.title, marked=False).split()
    found = [word[:LONGEST] for word in marked.union(map(of_title, title)) if word != of_title(BREAK)]
    found += [facet("site", article.site or ""), facet("kind", article.kind)]
    found += [facet_of_words("author", words_of(name)) for name in article.authors]
    if article.section:
        found.append(facet_of_words("section", words_of(article.section)))
    return Indexed(text, f" {' '.join(found)} ")


def words_of_text(text: str) -> str:
    """The words without diacritics of `Indexed.text` and their pairs, each once and as short as the index has it."""
    words = [word[:-1] for word in text.split()]
    each = {*words}
    found = each.union(pairs(words)) - {BREAK}
    if 2 * max(map(len, each)) + len("__") > LONGEST:
        found = {word[:LONGEST] for word in found}
    return " ".join(found)


def pairs(words: list[str]) -> list[str]:
    """What stands in the index for every two words that follow each other, none of them a `BREAK`."""
    return [f"_{one}_{other}" for one, other in pairwise(words) if one != BREAK != other]


def of_title(word: str) -> str:
    """What stands in the index for a word of the title."""
    return f"=t={word}"


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
    second, of = first_key(newest), indexed(article)
    while not _put_in(connection, second, article_id, of):
        second += SLOTS
    # Articles are numbered one after the other, so what waits need not be counted.
    if connection.dialect.name == "sqlite" and article_id % BATCH == 0:
        write(connection)


def _put_in(connection: Connection, second: int, article_id: int, of: Indexed) -> bool:
    """Index an article under the next key of the second that begins with a key; False when that has none left."""
    hold(connection, [subject_of_second(second)])
    row: dict[str, Any] = {"article": article_id, "low": second, "high": second + SLOTS, "text": of.text}
    if connection.dialect.name == "sqlite":
        key = connection.exec_driver_sql(_TAKE, row).scalar()
        if key is not None:
            connection.exec_driver_sql("INSERT INTO search_waiting (key, words) VALUES (?, ?)", (key, of.words))
        return key is not None
    words = vector(of.words + words_of_text(of.text), second)
    return connection.exec_driver_sql(_PUT, {**row, "words": words}).rowcount == 1


def write(connection: Connection) -> None:
    """Write what waits to SQLite's index."""
    waiting = connection.exec_driver_sql(
        "SELECT key, words, text FROM search_waiting JOIN search_keys USING (key) ORDER BY key"
    )
    rows = [(key, words + words_of_text(text)) for key, words, text in waiting]
    connection.exec_driver_sql("INSERT INTO search_words (rowid, words) VALUES (?, ?)", rows)
    connection.exec_driver_sql("DELETE FROM search_waiting")


def remove(connection: Connection, article_id: int) -> None:
    """Take an article out of the index."""
    # The key stays, so that no other takes it: in SQLite's index the words do.
    took = "UPDATE search_keys SET article_id = NULL, text = NULL WHERE article_id = {0} RETURNING key"
    key = _run(connection, took, article_id).scalar()
    if key is not None:
        table = "search_waiting" if connection.dialect.name == "sqlite" else "search_words"
        _run(connection, f"DELETE FROM {table} WHERE key = {{0}}", key)  # noqa: S608 - one of the two


def vector(words: str, key: int) -> str:
    """The tsvector of an article, as PostgreSQL reads it."""
    found = words.split()
    if len(words.encode()) + 8 * len(found) > _BYTES:
        found = [word for word in found if word.startswith("=") and not word.startswith(of_title(""))] + [HUGE]
    found += [day_facet(key // DAY), day_facet(key // DAY, GROUP)]
    return quoted(" ".join(found)).replace(" ", "' '")


def quoted(word: str) -> str:
    """A word as PostgreSQL reads it in a tsvector or a tsquery (manual, 8.11)."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _run(connection: Connection, statement: str, *values: object) -> CursorResult[Any]:
    """Run a statement in which {0}, {1}, … are the values, past SQLAlchemy's compiler."""
    marks = ["?" if connection.dialect.name == "sqlite" else "%s"] * len(values)
    return connection.exec_driver_sql(statement.format(*marks), values)

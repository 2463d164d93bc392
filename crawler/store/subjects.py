"""What a writing transaction decides about, locked while it does, so that what it has read stays true.

SQLite has one writer at a time, and nothing here does anything there. On PostgreSQL there are two kinds of writing
transactions (`crawler.store.database`): one that is alone, and needs no subjects, and those beside others, each of
which holds its subjects until its commit is visible. Who reads a row, or that there is none, and writes by it, holds
the subject of that row:

| subject  | who holds it                                                                                         |
|----------|------------------------------------------------------------------------------------------------------|
| `page`   | who stores, amends or withdraws the article or copy at an address; of two addresses of a page, both   |
| `text`   | who stores a text: of two with the same one is the article, the other its copy                       |
| `number` | who stores an article of a site whose number names it: of two addresses with it one is taken         |
| `second` | who takes a key of this second in the index of words                                                 |
| `site`   | who writes what belongs to one site: its budget, agenda, sources, lists of links, runs, backfill     |
| `job`    | who writes what one job or reader of the feed keeps: relate, alerts, monitor, schedule, `sink NAME`  |

What one statement reads and writes by itself (a counter, an upsert, a compare-and-set) needs none: its row is locked,
and PostgreSQL looks at it again after the wait (manual, 13.2.1).

Nobody waits in a circle: a transaction takes the subjects that it knows at its beginning in one order, the seconds
later in theirs, and only then changes rows. What is left over (rows of several subjects in another order) PostgreSQL
ends by error 40P01, and whoever can begins again (`crawler.store.Store.write`).
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from sqlalchemy import Connection

from crawler.store.database import share, state


def page(url: str) -> int:
    """The article or copy at a canonical address, and its link."""
    return _subject("page", url)


def text(content_hash: str) -> int:
    """Whatever has this text."""
    return _subject("text", content_hash)


def number(site: str, named: str) -> int:
    """The article of a site that has this number."""
    return _subject("number", f"{site} {named}")


def second(key: int) -> int:
    """The keys of a second in the index of words, by the first of them."""
    return _subject("second", str(key))


def site(name: str) -> int:
    """What belongs to one site beside its articles."""
    return _subject("site", name)


def job(name: str) -> int:
    """What one job keeps."""
    return _subject("job", name)


def hold(connection: Connection, subjects: Iterable[int]) -> None:
    """Hold these subjects until the end of the transaction; nothing for one that is alone, or holds them already.

    Raises StoreFailed, as every statement, after a wait of `crawler.store.database.WAIT`.
    """
    mine = state(connection).held
    if mine is not None and (wanted := sorted(set(subjects) - mine)):
        share(connection, wanted)


def _subject(kind: str, name: str) -> int:
    # Two with the same number wait for each other without need, and that is all.
    digest = blake2b(f"{kind} {name}".encode("utf-8", "replace"), digest_size=4).digest()
    return int.from_bytes(digest, signed=True)

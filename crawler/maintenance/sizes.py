"""Bytes that a store takes on its disk, by table, and what SQLite keeps free."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DatabaseError

from crawler.maintenance.tables import every_table

WHOLE = "all tables"
"""As which all is told where the tables are not measured one by one."""
_INDEX = "search"
"""As which the index of words is told, whatever its tables are called."""
_SCANNED = 4 * 2**30
"""Bytes of a file of SQLite's up to which its tables are measured one by one, which reads all of it."""


def free_bytes(connection: Connection) -> tuple[int, int]:
    """What a file of SQLite's keeps free, and its size; 0 and 0 on PostgreSQL."""
    if connection.dialect.name != "sqlite":
        return 0, 0
    page = _pragma(connection, "page_size")
    return _pragma(connection, "freelist_count") * page, _pragma(connection, "page_count") * page


def table_bytes(connection: Connection) -> dict[str, int]:
    """Bytes of each table with its indexes, the index of words as one; all in one where that would take too long.

    What SQLite keeps free is not among them.
    """
    free, size = free_bytes(connection)
    whole = size - free
    found: Counter[str] = Counter()
    if connection.dialect.name != "sqlite":
        for name in (*(table.name for table in every_table()), "search_keys", "search_words"):
            found[_told(name)] += connection.scalar(select(func.pg_total_relation_size(name))) or 0
    elif whole > _SCANNED:
        found[WHOLE] = whole
    else:
        try:
            owners: dict[str, str] = dict(connection.exec_driver_sql("SELECT name, tbl_name FROM sqlite_master").all())
            sizes = connection.exec_driver_sql("SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE").all()
            for name, taken in sizes:
                found[_told(owners.get(name, name))] += taken
        except DatabaseError:  # a SQLite that was built without the table dbstat
            found = Counter({WHOLE: whole})
    return dict(found)


def _pragma(connection: Connection, name: str) -> int:
    return int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())


def _told(table: str) -> str:
    return _INDEX if table.startswith("search_") and table != "searches" else table

"""Tokens by which a program or a person is let in by `thoisu serve`; only their hashes are kept.

A token has 256 bits from the system's source of chance, so that a plain hash of it can neither be guessed nor turned
back: slow hashes are for passwords that people make up (OWASP, Password Storage Cheat Sheet). The functions that write
run inside one transaction that holds the write lock (`crawler.store.database`).
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, Column, Connection, Table, delete, insert, select

from crawler.errors import BadInput
from crawler.store.schema import Instant, Plain, metadata

_PREFIX = "thoisu_"
"""By which a token that leaked into a repository or a log is known for one."""

tokens = Table(
    "tokens",
    metadata,
    Column("name", Plain, primary_key=True),
    Column("hash", Plain, nullable=False, unique=True),
    Column("writes", Boolean, nullable=False),
    Column("added_at", Instant, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What is known of a token."""

    name: str
    writes: bool
    """Whether it may add and remove alerts, beside reading."""
    added_at: datetime


def add(connection: Connection, name: str, at: datetime, *, writes: bool) -> str:
    """Make a token of this name and return it, for the only time; BadInput when the name is taken."""
    if connection.scalar(select(tokens.c.name).where(tokens.c.name == name)) is not None:
        raise BadInput(f"there is a token {name!r} already; revoke it first: thoisu token revoke {name}")
    token = _PREFIX + secrets.token_urlsafe(32)
    row = {"name": name, "hash": _hash(token), "writes": writes, "added_at": at}
    connection.execute(insert(tokens), row)
    return token


def revoke(connection: Connection, name: str) -> None:
    """End a token at once; BadInput when there is none of this name."""
    if connection.execute(delete(tokens).where(tokens.c.name == name)).rowcount == 0:
        raise BadInput(f"there is no token {name!r}; `thoisu token list` has them")


def list_tokens(connection: Connection) -> list[Token]:
    """All tokens, by name."""
    rows = connection.execute(select(tokens.c.name, tokens.c.writes, tokens.c.added_at).order_by(tokens.c.name))
    return [Token(**row._mapping) for row in rows]


def known(connection: Connection, token: str) -> Token | None:
    """Whose token this is; None for one that nobody was given, or that was revoked.

    It is looked up by its hash: how long that takes says nothing of any token.
    """
    query = select(tokens.c.name, tokens.c.writes, tokens.c.added_at).where(tokens.c.hash == _hash(token))
    row = connection.execute(query).first()
    return Token(**row._mapping) if row else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()

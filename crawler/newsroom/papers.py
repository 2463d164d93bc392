"""What a simulated paper is: its address, its sections and the habits of its content management system."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from crawler.items import Kind
from crawler.sites import Tier
from crawler.text import unmarked

Dialect = Literal["colon", "us", "gmt7", "two-digit-zone", "two-digit-year", "rfc822"]
Closed = Literal["script-built", "robots", "walled", "no-articles", "unreachable", "login"]
Shards = Literal["month", "five-days", "flat", "day", "year", "month-folder"]


def slugify(text: str) -> str:
    """The words of a title as they stand in an address: no diacritics, lower case, hyphens."""
    plain = unmarked(text.replace("Đ", "D").replace("đ", "d"))
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a paper."""

    name: str
    slug: str
    zone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One simulated publisher and the habits of its content management system."""

    name: str
    """Name of its `Site` and first part of its host."""
    title: str
    mark: str
    """The wire's mark that opens a lead."""
    family: str
    """Name of the family whose markup it has (`crawler.newsroom.families`)."""
    tier: Tier
    sections: tuple[Section, ...]
    address: str
    """Path of an article, with {slug}, {id}, {section} and {stamp}."""
    article: str
    """Regular expression of `address`, as `Site.article` wants it."""
    feed: str
    dialect: Dialect
    shards: Shards
    says_modified: bool
    """Its pages tell when they were changed."""
    seconds: bool
    """Its pages tell the second of publication; otherwise the minute."""
    kinds: tuple[Kind, ...] = ()
    """What it publishes beside plain articles."""
    gallery: tuple[int, ...] = (1,)
    """How many pictures of a photo story share a caption, each as often as it is met."""
    silent: frozenset[str] = frozenset()
    """Fields of the truth that its pages do not tell."""
    closed: Closed | None = None
    """Why nobody can read it; None for a paper that can be read."""
    aliases: tuple[str, ...] = ()
    """Further hosts under localhost that it answers at ("m.songda")."""

    @property
    def host(self) -> str:
        """Host without port; every name under localhost is the loopback interface (RFC 6761, 6.3)."""
        return f"{self.name}.localhost"

    @property
    def redirects(self) -> tuple[str, ...]:
        """Hosts whose addresses all lead on to the same ones at `host`."""
        return ()


def sections(*names: str, zone: int) -> tuple[Section, ...]:
    """Sections by their names, with zones that count upwards from `zone`."""
    return tuple(Section(name, slugify(name), zone + number) for number, name in enumerate(names))

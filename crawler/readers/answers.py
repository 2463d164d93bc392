"""What readers are asked to do with an answer of a site. These functions run in a reader; `packed` in who asks.

What they need is imported inside of them: who asks for it names the function and loads none of that.
"""

from __future__ import annotations

import pickle
from functools import lru_cache
from typing import NamedTuple

from crawler.discover import Discovery
from crawler.items import Article
from crawler.sites import Site, Source
from crawler.text import gunzip
from crawler.text.content_codings import codings_of, undone


class PageRead(NamedTuple):
    """An article's page."""

    article: Article
    following: str | None
    """The address of the page on which it goes on."""


@lru_cache(1024)
def packed(site: Site | None) -> bytes:
    """A site for a reader, which takes the same bytes for the same site: what it keeps of a site it keeps once."""
    return pickle.dumps(site)


@lru_cache(1024)
def unpacked(packing: bytes) -> Site | None:
    """The site, in a reader."""
    site: Site | None = pickle.loads(packing)  # noqa: S301, of our own making
    return site


def unpack(body: bytes, named: str, limit: int, bare: bool) -> bytes:
    """A body without the codings that its Content-Encoding names; what is gzip without being named so only if `bare`.

    Raises `Discard` for more than `limit` bytes or too many layers, and what each decoder raises.
    """
    for coding in codings_of(named):
        body = undone(body, coding, limit)
    return gunzip(body, limit) if bare else body


def read_page(body: bytes, url: str, declared: str | None, site: bytes) -> PageRead:
    """The article on a page, as `extract`, and raises as it does; `site` as `packed`."""
    from crawler.extract import extract

    following: list[str] = []
    article = extract(body, url, site=unpacked(site), declared=declared, following=following)
    return PageRead(article, following[0] if following else None)


def list_source(body: bytes, url: str, declared: str | None, site: bytes, source: Source | None) -> Discovery:
    """What a source lists, as `discover`; `site` as `packed`."""
    from crawler.discover import discover

    return discover(body, url, declared=declared, site=unpacked(site), source=source)

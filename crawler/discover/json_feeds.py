"""JSON Feed (jsonfeed.org, versions 1 and 1.1)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeGuard

from crawler.discover.xml import LIMIT
from crawler.errors import Refusal
from crawler.items import Link
from crawler.sites import absolute, is_web, written
from crawler.text import nfc, parse_date, unescape


def is_feed(answer: object) -> TypeGuard[dict[str, Any]]:
    """Whether a JSON document is one: by its `version`, or by `items` that have an address and a date of their own."""
    if not isinstance(answer, dict) or not isinstance(answer.get("items"), list):
        return False
    if "jsonfeed.org" in str(answer.get("version")):
        return True
    items = [item for item in answer["items"][:5] if isinstance(item, dict)]
    return bool(items) and all(_text(item, "url") and _text(item, "date_published") for item in items)


def links(answer: dict[str, Any], url: str, *, https: bool = False) -> Iterator[Link]:
    """The items in the order of the feed; without a usable address BAD_URL, without any left out. At most `LIMIT`."""
    for item in islice(answer["items"], LIMIT):
        if not isinstance(item, dict):
            continue
        own, identity = written(_text(item, "url")), written(_text(item, "id"))
        # An item's `external_url` leads to what it tells of, on another site.
        href = own if own and (is_web(own) or not is_web(identity)) else identity if is_web(identity) else ""
        if not href:
            continue
        address = absolute(href, url, https=https)
        published, modified = (parse_date(_text(item, name)) for name in ("date_published", "date_modified"))
        yield Link(
            address or href,
            title=nfc(" ".join(unescape(_text(item, "title")).split())) or None,
            published_at=published.at if published else None,
            modified_at=modified.at if modified else None,
            refused=None if address else Refusal.BAD_URL,
        )


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    return str(value) if isinstance(value, str | int | float) else ""

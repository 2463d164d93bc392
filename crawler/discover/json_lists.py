"""Answers of the JSON calls behind a "more news" button: `data.contents[]`, or HTML in `data.articles`."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.items import Link
from crawler.sites import absolute
from crawler.text import parse_date


def links(answer: object, url: str, *, https: bool = False) -> Iterator[Link]:
    """The items that have an address and a title, in order; nothing for an answer of another form.

    `url` is that of the site or of the answer; a relative address belongs to the site's own host, not the `api` host.
    """
    data = answer.get("data") if isinstance(answer, dict) else answer
    items = data.get("contents") if isinstance(data, dict) else data
    for item in items if isinstance(items, list) else ():
        if not isinstance(item, dict):
            continue
        address = absolute(_text(item, "url"), url.replace("://api.", "://", 1), https=https)
        title = " ".join(_text(item, "title").split())
        if address and title:
            moment = parse_date(_text(item, "date"))
            yield Link(address, title, published_at=moment.at if moment else None)


def goes_on(answer: object) -> bool:
    """Whether the answer does not say that it is the last."""
    data = answer.get("data") if isinstance(answer, dict) else None
    return not isinstance(data, dict) or data.get("load_more") is not False


def _text(item: dict[str, object], name: str) -> str:
    value = item.get(name)
    return str(value) if isinstance(value, str | int | float) else ""

"""Answers of the JSON calls behind a "more news" button, `data.contents[]`, and the posts of a WordPress site.

The posts are those of its REST API (developer.wordpress.org, `wp/v2/posts`): a list of objects with `link`, the title
in `title.rendered` and times in UTC that carry no offset.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from crawler.items import Link
from crawler.sites import absolute
from crawler.text import nfc, parse_date, unescape


def links(answer: object, url: str, *, https: bool = False) -> Iterator[Link]:
    """The items that have an address and a title, in order; nothing for an answer of another form.

    `url` is that of the site or of the answer; a relative address belongs to the site's own host, not the `api` host.
    """
    data = answer.get("data") if isinstance(answer, dict) else answer
    items = data.get("contents") if isinstance(data, dict) else data
    for item in items if isinstance(items, list) else ():
        if not isinstance(item, dict):
            continue
        post = item.get("title")
        if isinstance(post, dict):
            address = absolute(_text(item, "link"), url, https=https)
            title, published, modified = _text(post, "rendered"), _utc(item, "date_gmt"), _utc(item, "modified_gmt")
        else:
            address = absolute(_text(item, "url"), url.replace("://api.", "://", 1), https=https)
            title, published, modified = _text(item, "title"), _moment(_text(item, "date")), None
        if address and (title := nfc(" ".join(unescape(title).split()))):
            yield Link(address, title, published_at=published, modified_at=modified)


def goes_on(answer: object) -> bool:
    """Whether the answer does not say that it is the last."""
    data = answer.get("data") if isinstance(answer, dict) else None
    return not isinstance(data, dict) or data.get("load_more") is not False


def _moment(text: str) -> datetime | None:
    moment = parse_date(text)
    return moment.at if moment else None


def _utc(item: dict[str, object], name: str) -> datetime | None:
    text = _text(item, name)
    return _moment(text + "Z") if text else None


def _text(item: dict[str, object], name: str) -> str:
    value = item.get(name)
    return str(value) if isinstance(value, str | int | float) else ""

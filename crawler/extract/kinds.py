"""What kind of page an article is: plain, or a story told by pictures, a player, a talk or a ticker."""

from __future__ import annotations

import re

from crawler.extract.by_layout import Parts
from crawler.extract.page import Page, plain
from crawler.items import Kind
from crawler.sites.url_kinds import kind_by_address

_LABELS: dict[str, Kind] = {
    "ảnh": "photo", "photo": "photo", "video": "video", "clip": "video", "podcast": "podcast", "audio": "podcast",
    "infographic": "infographic", "inforgraphic": "infographic", "emagazine": "emagazine", "e-magazine": "emagazine",
    "megastory": "emagazine", "trực tiếp": "live", "live": "live",
}  # fmt: skip
_LABEL = re.compile(rf"^\s*[\[(]?\s*({'|'.join(_LABELS)})\s*[\])|:]", re.I)


def kind_of(page: Page, url: str, parts: Parts, *, pictures_tell: bool) -> Kind:
    """The kind: by what the title or address is labelled, by the blocks of the page, by text only in captions."""
    if match := _LABEL.match(parts.title):
        return _LABELS[match[1].lower()]
    if (said := kind_by_address(url)) != "article":
        return said
    if page.news.get("@type") == "LiveBlogPosting":
        return "live"
    if any(item.get("@type") == "VideoObject" and plain(item.get("name")) == parts.title for item in page.linked_data):
        return "video"
    for kind, css in parts.layout.marks if parts.layout else ():
        if page.tree.css_first(css) is not None:
            return kind
    return "photo" if pictures_tell else "article"

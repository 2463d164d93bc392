"""What the pages of every family share: heads, menus, footers, dead weight, and small harm done to text.

The harm is what real pages do: words split over inline elements, decomposed letters, links inside sentences. None of
it changes what a reader sees.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from html import escape
from typing import Any

from crawler.newsroom import words
from crawler.newsroom.grammar import die
from crawler.newsroom.papers import Paper, slugify
from crawler.newsroom.story import PaperStory, Photo, Press
from crawler.text import nfd

BLANK = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
"""The 1×1 picture that stands in `src` until a script loads the real one."""
WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")


def esc(text: str) -> str:
    """Text as it stands in markup and in attributes."""
    return escape(text, quote=True)


def decomposed(text: str) -> str:
    """Letter and accent as two characters (NFD), as some editors' machines write them."""
    return nfd(text)


def numeric(text: str) -> str:
    """Every letter beyond ASCII as a numeric reference: "Bộ" → "B&#7897;"."""
    return "".join(letter if ord(letter) < 128 else f"&#{ord(letter)};" for letter in esc(text))


def linked(text: str, opening: str) -> str:
    """The third and fourth word of a paragraph inside an element that belongs to the sentence."""
    parts = text.split(" ")
    if len(parts) < 8:
        return esc(text)
    close = opening[1:].split(" ", 1)[0]
    return f"{esc(' '.join(parts[:2]))} {opening}{esc(' '.join(parts[2:4]))}</{close}> {esc(' '.join(parts[4:]))}"


def split_word(text: str) -> str:
    """The first letter in a span of its own, the rest in another, as pasted texts have it."""
    return f'<span lang="VI">{esc(text[:1])}</span><span lang="EN-US">{esc(text[1:])}</span>'


def meta(pairs: Iterable[tuple[str, str]]) -> str:
    """`meta` elements; names with a colon are Open Graph properties."""
    return "".join(
        f'<meta {"property" if ":" in name else "name"}="{name}" content="{esc(value)}" />\n' for name, value in pairs
    )


def ld_json(value: Mapping[str, Any]) -> str:
    """A script of linked data."""
    return f'<script type="application/ld+json">{json.dumps(value, ensure_ascii=False)}</script>\n'


def news_article(press: Press, story: PaperStory, **changes: Any) -> dict[str, Any]:
    """The NewsArticle of linked data; it never holds the text."""
    value: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": press.url(story)},
        "headline": story.title,
        "description": story.lead,
        "image": [press.root(story.paper) + picture.path for picture in story.images[:1]],
        "datePublished": story.published.isoformat(),
        "dateModified": story.modified.isoformat(),
        "author": {"@type": "Person", "name": story.authors[0] if story.authors else ""},
        "publisher": {"@type": "Organization", "name": story.paper.title},
    }
    return value | changes


def head(press: Press, story: PaperStory, extra: str) -> str:
    """`head` with title, canonical address and Open Graph; `extra` is the family's own part."""
    url = press.url(story)
    pairs = [
        ("description", story.lead),
        ("og:site_name", story.paper.title),
        ("og:title", story.title),
        ("og:description", story.lead),
        ("og:url", url),
        ("twitter:card", "summary_large_image"),
    ]
    if story.images:
        pairs.append(("og:image", press.root(story.paper) + story.images[0].path))
    return (
        '<!DOCTYPE html>\n<html lang="vi">\n<head>\n<meta charset="utf-8" />\n'
        f"<title>{esc(story.title)} | {esc(story.paper.title)}</title>\n{meta(pairs)}"
        f'<link rel="canonical" href="{url}" />\n{extra}{dead_weight(story.paper)}</head>\n'
    )


def lead(story: PaperStory, dash: str = "-") -> str:
    """The lead behind the wire's mark, if it has one."""
    return f"{story.dateline} {dash} {story.lead}" if story.dateline else story.lead


def picture(press: Press, story: PaperStory, image: Photo, attributes: str = "") -> str:
    """A lazy picture: the blank one in `src`, the real one in `data-src`; alt is a file name."""
    source = press.root(story.paper) + image.path
    name = image.path.rsplit("/", 1)[-1]
    return f'<img class="lazyload" src="{BLANK}" data-src="{source}" alt="{name}" {attributes}/>'


@cache
def dead_weight(paper: Paper) -> str:
    """Inline style and script, some 16 kB: an article is a small part of the bytes of its page."""
    rng = die("weight", paper.family)
    rules = "".join(
        f".{paper.family}-box-{number} .item:nth-child({rng.randint(1, 9)}) "
        f"> .related-news{{margin:{rng.randint(0, 40)}px;"
        f"color:#{rng.randrange(16**6):06x};background:url(/static/{rng.randrange(16**8):x}.png) no-repeat}}\n"
        for number in range(90)
    )
    calls = "".join(
        f'window.queue=window.queue||[];queue.push(["slot",{number},"Có thể bạn quan tâm",{rng.random():.6f}]);\n'
        for number in range(60)
    )
    return f"<style>\n{rules}</style>\n<script>\n(function(){{{calls}}})();\n</script>\n"


@cache
def menu(paper: Paper, css: str) -> str:
    """The menu: sections, then every province."""
    links = [(section.name, f"/{section.slug}") for section in paper.sections]
    links += [(place, f"/dia-phuong/{slugify(place)}") for place in words.PLACES]
    items = "".join(f'<li class="menu-item"><a href="{href}" title="{name}">{name}</a></li>' for name, href in links)
    return f'<ul class="{css}">{items}</ul>\n'


def footer(paper: Paper, css: str) -> str:
    """Licence, editor in chief, address: no part of any article, and its date is nobody's."""
    return (
        f'<footer class="{css}"><p>Cơ quan chủ quản: {paper.title}</p>'
        "<p>Giấy phép số 17/GP-BTTTT cấp ngày 17/10/2025</p><p>Tổng Biên tập: (nhân vật mô phỏng)</p>"
        f"<p>Ghi rõ nguồn “{paper.title}” khi phát hành lại thông tin từ trang này.</p></footer>\n"
    )


def us_time(moment: datetime, space: str = " ") -> str:
    """Month first, unpadded, no zone: "8/5/2026 3:34:00 PM"."""
    clock = f"{moment.hour % 12 or 12}:{moment:%M:%S}{space}{'AM' if moment.hour < 12 else 'PM'}"
    return f"{moment.month}/{moment.day}/{moment.year} {clock}"


def story_links(press: Press, stories: Iterable[PaperStory], item: str) -> str:
    """`item` once for each story, with {url}, {title}, {lead}, {id}, {time} and, month first, {us} filled in."""
    return "".join(
        item.format(
            url=press.url(other),
            title=esc(other.title),
            lead=esc(other.lead),
            id=other.number,
            time=f"{other.published:%d/%m/%Y %H:%M}",
            us=us_time(other.published),
        )
        for other in stories
    )

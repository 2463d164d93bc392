"""When an article was published and last changed: a matter of evidence between what a page shows and what it states.

The time of publication is told from an update's by the words before it ("Cập nhật lúc …", "Ngày đăng: …"). The
metadata are Open Graph, JSON-LD, microdata and the looser `meta` names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from selectolax.lexbor import LexborNode

from crawler.extract.by_layout import Parts
from crawler.extract.page import Page, plain, tidy
from crawler.text import VIETNAM, Moment, day_of, false_zone, parse_date

Role = Literal["published", "plain", "update", "other"]

_PUBLISHED = (
    "article:published_time", "datepublished", "pubdate", "article:published", "og:published_time", "date",
    "dc.date.issued", "dc.date", "publishdate", "cms-date",
)  # fmt: skip
_MODIFIED = ("article:modified_time", "datemodified", "article_updatetime", "og:updated_time")
_LABEL = re.compile(
    r"\b(?:(?P<update>(?:lần |đã |được )?(?:cập nhật|sửa đổi|chỉnh sửa|hiệu chỉnh|sửa lần cuối|sửa lúc)"
    r"|updated|modified|last edited)"
    r"|(?P<published>(?:ngày |giờ |được )?đăng(?! ký)|xuất bản|phát hành|ngày tạo|publish|posted))",
    re.I,
)
_OTHERS_BEFORE = re.compile(
    r"\b(?:từ|đến|tới|trước ngày|sau ngày|hạn|hạn cuối|hiệu lực|giai đoạn|thực hiện|khai mạc|bế mạc|diễn ra|họp"
    r"|ban hành|ký|truy cập|hôm nay|bản quyền|copyright|until|from|expires?|valid|today)(?: ngày)?[\s:,]*$",
    re.I,
)
_RANGE = re.compile(
    r"\d[/.-]\d{1,2}(?:[/.-]\d{4})?\s?(?:[-–—]|đến|tới)\s?(?:ngày )?\d{1,2}[/.-]\d{1,2}[/.-]\d{4}", re.I
)
_BARE = 25  # characters of a time of digits, which has no room for a label and another time
_ITEMPROPS = 20  # elements of one property that are looked at
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time that a page shows, and what it is the time of."""

    role: Role
    moment: Moment


@lru_cache(maxsize=256)  # a page's times are asked for by each step that looks for them
def stamps(text: str) -> tuple[Stamp, ...]:
    """The times that a short text tells, in its order, each with its role by the label that stands before it.

    "Đăng ngày 05/10/2026 08:00, cập nhật 06/10/2026 16:20" tells two. A period, a term or the day of an event
    ("từ 01/10/2026 đến …", "hiệu lực từ …") has the role "other".
    """
    if len(text) <= _BARE and text[:1].isdigit():
        moment = parse_date(text)
        return (Stamp("plain", moment),) if moment else ()
    labels = list(_LABEL.finditer(text))[:8]
    starts = [0, *(label.start() for label in labels)]
    roles: list[Role] = ["plain", *(("update" if label["update"] else "published") for label in labels)]
    parts = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    found = [
        (role, part, moment)
        for role, part in zip(roles, parts, strict=True)
        if _DIGIT.search(part) and (moment := parse_date(part))
    ]
    if len(found) == 1 and found[0][2].precision == "day":
        # The clock before the label belongs to the one date: "08:00, ngày đăng 05/10/2026".
        whole = parse_date(_LABEL.sub("", text))
        found = [(role, part, replace(whole, raw=tidy(text)) if whole else day) for role, part, day in found]
    return tuple(
        Stamp("other" if role == "plain" and _is_other(part) else role, moment) for role, part, moment in found
    )


def _is_other(text: str) -> bool:
    first = re.search(r"\d{1,4}[/.-]\d|\d{1,2} (?:tháng|thg|th)", text)
    return bool(_RANGE.search(text)) or bool(first and _OTHERS_BEFORE.search(text[: first.start()]))


def times(page: Page, parts: Parts) -> tuple[Moment | None, Moment | None]:
    """When the article was published and when it was last changed, each None when the page does not say.

    The time of publication is the minute that a reader sees, with the seconds of the metadata where both agree. A
    metadata time whose zone contradicts the visible one by its wall clock is +07:00. Where both disagree, the visible
    time wins if it stands where this article's belongs (`times_certain`), else the metadata. Where only an update's
    time is seen, the metadata stand, and without them the update's time. A change before publication is none.
    """
    seen = [stamp for text in parts.times for stamp in stamps(text)]
    updates = [stamp.moment for stamp in seen if stamp.role == "update"]
    updates += [stamp.moment for text in parts.updates for stamp in stamps(text)]
    own = [one.moment for role in ("published", "plain") for one in seen if one.role == role]
    own = [moment for moment in own if not any(_same_minute(moment, update) for update in updates)]
    shown = _finest(own)
    stated = _moments(_stated(page, parts, _PUBLISHED, "datePublished"))
    clock = shown or next(iter(updates), None)
    mended = [false_zone(moment, clock) for moment in stated] if clock else stated
    false_offsets = {one.at.utcoffset() for one, two in zip(stated, mended, strict=True) if one is not two}
    published: Moment | None
    if shown:
        published = _agreed(shown, mended, trusted=parts.times_certain)
    else:
        published = next(iter(mended), None) or next(iter(updates), None)
    changes = [
        replace(moment, at=moment.at.replace(tzinfo=VIETNAM)) if moment.at.utcoffset() in false_offsets else moment
        for moment in _moments(_stated(page, parts, _MODIFIED, "dateModified"))
    ]
    if published:
        changes = [false_zone(moment, published) for moment in changes] + [one for one in updates if one != published]
        changes = [moment for moment in changes if moment.at >= published.at]
    return published, next(iter(changes), None)


def _finest(own: list[Moment]) -> Moment | None:
    """The first moment, or the one of the same day that tells the clock where the first is a day alone."""
    first = next(iter(own), None)
    if first is None or first.precision != "day":
        return first
    return next((one for one in own if one.precision != "day" and day_of(one.at) == first.at.date()), first)


def _agreed(shown: Moment, stated: list[Moment], *, trusted: bool) -> Moment:
    """The moment that the visible time and those of the metadata, best first, make together."""
    if shown.precision == "day":
        return next((moment for moment in stated if day_of(moment.at) == shown.at.date()), shown)
    agreeing = [moment for moment in (*stated, shown) if _same_minute(moment, shown)]
    if stated and not trusted and len(agreeing) == 1 and not _is_its_day(stated[0], shown):
        return stated[0]
    return next((moment for moment in agreeing if moment.at.second), agreeing[0])


def _is_its_day(stated: Moment, shown: Moment) -> bool:
    """Whether the metadata tell no more than the day of the visible time."""
    local = stated.at.astimezone(VIETNAM)
    return (stated.precision == "day" or not (local.hour or local.minute)) and local.date() == day_of(shown.at)


def _same_minute(one: Moment, other: Moment) -> bool:
    return one.at.replace(second=0, microsecond=0) == other.at.replace(second=0, microsecond=0)


def _moments(texts: Iterable[str]) -> list[Moment]:
    return [moment for text in dict.fromkeys(texts) if (moment := parse_date(text))]


def _stated(page: Page, parts: Parts, keys: tuple[str, ...], linked: str) -> list[str]:
    """What the metadata state, Open Graph first, then JSON-LD, the looser names, and microdata in the page."""
    values = page.meta(*keys)
    if len(page.meta(linked.lower())) > 1:  # microdata of several stories
        values = [*page.meta(*(key for key in keys if key != linked.lower())), *_microdata(page, parts, linked)]
    if text := plain(page.news.get(linked)):
        values.insert(1 if values and page.meta(keys[0]) else 0, text)
    return values or _microdata(page, parts, linked)


def _microdata(page: Page, parts: Parts, name: str) -> list[str]:
    """Values of an `itemprop` of the article's own item: one that holds the text, or none at all."""
    holders = {node.mem_id for node in _upwards(parts.roots[0])}
    found: list[str] = []
    for node in page.tree.css(f"[itemprop={name}]")[:_ITEMPROPS]:
        scope = next((above for above in _upwards(node) if "itemscope" in above.attributes), None)
        if scope is None or scope.mem_id in holders:
            attributes = node.attributes
            found.append(tidy(attributes.get("content") or attributes.get("datetime") or node.text()))
    return found


def _upwards(node: LexborNode) -> Iterator[LexborNode]:
    current: LexborNode | None = node
    while current is not None and current.tag != "html":
        yield current
        current = current.parent

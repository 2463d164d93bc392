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

_LABEL = re.compile(
    r"\b(?:(?P<update>(?:lần |đã |được |ngày )?(?:cập nh[aâậ][tp]|sửa|chỉnh sửa|hiệu chỉnh|hiệu đính|bổ sung lúc"
    r"|(?:thay đổi|biên tập) lần)|updated?|modified|edited|revised)"
    r"|(?P<published>(?:ngày |giờ |được )?đăng(?! ký)|xuất bản|phát hành|ngày tạo|publish|posted))",
    re.I,
)
_OTHERS_BEFORE = re.compile(
    r"\b(?:từ|đến|tới|trước|sau|hạn|hiệu lực|giai đoạn|thực hiện|tổ chức|khai mạc|bế mạc|diễn ra|họp|sự kiện"
    r"|ban hành|ký|truy cập|hôm nay|bản quyền|copyright|until|from|expires?|valid|today)\b"
    r"(?: cuối| ngày)?(?:[\s:,]*|[^:|;.,–—-]{0,40}:\s*)$|\d[\w/]*/[A-ZĐ]{2,}[\w-]*(?: ngày)?\s*$",
    re.I,
)
"""What stands before the date of something else: a word for it, a label with one in it, the number of a document."""
_CLOCK_BEFORE = re.compile(r"(?:(?:lúc |vào )*\d{1,2}\s?(?:[:h]|giờ)\s?(?:\d{2})?(?: phút)?[\s,]*)?(?:ngày )?$", re.I)
_DAY = re.compile(r"\d{1,4}[/.-]\d|\d{1,2} (?:tháng|thg|th)", re.I)
_RANGE = re.compile(
    r"\d[/.-]\d{1,2}(?:[/.-]\d{4})?\s?(?:[-–—]|đến|tới)\s?(?:ngày )?\d{1,2}[/.-]\d{1,2}[/.-]\d{4}", re.I
)
_BARE = 25  # characters of a time of digits, which has no room for a label and another time
_BEFORE = 80  # characters before a date that may say what it is the date of
_ITEMPROPS = 20  # elements of one property that are looked at
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class _Names:
    """How the metadata call one time."""

    keys: tuple[str, ...]
    """Of `meta` elements: Open Graph's first, then looser ones."""
    linked: str
    """schema.org's, in JSON-LD and microdata."""
    items: str
    """Selects the elements in the page that tell it, as microdata and RDFa."""
    like: re.Pattern[str]
    """Found in other names of `meta` elements that tell it."""


_PUBLISHED = _Names(
    ("article:published_time", "pubdate", "article:published", "og:published_time", "date", "dc.date.issued", "dc.date",
     "publishdate", "cms-date"),
    "datePublished",
    "[itemprop*=datePublished i], [property*=datePublished i], [property*='dc:date' i], meta[name*=datePublished i]",
    re.compile(
        r"^(?!.*(?:datepublished|unpublish|expir|valid|event)).*(?:publish(?!er)|pub[_-]?date|publication|issued|creat(?:e_|ed|ion)"
        r"|releas|(?:dc|dcterms|sailthru|article|news|post|citation|display|story)[.:_-]?date)"
    ),
)  # fmt: skip
_MODIFIED = _Names(
    ("article:modified_time", "article_updatetime", "og:updated_time"),
    "dateModified",
    "[itemprop*=dateModified i], [property*=dateModified i], meta[name*=dateModified i]",
    re.compile("^(?!.*datemodified).*(?:modif|updat|last-?mod|revis)"),
)


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
    if len(found) == 1 and found[0][0] == "plain" and len(labels) == 1 and not _WORD.search(text[labels[0].end() :]):
        found = [(roles[1], *found[0][1:])]  # "05/10/2026 08:00 (cập nhật)"
    return tuple(
        Stamp("other" if role == "plain" and _is_other(part) else role, moment) for role, part, moment in found
    )


def _is_other(text: str) -> bool:
    first = _DAY.search(text)
    if first is None:
        return False
    before = text[max(0, first.start() - _BEFORE) : first.start()]
    if _DIGIT.search(before):
        before = _CLOCK_BEFORE.sub("", before, count=1)
    return bool(_RANGE.search(text) or (before and _OTHERS_BEFORE.search(before)))


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
    stated = _moments(_stated(page, parts, _PUBLISHED))
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
        for moment in _moments(_stated(page, parts, _MODIFIED))
    ]
    if published:
        changes = [false_zone(moment, published) for moment in changes] + [one for one in updates if one != published]
        changes = [moment for moment in changes if moment.at >= published.at]
    return published, next(iter(changes), None)


def _finest(own: list[Moment]) -> Moment | None:
    """The first moment, or one of its minute that tells the second, or of its day that tells the clock it lacks."""
    first = next(iter(own), None)
    if first is None:
        return None
    if first.precision != "day":
        return next((one for one in own if one.at.second and _same_minute(one, first)), first)
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


def _stated(page: Page, parts: Parts, names: _Names) -> list[str]:
    """What the metadata state: Open Graph, then JSON-LD, microdata where both are silent, and the looser names."""
    values = page.meta(names.keys[0])
    if text := plain(page.news.get(names.linked)):
        values.append(text)
    if not values and page.meta(names.linked.lower()):
        values = _microdata(page, parts, names.items)
    values += page.meta(*names.keys[1:])
    return values or _microdata(page, parts, names.items) or page.meta_like(names.like)


def _microdata(page: Page, parts: Parts, items: str) -> list[str]:
    """Values of a property of the article's own item: one that holds the text or none at all, else one that shows
    nothing, as a block of metadata does."""
    holders = {node.mem_id for node in _upwards(parts.roots[0])}
    own: list[str] = []
    hidden: list[str] = []
    for node in page.tree.css(items)[:_ITEMPROPS]:
        attributes = node.attributes
        text = tidy(attributes.get("content") or attributes.get("datetime") or node.text())
        scope = next((above for above in _upwards(node) if "itemscope" in above.attributes), None)
        if scope is None or scope.mem_id in holders:
            own.append(text)
        elif not tidy(scope.text()):
            hidden.append(text)
    return own or hidden


def _upwards(node: LexborNode) -> Iterator[LexborNode]:
    current: LexborNode | None = node
    while current is not None and current.tag != "html":
        yield current
        current = current.parent

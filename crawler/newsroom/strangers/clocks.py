"""When a stranger says it published: on the page, in its metadata, and how often one of these is wrong.

The minute that a page shows, or the datetime of its time element, is honest on all of them; what else states a time may
lie as it does in the field: a Z that is none, the time of the draft, the time of the visit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Literal, get_args

from crawler.newsroom.markup import WEEKDAYS, us_time
from crawler.newsroom.story import PaperStory
from crawler.text import VIETNAM

Stated = Literal["none", "right", "no-colon", "utc", "false-z", "no-zone", "draft", "blank-before-zone"]
Shown = Literal["text", "time-element", "relative", "day-and-datetime"]
_MONTHS = ("Một", "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười", "Mười Một", "Mười Hai")
_ENGLISH = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def _day(at: datetime) -> str:
    return WEEKDAYS[at.weekday()]


FORMS: tuple[Callable[[datetime], str], ...] = (
    lambda at: f"{at:%d/%m/%Y %H:%M}",
    lambda at: f"{at:%d/%m/%Y}, {at:%H:%M}",
    lambda at: f"{at:%H:%M %d/%m/%Y}",
    lambda at: f"{at:%H:%M}, {at:%d/%m/%Y}",
    lambda at: f"{at:%H:%M} | {at:%d/%m/%Y}",
    lambda at: f"{_day(at)}, {at:%d/%m/%Y %H:%M}",
    lambda at: f"{_day(at)}, ngày {at:%d/%m/%Y} - {at:%H:%M}",
    lambda at: f"{_day(at)}, {at.day}/{at.month}/{at.year}, {at:%H:%M} (GMT+7)",
    lambda at: f"{at:%H:%M} - {_day(at)}, {at:%d/%m/%Y}",
    lambda at: f"{at:%d-%m-%Y} - {at:%H:%M} {'AM' if at.hour < 12 else 'PM'}",
    lambda at: f"{at:%d-%m-%Y | %I:%M} {'AM' if at.hour < 12 else 'PM'}",
    lambda at: f"Ngày đăng: {at:%d/%m/%Y %H:%M}",
    lambda at: f"Đăng lúc: {at:%H:%M} - {at:%d/%m/%Y}",
    lambda at: f"Ngày {at.day} tháng {at.month} năm {at.year}, {at:%H:%M}",
    lambda at: f"{at:%H}h{at:%M}, {at:%d/%m/%Y}",
    lambda at: f"{at:%H} giờ {at:%M}, ngày {at.day}/{at.month}/{at.year}",
    lambda at: f"{at:%Y-%m-%d %H:%M:%S}",
    lambda at: f"{at:%d.%m.%Y %H:%M}",
    lambda at: f"{at.day} Tháng {_MONTHS[at.month - 1]}, {at.year} {at:%H:%M}",
    lambda at: f"{at.day} Tháng {at.month}, {at.year} lúc {at:%H:%M}",
    lambda at: (
        f"{_ENGLISH[at.month - 1]} {at.day}, {at.year} {at.hour % 12 or 12}:{at:%M} {'AM' if at.hour < 12 else 'PM'}"
    ),
    lambda at: us_time(at),
    lambda at: f"Cập nhật lúc {at:%H:%M}, {_day(at)}, {at:%d/%m/%Y} (GMT+7)",
    lambda at: f"({at:%d/%m/%Y %H:%M}) | Lượt xem: {at.minute * 37 + at.day}",
)
"""What a page shows; each tells the minute."""
_NOON = datetime(2026, 1, 1, 12, tzinfo=VIETNAM)


@dataclass(frozen=True, slots=True)
class Clock:
    """How the pages of one design tell the time of publication."""

    form: int
    """Place in `FORMS`."""
    shown: Shown
    """As text; in a time element with datetime; as "2 giờ trước" or the day alone beside a datetime that says more."""
    meta: Stated
    """In article:published_time."""
    linked: Stated
    """In JSON-LD."""
    with_update: bool
    """The time of a later change stands behind it, with its label."""

    def text(self, story: PaperStory, now: datetime) -> str:
        """What a reader sees."""
        at = story.published
        if self.shown == "relative":
            hours = max(int((now - at).total_seconds() // 3600), 1)
            return f"{hours} giờ trước" if hours < 24 else f"{hours // 24} ngày trước"
        if self.shown == "day-and-datetime":
            return f"{at:%d/%m/%Y}"
        text = FORMS[self.form](at)
        if self.with_update:
            return f"Đăng ngày {at:%d/%m/%Y %H:%M} | Cập nhật {at + timedelta(hours=3):%d/%m/%Y %H:%M}"
        return text

    @property
    def has_datetime(self) -> bool:
        """Whether the element carries a datetime."""
        return self.shown != "text"


def stated(how: Stated, at: datetime) -> str | None:
    """The time in a form for machines; None when it is not stated."""
    match how:
        case "none":
            return None
        case "no-colon":
            return f"{at:%Y-%m-%dT%H:%M:%S}+0700"
        case "utc":
            return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}"
        case "false-z":
            return f"{at:%Y-%m-%dT%H:%M:%SZ}"
        case "no-zone":
            return f"{at:%Y-%m-%dT%H:%M:%S}"
        case "draft":
            return (at - timedelta(hours=26, minutes=17)).isoformat()
        case "blank-before-zone":
            return f"{at:%Y-%m-%dT%H:%M:%S.000} +07:00"
    return at.isoformat()


def drawn_clock(rng: Random) -> Clock:
    """A clock with at least one honest witness on the page."""
    shown: Shown = rng.choices(get_args(Shown), (8, 3, 1, 1))[0]
    # Where the eye sees less than the minute, nothing would correct a false statement.
    honest: tuple[Stated, ...] = ("none", "right", "right", "no-colon", "utc", "no-zone", "blank-before-zone")
    stated_so = honest if shown in ("relative", "day-and-datetime") else (*honest, "false-z", "draft")
    form = rng.randrange(len(FORMS))
    # A page that calls its time an update's is right as long as nothing states another.
    if FORMS[form](_NOON).startswith("Cập nhật"):
        stated_so = honest
    return Clock(
        form=form,
        shown=shown,
        meta=rng.choice(stated_so),
        linked=rng.choice(stated_so),
        with_update=shown == "text" and rng.random() < 0.12,
    )

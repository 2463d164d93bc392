"""Dates as pages and feeds of Vietnamese news write them.

One search finds the date, whatever words stand around it; the time is looked for right behind it, then right before it.
ISO 8601, RFC 822, RFC 3339 and asctime are read with the deviations met in the field: zones of two digits or by name,
years of two digits, the year behind the zone, blanks before the zone, a 24-hour number with AM or PM behind it, months
as WordPress (Th10) and the Unicode locale data (thg 10) shorten them in Vietnamese.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from crawler.items import Precision
from crawler.text.normalization import nfc

VIETNAM = timezone(timedelta(hours=7))
"""Indochina Time, since 1975 without summer time: what a time without zone means."""
LONGEST = 300
"""Characters of a text that are searched for a date."""
YEARS = range(1990, 2101)
"""Years outside are misprints or placeholders (0001-01-01)."""

_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_WORDS = {
    name: number
    for number, names in enumerate(
        "một|giêng hai ba tư|bốn năm sáu bảy|bẩy tám chín mười mười_một mười_hai|chạp".split(), 1
    )
    for name in names.replace("_", " ").split("|")
}
_NAMED_ZONES = {
    name: timedelta(hours=hours)
    for hours, names in (
        (-10, "HST"), (-9, "AKST"), (-8, "PST AKDT"), (-7, "MST PDT"), (-6, "CST MDT"), (-5, "EST CDT"),
        (-4, "EDT AST"), (-3.5, "NST"), (-3, "ADT BRT ART"), (-2.5, "NDT"), (0, "WET"), (1, "CET MET MEZ BST WEST WAT"),
        (2, "CEST MEST MESZ EET CAT SAST"), (3, "EEST MSK EAT"), (4, "GST"), (5, "PKT"), (5.5, "IST"), (5.75, "NPT"),
        (7, "ICT WIB"), (8, "SGT HKT AWST PHT MYT WITA"), (9, "JST KST WIT"), (9.5, "ACST"), (10, "AEST"),
        (10.5, "ACDT"), (11, "AEDT"), (12, "NZST"), (13, "NZDT"),
    )
    for name in names.split()
}  # fmt: skip
"""Zones by name: those of RFC 822, section 5.1, then the abbreviations of the IANA time zone database and Java's."""
_SIGNED = r"[+\-−](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?(?![0-9:/])"
_ZONE = (
    rf"(?P<zone>Z(?![a-z])|(?:Etc/)?(?:GMT|UTC?)(?:/GMT)?(?:\s?[+\-−]\s?[0-9]{{1,2}}(?::?[0-9]{{2}})?)?"
    rf"|(?-i:{'|'.join(_NAMED_ZONES)})(?!\w)|{_SIGNED})"
)
_TIME = (
    r"(?P<hour>[01]?[0-9]|2[0-3])(?:\s?(?:[h:g]|giờ)\s?(?P<minute>[0-5][0-9]|[0-9](?=\s?phút))|\s?(?:h|giờ))(?![0-9])"
    r"(?::(?P<second>[0-5][0-9])(?![0-9])(?:[.,](?P<fraction>[0-9]{1,9}))?)?(?:\s?(?:phút|['’p](?!\w)))?"
    rf"(?:\s?(?P<half>[ap]\.?m|SA|CH|sáng|chiều|tối)(?![\w]))?(?:\s?[(\[]?\s?{_ZONE})?"
)
_EN = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_VI = "|".join(sorted((re.escape(word) for word in _WORDS), key=len, reverse=True))
_TH = r"(?:tháng|thg\.?|th\.?(?=\s?[0-9])|t(?=[0-9]{1,2}(?![0-9])))"
_DATE = re.compile(
    r"(?<![0-9])(?P<iso_y>[0-9]{4})(?P<iso_s>[-/.])(?P<iso_m>[0-9]{1,2})(?P=iso_s)(?P<iso_d>[0-9]{1,2})(?![0-9])"
    r"|(?<![0-9/.])(?P<n_a>[0-9]{1,2})\s?(?P<n_s>[-/.])\s?(?P<n_b>[0-9]{1,2})\s?(?P=n_s)\s?(?P<n_y>[0-9]{4})(?![0-9])"
    rf"|(?<![0-9])(?P<e_d>[0-9]{{1,2}})(?:st|nd|rd|th)?[\s-](?P<e_m>{_EN})[a-z]*\.?[\s,-]{{1,2}}"
    r"(?P<e_y>[0-9]{4}|[0-9]{2})(?![0-9:])"
    rf"|\b(?P<u_m>{_EN})[a-z]*\.?\s(?P<u_d>[0-9]{{1,2}})(?:st|nd|rd|th)?,?\s(?P<u_y>[0-9]{{4}})(?![0-9])"
    rf"|\b(?:(?P<a_m>{_EN}[a-z]*|th[0-9]{{1,2}})\s(?P<a_d>[0-9]{{1,2}})"
    rf"|(?<![0-9])(?P<b_d>[0-9]{{1,2}})\s(?P<b_m>{_EN}))"
    r"(?=\s[0-9]{1,2}:[0-9:]{2,5}\s(?:[^\s]{1,9}\s){0,2}(?P<a_y>[0-9]{4})(?![0-9:]))"
    rf"|(?<![0-9t])(?P<v_d>[0-9]{{1,2}})[\s/-]?{_TH}\s?(?P<v_m>[0-9]{{1,2}}|{_VI})[\s/-]?[.,]?\s?(?:năm\s)?"
    r"(?P<v_y>[0-9]{4}|[0-9]{2}(?=\s[0-9]{1,2}:[0-9]{2}))(?![0-9])"
    rf"|\b{_TH}\s?(?P<w_m>[0-9]{{1,2}}|{_VI}),?\s(?P<w_d>[0-9]{{1,2}})(?:,\s?|\s)(?P<w_y>[0-9]{{4}})(?![0-9])",
    re.IGNORECASE,
)
_SHORT_YEAR = re.compile(
    r"(?<![0-9/.:-])(?P<n_a>[0-3]?[0-9])(?P<n_s>[-/.])(?P<n_b>[01]?[0-9])(?P=n_s)(?P<n_y>[0-9]{2})(?![0-9/.:-])"
)
"""Believed only beside a time, or if there is nothing else: it looks like much that is no date."""
_GAP = r"[\s,;|()\-–—•·_]"
_BEHIND = re.compile(rf"(?:T|{_GAP}{{0,4}}(?:(?:vào )?lúc:?\s|at\s|@\s?)?){_TIME}", re.IGNORECASE)
_BEFORE = re.compile(
    rf"(?<![0-9:/]){_TIME}[\s,;|()\]\-–—.•·]{{0,5}}(?:(?:thứ\s\w+|chủ\s?nhật)[\s,]{{0,2}})?(?:ngày\s?)?$", re.IGNORECASE
)
_STOPPED = r"(?P<hour>[01]?[0-9]|2[0-3])\.(?P<minute>[0-5][0-9])"
_STOPPED_BEHIND = re.compile(
    rf"{_GAP}{{1,4}}{_STOPPED}(?:\.(?P<second>[0-5][0-9]))?(?:\s?\(?{_ZONE}\)?)?$", re.IGNORECASE
)
_STOPPED_BEFORE = re.compile(rf"(?:^|[,|–-]\s?){_STOPPED}{_GAP}{{1,4}}(?:ngày\s)?$", re.IGNORECASE)
"""An hour with a full stop, where nothing else stands: 05.10.2026 14.30; "tăng 14.30 …" is a number."""
_ISO = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?\s?(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
_BASIC = re.compile(
    r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:[T\s]?([0-9]{2}):?([0-9]{2})(?::?([0-9]{2}))?(?:[.,]([0-9]{1,9}))?\s?(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?",
    re.IGNORECASE,
)
"""ISO 8601 without separators, or with some: 20261005T143000+0700."""
_DIGIT = re.compile("[0-9]")
_EPOCH = re.compile(r"(?:\\?/Date\()?([0-9]{9,10})(?:([0-9]{3})|\.[0-9]+)?(?:(?:[+-][0-9]{4})?\)\\?/)?")
"""Seconds or milliseconds since 1970, also as .NET writes them into JSON: /Date(1791162307000)/."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time as a text gave it."""

    at: datetime
    """With the offset as written; +07:00 where none is written."""
    precision: Precision
    """What the text gave; a date alone is midnight with precision "day"."""
    raw: str
    """The text, white space collapsed."""

    @property
    def end(self) -> datetime:
        """The first moment that is too late for somebody who says "until": of a date alone, the end of its day."""
        return self.at + timedelta(days=1) if self.precision == "day" else self.at


def parse_date(text: str | None, *, us: bool = False) -> Moment | None:
    """The first date in `text`, or None when there is none or it is impossible (31/02).

    Day first, except when the text shows itself American (`8/22/2026 8:07:00 PM`, with seconds and AM or PM) or `us`
    says that it is. Never raises.
    """
    if not text or not _DIGIT.search(text):
        return None
    raw = " ".join(text[: 4 * LONGEST].split())[:LONGEST]
    if match := _ISO.fullmatch(raw):
        return _moment(raw, *match.groups())
    if match := _BASIC.fullmatch(raw):
        return _moment(raw, *match.groups())
    if match := _EPOCH.fullmatch(raw):
        at = datetime.fromtimestamp(int(match[1]) + int(match[2] or 0) / 1000, VIETNAM)
        return Moment(at, "second", raw) if at.year in YEARS else None
    if not raw.isascii():
        raw = nfc(raw)
    date = _DATE.search(raw)
    if not date:
        return _short_year(raw, us)
    time = _time_beside(raw, date)
    return _timed(raw, _calendar(date, time, us), time, named=bool(date["e_y"] or date["u_y"] or date["a_y"]))


def day_of(at: datetime) -> date:
    """The date in Viet Nam at an instant, which has a zone."""
    return at.astimezone(VIETNAM).date()


def local_time(at: datetime, *, year: bool = True) -> str:
    """A time for a person, on Viet Nam's clock: 02/03/2026 15:01, or 02/03 15:01 without its year."""
    return at.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M" if year else "%d/%m %H:%M")


def false_zone(moment: Moment, visible: Moment) -> Moment:
    """`moment` with +07:00 in place of a zone that the `visible` local time contradicts, else `moment` itself.

    Some papers mark local time with Z, VnExpress did with +08:00 until 2019. The same wall clock on the page proves it;
    so does the page's date alone when it is the one of the wall clock and not the one of the claimed instant.
    """
    if moment.precision == "day" or moment.at.utcoffset() == visible.at.utcoffset():
        return moment
    local = moment.at.replace(tzinfo=VIETNAM)
    shown = visible.at.astimezone(VIETNAM)
    if visible.precision == "day":
        contradicted = local.date() == shown.date() != day_of(moment.at)
    else:
        contradicted = local.replace(second=0, microsecond=0) == shown.replace(second=0, microsecond=0)
    return replace(moment, at=local) if contradicted else moment


def _time_beside(raw: str, date: re.Match[str]) -> re.Match[str] | None:
    """The time next to a date: behind it, then before it, then one that is written with a full stop."""
    before = raw[: date.start()]
    return (
        _BEHIND.match(raw, date.end())
        or _BEFORE.search(before)
        or _STOPPED_BEHIND.match(raw, date.end())
        or _STOPPED_BEFORE.search(before)
    )


def _timed(
    raw: str, calendar: tuple[str, int | str, str], time: re.Match[str] | None, *, named: bool = False
) -> Moment | None:
    """The moment of a calendar day and the time that was found at it.

    A zone's name is one where seconds are told or the month is `named` in English, as clocks write; "(MST)" behind a
    reader's time is whoever published it.
    """
    if not time:
        return _moment(raw, *calendar, None)
    found = time.groupdict()
    hour = _hour(int(found["hour"]), found.get("half"))
    second, zone = found.get("second"), found.get("zone")
    if zone in _NAMED_ZONES and not (named or second):
        zone = None
    return _moment(raw, *calendar, hour, found["minute"], second, found.get("fraction"), zone)


def _short_year(raw: str, us: bool) -> Moment | None:
    """The moment of a date with a year of two digits, which looks like much that is no date.

    It is believed beside a time, or if nothing else is written; only slashes may stand between single digits.
    """
    date = _SHORT_YEAR.search(raw)
    if not date or (date["n_s"] != "/" and date.end() - date.start() < len("05.10.26")):
        return None
    time = _time_beside(raw, date)
    if not time and date[0] != raw:
        return None
    first, second = (date["n_b"], date["n_a"]) if us else (date["n_a"], date["n_b"])
    return _timed(raw, (date["n_y"], second, first), time)


def _calendar(date: re.Match[str], time: re.Match[str] | None, us: bool) -> tuple[str, int | str, str]:
    """Year, month and day of a match of `_DATE`, as written."""
    if date["iso_y"]:
        return date["iso_y"], date["iso_m"], date["iso_d"]
    if date["e_y"]:
        return date["e_y"], _MONTHS[date["e_m"].lower()], date["e_d"]
    if date["u_y"]:
        return date["u_y"], _MONTHS[date["u_m"].lower()], date["u_d"]
    if date["a_y"]:
        month = (date["a_m"] or date["b_m"]).lower()
        return date["a_y"], _MONTHS.get(month[:3]) or month[2:], date["a_d"] or date["b_d"]
    if date["v_y"] or date["w_y"]:
        month = date["v_m"] or date["w_m"]
        return date["v_y"] or date["w_y"], _WORDS.get(month.lower(), month), date["v_d"] or date["w_d"]
    first, second = date["n_a"], date["n_b"]
    if us or (date["n_s"] == "/" and int(first) <= 12 and time and _american(time.groupdict())):
        first, second = second, first
    return date["n_y"], second, first


def _american(time: dict[str, str | None]) -> bool:
    """Whether it is .NET's en-US long time: seconds, AM or PM, twelve hours. SA and CH are its Vietnamese form."""
    half = (time.get("half") or "")[:1].lower()
    return bool(time.get("second") and half in ("a", "p") and 1 <= int(time["hour"] or 0) <= 12)


def _hour(hour: int, half: str | None) -> int:
    """The hour of a clock of 24, of 12 or of 24 with AM or PM behind it: 13:05 PM, 00:01 AM, 6:45 chiều."""
    if not half:
        return hour
    afternoon = half[0].lower() in ("p", "c", "t")
    if afternoon and hour < 12:
        return hour + 12
    return 0 if hour == 12 and not afternoon else hour


def _zone(text: str | None) -> tzinfo:
    """The offset that `text` names, as written."""
    if not text:
        return VIETNAM
    if text in _NAMED_ZONES:
        return timezone(_NAMED_ZONES[text])
    sign = re.search(r"([+\-−])\s?([0-9]{1,2}):?([0-9]{2})?", text)
    if not sign:
        return UTC
    offset = timedelta(hours=int(sign[2]), minutes=int(sign[3] or 0))
    return timezone(offset if sign[1] == "+" else -offset)


def _moment(
    raw: str,
    year: str,
    month: int | str,
    day: str,
    hour: int | str | None,
    minute: int | str | None = 0,
    second: str | None = None,
    fraction: str | None = None,
    zone: str | None = None,
) -> Moment | None:
    """The moment of these numbers as written, None when no calendar or clock has them."""
    full = int(year) if len(year) == 4 else int(year) + (1900 if int(year) >= 70 else 2000)
    if full not in YEARS:
        return None
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    midnight = hour == "24" and not int(minute or 0)  # of ISO 8601: the end of the day
    try:
        at = datetime(
            full,
            int(month),
            int(day),
            0 if midnight else int(hour or 0),
            int(minute or 0),
            int(second or 0),
            micro,
            _zone(zone),
        ) + timedelta(days=midnight)
    except ValueError:
        return None
    precision: Precision = "day" if hour is None else "second" if second else "minute"
    return Moment(at, precision, raw)

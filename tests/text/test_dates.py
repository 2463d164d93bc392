"""Every dialect of a date that pages and feeds have been seen to write."""

from __future__ import annotations

import csv
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.text import VIETNAM, YEARS, Moment, false_zone, parse_date

DIALECTS = [
    # ISO 8601 and its misspellings
    ("2026-03-07T08:52:11+07:00", "2026-03-07T08:52:11+07:00", "second"),
    ("2026-03-07T08:52:11+0700", "2026-03-07T08:52:11+07:00", "second"),
    ("2026-03-07T08:52:11+07", "2026-03-07T08:52:11+07:00", "second"),
    ("2026-03-07T08:52:11.000 +07:00", "2026-03-07T08:52:11+07:00", "second"),
    ("2024-11-06T01:42:12.941467+00:00", "2024-11-06T01:42:12.941467+00:00", "second"),
    ("2026-03-20T19:00:00Z", "2026-03-20T19:00:00+00:00", "second"),
    ("2026-03-07T08:52:11", "2026-03-07T08:52:11+07:00", "second"),
    ("2026-03-07T08:52", "2026-03-07T08:52:00+07:00", "minute"),
    ("2026-07-16 17:17:05", "2026-07-16T17:17:05+07:00", "second"),
    ("2026-07-16", "2026-07-16T00:00:00+07:00", "day"),
    ("2026-07-16T1717+0700", "2026-07-16T17:17:00+07:00", "minute"),
    ("20260716 171705", "2026-07-16T17:17:05+07:00", "second"),
    ("2026-07-16_17:17:05", "2026-07-16T17:17:05+07:00", "second"),
    ("2026-07-16T24:00:00+07:00", "2026-07-17T00:00:00+07:00", "second"),
    # Months as WordPress and others shorten them in Vietnamese
    ("T2, 05 T10 2026 14:30:00 +0700", "2026-10-05T14:30:00+07:00", "second"),
    ("T2, 05 Th10 26 14:30:00 +0700", "2026-10-05T14:30:00+07:00", "second"),
    ("T2 Th10 05 14:30:00 +0700 2026", "2026-10-05T14:30:00+07:00", "second"),
    ("Monday October 5 14:30:00 2026", "2026-10-05T14:30:00+07:00", "second"),
    ("T10 5, 2026 @ 14:30", "2026-10-05T14:30:00+07:00", "minute"),
    ("Tháng 10 05 2026 14:30", "2026-10-05T14:30:00+07:00", "minute"),
    ("5 Th10. 2026", "2026-10-05T00:00:00+07:00", "day"),
    # RFC 822 and its misspellings
    ("Sun, 09 Aug 2026 19:00:00 +0700", "2026-08-09T19:00:00+07:00", "second"),
    ("Sat, 22 Aug 2026 22:17:00 +07", "2026-08-22T22:17:00+07:00", "second"),
    ("Sat, 22 Aug 2026 21:45:00 +07:00", "2026-08-22T21:45:00+07:00", "second"),
    ("Sun, 23 Aug 26 05:16:00 +0700", "2026-08-23T05:16:00+07:00", "second"),
    ("Sun, 23 Aug 2026 05:16:00 GMT+7", "2026-08-23T05:16:00+07:00", "second"),
    ("Sun, 23 Aug 2026 05:16:00 GMT", "2026-08-23T05:16:00+00:00", "second"),
    ("Sat, 31 Dec 94 23:59:00", "1994-12-31T23:59:00+07:00", "second"),
    ("Sat Aug 22 2026 22:17:00 GMT+0700 (Indochina Time)", "2026-08-22T22:17:00+07:00", "second"),
    # Zones by name: RFC 822 and its kin; behind a reader's time, a name in parentheses is who published it
    ("Mon, 05 Oct 2026 02:30:00 EST", "2026-10-05T02:30:00-05:00", "second"),
    ("Mon, 05 Oct 2026 02:30 PDT", "2026-10-05T02:30:00-07:00", "minute"),
    ("Mon, 05 Oct 2026 04:00:00 NST", "2026-10-05T04:00:00-03:30", "second"),
    ("Mon, 05 Oct 2026 07:30:00 WET", "2026-10-05T07:30:00+00:00", "second"),
    ("Mon, 05 Oct 2026 09:30:00 MEST", "2026-10-05T09:30:00+02:00", "second"),
    ("2026-10-05 16:30:00 JST", "2026-10-05T16:30:00+09:00", "second"),
    ("05/10/2026 14:30 ICT", "2026-10-05T14:30:00+07:00", "minute"),
    ("05/10/2026 14:30 (MST)", "2026-10-05T14:30:00+07:00", "minute"),
    ("05/10/2026 14:30 (GMT +7)", "2026-10-05T14:30:00+07:00", "minute"),
    ("05/10/2026 14:30 UTC/GMT+7", "2026-10-05T14:30:00+07:00", "minute"),
    # The year behind time and zone: asctime, date(1), Java, Twitter
    ("Mon Oct  5 14:30:00 2026", "2026-10-05T14:30:00+07:00", "second"),
    ("Mon Oct 05 14:30:00 +0700 2026", "2026-10-05T14:30:00+07:00", "second"),
    ("Mon Oct 05 07:30:00 UTC 2026", "2026-10-05T07:30:00+00:00", "second"),
    ("Mon  5 Oct 02:30:00 PM +07 2026", "2026-10-05T14:30:00+07:00", "second"),
    # ISO 8601 without separators
    ("20261005T143000+0700", "2026-10-05T14:30:00+07:00", "second"),
    ("20261005T0730Z", "2026-10-05T07:30:00+00:00", "minute"),
    ("20261005143000", "2026-10-05T14:30:00+07:00", "second"),
    ("20261005", "2026-10-05T00:00:00+07:00", "day"),
    # Year first with slashes, years of two digits, an hour with a full stop
    ("2026/10/5 14:30:07", "2026-10-05T14:30:07+07:00", "second"),
    ("05/10/26 14:30", "2026-10-05T14:30:00+07:00", "minute"),
    ("Thứ Hai, 14:30 5/10/26", "2026-10-05T14:30:00+07:00", "minute"),
    ("05.10.2026 14.30", "2026-10-05T14:30:00+07:00", "minute"),
    ("14.30, 5.10.2026", "2026-10-05T14:30:00+07:00", "minute"),
    ("giảm 14.30 ngày 05/10/2026", "2026-10-05T00:00:00+07:00", "day"),
    # Months in short Vietnamese: WordPress, the Unicode locale data
    ("T2, 05 Th10 2026 14:30:00 +0700", "2026-10-05T14:30:00+07:00", "second"),
    ("Th10 5, 2026 14:30", "2026-10-05T14:30:00+07:00", "minute"),
    ("14:30, 5 thg 10, 2026", "2026-10-05T14:30:00+07:00", "minute"),
    ("5 thg Mười, 2026", "2026-10-05T00:00:00+07:00", "day"),
    ("Th 2, 05/10/2026 14:30", "2026-10-05T14:30:00+07:00", "minute"),
    # .NET in American and Vietnamese dress
    ("8/22/2026 8:07:00 PM", "2026-08-22T20:07:00+07:00", "second"),
    ("8/22/2026 8:07:00\u202fPM", "2026-08-22T20:07:00+07:00", "second"),
    ("9/5/2026 1:30:00 PM", "2026-09-05T13:30:00+07:00", "second"),
    ("9/5/2026 12:30:00 AM", "2026-09-05T00:30:00+07:00", "second"),
    ("5/9/2026 1:30:00 CH", "2026-09-05T13:30:00+07:00", "second"),
    ("08/21/2025 03:03:00 PM", "2025-08-21T15:03:00+07:00", "second"),
    # AM and PM behind a 24-hour number, and behind a true one of twelve
    ("07-03-2026 - 00:01 AM", "2026-03-07T00:01:00+07:00", "minute"),
    ("07-03-2026 - 09:40 AM", "2026-03-07T09:40:00+07:00", "minute"),
    ("07-03-2026 - 12:30 PM", "2026-03-07T12:30:00+07:00", "minute"),
    ("07-03-2026 - 13:05 PM", "2026-03-07T13:05:00+07:00", "minute"),
    ("07/03/2026 8:07 PM", "2026-03-07T20:07:00+07:00", "minute"),
    # Epoch
    ("1772845931", "2026-03-07T08:12:11+07:00", "second"),
    ("1772845931000", "2026-03-07T08:12:11+07:00", "second"),
    # What readers see
    ("Thứ Năm, 16/07/2026 17:17", "2026-07-16T17:17:00+07:00", "minute"),
    ("Thứ Năm, 08:46, 16/07/2026", "2026-07-16T08:46:00+07:00", "minute"),
    ("Thứ bảy, 7/3/2026, 00:05 (GMT+7)", "2026-03-07T00:05:00+07:00", "minute"),
    ("07/03/2026 08:52 (GMT+07:00)", "2026-03-07T08:52:00+07:00", "minute"),
    ("07/03/2026 08:01 GMT+7", "2026-03-07T08:01:00+07:00", "minute"),
    ("- 07/03/2026 08:47", "2026-03-07T08:47:00+07:00", "minute"),
    ("Cập nhật lúc 14:30 ngày 5/9/2026", "2026-09-05T14:30:00+07:00", "minute"),
    ("05/10/2026 • 14:30", "2026-10-05T14:30:00+07:00", "minute"),
    ("2:30 PM · Oct 5, 2026", "2026-10-05T14:30:00+07:00", "minute"),
    ("Thứ Ba, ngày 14/01/2025 - 06:01", "2025-01-14T06:01:00+07:00", "minute"),
    ("14h30 ngày 5/9/2026", "2026-09-05T14:30:00+07:00", "minute"),
    ("6:45 chiều ngày 5/3/2026", "2026-03-05T18:45:00+07:00", "minute"),
    ("9 giờ 5 phút ngày 5/3/2026", "2026-03-05T09:05:00+07:00", "minute"),
    ("05/03/2026 7:10 sáng", "2026-03-05T07:10:00+07:00", "minute"),
    ("14 giờ 05 phút, Thứ Năm, ngày 5/9/2026", "2026-09-05T14:05:00+07:00", "minute"),
    ("12:47 | 07/07/2025", "2025-07-07T12:47:00+07:00", "minute"),
    ("15:43' 05/03/2026", "2026-03-05T15:43:00+07:00", "minute"),
    ("30 tháng 8, 2024", "2024-08-30T00:00:00+07:00", "day"),
    ("ngày 30 tháng 8 năm 2024", "2024-08-30T00:00:00+07:00", "day"),
    ("Tháng Mười Hai 5, 2024", "2024-12-05T00:00:00+07:00", "day"),
    ("05.03.2026", "2026-03-05T00:00:00+07:00", "day"),
    ("Bài: Minh Hà\n\t\xa005/09/2026 \u2003 13:30 ", "2026-09-05T13:30:00+07:00", "minute"),
    ("Ngày đăng: 05/03/2026 lúc 15:04:05 | Lượt xem: 12", "2026-03-05T15:04:05+07:00", "second"),
]
FIRST, LAST = datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2100-12-31")
NO_DATES = [
    None, "", "2 giờ trước", "31/02/2026", "2026-02-31T08:00:00", "01/01/0001 00:00", "12/12/2101", "99/99/9999",
    "85/2025/NĐ-CP", "14:30", "0123456789", "Tỷ lệ 12/10/26 phiếu", "2-1-26 14:30", "85/25/26 14:30", "12345678", "2026-03-07T08:52:61+07:00", "2026-03-07T08:52:00+99:99",
]  # fmt: skip


@pytest.mark.parametrize(("text", "at", "precision"), DIALECTS)
def test_reads_every_dialect(text: str, at: str, precision: str) -> None:
    moment = parse_date(text)
    assert moment is not None
    assert (moment.at.isoformat(), moment.precision) == (at, precision)


@pytest.mark.parametrize("text", NO_DATES)
def test_gives_none_for_what_is_no_date(text: str | None) -> None:
    assert parse_date(text) is None


def test_us_is_month_first_whatever_the_form() -> None:
    assert parse_date("9/5/2026 13:30", us=True) == Moment(
        datetime(2026, 9, 5, 13, 30, tzinfo=VIETNAM), "minute", "9/5/2026 13:30"
    )
    assert parse_date("22/8/2026 13:30", us=True) is None


def test_keeps_what_was_written_with_white_space_collapsed() -> None:
    moment = parse_date("  Thứ Năm,\n 16/07/2026\t17:17 ")
    assert moment is not None
    assert moment.raw == "Thứ Năm, 16/07/2026 17:17"


def test_reads_decomposed_vietnamese() -> None:
    moment = parse_date("30 tháng 8 năm 2024".replace("á", "a\u0301").replace("ă", "a\u0306"))
    assert moment is not None
    assert moment.at.date().isoformat() == "2024-08-30"


@given(
    st.text(max_size=60) | st.from_regex(r"[0-9]{1,4}[-/. ][0-9]{1,2}[-/. T][0-9]{1,4}[ T:h+0-9Zngàythásg.,|-]{0,20}")
)
@settings(max_examples=300)
def test_never_raises_and_is_always_aware(text: str) -> None:
    moment = parse_date(text)
    assert moment is None or (moment.at.utcoffset() is not None and moment.at.year in YEARS)


@given(
    st.datetimes(FIRST, LAST, timezones=st.sampled_from([VIETNAM, UTC])),
    st.sampled_from(
        [
            "%Y-%m-%dT%H:%M:%S%z",
            "%Y-%m-%d %H:%M:%S %z",
            "%a, %d %b %Y %H:%M:%S %z",
            "Thứ Hai, %d/%m/%Y %H:%M:%S (GMT%z)",
        ]
    ),
)
@settings(max_examples=100)
def test_gives_back_what_was_formatted(at: datetime, form: str) -> None:
    moment = parse_date(at.strftime(form))
    assert moment is not None
    assert moment.at == at.replace(microsecond=0)


def _moment(text: str) -> Moment:
    moment = parse_date(text)
    assert moment is not None
    return moment


@pytest.mark.parametrize(
    ("stated", "visible", "hour", "offset"),
    [
        ("2026-03-20T19:00:42Z", "20/03/2026, 19:00", 19, 7),  # same wall clock: the Z is false
        ("2026-03-20T12:00:42Z", "20/03/2026, 19:00", 12, 0),  # seven hours apart: the Z is true
        ("2026-03-20T19:00:00Z", "20/03/2026", 19, 7),  # 19:00 UTC would be the 21st
        ("2026-03-20T12:00:00Z", "20/03/2026", 12, 0),  # both agree with the day: no proof
        ("2026-03-20T19:00:00+07:00", "20/03/2026, 19:00", 19, 7),
        ("2019-02-18T17:34:20+08:00", "18/2/2019, 17:34 (GMT+7)", 17, 7),  # VnExpress until 2019
        ("2019-02-18T18:34:20+08:00", "18/2/2019, 17:34 (GMT+7)", 18, 8),  # the same instant
    ],
)
def test_visible_time_unmasks_a_false_zone(stated: str, visible: str, hour: int, offset: int) -> None:
    moment = false_zone(_moment(stated), _moment(visible))
    assert (moment.at.hour, moment.at.utcoffset()) == (hour, timedelta(hours=offset))


@pytest.mark.skipif(not os.environ.get("THOISU_CORPUS"), reason="real pages: set THOISU_CORPUS to the corpus folder")
def test_real_feed_dates_mean_what_is_known() -> None:
    with (Path(os.environ["THOISU_CORPUS"]) / "urls.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert rows
    wrong = [row for row in rows if _moment(row["pubdate"]).at != datetime.fromisoformat(row["published_at"])]
    assert wrong == []

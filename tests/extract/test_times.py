"""The time of publication, told from all the other dates of a page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.extract import extract
from crawler.extract.times import stamps
from crawler.sites import Feed, Layout
from crawler.text import VIETNAM
from tests.support import PAPER

URL = "https://so.example.gov.vn/tin-tuc/hop-ve-tien-luong-123456.html"
TITLE = "Bộ Nội vụ họp về tiền lương"
TEXT = "Sáng 5/3, Bộ Nội vụ họp với các địa phương về phương án tiền lương mới cho cán bộ cấp xã sau sắp xếp."
MORE = (
    3 * "Các địa phương được yêu cầu gửi ý kiến để cơ quan soạn thảo hoàn thiện hồ sơ trình Chính phủ trong tháng tư. "
)
STATED = '<meta property="article:published_time" content="2026-03-05T08:00:00+07:00">'
CHANGED = '<meta property="article:modified_time" content="2026-03-06T16:20:00+07:00">'


def page(under: str = "", *, head: str = "", above: str = "", below: str = "", after: str = "") -> str:
    return f"""<html><head><title>{TITLE}</title>{head}</head><body><div class=dau-trang><a href=/>Trang chủ</a></div>
    {above}<div class=chi-tiet><h1>{TITLE}</h1>{under}<div class=noi-dung><p>{TEXT}</p><p>{TEXT[::-1]}</p><p>{MORE}</p><p>{MORE[::-1]}</p></div>{below}
    </div>{after}</body></html>"""


def vccorp(time: str, head: str) -> str:
    return f"""<html><head>{head}</head><body><h1 class="detail-title" data-role="title">{TITLE}</h1>
    <div class="detail-time" data-role="publishdate">{time}</div>
    <div class="detail-content afcbc-body" data-role="content"><p>{TEXT}</p><p>{TEXT[::-1]}</p></div></body></html>"""


def minutes(html: str) -> tuple[str | None, str | None]:
    article = extract(html, URL)
    return tuple(at and at.astimezone(VIETNAM).isoformat()[:16] for at in (article.published_at, article.modified_at))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("Thứ Năm, 05/03/2026 08:00", ["plain"]),
        ("Cập nhật lúc 16:20, 06/03/2026", ["update"]),
        ("08:00, ngày đăng 05/03/2026", ["published"]),
        ("Đăng ngày 05/03/2026 08:00, cập nhật 06/03/2026 16:20", ["published", "update"]),
        ("05/03/2026 08:00 (cập nhật 06/03/2026 16:20)", ["plain", "update"]),
        ("Sửa đổi lần cuối 16:20 06/03/2026 | Xuất bản: 05/03/2026", ["update", "published"]),
        ("Last updated: Mar 6, 2026", ["update"]),
        ("Từ ngày 01/03/2026 đến ngày 31/03/2026", ["other"]),
        ("Giai đoạn 01/03/2026 - 31/03/2026", ["other"]),
        ("Có hiệu lực từ 01/03/2026", ["other"]),
        ("Thứ Tư, 04/03/2026", ["plain"]),
        ("Đăng ký trước ngày 31/03/2026", ["other"]),
        ("Lượt xem: 12", []),
        ("Cập nhập: 06/03/2026 16:20", ["update"]),
        ("Sửa lúc 16:20 06/03/2026", ["update"]),
        ("16:20 06/03/2026 (cập nhật)", ["update"]),
        ("Khai mạc: 08:00 31/03/2026", ["other"]),
        ("Hạn nộp hồ sơ: 31/03/2026", ["other"]),
        ("Nộp hồ sơ trước 17:00 ngày 31/03/2026", ["other"]),
        ("Số: 12/KH-UBND ngày 01/03/2026", ["other"]),
        ("Tác giả: Từ Sơn - Ngày: 05/03/2026", ["plain"]),
    ],
)
def test_a_time_has_the_role_that_its_label_gives(text: str, roles: list[str]) -> None:
    assert [stamp.role for stamp in stamps(text)] == roles


def test_label_behind_a_time_does_not_take_it_from_the_date() -> None:
    assert [stamp.moment.at.hour for stamp in stamps("08:00, ngày đăng 05/03/2026")] == [8]


UPDATE = "Cập nhật: 06/03/2026 16:20"
FIRST = "Ngày đăng: 05/03/2026 08:00"


@pytest.mark.parametrize(
    ("under", "head"),
    [
        (f"<p>{UPDATE}</p><p>{FIRST}</p>", ""),
        (f"<p>{FIRST}</p><p>{UPDATE}</p>", ""),
        (f"<p>{UPDATE} | {FIRST}</p>", ""),
        (f"<p>{FIRST} - {UPDATE}</p>", ""),
        ("<p><b>Cập nhật:</b> <i>06/03/2026 16:20</i> <b>Ngày đăng:</b> <i>05/03/2026 08:00</i></p>", ""),
        ("<p>05/03/2026 08:00</p><p>Chỉnh sửa lần cuối: 06/03/2026 16:20</p>", ""),
        ('<time class=updated datetime="2026-03-06T16:20">6/3</time><time class=published datetime="2026-03-05T08:00">', ""),
        ('<time datetime="2026-03-06T16:20">Cập nhật: 16:20 6/3/2026</time><p>05/03/2026 08:00</p>', ""),
        ('<p><time class=updated datetime="2026-03-06T16:20">6/3/2026</time> <time class=published datetime="2026-03-05T08:00">5/3/2026</time></p>', ""),
        ("<p class=lastUpdated>06/03/2026 16:20</p>", STATED),
        (f"<p>{UPDATE}</p>", STATED),
        ("<p>Sửa đổi lần cuối 16:20 06/03/2026</p>", STATED),
        (f"<p>{UPDATE}</p>", STATED + CHANGED),
        (f"<p>{FIRST}</p>", STATED + CHANGED),
    ],
)  # fmt: skip
def test_update_is_told_from_the_publication(under: str, head: str) -> None:
    assert minutes(page(under, head=head)) == ("2026-03-05T08:00", "2026-03-06T16:20")


@pytest.mark.parametrize(
    ("time", "head"),
    [
        (UPDATE, STATED),
        ("Cập nhật lúc 16:20, 06/03/2026", STATED + CHANGED),
        (f"{UPDATE} - {FIRST}", ""),
        (FIRST, CHANGED),
    ],
)
def test_update_is_told_where_a_layout_keeps_the_time(time: str, head: str) -> None:
    assert minutes(vccorp(time, head)) == ("2026-03-05T08:00", "2026-03-06T16:20")


def test_script_in_the_element_of_the_time_tells_none() -> None:
    script = '<script>show("27/03/2026 09:00")</script>'
    assert minutes(vccorp(script, "")) == (None, None)
    assert minutes(vccorp(f"{script}05/03/2026 08:00", "")) == ("2026-03-05T08:00", None)


def test_update_is_the_time_where_nothing_else_tells_it() -> None:
    assert minutes(page(f"<p>{UPDATE}</p>")) == ("2026-03-06T16:20", None)
    assert minutes(vccorp("Cập nhật lúc 16:20, 06/03/2026", "")) == ("2026-03-06T16:20", None)


LIST = "<ul><li><a href=/b-1.html>Lịch tiếp công dân tháng ba</a> <span class=date>27/03/2026 09:00</span></li></ul>"
CARD = "<div><h3><a href=/b-1.html>Tin khác trong ngày</a></h3><span class=time>27/03/2026 09:00</span></div>"
COMMENT = "<div class=khoi><div><b>Bạn đọc</b><span class=time>27/03/2026 09:00</span><p>Rất hay.</p></div></div>"
TALK = "<div><div><b>Minh</b></div><div><i class=time>27/03/2026 09:00</i></div><div>Hay quá!</div></div>"
CLOCK = "<div class=header><span class=time-now>Thứ Sáu, 27/03/2026</span></div>"
SITE_HEAD = "<header><div>Thứ Sáu, 27/03/2026 | 10:20</div></header>"
DAY = "<div class=ngay-thang>Thứ Sáu, ngày 27 tháng 3 năm 2026</div>"
TICKER = "<marquee>Lịch tiếp công dân 27/03/2026</marquee>"
CAPTION = "<figure><img src=/a.jpg><figcaption>Khởi công ngày 27/03/2026. Ảnh: An</figcaption></figure>"
SENTENCE = "<p>Ngày <span class=date>27/03/2026</span>, hội nghị bàn về tiền lương mới.</p>"
CHOICE = "<select class=date><option>27/03/2026</select><textarea class=date>27/03/2026</textarea>"
MENU = "<div><a href=/>Trang chủ</a> <a href=/tin>Tin tức</a> <a href=/van>Văn bản</a> <i>Thứ Sáu, 27/03/2026</i></div>"
PERIOD = "<p class=thoi-gian>Thời gian thực hiện: 01/03/2026 - 31/12/2026</p>"
FOOTER = "<div class=bottom><span class=date>Bản quyền 2010-2026. Cập nhật lần cuối: 27/03/2026 09:00</span></div>"


@pytest.mark.parametrize(
    "parts",
    [
        {"after": LIST},
        {"below": CARD},
        {"after": COMMENT},
        {"below": TALK},
        {"under": LIST},
        {"under": PERIOD},
        {"above": CLOCK},
        {"above": SITE_HEAD},
        {"above": MENU},
        {"above": DAY},
        {"above": TICKER},
        {"under": CAPTION},
        {"under": SENTENCE},
        {"under": CHOICE},
        {"after": FOOTER},
        {"head": '<script>var ad = {"expires": "2027-01-31", "from": "01/02/2027"};</script>'},
    ],
)
def test_date_of_something_else_is_no_time_of_the_article(parts: dict[str, str]) -> None:
    assert minutes(page(**parts)) == (None, None)
    own = parts.get("under", "") + "<span class=ngay>05/03/2026 08:00</span>"
    assert minutes(page(**{**parts, "under": own})) == ("2026-03-05T08:00", None)


@pytest.mark.parametrize(
    "parts",
    [
        {"under": "<ul><li><a href=/xa-hoi>Xã hội</a></li><li>05/03/2026 08:00</li></ul>"},
        {"under": "<div><a href=/xay-dung-dang>Xây dựng Đảng, chính quyền</a> | 05/03/2026 08:00</div>"},
        {"above": "<div class=date>Thứ Năm, 05/03/2026 08:00</div>"},
        {"below": "<div class=date>Đăng lúc: 05/03/2026 08:00</div>"},
        {"below": "<div><span class=date>05/03/2026 08:00</span></div>"},
    ],
)
def test_time_of_the_article_is_found_where_it_stands(parts: dict[str, str]) -> None:
    assert minutes(page(**parts)) == ("2026-03-05T08:00", None)


def test_microdata_of_the_article_are_read_and_those_of_a_related_story_are_not() -> None:
    related = '<div itemscope><i itemprop=datePublished content="2025-01-01T01:01:00+07:00"></i></div>'
    own = '<i itemprop=datePublished content="2026-03-05T08:00:00+07:00"></i>'
    assert minutes(page(related + own)) == ("2026-03-05T08:00", None)
    metas = (related + own).replace("<i ", "<meta ").replace("</i>", "")
    assert minutes(page(metas)) == ("2026-03-05T08:00", None)


def test_microdata_of_one_related_story_are_not_read_and_a_block_of_metadata_is() -> None:
    item = '<div itemscope><meta itemprop="name datePublished" content="2026-03-05T08:00:00+07:00">{}</div>'
    assert minutes(page(item.format(""))) == ("2026-03-05T08:00", None)
    assert minutes(page(below=item.format("<a href=/b-1.html>Tin khác</a>"))) == (None, None)


@pytest.mark.parametrize(
    "stated",
    [
        '<meta name="dcterms.issued" content="2026-03-05T08:00">',
        '<meta name="parsely-pub-date" content="2026-03-05T08:00">',
        '<meta property="sailthru.date" content="2026-03-05T08:00">',
        '<span property="dc:date dc:created" content="2026-03-05T08:00"></span>',
        '<abbr class=published title="2026-03-05T08:00">Thứ năm</abbr>',
        '<data class=dt-published value="2026-03-05T08:00">5/3</data>',
    ],
)
def test_looser_names_state_the_publication(stated: str) -> None:
    assert minutes(page(stated)) == ("2026-03-05T08:00", None)


def test_names_of_other_things_state_no_time() -> None:
    names = ("article:expiration_time", "event:date", "dc.publisher", "unpublish_date")
    assert minutes(page("".join(f'<meta name="{name}" content="2026-03-05T08:00">' for name in names))) == (None, None)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ("2026-02-01T08:00:00+07:00", None),
        ("1970-01-01T00:00:00+07:00", None),
        ("2026-03-05T08:00:00+07:00", "2026-03-05T08:00"),
        ("2026-03-05T09:00:00+07:00", "2026-03-05T09:00"),
    ],
)
def test_change_before_the_publication_is_none(changed: str, told: str | None) -> None:
    head = STATED + CHANGED.replace("2026-03-06T16:20:00+07:00", changed)
    assert minutes(page(head=head)) == ("2026-03-05T08:00", told)


def test_zone_that_is_false_for_the_publication_is_false_for_the_change() -> None:
    head = (STATED + CHANGED).replace("+07:00", "+08:00")
    assert minutes(page("<p>Thứ Năm, 05/03/2026, 08:00 (GMT+7)</p>", head=head)) == (
        "2026-03-05T08:00",
        "2026-03-06T16:20",
    )


def test_clock_of_the_page_completes_a_day_of_the_metadata() -> None:
    shown = "<div class=date>05/03/2026 08:00</div>"
    assert minutes(page(above=shown, head=STATED.replace("T08:00:00+07:00", ""))) == ("2026-03-05T08:00", None)


def test_clock_of_a_time_element_completes_the_day_that_it_shows() -> None:
    layout = Layout(name="mau", title=("h1",), body=(".noi-dung",), time=(".ngay",))
    site = replace(
        PAPER, home="https://so.example.gov.vn/", sources=(Feed("https://so.example.gov.vn/rss"),), layout=layout
    )
    for shown, told in (("05/03/2026", "2026-03-05T08:00"), ("Thứ Tư, 04/03/2026", "2026-03-04T00:00")):
        under = f'<time class=ngay datetime="2026-03-05T08:00:00+07:00">{shown}</time>'
        article = extract(page(under), URL, site=site)
        assert article.published_at is not None
        assert article.published_at.astimezone(VIETNAM).isoformat()[:16] == told

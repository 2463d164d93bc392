"""Who is made an author, and who is not: the lines that end a text, and names beside it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from crawler.extract import Dropped, clean_text, extract
from crawler.extract.byline import is_office, is_person, names, office_holder
from crawler.sites import load_sites

CASES = Path(os.environ.get("THOISU_CASES") or "nowhere")
URL = "https://bao.example.vn/duong-ven-bien-thong-xe-123456.html"
TEXT = (
    "Sáng nay, tỉnh thông xe tuyến đường ven biển dài hơn bốn mươi cây số, nối bảy xã với khu kinh tế phía nam.",
    "Công trình được khởi công cách đây ba năm, với tổng vốn gần năm nghìn tỷ đồng từ ngân sách của tỉnh.",
    "Người dân hai bên tuyến bày tỏ vui mừng vì thời gian đi lại được rút ngắn một nửa so với trước đây.",
)
STYLES = {
    "plain": "<p>{}</p>",
    "bold": "<p><strong>{}</strong></p>",
    "italic": "<p><em>{}</em></p>",
    "right": '<p style="text-align:right">{}</p>',
}


def page(tail: str, before: str = "") -> str:
    text = "".join(f"<p>{line}</p>" for line in TEXT)
    return (
        "<html><body><div><h1>Thông xe tuyến đường ven biển dài nhất tỉnh</h1><p>05/10/2026 14:30</p>"
        f'{before}<div class="content">{text}{tail}</div></div></body></html>'
    )


def lines(style: str, *texts: str) -> str:
    return "".join(STYLES[style].format(text) for text in texts)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("Tin, ảnh: VĂN HÀ", ("VĂN HÀ",)),
        ("Bài và ảnh: LÊ AN-MAI BÌNH", ("LÊ AN", "MAI BÌNH")),
        ("Bài: Lê An; ảnh: Mai Bình", ("Lê An", "Mai Bình")),
        ("Lê An - Ảnh: Mai Bình", ("Lê An", "Mai Bình")),
        ("Phóng sự của LÊ AN", ("LÊ AN",)),
        ("LÊ AN (tổng hợp)", ("LÊ AN",)),
        ("Đại tá LÊ VĂN AN, Viện trưởng Viện Bản đồ", ("LÊ VĂN AN",)),
        ("Nhóm phóng viên", ("Nhóm phóng viên",)),
        ("T.H", ("T.H",)),
        ("Theo Venturebeat", ()),
        ("Theo NHK", ()),
        ("TTXVN", ()),
        ("Báo VietNamNet", ()),
        ("CTV Lê An/THBK", ("Lê An",)),
        ("Tin: Lê An, BBT", ("Lê An",)),
        ("Lê An - Trung tâm VH-TT huyện", ("Lê An",)),
        ("Lê An – UBND xã Bình An", ("Lê An",)),
        ("Lê An - Trường Giang", ("Lê An", "Trường Giang")),
        ("LÊ AN - Bí thư Đoàn xã", ("LÊ AN",)),
        ("Người đưa tin: Lê An", ("Lê An",)),
        ("Tác giả bài viết: Lê An", ("Lê An",)),
        ("Tin + hình: Lê An", ("Lê An",)),
        ("Sưu tầm: Lê An", ("Lê An",)),
        ("Tin, ảnh của Lê An", ("Lê An",)),
        ("Lê An biên soạn", ("Lê An",)),
        ("Lê An + Mai Bình", ("Lê An", "Mai Bình")),
        ("Lê An-TTXVN", ("Lê An",)),
        ("Lê An Theo Trí thức trẻ", ("Lê An",)),
        ("Tin, ảnh: Viện Đô thị và Quản lý", ("Viện Đô thị và Quản lý",)),
    ],
)
def test_line_that_signs_is_cut_and_names_its_authors(style: str, line: str, authors: tuple[str, ...]) -> None:
    article = extract(page(lines(style, line)), URL)
    assert (article.authors, article.body) == (authors, "\n".join(TEXT))


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("below", ["Ảnh: TTXVN", "Ảnh: Internet", "Video: CTV"])
def test_credit_of_pictures_goes_with_the_name_above_it(style: str, below: str) -> None:
    article = extract(page(lines(style, "Tin: Lê An", below)), URL)
    assert (article.authors, article.body) == (("Lê An",), "\n".join(TEXT))


def test_name_behind_a_degree_signs_where_it_is_set_apart() -> None:
    signed, told = (extract(page(lines(style, "TS Lê An")), URL) for style in ("bold", "plain"))
    assert (signed.authors, signed.body) == (("TS Lê An",), "\n".join(TEXT))
    assert (told.authors, told.body) == ((), "\n".join((*TEXT, "TS Lê An")))


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("deed", ["(Tổng hợp)", "(t/h)", "thực hiện", "(Lược dịch)"])
def test_line_of_what_was_done_belongs_to_the_name_above_it(style: str, deed: str) -> None:
    for before in ((), ("Nguồn vốn của tuyến đường",)):
        tail = lines("plain", *before) + lines(style, "Lê An - Mai Bình", deed)
        article = extract(page(tail), URL)
        assert (article.authors, article.body) == (("Lê An", "Mai Bình"), "\n".join((*TEXT, *before)))
    assert clean_text("\n".join((*TEXT, "Lê An - Mai Bình", deed))).authors == ("Lê An", "Mai Bình")


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "last",
    [
        ["- Lưu: VT, HC."],
        ["Bảng B: Lào, Campuchia"],
        ["Tải về: iOS/ Android"],
        ["Giờ mở cửa: 8h - 17h"],
        ["Địa chỉ: 12 Lê Lợi, Hà Nội"],
        ["Tham khảo Vnreview"],
        ["Giải Nhất: Lê An"],
        ["- Nguyễn Văn An"],
        ["CHỦ TỊCH", "Lương Văn An"],
        ["KT. BỘ TRƯỞNG", "THỨ TRƯỞNG", "Lương Văn An"],
        ["TM. ỦY BAN NHÂN DÂN"],
        ["KT. CHỦ TỊCH", "(Ký, đóng dấu và ghi rõ họ tên)", "Lương Văn Ân"],
        ["NGƯỜI LAO ĐỘNG", "(Ký và ghi rõ họ tên)"],
        ["(tổng hợp)"],
        ["Trường Tiểu học Bình An"],
        ["Điểm đánh giá: 8/10"],
        ["Nguồn vốn của tuyến đường"],
        ["Ảnh: Internet"],
        ["Ảnh: Running Man Việt, Internet"],
        ["Ảnh: T.L"],
        ["Thiết kế: Apple"],
        ["Thực hiện: Riot Games"],
        ["Theo dòng thời gian"],
        ["Trở thành người đầu tiên đi hết con đường là ước mơ của anh"],
        ["Gồm các ông, bà:", "Lê An", "Mai Bình", "Trần Văn Dũng"],
        ["Lê An", "Mai Bình", "Trần Văn Dũng", "Lý Hùng"],
        ["Việt Nam, Thái Lan"],
        ["Quảng Ninh"],
        ["Lê Văn Tám (sinh năm 1985)"],
    ],
    ids=lambda last: last[-1],
)
def test_line_that_signs_nothing_stays_and_names_nobody(style: str, last: list[str]) -> None:
    explain: list[Dropped] = []
    article = extract(page(lines(style, *last)), URL, explain=explain)
    assert article.authors == ()
    assert article.body.split("\n") == [*TEXT, *last]
    assert [dropped for dropped in explain if dropped.rule == "byline"] == []


@pytest.mark.parametrize("style", sorted(STYLES.keys() - {"right"}))
def test_a_name_of_four_words_begins_with_a_surname(style: str) -> None:
    for line, authors in (("Kiếm Hiệp Tình Duyên", ()), ("Nguyễn Thị Minh An", ("Nguyễn Thị Minh An",))):
        assert extract(page(lines(style, line)), URL).authors == authors


@pytest.mark.parametrize(
    "house",
    [
        "<p><em>* Mời bạn đọc vào chuyên mục <a href='/x'>Kinh tế</a> xem các tin, bài liên quan.</em></p>",
        "<p>Kính mời quý độc giả truy cập chuyên mục <a href='/x'>Xã hội</a> để đọc thêm tin, bài.</p>",
        "<div class='ad'>loading...</div>",
        "<p>Tổng số điểm của bài viết là: 0 trong 0 đánh giá</p><p>Click để đánh giá bài viết</p>",
        "<p>Những tin mới hơn</p>",
        "<p>Những tin cũ hơn</p>",
        "<p>Số lần đọc: 1.204</p>",
        "<p>Tổng lượt truy cập: 45.301</p>",
        "<p>Ý kiến bạn đọc Gửi ý kiến In trang này</p>",
        "<p>Thông tin bạn đọc</p><p>Đóng Lưu thông tin</p>",
        "<p>Trở thành người đầu tiên tặng sao cho bài viết 0 0 0</p>",
        "<p>[ Điểm đánh giá5/5 ]1 người đã bình chọn</p>",
        "<p>Gửi cho bạn bè</p>",
        "<p>Video đang HOT</p>",
        "<p>0 bình luận</p>",
        "<p>Skip Ribbon Commands</p>",
        "<p>Theo dõi Baosongda.vn trên</p>",
        "<p>Đăng bởi: Admin</p>",
    ],
)
def test_byline_is_found_behind_a_house_line(house: str) -> None:
    article = extract(page(lines("bold", "LÊ AN") + house), URL)
    assert (article.authors, article.body) == (("LÊ AN",), "\n".join(TEXT))


@pytest.mark.parametrize(
    "line",
    [
        "Lê An Thứ Tư, ngày 1/10/2014 - 23:01",
        "Lê AnThứ Tư, 1/10/2014",
        "Lê An | 23:01 01/10/2014",
        "Lê An, ngày 5 tháng 10 năm 2026",
    ],
)
def test_date_beside_a_name_is_no_part_of_it(line: str) -> None:
    assert extract(page("", before=f'<p class="author">{line}</p>'), URL).authors == ("Lê An",)


@pytest.mark.parametrize(
    "box",
    [
        '<blockquote>Phải làm thật, nói thật. <span class="author">Lê Văn Tám</span></blockquote>',
        '<div class="quote-box"><p>Phải làm thật.</p><p class="author-name">Lê Văn Tám</p></div>',
        '<div class="author-share"><a>Facebook</a> <a>Zalo</a></div>',
        '<div class="tacgia">Số 12 Lê Lợi, Đà Nẵng - ĐT: 0236 3822 222</div>',
    ],
)
def test_quotation_share_bar_and_address_name_no_author(box: str) -> None:
    assert extract(page(box + f"<p>{TEXT[0][:-1]}, theo kế hoạch.</p>"), URL).authors == ()


def test_names_of_a_byline() -> None:
    assert names("Lưu: VT, KTTH.") == names("Facebook, Zalo") == ()
    assert names("Lưu Hương") == ("Lưu Hương",)
    assert names("PV Hà Nội") == ("PV Hà Nội",)
    assert office_holder("PGS, TS LÊ VĂN AN, Phó giám đốc Học viện") == "LÊ VĂN AN"
    assert office_holder("BS Lê Văn An - Bệnh viện tỉnh") == "Lê Văn An"
    assert office_holder("Chủ tịch Lê Văn An") is office_holder("LÊ AN - MAI BÌNH") is None
    assert is_office("Phó Chủ tịch")
    assert not is_office("Chung tay vì cộng đồng")
    assert [is_person(name) for name in ("Lê An", "Venturebeat", "Link Android", "T.T")] == [True, False, False, True]


@pytest.mark.skipif(not (CASES / "bodies").exists(), reason="unsigned bodies are not read: set THOISU_CASES")
def test_unsigned_bodies_have_no_author_and_lose_no_line() -> None:
    wrong = []
    for path in sorted((CASES / "bodies").glob("*.html")):
        explain: list[Dropped] = []
        article = extract(path.read_bytes(), URL, explain=explain)
        if article.authors or any(dropped.rule == "byline" for dropped in explain):
            wrong.append(path.name)
    assert wrong == []


@pytest.mark.skipif(not (CASES / "pages").exists(), reason="real pages are not read: set THOISU_CASES")
def test_signed_pages_name_their_authors() -> None:
    sites = load_sites()
    for path in sorted((CASES / "pages" / "gold").glob("*.json")):
        gold = json.loads(path.read_text("utf-8"))
        html = (CASES / "pages" / "pages" / gold["file"]).read_bytes()
        assert list(extract(html, gold["url"], site=sites.find(gold["url"])).authors) == gold["authors"], path.stem


@pytest.mark.parametrize("source", ["", "Theo TTXVN"])
def test_name_below_the_pictures_of_a_story_that_is_all_captions_signs_it(source: str) -> None:
    figures = "".join(
        f"<figure><img src=/{n}.jpg><figcaption>{line}</figcaption></figure>" for n, line in enumerate(TEXT)
    )
    html = (
        "<html><body><div><h1>Thông xe tuyến đường ven biển dài nhất tỉnh</h1><p>05/10/2026 14:30</p>"
        f'<div class="article__body">{figures}{lines("right", "Lê An", *filter(None, [source]))}</div></div></body></html>'
    ).replace("<h1>", '<h1 class="article__title">')
    article = extract(html, URL)
    assert (article.authors, article.body) == (("Lê An",), "\n".join(TEXT))


def test_a_caption_signs_nothing() -> None:
    figures = "".join(
        f"<figure><img src=/{n}.jpg><figcaption>{line}</figcaption></figure>" for n, line in enumerate(TEXT)
    )
    html = (
        '<html><body><div><h1 class="article__title">Những gương mặt của tuyến đường ven biển dài nhất tỉnh</h1>'
        f'<div class="article__body">{figures}<figure><img src=/9.jpg><figcaption>Bài và ảnh: Lê Văn An</figcaption></figure></div>'
        "</div></body></html>"
    )
    article = extract(html, URL)
    assert (article.authors, article.body) == ((), "\n".join((*TEXT, "Bài và ảnh: Lê Văn An")))


def test_name_that_begins_like_an_office_is_a_name() -> None:
    assert not is_office("Thanh Trang")
    assert is_office("Thanh tra Chính phủ")
    assert extract(page(lines("bold", "Thanh Trang")), URL).authors == ("Thanh Trang",)

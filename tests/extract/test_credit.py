"""The stated source of an article: where pages state it, what it is called, and what is none."""

from __future__ import annotations

import gzip
import json
import os
from contextlib import suppress
from html import escape
from pathlib import Path

import pytest

from crawler.errors import Refused
from crawler.extract import extract, join
from crawler.extract.credit import sources
from crawler.items import Article
from crawler.sites import load_sites

CASES = Path(os.environ.get("THOISU_CASES") or "nowhere")
URL = "https://bao.example.vn/duong-ven-bien-thong-xe-123456.html"
TEXT = (
    "Sáng nay, tỉnh thông xe tuyến đường ven biển dài hơn bốn mươi cây số, nối bảy xã với khu kinh tế phía nam.",
    "Công trình được khởi công cách đây ba năm, với tổng vốn gần năm nghìn tỷ đồng từ ngân sách của tỉnh.",
    "Người dân hai bên tuyến bày tỏ vui mừng vì thời gian đi lại được rút ngắn một nửa so với trước đây.",
)


def read(tail: str = "", *, mark: str = "", byline: str = "", ending: str = "", url: str = URL) -> Article:
    text = "".join(f"<p>{line}</p>" for line in (mark + TEXT[0], TEXT[1], TEXT[2] + ending))
    page = (
        "<html><body><div><h1>Thông xe tuyến đường ven biển dài nhất tỉnh</h1><p>05/10/2026 14:30</p>"
        f'<p class="author">{byline}</p><div class="content">{text}{tail}</div></div></body></html>'
    )
    return extract(page, url, site=load_sites().find(url))


@pytest.mark.parametrize(
    ("line", "credit"),
    [
        ("Theo TTXVN", "TTXVN"),
        ("(Theo Reuters)", "Reuters"),
        ("TTXVN", "TTXVN"),
        ("(TTXVN)", "TTXVN"),
        ("(TTXVN/Vietnam+)", "TTXVN/Vietnam+"),
        ("Theo TTXVN, VOV", "TTXVN/VOV"),
        ("Theo TTXVN và ttxvn", "TTXVN"),
        ("Nguồn: baochinhphu.vn", "baochinhphu.vn"),
        ("Nguồn: https://www.baochinhphu.vn/mot-bai-102.htm", "baochinhphu.vn"),
        ("Nguồn tin: Bộ Y tế", "Bộ Y tế"),
        ("Theo báo Dân Việt", "Báo Dân Việt"),
        ("Theo Đời sống Plus", "Đời sống Plus"),
        ("Theo Nhịp sống đô thị", "Nhịp sống đô thị"),
        ("Nguồn: Cổng TTĐT Bộ Tài chính", "Cổng TTĐT Bộ Tài chính"),
        ("Lê An/VOV.VN", "VOV.VN"),
        ("Lê An (TTXVN)", "TTXVN"),
        ("Tin, ảnh: Lê An/TTXVN", "TTXVN"),
        ("Tin, ảnh: TTXVN", "TTXVN"),
        ("TTXVN/Báo Tin tức", "TTXVN/Báo Tin tức"),
        ("BNEWS (TTXVN)", "BNEWS/TTXVN"),
        ("Đài Tiếng nói Việt Nam", "Đài Tiếng nói Việt Nam"),
        ("Theo Kiến Thức", "Kiến Thức"),
        ("(Theo Một Thế Giới)", "Một Thế Giới"),
        ("Theo Khám Phá", "Khám Phá"),
        ("Theo The Sun", "The Sun"),
        ("Theo Bộ Công Thương", "Bộ Công Thương"),
        ("Nguồn: Báo Mới", "Báo Mới"),
        ("Nguồn: TTXVN · Báo Vĩnh Long", "TTXVN/Báo Vĩnh Long"),
        ("Theo Khoa học và Phát triển", "Khoa học và Phát triển"),
        ("Theo Reuters & Financial Times", "Reuters/Financial Times"),
        (
            "Nguồn: https://bao.example.gov.vn/tin-tuc/trang/tin-tong-hop-trong-tuan.aspx?ItemID=7000",
            "bao.example.gov.vn",
        ),
    ],
)
def test_closing_line_states_the_source(line: str, credit: str) -> None:
    article = read(f"<p>{line}</p>")
    assert article.credit == credit
    assert article.body.split("\n") == list(TEXT)


@pytest.mark.parametrize(
    ("byline", "credit"),
    [
        ("Lê An/VOV.VN", "VOV.VN"),
        ("Lê An (theo AFP, Reuters)", "AFP/Reuters"),
        ("Lê An (VTV Online)", "VTV Online"),
        ("Lê An (Hà Nội)", None),
        ("Lê An - Ảnh: TTXVN", None),
        ("Lê An", None),
    ],
)
def test_byline_names_the_source_behind_the_author(byline: str, credit: str | None) -> None:
    article = read(byline=byline)
    assert article.credit == credit
    assert "Lê An" in article.authors


@pytest.mark.parametrize(
    ("mark", "credit"),
    [
        ("(TTXVN) - ", "TTXVN"),
        ("TTXVN/Vietnam+ - ", "TTXVN/Vietnam+"),
        ("(Theo TTXVN) - ", "TTXVN"),
        ("TTO - ", "TTO"),
        ("ANTĐ - ", "ANTĐ"),
        ("(HNM/TTXVN) - ", "HNM/TTXVN"),
        ("Hà Nội (TTXVN) - ", "TTXVN"),
        ("Cần Thơ, ngày 5/10 (Chinhphu.vn) – ", "Chinhphu.vn"),
        ("Theo TTXVN/Vietnam+ - ", "TTXVN/Vietnam+"),
        ("Hà Nội - ", None),
        ("Đài Truyền hình Việt Nam (VTV) - đơn vị đưa tin - cho biết: ", None),
        ("Tập đoàn Điện lực (EVN) - đơn vị thi công - cho biết: ", None),
        ("Theo ông Nam - giám đốc dự án - ", None),
        ("Theo Bộ Y tế, ", None),
        ("Theo TTXVN, ", None),
    ],
)
def test_mark_before_the_text_states_the_source(mark: str, credit: str | None) -> None:
    assert read(mark=mark).credit == credit


@pytest.mark.parametrize(
    ("ending", "credit"),
    [
        ("/. (TTXVN)", "TTXVN"),
        (" (Theo Reuters)", "Reuters"),
        (" Hình ảnh được phát trên Đài Truyền hình Việt Nam (VTV).", None),
        (" (Ảnh: TTXVN)", None),
        (" (Lê An)", None),
    ],
)
def test_source_behind_the_last_sentence(ending: str, credit: str | None) -> None:
    assert read(ending=ending).credit == credit


@pytest.mark.parametrize(
    ("line", "credit"),
    [
        ("Theo TTXVN.", "TTXVN"),
        ("Nguồn: Báo Chính phủ, Tạp chí Tài chính, CafeF.", "Báo Chính phủ/Tạp chí Tài chính/CafeF"),
        ("Nguồn: Cổng TTĐT Bộ Kế hoạch và Đầu tư", "Cổng TTĐT Bộ Kế hoạch và Đầu tư"),
        ("Theo kế hoạch, đường được khánh thành vào năm sau.", None),
    ],
)
def test_closing_line_that_stays_in_the_text(line: str, credit: str | None) -> None:
    article = read(f"<p>{line}</p>")
    assert article.credit == credit
    assert article.body.endswith(line)


@pytest.mark.parametrize(
    "line",
    [
        "Theo Hồ Hương", "Theo ông Nam", "Theo TS Lê Văn An", "Nguồn: Internet", "(Tổng hợp)", "Lê An (t/h)", "BBT",
        "Ảnh: TTXVN", "Nguồn ảnh: TTXVN", "Nguồn video: Zing.vn", "Nguồn: số liệu Tổng cục Thống kê", "Nhóm PV",
        "Theo dõi chúng tôi", "Nguồn vốn đầu tư từ ngân sách", "Theo kế hoạch, đường được khánh thành vào năm sau.",
    ],
)  # fmt: skip
def test_no_source(line: str) -> None:
    assert sources(line) == ()
    assert read(f"<p>{line}</p>").credit is None


def test_source_of_a_table_is_not_the_articles() -> None:
    table = "<table><tr><th>Năm</th><th>Vốn</th></tr><tr><td>2025</td><td>100</td></tr><tr><td>2026</td><td>90</td></tr></table>"
    assert read(f"{table}<p>Nguồn: Tổng cục Thống kê</p>").credit is None
    assert read(f"{table}<p>{TEXT[1]} Vốn còn lại sẽ được bố trí.</p><p>Nguồn: Tổng cục Thống kê</p>").credit


def test_element_that_is_named_a_source() -> None:
    assert read('<p class="source">Nhịp sống thị trường</p>').credit == "Nhịp sống thị trường"
    assert read('<div class="detail-nguon">Nguồn: TTXVN</div>').credit == "TTXVN"
    assert read('<figure><img src="a.jpg"><span class="source">Reuters</span></figure>').credit is None


def test_agency_behind_the_place_in_a_stamp() -> None:
    page = "".join(
        f'<p><span class="location-stamp">Hà Nội (TTXVN)</span> - {line}</p>' if line is TEXT[0] else f"<p>{line}</p>"
        for line in TEXT
    )
    article = extract(f"<h1>Thông xe tuyến đường ven biển dài nhất tỉnh</h1><div class=content>{page}</div>", URL)
    assert (article.dateline, article.credit) == ("Hà Nội (TTXVN)", "TTXVN")
    assert article.body == "\n".join(TEXT)


def test_an_author_is_no_source_and_a_source_no_author() -> None:
    article = read('<p class="source">Lê An</p>', byline="Lê An")
    assert (article.authors, article.credit) == (("Lê An",), None)
    article = read("<p>Theo Công Lý</p>")
    assert (article.authors, article.credit) == ((), "Công Lý")
    article = read("<p>Theo Hồ Hương</p>")
    assert (article.authors, article.credit) == (("Hồ Hương",), None)
    article = read("<p>Theo Nhịp sống đô thị</p>")
    assert (article.authors, article.credit) == ((), "Nhịp sống đô thị")


def test_own_name_is_the_credit_only_where_no_other_is_stated() -> None:
    url = "https://nhandan.vn/thong-xe-duong-ven-bien-post976641.html"
    assert read(mark="NDO - ", url=url).credit == "NDO"
    assert read("<p>Theo TTXVN</p>", mark="NDO - ", url=url).credit == "TTXVN"


def test_credit_is_no_part_of_the_hash_and_comes_with_any_page() -> None:
    without, stated = read(), read("<p>Theo TTXVN</p>")
    assert without.content_hash == stated.content_hash
    assert Article.from_dict(stated.to_dict()) == stated
    last = Article.from_dict(
        stated.to_dict()
        | {"body": "Trang sau kể tiếp chuyện làm đường, với nhiều chi tiết mới.", "url": f"{URL}?page=2"}
    )
    joined = join(without, last)
    assert joined is not None
    assert joined.credit == "TTXVN"


def test_real_texts_state_what_a_reader_sees() -> None:
    path = CASES / "pairs" / "real-pairs.jsonl.gz"
    if not path.exists():
        pytest.skip("real texts are not read: set THOISU_CASES")
    found: set[str] = set()
    with gzip.open(path, "rt", encoding="utf-8") as file:
        sides = [side for line in map(json.loads, file) for side in (line["first"], line["second"])]
    for lines in {tuple(filter(None, (side["lead"], *side["body"].split("\n")))) for side in sides}:
        body = "".join(f"<p>{escape(line)}</p>" for line in lines)
        page = f"<html><body><h1>Một bản tin của tờ báo ở tỉnh nọ</h1><div>{body}</div></body></html>"
        with suppress(Refused):  # not every text makes an article
            found.add(extract(page, URL).credit or "")
    assert found == {
        "", "TTXVN", "VOV", "Reuters", "QĐND Online", "Trí Thức Trẻ", "Đời sống Plus", "baochinhphu.vn", "dantri.com.vn",
        "thuvienphapluat.vn",
    }  # fmt: skip


def test_real_unsigned_bodies_state_none() -> None:
    pages = sorted((CASES / "bodies").glob("*.html"))
    if not pages:
        pytest.skip("unsigned bodies are not read: set THOISU_CASES")
    for page in pages:
        with suppress(Refused):
            assert extract(page.read_bytes(), URL).credit is None, page.name

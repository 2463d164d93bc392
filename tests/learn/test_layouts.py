"""A layout is learned from a few pages: each field by a selector that leads to what is known, on all of them."""

from __future__ import annotations

from datetime import datetime
from functools import cache

import pytest

from crawler.items import Link
from crawler.learn.asking import Answer
from crawler.learn.layouts import agreement, family_of, learn_layout
from crawler.learn.samples import Sample, sample
from crawler.sites import Layout

_PEOPLE = ("Nguyễn Văn An", "Trần Thị Bình", "Lê Minh Cường", "Phạm Thu Dung")
_PLACES = ("Lào Cai", "Cà Mau", "Đắk Lắk", "Quảng Ninh")


def page(n: int) -> str:
    who, where = _PEOPLE[n], _PLACES[n]
    text = "".join(
        f"<p>Đoạn {k} kể rằng công trình thứ {n * 10 + k} tại {where} đã được bàn giao cho người dân, sớm hơn kế hoạch"
        f" {k + 2} ngày so với hợp đồng đã ký và được nghiệm thu đầy đủ.</p>"
        for k in range(1, 7)
    )
    return f"""<html><head><title>{where} bàn giao công trình thứ {n} cho dân - Báo Mẫu</title></head><body>
<ul class="thanh-menu"><li><a href="/">Trang chủ</a></li><li><a href="/xa-hoi">Xã hội</a></li></ul>
<div class="duong-dan"><a href="/">Trang chủ</a> <a href="/xa-hoi">Xã hội</a></div>
<div class="khung-bai"><div class="ten-bai-viet">{where} bàn giao công trình thứ {n} cho dân</div>
<span class="luc-dang">Thứ Hai, 0{n + 2}/03/2026 - 08:1{n}</span>
<div class="noi-dung-bai">{text}<div class="o-tin-them"><a href="/a-{n}">Cầu mới nối hai bờ sông lớn vừa khởi công sáng nay</a></div>
</div><div class="nguoi-viet">{who}</div></div>
<div class="nhan-bai">Từ khóa: <a href="/tag/cau">cầu {n}</a> <a href="/tag/song">sông</a></div></body></html>"""


@cache
def samples() -> tuple[Sample, ...]:
    addresses = [f"https://bao.example.vn/bai-{n}.html" for n in range(4)]
    return tuple(sample(Answer(url, body=page(n).encode()), Link(url)) for n, url in enumerate(addresses))


@cache
def layout() -> Layout:
    found = learn_layout(samples(), "mau")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("field", "css"),
    [
        ("title", ".ten-bai-viet"), ("body", ".noi-dung-bai"), ("time", ".luc-dang"), ("authors", ".nguoi-viet"),
        ("section", ".duong-dan > a"), ("tags", ".nhan-bai > a"), ("drop", ".o-tin-them"),
    ],
)  # fmt: skip
def test_a_field_is_learned(field: str, css: str) -> None:
    assert css in getattr(layout(), field)


def test_no_page_is_read_worse_than_without_it() -> None:
    assert [agreement(one, layout()) for one in samples()] == [1.0] * 4


def test_a_headline_that_was_taken_for_the_lead_is_none() -> None:
    anonymous = (page(n).replace("</title>", "").replace("<title>", "<title>Báo Mẫu</title><!--") for n in range(4))
    pages = [text.replace("</head>", "--></head>") for text in anonymous]
    titles = [f"{where} bàn giao công trình thứ {n} cho dân" for n, where in enumerate(_PLACES)]
    found = learn_layout(
        [
            sample(Answer(f"https://bao.example.vn/bai-{n}.html", body=text.encode()), Link("/", title=titles[n]))
            for n, text in enumerate(pages)
        ],
        "mau",
    )
    assert found is not None
    assert (found.title, found.lead) == ((".ten-bai-viet",), ())


def test_what_no_page_shows_stays_open() -> None:
    assert layout().lead == ()
    assert layout().caption == ()


def test_a_page_of_no_family_has_none() -> None:
    assert family_of(samples()) is None


def test_a_selector_of_the_time_alone_is_read() -> None:
    assert samples()[1].article.published_at == datetime.fromisoformat("2026-03-03T08:11:00+07:00")

"""Articles on several pages: where they go on, and how their pages become one."""

from __future__ import annotations

import pytest

from crawler.extract import extract, join, page_number

URL = "https://bao.example.vn/duong-ven-bien-thong-xe-123456.html"
FIRST = "Sáng nay, tỉnh thông xe tuyến đường ven biển dài hơn bốn mươi cây số, nối bảy xã với khu kinh tế phía nam."
SECOND = "Công trình được khởi công cách đây ba năm, theo Quyết định 12/QĐ-UBND, với vốn của trung ương và của tỉnh."
THIRD = "Người dân hai bên tuyến bày tỏ vui mừng vì thời gian đi lại được rút ngắn một nửa so với trước đây."


def page(*paragraphs: str, pager: str = "") -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"<h1>Thông xe tuyến đường ven biển dài nhất tỉnh</h1><div class=content>{text}</div>{pager}"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://a.vn/b-123.html", ("a.vn/b-123.html?[]", 1)),
        ("https://www.a.vn/b-123.html?page=2", ("a.vn/b-123.html?[]", 2)),
        ("https://a.vn/b-123.html?id=7&trang=3", ("a.vn/b-123.html?[('id', '7')]", 3)),
        ("https://a.vn/b-123/trang-2.html", ("a.vn/b-123.html?[]", 2)),
        ("https://a.vn/b/2/", ("a.vn/b?[]", 2)),
    ],
)
def test_number_of_a_page_stands_in_its_address(url: str, found: tuple[str, int]) -> None:
    assert page_number(url) == found


@pytest.mark.parametrize(
    ("pager", "address"),
    [
        ('<div><b>1</b> <a rel="next" href="?page=2">2</a></div>', f"{URL}?page=2"),
        ('<div class="phan-trang"><b>1</b> <a href="?trang=2">2</a> <a href="?trang=3">3</a></div>', f"{URL}?trang=2"),
        (f'<link rel="next" href="{URL}?page=2">', f"{URL}?page=2"),
        ('<a rel="next" href="/bai-khac-123457.html">Bài sau</a>', None),
        ('<div class="comments"><div class="pages"><a href="?page=2">2</a></div></div>', None),
        ('<div class="pagination"><a href="/tin-tuc?page=2">2</a></div>', None),
        ('<div class="pagination"><a href="?page=3">3</a></div>', None),
    ],
)
def test_article_goes_on_only_where_its_own_next_page_is(pager: str, address: str | None) -> None:
    following: list[str] = []
    extract(page(FIRST, SECOND, THIRD, pager=pager), URL, following=following)
    assert following == ([address] if address else [])


def test_pages_are_one_article_and_what_they_repeat_stands_once() -> None:
    first = extract(page(FIRST, SECOND), URL)
    second = extract(page(FIRST, THIRD, "Lê An") + '<img src="/x.jpg">', f"{URL}?page=2")
    joined = join(first, second)
    assert joined is not None
    assert joined.body.split("\n") == [FIRST, SECOND, THIRD]
    assert (joined.url, joined.authors, joined.documents) == (URL, ("Lê An",), ("12/QĐ-UBND",))
    assert joined.content_hash == extract(page(FIRST, SECOND, THIRD), URL).content_hash


def test_page_that_repeats_the_text_adds_nothing() -> None:
    first = extract(page(FIRST, SECOND), URL)
    assert join(first, extract(page(FIRST, SECOND), f"{URL}?page=2")) is None

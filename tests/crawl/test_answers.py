"""What a crawl makes of answers that are a page only at second sight: packed, moved, missing, beside a captcha."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawl.served_paper import HTML, PARAGRAPH, Paper, page, served


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Paper]:
    with served(tmp_path) as site:
        yield site


def edited(number: int, text: str) -> bytes:
    return page(number).replace(b"</p></div>", f"</p><p>{text}</p></div>".encode())


def serve_slugs(paper: Paper, *slugs: str) -> None:
    """The feed lists the first article under these slugs, each with a text of its own."""
    status, head, feed = paper.usual("/feed.rss")
    first = f"<item><title>Con đê</title><link>{paper.base}/de-post1.html</link></item>"
    items = "".join(first.replace("de-post1", f"{slug}-post1") for slug in slugs)
    paper.answers["/feed.rss"] = status, head, feed.replace(first.encode(), items.encode())
    for slug in slugs:
        paper.answers[f"/{slug}-post1.html"] = 200, HTML, edited(1, f"Bản sửa {slug}.")


@pytest.mark.parametrize("slugs", [("de-cu", "de-moi"), ("de-moi", "de-cu")])
def test_an_edited_slug_with_the_number_kept_is_a_revision(paper: Paper, slugs: tuple[str, ...]) -> None:
    serve_slugs(paper, *slugs)
    report = paper.crawl()
    assert (report.created, report.revised) == (4, 1)
    found = paper.articles()
    assert sorted(found.values()) == [1, 1, 1, 2]
    assert paper.crawl().new == 0  # both addresses are known for good
    assert paper.articles() == found


def test_an_edited_slug_of_a_later_run_is_a_revision_too(paper: Paper) -> None:
    serve_slugs(paper, "de-cu")
    assert paper.crawl().created == 4
    serve_slugs(paper, "de-moi")
    report = paper.crawl()
    assert (report.created, report.revised) == (0, 1)
    assert paper.articles()["de-cu-post1.html"] == 2


def test_a_number_used_again_for_other_news_stays_an_article_of_its_own(paper: Paper) -> None:
    serve_slugs(paper, "de-cu", "cau-moi")
    when = "<meta property='article:published_time' content='{}T08:00:00+07:00'>"
    for slug, day in (("de-cu", "2026-08-01"), ("cau-moi", "2026-10-05")):
        body = edited(1, slug).replace(b"</head>", when.format(day).encode() + b"</head>")
        paper.answers[f"/{slug}-post1.html"] = 200, HTML, body
    assert paper.crawl().created == 5


def refresh(target: str) -> bytes:
    return f'<html><head><meta http-equiv="refresh" content="0; url={target}"></head><body></body></html>'.encode()


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/x-gzip", ""])
def test_a_page_that_is_gzip_though_nothing_says_so(paper: Paper, kind: str) -> None:
    head = {"Content-Type": kind} if kind else {}
    paper.answers["/de-post1.html"] = 200, head, gzip.compress(page(1)[:200]) + gzip.compress(page(1)[200:])
    report = paper.crawl()
    assert (report.created, report.refused) == (4, {})


def test_a_gzip_that_is_damaged_or_too_large_has_its_word(paper: Paper) -> None:
    paper.answers["/de-post1.html"] = 200, HTML, gzip.compress(page(1))[:-30]
    paper.answers["/de-post2.html"] = 200, HTML, gzip.compress(b"<p>" + b"x" * 30 * 2**20)
    assert paper.crawl().refused == {"unreadable": 1, "too_large": 1}


@pytest.mark.parametrize(
    "target", ["/de-moi-post1.html", "de-moi-post1.html", "http://bendo.localhost:{port}/de-moi-post1.html"]
)
def test_a_page_that_sends_its_reader_on_is_a_redirect(paper: Paper, target: str) -> None:
    paper.answers["/de-post1.html"] = 200, HTML, refresh(target.format(port=paper.port))
    paper.answers["/de-moi-post1.html"] = 200, HTML, page(1)
    report = paper.crawl()
    assert (report.created, report.refused) == (4, {})
    assert "de-moi-post1.html" in paper.articles()


def test_a_source_may_be_moved_too(paper: Paper) -> None:
    paper.answers["/moi.rss"] = paper.usual("/feed.rss")
    paper.answers["/feed.rss"] = 200, HTML, refresh("/moi.rss")
    assert paper.crawl().created == 4


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("https://khac.example.vn/de-post1.html", "redirected"),
        ("http://169.254.169.254/de-post1.html", "private_address"),
        ("/", "soft_404"),
        ("/chuyen-muc/nong-nghiep", "soft_404"),
    ],
)
def test_a_page_never_leads_off_the_site_or_to_no_article(paper: Paper, target: str, reason: str) -> None:
    paper.answers["/de-post1.html"] = 200, HTML, refresh(target)
    report = paper.crawl()
    assert (report.created, report.refused) == (3, {reason: 1})
    assert len(paper.asked) == 6  # robots.txt, the feed, four articles


def test_pages_that_lead_to_each_other_end(paper: Paper) -> None:
    paper.answers["/de-post1.html"] = 200, HTML, refresh("/de-b-post1.html")
    paper.answers["/de-b-post1.html"] = 200, HTML, refresh("/de-post1.html")
    report = paper.crawl()
    assert (report.created, report.refused) == (3, {"redirected": 1})
    assert len(paper.asked) < 15


def test_robots_txt_holds_for_where_a_page_leads(paper: Paper) -> None:
    paper.answers["/robots.txt"] = 200, {"Content-Type": "text/plain"}, b"\xef\xbb\xbfUser-agent: *\nDisallow: /kho/"
    paper.answers["/de-post1.html"] = 200, HTML, refresh("/kho/de-post1.html")
    assert paper.crawl().refused == {"robots": 1}
    assert "/kho/de-post1.html" not in [path for path, _ in paper.asked]


def test_a_captcha_beside_an_article_is_no_wall_and_does_not_end_the_run(paper: Paper) -> None:
    script = b"<script src='https://www.google.com/recaptcha/api.js'></script></body>"
    for number in range(1, 5):
        text = page(number).replace(b"<p>", b"<br>").replace(b"</p>", b"").replace(b"</body>", script)
        paper.answers[f"/de-post{number}.html"] = 200, HTML, text
    assert paper.crawl().created == 4


def test_an_error_page_that_answers_200_is_no_article(paper: Paper) -> None:
    notice = "<p>Bài viết đã được chuyển hoặc bị xóa. Mời bạn quay về trang chủ.</p>"
    heading = "Rất tiếc, bài viết bạn tìm không còn tồn tại"
    body = page(1).decode().replace("Con đê số 1 đã được sửa", heading).replace(PARAGRAPH * 6, notice)
    paper.answers["/de-post1.html"] = 200, HTML, body.encode()
    assert paper.crawl().refused == {"soft_404": 1}

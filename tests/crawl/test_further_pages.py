"""Crawls of articles on several pages, from saved pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.crawl.run import crawl
from crawler.sites import EPI, Feed, Site, Sites
from crawler.store import Store

HOME = "https://bao.example.vn/"
ARTICLE = f"{HOME}duong-ven-bien-post123456.html"
TEXT = (
    "Sáng nay, tỉnh thông xe tuyến đường ven biển dài hơn bốn mươi cây số, nối bảy xã với khu kinh tế phía nam.",
    "Công trình được khởi công cách đây ba năm, với tổng vốn gần năm nghìn tỷ đồng từ ngân sách của tỉnh.",
    "Người dân hai bên tuyến bày tỏ vui mừng vì thời gian đi lại được rút ngắn một nửa so với trước đây.",
)
FEED = f"""<rss version="2.0"><channel><title>Báo</title><item><title>Thông xe tuyến đường</title>
<link>{ARTICLE}</link><pubDate>Mon, 05 Oct 2026 14:30:00 +0700</pubDate></item></channel></rss>"""


def page(number: int, *, last: bool) -> str:
    pager = "" if last else f'<a rel="next" href="?page={number + 1}">{number + 1}</a>'
    return (
        '<h1 class="article__title cms-title">Thông xe tuyến đường ven biển</h1>'
        '<div class="article__meta"><time class=time datetime="2026-10-05T14:30:00+0700">05/10/2026 14:30</time></div>'
        f'<div class="article__body cms-body"><p>{TEXT[number - 1]}</p></div>{pager}'
    )


def bodies(folder: Path, pages: dict[str, str]) -> list[str]:
    """The bodies that a crawl stores which is answered by the feed and these pages."""
    rows = ["url\tfile", f"{HOME}home.rss\tfeed.rss"]
    (folder / "feed.rss").write_text(FEED, "utf-8")
    for number, (url, html) in enumerate(pages.items()):
        (folder / f"{number}.html").write_text(f'<meta charset="utf-8">{html}', "utf-8")
        rows.append(f"{url}\t{number}.html")
    (folder / "replay.tsv").write_text("\n".join(rows) + "\n", "utf-8")
    site = Site(
        name="bao",
        publisher="Báo",
        home=HOME,
        tier="press",
        sources=(Feed(f"{HOME}home.rss"),),
        article=r"-post\d+\.html",
        layout=EPI,
    )
    address = f"sqlite:///{folder}/store.db"
    crawl(Sites([site]), store_url=address, replay=folder)
    with Store.open(address) as store:
        return [found.article.body for url in (ARTICLE, f"{ARTICLE}?page=2") if (found := store.page(url))]


def test_pages_of_an_article_are_stored_as_one(tmp_path: Path) -> None:
    pages = {
        ARTICLE: page(1, last=False),
        f"{ARTICLE}?page=2": page(2, last=False),
        f"{ARTICLE}?page=3": page(3, last=True),
    }
    assert bodies(tmp_path, pages) == ["\n".join(TEXT)]


@pytest.mark.parametrize("second", [None, "<title>Không tìm thấy trang</title>", page(1, last=False)])
def test_article_ends_where_its_next_page_is_none(tmp_path: Path, second: str | None) -> None:
    pages = {ARTICLE: page(1, last=False)} | ({f"{ARTICLE}?page=2": second} if second else {})
    assert bodies(tmp_path, pages) == [TEXT[0]]

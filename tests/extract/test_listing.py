"""Home, section, topic and search pages are refused; pages of one story with lists around it are not."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from crawler.errors import Discard, Quarantine, Refusal
from crawler.extract import extract
from crawler.sites import load_sites

URL = "https://so.example.gov.vn/tin-tuc"
SAPO = "Sáng 5/3, Bộ Nội vụ họp với các địa phương về phương án tiền lương mới cho cán bộ cấp xã sau sắp xếp."
TEXT = (
    2 * "Các địa phương được yêu cầu gửi ý kiến trước ngày 20/3 để cơ quan soạn thảo hoàn thiện hồ sơ trình Chính phủ. "
)
SITE = "Sở Nội vụ tỉnh Mẫu"
SIDE = "".join(f"<li><a href=/tin-tuc/{n}.html>Tin số {n} của sở trong tuần này</a></li>" for n in range(10001, 10009))


def items(form: str, count: int = 8) -> str:
    return "".join(
        form.format(link=f"<a href=/tin-tuc/tin-{n}.html>Bộ Nội vụ họp lần {n} về tiền lương</a>", text=f"{n}. {SAPO}")
        for n in range(10001, 10001 + count)
    )


def listing(title: str, body: str) -> str:
    return f"<html><head><title>{title} - {SITE}</title></head><body><h1>{title}</h1><div>{body}</div></body></html>"


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Tin tức", items("<div><h3>{link}</h3><span>05/03/2026</span></div>")),
        ("Tin tức", items("<div>{link}<p>{text}</p></div>")),
        ("Tin tức hoạt động của sở", items("<div class=item>{link}<div class=sapo>{text}</div></div>", 12)),
        ("Chủ đề: Bầu cử Quốc hội khóa XVI", f"<p>{TEXT}</p>" + items("<div><h3>{link}</h3></div>")),
        ("Kết quả tìm kiếm: tiền lương", items("<ul><li>{link} <i>05/03/2026 08:00</i> {text}</li></ul>")),
        ("Trang chủ", f"<h2><a href=/tin-tuc/tin-1.html>Bộ Nội vụ họp về lương</a></h2><div><p>{4 * TEXT}</p></div>"),
    ],
)
def test_list_of_stories_is_no_article(title: str, body: str) -> None:
    with pytest.raises(Discard) as refused:
        extract(listing(title, body), URL)
    assert refused.value.reason is Refusal.NOT_ARTICLE


def test_home_page_is_no_article_however_much_it_says() -> None:
    page = listing(SITE, f"<div><p>{TEXT}</p><p>{TEXT}</p><p>{TEXT[::-1]}</p></div><ul>{SIDE}</ul>")
    with pytest.raises(Discard) as refused:
        extract(page, "https://so.example.gov.vn/")
    assert refused.value.reason is Refusal.NOT_ARTICLE


def story(head: str = "", under: str = "", text: str = f"<p>{TEXT}</p>") -> str:
    title = "Bộ Nội vụ họp về tiền lương"
    return f"""<html><head><title>{title} - {SITE}</title>{head}</head><body><div class=trai><h1>{title}</h1>{under}
    <div class=noi-dung>{text}</div></div><div class=phai><ul>{SIDE}</ul></div></body></html>"""


@pytest.mark.parametrize(
    "page",
    [
        story('<meta property="article:published_time" content="2026-03-05T08:00:00+07:00">'),
        story('<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Họp về tiền lương"}</script>'),
        story(under="<span>05/03/2026 08:00</span>"),
        story(text=f"<p>{TEXT}</p><p>{TEXT[::-1]}</p>"),
        story(text=f"<p>{TEXT}</p><p>{TEXT[::-1]}</p><ul>{SIDE}</ul>"),
    ],
)
def test_short_story_with_lists_around_it_is_read(page: str) -> None:
    assert TEXT.strip() in extract(page, URL + "/hop-12345.html").body


def test_unread_page_under_an_articles_address_is_kept_for_repair() -> None:
    page = listing("Không rõ", items("<div><h3>{link}</h3></div>"))
    site = load_sites()["nhandan"]
    with pytest.raises(Quarantine):
        extract(page, "https://nhandan.vn/bo-noi-vu-hop-ve-tien-luong-post976641.html", site=site)
    with pytest.raises(Discard):
        extract(page, "https://nhandan.vn/thoi-su/", site=site)


CORPUS = Path(os.environ.get("THOISU_CORPUS") or "nowhere")
LISTINGS = sorted(CORPUS.glob("listings/*.html"))


@pytest.mark.skipif(not LISTINGS, reason="real listings are not read: set THOISU_CORPUS to the corpus folder")
@pytest.mark.parametrize("path", LISTINGS, ids=lambda path: path.stem)
@pytest.mark.parametrize("known", [True, False])
def test_real_listings_are_refused(path: Path, known: bool) -> None:
    url = json.loads(path.with_suffix(".json").read_text("utf-8"))["url"]
    with pytest.raises(Discard) as refused:
        extract(path.read_bytes(), url, site=load_sites().find(url) if known else None)
    assert refused.value.reason is Refusal.NOT_ARTICLE

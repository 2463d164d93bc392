"""Fields that a known site's layout does not find are taken from the generic reading."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from crawler.extract import extract
from crawler.items import Article
from crawler.sites import EPI, Listing, Site, load_sites

URL = "https://bao.example.vn/bo-noi-vu-hop-ve-tien-luong-post123456.html"
LEAD = "Phương án tiền lương mới được bàn trong một ngày với các địa phương cả nước."
TEXT = "Sáng 5/3, Bộ Nội vụ họp với các địa phương về phương án tiền lương mới cho cán bộ cấp xã sau sắp xếp."
SITE = Site(
    publisher="Báo Mẫu",
    home="https://bao.example.vn/",
    tier="press",
    sources=(Listing("https://bao.example.vn/"),),
    article=r"-post\d+\.html$",
    layout=replace(EPI, name="mau"),
)


def page(head: str, above: str = "", meta: str = "") -> Article:
    markup = f"""<html><head>{meta}</head><body><section class=khung><section class=cot>{above}
    <h1 class="article__title">Bộ Nội vụ họp về tiền lương</h1>{head}
    <div class="article__body"><p>{TEXT}</p><p>{TEXT[::-1]}</p></div></section></section></body></html>"""
    return extract(markup, URL, site=SITE)


def test_lead_and_time_under_other_names_are_found() -> None:
    article = page(f"<span class=luc>05/03/2026 09:15</span><h2 class=tom-tat>{LEAD}</h2>")
    assert (article.layout, article.lead, article.body.split("\n")[0]) == ("mau", LEAD, TEXT)
    assert article.published_at == datetime.fromisoformat("2026-03-05T09:15+07:00")


def test_time_above_the_headline_is_found_and_mends_the_zone_of_the_metadata() -> None:
    stated = '<meta property="article:published_time" content="2026-03-05T09:15:42+08:00">'
    article = page("", "<header><span class=time>Thứ năm, 5/3/2026, 09:15 (GMT+7)</span></header>", stated)
    assert article.published_at == datetime.fromisoformat("2026-03-05T09:15:42+07:00")


def test_what_the_layout_finds_is_not_replaced() -> None:
    known = f'<div class="article__sapo">{LEAD}</div><div class=article__meta><p class=time>05/03/2026 09:15</p></div>'
    article = page(f"<h2 class=tom-tat>{LEAD[::-1]}</h2>{known}<i>06/03/2026 10:00</i>")
    assert article.lead == LEAD
    assert article.published_at == datetime.fromisoformat("2026-03-05T09:15+07:00")


def test_who_signed_is_found_where_the_layout_names_no_byline() -> None:
    head = "<div><span>05/03/2026 09:15</span> <span class=x>Tác giả: Lê Văn An</span></div>"
    assert page(head).authors == ()
    unnamed = replace(SITE, layout=replace(EPI, name="mau", authors=()))
    markup = f"""<html><body><div><h1 class="article__title">Bộ Nội vụ họp về tiền lương</h1>{head}
    <div class="article__body"><p>{TEXT}</p><p>{TEXT[::-1]}</p></div></div></body></html>"""
    assert extract(markup, URL, site=unnamed).authors == ("Lê Văn An",)
    behind = markup.replace("</body>", "<p class=art-writer>Trần Văn Bình</p></body>").replace("Tác giả: Lê Văn An", "")
    assert extract(behind, URL, site=unnamed).authors == ("Trần Văn Bình",)
    whole = replace(SITE, layout=replace(EPI, name="mau", authors=(), body=("body > div",)))
    assert extract(markup, URL, site=whole).authors == ("Lê Văn An",)


def test_captions_links_and_dates_between_headline_and_text_are_no_lead() -> None:
    caption = f"<figure><img src=/a.jpg><figcaption>{LEAD}</figcaption></figure>"
    article = page(f"{caption}<p>Thứ Năm, 05/03/2026 09:15</p><div><a href=/b-1.html>{LEAD[::-1]}</a></div>")
    assert article.lead is None


CASES = Path(os.environ.get("THOISU_CASES") or "nowhere")
GOLDS = sorted(CASES.glob("pages/gold/*.json"))


@pytest.mark.parametrize(("href", "authors"), [("/doi-song", ()), ("/tac-gia/doi-song", ("ĐỜI SỐNG",))])
def test_the_name_of_a_section_beside_the_time_signs_nothing(href: str, authors: tuple[str, ...]) -> None:
    unnamed = replace(SITE, layout=replace(EPI, name="mau", authors=()))
    markup = f"""<html><body><ul><li><a href="{href}">Đời sống</a></li></ul><div>
    <h1 class="article__title">Bộ Nội vụ họp về tiền lương</h1><div><i>ĐỜI SỐNG</i> <span>05/03/2026 09:15</span></div>
    <div class="article__body"><p>{TEXT}</p><p>{TEXT[::-1]}</p></div></div></body></html>"""
    assert extract(markup, URL, site=unnamed).authors == authors


def test_a_headline_that_asks_is_one_where_all_of_it_is_a_link() -> None:
    asked = "Vì sao phương án tiền lương mới chưa tới các xã vùng cao?"
    linked = f'<div class="article__body"><p>{TEXT}</p><p><a href=/b-1.html>{asked}</a></p><p>{TEXT[::-1]}</p>'
    lines = page("").body.split("\n")
    markup = f'<html><body><div><h1 class="article__title">Bộ Nội vụ họp về tiền lương</h1>{linked}</div></body></html>'
    assert extract(markup, URL, site=SITE).body.split("\n") == lines
    spoken = markup.replace(f"<a href=/b-1.html>{asked}</a>", f"Ông hỏi: {asked}")
    assert len(extract(spoken, URL, site=SITE).body.split("\n")) == 3


def test_a_box_of_links_that_opens_the_text_takes_nothing_but_itself() -> None:
    lead = f"<p class=tom-tat>{LEAD} {LEAD[::-1]} {LEAD}</p>"
    box = "".join(f"<li><a href=/b-{n}.html>Bộ Nội vụ lấy ý kiến về dự thảo {n}</a></li>" for n in range(3))
    text = [f"{TEXT} {LEAD} Lần {n}." for n in range(4)]
    markup = f"""<html><body><article><header><h1 class="article__title">Bộ Nội vụ họp về tiền lương</h1>{lead}</header>
    <div class="article__body"><div class=kem><b>Có thể bạn quan tâm</b><ul>{box}</ul></div>
    {"".join(f"<p>{line}</p>" for line in text)}</div></article></body></html>"""
    whole = replace(SITE, layout=replace(EPI, name="mau", body=("article",)))
    assert extract(markup, URL, site=whole).body.split("\n")[-4:] == text


@cache
def _read(path: Path, *, known: bool) -> Article:
    url = json.loads(path.read_text("utf-8"))["url"]
    html = (CASES / "pages" / "pages" / f"{path.stem}.html").read_bytes()
    return extract(html, url, site=load_sites().find(url) if known else None)


@pytest.mark.skipif(not GOLDS, reason="real pages are not read: set THOISU_CASES to the folder of cases")
@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("path", GOLDS, ids=lambda path: path.stem)
def test_title_and_time_of_real_pages_are_read_as_annotated(path: Path, known: bool) -> None:
    gold, article = json.loads(path.read_text("utf-8")), _read(path, known=known)
    assert article.title == gold["title"]
    if gold["published_at"]:
        assert article.published_at == datetime.fromisoformat(gold["published_at"])

"""The traps of real markup, each on a page of our own words."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.errors import Discard, Quarantine, Refusal
from crawler.extract import FALLBACK, Dropped, extract
from crawler.items import Article
from crawler.sites import EPI, EPI_PAST, VCCORP, Listing, Site

URL = "https://bao.example.vn/bo-noi-vu-hop-ve-tien-luong-post123456.html"
FIRST = "Sáng 5/3, Bộ Nội vụ họp với các địa phương về phương án tiền lương mới cho cán bộ cấp xã sau sắp xếp."
SECOND = "Theo dự thảo, mức phụ cấp được tính theo vùng và theo khối lượng công việc thực tế của từng vị trí việc làm."
THIRD = "Các địa phương được yêu cầu gửi ý kiến trước ngày 20/3 để cơ quan soạn thảo hoàn thiện hồ sơ trình Chính phủ."
HOUR = timezone(timedelta(hours=7))


def epi(body: str, *, head: str = "", before: str = "", after: str = "") -> str:
    return f"""<!doctype html><html><head><meta charset=utf-8>
    <meta property="article:published_time" content="2026-03-05T09:15:42+07:00">{head}</head><body>
    <h1 class="article__title cms-title">Bộ Nội vụ họp về tiền lương</h1>
    <div class="article__meta"><time class=time datetime="2026-03-05T09:15:42+0700">Thứ Năm, ngày 05/03/2026 - 09:15</time></div>
    <div class="article__sapo cms-desc">NDO - Phương án tiền lương mới được bàn trong một ngày.</div>{before}
    <div class="article__body zce-content-body cms-body">{body}</div>{after}</body></html>"""


def body_of(html: str, **kwargs: object) -> list[str]:
    return extract(html, URL, **kwargs).body.split("\n")  # type: ignore[arg-type]


def test_plain_article_gives_every_field() -> None:
    page = epi(
        f'<p>{FIRST}</p><p>{SECOND}</p><div class="article__author"><p class="name">Minh An (TTXVN)</p></div>',
        after='<div class="article__tag"><a>#tiền lương</a><a>#cán bộ xã</a><a>Hà Nội</a></div>',
    )
    article = extract(page, URL)
    assert (article.title, article.lead, article.dateline) == (
        "Bộ Nội vụ họp về tiền lương",
        "Phương án tiền lương mới được bàn trong một ngày.",
        "NDO",
    )
    assert article.body == f"{FIRST}\n{SECOND}"
    assert article.authors == ("Minh An",)
    assert article.published_at == datetime(2026, 3, 5, 9, 15, 42, tzinfo=HOUR)
    assert article.published_precision == "second"
    assert article.tags == ("tiền lương", "cán bộ xã")
    assert (article.kind, article.layout, article.site) == ("article", "epi", None)
    assert Article.from_dict(article.to_dict()) == article


def test_a_box_that_ends_an_article_is_cut_whole_although_it_holds_sentences() -> None:
    comment = f"{THIRD} {SECOND}"
    comments = f"<div><h3>Ý kiến bạn đọc</h3><p>{comment}</p><p>{comment[::-1]}.</p></div>"
    assert body_of(epi(f"<p>{FIRST}</p><p>{SECOND}</p>{comments}")) == [FIRST, SECOND]
    # With no article above it, the same words are a headline over the article's own text.
    assert comment in body_of(epi(f"{comments}<p>{FIRST}</p><p>{SECOND}</p>"))


def test_inline_links_and_split_words_stay_whole() -> None:
    paragraph = f'<p>T<span>rước</span> <a class="cms-relate" href="/x">hội nghị</a>,{FIRST[8:]}</p>'
    assert body_of(epi(paragraph + f"<p>{SECOND}</p>"))[0] == f"Trước hội nghị,{FIRST[8:]}"


def test_ad_class_on_a_paragraph_is_no_reason_to_cut() -> None:
    assert SECOND in body_of(epi(f'<p>{FIRST}</p><p class="ads-detail-center">{SECOND}</p><p>{THIRD}</p>'))


@pytest.mark.parametrize(
    "box",
    [
        '<div class="related-news"><h3>Tin liên quan</h3><a href="/a">Lương tối thiểu vùng tăng từ tháng bảy năm nay</a></div>',
        '<div><p><b>Có thể bạn quan tâm</b></p><ul><li><a href="/a">Lương tối thiểu vùng tăng từ tháng bảy</a></li></ul></div>',
        '<p>Đọc thêm:</p><p><a href="/a">Lương tối thiểu vùng tăng từ tháng bảy năm nay</a></p>',
        '<p><a href="/a">&gt;&gt; Lương tối thiểu vùng tăng từ tháng bảy năm nay</a></p>',
        '<article class="story"><a href="/a"><img src="/i.jpg">Lương tối thiểu vùng tăng từ tháng bảy năm nay</a>'
        "<p>Hội đồng Tiền lương quốc gia đã chốt phương án trình Chính phủ xem xét.</p></article>",
        "<p>Mời quý độc giả theo dõi Báo trên Google News</p>",
        '<table class="article__related"><tr><th>TIN LIÊN QUAN</th></tr><tr><td><a href="/a">Lương tối thiểu tăng nhẹ</a></td></tr></table>',
    ],
)
def test_related_box_goes_and_the_article_goes_on(box: str) -> None:
    assert body_of(epi(f"<p>{FIRST}</p>{box}<p>{SECOND}</p><p>{THIRD}</p>")) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    "line",
    [
        "Người dân được mời đọc thêm tài liệu và cho ý kiến, tin liên quan được đăng trên cổng thông tin của bộ.",
        "“Có thể bạn quan tâm đến mức lương, nhưng điều quan trọng hơn là vị trí việc làm”, ông nói với các đại biểu.",
        "Theo dõi trên cả nước cho thấy 63 % số xã đã hoàn thành việc sắp xếp, ông cho biết thêm tại hội nghị.",
    ],
)
def test_phrase_inside_a_sentence_stays(line: str) -> None:
    assert line in body_of(epi(f"<p>{FIRST}</p><p>{line}</p><p>{THIRD}</p>"))


def test_subheading_that_sounds_like_a_box_does_not_take_the_text_below() -> None:
    got = body_of(epi(f"<div><p>{FIRST}</p><h3>Tin mới</h3><p>{SECOND}</p><p>{THIRD}</p></div>"))
    assert got == [FIRST, SECOND, THIRD]


def test_link_of_a_decree_is_text_and_link_of_a_story_is_not() -> None:
    decree = "Nghị định số 85/2026/NĐ-CP"
    got = body_of(
        epi(
            f'<p>{FIRST}</p><p><a href="/vb">{decree}</a></p><p><a href="/a">Lương tăng từ tháng bảy tới</a></p><p>{SECOND}</p>'
        )
    )
    assert got == [FIRST, decree, SECOND]


def test_sibling_figcaption_serves_both_pictures_and_is_no_text() -> None:
    pictures = (
        '<div class="layout-image-2"><figure><img src="data:image/gif;base64,x" data-src="/1.jpg"></figure>'
        '<figure><img data-src="/2.jpg"></figure><figcaption>Quang cảnh hội nghị. (Ảnh: Lê Minh)</figcaption></div>'
    )
    article = extract(epi(f"<p>{FIRST}</p>{pictures}<p>{SECOND}</p>"), URL)
    assert [(image.url[-6:], image.caption) for image in article.images] == [
        ("/1.jpg", "Quang cảnh hội nghị. (Ảnh: Lê Minh)"),
        ("/2.jpg", "Quang cảnh hội nghị. (Ảnh: Lê Minh)"),
    ]
    assert article.body == f"{FIRST}\n{SECOND}"


def test_caption_given_twice_appears_once() -> None:
    caption = "Đại biểu biểu quyết. (Ảnh: Lê Minh)"
    page = epi(
        f'<p>{FIRST}</p><figure><img src="/1.jpg"><figcaption>{caption}</figcaption></figure><p>{caption}</p><p>{SECOND}</p>'
    )
    article = extract(page, URL)
    assert caption not in article.body
    assert [image.caption for image in article.images] == [caption]


def test_picture_story_gives_its_captions_as_text() -> None:
    long = [FIRST, SECOND]
    figures = "".join(
        f'<figure><img data-src="/{n}.jpg"><figcaption>{text}</figcaption></figure>' for n, text in enumerate(long)
    )
    article = extract(epi(figures), URL)
    assert (article.kind, article.body) == ("photo", f"{FIRST}\n{SECOND}")


def test_video_page_with_only_a_summary_gives_the_summary() -> None:
    page = epi(
        '<div class="video-player"><video src="/v.mp4"></video></div>', before='<div class="article--video"></div>'
    )
    article = extract(page, URL)
    assert (article.kind, article.lead, article.body) == (
        "video",
        None,
        "Phương án tiền lương mới được bàn trong một ngày.",
    )


def test_sapo_repeated_in_the_body_stands_once() -> None:
    got = body_of(epi(f"<p>NDO - Phương án tiền lương mới được bàn trong một ngày.</p><p>{FIRST}</p>"))
    assert got == [FIRST]


def test_rows_of_a_data_table_are_lines() -> None:
    table = (
        "<table><tr><th>Vùng</th><th>Mức</th></tr><tr><td><p>Vùng I</p></td><td><p>5.310.000 đồng</p></td></tr></table>"
    )
    assert body_of(epi(f"<p>{FIRST}</p>{table}<p>{SECOND}</p>"))[1:3] == ["Vùng Mức", "Vùng I 5.310.000 đồng"]


def test_text_in_divisions_and_breaks_is_cut_into_paragraphs() -> None:
    assert body_of(epi(f"<div>{FIRST}<br><br>{SECOND}</div><div>{THIRD}</div>")) == [FIRST, SECOND, THIRD]


def test_first_of_two_articles_on_a_page_is_read() -> None:
    following = f'<h1 class="article__title">Bài khác</h1><div class="article__body cms-body"><p>{THIRD * 3}</p></div>'
    article = extract(epi(f"<p>{FIRST}</p><p>{SECOND}</p>", after=following), URL)
    assert (article.title, article.body) == ("Bộ Nội vụ họp về tiền lương", f"{FIRST}\n{SECOND}")


def test_empty_popup_of_the_same_role_is_passed_over() -> None:
    page = f"""<h1 data-role=title>Tiêu đề bài</h1><div data-role=content class="detail-content afcbc-body"></div>
    <div data-role=content class="detail-content afcbc-body"><p>{FIRST}</p><p>{SECOND}</p></div>"""
    article = extract(page, URL)
    assert (article.layout, article.body) == ("vccorp", f"{FIRST}\n{SECOND}")


def test_content_box_is_text_and_related_box_is_not() -> None:
    page = f"""<h1 data-role=title>Tiêu đề bài</h1><div data-role=content class="detail-content afcbc-body"><p>{FIRST}</p>
    <div class="VCSortableInPreviewMode" type="content"><h3>Mức phụ cấp</h3><p>{SECOND}</p></div>
    <div class="VCSortableInPreviewMode" type="RelatedOneNews"><a href="/b">Tin khác đáng chú ý trong ngày</a><p>{THIRD}</p></div></div>"""
    assert body_of(page) == [FIRST, "Mức phụ cấp", SECOND]


def test_false_utc_is_local_time() -> None:
    page = epi(f"<p>{FIRST}</p><p>{SECOND}</p>").replace("2026-03-05T09:15:42+07:00", "2026-03-05T09:15:42Z")
    page = page.replace('datetime="2026-03-05T09:15:42+0700"', "")
    assert extract(page, URL).published_at == datetime(2026, 3, 5, 9, 15, 42, tzinfo=HOUR)


def test_missing_dates_stay_unknown() -> None:
    page = f"<h1>Thông báo về tiền lương</h1><div><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p></div>"
    article = extract(page, URL)
    assert (article.published_at, article.modified_at, article.published_raw) == (None, None, None)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ('<p style="text-align: right;"><strong>Hà Thu</strong> (tổng hợp)</p>', ("Hà Thu",)),
        ('<p align="right"><b>Lê An - Mai Bình</b></p>', ("Lê An", "Mai Bình")),
        ("<p>Theo TTXVN</p>", ()),
        ("<p>Minh Châu</p>", ("Minh Châu",)),
    ],
)
def test_byline_at_the_end_of_the_body_is_no_text(line: str, names: tuple[str, ...]) -> None:
    article = extract(epi(f"<p>{FIRST}</p><p>{SECOND}</p>{line}"), URL)
    assert (article.body, article.authors) == (f"{FIRST}\n{SECOND}", names)


def test_explain_names_each_dropped_block_and_its_rule() -> None:
    dropped: list[Dropped] = []
    box = '<div class="related-news"><a href="/a">Lương tối thiểu vùng tăng</a></div>'
    extract(epi(f"<p>{FIRST}</p>{box}<p>Xem thêm: Lương tối thiểu</p><p>{SECOND}</p>"), URL, explain=dropped)
    assert Dropped("Lương tối thiểu vùng tăng", "container: .related-news") in dropped
    assert any(item.text == "Xem thêm: Lương tối thiểu" and item.rule.startswith("line") for item in dropped)


def test_known_site_with_another_markup_is_marked_fallback() -> None:
    site = Site(publisher="Báo Thử", home="https://bao.example.vn/", tier="press", article=r"-post\d+\.html$", layout=VCCORP,
                sources=(Listing("https://bao.example.vn/tin"),))  # fmt: skip
    html = epi(f"<p>{FIRST}</p><p>{SECOND}</p>")
    assert extract(html, URL, site=site).layout == FALLBACK
    assert extract(html, URL).layout == EPI.name


def test_list_of_cards_with_long_sapos_is_not_taken_for_a_short_article() -> None:
    card = f"<div><h3><a href='/x'>Một tin khác trong ngày hôm nay</a></h3><p>{SECOND} {THIRD}</p></div>"
    page = f"<html><head><title>Thông báo ngắn</title></head><h1>Thông báo ngắn</h1><div id=b><p>{FIRST}</p></div><div>{card * 8}</div>"
    page = page.replace("</p></div>", f"</p><p>{THIRD}</p></div>", 1)
    assert body_of(page) == [FIRST, THIRD]


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("", Refusal.NOT_HTML),
        ("%PDF-1.7 binary", Refusal.NOT_HTML),
        (
            "<html><body><h1 class='article__title'>Tiêu đề</h1><div class='article__body'></div></body></html>",
            Refusal.NO_BODY,
        ),
        ("<div><p>ngắn</p></div>", Refusal.NO_TITLE),
        ("<div>" * 200_000, Refusal.UNREADABLE),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(html: str, reason: Refusal) -> None:
    with pytest.raises((Discard, Quarantine)) as caught:
        extract(html, URL)
    assert caught.value.reason == reason


def test_script_in_a_title_is_text() -> None:
    page = epi(f"<p>{FIRST}</p><p>{SECOND}</p>").replace(
        "Bộ Nội vụ họp về tiền lương", "Họp &lt;script&gt;alert(1)&lt;/script&gt;<script>x()</script>"
    )
    assert extract(page, URL).title == "Họp <script>alert(1)</script>"


@pytest.mark.parametrize("tag", ["div", "span", "blockquote"])
def test_nested_markup_does_not_break_the_reader(tag: str) -> None:
    page = epi(f"<{tag}>" * 900 + FIRST + f"</{tag}>" * 900 + f"<p>{SECOND}</p>")
    assert FIRST in extract(page, URL).body


@settings(max_examples=60)
@given(st.binary(max_size=400), st.integers(0, 1200))
def test_damaged_pages_are_read_or_refused(noise: bytes, at: int) -> None:
    page = epi(f"<p>{FIRST}</p><p>{SECOND}</p>").encode()
    damaged = page[:at] + noise + page[at + len(noise) :]
    try:
        article = extract(damaged, URL)
    except (Discard, Quarantine):
        return
    assert article.body
    assert "\x00" not in article.body


def test_compressed_bytes_are_not_taken_for_a_page() -> None:
    with pytest.raises((Discard, Quarantine)):
        extract(gzip.compress(b"<p>x</p>" * 100), URL)


def test_layout_of_the_past_reads_what_the_present_one_does_not_match() -> None:
    site = Site(
        publisher="Báo Thử", home="https://bao.example.vn/", tier="press", sources=(Listing("https://bao.example.vn/"),),
        article=r"-post\d+\.html$", layout=EPI, past=(EPI_PAST,),
    )  # fmt: skip
    old = f"""<!doctype html><h1 class="box-title-detail entry-title">Bộ Nội vụ họp về tiền lương</h1>
    <div class=box-date>Thứ Năm, 05-03-2020, 09:15|</div><div class=box-des-detail><p>Phương án mới được bàn.</p></div>
    <div class=detail-content-body><p>{FIRST}</p><p>{SECOND}</p></div>"""
    article = extract(old, URL, site=site)
    assert (article.layout, article.lead, article.body) == ("epi", "Phương án mới được bàn.", f"{FIRST}\n{SECOND}")
    # Where the present one matches, a class name of the past is only a name.
    new = epi(f"<p>{FIRST}</p><div class=item-content><p>{SECOND}</p></div><p>{THIRD}</p>")
    assert extract(new, URL, site=site) == extract(new, URL, site=replace(site, past=()))

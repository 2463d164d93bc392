"""Markup as papers write it that put another's time, a box or a byline where the article's own parts belong."""

from __future__ import annotations

import pytest

from crawler.extract import extract
from crawler.extract.boilerplate import split_dateline
from crawler.extract.byline import names
from crawler.items import Article
from crawler.sites import load_sites

TITLE = "Khánh thành hồ chứa nước ngọt lớn nhất miền Tây"
LEAD = "Hồ rộng hơn trăm héc-ta bảo đảm nước sinh hoạt cho tám xã ven biển trong mùa khô hạn."
TEXT = [
    "Sáng nay, hồ chứa nước ngọt rộng hơn trăm héc-ta ở cửa sông được khánh thành sau ba năm thi công liên tục.",
    "Công trình trữ được hai triệu mét khối, đủ dùng cho tám xã ven biển suốt những tháng nước mặn lấn sâu.",
    "Chủ đầu tư cho biết toàn bộ vốn lấy từ ngân sách tỉnh, thấp hơn dự toán ban đầu gần bốn mươi tỷ đồng.",
    "Nông dân trong vùng mừng vì từ nay không phải mua từng can nước với giá cao gấp mười lần nước máy.",
]
BODY = "".join(f"<p>{text}</p>" for text in TEXT)
CARD = "Tỉnh bên khởi công hai cống ngăn mặn trên sông lớn"


def page(
    body: str,
    *,
    meta: str = "",
    head: str = "",
    behind: str = "",
    url: str = "https://bao.example.vn/ho-nuoc-102261005143000123.htm",
) -> Article:
    """A page of a VCCorp paper."""
    return extract(
        f'<title>{TITLE}</title><meta property="og:title" content="{TITLE}">{meta}<div class="detail">'
        f'<h1 class="detail-title" data-role="title">{TITLE}</h1>{head}<h2 class="detail-sapo" data-role="sapo">{LEAD}'
        f'</h2><div class="detail-content afcbc-body" data-role="content">{body}</div>{behind}</div>',
        url,
    )


def stranger(body: str, head: str = "", behind: str = "") -> Article:
    """A page of a paper that nobody described."""
    return extract(
        f'<title>{TITLE} - Báo tỉnh</title><meta property="og:title" content="{TITLE}"><div class="wrap"><h1>{TITLE}'
        f'</h1>{head}<div class="noi-dung">{body}</div>{behind}</div>',
        "https://tinh.example.vn/tin/ho-nuoc-12345.html",
    )


def at(article: Article) -> str:
    return article.published_at.isoformat() if article.published_at else ""


def test_time_in_the_card_of_another_story_is_not_taken() -> None:
    card = (
        f'<div class="item"><h3><a href="/b-1.htm">{CARD}</a></h3><div class="detail-time">01/10/2026 16:04</div></div>'
    )
    stated = '<meta property="article:published_time" content="2026-10-05T14:30:00+07:00">'
    assert at(page(BODY, meta=stated, behind=card)) == "2026-10-05T14:30:00+07:00"
    assert at(page(BODY, behind=card)) == ""
    own = '<div class="detail-time">05/10/2026 14:30</div>'
    assert at(page(BODY, head=own, behind=card)) == "2026-10-05T14:30:00+07:00"


def test_time_beside_an_author_whose_name_is_a_linked_heading_is_taken() -> None:
    head = (
        '<div class="meta-box"><div class="who"><h4><a class="cms-author" href="/author/le-an-1">Lê Thị An</a></h4></div>'
        '<div class="meta"><time>07:53 - 13/04/2020</time><a href="#">Báo tỉnh</a></div></div>'
    )
    assert at(stranger(BODY, head)) == "2020-04-13T07:53:00+07:00"


def test_the_day_in_the_head_of_the_site_is_no_time_of_the_article() -> None:
    site = load_sites()["bnews"]
    html = (
        f'<title>{TITLE}</title><meta property="og:title" content="{TITLE}"><script type="application/ld+json">'
        f'{{"@type": "NewsArticle", "headline": "{TITLE}", "datePublished": "2026-10-04T16:22:56+07:00"}}</script>'
        '<header><time class="b-time-hd" id="currentDate">Thứ 2, Ngày 05/10/2026</time></header><main>'
        f'<article><h1 class="font-42">{TITLE}</h1><div class="lr-ct"><div class="lr-summary-post"><p>BNEWS <b>{LEAD}</b>'
        f'</p></div>{BODY}<div class="lr-author">Văn An/Bnews/vnanet.vn</div></div></article><div class="b-item-news"><h3>'
        f'<a href="/b/1.html">{CARD}</a></h3><time>16:04\' - 04/10/2026</time></div></main>'
    )
    article = extract(html, "https://bnews.vn/ho-nuoc/435525.html", site=site)
    assert at(article) == "2026-10-04T16:22:56+07:00"
    assert article.authors == ("Văn An",)
    assert article.body.split("\n") == TEXT


@pytest.mark.parametrize(
    "line",
    [
        '<div class="foot">Văn An/Bnews/baotinh.vn</div>',
        "<p>Văn An</p><p>- 19:30 05/10/2026</p>",
        "<p><strong>Văn An</strong></p><p>05/10/2026 - 19:30</p>",
        '<p style="text-align:right"><strong>Văn An</strong></p><p><em>(Nguồn: Bộ Nội vụ)</em></p>',
    ],
)
def test_signature_with_a_host_or_above_a_time_is_cut(line: str) -> None:
    more = [
        f"Hạng mục thứ {number} được bàn giao sớm hơn kế hoạch một tháng theo hợp đồng đã ký." for number in range(8)
    ]
    article = stranger(BODY + "".join(f"<p>{text}</p>" for text in more) + line)
    assert article.body.split("\n") == TEXT + more
    assert "Văn An" in article.authors


@pytest.mark.parametrize(
    ("byline", "signed"),
    [
        ("K Kim Phong 15:21, 14/08/2026", ("Kim Phong",)),
        ("By Viet Tuan November 5, 2024 | 09:30 am GMT+7", ("Viet Tuan",)),
        ("Y Thịnh", ("Y Thịnh",)),
    ],
)
def test_avatar_and_english_date_are_no_part_of_a_name(byline: str, signed: tuple[str, ...]) -> None:
    assert names(byline) == signed


def test_each_of_several_authors_in_a_slider_is_named() -> None:
    slide = '<div class="author-item"><div class="author-item-name"><a class="name">{}</a></div></div>'
    head = (
        '<div class="detail-author" data-role="author"><div class="author-info"><a class="name">LÊ AN</a><span>và 1 tác giả'
        f" khác</span></div>{slide.format('LÊ AN')}{slide.format('VŨ BÌNH')}</div>"
    )
    assert page(BODY, head=head).authors == ("LÊ AN", "VŨ BÌNH")


@pytest.mark.parametrize(
    "box",
    [
        '<div class="chisochungkhoan"><b>HNC</b>: Giá hiện tại Thay đổi <a href="/h.chn">Xem hồ sơ doanh nghiệp</a></div>',
        '<div type="VideoStream"><div class="VideoCMS_Caption"><p>Cảnh xả nước đầu tiên vào hồ chứa</p></div></div>',
        '<p class="timer">Tự động cập nhật sau<span>30</span>giây</p>',
        '<section class="article-business"><p>Căn hộ ven sông mở bán đợt cuối với nhiều ưu đãi cho khách đặt sớm.</p></section>',
        '<p class="the-article-tags"><strong>Hồ nước</strong> <a>ngập mặn</a></p>',
        '<div class="detail-tag-list"><span>Hồ nước</span> <span>ngập mặn</span></div>',
        f"<div>{'eHh4eHh4U8Ohbmc' * 20}</div>",
        "<p>Tải file đính kèm: <a href='a.pdf'>123-SNN.pdf</a></p>",
    ],
)
def test_boxes_of_a_cms_are_no_text(box: str) -> None:
    first, rest = f"<p>{TEXT[0]}</p>", "".join(f"<p>{text}</p>" for text in TEXT[1:])
    assert page(first + box + rest).body.split("\n") == TEXT


@pytest.mark.parametrize(
    "tail", ['..&gt;&gt;<a href="/b.html">Chi tiết</a>', " ..&gt;&gt; ", ' &gt;&gt; <a href="/b">Xem tiếp</a>']
)
def test_pointer_to_the_whole_story_is_cut_off_its_paragraph(tail: str) -> None:
    assert page(BODY.replace("</p>", f"{tail}</p>", 2)).body.split("\n") == TEXT


def test_mark_of_two_letters_is_told_from_a_place() -> None:
    assert split_dateline("TT - Sáng nay, tỉnh họp.", ("TT",)) == ("TT", "Sáng nay, tỉnh họp.")
    assert split_dateline("TT-Huế họp sáng nay.", ("TT",)) == (None, "TT-Huế họp sáng nay.")


def test_vnexpress_as_it_was_until_2018_and_in_english() -> None:
    site = load_sites()["vnexpress"]
    text = "".join(f'<p class="Normal">{line}</p>' for line in TEXT)
    old = extract(
        f'<title>{TITLE} - VnExpress</title><div class="block_timer left">Thứ tư, 2/7/2014 | 08:54 GMT+7</div><div '
        f'class="title_news"><h1>{TITLE}</h1></div><div class="short_intro">{LEAD}</div><div class="fck_detail">{text}'
        '<p style="text-align:right"><strong>Lê An</strong></p></div>',
        "https://vnexpress.net/thoi-su/ho-nuoc-3012345.html",
        site=site,
    )
    assert (old.lead, at(old), old.authors) == (LEAD, "2014-07-02T08:54:00+07:00", ("Lê An",))
    assert (old.layout, old.body.split("\n")) == ("vnexpress", TEXT)
    english = extract(
        f'<title>{TITLE}</title><div class="block_header"><h1 class="title_post">{TITLE}</h1><div class="author">By Le An '
        f'<span>November 5, 2024 | 09:30 am GMT+7</span></div></div><span class="lead_post_detail">{LEAD}</span><div '
        f'class="fck_detail">{text}</div>',
        "https://e.vnexpress.net/news/news/reservoir-4812345.html",
        site=site,
    )
    assert (english.lead, at(english), english.authors) == (LEAD, "2024-11-05T09:30:00+07:00", ("Le An",))


def test_epi_as_it_was_in_2017_with_the_next_story_below() -> None:
    story = (
        '<div id="site-content"><article class="article-wrap"><h1 class="article__title">{}</h1><div class="article__meta">'
        '05/10/2017 08:00</div><div class="article__summary">{}</div><div class="article__content"><div class="content">{}'
        '<article class="article__related-inline"><h2><a href="/c.html">{}</a></h2></article></div><p class="article__author">'
        "Nhóm P.V</p></div></article></div>"
    )
    other = "".join(f"<p>{line} Đó là chuyện của một bài khác trên cùng trang.</p>" for line in reversed(TEXT))
    article = extract(
        f'<title>{TITLE}</title>{story.format(TITLE, LEAD, BODY, CARD)}<div class="view-more">Kéo xuống để xem tiếp</div>'
        f"{story.format(CARD, LEAD, other, TITLE)}",
        "https://baotinh.example.vn/ho-nuoc-12345.html",
    )
    assert (article.title, article.lead, at(article)) == (TITLE, LEAD, "2017-10-05T08:00:00+07:00")
    assert article.body.split("\n") == TEXT


def test_second_that_an_attribute_adds_to_the_shown_minute_is_kept() -> None:
    head = '<div class="meta"><time class="date" datetime="2018-03-05T10:11:12">Thứ Hai, 5/3/2018 10:11</time></div>'
    assert at(stranger(BODY, head)) == "2018-03-05T10:11:12+07:00"
    assert at(page(BODY, head=head.replace('"meta"', '"detail-time"'))) == "2018-03-05T10:11:12+07:00"

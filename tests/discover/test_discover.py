"""Feeds in every dialect, sitemaps, listings, and sources that are something else."""

from __future__ import annotations

import csv
import gzip
import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from unittest.mock import Mock
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborNode

from crawler.discover import MAX_BYTES, Discovery, discover, home_feed
from crawler.discover.listings import ListingPage, Texts, read
from crawler.discover.overlap import longest_rise
from crawler.discover.pagination import next_page
from crawler.discover.xml import parse
from crawler.errors import Refusal
from crawler.items import Link
from crawler.sites import Feed, Listing, Site, Sitemap
from tests.support import PAPER as SITE
from tests.support import PAPER_HOME as HOME

CORPUS = os.environ.get("THOISU_CORPUS")
real = pytest.mark.skipif(not CORPUS, reason="real pages: set THOISU_CORPUS to the corpus folder")


def rss(*items: str, head: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    return f'{head}<rss version="2.0"><channel><title>Báo Mẫu</title>{"".join(items)}</channel></rss>'


def item(
    title: str = "Mở rộng cảng biển", link: str = HOME + "mo-rong-post1.html", date: str = "", more: str = ""
) -> str:
    return f"<item><title>{title}</title><link>{link}</link><pubDate>{date}</pubDate>{more}</item>"


def feed(text: str, site: Site | None = None, url: str = HOME + "home.rss") -> Discovery:
    return discover(text.encode(), url, site=site)


def only(discovery: Discovery) -> Link:
    assert discovery.refused is None, discovery
    (link,) = discovery.links
    return link


# Feeds


def test_a_feed_that_ends_in_its_middle_says_so_and_gives_what_it_has() -> None:
    whole = rss(*(item(link=f"{HOME}tin-{n}-post{n}.html") for n in range(1, 9)))
    assert not discover(whole.encode(), "https://bao.vn/rss/home.rss").cut
    assert not discover(f"{whole}\n<!-- 0.2 s -->".encode(), "https://bao.vn/rss/home.rss").cut
    half = discover(whole[: len(whole) // 2].encode(), "https://bao.vn/rss/home.rss")
    assert half.cut
    assert 2 < len(half.links) < 8
    empty = b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>'
    assert not discover(empty, "https://bao.vn/sitemap.xml").cut


@pytest.mark.parametrize(
    "date",
    [
        "Sat, 05 Sep 26 13:30:00 +0700",
        "9/5/2026 1:30:00 PM",
        "9/5/2026 1:30:00\u202fPM",
        "Sat, 05 Sep 2026 13:30:00 GMT+7",
        "Sat, 05 Sep 2026 13:30:00 +07",
        "2026-09-05T13:30:00+07:00",
        "Sat, 05 Sep 2026 06:30:00 GMT",
    ],
)
def test_feed_times(date: str) -> None:
    assert only(feed(rss(item(date=date)))).published_at == datetime.fromisoformat("2026-09-05T13:30:00+07:00")


def test_one_american_date_tells_the_order_of_all() -> None:
    discovery = feed(rss(item(date="9/5/2026 13:30"), item(link="/b-post2.html", date="8/22/2026 13:30")))
    assert [link.published_at and link.published_at.month for link in discovery.links] == [9, 8]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Được &amp;apos;mùa&amp;apos; lúa", "Được 'mùa' lúa"),
        ("<![CDATA[Được &amp;apos;mùa&amp;apos; lúa]]>", "Được 'mùa' lúa"),
        ("Cảng &amp;amp; biển", "Cảng & biển"),
        ("Cảng & biển R&D", "Cảng & biển R&D"),
        ("Tr&#7901;i &agrave; &nbsp;s&aacute;ng", "Trời à sáng"),
        ("<![CDATA[ <b>Cảng</b> & biển ]]>", "Cảng & biển"),
        ("Lãi suất < 5% năm", "Lãi suất < 5% năm"),
        ("Mưa\x0b \x00lớn", "Mưa lớn"),
        ("Mu\u031b a lo\u031b\u0301n".replace(" ", ""), "Mưalớn"),
        ("", None),
    ],
)
def test_feed_titles(written: str, read: str | None) -> None:
    assert only(feed(rss(item(written)))).title == read


@pytest.mark.parametrize(
    "body",
    [
        rss(item("Cảng")).encode("utf-8-sig"),
        ("\n\n  " + rss(item("Cảng"))).encode(),
        ("<br /><b>Warning</b>: lỗi\n" + rss(item("Cảng"))).encode(),
        ("<!-- <html> hoặc <rss> -->" + rss(item("<!-- x -->Cảng"), head="")).encode(),
        rss(item("Cảng"), head="").encode(),
        rss(item("Cảng"), head='<?xml version="1.0" encoding="utf-16"?>').encode("utf-16"),
        rss(item("Cảng"), head='<?xml version="1.0" encoding="utf-16"?>').encode("utf-16-le"),
        rss(item("Cảng"), head='<?xml version="1.0" encoding="utf-16"?>').encode("utf-16-be"),
        rss(item("Cảng"), head='<?xml version="1.0" encoding="utf-16"?>').encode(),
        rss(item("Cảng")).encode("utf-16"),
        rss(item("Cảng")).encode("utf-16-le"),
        gzip.compress(rss(item("Cảng")).encode()),
        rss(item("Cảng")).replace("</channel></rss>", "<item><title>Đứt giữa chừ").encode(),
    ],
    ids=[
        "bom",
        "blank",
        "junk",
        "comment",
        "no-declaration",
        "utf-16-bom",
        "utf-16-le",
        "utf-16-be",
        "says-16-is-8",
        "says-8-is-16-bom",
        "says-8-is-16",
        "gzip",
        "cut",
    ],
)
def test_feed_bytes(body: bytes) -> None:
    discovery = discover(body, HOME + "home.rss")
    assert (discovery.kind, discovery.refused) == ("feed", None)
    assert (discovery.links[0].title, discovery.links[0].url) == ("Cảng", HOME + "mo-rong-post1.html")


@pytest.mark.parametrize(
    "written",
    [
        "/mo-rong-post1.html",
        "http://bao.example.vn/mo-rong-post1.html",
        r"https://bao.example.vn\mo-rong-post1.html",
        "\n  https://BAO.example.vn/mo-rong-post1.html?utm_source=rss&amp;utm_medium=feed#top \n",
        "<![CDATA[/mo-rong-post1.html]]>",
    ],
)
def test_feed_addresses(written: str) -> None:
    assert only(feed(rss(item(link=written)), SITE)).url == HOME + "mo-rong-post1.html"


def test_feed_guid_stands_in_for_an_empty_link() -> None:
    guid = '<guid isPermaLink="true">https://bao.example.vn/mo-rong-post1.html</guid>'
    assert only(feed(rss(f"<item><title>Cảng</title><link/>{guid}</item>"))).url == HOME + "mo-rong-post1.html"


def test_feed_ignores_fields_of_other_vocabularies() -> None:
    more = "<media:title>Ảnh</media:title><image:link>https://a.vn/x.jpg</image:link><dc:date>2026-09-05T13:30:00</dc:date>"
    link = only(feed(rss(item("Cảng", more=more))))
    assert (link.title, link.url) == ("Cảng", HOME + "mo-rong-post1.html")
    assert link.published_at == datetime.fromisoformat("2026-09-05T13:30:00+07:00")


def test_atom_and_rdf() -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="html">Cảng &amp;lt;b&amp;gt;biển</title>'
        '<link rel="enclosure" href="/anh.jpg"/><link rel="alternate" href="/mo-rong-post1.html"/>'
        "<published>2026-09-05T13:30:00+07:00</published><updated>2026-09-06T08:00:00+07:00</updated></entry></feed>"
    )
    link = only(feed(atom))
    assert link.url == HOME + "mo-rong-post1.html"
    assert link.published_at == datetime.fromisoformat("2026-09-05T13:30:00+07:00")
    assert link.modified_at == datetime.fromisoformat("2026-09-06T08:00:00+07:00")
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        "<channel/><item><title>Cảng</title><link>/mo-rong-post1.html</link></item></rdf:RDF>"
    )
    assert only(feed(rdf)).url == HOME + "mo-rong-post1.html"


def test_feed_of_addresses_in_a_shape_that_the_site_does_not_know_is_told_as_it_is() -> None:
    entries = [item(link=f"{HOME}api/tin?ma={number}") for number in (1, 2)]
    assert [link.refused for link in feed(rss(*entries), SITE).links] == [None, None]
    known = item(link=f"{HOME}mo-rong-post1.html")
    assert [link.refused for link in feed(rss(*entries, known), SITE).links] == [Refusal.NOT_ARTICLE] * 2 + [None]


def test_feed_names_what_the_site_refuses_and_drops_repeats() -> None:
    links = ["mo-rong-post1.html", "mo-rong-post1.html?utm_source=a", "", "chu-de/cang-bien", "javascript:void(0)"]
    discovery = feed(rss(*(item(link=HOME + link if link[:4] != "java" else link) for link in links)), SITE)
    refused = [link.refused for link in discovery.links]
    assert refused == [None, Refusal.SECTION, Refusal.TOPIC, Refusal.BAD_URL]


# Sitemaps


URLSET = (
    '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
    "<url><loc>https://bao.example.vn/</loc><lastmod>2026-09-05</lastmod></url>"
    "<url><image:image><image:loc>https://bao.example.vn/anh-post9.html</image:loc></image:image>"
    "<loc> http://bao.example.vn/mo-rong-post1.html </loc><image:loc>/anh-post8.html</image:loc>"
    "<lastmod>2026-09-05T20:39:00+07:00</lastmod>"
    "<news:news><news:publication><news:name>Báo Mẫu</news:name></news:publication>"
    "<news:publication_date>2026-09-05T09:18:00+07:00</news:publication_date>"
    "<news:title>Cảng &amp;amp; biển</news:title></news:news></url>"
    "<url><loc>https://bao.example.vn/kinh-te/</loc></url></urlset>"
)


def test_sitemap_lastmod_is_never_the_published_time() -> None:
    discovery = discover(URLSET.encode(), HOME + "sitemaps/news-2026-9.xml", site=SITE)
    assert [link.refused for link in discovery.links] == [Refusal.SECTION, None, Refusal.SECTION]
    assert discovery.links[0].published_at is None
    article = discovery.links[1]
    assert (article.url, article.title) == (HOME + "mo-rong-post1.html", "Cảng & biển")
    assert article.published_at == datetime.fromisoformat("2026-09-05T09:18:00+07:00")
    assert article.modified_at == datetime.fromisoformat("2026-09-05T20:39:00+07:00")


def test_sitemap_of_an_unknown_host_refuses_its_home_only() -> None:
    discovery = discover(gzip.compress(URLSET.encode()), HOME + "sitemap.xml.gz")
    assert [link.refused for link in discovery.links] == [Refusal.SECTION, None, None]


def test_sitemap_index_names_its_children() -> None:
    index = (
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>/sitemaps/news-2026-9.xml</loc>'
        "<lastmod>2026-09-05T20:39:00+07:00</lastmod></sitemap></sitemapindex>"
    )
    discovery = discover(index.encode(), HOME + "sitemap.xml")
    assert (discovery.kind, discovery.links) == ("index", ())
    assert discovery.children == (
        Link(HOME + "sitemaps/news-2026-9.xml", modified_at=datetime.fromisoformat("2026-09-05T20:39:00+07:00")),
    )


def test_sitemap_ends_at_the_limit_of_the_protocol() -> None:
    text = "<urlset>" + "".join(f"<url><loc>/a-post{n}.html</loc></url>" for n in range(50_010)) + "</urlset>"
    assert len(discover(text.encode(), HOME + "sitemap.xml").links) == 50_000


def test_a_feed_is_read_up_to_the_same_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    text = rss(*(item(link=f"/a-post{n}.html") for n in range(9)))
    monkeypatch.setattr("crawler.discover.xml.LIMIT", 5)
    assert len(parse(text).findall(".//item")) == 5  # what stands behind is not even parsed
    monkeypatch.setattr("crawler.discover.feeds.LIMIT", 3)
    assert [link.url for link in feed(text).links] == [f"{HOME}a-post{n}.html" for n in range(3)]


# What is no source


def bomb(root: str) -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    prolog = f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY l0 "ha">{entities}]>'
    return f"{prolog}<{root}><channel>&l8;</channel></{root}>".encode()


EXTERNAL = b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss(item("&x;"), head="").encode()
COOKIE = b'<html><script>document.cookie="D1N=8a1f";window.location.reload(true);</script></html>'
ERROR = "<html><head><title>Lỗi 404</title></head><body><h1>Không có</h1></body></html>".encode()


@pytest.mark.parametrize(
    ("body", "url", "reason"),
    [
        (bomb("rss"), "home.rss", Refusal.ENTITY_BOMB),
        (bomb("urlset"), "sitemap.xml", Refusal.ENTITY_BOMB),
        (bomb("rss").decode().encode("utf-16"), "home.rss", Refusal.ENTITY_BOMB),
        (EXTERNAL, "home.rss", Refusal.ENTITY_BOMB),
        (COOKIE, "home.rss", Refusal.CHALLENGE),
        (COOKIE, "kinh-te", Refusal.CHALLENGE),
        (ERROR, "rss/kinh-te", Refusal.HTML_FOR_FEED),
        (ERROR, "sitemap.xml", Refusal.HTML_FOR_FEED),
        (ERROR, "kinh-te", Refusal.EMPTY_SOURCE),
        (b"", "home.rss", Refusal.EMPTY_SOURCE),
        (b" \n", "kinh-te", Refusal.EMPTY_SOURCE),
        (rss().encode(), "home.rss", Refusal.EMPTY_SOURCE),
        (b"<urlset/>", "sitemap.xml", Refusal.EMPTY_SOURCE),
        (b"\x1f\x8bkaputt", "sitemap.xml.gz", Refusal.UNREADABLE),
        (b"Bad gateway", "home.rss", Refusal.UNREADABLE),
        (b'{"data":', "api/morenews", Refusal.UNREADABLE),
        (b"<div>" * 100_000, "kinh-te", Refusal.UNREADABLE),
        (b"<!--" * 500_000, "home.rss", Refusal.UNREADABLE),
    ],
)
def test_names_what_is_no_source(body: bytes, url: str, reason: Refusal) -> None:
    discovery = discover(body, HOME + url)
    assert (discovery.refused, discovery.links) == (reason, ())


def test_kind_of_source_decides_where_the_address_does_not() -> None:
    assert discover(ERROR, HOME + "x", source=Feed(HOME + "x")).refused == Refusal.HTML_FOR_FEED
    assert discover(ERROR, HOME + "x", source=Sitemap(HOME + "x")).kind == "sitemap"
    assert discover(ERROR, HOME + "rss", source=Listing(HOME + "rss")).refused == Refusal.EMPTY_SOURCE
    assert discover(ERROR, HOME + "x.rss").detail == "Lỗi 404"


def test_gzip_that_unfolds_without_end_is_too_large() -> None:
    assert discover(gzip.compress(bytes(MAX_BYTES + 1)), HOME + "sitemap.xml.gz").refused == Refusal.TOO_LARGE


def test_section_feed_that_carries_the_home_feed() -> None:
    def of(*numbers: int) -> Discovery:
        return feed(rss(*(item(link=f"/tin-post{n}.html") for n in numbers)))

    home = of(*range(50))
    assert home_feed(of(*range(50)), home)
    assert home_feed(of(99, *range(29)), home)  # one new story between the two requests
    assert not home_feed(of(*range(0, 50, 3)), home)  # a section whose stories the home feed carries too
    assert not home_feed(of(*reversed(range(50))), home)
    assert not home_feed(of(1, 2), of(1, 2))


def test_the_comparison_with_the_home_feed_asks_each_entry_a_few_times() -> None:
    class Counted(str):
        __slots__ = ()
        asked = 0

        def __eq__(self, other: object) -> bool:
            Counted.asked += 1
            return str.__eq__(self, other)

        __hash__ = str.__hash__

    def of(start: int) -> Discovery:
        # Every second entry stands in both, in its place.
        urls = (f"{HOME}tin-post{n if n % 2 else n + start}.html" for n in range(4000))
        return Discovery("feed", tuple(Link(url=Counted(url)) for url in urls))

    assert not home_feed(of(10_000), of(20_000))
    assert Counted.asked < 20_000
    assert longest_rise([3, 1, 2, 2, 5, 4]) == 3


@pytest.mark.parametrize(
    ("body", "url"),
    [
        (rss(item()).replace("<rss", '<rss xml:base="http://["'), "home.rss"),
        (
            json.dumps(
                [{"url": HOME + "\ud800-post1.html", "title": "Mở cảng"}, {"url": "/a-post1.html", "title": "Cảng"}]
            ),
            "api",
        ),
        ('[{"url":"/a-post1.html","title":"Cảng"},{"url":' + "[" * 900 + "]" * 900 + "}]", "api"),
        (
            '<a href="/a-post1.html">Cảng</a><p class=pager><a href="/x?page=2">2</a><b>' + "1" * 5000 + "</b></p>",
            "tin",
        ),
    ],
    ids=["xml:base", "surrogate", "object", "number"],
)
def test_one_wrong_value_spoils_nothing_else(body: str, url: str) -> None:
    assert only(discover(body.encode(), HOME + url, site=SITE)).url.endswith("post1.html")


@given(st.binary(max_size=300) | st.text("<>/&;![]\"'= rsitemulfdchnk?xl-", max_size=200).map(str.encode))
@settings(max_examples=150)
def test_never_raises(body: bytes) -> None:
    for url in ("home.rss", "sitemap.xml", "kinh-te"):
        discovery = discover(body, HOME + url)
        assert discovery.links or discovery.children or discovery.refused


# Listings


TITLES = (
    "Khởi công tuyến đường ven biển qua ba tỉnh",
    "Giá lúa mùa tăng nhẹ sau đợt mưa kéo dài",
    "Họp bàn phương án chống ngập cho khu phố cổ",
    "Trao học bổng cho hai trăm em học sinh vùng cao",
    "Hội nghị tổng kết công tác thủy lợi năm qua",
    "Thêm một bệnh viện dùng hồ sơ điện tử",
)
SLUGS = (
    "khoi-cong-tuyen-duong-ven-bien-qua-ba-tinh",
    "gia-lua-mua-tang-nhe-sau-dot-mua-keo-dai",
    "hop-ban-phuong-an-chong-ngap-cho-khu-pho-co",
    "trao-hoc-bong-cho-hai-tram-em-hoc-sinh-vung-cao",
    "hoi-nghi-tong-ket-cong-tac-thuy-loi-nam-qua",
    "them-mot-benh-vien-dung-ho-so-dien-tu",
)


SECTIONS = {
    "/": "Trang chủ",
    "/kinh-te": "Kinh tế",
    "/chinh-tri/xay-dung-dang": "Xây dựng Đảng",
    "/thi-truong-d12/": "Thị trường",
    "/hoc-tap-va-lam-theo-tu-tuong-dao-duc-phong-cach": "Học tập và làm theo tư tưởng, đạo đức, phong cách",
}


def listing(form: str, around: str = "") -> bytes:
    hrefs = [form.format(slug=slug, n=n) for n, slug in enumerate(SLUGS)]
    menu = "".join(f'<li><a href="{href}">{text}</a></li>' for href, text in SECTIONS.items())
    items = "".join(
        f'<div class="item"><a href="{href}"><img src="a.jpg" alt=""></a><h3><a href="{href}">{title}</a></h3>'
        f'<span class="time">0{n + 1}/09/2026 13:3{n}</span></div>'
        for n, (href, title) in enumerate(zip(hrefs, TITLES, strict=True))
    )
    side = (
        '<a href="/chu-de/ky-niem-tam-muoi-nam-ngay-quoc-khanh-276.htm">Kỷ niệm tám mươi năm ngày Quốc khánh</a>'
        '<a href="/gia-vang-e587.htm">Giá vàng trong nước hôm nay ra sao</a><a href="/tag/bien">biển</a>'
        '<a href="/van-ban/cong-van-so-12-ve-viec-phong-chong-lut-bao.pdf">Công văn về việc phòng chống lụt bão</a>'
        '<a href="https://khac.vn/mot-bai-bao-rat-dai-o-noi-khac-post123456.html">Một bài báo rất dài ở nơi khác</a>'
        '<a href="javascript:;">Xem thêm các tin bài trong chuyên mục này</a>'
    )
    footer = (
        '<footer><a href="/dieu-khoan-su-dung-va-chinh-sach-bao-mat-thong-tin">'
        "Điều khoản sử dụng và chính sách bảo mật thông tin</a></footer>"
    )
    return f"<html><body><nav><ul>{menu}</ul></nav>{items}{side}{around}{footer}</body></html>".encode()


FORMS = [
    "/{slug}-post12345{n}.html",
    "/video-{slug}-post12345{n}.html",
    "/kinh-te/{slug}-2026090513300{n}.htm",
    "/{slug}-d53890{n}.html",
    "/{slug}-18826030622484{n}.chn",
    "/tin-tuc/tin-trong-nuoc/{slug}-41{n}.html",
    "/vi/web/cong/w/{slug}",
    "/Kinh-te/{slug}/5951{n}.bcb",
    "/{slug}.html",
    "/chi-tiet-tin?dDocName=ABCD37366{n}",
    "/Pages/tin.aspx?ItemID=41{n}5",
    "/kinh-te/202609/{slug}/",
    "/tin-tuc/{slug}",
    "/12345{n}-{slug}.html",
    "/{slug}-i73040{n}/",
    "/web/guest/tin/-/2018/83771{n}/{slug}.aspx",
    "/{slug}-a1936{n}.html",
    "/tin/newsid/d2a416c0-1515-4f9b-bdf7-ad0f0111d9e{n}/cid/1961be5b-bff9-4d9d-8933-9c1fbe58aafa",
    "/news/11059{n}p31c171/{slug}.htm",
    "/wps/portal/tin?WCM_GLOBAL_CONTEXT=d0e4290{n}fbb5",
    "/?page=news_detail&category_id=12603&id=5991{n}",
]


@pytest.mark.parametrize("form", FORMS)
def test_articles_of_an_unknown_host(form: str) -> None:
    discovery = discover(listing(form), HOME + "kinh-te")
    expected = [HOME.rstrip("/") + form.format(slug=slug, n=n) for n, slug in enumerate(SLUGS)]
    assert [link.url for link in discovery.links] == expected
    assert tuple(link.title for link in discovery.links) == TITLES
    assert [link.published_at and link.published_at.day for link in discovery.links] == [1, 2, 3, 4, 5, 6]


def test_sections_told_from_articles_by_the_query_alone_are_none() -> None:
    names = ("Giới thiệu chung", "Kinh tế", "Văn hóa xã hội")
    menu = "".join(f'<li><a href="/?page=list&category_id=1260{n}">{name}</a></li>' for n, name in enumerate(names))
    discovery = discover(listing("/?page=detail&category_id=12603&id=5991{n}", menu), HOME + "?page=list")
    assert tuple(link.title for link in discovery.links) == TITLES


def test_numbered_articles_make_other_long_links_topics() -> None:
    topics = "".join(f'<h3><a href="/{slug}-cn49{n}/">{TITLES[n]}</a></h3>' for n, slug in enumerate(SLUGS[:3]))
    notices = "".join(f'<h3><a href="/thong-bao/{slug}.html">{TITLES[n]}</a></h3>' for n, slug in enumerate(SLUGS[:4]))
    events = "".join(f'<h3><a href="/{slug}-event9012{n}.html">{TITLES[n]}</a></h3>' for n, slug in enumerate(SLUGS))
    discovery = discover(listing("/{slug}-d53890{n}.html", topics + notices + events), HOME + "kinh-te")
    assert len(discovery.links) == len(TITLES)


def test_numbered_and_named_articles_of_one_folder() -> None:
    numbered = "".join(
        f'<h3><a href="/vi/web/cong/w/abc59162{n}">{title} ra sao</a></h3>' for n, title in enumerate(TITLES * 2)
    )
    discovery = discover(listing("/vi/web/cong/w/{slug}", numbered), HOME + "kinh-te")
    assert len(discovery.links) == 3 * len(TITLES)


def test_site_and_source_decide_for_a_known_host() -> None:
    around = (
        '<h3><a href="/tin-post777.html?utm_source=x#c">Tin</a></h3><a href="/hinh-post778.html"><img src="b.jpg"></a>'
    )
    body = listing("/{slug}-post12345{n}.html", around)
    links = discover(body, HOME + "kinh-te", site=SITE).links
    assert len(links) == 7  # the short one too; not the one without any text
    assert links[-1].url == HOME + "tin-post777.html"
    source = Listing(HOME + "kinh-te", links="div.item h3 a")
    assert len(discover(body, HOME + "kinh-te", site=SITE, source=source).links) == 6


@pytest.mark.parametrize(
    ("pager", "url", "following"),
    [
        ('<link rel="next" href="/kinh-te-p2">', "kinh-te", "kinh-te-p2"),
        (
            '<ul class="pagination"><li class="active"><a>2</a></li><li><a href="?page=3">3</a></li></ul>',
            "kinh-te?page=2",
            "kinh-te?page=3",
        ),
        ('<div class="pagation_item"><a href="p1">1</a><a href="p2">2</a></div>', "kinh-te-d6/", "kinh-te-d6/p2"),
        (
            '<div class="paging"><a href="/kinh-te-page1">2</a><a href="/kinh-te-page2">3</a></div>',
            "kinh-te",
            "kinh-te-page1",
        ),
        ('<p><a href="/kinh-te/trang-2.htm">Xem thêm</a></p>', "kinh-te.htm", "kinh-te/trang-2.htm"),
        ('<p><a href="/the-gioi/trang-2.htm">Xem thêm</a></p>', "kinh-te.htm", None),
        ('<a class="next" href="javascript:;">Trang sau</a>', "kinh-te", None),
        ('<a class="next" href="https://khac.vn/2">Trang sau</a>', "kinh-te", None),
    ],
)
def test_next_page_as_the_page_names_it(pager: str, url: str, following: str | None) -> None:
    discovery = discover(listing(FORMS[0], pager), HOME + url)
    assert discovery.next == (HOME + following if following else None)


def test_next_page_as_the_source_counts_it() -> None:
    source = Listing(HOME + "kinh-te.htm", pages="/timelinelist/{zone}/{n}.htm")
    zone = '<input id="hdZoneId" value="1021119">'
    first = discover(listing(FORMS[0], zone), source.url, site=SITE, source=source)
    assert first.next == HOME + "timelinelist/1021119/2.htm"
    second = discover(listing(FORMS[0]), first.next, site=SITE, source=source)
    assert second.next == HOME + "timelinelist/1021119/3.htm"
    assert discover(b"<div></div>", first.next, site=SITE, source=source).next is None
    assert discover(listing(FORMS[0]), source.url, site=SITE, source=source).next is None


def test_answers_of_a_timeline_api() -> None:
    contents = [{"title": "Mở rộng cảng", "url": "/mo-rong-post1.html", "date": 1772845931}, {"url": None}, 7]
    body = json.dumps({"data": {"load_more": True, "contents": contents}}).encode()
    link = only(discover(body, "https://api.bao.example.vn/api/morenews-zone-1-2.html", site=SITE))
    assert (link.url, link.title) == (HOME + "mo-rong-post1.html", "Mở rộng cảng")
    assert link.published_at == datetime.fromisoformat("2026-03-07T08:12:11+07:00")


def test_posts_of_a_wordpress_site() -> None:
    posts = [
        {
            "id": 901,
            "link": "https://huyen.example.vn/mo-rong-cang-bien-p901.html",
            "title": {"rendered": "Mở rộng cảng &#8211; bến mới"},
            "guid": {"rendered": "https://huyen.example.vn/?p=901"},
            "date": "2026-10-05T14:30:00",
            "date_gmt": "2026-10-05T07:30:00",
            "modified_gmt": "2026-10-05T08:00:00",
        },
        {"id": 902, "title": {"rendered": ""}, "link": ""},
    ]
    link = only(discover(json.dumps(posts).encode(), "https://huyen.example.vn/wp-json/wp/v2/posts"))
    assert (link.url, link.title) == (posts[0]["link"], "Mở rộng cảng – bến mới")
    assert link.published_at == datetime.fromisoformat("2026-10-05T14:30:00+07:00")
    assert link.modified_at == datetime.fromisoformat("2026-10-05T15:00:00+07:00")


# Real pages


def _listings() -> list[Path]:
    return sorted((Path(CORPUS) / "listings").glob("*.json")) if CORPUS else []


@real
@pytest.mark.parametrize("gold", _listings(), ids=lambda path: path.stem)
def test_real_listings_of_hosts_taken_as_unknown(gold: Path) -> None:
    page = json.loads(gold.read_text(encoding="utf-8"))
    discovery = discover(gold.with_suffix(".html").read_bytes(), page["url"])
    urls = [link.url for link in discovery.links]
    assert set(page["main"]) <= set(urls)
    assert len(set(page["articles"]) & set(urls)) >= 0.98 * len(page["articles"])
    assert set(urls) <= set(page["articles"])
    assert all(link.title for link in discovery.links)


@real
def test_real_addresses_as_listings_of_unknown_hosts() -> None:
    """Forty articles of a paper on one page, their titles made of their slugs: the shapes alone must tell."""
    addresses: defaultdict[str, list[str]] = defaultdict(list)
    with (Path(CORPUS or "") / "urls.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            addresses[row["host"]].append(row["url"])
    missed = []
    for host, urls in addresses.items():
        for start in range(0, len(urls), 40):
            page = urls[start : start + 40]
            slugs = (re.sub(r"-?(?:post)?\d*\.?\w*$", "", max(urlsplit(url).path.split("/"), key=len)) for url in page)
            items = (
                f'<h3><a href="{url}">{slug.replace("-", " ")}</a></h3>' for url, slug in zip(page, slugs, strict=True)
            )
            found = discover("".join(items).encode(), f"https://{host}/kinh-te")
            missed += set(page) - {link.url for link in found.links}
    assert len(missed) <= 0.005 * sum(map(len, addresses.values())), missed


@real
def test_real_feeds() -> None:
    folder = Path(CORPUS or "") / "feeds"
    for name, gold in json.loads((folder / "index.json").read_text(encoding="utf-8")).items():
        discovery = discover((folder / name).read_bytes(), gold["url"])
        assert [link.url for link in discovery.links] == gold["links"]
        assert [link.title for link in discovery.links] == gold["titles"]
        for ours, theirs in (("published_at", "published"), ("modified_at", "updated")):
            times = [getattr(link, ours) for link in discovery.links if getattr(link, ours)]
            assert times == [datetime.fromisoformat(text) for text in gold[theirs]]
        assert discovery.refused == (Refusal.HTML_FOR_FEED if gold["kind"] == "html-error" else None)


# Listings made to take long


def page_of(text: str) -> ListingPage:
    return read(text, HOME + "tin", SITE, None)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Each element whose text is read, with the number of its characters."""
    found: list[tuple[int, int]] = []
    of = Texts.of

    def spy(self: Texts, node: LexborNode, separator: str = "") -> str | None:
        text = of(self, node, separator)
        found.append((node.mem_id, len(text or "")))
        return text

    monkeypatch.setattr(Texts, "of", spy)
    return found


def test_only_links_that_say_more_are_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    page = page_of("".join(f'<a href="/a-post{n}.html">Mở rộng cảng {n}</a>' for n in range(200)))
    resolve = Mock(return_value=None)
    monkeypatch.setattr("crawler.discover.pagination.absolute", resolve)
    assert next_page(page, None) is None
    resolve.assert_not_called()


def test_the_next_page_is_told_from_articles_without_walking_them() -> None:
    class Unread(tuple[Link, ...]):
        def __iter__(self) -> Iterator[Link]:
            raise AssertionError("the links were walked")

    article = '<a href="/a-post1.html">Mở rộng cảng</a><a rel=next href="/a-post1.html">1</a>'
    page = page_of(article + '<a rel=next href="/tin?p=2">2</a>')
    assert next_page(replace(page, links=Unread(page.links)), None) == HOME + "tin?p=2"


def test_no_element_is_read_again_for_the_next_time(reads: list[tuple[int, int]]) -> None:
    items = "".join(f"<p>{day:02}/01/2026</p>" for day in range(1, 29))
    page_of(f'<a href="/a-post1.html">Cảng</a><div><div><div>{items}{"chữ " * 500}</div></div></div>')
    assert len(reads) > 28
    assert max(Counter(node for node, _ in reads).values()) == 1


def test_elements_within_elements_are_read_up_to_a_limit(
    monkeypatch: pytest.MonkeyPatch, reads: list[tuple[int, int]]
) -> None:
    item = '<div><a href="/a-post1.html">Mở rộng cảng</a><time>04/03/2026</time></div>'
    monkeypatch.setattr("crawler.discover.listings.MOST_TEXT", 10_000)
    page = page_of(item + "<div class=date>" * 300 + "chữ " * 250)
    assert sum(length for _, length in reads) < 11_100
    assert [link.title for link in page.links] == ["Mở rộng cảng"]


def test_anchors_of_a_page_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.discover.listings._MOST_ANCHORS", 3)
    page = page_of("".join(f'<a href="/a-post{n}.html">Mở rộng cảng {n}</a>' for n in range(9)))
    assert [link.url for link in page.links] == [f"{HOME}a-post{n}.html" for n in range(3)]

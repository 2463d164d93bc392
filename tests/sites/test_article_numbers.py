"""Which sites know their articles by a number, and which addresses are then one article's."""

from __future__ import annotations

import pytest

from crawler.sites import EPI, Feed, Site, article_number, judge, load_sites, same_article

HOME = "https://bao.example.vn/"


def site(article: str, keep_query: tuple[str, ...] = ()) -> Site:
    return Site(
        publisher="Báo Mẫu", home=HOME, tier="press", sources=(Feed(HOME + "rss"),), article=article, layout=EPI,
        keep_query=keep_query,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "path", "number"),
    [
        (r"-post\d+\.html$", "de-bien-post901.html", "post901"),
        (r"-post\d+\.html$|^/[\w-]+/index\.html$", "xa-hoi/de-bien-POST901.html", None),
        (r"-\d{6,20}\.htm$", "de-bien-102261005143000123.htm", "102261005143000123"),
        (r"-(?:post)?\d{4,}\.vov\d?$", "de-bien-post123456.vov", "post123456"),
        (r"-\d{5,}(?:\.html)?$", "de-bien-123456", "123456"),
        (r"^/[\w-]+/\d{3,}\.html$", "de-bien/123456.html", "123456"),
        (r"-i\d+/?$", "de-bien-i123/", "i123"),
        (r"-\d{5,8}(?:-p\d+)?\.html$", "de-bien-123456.html", "123456"),
        # A further page of an article is another text.
        (r"-\d{5,8}(?:-p\d+)?\.html$", "de-bien-123456-p2.html", None),
        # A year at the end of a slug is no number.
        (r"-\d{4,8}\.html$", "ngan-sach-nam-2026.html", None),
        # The number is that of a day, of a section, or one among two.
        (r"/\d{6}/[\w-]+/$", "202610/de-bien-12345/", None),
        (r"/(?:tin-)?chi-tiet/[\w-]+-\d+(?:-\d+)?\.html$", "chi-tiet/de-bien-12345-678901.html", None),
        (r"^/blog/[^/]+$", "blog/de-bien-123456", None),
        (r"^/(?:[a-z0-9]+-){3,}[a-z0-9]+\.html$|-post\d+\.html$", "de-bien-vo-luc-123456.html", None),
        (r"-[0-9|]+x\.html$|(?:-\d{5,}|b)\.htm$", "de-bien-123456.htm", None),
    ],
)
def test_the_number_of_an_address(pattern: str, path: str, number: str | None) -> None:
    assert article_number(HOME + path, site(pattern)) == number


def test_addresses_of_one_article() -> None:
    bao = site(r"-post\d+\.html$")
    assert same_article(HOME + "de-cu-post9.html", HOME + "xa-hoi/de-moi-post9.html", bao)
    assert not same_article(HOME + "de-cu-post9.html", HOME + "de-cu-post19.html", bao)
    assert not same_article(HOME + "de-cu-post9.html", "https://en.bao.example.vn/dyke-post9.html", bao)
    slugs = site(r"^/tin/[\w-]+$")
    assert not same_article(HOME + "tin/de-cu-12345", HOME + "tin/de-moi-12345", slugs)
    assert same_article(HOME + "tin/de-cu", HOME + "tin/de-cu", slugs)


@pytest.mark.parametrize(
    ("url", "number"),
    [
        ("https://baochinhphu.vn/nuoc-sach-102261005143000123.htm", "102261005143000123"),
        ("https://nhandan.vn/nuoc-sach-post901.html", "post901"),
        ("https://tuoitre.vn/tin/the-gioi/20150323/mot-bai/724079.html", "724079"),
        ("https://vnexpress.net/nuoc-sach-4723603.html", "4723603"),
        ("https://dangcongsan.vn/thoi-su/ky-niem-tam-muoi-nam-ngay-1945-2025.html", None),
        ("https://baodaklak.vn/kinh-te/202610/nuoc-sach-12345/", None),
        ("https://moh.gov.vn/-/asset_publisher/abc/content/nuoc-sach-12345", None),
    ],
)
def test_what_the_described_sites_say(url: str, number: str | None) -> None:
    described = load_sites().find(url)
    assert described is not None
    assert article_number(url, described) == number


@pytest.mark.parametrize(
    "url",
    [
        "http://tuoitre.vn/tin/chinh-tri-xa-hoi/20150101/mot-bai-viet/700001.html",
        "http://dulich.tuoitre.vn/tin/20150101/mot-bai-viet/700002.html",
        "http://tuoitre.vn/tin/van-hoa-giai-tri/mot-bai-viet/700003.html",
        "http://vietnamnet.vn/vn/van-hoa/80001/mot-bai-viet.html",
        "https://suckhoedoisong.vn/mot-bai-viet-n150001.html",
        "http://hanoimoi.com.vn/Tin-tuc/Thieu-nhi/590001/mot-bai-viet",
        "http://www.nhandan.com.vn/kinhte/thoi_su/item/33000001-mot-bai-viet.html",
    ],
)
def test_addresses_of_former_years_are_taken(url: str) -> None:
    described = load_sites().find(url)
    assert described is not None
    assert judge(url, described).refused is None


@pytest.mark.parametrize(
    "url",
    [
        "http://tuoitre.vn/tin/van-hoa-giai-tri",
        "http://tuoitre.vn/tin/kinh-te/the-gioi-xe",
        "http://tuoitre.vn/chu-de/mot-chu-de/11995.html",
        "http://vietnamnet.vn/vn/kinh-doanh/thi-truong/",
        "http://hanoimoi.com.vn/Danh-muc-tin/163/Xa-hoi",
        "https://nhandan.com.vn/kinhte/thoi_su",
        "https://e.vnexpress.net/mot-giai-dau/topic-28312.html",
    ],
)
def test_sections_and_topics_of_former_years_are_not(url: str) -> None:
    described = load_sites().find(url)
    assert described is not None
    assert judge(url, described).refused is not None

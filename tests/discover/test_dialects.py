"""Feeds and sitemaps that keep to no standard, or to one that is seldom met: namespaces, bases, lists, gzip, JSON."""

from __future__ import annotations

import gzip
import json
from datetime import datetime

import pytest

from crawler.discover import Discovery, discover
from crawler.errors import Refusal
from crawler.sites import Site
from tests.support import PAPER as SITE
from tests.support import PAPER_HOME as HOME

FIRST, SECOND = f"{HOME}de-bien-post1.html", f"{HOME}cau-vuot-post2.html"


def found(source: str | bytes, url: str = HOME + "home.rss", site: Site | None = SITE) -> list[str]:
    body = source if isinstance(source, bytes) else source.encode()
    answer = discover(body, url, site=site)
    assert answer.refused is None, answer
    return [link.url for link in answer.links if not link.refused]


def rss(item: str, root: str = '<rss version="2.0">') -> str:
    name = root.strip("<>").split()[0]
    return f'<?xml version="1.0" encoding="utf-8"?>{root}<channel><title>Báo</title>{item}</channel></{name}>'


ITEM = f"<item><title>Gia cố đê biển</title><link>{FIRST}</link><pubDate>2026-10-05T08:00:00+07:00</pubDate></item>"


@pytest.mark.parametrize("space", ["http://backend.userland.com/rss2", "http://www.w3.org/1999/xhtml", "urn:x", " "])
def test_a_feed_in_a_namespace_of_its_own(space: str) -> None:
    link = discover(rss(ITEM, f'<rss version="2.0" xmlns="{space}">').encode(), HOME + "home.rss", site=SITE).links[0]
    assert (link.url, link.title) == (FIRST, "Gia cố đê biển")
    assert link.published_at == datetime.fromisoformat("2026-10-05T08:00:00+07:00")


def test_a_feed_under_a_prefix_that_is_declared_or_not() -> None:
    bare = f"<r:channel><r:item><r:title>Gia cố đê biển</r:title><r:link>{FIRST}</r:link></r:item></r:channel></r:rss>"
    assert found(f'<r:rss xmlns:r="urn:own">{bare}') == found(f"<r:rss>{bare}") == [FIRST]


def test_fields_of_another_vocabulary_stay_foreign_in_a_feed_with_a_namespace() -> None:
    media = (
        f'<m:title xmlns:m="http://search.yahoo.com/mrss/">Ảnh: P.V</m:title><m:link xmlns:m="urn:m">{SECOND}</m:link>'
    )
    feed = rss(ITEM.replace("<title>", media + "<title>"), '<rss xmlns="urn:own">')
    (link,) = discover(feed.encode(), HOME + "home.rss", site=SITE).links
    assert (link.url, link.title) == (FIRST, "Gia cố đê biển")


@pytest.mark.parametrize(
    ("feed", "entry", "link"),
    [
        ('xml:base="/tin/"', "", ""),
        ("", 'xml:base="https://bao.example.vn/tin/"', ""),
        ("", "", 'xml:base="/tin/"'),
        ('xml:base="/a/"', 'xml:base="../tin/"', ""),  # each moves the one above
        ('xml:base="javascript:"', 'xml:base="/tin/"', ""),
    ],
)
def test_the_base_of_an_entry(feed: str, entry: str, link: str) -> None:
    atom = (
        f'<feed xmlns="http://www.w3.org/2005/Atom" {feed}><entry {entry}><title>Đê</title>'
        f'<link {link} href="de-post1.html"/></entry><entry><title>Cầu</title><link href="{SECOND}"/></entry></feed>'
    )
    assert found(atom) == [HOME + "tin/de-post1.html", SECOND]


@pytest.mark.parametrize(
    ("link", "guid", "address"),
    [
        ("N/A", FIRST, FIRST),
        ("#", FIRST, FIRST),
        ("none", FIRST, FIRST),
        ("http://", FIRST, FIRST),
        ("https://localhost", FIRST, FIRST),
        ("javascript:void(0)", FIRST, FIRST),
        (HOME, FIRST, FIRST),
        (f"{HOME}#", FIRST, FIRST),
        ("N/A", "/de-bien-post1.html", FIRST),
        ("//bao.example.vn/de-bien-post1.html", "", FIRST),
        (HOME + FIRST, "", FIRST),
        ("bao.example.vn/de-bien-post1.html", "N/A", FIRST),
        ("www.bao.example.vn/de-bien-post1.html", "", "https://www.bao.example.vn/de-bien-post1.html"),
        ("https:/bao.example.vn/de-bien-post1.html", "", FIRST),
        ("&lt;a href='https://bao.example.vn/de-bien-post1.html'&gt;Đê&lt;/a&gt;", "", FIRST),
        # What is a path stays one, whatever the guid says.
        ("/de-bien-post1.html", f"{HOME}?p=1", FIRST),
        ("de-bien-post1.html", f"{HOME}?p=1", FIRST),
        (FIRST, SECOND, FIRST),
    ],
)
def test_a_link_that_is_no_address(link: str, guid: str, address: str) -> None:
    assert found(rss(f"<item><title>Đê</title><link>{link}</link><guid>{guid}</guid></item>")) == [address]


def test_words_in_all_links_are_no_addresses_of_an_unknown_shape() -> None:
    assert found(rss("<item><title>Đê</title><link>N/A</link></item>")) == []


def test_an_entry_without_any_address_is_told_or_left_out() -> None:
    assert not discover(rss("<item><title>Đê</title></item>" + ITEM).encode(), HOME, site=SITE).links[1:]


@pytest.mark.parametrize(
    "junk",
    [
        "\ufeff\ufeff \n",
        "<br />\n<b>Warning</b>: Undefined variable $a in <b>/www/rss.php</b> on line <b>3</b><br />",
        "<!DOCTYPE html><html><head></head><body>",
        "<script>var a = '<p>';</script>",
        "Notice: deprecated\x00\x0b",
    ],
)
def test_a_feed_behind_junk(junk: str) -> None:
    assert found(junk + rss(ITEM)) == [FIRST]


def test_a_page_that_tells_of_a_feed_is_a_page() -> None:
    page = "<html><body><pre>&lt;?xml version='1.0'?&gt;&lt;rss&gt;</pre><p>Hướng dẫn</p></body></html>"
    assert discover(page.encode(), HOME + "home.rss").refused is Refusal.HTML_FOR_FEED


# Sitemaps


def sitemap(root: str, news: str = "") -> str:
    name, prefix = root.split()[0], root.partition(":")[0] + ":" if ":" in root.split()[0] else ""
    rows = "".join(
        f"<{prefix}url><{prefix}loc>{url}</{prefix}loc><{prefix}lastmod>2026-10-05</{prefix}lastmod>{news}</{prefix}url>"
        for url in (FIRST, SECOND)
    )
    return f"<?xml version='1.0'?><{root}>{rows}</{name}>"


@pytest.mark.parametrize(
    "root",
    [
        'urlset xmlns="http://www.sitemaps.org/schemas/sitemap-0.9"',
        'urlset xmlns="https://www.google.com/schemas/0.9"',
        'urlset xmlns="http://www.w3.org/1999/xhtml"',
        "urlset",
        's:urlset xmlns:s="urn:x"',
        "s:urlset",
    ],
)
def test_a_sitemap_of_any_namespace(root: str) -> None:
    answer = discover(sitemap(root).encode(), HOME + "sitemap.xml", site=SITE)
    assert [link.url for link in answer.links] == [FIRST, SECOND]
    assert all(link.modified_at for link in answer.links)


@pytest.mark.parametrize(
    "space", ['xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"', 'xmlns:news="urn:n"', ""]
)
def test_the_time_of_news_in_any_namespace(space: str) -> None:
    news = (
        "<news:news><news:publication><news:name>Báo</news:name></news:publication><news:title>Đê</news:title>"
        "<news:publication_date>2026-10-05T08:00:00+07:00</news:publication_date></news:news>"
    )
    link = discover(sitemap(f"urlset {space}", news).encode(), HOME + "sitemap.xml", site=SITE).links[0]
    assert (link.title, link.published_at) == ("Đê", datetime.fromisoformat("2026-10-05T08:00:00+07:00"))


def test_pictures_of_a_sitemap_are_no_pages() -> None:
    image = f'<image:image xmlns:image="urn:i"><image:loc>{HOME}a-post9.html</image:loc></image:image>'
    assert found(sitemap('urlset xmlns="urn:x"', image), HOME + "sitemap.xml") == [FIRST, SECOND]


@pytest.mark.parametrize(
    "text",
    [
        f"{FIRST}\n{SECOND}\n",
        f"\ufeff{FIRST}\r\n\r\n{SECOND}\r\n",
        f"# ngày 5/10\n{FIRST}\u200b\n<{SECOND}>",
        f"www.bao.example.vn/de-bien-post1.html\r{SECOND}",
        f"url\n{FIRST}\n{SECOND}",
    ],
)
def test_a_sitemap_that_is_a_list(text: str) -> None:
    for body in (text.encode(), gzip.compress(text.encode())):
        answer = discover(body, HOME + "sitemap.txt", site=SITE)
        assert answer.kind == "sitemap"
        assert [link.canonical_url for link in answer.links if not link.refused] == [FIRST, SECOND]


def test_a_text_that_is_no_list_is_not_read_as_one() -> None:
    text = f"Xem tại {FIRST}\n{SECOND}\n"
    assert discover(text.encode(), HOME + "sitemap.txt", site=SITE).refused is Refusal.UNREADABLE


# gzip


def members(text: str, count: int) -> bytes:
    data = text.encode()
    size = len(data) // count + 1
    return b"".join(gzip.compress(data[at : at + size]) for at in range(0, len(data), size))


@pytest.mark.parametrize("count", [1, 2, 7, 400])
def test_gzip_of_several_members(count: int) -> None:
    body = members(rss(ITEM), count)
    assert found(body) == [FIRST]
    assert found(body + b"\0" * 512) == [FIRST]  # padded to a block, as tapes and some caches do


def test_gzip_in_gzip_and_gzip_by_name_alone() -> None:
    assert found(gzip.compress(gzip.compress(rss(ITEM).encode()))) == [FIRST]
    assert found(rss(ITEM), HOME + "home.rss.gz") == [FIRST]


def test_a_later_member_that_is_cut_off_leaves_the_rest_and_is_told() -> None:
    body = gzip.compress(rss(ITEM)[:-20].encode()) + gzip.compress(b"x" * 200)[:15]
    answer = discover(body, HOME + "home.rss", site=SITE)
    assert [link.url for link in answer.links] == [FIRST]
    assert answer.cut


# JSON Feed


def json_feed(*items: object, version: str | None = "https://jsonfeed.org/version/1.1") -> Discovery:
    head = {"version": version} if version else {}
    text = json.dumps({**head, "title": "Báo", "home_page_url": HOME, "items": items})
    return discover(text.encode(), HOME + "feed.json", site=SITE)


def test_json_feed() -> None:
    answer = json_feed(
        {"id": "1", "url": FIRST, "title": "Gia cố &amp; đê", "date_published": "2026-10-05T08:00:00+07:00"},
        {"id": SECOND, "title": None, "external_url": "https://khac.vn/a-post3.html", "date_modified": "2026-10-06"},
        {"id": 3, "url": "/quang-cao/abc"},
        {"id": 4},
        "odd",
    )
    assert answer.kind == "feed"
    first, second, third = answer.links
    assert (first.url, first.title) == (FIRST, "Gia cố & đê")
    assert first.published_at == datetime.fromisoformat("2026-10-05T08:00:00+07:00")
    assert (second.url, second.title, second.published_at) == (SECOND, None, None)
    assert second.modified_at is not None
    assert third.refused is Refusal.NOT_ARTICLE


def test_json_with_items_is_a_feed_by_their_fields() -> None:
    assert json_feed({"url": FIRST, "date_published": "2026-10-05"}, version=None).links
    assert json_feed({"name": "a"}, version=None).refused is Refusal.EMPTY_SOURCE
    assert json_feed().refused is Refusal.EMPTY_SOURCE

"""Feeds, sitemaps and lists with the slips of their makers: as other programs that read feeds have met them."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from crawler.discover import Discovery, discover
from crawler.errors import Refusal
from tests.support import PAPER as SITE
from tests.support import PAPER_HOME as HOME

FIRST, SECOND = f"{HOME}de-bien-post1.html", f"{HOME}cau-vuot-post2.html"
SPACES = (
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"'
    ' xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
    ' xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/"'
)
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'


def look(text: str, name: str = "home.rss") -> Discovery:
    return discover(text.encode(), HOME + name, site=SITE)


def found(text: str, name: str = "home.rss") -> list[str]:
    return [link.canonical_url or "" for link in look(text, name).links if not link.refused]


def rss(*items: str, channel: str = "") -> str:
    body = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0"?><rss version="2.0"{SPACES}><channel><title>Báo</title>{channel}{body}</channel></rss>'


def urls(text: str, end: str = "</urlset>") -> str:
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{text}{end}'


@pytest.mark.parametrize(
    "relation", ["Alternate", "", "alternate bookmark", "http://www.iana.org/assignments/relation/alternate"]
)
def test_the_page_of_an_entry_by_whatever_spelling_of_its_relation(relation: str) -> None:
    entry = f'<link rel="replies" href="{SECOND}"/><link rel="{relation}" href="{FIRST}"/><id>urn:1</id>'
    assert found(f'<feed xmlns="http://www.w3.org/2005/Atom"><entry>{entry}</entry></feed>') == [FIRST]


@pytest.mark.parametrize(
    "item",
    [
        f"<link>http://feedproxy.google.com/~r/bao/~3/Xy/</link><feedburner:origLink>{FIRST}</feedburner:origLink>",
        f"<feedburner:origLink>{FIRST}</feedburner:origLink>",
        '<guid isPermaLink="true">de-bien-post1.html</guid>',
        f"<link>&lt;![CDATA[{FIRST}]]&gt;</link>",
        f"<link>{HOME}\n   de-bien-post1.html</link>",
    ],
)
def test_where_the_address_of_an_entry_stands(item: str) -> None:
    assert found(rss(f"<title>Đê</title>{item}")) == [FIRST]


def test_an_item_of_rdf_that_has_no_link_but_says_what_it_is_about() -> None:
    item = f'<item rdf:about="{FIRST}"><title>Đê</title></item><item rdf:about="urn:1"><title>Đê</title></item>'
    assert found(f"<rdf:RDF {RDF}><channel><title>Báo</title></channel>{item}</rdf:RDF>") == [FIRST]


def test_parameters_that_are_called_like_signs() -> None:
    for text in (
        rss("<title>Đê</title><link>https://khac.vn/?id=1&copy=2&sect=3&reg=4&amp;amp;not=5</link>"),
        urls("<url><loc>https://khac.vn/?id=1&copy=2&sect=3&reg=4&amp;not=5</loc></url>"),
    ):
        (link,) = discover(text.encode(), HOME + "home.rss").links
        assert link.url == "https://khac.vn/?id=1&copy=2&sect=3&reg=4&not=5"


def test_a_blank_inside_an_address_is_part_of_it() -> None:
    (link,) = discover(rss("<link>https://khac.vn/a b-post1.html</link>").encode(), HOME + "home.rss").links
    assert link.url == "https://khac.vn/a%20b-post1.html"
    (link,) = discover(urls("<url><loc>https://khac.vn/\n a b.html\n</loc></url>").encode(), HOME + "s.xml").links
    assert link.url == "https://khac.vn/a%20b.html"


@pytest.mark.parametrize("href", ["/de-bien-post1.html", "de-bien-post1.html"])
def test_a_feed_on_a_host_of_its_own_belongs_to_the_site_that_it_names(href: str) -> None:
    feed = rss(f"<title>Đê</title><link>{href}</link>", channel=f"<link>{HOME}</link>").encode()
    (link,) = discover(feed, "https://rss.kho-tin.example/bao/home.rss").links
    assert link.url == FIRST
    # On the site's own host an address belongs to where the feed stands.
    (link,) = discover(feed, f"{HOME}tin/home.rss").links
    assert link.url == (FIRST if href[0] == "/" else f"{HOME}tin/de-bien-post1.html")


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        ("<dc:title>Đê mới</dc:title>", "Đê mới"),
        ("<dc:title>Tên khác</dc:title><title>Đê mới</title>", "Đê mới"),
        ("<media:title>Ảnh</media:title>", None),
        ("<title>&lt;![CDATA[Đê mới]]&gt;</title>", "Đê mới"),
        ("<title><![CDATA[<![CDATA[Đê mới]]]]><![CDATA[>]]></title>", "Đê mới"),
    ],
)
def test_titles(fields: str, title: str | None) -> None:
    (link,) = look(rss(f"{fields}<link>{FIRST}</link>")).links
    assert link.title == title


def test_dates_with_the_month_first_behind_the_name_of_a_day() -> None:
    dates = "Mon, 03/30/2026 - 19:19", "Tue, 03/10/2026 - 08:00"
    items = [f"<link>{url}</link><pubDate>{date}</pubDate>" for url, date in zip((FIRST, SECOND), dates, strict=True)]
    expected = ["2026-03-30T19:19+07:00", "2026-03-10T08:00+07:00"]
    assert [link.published_at for link in look(rss(*items)).links] == list(map(datetime.fromisoformat, expected))
    (link,) = look(rss(f"<link>{FIRST}</link><prism:publicationDate>2026-03-10</prism:publicationDate>")).links
    assert link.published_at == datetime.fromisoformat("2026-03-10T00:00+07:00")


def test_half_an_address_at_the_end_of_what_is_cut_off_is_none() -> None:
    for text in (
        urls(f"<url><loc>{FIRST}</loc></url><url><loc>{HOME}cau-vuot-post", end=""),
        rss(f"<link>{FIRST}</link>").removesuffix("</channel></rss>") + f"<item><link><![CDATA[{HOME}cau-vuot-post2",
    ):
        answer = look(text)
        assert ([link.url for link in answer.links], answer.cut) == ([FIRST], True)


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def test_a_feed_or_sitemap_that_was_escaped_into_another_document() -> None:
    feed, sitemap = rss(f"<title>Đê &amp; bờ</title><link>{FIRST}</link>"), urls(f"<url><loc>{FIRST}</loc></url>")
    service = '<?xml version="1.0"?><string xmlns="http://tempuri.org/">{}</string>'
    page = "<html><head><title>Sitemap</title></head><body><pre>{}</pre></body></html>"
    for frame in (service, page):
        assert found(frame.format(escaped(feed))) == found(frame.format(escaped(sitemap)), "sitemap.xml") == [FIRST]
    assert look(service.format(escaped(feed))).links[0].title == "Đê & bờ"


# Sitemaps and indexes, which some take for each other


def children(text: str) -> list[str]:
    return [link.url for link in look(text, "sitemap.xml").children]


def test_what_leads_to_sitemaps_is_an_index() -> None:
    files = [f"{HOME}sitemap-1.xml", f"{HOME}tin-2.xml.gz"]
    assert children(urls("".join(f"<url><loc>{file}</loc></url>" for file in files))) == files
    assert children(urls("".join(f"<sitemap><loc>{file}</loc></sitemap>" for file in files))) == files
    index = urls("".join(f"<url><loc>{file}</loc></url>" for file in files)).replace("urlset", "sitemapindex")
    assert children(index) == files


def test_what_leads_to_pages_is_a_sitemap() -> None:
    index = urls(f"<url><loc>{FIRST}</loc></url>").replace("urlset", "sitemapindex")
    assert found(index, "sitemap.xml") == [FIRST]
    # A feed that is listed among pages makes no index of them.
    mixed = look(urls(f"<url><loc>{HOME}home.xml</loc></url><url><loc>{FIRST}</loc></url>"), "sitemap.xml")
    assert (mixed.kind, [link.url for link in mixed.links if not link.refused]) == ("sitemap", [FIRST])
    empty = look(urls("").replace("urlset", "sitemapindex"), "sitemap.xml")
    assert (empty.kind, empty.refused) == ("index", Refusal.EMPTY_SOURCE)


@pytest.mark.parametrize(
    "text",
    [
        f"{FIRST}\t2026-10-05\t0.5\n{SECOND}\t2026-10-05\t0.5\n",
        f"url,lastmod\n{FIRST},2026-10-05\n{SECOND},2026-10-05\n",
        f'"url","lastmod"\n"{FIRST}","2026-10-05"\n"{SECOND}","05/10/2026"\n',
        f"{FIRST} priority=0.8 lastmod=2026-10-05\n{SECOND} daily",
        f"{FIRST} {SECOND}\n",
        f"{FIRST}, {SECOND}",
    ],
)
def test_a_list_with_columns(text: str) -> None:
    assert found(text, "sitemap.txt") == [FIRST, SECOND]


def test_a_comma_in_an_address_is_part_of_it() -> None:
    (link,) = discover(b"https://khac.vn/tin,1,2.html\n", HOME + "sitemap.txt").links
    assert link.url == "https://khac.vn/tin,1,2.html"


# JSON


@pytest.mark.parametrize("frame", ["callback({});", "/**/ tin.nghe({})", ")]}}',\n{}", "{}\n<!-- cached -->", "{};"])
def test_json_that_is_made_a_script(frame: str) -> None:
    feed = {"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "url": FIRST}]}
    assert found(frame.format(json.dumps(feed)), "feed.json") == [FIRST]
    assert look(json.dumps(feed) + json.dumps(feed), "feed.json").refused is Refusal.UNREADABLE


def test_json_with_control_characters_and_dates_of_dotnet() -> None:
    raw = f'{{"version": "https://jsonfeed.org/version/1", "items": [{{"url": "{FIRST}", "title": "Đê\n\tmới", '
    (link,) = look(raw + r'"date_published": "\/Date(1791162307000+0700)\/"}]}', "feed.json").links
    assert link.title == "Đê mới"
    assert link.published_at == datetime.fromisoformat("2026-10-05T08:05:07+07:00")


@pytest.mark.parametrize(
    "text",
    [
        f"{FIRST}" + " " * 3_000_000 + "x\n",
        f"{FIRST}" + "\t ," * 1_000_000,
        urls("<url><loc>" + " \n" * 1_500_000 + f"{FIRST}</loc></url>"),
        rss("<link>" + " " * 3_000_000 + "x</link>" + "<title>" + "<![CDATA[" * 100_000 + "</title>"),
        "callback(" * 300_000,
        '{"items": []}' + " " * 3_000_000 + "x",
        "<string>" + "&lt;rss " * 300_000 + "</string>",
        urls("<url><loc>https://khac.vn/" + "&amp" * 500_000 + "</loc></url>"),
    ],
)
def test_long_slips_are_gone_through_once(text: str) -> None:
    # With a pattern that begins anew at each sign these take hours.
    look(text, "sitemap.txt")

"""Addresses: one canonical form whatever the route, a true word for what is no article, the right site."""

from __future__ import annotations

import csv
import os
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crawler.errors import Discard, Refusal
from crawler.items import LONGEST_URL
from crawler.sites import EPI, Feed, Site, Sites, UrlVerdict, absolute, canonical, judge, load_sites

CORPUS = os.environ.get("THOISU_CORPUS", "")


def site(**changes: Any) -> Site:
    facts: dict[str, Any] = {
        "publisher": "Báo Mẫu",
        "home": "https://www.baomau.vn/",
        "tier": "press",
        "sources": (Feed("https://www.baomau.vn/rss/home.rss"),),
        "article": r"-post\d+\.html$",
        "layout": EPI,
    }
    return Site(**(facts | changes))


MAU = site()
ARTICLE = "https://www.baomau.vn/mua-lon-o-mien-trung-post123.html"


@pytest.mark.parametrize(
    "url",
    [
        "http://www.baomau.vn/mua-lon-o-mien-trung-post123.html",
        "http://baomau.vn:80/mua-lon-o-mien-trung-post123.html",
        "https://baomau.vn:443/mua-lon-o-mien-trung-post123.html",
        "https://m.baomau.vn/mua-lon-o-mien-trung-post123.html/",
        "https://amp.baomau.vn/mua-lon-o-mien-trung-post123.html",
        "https://BaoMau.vn./mua-lon-o-mien-trung-post123.html#binh-luan",
        "  https://baomau.vn/mua-lon-o-mien-trung-post123.html\n",
        "https://baomau.vn\\mua-lon-o-mien-trung-post123.html",
        "https://baomau.vn//kinh-te/..//./mua-lon-o-mien-trung-post123.html",
        "https://baomau.vn/mua-lon-o-mien-trung-post123.html?utm_source=zalo&fbclid=a&gidzl=b&trang=2",
        "https://baomau.vn/mua-lon-o-mien-trung-post123.html;jsessionid=0A1B2C?x=1",
        "https://baomau.vn/m%75a-lon-o-mien-trung-post123%2ehtml",
        "https://baomau.vn/amp/mua-lon-o-mien-trung-post123.amp",
        "https://baomau.vn/amp/mua-lon-o-mien-trung-post123.html",
        "https://baomau.vn/mua-lon-o-mien-trung-post123.html/amp",
        "https://baomau.vn/mua-lon-o-mien-trung-post123.amp?amp=1",
        "https://baomau.vn/print/mua-lon-o-mien-trung-post123.html",
    ],
)
def test_every_route_leads_to_one_address(url: str) -> None:
    assert canonical(url, MAU) == ARTICLE


@pytest.mark.parametrize(
    "query",
    [
        "vn_source=Home&vn_campaign=Box&vn_medium=Item-1&vn_term=Desktop&vn_thumb=1",
        "itm_source=box&itm_medium=b",
        "mibextid=x",
    ],
)
def test_how_a_reader_came_is_no_part_of_a_foreign_address(query: str) -> None:
    assert canonical(f"https://other.vn/tin?id=7&{query}") == "https://other.vn/tin?id=7"
    assert canonical("https://other.vn/tin?vn_id=7") == "https://other.vn/tin?vn_id=7"


def test_sub_domains_and_former_domains_stay() -> None:
    mau = site(hosts=("mau.com.vn",))
    assert canonical("http://mega.baomau.vn/a-post1.html", mau) == "https://mega.baomau.vn/a-post1.html"
    assert canonical("http://www.mau.com.vn/a-post1.html", mau) == "https://mau.com.vn/a-post1.html"


def test_a_host_that_is_not_the_sites_keeps_its_own_rules() -> None:
    assert canonical("http://Other.vn/a?utm_medium=x&b=2&a=1", MAU) == "https://other.vn/a?a=1&b=2"


def test_only_named_parameters_stay_and_are_spelt_as_the_site_spells_them() -> None:
    portal = site(article=r"ItemID=\d+", keep_query=("ItemID", "CateID"))
    url = "https://baomau.vn/tintuc/Pages/tin.aspx?itemid=12&Page=3&CateID=4&ItemID=99"
    assert canonical(url, portal) == "https://www.baomau.vn/tintuc/pages/tin.aspx?CateID=4&ItemID=12"


def test_slash_is_the_sites_choice() -> None:
    slashed = site(keep_slash=True, article=r"/\d{6}/[\w-]+/$")
    assert canonical("https://baomau.vn/kinh-te/202608/abc", slashed) == "https://www.baomau.vn/kinh-te/202608/abc/"
    assert canonical("https://baomau.vn/a-post1.html/", slashed) == "https://www.baomau.vn/a-post1.html"
    assert canonical("https://baomau.vn", slashed) == canonical("https://baomau.vn/", MAU) == "https://www.baomau.vn/"


def test_a_site_that_speaks_http_is_asked_so() -> None:
    old = site(home="http://baomau.vn/")
    assert canonical("https://www.baomau.vn/a-post1.html", old) == "http://baomau.vn/a-post1.html"


def test_without_a_site_identity_is_kept() -> None:
    url = "http://vanban.example.vn/?pageid=27160&docid=219330&utm_campaign=a&_afrLoop=1"
    assert canonical(url) == "https://vanban.example.vn/?docid=219330&pageid=27160"
    assert canonical("https://baomau.vn/kinh-te&s_cond=&BRSR=20") == "https://baomau.vn/kinh-te&s_cond=&BRSR=20"
    assert canonical("http://127.0.0.1:8001/a/") == "http://127.0.0.1:8001/a"
    assert canonical("https://[2001:DB8::1]/a") == "https://[2001:db8::1]/a"


def test_two_spellings_of_vietnamese_are_one() -> None:
    composed, decomposed = "https://a.vn/ti%E1%BA%BFng", "https://a.vn/tie\u0302\u0301ng"
    assert canonical(decomposed) == canonical(composed) == "https://a.vn/ti%E1%BA%BFng"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/tin/a-post1.html",
        "baomau.vn/a-post1.html",
        "javascript:void(0)",
        "mailto:toasoan@baomau.vn",
        "ftp://baomau.vn/a",
        "https://",
        "https:///a",
        "https://baomau.vn:port/a",
        "https://baomau.vn:99999/a",
        "https://user:secret@baomau.vn/a",
        "https://bao mau.vn/a",
        "https://baomau.vn/a b",
        "https://baomau.vn/a\x00b",
        "https://baomau.vn/a%00b",
        "https://[baomau.vn/a",
        "https://bao<mau>.vn/",
        "https://baomau.vn/\ud800-post1.html",
        "http://baomau.vn/\udcff-post1.html",
        "https://baomau.vn/a-post1.html?x=\ud800",
        pytest.param("https://" + "a." * 100_000 + "vn/x-post1.html", id="long host"),
        pytest.param("https://baomau.vn/" + "a" * 2000 + "-post1.html", id="long path"),
        pytest.param("https://baomau.vn/" + "ế" * 300 + "-post1.html", id="long when encoded"),
    ],
)
def test_what_is_no_address_is_refused_by_name(url: str) -> None:
    with pytest.raises(Discard) as caught:
        canonical(url)
    assert caught.value.reason is Refusal.BAD_URL
    assert judge(url, MAU) == UrlVerdict(None, Refusal.BAD_URL)


def test_a_long_address_meets_no_pattern(monkeypatch: pytest.MonkeyPatch) -> None:
    split, join = Mock(), Mock()
    monkeypatch.setattr("crawler.sites.urls.urlsplit", split)
    monkeypatch.setattr("crawler.sites.urls.urljoin", join)
    address = "https://baomau.vn/" + "amp/" * (LONGEST_URL // 4) + "a-post1.html"
    assert Sites([replace(MAU, name="mau")]).find(address) is None
    assert absolute(address, "https://baomau.vn/") is None
    split.assert_not_called()
    join.assert_not_called()


def test_the_longest_address_is_taken() -> None:
    start, end = "https://www.baomau.vn/", "-post1.html"
    address = start + "a" * (LONGEST_URL - len(start + end)) + end
    assert canonical(address, MAU) == absolute(address, start) == address


def test_views_upon_views_are_not_peeled_one_by_one() -> None:
    assert canonical("https://baomau.vn/amp/print/mua-lon-post123.html/amp", MAU).endswith(".vn/mua-lon-post123.html")
    made_up = "https://www.baomau.vn" + "/amp" * 400 + "/mua-lon-post123.html"
    assert canonical(made_up, MAU) == made_up


def test_links_lose_what_says_how_the_reader_came() -> None:
    link = absolute("/a-post1.html?utm_source=x&id=7&GIDZL=b&ref=home#z", "https://baomau.vn/")
    assert link == "https://baomau.vn/a-post1.html?id=7"


segment = st.text(alphabet="abcđếươ-_.~%2fE/\\;=&+!()", max_size=12)


@given(
    host=st.sampled_from(["baomau.vn", "www.baomau.vn", "m.baomau.vn", "mega.baomau.vn", "khac.vn", "KHÁC.vn"]),
    path=st.lists(segment, max_size=4).map("/".join),
    query=st.dictionaries(st.sampled_from(["id", "ItemID", "utm_source", "p", "amp"]), segment, max_size=3),
    keep=st.sampled_from([(), ("id",), ("ItemID", "p")]),
    slash=st.booleans(),
    known=st.booleans(),
)
@settings(max_examples=300)
def test_canonical_is_stable(
    host: str, path: str, query: dict[str, str], keep: tuple[str, ...], slash: bool, known: bool
) -> None:
    mau = site(keep_query=keep, keep_slash=slash) if known else None
    url = f"https://{host}/{path}?{'&'.join(f'{k}={v}' for k, v in query.items())}"
    once = canonical(url, mau)
    assert canonical(once, mau) == once
    assert canonical(url.replace("https", "http", 1), mau) == once
    assert canonical(url + "&utm_medium=x&fbclid=y#z", mau) == once


@given(st.text(st.characters(), max_size=60) | st.text(max_size=40).map("https://baomau.vn/".__add__))
@settings(max_examples=200)
@example("https://baomau.vn/\udcff?p=\ud800")
def test_any_text_is_an_address_or_a_named_refusal(text: str) -> None:
    verdict = judge(text, MAU)
    assert (verdict.kind is None) != (verdict.refused is None)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/", Refusal.SECTION),
        ("/kinh-te", Refusal.SECTION),
        ("/kinh-te/", Refusal.SECTION),
        ("/kinh-te.htm", Refusal.SECTION),
        ("/kinh-te/tai-chinh-ngan-hang.html", Refusal.SECTION),
        ("/tai-chinh-chung-khoan-d6/", Refusal.SECTION),
        ("/tai-chinh-chung-khoan-d6/p2", Refusal.SECTION),
        ("/thoi-su-472ct0/trang-2.htm", Refusal.SECTION),
        ("/Thoi-su/57.bcb", Refusal.SECTION),
        ("/kinh-te&s_cond=&BRSR=20", Refusal.SECTION),
        ("/chu-de/gia-vang-276.htm", Refusal.TOPIC),
        ("/topic/ha-noi-26482", Refusal.TOPIC),
        ("/tag/vang", Refusal.TOPIC),
        ("/bau-cu-tong-thong-e587.htm", Refusal.TOPIC),
        ("/mua-bao-event123.html", Refusal.TOPIC),
        ("/bao-mau-so-25789-2026.html", Refusal.PRINT_EDITION),
        ("/bao-in/2026", Refusal.PRINT_EDITION),
        ("/video", Refusal.MEDIA),
        ("/anh/gallery-7", Refusal.MEDIA),
        ("/files/loi-hieu-trieu.mp3", Refusal.MEDIA),
        ("/files/ke-hoach-85.PDF", Refusal.DOCUMENT),
        ("/van-ban/nghi-dinh-12345", Refusal.DOCUMENT),
        ("/rss/home.rss", Refusal.NOT_ARTICLE),
        ("/tim-kiem?q=bao", Refusal.NOT_ARTICLE),
        ("/print.html?id=976641", Refusal.NOT_ARTICLE),
        ("/tin-cu-khong-con-theo-mau-123456.html", Refusal.NOT_ARTICLE),
    ],
)
def test_the_word_is_true(path: str, reason: Refusal) -> None:
    assert judge("https://baomau.vn" + path, MAU) == UrlVerdict(None, reason)


def test_excluded_addresses_are_refused_and_strangers_named() -> None:
    mau = site(exclude=r"^/bao-mau-so-\d")
    assert judge("https://baomau.vn/bao-mau-so-9-post1.html", mau).refused is Refusal.PRINT_EDITION
    assert judge("https://baomau.vn/bao-so-4-manh-len-post1.html", mau) == UrlVerdict("article")
    assert judge("https://baomau.vn.evil.com/a-post1.html", mau).refused is Refusal.OTHER_SITE
    assert judge("https://xbaomau.vn/a-post1.html", mau).refused is Refusal.OTHER_SITE


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://baomau.vn/video-lu-ve-post1.html", "video"),
        ("https://baomau.vn/video/lu-ve-post1.html", "video"),
        ("https://baomau.vn/podcast-ban-tin-toi-post1.html", "podcast"),
        ("https://baomau.vn/infographic/gia-vang-post1.html", "infographic"),
        ("https://mega.baomau.vn/mot-doi-nguoi-post1.html", "emagazine"),
        ("https://baomau.vn/special/80-nam/x-post1.html", "emagazine"),
        ("https://baomau.vn/photo/mua-hoa-post1.html", "photo"),
        ("https://baomau.vn/anh-em-mot-nha-post1.html", "article"),
        ("https://baomau.vn/truc-tiep-xo-so-post1.html", "article"),
        ("https://baomau.vn/special-forces-post1.html", "article"),
    ],
)
def test_kind_is_what_the_address_says(url: str, kind: str) -> None:
    assert judge(url, MAU).kind == kind


def test_the_most_specific_host_wins() -> None:
    portal = site(home="https://chinhphu.example.vn/", sources=(Feed("https://chinhphu.example.vn/rss"),))
    branch = site(home="https://xaydung.chinhphu.example.vn/", sources=(Feed("https://xaydung.chinhphu.example.vn/r"),))
    sites = Sites([replace(branch, name="branch"), replace(portal, name="portal")])
    assert sites.find("https://www.xaydung.chinhphu.example.vn/a") is sites["branch"]
    assert sites.find("https://khac.chinhphu.example.vn/a") is sites["portal"]
    assert sites.find("https://example.vn/a") is None
    assert sites.find("javascript:void(0)") is None
    sites = Sites([sites["portal"]])
    assert sites.find("https://xaydung.chinhphu.example.vn/a") is sites["portal"]


@pytest.mark.skipif(not CORPUS, reason="real pages: set THOISU_CORPUS to the corpus folder")
def test_real_addresses_are_taken_by_their_spider() -> None:
    sites = load_sites()
    with (Path(CORPUS) / "urls.tsv").open(encoding="utf-8") as lines:
        urls = [row["url"] for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]
    forms = {}
    for url in urls:
        found = sites.find(url)
        assert found, url
        assert judge(url, found).refused is None, url
        forms[url] = canonical(url, found)
        bare = url.replace("https://", "http://").replace("//www.", "//") + "/?utm_source=rss"
        assert canonical(bare, found) == forms[url]
    assert len(set(forms.values())) == len(set(urls)) > 1900

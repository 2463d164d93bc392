"""The pattern that is learned takes the articles, refuses the rest, and leaves room for those of tomorrow."""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from pathlib import Path

import pytest

from crawler.learn.addresses import AddressRules, learn_addresses, shape

CORPUS = Path(os.environ.get("THOISU_CORPUS") or "nowhere")
HOME = "https://bao.example.vn"


def rules(articles: list[str], others: list[str] = ()) -> AddressRules:  # type: ignore[assignment]
    found = learn_addresses([HOME + path for path in articles], [HOME + path for path in others])
    assert found is not None
    return found


SLUG = ("khoi-cong-cau-moi-qua-song", "bo-truong-lam-viec-voi-tinh", "mua-lon-o-vung-nui-phia-bac", "gia-lua-tang-nhe")
SCHEMES = {
    "number behind": ("/{slug}-{n}.html", "/xa-hoi-{k}.html", r"-\d{5,}\.html$"),
    "marked number": ("/{slug}-post{n}.html", "/xa-hoi/", r"-post\d{5,}\.html$"),
    "time and counter": ("/{slug}-10226030{n}1234.htm", "/xa-hoi.htm", r"-\d{16,}\.htm$"),
    "number alone": ("/xa-hoi/{n}", "/xa-hoi", r"/\d{5,}$"),
    "number before": ("/tin/{n}-{slug}", "/tin", r"/\d{5,}-[^/]+$"),
    "date": ("/2026/03/02/{slug}.html", "/xa-hoi.html", r"/\d{4}/\d{1,2}/\d{1,2}/[^/]+\.html$"),
    "folder": ("/tin/{n}/{slug}", "/tin/xa-hoi", r"/\d{5,}/[^/]+$"),
    "query": ("/chi-tiet.aspx?ItemID={n}", "/trang-chu.aspx", r"^/chi-tiet\.aspx\?ItemID=\d+"),
    "one folder": ("/tin-tuc/{slug}", "/gioi-thieu", r"^/tin-tuc/[^/]+$"),
}


@pytest.mark.parametrize("name", SCHEMES)
def test_a_scheme_becomes_the_pattern_that_a_person_would_write(name: str) -> None:
    scheme, section, expected = SCHEMES[name]
    articles = [scheme.format(slug=slug, n=120345 + place) for place, slug in enumerate(SLUG)]
    found = rules(articles, [section.format(k=12), "/gioi-thieu/lien-he.html"])
    assert found.article == expected
    assert found.takes(HOME + scheme.format(slug="ngay-mai-troi-nang-dep", n=130999))
    assert not found.takes(HOME + section.format(k=12))
    assert not found.missed


def test_a_parameter_that_names_the_article_is_kept_with_what_goes_with_it() -> None:
    found = rules([f"/Default.aspx?tabid={3 + n % 4}&NewsID={900 + n}" for n in range(12)], ["/Default.aspx?tabid=3"])
    assert found.keep_query == ("NewsID", "tabid")
    assert found.takes(HOME + "/Default.aspx?tabid=5&NewsID=1200")
    assert not found.takes(HOME + "/Default.aspx?tabid=80&VideoID=7")


def test_tracking_parameters_name_nothing() -> None:
    found = rules([f"/{slug}-{7000 + n}.html?utm_source=rss{n}" for n, slug in enumerate(SLUG)])
    assert found.keep_query == ()


def test_addresses_that_end_in_a_slash_keep_it() -> None:
    assert rules([f"/{slug}-{70001 + n}/" for n, slug in enumerate(SLUG)]).keep_slash


def test_a_slug_that_ends_in_a_year_does_not_widen_the_pattern() -> None:
    found = rules([f"/{slug}-{4000100 + n}.html" for n, slug in enumerate(SLUG)])
    assert not found.takes(HOME + "/chu-de/bau-cu-2026.html")


def test_one_stray_beside_many_articles_narrows_nothing() -> None:
    articles = [f"/{slug}-va-ca-nuoc-{n}-{4000100 + n}.html" for n in range(15) for slug in SLUG]
    found = rules(articles, ["/chao-trai-4000900.html"])
    assert found.article == r"-\d{5,}\.html$"
    assert found.doubtful == ("/chao-trai-4000900.html",)
    assert rules(articles[:40], ["/chao-trai-4000900.html"]).doubtful == ()


def test_a_folder_of_labels_is_excluded() -> None:
    articles = [f"/{slug}-{4100 + n}.html" for n, slug in enumerate(SLUG)]
    found = rules(articles, ["/tag/song-hong-4711.html", "/tag/cau-moi-4712.html"])
    assert not found.takes(HOME + "/tag/ha-noi-4999.html")
    assert found.takes(HOME + articles[0])


def test_addresses_without_anything_in_common_are_not_learned() -> None:
    assert learn_addresses([], []) is None


def test_pages_of_one_program_have_one_shape() -> None:
    assert shape(HOME + "/x.aspx?id=3&p=1") == shape(HOME + "/x.aspx?p=9&id=77")
    assert shape(HOME + "/x.aspx?id=3") != shape(HOME + "/x.aspx?video=3")


def _real() -> dict[str, list[str]]:
    hosts: defaultdict[str, list[str]] = defaultdict(list)
    if (CORPUS / "urls.tsv").is_file():
        with (CORPUS / "urls.tsv").open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                hosts[row["host"]].append(row["url"])
    return {host: urls for host, urls in hosts.items() if len(urls) >= 100}


@pytest.mark.skipif(not _real(), reason="real addresses are not read: set THOISU_CORPUS to the corpus folder")
def test_forty_real_addresses_tell_the_others_of_their_host() -> None:
    for host, urls in _real().items():
        found = learn_addresses(urls[:40], [])
        assert found is not None, host
        assert sum(map(found.takes, urls)) >= 0.99 * len(urls), host


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://bao.vn/thoi-su/", "https://bao.vn/kinh-te/"),
        ("https://bao.vn/c102/giao-duc.htm", "https://bao.vn/c105/y-te.htm"),
        ("https://bao.vn/2026/08/21/bo-hop/", "https://bao.vn/2025/11/02/xa-hop/"),
    ],
)
def test_pages_of_one_kind_have_one_shape(one: str, other: str) -> None:
    assert shape(one) == shape(other)


def test_words_in_another_folder_are_another_shape() -> None:
    assert shape("https://bao.vn/chu-de/tien-luong/") != shape("https://bao.vn/thoi-su/tien-luong/")

"""What a definition takes over for a while, and what it never does."""

from __future__ import annotations

from datetime import datetime

import pytest

from crawler.sites import AddressForm, Feed, Listing, Sitemap, Source, StandIn, judge, with_stand_ins
from crawler.sites.stand_in import from_text, to_text
from crawler.text import VIETNAM
from tests.support import PAPER, PAPER_HOME

NOW = datetime(2026, 8, 6, tzinfo=VIETNAM)


def stand_in(by: Source | AddressForm | None) -> StandIn:
    return StandIn(site="bao", part="source", route="", by=by, since=NOW, why="")


def test_a_source_comes_beside_those_of_the_definition() -> None:
    new = Feed(PAPER_HOME + "moi.rss")
    assert with_stand_ins(PAPER, [stand_in(new)]).sources == (*PAPER.sources, new)
    assert with_stand_ins(PAPER, [stand_in(new), stand_in(new)]).sources == (*PAPER.sources, new)


def test_addresses_come_beside_those_of_the_definition() -> None:
    site = with_stand_ins(PAPER, [stand_in(AddressForm(article=r"-a\d{4,}\.htm$"))])
    assert judge(PAPER_HOME + "tin-a12345.htm", site).refused is None
    assert judge(PAPER_HOME + "tin-post12345.html", site).refused is None


@pytest.mark.parametrize(
    "by",
    [
        Feed("https://other.example.vn/home.rss"),
        Listing("https://bao.example.vn.evil.example/"),
        Feed(PAPER_HOME + "x" * 700),
        Feed("https://[bad/"),
        AddressForm(article="("),
        AddressForm(article="."),
        AddressForm(article=r"\.rss$"),
        AddressForm(article="a{500}" * 200),
        None,
    ],
)
def test_what_the_definition_does_not_bear_is_left_out(by: Source | AddressForm | None) -> None:
    assert with_stand_ins(PAPER, [stand_in(by)]) is PAPER


@pytest.mark.parametrize(
    "by",
    [
        Feed(PAPER_HOME + "moi.rss"),
        Sitemap(PAPER_HOME + "sitemap-{Y}-{m}.xml", lastmod="modified"),
        Listing(PAPER_HOME, pages=PAPER_HOME + "trang/{n}"),
        AddressForm(article=r"-a\d+$", exclude="^/video/", keep_query=("ItemID",)),
        None,
    ],
)
def test_it_comes_back_from_the_store_as_it_went_in(by: Source | AddressForm | None) -> None:
    assert from_text(to_text(by)) == by


def test_what_another_version_wrote_is_no_stand_in() -> None:
    assert from_text('{"kind": "Gopher", "url": "gopher://bao"}') is None
    assert from_text('{"kind": "Feed", "url": "https://bao/", "color": "red"}') is None

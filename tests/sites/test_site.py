"""A wrong definition fails when it is built, with a sentence that says what to mend."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from crawler.errors import BadSite
from crawler.sites import EPI, Feed, Layout, Listing, Site, Sitemap

RIGHT: dict[str, Any] = {
    "publisher": "Báo Mẫu",
    "home": "https://bao.example.vn/",
    "tier": "province",
    "sources": (Feed("https://bao.example.vn/rss/home.rss"),),
    "article": r"-post\d+\.html$",
    "layout": EPI,
}


def test_a_right_definition_is_taken() -> None:
    site = Site(**RIGHT)
    assert site.owns("mega.bao.example.vn")
    assert not site.owns("xbao.example.vn")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"publisher": ""}, "publisher"),
        ({"home": "https://bao.example.vn"}, "https://host/"),
        ({"tier": "village"}, "none of central"),
        ({"names": "BMO"}, "needs its comma"),
        ({"hosts": ("https://y.vn/",)}, "bare host name"),
        ({"hosts": ("Y.vn",)}, "lower case"),
        ({"layout": "epi"}, "must be a Layout"),
        ({"delay": "2"}, "seconds"),
        ({"delay": -1}, "seconds"),
        ({"article": None}, "regular expression"),
        ({"article": "("}, "no regular expression"),
        ({"article": r"\w"}, "takes every page"),
        ({"exclude": "."}, "takes every page"),
        ({"article": r"^https://bao\.example\.vn/.+-\d+"}, "begins with '/'"),
        ({"article": r"^/Pages/ChiTiet\.aspx"}, "lower case first"),
        ({"article": r"^/pages/tin\.aspx\?ItemID=\d+"}, "keep_query does not keep"),
        ({"article": "/rss"}, "takes the feed"),
        ({"sources": ()}, "at least one"),
        ({"sources": (Feed("https://bao.example.vn/rss"))}, "needs its comma"),
        ({"sources": ("https://bao.example.vn/rss",)}, "must be a Feed"),
        ({"sources": (Feed("https://khac.example.vn/rss"),)}, "lies outside"),
        ({"sources": (Feed("https://bao.example.vn/{Y}"),)}, "unknown placeholder {Y}"),
        ({"sources": (Sitemap("https://bao.example.vn/{M}.xml"),)}, "unknown placeholder {M}"),
        ({"sources": (Sitemap("https://bao.example.vn/s.xml", lastmod="modifed"),)}, "neither"),  # type: ignore[arg-type]
        ({"sources": (Listing("https://bao.example.vn/a", links="a[["),)}, "no CSS selector"),
        ({"sources": (Listing("https://bao.example.vn/a", pages="https://bao.example.vn/p"),)}, "needs {n}"),
        ({"sources": (Listing("https://bao.example.vn/a", pages="https://z.vn/{n}"),)}, "lies outside"),
    ],
)
def test_a_wrong_definition_says_what_to_mend(change: dict[str, Any], said: str) -> None:
    with pytest.raises(BadSite, match=r"^(Báo Mẫu|a site): ") as caught:
        Site(**{**RIGHT, **change})
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": "h1"}, "tuple of selectors"),
        ({"title": ("h1[[",)}, "no CSS selector"),
        ({"lead": ("",)}, "no CSS selector"),
        ({"body": ()}, "required"),
        ({"marks": (("vidoe", ".v"),)}, "kind of page"),
    ],
)
def test_a_wrong_layout_says_what_to_mend(change: dict[str, Any], said: str) -> None:
    with pytest.raises(BadSite) as caught:
        Layout(**{"name": "mau", "title": ("h1",), "body": (".b",), **change})
    assert said in str(caught.value)


def test_a_misspelt_replacement_is_named() -> None:
    with pytest.raises(BadSite, match="has no leed"):
        EPI.replace(leed=(".x",))


@pytest.mark.parametrize(
    ("day", "shard"),
    [
        (date(2026, 3, 1), "2026-3-1-5"),
        (date(2026, 3, 30), "2026-3-26-31"),
        (date(2026, 2, 28), "2026-2-26-28"),
        (date(2026, 12, 31), "2026-12-26-31"),
    ],
)
def test_windows_of_five_days_run_to_the_end_of_the_month(day: date, shard: str) -> None:
    assert (
        Sitemap("https://bao.example.vn/s-{Y}-{m}-{d1}-{d2}.xml").shard(day) == f"https://bao.example.vn/s-{shard}.xml"
    )

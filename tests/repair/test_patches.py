"""A patch is the spider's file with the change, and nothing that a site wrote gets out of its literal."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.adopt.spider_patch import spider_patch
from crawler.repair.choosing import mended
from crawler.sites import EPI, ONECMS, AddressForm, Feed, Layout, Site, Sitemap
from crawler.sites.registry import offer, read_file

SPIDER = '''"""Báo Mẫu: made up."""

from crawler.crawl import NewsSpider
from crawler.sites import EPI, Feed, Site


class BaoMau(NewsSpider):
    name = "baomau"
    site = Site(
        publisher="Báo Mẫu", home="https://baomau.example.vn/", tier="press",
        sources=(
            Feed("https://baomau.example.vn/home.rss"),
            Feed("https://baomau.example.vn/xa-hoi.rss"),
        ),
        article=r"-post\\d+\\.html$",
        layout=EPI,
    )  # fmt: skip
'''
HOME = "https://baomau.example.vn/"
OWN = Layout(name="baomau", title=("h1.tieu-de",), body=('div[data-x="\\""]', ".noi-dung"))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    own = tmp_path / "mine"
    own.mkdir()
    (own / "baomau.py").write_text(SPIDER, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        import sys

        patched.setitem(sys.modules, "own_spiders", sys)  # put back at the end
        offer(own)
        yield own


def applied(folder: Path, patch: str) -> Site:
    """The site of the file after `patch -p1`."""
    command = ["patch", "-p1", "-d", str(folder.parent)]
    subprocess.run(command, input=patch.encode(), check=True, capture_output=True)
    found = read_file(folder / "baomau.py")
    assert not isinstance(found, Layout)
    return found["baomau"]


def defined(folder: Path) -> Site:
    found = read_file(folder / "baomau.py")
    assert not isinstance(found, Layout)
    return found["baomau"]


def superseded(site: Site, layout: Layout) -> str:
    """The patch of a redesign."""
    assert site.layout is not None
    return spider_patch(site, replace(site, layout=layout, past=(site.layout, *site.past)))


def test_a_moved_source(folder: Path) -> None:
    site = defined(folder)
    better = mended(site, HOME + "home.rss", (Sitemap(HOME + "map-{Y}-{m}.xml", lastmod="modified"),))
    got = applied(folder, spider_patch(site, better))
    assert got.sources == better.sources == (Sitemap(HOME + "map-{Y}-{m}.xml", "modified"), Feed(HOME + "xa-hoi.rss"))


def test_new_addresses(folder: Path) -> None:
    site = defined(folder)
    better = mended(
        site, "", AddressForm(article=r"^/\w+\.aspx\?ItemID=\d+", exclude="^/video/", keep_query=("ItemID",))
    )
    got = applied(folder, spider_patch(site, better))
    assert (got.article, got.exclude, got.keep_query) == (better.article, "^/video/", ("ItemID",))


@pytest.mark.parametrize(("layout", "past"), [(ONECMS, (EPI,)), (OWN, (EPI,))])
def test_a_new_layout(folder: Path, layout: Layout, past: tuple[Layout, ...]) -> None:
    got = applied(folder, superseded(defined(folder), layout))
    assert (got.layout, got.past) == (layout, past)
    again = OWN.replace(name="baomau-2")
    after = applied(folder, superseded(got, again))
    assert (after.layout, after.past) == (again, (layout, *past))


def test_a_site_without_a_file_has_its_fields_changed() -> None:
    site = Site(publisher="Báo", home="https://x.example.vn/", tier="press", sources=(Feed("https://x.example.vn/a.rss"),),
                article=r"\d{4}$", layout=EPI, name="no_such_file")  # fmt: skip
    text = spider_patch(site, mended(site, "https://x.example.vn/a.rss", (Feed("https://x.example.vn/b.rss"),)))
    assert (
        '-        sources=(Feed("https://x.example.vn/a.rss"),),\n+        sources=(Feed("https://x.example.vn/b.rss"),),'
        in text
    )
    assert "+LAYOUT = Layout(" in superseded(site, OWN)
    assert "+        layout=LAYOUT, past=(EPI,)," in superseded(site, OWN)


@pytest.mark.parametrize("path", ['x"),*__import__("os"),("', "a\\", "b\n    evil = 1", '\'"""'])
def test_what_a_site_writes_stays_a_literal(folder: Path, path: str) -> None:
    site = defined(folder)
    text = spider_patch(site, replace(site, sources=(Feed(HOME + path), *site.sources[1:])))
    added = [line[1:] for line in text.splitlines() if line.startswith("+") and line[:3] != "+++"]
    calls = [
        node for line in added for node in ast.walk(ast.parse(line.strip().rstrip(","))) if isinstance(node, ast.Call)
    ]
    assert [ast.unparse(call.func) for call in calls] == ["Feed"]


def test_a_patch_has_a_limit(folder: Path) -> None:
    site = defined(folder)
    many = tuple(Feed(f"{HOME}{number}.rss") for number in range(400))
    assert spider_patch(site, replace(site, sources=many)) == ""

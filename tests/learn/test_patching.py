"""A patch puts what has changed into the file of a spider, and leaves the rest as a person wrote it."""

from __future__ import annotations

import ast
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path

import pytest

import spiders
from crawler.errors import BadInput
from crawler.learn import patch, patched
from crawler.learn.writing import file_of
from crawler.sites import EPI, VCCORP, Feed, Layout, Site, load_sites

SITES = load_sites()
FOLDER = Path(spiders.__path__[0])
FILE = '''"""Báo Mẫu: một tờ báo."""

from crawler.crawl import NewsSpider
from crawler.sites import EPI, Feed, Site


class Baomau(NewsSpider):
    name = "baomau"
    site = Site(
        publisher="Báo Mẫu", home="https://baomau.example.vn/", tier="press",  # tên đầy đủ
        sources=(Feed("https://baomau.example.vn/rss/cu.rss"),),
        # Đến năm 2017: /tin/….
        article=r"-post\\d+\\.html$",
        layout=EPI, names=("Báo Mẫu",),
    )  # fmt: skip
'''


def _written(text: str, name: str) -> Site:
    """The definition that a file holds."""
    values: dict[str, object] = {"__name__": "spiders.written"}
    exec(compile(text, name, "exec"), values)  # noqa: S102, files of the checkout
    found = [site for value in values.values() if isinstance(site := getattr(value, "site", None), Site)]
    return next(site for site in found if site.name == name)


def _mau() -> Site:
    return _written(FILE, "baomau")


@pytest.mark.parametrize("name", SITES)
def test_every_spider_can_be_patched(name: str) -> None:
    site = SITES[name]
    text = (FOLDER / f"{name}.py").read_text("utf-8")
    layout = (site.layout or EPI).replace(title=("h1.moi",), lead=(".sapo-moi",))
    new = replace(site, layout=layout, sources=(Feed(f"{site.home}rss/moi.rss"),), exclude="^/tag/")
    written = _written(patched(text, site, new), name)
    assert written.layout is not None
    assert written.layout.replace(name="-") == layout.replace(name="-")
    assert (written.sources, written.exclude, written.names) == (new.sources, new.exclude, site.names)


def test_a_small_change_is_a_small_patch() -> None:
    site = _mau()
    changed = patched(FILE, site, replace(site, sources=(Feed("https://baomau.example.vn/rss/moi.rss"),)))
    assert patch(FILE, changed, "spiders/baomau.py").splitlines() == [
        "--- a/spiders/baomau.py",
        "+++ b/spiders/baomau.py",
        "@@ -8,7 +8,7 @@",
        '     name = "baomau"',
        "     site = Site(",
        '         publisher="Báo Mẫu", home="https://baomau.example.vn/", tier="press",  # tên đầy đủ',
        '-        sources=(Feed("https://baomau.example.vn/rss/cu.rss"),),',
        '+        sources=(Feed("https://baomau.example.vn/rss/moi.rss"),),',
        "         # Đến năm 2017: /tin/….",
        '         article=r"-post\\d+\\.html$",',
        '         layout=EPI, names=("Báo Mẫu",),',
    ]


def test_a_family_with_a_change_becomes_a_layout_of_the_site() -> None:
    site = _mau()
    text = patched(FILE, site, replace(site, layout=EPI.replace(lead=(".moi",))))
    assert 'LAYOUT = EPI.replace(\n    name="baomau",\n    lead=(".moi",),\n)' in text
    assert "layout=LAYOUT" in text


def test_a_layout_that_nothing_uses_any_more_goes_with_its_import() -> None:
    site = _mau()
    own = patched(FILE, site, replace(site, layout=Layout(name="baomau", title=("h1",), body=(".bai",))))
    # A layout of the site's own stands in the place of the family it replaces.
    assert "from crawler.sites import EPI, Feed, Site\n" in own
    plain = FILE.replace("EPI, Feed, Site", "Feed, Layout, Site").replace(
        "\n\nclass", '\n\nLAYOUT = Layout(name="baomau", title=("h1",), body=(".bai",))\n\n\nclass'
    )
    plain = plain.replace("layout=EPI", "layout=LAYOUT")
    old = _written(plain, "baomau")
    text = patched(plain, old, replace(old, layout=VCCORP))
    assert "LAYOUT" not in text
    assert "from crawler.sites import VCCORP, Feed, Site\n" in text


def test_most_of_a_file_stays() -> None:
    site = SITES["nhandan"]
    text = (FOLDER / "nhandan.py").read_text("utf-8")
    changed = patched(text, site, replace(site, article=r"-post\d+\.html$"))
    assert SequenceMatcher(None, text, changed, autojunk=False).ratio() > 0.9


def test_a_file_without_the_site_is_refused() -> None:
    site = _mau()
    with pytest.raises(BadInput, match="no Site"):
        patched("x = 1\n", site, replace(site, exclude="^/tag/"))


def test_what_a_site_calls_itself_ends_no_literal() -> None:
    evil = 'Báo"""\nimport os\nos.abort()\n"""\\'
    text = file_of(replace(_mau(), publisher=evil))
    assert _written(text, "baomau").publisher == evil
    assert [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import)] == []

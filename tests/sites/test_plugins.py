"""Sites of installed packages (`thoisu.sites`): they are there like ours, and what is wrong with one stops no other."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from scrapy.settings import Settings

from crawler.commands.loader import OwnSpiderLoader
from crawler.sites import load_sites, plugins
from crawler.sites.registry import spider_path

OURS = tuple(load_sites())


def spider(name: str, host: str) -> str:
    return (
        "from crawler.crawl import NewsSpider\nfrom crawler.sites import EPI, Feed, Site\n"
        f"class It(NewsSpider):\n    name = {name!r}\n    site = Site(publisher='Báo', home='https://{host}/',\n"
        f"        tier='press', sources=(Feed('https://{host}/rss'),), article=r'-\\d+\\.html$', layout=EPI)\n"
    )


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Installs a distribution with modules of one package, as pip leaves it."""
    before = set(sys.modules)

    def install(name: str, value: str = "", **modules: str) -> None:
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[thoisu.sites]\n{name} = {value or name}\n")
        (tmp_path / name).mkdir()
        for module, code in {"__init__": "", **modules}.items():
            (tmp_path / name / f"{module}.py").write_text(code, "utf-8")
        plugins.offered.cache_clear()

    monkeypatch.syspath_prepend(tmp_path)
    yield install
    plugins.offered.cache_clear()
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_a_package_brings_its_sites_along(installed: Callable[..., None], tmp_path: Path) -> None:
    installed("bao_tinh", songmoi=spider("songmoi", "songmoi.example.vn"), nuimoi=spider("nuimoi", "nui.example.vn"))
    sites = load_sites()
    assert set(sites) - set(OURS) == {"songmoi", "nuimoi"}
    assert list(sites) == sorted(sites)
    assert sites.find("https://songmoi.example.vn/a-1.html") is sites["songmoi"]
    assert spider_path("songmoi") == tmp_path / "bao_tinh" / "songmoi.py"
    assert {"songmoi", "nhandan"} <= set(OwnSpiderLoader(Settings({"SPIDER_MODULES": ["spiders"]})).list())


WRONG = {
    "syntax": "def (:\n",
    "missing": "import no_such_module_anywhere\n",
    "ending": "raise SystemExit(3)\n",
    "speaking": "raise RuntimeError('a\\n' * 1000)\n",
    "contradicts": spider("contradicts", "x.example.vn").replace("'press'", "'none'"),
    "taken": spider("nhandan", "other.example.vn"),
    "ours": spider("ours", "nhandan.vn"),
}


def test_what_is_wrong_is_one_sentence_and_stops_no_other(
    installed: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    installed("aaa_gone", value="no_such_package")
    installed("bbb_bad", **WRONG, good=spider("good", "good.example.vn"))
    installed("ccc_good", later=spider("later", "later.example.vn"))
    with caplog.at_level(logging.WARNING):
        sites = load_sites()
        again = load_sites()
    assert set(sites) - set(OURS) == set(again) - set(OURS) == {"good", "later"}
    assert sites["nhandan"].host == "nhandan.vn"
    said = [record.getMessage() for record in caplog.records]
    for name in (
        "no_such_package",
        *(f"bbb_bad.{name}" for name in list(WRONG)[:5]),
        "the site nhandan",
        "the site ours",
    ):
        assert sum(line.startswith(f"{name} of the installed package ") for line in said) in (1, 2)
    assert all("\n" not in line and len(line) < 400 for line in said)
    assert "good" in OwnSpiderLoader(Settings({"SPIDER_MODULES": ["spiders"]})).list()

"""Every site: its definition stands, and its golden pages are read field by field as written down."""

from __future__ import annotations

import inspect
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from crawler.extract import extract
from crawler.items import FIELDS
from crawler.sites import Listing, Site, canonical, judge, load_sites
from tests.support import GOLDEN, ROOT

SITES = load_sites()
SPIDERS = sorted((ROOT / "spiders").glob("[!_]*.py"))
CASES = sorted(page.parent for page in GOLDEN.glob("*/*/page.html"))


@cache
def expected(case: Path) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((case / "article.json").read_text("utf-8"))
    return facts


@cache
def read(case: Path) -> dict[str, Any]:
    name = case.parent.name
    url = json.loads((case / "origin.json").read_text("utf-8"))["url"]
    return extract((case / "page.html").read_bytes(), url, site=SITES[name]).to_dict()


def test_every_file_holds_one_spider_of_its_name() -> None:
    assert [path.stem for path in SPIDERS] == list(SITES)
    assert len(SITES) >= 50


@pytest.mark.parametrize("path", SPIDERS, ids=lambda path: path.stem)
def test_a_spider_stays_short(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) <= 26, "a layout that grows belongs into crawler/sites/layouts.py"
    spider = lines[next(n for n, line in enumerate(lines) if line.startswith("class ")) :]
    assert len(spider) <= 14, "a layout that grows belongs into crawler/sites/layouts.py"
    assert lines[0].startswith('"""')
    assert lines[0].endswith('."""')


def test_no_host_has_two_sites() -> None:
    hosts = Counter(host for site in SITES.values() for host in site.all_hosts)
    assert [host for host, count in hosts.items() if count > 1] == []


@pytest.mark.parametrize("name", SITES)
def test_sources_belong_to_the_site_and_are_no_articles(name: str) -> None:
    site = SITES[name]
    for source in site.sources:
        addresses = [source.url]
        if isinstance(source, Listing) and source.pages:
            addresses.append(source.pages.replace("{n}", "2").replace("{zone}", "1"))
        for address in addresses:
            assert SITES.find(address) is site, address
            assert judge(address, site).refused is not None, address


@pytest.mark.parametrize("name", SITES)
def test_the_site_has_a_golden_case(name: str) -> None:
    cases = [case for case in CASES if case.parent.name == name]
    assert cases, f"run: thoisu capture {name} ARTICLE-URL"
    for case in cases:
        origin = json.loads((case / "origin.json").read_text("utf-8"))
        assert origin["origin"] in ("written", "captured")
        assert set(expected(case)) <= set(FIELDS)
        assert {"title", "body", "published_at"} <= set(expected(case))


def test_golden_cases_name_sites_that_exist() -> None:
    assert {case.parent.name for case in CASES} <= set(SITES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_the_address_is_an_article(case: Path) -> None:
    site: Site = SITES[case.parent.name]
    url = json.loads((case / "origin.json").read_text("utf-8"))["url"]
    assert judge(url, site).refused is None
    assert canonical(url, site) == expected(case).get("canonical_url", canonical(url, site))


@pytest.mark.parametrize(
    ("case", "field"),
    [
        pytest.param(case, field, id=f"{case.parent.name}/{case.name}-{field}")
        for case in CASES
        for field in FIELDS
        if field in expected(case)
    ],
)
def test_field(case: Path, field: str) -> None:
    assert read(case)[field] == expected(case)[field]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_the_site_s_own_layout_reads_it(case: Path) -> None:
    site: Site = SITES[case.parent.name]
    assert read(case)["layout"] in {layout.name for layout in (site.layout, *site.past)}


def test_spiders_hold_nothing_but_their_site() -> None:
    for name in SITES:
        spider = next(
            value
            for value in vars(__import__(f"spiders.{name}", fromlist=["x"])).values()
            if inspect.isclass(value) and getattr(value, "name", None) == name
        )
        assert {member for member in vars(spider) if not member.startswith("__")} == {"name", "site"}

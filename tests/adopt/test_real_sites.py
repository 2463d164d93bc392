"""Saved real sites are adopted as if nobody had described them, from a list and the articles that it links to."""

from __future__ import annotations

import csv
import json
import os
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from crawler.adopt import Adoption, adopt
from crawler.configuration import DEFAULTS
from crawler.learn import Learned, squeezed
from crawler.sites import Site, judge

CORPUS = Path(os.environ.get("THOISU_CORPUS") or "nowhere")
SITES = {
    "vnexpress": "vnexpress.net",
    "tuoitre": "tuoitre.vn",
    "baochinhphu": "baochinhphu.vn",
    "baodautu": "baodautu.vn",
}
pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="real sites are not adopted: set THOISU_CORPUS to the corpus folder"
)


@cache
def adopted() -> dict[str, Adoption]:
    homes = [f"https://{host}/" for host in SITES.values()]
    found = adopt(homes, now=datetime.now(UTC), replay=CORPUS, own=DEFAULTS)
    return dict(zip(SITES, found, strict=True))


def site(name: str) -> Site:
    came = adopted()[name].came
    assert isinstance(came, Learned), came
    return came.site


def listing(name: str) -> dict[str, Any]:
    return json.loads((CORPUS / "listings" / f"{name}.json").read_text("utf-8"))


@pytest.mark.parametrize("name", SITES)
def test_the_pattern_takes_the_articles_of_the_list_and_none_of_its_others(name: str) -> None:
    listed, other = listing(name), listing(name)["other"]
    others = [url for urls in other.values() for url in urls] if isinstance(other, dict) else []
    assert [url for url in listed["articles"] if judge(url, site(name)).refused] == []
    assert [url for url in others if not judge(url, site(name)).refused] == []


@pytest.mark.parametrize("name", SITES)
def test_the_pattern_takes_the_addresses_of_its_home_feed(name: str) -> None:
    with (CORPUS / "urls.tsv").open(encoding="utf-8", newline="") as lines:
        urls = [row["url"] for row in csv.DictReader(lines, delimiter="\t") if row["host"] == SITES[name]]
    assert sum(judge(url, site(name)).refused is None for url in urls) >= 0.99 * len(urls)


@pytest.mark.parametrize("name", SITES)
def test_the_layout_reads_its_pages(name: str) -> None:
    came = adopted()[name]
    assert came.samples
    for one in came.samples:
        read = one.read(site(name))
        assert read is not None
        assert site(name).layout is not None
        assert read.layout == site(name).layout.name  # type: ignore[union-attr]
        gold = next(
            (page for path in CORPUS.glob("gold/*.json") if (page := json.loads(path.read_text("utf-8")))["url"] == one.answer.url),
            None,
        )  # fmt: skip
        if gold is not None:
            assert squeezed(read.body) == squeezed("".join(gold["body"]))
            assert read.title == gold["title"]

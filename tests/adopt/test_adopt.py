"""`thoisu adopt`: an unknown paper on loopback becomes a spider that crawls; what cannot be adopted is told why."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.adopt import adopt as adopt_sites
from crawler.adopt.conversation import Talk
from crawler.configuration import DEFAULTS
from crawler.learn import NotLearned
from crawler.newsroom import Newsroom
from crawler.newsroom.strangers.stranger import Stranger
from crawler.newsroom.strangers.world import stranger_world
from crawler.sites import load_sites
from crawler.text import VIETNAM
from tests.support import ROOT, Thoisu

OWN = """
from crawler.crawl import NewsSpider
from crawler.sites import EPI, Feed, Site


class Cuaminh(NewsSpider):
    name = "cuaminh"
    site = Site(publisher="Báo Của Mình", home="https://cuaminh.example.vn/", tier="press",
                sources=(Feed("https://cuaminh.example.vn/rss"),), article=r"-\\d+\\.html$", layout=EPI)
"""


@pytest.fixture(scope="module")
def room() -> Iterator[Newsroom]:
    world = stranger_world(seed=18, count=2, closed=6, articles=9, now=datetime.now(VIETNAM))
    with Newsroom(world) as started:
        yield started


@pytest.fixture
def adopt(thoisu: Thoisu, room: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Thoisu:
    (tmp_path / "mine").mkdir()
    for name, value in (
        ("SITES", tmp_path / "mine"),
        ("NEWSROOM", room.url),
        ("DELAY", 0),
        ("CONTACT", "t@example.org"),
    ):
        monkeypatch.setenv(f"THOISU_{name}", str(value))
    return thoisu


def home(room: Newsroom, stranger: Stranger) -> str:
    return f"http://{stranger.former or stranger.name}.localhost:{room.world.port}/"


def of(room: Newsroom) -> list[Stranger]:
    return [paper for paper in room.world.papers if isinstance(paper, Stranger)]


def test_a_paper_is_adopted_and_its_spider_crawls_all_that_it_published(
    adopt: Thoisu, room: Newsroom, tmp_path: Path
) -> None:
    stranger = of(room)[0]
    said = adopt("adopt", home(room, stranger), "--name", stranger.name, "--write", "--json")
    row = json.loads(said.out)
    assert (said.code, row["adopted"], row["reason"]) == (0, True, None)
    assert row["requests"] <= 20
    assert Path(row["path"]) == tmp_path / "mine" / f"{stranger.name}.py"
    assert list((tmp_path / "mine" / "golden" / stranger.name).glob("*/article.json"))
    assert stranger.name in load_sites(tmp_path / "mine")
    assert stranger.former
    assert load_sites(tmp_path / "mine")[stranger.name].hosts == (f"{stranger.former}.localhost",)
    crawled = adopt("crawl", stranger.name, "--store", "sqlite:///a.db", "--json")
    assert json.loads(crawled.out)["created"] == len(room.world.visible(stranger)), crawled.out


def test_a_name_is_not_given_twice_and_the_other_sites_are_written(adopt: Thoisu, room: Newsroom) -> None:
    first, second = [home(room, stranger) for stranger in of(room) if not stranger.closed][:2]
    (written,) = adopt("adopt", first, "--write", "--json").rows
    again = adopt("adopt", first, second, "--write", "--json")
    assert (again.code, again.err) == (
        2,
        f"thoisu: {written['path']} exists; name the spider with --name, or take the file away\n",
    )
    assert [(row["adopted"], row["path"] is not None) for row in again.rows] == [(True, False), (True, True)]


@pytest.mark.parametrize(
    ("target", "reason"),
    [("https://nguoi-la.example/", "moved-away"), ("loop", "unreachable")],
)
def test_a_home_page_that_leads_elsewhere_is_refused(adopt: Thoisu, room: Newsroom, target: str, reason: str) -> None:
    stranger = of(room)[1]
    room.misbehave(stranger.name, redirect=target)
    said = adopt("adopt", home(room, stranger), "--json")
    room.behave(stranger.name)
    row = json.loads(said.out)
    assert (said.code, row["adopted"], row["reason"]) == (1, False, reason)
    assert reason != "moved-away" or f"thoisu adopt {target}" in row["detail"]


@pytest.mark.parametrize(("also", "rounds"), [("baomoi.vn", 1), ("baokhac.vn", 2)])
def test_a_site_that_has_moved_is_asked_there_unless_it_is_asked_already(
    monkeypatch: pytest.MonkeyPatch, also: str, rounds: int
) -> None:
    held: list[list[str]] = []

    def hold(talks: Sequence[Talk[Any]], *_: object, **__: object) -> None:
        held.append([talk.site.home for talk in talks])
        for talk in talks:
            there = "https://baomoi.vn/" if talk.site.host == "baocu.com.vn" else None
            talk.came = NotLearned("moved-away", "", moved_to=there)

    monkeypatch.setattr("crawler.adopt.adopting.hold", hold)
    adopt_sites(["baocu.com.vn", also], now=datetime.now(VIETNAM), own=DEFAULTS)
    assert held == [["https://baocu.com.vn/", f"https://{also}/"], ["https://baomoi.vn/"]][:rounds]


def test_closed_papers_are_refused_each_for_its_reason(adopt: Thoisu, room: Newsroom) -> None:
    closed = [stranger for stranger in of(room) if stranger.closed]
    said = adopt("adopt", *(home(room, stranger) for stranger in closed), "--json")
    assert said.code == 1
    rows = [json.loads(line) for line in said.out.splitlines()]
    assert [row["reason"] for row in rows] == [stranger.closed for stranger in closed]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "name a site"),
        (("khong-phai",), "is no address of a site"),
        (("https://a.vn/", "https://b.vn/", "--name", "hai"), "--name names one site"),
        (("https://a.vn/", "--name", "hai ba"), "cannot name a spider"),
        (("http://10.0.0.1/",), "lies inside a network"),
        (("--list", "khong-co.txt"), "cannot read"),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_line(thoisu: Thoisu, arguments: tuple[str, ...], sentence: str) -> None:
    said = thoisu("adopt", *arguments)
    assert said.code == 2
    assert sentence in said.err
    assert len(said.err.splitlines()) == 1


def test_scrapy_finds_the_spiders_of_ones_own_folder(tmp_path: Path) -> None:
    (tmp_path / "cuaminh.py").write_text(OWN, encoding="utf-8")
    environment = {**os.environ, "THOISU_SITES": str(tmp_path)}
    listed = subprocess.run(
        [sys.executable, "-m", "scrapy", "list"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert "cuaminh" in listed.stdout.split()
    assert "nhandan" in listed.stdout.split()

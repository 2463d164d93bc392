"""The repair finds what took the place of what is gone, goes on with it, says so, and goes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.configuration import DEFAULTS
from crawler.crawl.run import crawl
from crawler.monitor import Finding, check
from crawler.newsroom import Newsroom, World, newsroom_sites
from crawler.repair import repair
from crawler.schedule import agenda, enrol
from crawler.sites import AddressForm, Feed, Listing, Sites, StandIn
from crawler.store import Store, stand_ins
from crawler.store.budget import spent
from crawler.text import VIETNAM, day_of

START = datetime(2026, 8, 3, tzinfo=VIETNAM)
NOW = START + timedelta(days=1, hours=8)
FEEDS = r"rss|feed"
Make = Callable[..., "Watch"]


class Watch:
    """One paper, crawled and repaired at a few hours of its days."""

    def __init__(self, room: Newsroom, folder: Path, sources: int, budget: int) -> None:
        self.room = room
        site = newsroom_sites(room.url, count=1)["songda"]
        self.sites = Sites([replace(site, sources=site.sources[:sources])])
        self.site = self.sites["songda"]
        self.store = Store.open(f"sqlite:///{folder / 'store.db'}")
        self.settings: dict[str, Any] = {
            "THOISU_DELAY": 0, "RETRY_TIMES": 0, "THOISU_BUDGET": budget,
        }  # fmt: skip
        enrol(self.sites, self.store, room.world.now)

    def crawl(self) -> None:
        now = self.room.world.now
        crawl(self.sites, store_url=self.store.url, newsroom=self.room.url, settings=self.settings, now=lambda: now)

    def repair(self) -> list[StandIn]:
        return repair(
            self.store, self.sites, self.room.world.now, DEFAULTS, newsroom=self.room.url, settings=self.settings
        )

    def polls(self, *hours: int) -> list[StandIn]:
        """Crawl and repair after so many hours each; what began to stand in."""
        began = []
        for some in hours:
            self.room.world.advance(hours=some)
            self.crawl()
            began += self.repair()
        return began

    def standing(self) -> list[StandIn]:
        with self.store.reading() as connection:
            return stand_ins.standing(connection, "songda")

    def scheduled(self) -> set[str]:
        with self.store.reading() as connection:
            return {entry.source for entry in agenda.entries(connection, "songda")} - {agenda.ARTICLES}

    def found(self) -> dict[str, Finding]:
        return {
            one.subject: one for one in check(self.store, self.sites, self.room.world.now) if one.name == "stand_in"
        }

    def missing(self) -> set[str]:
        """Visible stories that are not stored."""
        world = self.room.world
        visible = {world.url(story) for story in world.visible(world.paper("songda"))[:20]}
        return visible - {change.url for change in self.store.changes(0, limit=1000)}

    def asked(self) -> int:
        with self.store.reading() as connection:
            return sum(spent(connection, "songda", day_of(self.room.world.now)).values())


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Make]:
    made: list[Watch] = []

    def make(sources: int = 1, budget: int = 400) -> Watch:
        times = {"songda": [START + timedelta(hours=2 * number) for number in range(60)]}
        world = World(seed=3, sites=1, articles=0, start=START, times=times, now=NOW)
        made.append(Watch(Newsroom(world).start(), tmp_path, sources, budget))
        made[-1].crawl()
        return made[-1]

    yield make
    for one in made:
        one.store.close()
        one.room.stop()


def test_a_moved_feed_has_a_stand_in_until_it_is_back(watch: Make) -> None:
    one = watch()
    old = one.site.sources[0].url
    one.room.misbehave("songda", moved="/rss/moi.xml")
    assert one.polls(1, 1, 1) == []  # it may come back within hours
    [began] = one.polls(6)
    new = began.by
    assert isinstance(new, Feed)
    assert (new.url, began.route) == (one.site.home + "rss/moi.xml", old)
    assert one.scheduled() == {old, new.url}
    one.polls(2)
    assert one.missing() == set()
    finding = one.found()[old]
    assert f'-        sources=(Feed("{old}"),),\n+        sources=(Feed("{new.url}"),),' in (finding.patch or "")
    assert old in finding.evidence
    one.room.behave("songda")
    one.polls(2)
    assert one.standing() == []
    assert one.scheduled() == {old}
    assert one.found() == {}


def test_where_every_source_is_dead_the_home_page_lists_the_articles(watch: Make) -> None:
    one = watch(sources=2)
    one.room.misbehave("songda", status=404, path=r"rss|feed|sitemap|\.xml")
    began = one.polls(3, 3, 3, 3)
    assert any(isinstance(stand_in.by, Listing) for stand_in in began)
    one.polls(2)
    assert one.missing() == set()


def test_a_site_is_searched_once_a_day_and_seldom_in_vain(watch: Make) -> None:
    one = watch()
    one.room.misbehave("songda", status=404)
    assert one.polls(1, 4, 5) == []
    [nothing] = one.standing()
    assert nothing.by is None
    assert "nothing was found in its place" in one.found()[nothing.route].evidence
    searches = []
    for _ in range(10):
        one.room.world.advance(hours=12)
        one.room.forget_requests()
        one.repair()
        searches.append(bool(one.room.requests))
    # The second after a day, the third two days later.
    assert [number for number, searched in enumerate(searches, 1) if searched] == [2, 6]


def test_a_search_keeps_within_the_budget_of_the_day(watch: Make) -> None:
    one = watch(budget=60)
    one.room.misbehave("songda", status=404, path=FEEDS)
    one.polls(3, 3, 3, 2, 2)
    assert one.asked() <= 60


def test_articles_that_get_other_addresses_are_taken(watch: Make) -> None:
    one = watch(sources=2)
    one.room.misbehave("songda", readdress="/tin/{slug}-a{number}.htm")
    began = one.polls(4, 4, 4)
    [form] = [stand_in.by for stand_in in began]
    assert isinstance(form, AddressForm)
    one.polls(2)
    assert one.missing() == set()
    assert form.article in (one.found()["addresses"].patch or "")
    assert one.site.article in (one.found()["addresses"].patch or "")


def test_a_feed_that_stands_still_is_told_from_a_paper_that_is_silent(watch: Make) -> None:
    one = watch()
    one.polls(2, 2, 2)
    one.room.misbehave("songda", silence=48)
    assert one.polls(6, 12, 12) == []


def test_an_unharmed_site_is_asked_nothing_more(watch: Make) -> None:
    one = watch(sources=2)
    one.polls(3, 3)
    one.room.forget_requests()
    assert one.repair() == []
    assert one.room.requests == []
    with one.store.reading() as connection:
        assert stand_ins.searched(connection, "songda") is None


def test_a_new_layout_is_learned_and_offered(watch: Make) -> None:
    one = watch(sources=2)
    one.room.misbehave("songda", redesign=True)
    began = one.polls(8, 8, 4)
    [offered] = began
    assert (offered.part, offered.by) == ("layout", None)
    assert "epi; fallback reads them" in offered.why
    assert "+LAYOUT = Layout(" in offered.patch
    assert "layout=LAYOUT, past=(EPI,)" in offered.patch
    assert one.found()["layout"].patch == offered.patch
    assert one.missing() == set()
    one.room.forget_requests()
    assert one.repair() == []
    assert one.room.requests == []

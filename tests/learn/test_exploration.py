"""A conversation with an unknown paper ends in a definition that takes its articles and nothing else, or says why not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest

from crawler.extract import moved_to
from crawler.learn import Answer, Ask, Exploration, NotLearned, explore, learned
from crawler.learn.exploration import MOST_REQUESTS
from crawler.newsroom.sources import resource
from crawler.newsroom.strangers.addresses import SCHEMES
from crawler.newsroom.strangers.draw import calendar
from crawler.newsroom.strangers.stranger import Feeds, Lists, Maps, Stranger
from crawler.newsroom.strangers.world import stranger_world
from crawler.newsroom.world import World
from crawler.sites import Listing, judge

OPEN = 8


@cache
def world() -> World:
    return stranger_world(seed=11, count=OPEN, closed=18, articles=16)


def strangers() -> list[Stranger]:
    return [paper for paper in world().papers if isinstance(paper, Stranger)]


def answer(of: World, stranger: Stranger, ask: Ask, hops: int = 4) -> Answer:
    """What the stranger answers, its own redirects followed."""
    parts = urlsplit(ask.url)
    found = resource(of, stranger, parts.path + ("?" + parts.query if parts.query else ""))
    if found is None or found.gone:
        return Answer(ask.url, 404)
    target = dict(found.headers).get("Location") or moved_to(found.body, ask.url)
    if target and hops:
        return answer(of, stranger, Ask(target, ask.why), hops - 1)
    return Answer(ask.url, found.status, found.media_type, found.body)


@cache
def known(place: int) -> Exploration | NotLearned:
    return explored(world(), strangers()[place])


def explored(of: World, stranger: Stranger) -> Exploration | NotLearned:
    questions = explore(of.root(stranger) + "/", of.now)
    try:
        ask = next(questions)
        while True:
            ask = questions.send(answer(of, stranger, ask))
    except StopIteration as end:
        found: Exploration = end.value
        return found
    except NotLearned as refusal:
        return refusal


@pytest.mark.parametrize("place", range(OPEN))
def test_its_pattern_takes_every_article_of_the_paper(place: int) -> None:
    found = known(place)
    assert isinstance(found, Exploration)
    site = learned(found, "la").site
    addresses = [world().url(story) for story in world().visible(strangers()[place])]
    assert [url for url in addresses if judge(url, site).refused] == []
    assert len({judge(url, site).canonical_url for url in addresses}) == len(addresses)


@pytest.mark.parametrize("place", range(OPEN))
def test_its_pattern_refuses_what_its_navigation_links(place: int) -> None:
    found = known(place)
    assert isinstance(found, Exploration)
    site = learned(found, "la").site
    assert [url for url in found.others if not judge(url, site).refused] == []


@pytest.mark.parametrize("place", range(OPEN))
def test_it_asks_no_more_than_a_dozen_and_a_half(place: int) -> None:
    found = known(place)
    assert isinstance(found, Exploration)
    assert found.requests <= MOST_REQUESTS


@pytest.mark.parametrize("place", range(OPEN, OPEN + 18))
def test_a_paper_that_is_closed_is_refused_for_its_reason(place: int) -> None:
    stranger, found = strangers()[place], known(place)
    if stranger.closed in ("robots", "unreachable"):
        pytest.skip("told by what asks, not by what is answered: tests/adopt")
    assert isinstance(found, NotLearned), stranger.closed
    assert found.reason == stranger.closed


PORTAL = next(scheme for scheme in SCHEMES if scheme.article == "/web/guest/w/{slug}")


def paper_with(**changes: Any) -> tuple[World, Stranger]:
    """A stranger of which all that matters is given."""
    lists = Lists(paging="?p={n}", pager="rel", length=20, empty="maps" in changes)
    plain = replace(strangers()[1], feeds=None, maps=None, lists=lists, start=None, kinds=(), decoys=frozenset())
    paper = replace(plain, **changes)
    moments = {paper.name: calendar(paper, 11, 16, world().now)}
    return World(11, papers=(paper,), times=moments, now=world().now), paper


@pytest.mark.parametrize(
    "changes",
    [
        {"scheme": PORTAL},
        {"scheme": PORTAL, "decoys": frozenset({"pages-map"})},
        {"decoys": frozenset({"dead-map"}), "maps": Maps(form="flat", path="/sitemap_index.xml", in_robots=False)},
    ],
    ids=["topics among the articles", "a sitemap of pages", "a sitemap that robots.txt does not name"],
)
def test_what_is_announced_may_be_of_no_use(changes: dict[str, Any]) -> None:
    of, paper = paper_with(**changes)
    found = explored(of, paper)
    assert isinstance(found, Exploration)
    assert found.requests <= MOST_REQUESTS
    site = learned(found, "la").site
    assert [url for story in of.visible(paper) if judge(url := of.url(story), site).refused] == []


@pytest.mark.parametrize(("kinds", "listed"), [(("video",), True), ((), False)])
def test_the_home_page_lists_what_no_section_has_a_feed_for(kinds: tuple[str, ...], listed: bool) -> None:
    feeds = Feeds(form="rss", announced="alternate", home=None, section="/rss/{slug}.rss")
    scheme = next(scheme for scheme in SCHEMES if scheme.article == "/{slug}-{id}.chn")
    of, paper = paper_with(feeds=feeds, scheme=scheme, kinds=kinds)
    found = explored(of, paper)
    assert isinstance(found, Exploration)
    assert (Listing(f"{of.root(paper)}/") in learned(found, "la").site.sources) == listed

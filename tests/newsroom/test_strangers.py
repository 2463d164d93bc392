"""Strangers are the same for the same seed, can be read by whoever knows them, and are closed for the reason they have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from crawler.cli.common import papers_of
from crawler.crawl.run import crawl
from crawler.items import Article
from crawler.newsroom import Newsroom
from crawler.newsroom.papers import slugify
from crawler.newsroom.sources import resource
from crawler.newsroom.strangers.addresses import SCHEMES
from crawler.newsroom.strangers.chrome import library, section_path, statics, topics
from crawler.newsroom.strangers.clocks import FORMS, Stated, stated
from crawler.newsroom.strangers.draw import CLOSED, strangers
from crawler.newsroom.strangers.oracle import oracle
from crawler.newsroom.strangers.routes import story_at
from crawler.newsroom.strangers.score import Score, failures, score
from crawler.newsroom.strangers.stranger import Start, Stranger
from crawler.newsroom.strangers.world import stranger_world
from crawler.newsroom.world import World
from crawler.sites import Sites, judge
from crawler.store import Store
from crawler.text import VIETNAM, parse_date
from tests.newsroom_bench import PATIENT

AT = datetime(2026, 8, 5, 15, 7, tzinfo=VIETNAM)


@pytest.fixture(scope="module")
def world() -> World:
    return stranger_world(seed=5, count=24, closed=12, articles=12)


def of(world: World) -> list[Stranger]:
    return [paper for paper in world.papers if isinstance(paper, Stranger)]


def open_ones(world: World) -> list[Stranger]:
    return [stranger for stranger in of(world) if not stranger.closed]


def target(world: World, stranger: Stranger, number: int = 0) -> str:
    return world.stories[stranger.name][number].path


def body(world: World, stranger: Stranger, path: str) -> bytes:
    found = resource(world, stranger, path)
    assert found is not None, (stranger.name, path)
    return found.body


def home(world: World, stranger: Stranger) -> bytes:
    return body(world, stranger, stranger.start[0] if stranger.start else "/")


def test_same_seed_makes_the_same_strangers_and_another_seed_others(world: World) -> None:
    again = stranger_world(seed=5, count=24, closed=12, articles=12)
    assert [paper.name for paper in again.papers] == [paper.name for paper in world.papers]
    for one, other in zip(of(world)[::5], of(again)[::5], strict=True):
        assert body(world, one, "/robots.txt") == body(again, other, "/robots.txt")
        if not one.closed:
            assert body(world, one, target(world, one)) == body(again, other, target(again, other))
    assert {paper.name for paper in strangers(6, 24)} != {paper.name for paper in strangers(5, 24)}


def test_more_strangers_of_a_seed_are_the_same_and_others_behind_them() -> None:
    assert [one.name for one in strangers(3, 9)[:4]] == [one.name for one in strangers(3, 4)]


def test_every_stranger_has_a_host_of_its_own(world: World) -> None:
    hosts = [host for one in of(world) for host in (one.host, *one.redirects, *(f"{a}.localhost" for a in one.aliases))]
    names = [one.name for one in of(world)]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"(?:www\.|m\.)?[a-z0-9]+\.localhost", host) for host in hosts)


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.article)
def test_pattern_of_a_scheme_takes_its_articles_and_nothing_else(scheme: object) -> None:
    stranger = replace(strangers(1, 1)[0], scheme=scheme, address=scheme.article, article=scheme.pattern, kinds=())  # type: ignore[attr-defined]
    moments = [AT + timedelta(hours=number) for number in range(40)]
    world = World(1, papers=[stranger], times={stranger.name: moments})
    site, root = oracle(world, stranger), world.root(stranger)
    addresses = [judge(world.url(story), site).canonical_url for story in world.all_stories()]
    assert len(set(addresses)) == 40
    assert [judge(world.url(story), site).refused for story in world.all_stories()] == [None] * 40
    others = [*statics(stranger), *library(stranger), *topics(stranger), "/", "/rss"]
    for section in stranger.shelves:
        others += [section_path(stranger, section)]
        others += [scheme.listing(section.slug, section.zone, form, 3) for form in scheme.paging]  # type: ignore[attr-defined]
    assert [path for path in others if not judge(root + path, site).refused] == []


def test_a_page_answers_at_every_address_that_another_page_names(world: World) -> None:
    for stranger in open_ones(world):
        root = world.root(stranger)
        pages = [home(world, stranger), body(world, stranger, target(world, stranger, -2))]
        for html in pages:
            for href in set(re.findall(rb'<a href="([^"#]+)"', html)):
                path = href.decode("ascii").replace("&amp;", "&").removeprefix(root)
                assert resource(world, stranger, path), (stranger.name, path)


def test_what_hides_its_lists_hides_them_and_all_others_show_every_section(world: World) -> None:
    for stranger in open_ones(world):
        html = home(world, stranger).decode("utf-8", "replace")
        shown = [story for story in world.visible(stranger) if f'{world.url(story).replace("&", "&amp;")}"' in html]
        hidden = bool(stranger.lists.empty or stranger.lists.api)
        assert bool(shown) is not hidden
        assert not hidden or stranger.maps or stranger.lists.api


def test_spelling_of_an_address_and_its_twins_lead_to_the_story() -> None:
    scheme = next(one for one in SCHEMES if one.named_by == "newsid")
    stranger = replace(strangers(1, 1)[0], scheme=scheme, address=scheme.article, kinds=())
    world = World(1, papers=[stranger], times={stranger.name: [AT, AT + timedelta(hours=1)]})
    story = world.stories[stranger.name][1]
    number = story.path.partition("NewsID=")[2]
    assert story_at(world, stranger, story.path) == (story, "")
    assert story_at(world, stranger, f"/default.aspx?NewsID={number}") == (story, "")
    assert story_at(world, stranger, f"/print{story.path}") == (story, "print")
    assert story_at(world, stranger, "/Default.aspx?tabid=3") == (None, "")


@pytest.mark.parametrize("form", range(len(FORMS)))
def test_every_form_of_a_time_tells_the_minute(form: int) -> None:
    for at in (AT, AT.replace(hour=9, day=21)):
        found = parse_date(FORMS[form](at))
        assert found is not None
        assert found.at == at


@pytest.mark.parametrize("how", get_args(Stated))
def test_stated_time_is_right_unless_it_lies(how: Stated) -> None:
    found = parse_date(stated(how, AT))
    assert (found.at == AT if found else None) is {"none": None, "false-z": False, "draft": False}.get(how, True)


def test_redesign_on_a_date_changes_the_markup_and_not_the_words(world: World) -> None:
    world = stranger_world(seed=8, count=1, articles=4)
    (stranger,) = of(world)
    path, before = target(world, stranger), world.record()
    first, truth = body(world, stranger, path), world.truth(world.stories[stranger.name][0])
    world.redesign(stranger.name, world.now + timedelta(days=1))
    assert body(world, stranger, path) == first
    world.advance(days=2)
    assert body(world, stranger, path) != first
    assert world.truth(world.stories[stranger.name][0]) == truth
    assert world.record() == before


@pytest.fixture(scope="module")
def room() -> Iterator[Newsroom]:
    with Newsroom(stranger_world(seed=11, count=6, articles=10)) as running:
        yield running


def stored(room: Newsroom, stranger: Stranger, folder: Path) -> dict[str, Article]:
    store_url, world = f"sqlite:///{folder / stranger.name}.db", room.world
    sites = Sites([oracle(world, stranger)])
    crawl(sites, store_url=store_url, newsroom=room.url, settings=PATIENT, now=lambda: world.now)
    with Store.open(store_url) as store:
        held = [store.article(row.id) for row in store.articles(limit=None)]
    return {one.article.canonical_url: one.article for one in held if one is not None}


@pytest.mark.parametrize("number", range(6))
def test_whoever_knows_a_stranger_reads_all_of_it(room: Newsroom, tmp_path: Path, number: int) -> None:
    stranger = of(room.world)[number]
    told = score(room.world, stranger, stored(room, stranger, tmp_path))
    assert list(failures(told)) == []
    assert told.published >= 9


def test_score_says_in_words_what_is_wrong(world: World) -> None:
    stranger = open_ones(world)[0]
    root, stories = world.root(stranger), world.visible(stranger)
    truth = world.truth(stories[0])
    article = Article(
        url=truth["url"], canonical_url=truth["url"], site=stranger.name, title="Khác", lead=truth["lead"],
        body=truth["body"] + "\nTin liên quan", content_hash="v1:x", layout="made-up",
        published_at=datetime.fromisoformat(truth["published_at"]) + timedelta(hours=7),
    )  # fmt: skip
    section = root + section_path(stranger, stranger.sections[0])
    told = score(world, stranger, {article.canonical_url: article, section: replace(article, canonical_url=section)})
    assert told.false == [section]
    assert (told.found, told.right["title"], told.right["time"]) == (1, 0, 0)
    words = "; ".join(failures(told))
    assert f"{told.published - 1} of {told.published} not found; 1 no article, as {section}" in words
    assert "title 0.000: 'Khác' for" in words
    told += told
    assert told.ratio("discovery") == 1 / (told.published / 2)
    assert Score().ratio("f1") == 1.0


def answers(room: Newsroom, host: str, path: str) -> tuple[int, str, dict[str, str]]:
    reply = room.respond(host, path, {"host": host})
    return reply.status, reply.body.decode("utf-8", "replace"), reply.headers


def test_closed_ones_are_closed_for_their_reason() -> None:
    with Newsroom(stranger_world(seed=4, count=0, closed=12, articles=3)) as room:
        kinds = {one.closed for one in of(room.world)}
        assert kinds == set(CLOSED)
        for stranger in of(room.world):
            status, html, headers = answers(room, stranger.host, "/")
            robots = answers(room, stranger.host, "/robots.txt")[1]
            links = re.findall(r'href="([^"]+)"', html)
            match stranger.closed:
                case "script-built":
                    assert (status, links) == (200, [])
                    assert "/api/" in html
                case "robots":
                    assert "Disallow: /\n" in robots
                case "walled":
                    assert "cookie" in html
                case "unreachable":
                    assert status == 502
                case "login":
                    assert status == 401 or headers["Location"].endswith("/dang-nhap?tiep=/")
                case _:
                    stories = {slugify(story.title) for story in room.world.visible(stranger)}
                    assert links
                    assert not any(slug in html for slug in stories)
            assert ("Disallow: /\n" in robots) is (stranger.closed == "robots")


def test_other_hosts_of_a_stranger_lead_to_its_own() -> None:
    with Newsroom(stranger_world(seed=2, count=20, articles=2)) as room:
        for stranger in of(room.world):
            path = target(room.world, stranger)
            for host in stranger.redirects:
                assert answers(room, host, path)[2] == {"Location": room.world.root(stranger) + path}
            assert answers(room, f"m.{stranger.name}.localhost", path)[0] == 200
        assert any(stranger.former for stranger in of(room.world))
        assert any(stranger.www for stranger in of(room.world))


def test_home_page_elsewhere_is_reached_from_the_root() -> None:
    with Newsroom(stranger_world(seed=2, count=40, articles=2)) as room:
        led = [stranger for stranger in of(room.world) if stranger.start]
        assert {stranger.start[1] for stranger in led if stranger.start} == set(get_args(Start))
        for stranger in led:
            assert stranger.start is not None
            status, html, headers = answers(room, stranger.host, "/")
            there = room.world.root(stranger) + stranger.start[0]
            assert (headers["Location"] if status == 302 else html).find(there) >= 0
            assert "<ul" in answers(room, stranger.host, stranger.start[0])[1]


def test_papers_of_known_families_are_among_them_and_most_have_been_redesigned() -> None:
    world = stranger_world(seed=2, count=120, articles=2)
    families = [paper for paper in world.papers if not isinstance(paper, Stranger)]
    changed = [paper for paper in families if world.design(paper)]
    assert len(families) == 10
    assert 10 > len(changed) > 4
    world.advance(days=-3)
    assert not any(world.design(paper) for paper in changed)


def test_front_page_tells_the_papers_and_no_site_is_ready_for_any() -> None:
    with Newsroom(stranger_world(seed=2, count=12, closed=2, articles=2)) as room:
        assert len(papers_of(room.url)) == 0
        rows = [json.loads(line) for line in answers(room, "127.0.0.1", "/papers.jsonl")[1].splitlines()]
        assert [row["name"] for row in rows] == [paper.name for paper in room.world.papers]
        assert [bool(row["closed"]) for row in rows] == 12 * [False] + 2 * [True]
        assert {len(articles) for articles in room.world.record().values()} == {0, 2}

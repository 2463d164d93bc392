"""Draws strangers: each trait by its own chance, as often as it is met among Vietnamese papers and portals."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import get_args

from crawler.newsroom.families import FAMILIES
from crawler.newsroom.grammar import die
from crawler.newsroom.papers import Closed, Paper, Section, sections, slugify
from crawler.newsroom.strangers.addresses import SCHEMES, Scheme
from crawler.newsroom.strangers.stranger import (
    Announced,
    Charset,
    Decoy,
    Feeds,
    Lists,
    MapForm,
    Maps,
    Start,
    Stranger,
)
from crawler.sites import Tier

_PLACES = (
    "Tân Lĩnh|Xuân Hải|Lam Thủy|Đông Sơn|Hòa Phước|Thanh Bình|An Khê|Vĩnh Long Sơn|Phú Giang|Kim Tháp|Hải Vân Đông|"
    "Trà Giang|Bạch Long|Yên Thế Sơn|Cẩm Hà|Ngọc Lâm|Trường Hải|Sông Mây|Đá Bạc|Hương Thủy"
).split("|")
_KINDS: tuple[tuple[str, str, Tier], ...] = (
    ("Báo {}", "bao", "province"),
    ("Cổng thông tin điện tử {}", "cong", "province"),
    ("Đài Phát thanh và Truyền hình {}", "dai", "province"),
    ("Sở Xây dựng {}", "soxd", "body"),
    ("Tạp chí {}", "tapchi", "press"),
    ("Cục Quản lý {}", "cuc", "ministry"),
)
_SECTIONS = (
    "Thời sự", "Chính trị", "Kinh tế", "Xã hội", "Văn hóa", "Giáo dục", "Pháp luật", "Y tế", "Tin hoạt động",
    "Nông nghiệp", "Đối ngoại", "Khoa học",
)  # fmt: skip
_HOME_FEEDS = (
    "/rss.xml", "/feed", "/feed/", "/rss", "/rss/home.rss", "/index.rss", "/atom.xml", "/rss/trang-chu.rss",
    "/feed.xml",
)  # fmt: skip
_USUAL_FEEDS = ("/rss.xml", "/feed", "/feed/", "/rss", "/rss/home.rss")
"""Where a feed may stand that nothing announces."""
_SECTION_FEEDS = ("/rss/{slug}.rss", "/rss/{slug}-{zone}.rss", "/rss/{zone}.xml", "/feeds/{slug}.xml", "/rss/{slug}")
_FEED_PAGES = ("/rss", "/rss.htm", "/rss/", "/kenh-rss", "/rss.html", "/rss.aspx")
_MAP_PATHS = ("/sitemap.xml", "/sitemap.xml", "/sitemap_index.xml")
_ANNOUNCED_MAPS = (*_MAP_PATHS, "/sitemap-index.xml", "/news-sitemap.xml", "/sitemaps/tin-tuc.xml")
_STARTS = ("/trang-chu", "/vi/", "/web/guest/trang-chu", "/Pages/default.aspx", "/home.html")
_APIS = ("/api/tin-moi?page={n}", "/api/articles/{n}.json", "/ajax/list-news?p={n}")
_EVERY_HOURS = (1, 2, 3, 5)
_SOURCES = ("all", "all", "feeds", "feeds", "maps", "lists", "lists", "api", "sections")
CLOSED: tuple[Closed, ...] = get_args(Closed)


_FAMILY_EVERY = 12
"""Every so many strangers one is a paper of a known family on a host of its own."""


def strangers(seed: int, count: int, *, closed: int = 0) -> tuple[Paper, ...]:
    """So many strangers that can be adopted, and behind them so many that have to be refused.

    A few are papers of a known family; `redesigned` tells which of these have been redesigned.
    """
    shift = die(seed, "closed").randrange(len(CLOSED))
    return (
        *(
            _of_family(seed, number) if number % _FAMILY_EVERY == _FAMILY_EVERY - 1 else _stranger(seed, number)
            for number in range(count)
        ),
        *(_stranger(seed, count + n, CLOSED[(shift + n) % len(CLOSED)]) for n in range(closed)),
    )


def redesigned(paper: Paper, seed: int) -> bool:
    """Whether a paper of a known family looks no more as its layout knows it."""
    return not isinstance(paper, Stranger) and die(seed, paper.name, "redesign").random() < 0.7


def _of_family(seed: int, number: int) -> Paper:
    paper = die(seed, "family", number).choice(FAMILIES).paper
    return replace(paper, name=f"{paper.name}{number}", title=f"{paper.title} số {number}")


def calendar(paper: Paper, seed: int, articles: int, end: datetime) -> list[datetime]:
    """When a stranger publishes its articles, the last of them an hour before `end` at the latest."""
    rng = die(seed, paper.name, "calendar")
    every = rng.choice(_EVERY_HOURS) * 60.0
    moment, moments = end - timedelta(hours=1), []
    for _ in range(articles):
        moment -= timedelta(minutes=rng.uniform(0.2, 1.8) * every)
        moments.append(moment)
    if isinstance(paper, Stranger) and paper.pinned and moments:
        moments[-1] -= timedelta(days=365)
    return moments[::-1]


def _stranger(seed: int, number: int, closed: Closed | None = None) -> Stranger:
    rng = die(seed, "stranger", number)
    place, (form, short, tier) = rng.choice(_PLACES), rng.choice(_KINDS)
    name = f"{short}{slugify(place).replace('-', '')}{number}"
    scheme = rng.choice(SCHEMES)
    sources = rng.choice(_SOURCES)
    title = form.format(place)
    return Stranger(
        name=name,
        title=title,
        mark=_mark(rng, title, name),
        family="stranger",
        tier=tier,
        sections=_sections(rng),
        address=scheme.article,
        article=scheme.pattern,
        feed="",
        dialect=rng.choice(("rfc822", "rfc822", "colon", "us", "gmt7", "two-digit-zone", "two-digit-year")),
        shards="flat",
        says_modified=False,
        seconds=False,
        kinds=() if "{section}" in scheme.article else rng.choice(((), ("photo",), ("video",), ("photo", "video"))),
        gallery=(1, 1, 2),
        silent=_silent(rng),
        aliases=(f"m.{name}", *((f"cu{name}",) if (former := rng.random() < 0.15) else ())),
        seed=seed,
        scheme=scheme,
        feeds=_feeds(rng) if sources in ("all", "feeds", "sections") else None,
        maps=_maps(rng) if sources in ("all", "maps") else None,
        lists=_lists(rng, scheme, sources),
        www=rng.random() < 0.3,
        former=f"cu{name}" if former else None,
        charset=rng.choices(get_args(Charset), (18, 1, 1))[0],
        pinned=rng.random() < 0.25,
        start=(rng.choice(_STARTS), rng.choice(get_args(Start))) if rng.random() < 0.2 else None,
        decoys=_decoys(rng, sources),
        closed=closed,
        variant=rng.randrange(2),
    )


def _decoys(rng: Random, sources: str) -> frozenset[Decoy]:
    """What is announced and of no use; the sitemap that there really is keeps its usual address."""
    found: set[Decoy] = {decoy for decoy in ("dead-feed", "dead-map") if rng.random() < 0.12}
    if sources not in ("all", "maps") and rng.random() < 0.3:
        found.add("pages-map")
    return frozenset(found)


def _mark(rng: Random, title: str, name: str) -> str:
    """What opens a lead: the paper's initials in parentheses, its name or its host."""
    initials = "".join(word[0] for word in title.split())
    return rng.choice((f"({initials})", f"({title})", f"({name}.localhost)"))


def _sections(rng: Random) -> tuple[Section, ...]:
    names = rng.sample(_SECTIONS, rng.randint(3, 6))
    return sections(*names, zone=rng.choice((3, 11, 102)))


def _silent(rng: Random) -> frozenset[str]:
    """Fields that its pages do not tell."""
    chances = {"authors": 0.15, "tags": 0.35, "section": 0.15, "dateline": 0.4}
    return frozenset(name for name, chance in chances.items() if rng.random() < chance) | {"modified_at"}


def _feeds(rng: Random) -> Feeds:
    announced: Announced = rng.choice(get_args(Announced))
    page = rng.choice(_FEED_PAGES)
    at = _USUAL_FEEDS if announced == "usual" else _HOME_FEEDS
    home = rng.choice([path for path in at if path.rstrip("/") != page.rstrip("/")])
    by_section = announced != "usual" and rng.random() < 0.5
    return Feeds(
        form=rng.choice(("rss", "rss", "rss-full", "atom", "atom-full", "rdf")),
        announced=announced,
        home=None if by_section and rng.random() < 0.3 else home,
        section=rng.choice(_SECTION_FEEDS) if by_section else None,
        page=page,
        same=by_section and rng.random() < 0.2,
        tracked=rng.random() < 0.2,
        documents="/rss/van-ban.rss" if by_section and rng.random() < 0.3 else None,
    )


def _maps(rng: Random) -> Maps:
    form: MapForm = rng.choice(("flat", "monthly", "daily", "news", "news-and-monthly"))
    in_robots = rng.random() < 0.7
    paths = _ANNOUNCED_MAPS if in_robots else _MAP_PATHS
    return Maps(form=form, path=rng.choice(paths), in_robots=in_robots, everything=rng.random() < 0.4)


def _lists(rng: Random, scheme: Scheme, sources: str) -> Lists:
    return Lists(
        paging=rng.choice(scheme.paging),
        pager=rng.choice(("rel", "numbers", "words", "more")),
        length=rng.choice((10, 12, 15, 20)),
        api=rng.choice(_APIS) if sources == "api" else None,
        empty=sources == "maps",
    )

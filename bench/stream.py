"""A made-up archive without end: what some sixty sites publish, as a crawl finds it, copies among it.

Texts are chains of short phrases of the newsroom's grammar, some of them far more common than others, so that two
texts share about as many phrases as two reports of one day do. Everything follows from the seed.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random

from crawler.items import Article, Image, Link
from crawler.newsroom.grammar import Voice, byline, die
from crawler.store import SourceState, Store
from crawler.text import content_hash, documents

START = datetime(2026, 1, 5, tzinfo=UTC)
SITES = 60
A_DAY = 3000
"""Articles that all sites publish together."""
ROUND = 500
"""Articles that one look at every site finds: four hours."""
SYLLABLES = 400
EXACT, NEAR = 0.05, 0.1
"""Shares of the pages that are another site's text as it is, and cut or with something of their own."""
_PARAGRAPH = 65  # syllables
_POOL = 20_000
_MARKS = str.maketrans(
    "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ",
    "aaaaaaaaaaaaaaaaaeeeeeeeeeeeiiiiiooooooooooooooooouuuuuuuuuuuyyyyyd",
)


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a site finds."""

    site: str
    source: str
    at: datetime
    links: list[Link]
    """Those of the last look too, as a feed lists them."""
    pages: list[Article]
    """The new ones."""


def stream(
    articles: int, seed: int = 1, *, sites: int = SITES, a_day: int = A_DAY, size: int = ROUND
) -> Iterator[Look]:
    """The looks in which so many pages are found, `size` of them in one look at every site."""
    rng, phrases = die("stream", seed), _phrases(seed)
    recent: deque[Article] = deque(maxlen=2 * ROUND)
    listed: dict[str, list[Link]] = {}
    for begin in range(0, articles, size):
        found: dict[str, list[Article]] = {}
        for number in range(begin, min(begin + size, articles)):
            site = f"bao{rng.randrange(sites)}"
            at = START + number * timedelta(days=1) / a_day
            page = _page(rng, phrases, number, site, at, recent)
            found.setdefault(site, []).append(page)
        at = START + (begin + size) * timedelta(days=1) / a_day
        for site, pages in found.items():
            links = [Link(page.url, page.title, page.published_at) for page in pages]
            yield Look(site, f"https://{site}.example/rss", at, links + listed.get(site, []), pages)
            listed[site] = links


def crawl(store: Store, look: Look) -> int:
    """Save one look as a crawl does: the source with its links, then the pages one by one; how many these are."""
    state = SourceState(url=look.source, site=look.site, checked_at=look.at, polls=1, last_status="200")
    store.save_source(state, look.links, look.site)
    pending = store.pending(look.site, limit=len(look.pages))
    store.begin([link.canonical_url for link in pending], lambda _, wanted: wanted)
    pages = {page.url: page for page in look.pages}
    for link in pending:
        store.save(pages[link.url], look.at, link=link.canonical_url)
    return len(pending)


@lru_cache(maxsize=1)
def _phrases(seed: int) -> list[str]:
    """Two to five words each, as they follow each other in the grammar's sentences."""
    rng = die("phrases", seed)
    found: dict[str, None] = {}
    while len(found) < _POOL:
        words = Voice(rng, f"{rng.randint(1, 28)}/{rng.randint(1, 12)}").paragraph().split()
        while words:
            size = rng.randint(2, 5)
            found[" ".join(words[:size])] = None
            del words[:size]
    return list(found)[:_POOL]


def _paragraphs(rng: Random, phrases: list[str], syllables: int) -> list[str]:
    lines, line, count = [], list[str](), 0
    while syllables > 0:
        phrase = phrases[int(_POOL * rng.random() ** 2)]
        size = phrase.count(" ") + 1
        line.append(phrase)
        count, syllables = count + size, syllables - size
        if count >= _PARAGRAPH or syllables <= 0:
            lines.append(" ".join(line))
            line, count = [], 0
    return lines


def _page(rng: Random, phrases: list[str], number: int, site: str, at: datetime, recent: deque[Article]) -> Article:
    chance = rng.random()
    first = rng.choice(recent) if recent and chance < EXACT + NEAR else None
    if first is None:
        lead, *body = _paragraphs(rng, phrases, SYLLABLES)
        title = " ".join(rng.choices(phrases, k=3))
        own = replace(_EMPTY, title=title, lead=lead, body="\n".join(body), authors=(byline(rng),))
    else:
        own = first if chance < EXACT else _retold(rng, phrases, first)
    slug = "-".join(re.findall(r"[a-z0-9]+", own.title.lower().translate(_MARKS)))
    url = f"https://{site}.example/{slug}-{100_000 + number}.html"
    page = replace(
        own, url=url, canonical_url=url, site=site, published_at=at, published_raw=at.isoformat(),
        documents=documents(f"{own.lead}\n{own.body}"), content_hash=content_hash(own.lead, own.body),
        images=(Image(f"https://{site}.example/anh/{number}.jpg", own.title),),
    )  # fmt: skip
    if first is None:
        recent.append(page)
    return page


def _retold(rng: Random, phrases: list[str], first: Article) -> Article:
    """Cut at the end, with a paragraph of the desk's own, or with a lead of its own."""
    body = first.body.split("\n")
    match rng.randrange(3):
        case 0:
            return replace(first, body="\n".join(body[: rng.randint(2, 4)]))
        case 1:
            return replace(first, body="\n".join([*body, *_paragraphs(rng, phrases, _PARAGRAPH)]))
        case _:
            return replace(first, lead=_paragraphs(rng, phrases, _PARAGRAPH)[0])


_EMPTY = Article(
    url="", canonical_url="", site=None, title="", lead=None, body="", content_hash="", layout="made-up",
    dateline="(TTXVN)", published_precision="minute", section="Thời sự", tags=("đầu tư công", "nông thôn mới"),
)  # fmt: skip

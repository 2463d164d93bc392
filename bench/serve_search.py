"""What is asked of a store of the made-up archive, how long it takes, and what the index costs: for `serve.py`."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import partial
from itertools import cycle, islice
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from typing import Any

from sqlalchemy import func, or_, select
from stream import SITES, START, stream

from crawler.items import Article, Link
from crawler.newsroom.grammar import die
from crawler.sites import Sites
from crawler.store import SourceState, Store, articles, frontier, listings, search_index
from crawler.store.listings import ArticleFilter
from crawler.store.schema import articles as articles_of
from crawler.store.schema import revisions
from crawler.store.search import Order, search
from crawler.text import without_marks
from crawler.text.words import BREAK, words_of
from crawler.web import board
from crawler.web.articles import list_stories
from crawler.web.options import ServerOptions
from crawler.web.state import State

TOGETHER = 200
"""Articles in one transaction while the store is filled."""
STORED = 1024
"""Articles, each in a transaction of its own, by which it is measured what storing costs with and without the index."""
_EACH = 30  # queries of a kind; of a small store, one for each hundred articles
_LIMIT = 20  # hits that a page shows
_SAMPLE = 400  # texts of which words are taken, and a sixth of a small store
_TURN = 128  # articles stored in a row with the index, then without
_TURNS = 4
_LONG_TURN = 512  # articles that fill SQLite's log once, so that it is written back in each turn alike
_SCANS = 3


def pages(count: int, seed: int = 1) -> Iterator[Article]:
    """So many of the archive, in the order of publication."""
    return (page for poll in stream(count, seed) for page in poll.pages)


def fill(store: Store, count: int) -> None:
    """Store so many articles."""
    every = pages(count)
    while some := list(islice(every, TOGETHER)):
        with store.writing() as connection:
            for page in some:
                at, site = page.published_at, page.site
                assert at is not None
                assert site is not None
                frontier.ensure_site(connection, site, at)
                articles.save(connection, page, at, None)


@contextmanager
def _without_index() -> Iterator[None]:
    real = search_index.put
    search_index.put = lambda *_, **__: None
    try:
        yield
    finally:
        search_index.put = real


def storing(store: Store, count: int) -> dict[str, float]:
    """Milliseconds of processor and of the clock for an article that is stored with the index, and without it."""
    spent = {True: [0.0, 0.0], False: [0.0, 0.0]}
    turns = 2 * max(1, min(STORED, count) // _TURN)
    every = (page for page in pages(turns * _TURN, seed=1000) if page.published_at)
    for turn in range(turns):
        some = list(islice(every, _TURN))
        _list(store, some)
        with_index = turn % 2 == 0
        begun, cpu = time.perf_counter(), time.process_time()
        if with_index:
            _store(store, some)
        else:
            with _without_index():
                _store(store, some)
        spent[with_index][0] += time.perf_counter() - begun
        spent[with_index][1] += time.process_time() - cpu
    each = turns // 2 * _TURN
    found = {
        f"store_ms_{name}": round(1000 * value / each, 3)
        for with_index, names in ((True, ("indexed", "indexed_cpu")), (False, ("bare", "bare_cpu")))
        for name, value in zip(names, spent[with_index], strict=True)
    }
    ratio = spent[True][0] / spent[False][0]
    return {**found, "store_ratio": round(ratio, 2), "store_cpu_ratio": round(spent[True][1] / spent[False][1], 2)}


def _list(store: Store, some: list[Article]) -> None:
    """A source lists the pages, as it does before a crawl reads them."""
    for page in some:
        assert page.site is not None
        source = SourceState(url=f"https://{page.site}.example/rss", site=page.site, checked_at=page.published_at)
        store.save_source(source, [Link(page.url, page.title, page.published_at)], page.site)


def _store(store: Store, some: list[Article]) -> None:
    for page in some:
        assert page.published_at is not None
        store.save(page, page.published_at)


def queries(store: Store, seed: int = 7) -> dict[str, list[str]]:
    """Queries by kind: one, two and five words that stand together in some text, rare and common, with diacritics and
    without, and some that connect phrases."""
    rng, runs, seen = die("queries", seed), list[list[str]](), Counter[str]()
    count = store.articles(limit=1)[0].id
    for id_ in range(1, count + 1, max(6, count // _SAMPLE)):
        stored = store.article(id_)
        assert stored is not None
        page = stored.article
        exact = words_of(f"{page.lead}\n{page.body}").exact
        runs += [run.split() for run in exact.split(f" {BREAK} ") if run.split()]
        seen.update(set(exact.split()))
    found: dict[str, list[str]] = {}
    each = _each(count)
    for size in (1, 2, 5):
        windows = [run[n : n + size] for run in runs for n in range(len(run) - size + 1) if BREAK not in run]
        windows.sort(key=lambda words: min(seen[word] for word in words))
        part = max(1, len(windows) // 20)
        for name, some in (("rare", windows[:part]), ("common", windows[-part:])):
            texts = [" ".join(rng.choice(some)) for _ in range(each)]
            found[f"{size} words, {name}"] = [f'"{text}"' for text in texts]
            found[f"{size} words, {name}, bare"] = [f'"{without_marks(text)}"' for text in texts]
    pairs, fives = found["2 words, common"], found["5 words, common"]
    found["two phrases"] = [f"{one} {other}" for one, other in zip(pairs, reversed(pairs), strict=True)]
    found["either phrase"] = [f"{one} OR {other}" for one, other in zip(fives, pairs, strict=True)]
    found["not a phrase"] = [f"{one} -{other}" for one, other in zip(pairs, reversed(pairs), strict=True)]
    found["five words apart"] = [" ".join(f'"{word}"' for word in text.strip('"').split()) for text in fives]
    return found


Requests = dict[str, list[Callable[[], int]]]
"""By kind; each gives how many rows it has found."""


def searches(store: Store, plain: dict[str, list[str]]) -> Requests:
    """Each query, newest first, and some best first, of a site, of some days."""
    found = {kind: [(query, dict[str, Any]()) for query in some] for kind, some in plain.items()}
    best: Order = "best"
    newest = store.articles(limit=1)[0].published_at
    assert newest is not None
    days = {"since": START, "until": START + (newest - START) / 2}
    for kind in ("1 words, common", "2 words, rare", "5 words, common, bare"):
        found[f"{kind}, best first"] = [(query, {"order": best}) for query in plain[kind]]
        found[f"{kind}, of a site"] = [(query, {"sites": [f"bao{n % SITES}"]}) for n, query in enumerate(plain[kind])]
        found[f"{kind}, of days"] = [(query, days) for query in plain[kind]]
    return {kind: [partial(_search, store, query, about) for query, about in some] for kind, some in found.items()}


def pages_asked(store: Store) -> Requests:
    """What the page of today, of a site and the feed of changes take from the store."""
    newest = store.articles(limit=1)[0].published_at
    assert newest is not None
    state = State(store=store, sites=Sites(), options=ServerOptions(), now=lambda: newest)
    each = _each(store.articles(limit=1)[0].id)
    sites = list(islice(cycle(sorted(state.stored_sites())), each))

    def today(*sites: str) -> int:
        with state.reading() as connection:
            hours = listings.hours(connection, newest - timedelta(days=1), newest, sites)
            return len(list_stories(connection, ArticleFilter(sites=sites), None, 2 * _LIMIT).lines) + len(hours)

    def changes(after: int) -> int:
        with state.reading() as connection:
            return len(listings.list_changes(connection, after, 100)[0])

    last, rng = state.last_change(), die("changes", 5)
    return {
        "today": [today] * each,
        "today, of a site": [partial(today, site) for site in sites],
        "a site's board": [partial(lambda site: len(board.line(state, site).days), site) for site in sites],
        "changes": [partial(changes, rng.randrange(last)) for _ in range(each)],
    }


def timed(kinds: Requests) -> dict[str, tuple[list[float], list[float], int]]:
    """For each kind the seconds of the clock and of this process in ascending order, and how many rows there were."""
    found = {}
    for kind, some in kinds.items():
        seconds, rows = list[tuple[float, float]](), 0
        for ask in some:
            begun, cpu = time.perf_counter(), time.process_time()
            rows += ask()
            seconds.append((time.perf_counter() - begun, time.process_time() - cpu))
        clock, own = (sorted(some) for some in zip(*seconds, strict=True))
        found[kind] = clock, own, rows
    return found


def look_ups(store: Store, seed: int = 3) -> Requests:
    """Readings of an article by its number."""
    rng = die("look-ups", seed)
    last = store.articles(limit=1)[0].id

    def look(number: int) -> int:
        return store.article(number) is not None

    return {"an article by its number": [partial(look, rng.randint(1, last)) for _ in range(min(last, 500))]}


def scan(store: Store, query: str) -> float:
    """Seconds of the search that looks at every text: by a regular expression in the database."""
    letters = {"a": "aàáảãạăằắẳẵặâầấẩẫậ", "e": "eèéẻẽẹêềếểễệ", "i": "iìíỉĩị", "o": "oòóỏõọôồốổỗộơờớởỡợ",
               "u": "uùúủũụưừứửữự", "y": "yỳýỷỹỵ", "d": "dđ"}  # fmt: skip
    words = "".join(f"[{letters.get(one, one)}{letters.get(one, one).upper()}]" if one.isalnum() else r"\s+"
                    for one in without_marks(query.strip('"')))  # fmt: skip
    columns = [revisions.c[name].regexp_match(words) for name in ("title", "lead", "body")]
    newest = func.coalesce(articles_of.c.published_at, articles_of.c.first_seen_at)
    current = (revisions.c.article_id == articles_of.c.id) & (revisions.c.number == articles_of.c.revision)
    statement = select(articles_of.c.id).join(revisions, current).where(or_(*columns)).order_by(newest.desc())

    def run() -> None:
        with store.reading() as connection:
            connection.execute(statement.limit(_LIMIT)).all()

    return _seconds(run)


def measure(store: Store) -> dict[str, Any]:
    """All of it, with a line for each kind of request; the worst kind counts."""
    plain = queries(store)
    kinds = searches(store, plain) | pages_asked(store)
    timed({kind: some[:2] for kind, some in kinds.items()})  # what is read once from the disk is no search
    found = timed(look_ups(store) | kinds)
    keys = [_middle(seconds) for seconds in found["an article by its number"][:2]]
    worst = dict.fromkeys(("median_ratio", "p99_ratio", "median_ratio_cpu", "p99_ratio_cpu"), 0.0)
    for kind, (*both, rows) in found.items():
        ratios = [part(seconds) / key for seconds, key in zip(both, keys, strict=True) for part in (_middle, _last)]
        times = f"{1000 * _middle(both[0]):8.2f} {1000 * _last(both[0]):8.2f} ms"
        print(f"{kind:40} {times}  {' '.join(f'x{ratio:.1f}' for ratio in ratios)}  {rows}")
        if kind in kinds:
            worst = {name: max(was, round(ratio, 1)) for (name, was), ratio in zip(worst.items(), ratios, strict=True)}
    return {"search_speedup": speedup(store, plain), **worst, "found": sum(rows for *_, rows in found.values())}


def speedup(store: Store, plain: dict[str, list[str]]) -> int:
    """How many times faster than the scan a search is, at least, for what fewer texts have than a page shows: there the
    scan looks at all of them, and elsewhere it ends when the page is full."""
    rare = [text for kind in plain if ", rare" in kind for text in plain[kind] if _search(store, text, {}) < _LIMIT]
    some = rare[:: max(1, len(rare) // _SCANS)][:_SCANS]
    return round(min((scan(store, text) / _seconds(_search, store, text, {}) for text in some), default=0))


def slowed(store: Store) -> dict[str, float]:
    """How much longer a crawl takes to store while another process searches without a pause, in parts of one, than
    while that process computes: with a core for each, what is left is what they wait for each other at the store."""
    context = get_context("spawn")
    searches_now, ended = context.Event(), context.Event()
    address = store.url.render_as_string(hide_password=False)
    searcher = context.Process(target=_search_on, args=(address, searches_now, ended))
    searcher.start()
    searches_now.wait()  # it has opened the store
    turns, size = (2 * _TURNS, _LONG_TURN) if store.articles(limit=1)[0].id > STORED else (2, _TURN // 4)
    every = pages(turns * size, seed=2000)
    spent = {True: 0.0, False: 0.0}
    for turn in range(turns):
        some = list(islice(every, size))
        _list(store, some)
        searches_now.clear()
        time.sleep(0.2)  # what was under way ends
        _empty_log(store)
        searching = turn % 4 in (1, 2)  # every other turn has what SQLite's index merges after 1,024 articles
        if searching:
            searches_now.set()
        begun = time.perf_counter()
        _store(store, some)
        spent[searching] += time.perf_counter() - begun
    ended.set()
    searcher.join()
    return {"crawl_slowed": round(spent[True] / spent[False] - 1, 3)}


def _empty_log(store: Store) -> None:
    if store.url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(store.url.database or "")) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _search_on(url: str, searches_now: Event, ended: Event) -> None:
    with Store.open(url) as store:
        every = cycle([ask for some in searches(store, queries(store)).values() for ask in some])
        searches_now.set()
        while not ended.is_set():
            if searches_now.is_set():
                next(every)()
            else:
                sum(range(100_000))


def _search(store: Store, query: str, about: dict[str, Any]) -> int:
    with store.reading() as connection:
        return len(search(connection, query, limit=_LIMIT, **about))


def _seconds(run: Callable[..., Any], *arguments: Any) -> float:
    begun = time.perf_counter()
    run(*arguments)
    return time.perf_counter() - begun


def _each(count: int) -> int:
    return max(3, min(_EACH, count // 100))


def _middle(seconds: list[float]) -> float:
    return seconds[len(seconds) // 2]


def _last(seconds: list[float]) -> float:
    """The 99th percentile."""
    return seconds[min(len(seconds) - 1, len(seconds) * 99 // 100)]

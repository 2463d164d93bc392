"""What many tests share and is no fixture: articles of our own words, stores, a command that runs in this process."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, text

from crawler.deliver.sink import Delivery
from crawler.items import Article, Event
from crawler.schedule import AgendaEntry, agenda
from crawler.sites import EPI, Feed, Site
from crawler.store import Store, frontier, quarantine
from crawler.store.quarantine import PageContent

LONG = 300
"""Seconds after which what is waited for does not come; whatever works takes less, at any load."""
HANOI = timezone(timedelta(hours=7))
T0 = datetime(2026, 3, 2, 8, 0, tzinfo=HANOI)
ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"
Fresh = Callable[[], str]
PAPER_HOME = "https://bao.example.vn/"
PAPER = Site(
    publisher="Báo Mẫu",
    home=PAPER_HOME,
    tier="press",
    sources=(Feed(PAPER_HOME + "home.rss"),),
    article=r"-post\d+\.html$",
    layout=EPI,
)
"""A site of whose sources the tests make up what they list."""


def article(n: int = 1, words: str = "Khởi công cầu mới", site: str | None = "bao", **fields: object) -> Article:
    """An article at the n-th address whose text, and so whose hash, is `words`."""
    url = f"https://bao.example/bai-{n}.html"
    values: dict[str, object] = {
        "url": url, "canonical_url": url, "site": site, "title": f"Tiêu đề {n}", "lead": "Sáng nay, tỉnh khởi công.",
        "body": words, "content_hash": f"v1:{words}", "layout": "made-up", "published_at": T0 + timedelta(minutes=n),
    }  # fmt: skip
    return Article(**{**values, **fields})  # type: ignore[arg-type]


def url_of(n: int) -> str:
    return article(n).canonical_url


def at(minutes: int) -> datetime:
    return T0 + timedelta(minutes=minutes)


def sibling(address: str, name: str) -> str:
    return address.replace("/postgres?", f"/{name}?")


def statement(address: str, sql: str) -> None:
    """Run one statement past the store."""
    engine = create_engine(address.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(sql))
    engine.dispose()


WRITER = """
import sys
from datetime import UTC, datetime
from crawler.items import Article, Link
from crawler.store import SourceState, Store

def article(n, words):
    url = f"https://bao.example/bai-{n}.html"
    return Article(url=url, canonical_url=url, site="bao", title=f"Tin {n}", lead=None, body=words,
                   content_hash=f"v1:{words[:20]}", layout="made-up")

url, number, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
now = datetime(2026, 3, 2, tzinfo=UTC)
store = Store.open(url)
print("ready", flush=True)
for n in range(rounds):
    own = number * 1_000_000 + n
    store.save_source(SourceState(url=f"https://bao.example/{number}"), [Link(article(own, "").url)], "bao")
    store.save(article(own, f"văn bản {n} " + "dài " * 300), now)  # the same texts as every other writer
    if n % 5 == 4:
        store.save(article(own, f"bản hai {number} {n}"), now)
"""


def writer(url: str, number: int, rounds: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, url, str(number), str(rounds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def wait_until(condition: Callable[[], bool]) -> None:
    """Poll; what never comes true fails the test."""
    for _ in range(20 * LONG):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it never came true")


def dies(pid: int) -> bool:
    """Whether a process, of whomever, ends within a minute; one that does not is killed."""
    process = Path("/proc", str(pid), "stat")
    for _ in range(1200):
        with suppress(FileNotFoundError, ProcessLookupError):
            if process.read_text().rpartition(")")[2].split()[0] != "Z":
                time.sleep(0.05)
                continue
        return True
    os.kill(pid, signal.SIGKILL)
    return False


@dataclass
class Run:
    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


Thoisu = Callable[..., Run]


def fill(store: Store, count: int, begin: int = 1) -> None:
    for n in range(begin, begin + count):
        store.save(article(n, f"bài {n}"), at(n))


def keep_page(
    store: Store,
    n: int,
    site: str = "bao",
    *,
    reason: str = "no_body",
    body: bytes = b"<html>",
    when: datetime | None = None,
) -> None:
    """Keep the page n for repair, as a run does."""
    content = PageContent(body, {"url": url_of(n), "title": "Đê\0 \ud800"})
    with store.writing() as connection:
        frontier.ensure_site(connection, site, at(0))
        about = {"reason": reason, "detail": "nothing"}
        quarantine.keep(connection, site, url_of(n), url_of(n), content, when or at(n), **about)


def plan(connection: Connection, site: str, next_at: datetime) -> None:
    """Schedule a site of which nothing is known, and its one source for this time."""
    entry = AgendaEntry(site=site, source=f"https://{site}.example/rss", next_at=next_at, why="it is made up")
    frontier.ensure_site(connection, site, next_at)
    agenda.settle(connection, site, [entry])
    agenda.keep(connection, [entry])


def life(store: Store) -> None:
    """Every kind of change: 1 and 2 created, 3 copied, 4 and 5 gone, 6 and 7 back, 8 revised, 9 copied anew."""
    store.save(article(1, "một"), at(1))
    store.save(article(2, "hai"), at(2))
    store.save(article(3, "hai", title="Bản chép"), at(3))
    store.withdraw(url_of(1), at(4))
    store.withdraw(url_of(3), at(5))
    store.save(article(1, "một"), at(6))
    store.save(article(3, "hai", title="Bản chép"), at(7))
    store.save(article(1, "một, sửa"), at(8))
    store.save(article(3, "một", title="Bản chép khác"), at(9))


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


def delivery(seq: int, event: Event = "created", n: int | None = None, words: str = "", **changed: Any) -> Delivery:
    """The change `seq`, of the page `n`, whose text is `words`."""
    page = article(n or seq, words or f"Bài {seq}")
    return replace(
        Delivery(
            key=f"ab12:{seq}", seq=seq, event=event, article_id=n or seq, revision=1, url=page.canonical_url,
            site="bao", content_hash=page.content_hash, at=NOON + timedelta(minutes=seq),
            published_at=page.published_at, article=page.to_dict(),
        ),
        **changed,
    )  # fmt: skip


@contextmanager
def file_limit(size: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes: a disk that is full, for whoever writes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

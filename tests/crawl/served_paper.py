"""A site of four articles on loopback, whose every answer a test may replace."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from crawler.crawl.report import SiteReport
from crawler.crawl.run import crawl
from crawler.monitor.store_checks import verify
from crawler.sites import EPI, Feed, Site, Sites
from crawler.store import Store

Answer = tuple[int, dict[str, str], bytes]
HTML = {"Content-Type": "text/html; charset=utf-8"}
PARAGRAPH = "<p>Sáng nay, đoàn công tác đã đến thăm các hộ dân ở ven sông và trao đổi về việc sửa lại con đê.</p>"


def page(number: int, head: str = "") -> bytes:
    title = f"<h1 class='article__title'>Con đê số {number} đã được sửa</h1>"
    body = f"<div class='article__body'>{PARAGRAPH * 6}<p>Đoạn đê số {number} dài {number} cây số.</p></div>"
    return f"<html><head><title>Đê</title>{head}</head><body>{title}{body}</body></html>".encode()


class Paper:
    """A site of four articles with one feed; `answers` has what it gives instead."""

    def __init__(self, folder: Path) -> None:
        self.answers: dict[str, Answer | Callable[[BaseHTTPRequestHandler], object]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        paper = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                paper.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                answer = paper.answers.get(self.path) or paper.usual(self.path)
                if callable(answer):
                    answer(self)
                    return
                status, headers, body = answer
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    for one in value.split("\n"):
                        self.send_header(name, one)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.port = self.server.server_port
        self.base = f"http://bendo.localhost:{self.port}"
        self.folder = folder
        self.store_url = f"sqlite:///{folder / 'store.db'}"
        self.sources: tuple[Any, ...] = (Feed(f"{self.base}/feed.rss"),)

    def usual(self, path: str) -> Answer:
        if path == "/feed.rss":
            links = "".join(
                f"<item><title>Con đê</title><link>{self.base}/de-post{n}.html</link></item>" for n in range(1, 5)
            )
            body = f"<rss><channel><title>Bến Đò</title>{links}</channel></rss>".encode()
            return 200, {"Content-Type": "application/rss+xml"}, body
        if path.startswith("/de-post"):
            return 200, HTML, page(int(path.removeprefix("/de-post").removesuffix(".html")))
        return 404, HTML, b""

    @property
    def site(self) -> Site:
        return Site(
            name="bendo",
            publisher="Báo Bến Đò",
            home=f"{self.base}/",
            tier="press",
            sources=self.sources,
            article=r"-post\d+\.html$",
            layout=EPI,
            delay=0,
        )

    def crawl(self, **own: Any) -> SiteReport:
        settings = {"THOISU_BACKOFF_FIRST": 0.01, "RETRY_TIMES": 0, **own}
        newsroom = f"http://127.0.0.1:{self.port}"
        return crawl(Sites([self.site]), store_url=self.store_url, newsroom=newsroom, settings=settings)[0]

    def articles(self) -> dict[str, int]:
        """Revisions by the number in the address."""
        with Store.open(self.store_url) as store:
            assert verify(store) == []
            return {row.canonical_url.removeprefix(f"{self.base}/"): row.revision for row in store.articles()}


@contextmanager
def served(folder: Path) -> Iterator[Paper]:
    """The paper while it is served; its store lies in `folder`."""
    paper = Paper(folder)
    try:
        yield paper
    finally:
        paper.server.shutdown()
        paper.server.server_close()

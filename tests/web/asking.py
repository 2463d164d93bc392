"""Asks the application without a socket, and a store in which there is one of everything."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx

from crawler.sites import Sites
from crawler.store import Store
from crawler.web.app import application
from crawler.web.options import ServerOptions
from crawler.web.state import State
from tests.support import T0, article, at

NOW = T0 + timedelta(hours=3)
HERE = "http://127.0.0.1"
WORDS = (
    "Thép lá xuống cầu sông Hồng, công trình dài ba cây số nối hai bờ sau bốn năm thi công liên tục của hơn sáu trăm "
    "thợ cầu đến từ khắp các tỉnh miền Bắc và miền Trung, mở đường cho xe tải nặng đi vòng ngoài thành phố"
)
PAGES = (
    "/", "/search", "/search?q=cau", "/documents", "/documents/1", "/sites", "/sites/bao", "/alerts", "/sinks", "/api",
    "/articles/1", "/articles/1/diff", "/articles/1/copies/1", "/articles/1?pictures=1", "/stories/1", "/stories/2",
)  # fmt: skip
FEEDS = (
    "/feeds/articles.atom",
    "/feeds/articles.json",
    "/feeds/articles.atom?edited=1",
    "/feeds/articles.json?site=bao",
)
LISTS = (
    "/api/v1/articles", "/api/v1/stories", "/api/v1/documents", "/api/v1/changes", "/api/v1/sites", "/api/v1/findings",
    "/api/v1/gaps?site=bao", "/api/v1/search?q=cau", "/api/v1/sinks", "/api/v1/alerts", "/api/v1/articles/1/revisions",
    "/api/v1/articles/1/copies", "/api/v1/documents/1/articles",
)  # fmt: skip
OBJECTS = (
    "/api/v1/articles/1", "/api/v1/articles/1/revisions/1", "/api/v1/articles/1/diff", "/api/v1/stories/1",
    "/api/v1/documents/1", "/api/v1/sites/bao",
)  # fmt: skip


class Asker:
    """A client of the application over a store."""

    def __init__(self, store: Store, *, client: str = "127.0.0.1", now: datetime = NOW, **options: Any) -> None:
        self.state = State(store=store, sites=Sites(), options=ServerOptions(**options), now=lambda: now)
        self.app = application(self.state)
        self._client = client

    def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> httpx.Response:
        """What comes of a request."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=(self._client, 50_000))
            async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
                return await client.request(method, path, headers=headers, **more)

        return asyncio.run(send())

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """What comes of a GET."""
        return self.ask("GET", path, headers)


def fill(store: Store) -> None:
    """An article with two revisions, a copy, a document; one that is withdrawn; one without a time."""
    store.save(article(1, "Khởi công cầu mới theo 336/2025/NĐ-CP", documents=("336/2025/NĐ-CP",)), at(1))
    store.save(article(5, "Khởi công cầu mới theo 336/2025/NĐ-CP", site="dai", title="Cầu"), at(2))
    store.save(
        article(1, "Khởi công cầu mới\nVốn là 500 tỷ đồng theo 336/2025/NĐ-CP", documents=("336/2025/NĐ-CP",)), at(3)
    )
    store.save(article(2, "Mưa to ở miền núi", section="Thời tiết", kind="photo"), at(4))
    store.withdraw(article(2).canonical_url, at(5))
    store.save(article(3, "Giá gạo", site=None, published_at=None), at(6))

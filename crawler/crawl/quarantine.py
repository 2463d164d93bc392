"""The pages that a run keeps for repair: those of articles that lack a required field, and examples of how a layout
drifts. Each is a folder in the shape of a golden case, from which the repair starts."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crawler.errors import Quarantine, Refused
from crawler.items import FALLBACK, Article, PendingLink
from crawler.store import findings

if TYPE_CHECKING:
    from crawler.crawl.context import RunContext

logger = logging.getLogger(__name__)
EXAMPLES = 2
"""Pages of a site that are kept as examples of how its layout drifts."""


def keep(folder: Path, site: str, link: PendingLink, body: bytes, refused: Refused, at: datetime) -> Path:
    """Write page.html, article.json (what the source said) and origin.json; returns their folder."""
    known = {
        "url": link.url,
        "canonical_url": link.canonical_url,
        "site": site,
        "title": link.title,
        "published_at": link.published_at.isoformat() if link.published_at else None,
    }
    origin = {
        "url": link.url,
        "reason": refused.reason,
        "detail": refused.detail,
        "time": at.isoformat(timespec="seconds"),
    }
    return _write(folder / site / slug(link.canonical_url), body, known, origin)


def keep_example(folder: Path, site: str, number: int, article: Article, body: bytes, at: datetime) -> Path:
    """The same for a page that was read, with what was read, in the place of the site's earlier example `number`."""
    origin = {"url": article.url, "layout": article.layout, "time": at.isoformat(timespec="seconds")}
    return _write(folder / site / f"example-{number}", body, article.to_dict(), origin)


def examples(folder: Path, site: str) -> list[Path]:
    """The folders of the examples that are kept of a site."""
    places = (folder / site / f"example-{number}" for number in range(1, EXAMPLES + 1))
    return [place for place in places if place.is_dir()]


def _write(case: Path, body: bytes, article: dict[str, Any], origin: dict[str, Any]) -> Path:
    case.mkdir(parents=True, exist_ok=True)
    (case / "page.html").write_bytes(body)
    for name, value in (("article.json", article), ("origin.json", origin)):
        (case / name).write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return case


def slug(url: str) -> str:
    """A folder's name for an address: readable, safe on every file system, and its own."""
    last = urlsplit(url).path.rstrip("/").rpartition("/")[2].rpartition(".")[0]
    readable = re.sub(r"[^a-z0-9]+", "-", last.lower()).strip("-")[-60:].strip("-")
    return f"{readable or 'page'}-{hashlib.sha256(url.encode()).hexdigest()[:8]}"


class QuarantineFolder:
    """Writes into the quarantine's folder; a disk that takes nothing costs one warning a run, and no article."""

    def __init__(self, run: RunContext) -> None:
        self._run = run
        self._examples = 0
        self._warned = False

    def unread(self, link: PendingLink, body: bytes, refused: Quarantine) -> None:
        """Keep the page of an article that lacks a required field."""
        site, now = self._run.site.name, self._run.now()
        self._try(lambda folder: keep(folder, site, link, body, refused, now))

    def read(self, article: Article, body: bytes) -> None:
        """Keep the first pages of the run that no layout read or, while the site's layout is in doubt, any."""
        if self._examples >= EXAMPLES or not (article.layout == FALLBACK or self._in_doubt):
            return
        self._examples += 1
        site, number, now = self._run.site.name, self._examples, self._run.now()
        self._try(lambda folder: keep_example(folder, site, number, article, body, now))

    @cached_property
    def _in_doubt(self) -> bool:
        with self._run.store.reading() as connection:
            return any(one.name == "layout" for one in findings.opened(connection, [self._run.site.name]) if one.site)

    def _try(self, write: Callable[[Path], Path]) -> None:
        folder = self._run.settings.quarantine
        try:
            write(folder)
        except OSError as error:
            if not self._warned:
                logger.warning("pages cannot be kept in %s: %s", folder, error.strerror or error)
            self._warned = True

"""Answers every request from a folder of saved pages, as if from the sites.

The folder holds `replay.tsv`: a header row `url`, `file`, then one saved page a row, the file relative to the folder.
"""

from __future__ import annotations

import csv
from pathlib import Path
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response

from crawler.errors import BadInput, Refusal
from crawler.fetch.guard import Denied

_TYPES = {".html": "text/html", ".htm": "text/html", ".xml": "application/xml", ".rss": "application/rss+xml"}


def load(folder: Path) -> dict[str, Path]:
    """The saved file of each address, by `key`; of two rows for one address the later counts.

    Raises `BadInput` when the folder has no readable `replay.tsv` or a row names no file inside the folder.
    """
    table = folder / "replay.tsv"
    try:
        with table.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
            rows, columns = list(reader), reader.fieldnames or ()
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"{folder} holds no replay.tsv that can be read: {error}") from None
    if not {"url", "file"} <= set(columns):
        raise BadInput(f"{table}, line 1: needs a header row with the columns url and file")
    saved: dict[str, Path] = {}
    for number, row in enumerate(rows, start=2):
        if not row.get("url") or not row.get("file"):
            raise BadInput(f"{table}, line {number}: needs a url and a file")
        path = (folder / row["file"]).resolve()
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            raise BadInput(f"{table}, line {number}: no file {row['file']} in the folder")
        saved[key(row["url"])] = path
    return saved


def key(url: str) -> str:
    """An address without what does not tell pages apart: scheme, "www.", trailing slash, fragment."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    return f"{host}{port}{parts.path.rstrip('/')}{'?' if parts.query else ''}{parts.query}"


class ReplayHandler(BaseDownloadHandler):
    """A download handler that never opens a connection."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._saved = load(Path(crawler.settings["THOISU_REPLAY"]))

    async def download_request(self, request: Request) -> Response:
        """The saved page; raises `Denied` with NOT_SAVED when there is none."""
        path = self._saved.get(key(request.url))
        if path is None:
            raise Denied(Refusal.NOT_SAVED, request.url)
        headers = Headers({"Content-Type": _TYPES.get(path.suffix.lower(), "application/octet-stream")})
        return Response(request.url, status=200, headers=headers, body=path.read_bytes())

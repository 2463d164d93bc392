"""JSON Lines for programs, and Markdown for readers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import IO, Any

from crawler.export.rows import ExportRow
from crawler.process import stripped
from crawler.text import local_time

_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~&!])")
_BEGINNING = re.compile(r"^(\s*)([-+=]|\d{1,9}[.)])")
_NOT_IN_ADDRESS = re.compile(r"[\s<>\\]")


def as_dict(row: ExportRow) -> dict[str, Any]:
    """Plain values for JSON: times as ISO 8601 with offset."""
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(row).items()}


def write_jsonl(rows: Iterable[ExportRow], file: IO[bytes]) -> None:
    """Write one JSON object a line."""
    for row in rows:
        line = json.dumps(as_dict(row), ensure_ascii=False)
        file.write(line.encode("utf-8", "backslashreplace") + b"\n")


def write_markdown(rows: Iterable[ExportRow], file: IO[bytes]) -> None:
    """Write a heading an article, with its facts and paragraphs; nothing in them is markup."""
    for row in rows:
        file.write("\n".join(_article(row)).encode("utf-8", "replace") + b"\n\n")


def escaped(text: str) -> str:
    """A text as one line of Markdown that shows it as it is."""
    line = " ".join(stripped(text).split())
    return _BEGINNING.sub(lambda match: f"{match[1]}{_behind(match[2])}", _SIGNS.sub(r"\\\1", line))


def address(url: str) -> str:
    """A web address as a link of Markdown, anything else as text."""
    if url.lower().startswith(("http://", "https://")) and not _NOT_IN_ADDRESS.search(stripped(url)):
        return f"<{stripped(url)}>"
    return escaped(url)


def _behind(sign: str) -> str:
    return f"{sign[:-1]}\\{sign[-1]}"


def _article(row: ExportRow) -> Iterable[str]:
    facts = [row.publisher or row.site, local_time(row.at), row.section, *row.authors]
    yield f"## {escaped(row.title)}"
    yield ""
    yield " · ".join(escaped(fact) for fact in facts if fact)
    if row.credit:
        yield ""
        yield f"Source: {escaped(row.credit)}"
    yield ""
    yield address(row.url)
    if row.withdrawn_at:
        yield ""
        yield f"Withdrawn {local_time(row.withdrawn_at)}"
    if row.lead:
        yield ""
        yield f"**{escaped(row.lead)}**"
    for paragraph in row.body.split("\n"):
        if paragraph.strip():
            yield ""
            yield escaped(paragraph)

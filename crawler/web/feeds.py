"""Feeds out: Atom (RFC 4287) and JSON Feed (jsonfeed.org, version 1.1) of whatever a filter takes.

An entry is an article; with `edited=1` a revision of it, so that a reader shows each edit as new. What was taken
down says so in its title, and counts as updated then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import Response

from crawler.process.output import json_text
from crawler.store import ArticleRow, listings
from crawler.store.listings import ArticleFilter
from crawler.text import VIETNAM
from crawler.web.asked import Asked
from crawler.web.render import Page
from crawler.web.search import find
from crawler.web.state import of
from crawler.web.text import cut, visible, web_address

router = APIRouter(include_in_schema=False)
ENTRIES = 40
_OPENING = 1500  # characters of a text that a feed has


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    row: ArticleRow
    id: str
    title: str
    lead: str
    body: str
    updated: datetime
    page: str
    """Its address here; of an edit, that of what it changed."""
    original: str | None
    """Its address at the paper, when a browser may be led there."""
    publisher: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Feed:
    id: str
    """A URN (RFC 8141), the same for the same filter however it is written."""
    title: str
    own: str
    """The address at which it was asked for."""
    page: str
    updated: datetime
    """When its newest entry was read; of one without entries, today."""
    entries: list[_Entry]


@router.get("/feeds/articles.atom")
def atom(request: Request) -> Response:
    """The newest articles of a filter, as Atom."""
    return Response(_atom(_feed(request)), media_type="application/atom+xml; charset=utf-8")


@router.get("/feeds/articles.json")
def json_feed(request: Request) -> Response:
    """The same as JSON Feed."""
    return Response(_json(_feed(request)), media_type="application/feed+json; charset=utf-8")


def _feed(request: Request) -> _Feed:
    state, asked, about = of(request), Asked.only(request), Page(request)
    wanted = asked.filter(state)
    base = str(request.base_url).rstrip("/")
    with state.reading() as connection:
        found = _newest(connection, wanted, asked) if wanted else []
        openings = listings.openings(connection, [row.id for row in found], _OPENING)
    store = state.identity()
    entries = []
    for row in found:
        lead, body, updated = openings[row.id]
        title, page = cut(visible(row.title), 300), f"{base}/articles/{row.id}"
        if row.withdrawn_at:
            title, updated = f"[{about('withdrawn')}] {title}", max(updated, row.withdrawn_at)
        id_ = f"urn:thoisu:{store}:article:{row.id}" + (f":revision:{row.revision}" if asked.edited else "")
        entries.append(
            _Entry(
                row=row, id=id_, title=title, lead=visible(lead), body=visible(body), updated=updated,
                page=f"{page}/diff" if asked.edited else page, original=web_address(row.canonical_url),
                publisher=visible(state.publisher(row.site)),
            )
        )  # fmt: skip
    names = [asked.q, *(state.publisher(name) for name in asked.site), asked.section, asked.author]
    names += [about(f"{of}: {name}") for of, name in (("tier", asked.tier), ("kind", asked.kind)) if name]
    names += [about("edited after publication")] * asked.edited + [about("withdrawn")] * asked.withdrawn
    names.append("–".join(filter(None, (asked.since, asked.until))))
    title = " · ".join(["Thời sự", *(visible(name) for name in names if name)])
    today = state.now().astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    return _Feed(
        id=f"urn:thoisu:{store}:feed:{quote(asked.query.removeprefix('?'), safe='=')}", title=title,
        own=f"{base}{request.url.path}{f'?{query}' if (query := request.url.query) else ''}",
        page=f"{base}/{asked.query}", updated=max((one.updated for one in entries), default=today), entries=entries,
    )  # fmt: skip


def _newest(connection: Connection, wanted: ArticleFilter, asked: Asked) -> list[ArticleRow]:
    if not asked.q:
        return listings.list_articles(connection, wanted, None, ENTRIES).rows
    hits = find(connection, asked.q, wanted, None, ENTRIES, author=asked.author).hits
    return listings.articles_of(connection, [hit.article_id for hit in hits])


def _atom(feed: _Feed) -> str:
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="vi">',
        f"<id>{escape(feed.id)}</id><title>{escape(feed.title)}</title><updated>{_time(feed.updated)}</updated>",
        f'<link rel="self" type="application/atom+xml" href="{escape(feed.own)}"/>',
        f'<link rel="alternate" type="text/html" href="{escape(feed.page)}"/>',
        "<generator>thoisu</generator>",
    ]
    for one in feed.entries:
        parts.append(f"<entry><id>{escape(one.id)}</id><title>{escape(one.title)}</title>")
        parts.append(f"<updated>{_time(one.updated)}</updated>")
        if one.row.published_at:
            parts.append(f"<published>{_time(one.row.published_at)}</published>")
        parts.append(f"<author><name>{escape(one.publisher)}</name></author>")
        parts.append(f'<link rel="alternate" type="text/html" href="{escape(one.original or one.page)}"/>')
        parts.append(f'<link rel="related" type="text/html" href="{escape(one.page)}"/>')
        if one.row.section:
            parts.append(f'<category term="{escape(visible(one.row.section))}"/>')
        if one.lead:
            parts.append(f"<summary>{escape(one.lead)}</summary>")
        parts.append(f"<content>{escape(one.body)}</content></entry>")
    return "\n".join([*parts, "</feed>\n"])


def _json(feed: _Feed) -> str:
    items = []
    for one in feed.entries:
        item: dict[str, Any] = {
            "id": one.id, "url": one.original or one.page, "title": one.title,
            "summary": one.lead or None, "content_text": one.body, "date_modified": _time(one.updated),
            "date_published": _time(one.row.published_at) if one.row.published_at else None,
            "authors": [{"name": one.publisher}], "tags": [visible(one.row.section)] if one.row.section else None,
            "_thoisu": {"about": one.page, "article": one.row.id, "revision": one.row.revision},
        }  # fmt: skip
        if one.row.withdrawn_at:
            item["_thoisu"] |= {"withdrawn_at": _time(one.row.withdrawn_at)}
        items.append({name: value for name, value in item.items() if value is not None})
    about = {"version": "https://jsonfeed.org/version/1.1", "title": feed.title, "home_page_url": feed.page}
    return json_text({**about, "feed_url": feed.own, "language": "vi", "items": items})


def _time(at: datetime) -> str:
    """RFC 3339, which Atom and JSON Feed both ask for."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

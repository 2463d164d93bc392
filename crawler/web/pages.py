"""The pages of articles: what came today, an article, what an edit or a copy changed."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import RedirectResponse, Response

from crawler.store import listings
from crawler.web import articles, page_data
from crawler.web.asked import Asked
from crawler.web.parameters import Number, cursor_of
from crawler.web.render import Page, page
from crawler.web.state import of

router = APIRouter(include_in_schema=False)
Id = Annotated[Number, Path(alias="id")]
ROWS = 40
"""Articles on one page of a list."""
_IMAGES = 30


@router.get("/")
def today(request: Request) -> Response:
    """What came, newest first, one line a story; with words, to the search for them."""
    state, asked, about = of(request), Asked.of(request), Page(request)
    if asked.q:
        return RedirectResponse(f"/search{asked.query}", HTTPStatus.SEE_OTHER)
    wanted = asked.filter(state)
    with state.reading() as connection:
        found = articles.list_stories(connection, wanted, asked.after, ROWS) if wanted else None
        counts = page_data.counts(connection, about, wanted.sites if wanted else ())
    return page(
        request,
        "today.html",
        {
            "here": "/", "asked": asked, "sites": sorted(state.stored_sites(), key=state.publisher), "counts": counts,
            "lines": found.lines if found else [], "next": cursor_of(found.next) if found else None,
            "feed": asked.query,
        },
    )  # fmt: skip


@router.get("/articles/{id}")
def article(request: Request, id_: Id) -> Response:
    """An article with its past."""
    pictures = request.query_params.get("pictures") == "1"
    with of(request).reading() as connection:
        found = articles.article_view(connection, id_)
        pages = articles.story_pages(connection, id_)
    body, rest = page_data.paragraphs(found.text)
    return page(
        request,
        "article.html",
        {
            "here": "", "row": found.row, "text": found.text, "paragraphs": body, "rest": rest,
            "images": found.text.images[:_IMAGES], "pictures": pictures, "revisions": found.revisions[-30:],
            "copies": found.copies[:30], "changes": found.changes[-30:], "documents": found.documents[:60],
            "found": found.found, "story": found.story, "story_pages": pages,
            "archived": of(request).options.archive is not None,
        },
        pictures=pictures,
    )  # fmt: skip


@router.get("/articles/{id}/diff")
def diff(request: Request, id_: Id) -> Response:
    """What an edit changed."""
    before, after = (_number(request, name) for name in ("before", "after"))
    with of(request).reading() as connection:
        found = articles.diff_view(connection, id_, before, after)
        times = {row.number: row.fetched_at for row in listings.revisions_of(connection, id_, 10_000)}
    about = Page(request)
    old, new, last = found.before, found.after, found.row.revision

    def side(number: int, where: str | None) -> dict[str, Any]:
        return {"name": about("revision {n}", n=number), "at": times.get(number), "previous": where, "next": where}

    return _diff(
        request, found.row, found.diff, found.texts,
        side(old, f"?before={old - 1}&after={old}" if old > 1 else None),
        side(new, f"?before={new}&after={new + 1}" if new < last else None),
    )  # fmt: skip


@router.get("/articles/{id}/copies/{number}")
def copy(request: Request, id_: Id, number: Annotated[int, Path(ge=1, le=10_000)]) -> Response:
    """What a copy changed."""
    state = of(request)
    with state.reading() as connection:
        row, found, texts, difference = articles.copy_view(connection, id_, number)
    left = {"name": state.publisher(row.site), "at": row.published_at or row.first_seen_at, "previous": None}
    right = {"name": state.publisher(found.site), "at": found.published_at or found.fetched_at, "next": None}
    return _diff(request, row, difference, texts, left, right, out=found.canonical_url)


def error(request: Request, status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """A page that says why there is none; its heading says already what the status means."""
    detail = "" if detail == HTTPStatus(status).phrase else detail
    answer = page(request, "error.html", {"here": "", "status": status, "detail": detail}, status=status)
    answer.headers.update(headers or {})
    return answer


def _diff(
    request: Request, row: Any, difference: Any, texts: Any, left: Any, right: Any, out: str | None = None
) -> Response:
    blocks = page_data.shown_blocks(difference, texts[1])
    values = {"here": "", "row": row, "left": left, "right": right, "changed": difference.changed, "blocks": blocks}
    count = sum(block.change != "kept" for block in difference.blocks) - len(difference.moved)
    return page(request, "diff.html", values | {"count": count, "out": out})


def _number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name, "")
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else None

"""The API: articles with their past, stories, documents, the change feed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from crawler.compare.story_queries import StoryLine
from crawler.errors import BadInput
from crawler.items import Change
from crawler.store import ArticleRow, CopyRow, RevisionRow, listings, mentions
from crawler.store.listings import ArticleFilter
from crawler.store.mentions import Document
from crawler.store.search import SearchHit
from crawler.web import articles, schemas
from crawler.web.answers import CSV, LINES, json_answer, list_answer
from crawler.web.parameters import Number, chosen_sites, cursor_of, place_of
from crawler.web.search import find
from crawler.web.state import State, of
from crawler.web.text import cut

router = APIRouter(prefix="/api/v1")
Id = Annotated[Number, Path(alias="id", description="Its number.", examples=[12])]
_TURN = 0.5  # seconds between two looks for a change that somebody waits for
_MOST_WAITING = 100


def listed(model: Any) -> dict[int | str, dict[str, Any]]:
    """What is said of the answer of a list: three forms of the same."""
    text = {"schema": {"type": "string"}}
    return {200: {"model": schemas.Listed[model], "content": {LINES: text, CSV: text}}}


def _said(model: Any) -> dict[int | str, dict[str, Any]]:
    return {200: {"model": model}}


def _filter_of(state: State, asked: schemas.ArticleParameters) -> ArticleFilter | None:
    """The filter that a query means; None for one that takes nothing."""
    sites = chosen_sites(state, asked.site, asked.tier)
    if sites is None:
        return None
    return ArticleFilter(
        sites=sites, since=asked.since, until=asked.until, kind=asked.kind, section=asked.section,
        edited=asked.edited, withdrawn=asked.withdrawn,
    )  # fmt: skip


@router.get("/articles", responses=listed(ArticleRow), tags=["articles"])
def list_articles(request: Request, asked: Annotated[schemas.ArticleParameters, Query()]) -> Response:
    """Articles, the newest first."""
    state = of(request)
    wanted = _filter_of(state, asked)
    if wanted is None:
        return list_answer(request, "articles", [], None)
    with state.reading() as connection:
        page = listings.list_articles(connection, wanted, place_of(asked.cursor), asked.limit)
    return list_answer(request, "articles", [asdict(row) for row in page.rows], cursor_of(page.next))


@router.get("/search", responses=listed(schemas.SearchItem), tags=["articles"])
def search(request: Request, asked: Annotated[schemas.SearchParameters, Query()]) -> Response:
    """Articles that have what a query asks for, with the sentence that shows it.

    Words beside each other are a phrase; OR, NOT or -, "quotes", (parentheses) and prefix* are understood. Without
    diacritics all spellings are found. A query that cannot be read is a 404 that says why.
    """
    state = of(request)
    wanted = _filter_of(state, asked)
    if wanted is None:
        return list_answer(request, "search", [], None)
    try:
        with state.reading() as connection:
            page = find(connection, asked.q, wanted, asked.cursor, asked.limit, author=asked.author, order=asked.order)
    except BadInput as error:
        # No schema can say which queries can be read, so whoever keeps to ours is not told that a parameter is wrong.
        raise HTTPException(HTTPStatus.NOT_FOUND, str(error)) from None
    return list_answer(request, "search", list(map(_hit, page.hits)), page.next)


def _hit(hit: SearchHit) -> dict[str, Any]:
    return {
        "id": hit.article_id, "canonical_url": hit.canonical_url, "site": hit.site,
        "title": cut(hit.title, listings.TITLE), "section": hit.section and cut(hit.section, listings.TITLE),
        "kind": hit.kind, "published_at": hit.published_at, "first_seen_at": hit.first_seen_at,
        "revision": hit.revision, "withdrawn_at": hit.withdrawn_at, "sentence": hit.snippet.text,
        "marked": hit.snippet.marked,
    }  # fmt: skip


@router.get("/articles/{id}", responses=_said(schemas.WholeArticle), tags=["articles"])
def article(request: Request, id_: Id) -> Response:
    """An article with its text, revisions, copies and changes."""
    with of(request).reading() as connection:
        found = articles.article_view(connection, id_)
    return json_answer(
        {
            "article": asdict(found.row),
            "text": found.text.to_dict(),
            "revisions": [asdict(row) for row in found.revisions],
            "copies": [asdict(row) for row in found.copies],
            "changes": [asdict(row) for row in found.changes],
            "story": found.story,
        }
    )


@router.get("/articles/{id}/revisions", responses=listed(RevisionRow), tags=["articles"])
def list_revisions(request: Request, id_: Id) -> Response:
    """The texts that an article has had, oldest first; of very many, the last."""
    return _of_article(request, "revisions", id_, listings.revisions_of)


def _of_article(
    request: Request, name: str, id_: int, read: Callable[[Connection, int, int], Sequence[RevisionRow | CopyRow]]
) -> Response:
    with of(request).reading() as connection:
        articles.article_row(connection, id_)
        rows = read(connection, id_, articles.MOST_ROWS)
    return list_answer(request, f"{name}-{id_}", [asdict(row) for row in rows], None)


@router.get("/articles/{id}/revisions/{number}", responses=_said(schemas.ArticleText), tags=["articles"])
def revision(request: Request, id_: Id, number: Annotated[int, Path(ge=1, le=2**31 - 1)]) -> Response:
    """One text that an article has had, from 1."""
    with of(request).reading() as connection:
        return json_answer(articles.revision_text(connection, id_, number).to_dict())


@router.get("/articles/{id}/copies", responses=listed(CopyRow), tags=["articles"])
def list_copies(request: Request, id_: Id) -> Response:
    """Other pages with the same text."""
    return _of_article(request, "copies", id_, listings.copies_of)


@router.get("/articles/{id}/diff", responses=_said(schemas.DiffView), tags=["articles"])
def diff(request: Request, id_: Id, asked: Annotated[schemas.DiffParameters, Query()]) -> Response:
    """What an edit changed, by paragraph and by word; without numbers, the last edit."""
    with of(request).reading() as connection:
        found = articles.diff_view(connection, id_, asked.before, asked.after)
    about = {"article_id": id_, "before": found.before, "after": found.after}
    return json_answer(about | asdict(found.diff))


@router.get("/stories", responses=listed(schemas.StoryItem), tags=["stories"])
def list_stories(request: Request, asked: Annotated[schemas.ArticleParameters, Query()]) -> Response:
    """Texts, each with the pages that carry it; the newest article first."""
    state = of(request)
    wanted = _filter_of(state, asked)
    if wanted is None:
        return list_answer(request, "stories", [], None)
    with state.reading() as connection:
        page = articles.list_stories(connection, wanted, place_of(asked.cursor), asked.limit)
    return list_answer(request, "stories", [_story(line) for line in page.lines], cursor_of(page.next))


def _story(line: StoryLine) -> dict[str, Any]:
    return {
        "id": line.id, "title": line.first.title, "first_at": line.first.at, "first_site": line.first.site,
        "first_url": line.first.canonical_url, "last_at": line.article.published_at or line.article.first_seen_at,
        "pages": line.pages, "sites": line.sites,
    }  # fmt: skip


@router.get("/stories/{id}", responses=_said(schemas.WholeStory), tags=["stories"])
def story(request: Request, id_: Id) -> Response:
    """The story of an article: who was first, and what each of the others made of it."""
    with of(request).reading() as connection:
        found, pages = articles.story_view(connection, id_), articles.story_pages(connection, id_)
    alike, updates = ([asdict(row) for row in rows] for rows in (found.look_alikes, found.updates))
    said = {"id": found.id, "pages": pages, **asdict(found.story)}
    return json_answer({**said, "look_alikes": alike, "updates": updates})


@router.get("/documents", responses=listed(Document), tags=["documents"])
def list_documents(request: Request, asked: Annotated[schemas.DocumentParameters, Query()]) -> Response:
    """Legal documents that articles name, the one named last first."""
    with of(request).reading() as connection:
        if asked.name is not None:
            id_ = mentions.document_named(connection, asked.name)
            one = [asdict(articles.document(connection, id_))] if id_ else []
            return list_answer(request, "documents", one, None)
        page = articles.list_documents(connection, place_of(asked.cursor), asked.limit)
    return list_answer(request, "documents", [asdict(row) for row in page.rows], cursor_of(page.next))


@router.get("/documents/{id}", responses=_said(Document), tags=["documents"])
def document(request: Request, id_: Id) -> Response:
    """A legal document that articles name."""
    with of(request).reading() as connection:
        return json_answer(asdict(articles.document(connection, id_)))


@router.get("/documents/{id}/articles", responses=listed(ArticleRow), tags=["documents"])
def articles_naming(request: Request, id_: Id, asked: Annotated[schemas.PageParameters, Query()]) -> Response:
    """The articles that name a document, the newest first."""
    with of(request).reading() as connection:
        articles.document(connection, id_)
        page = articles.articles_naming(connection, id_, place_of(asked.cursor), asked.limit)
    return list_answer(request, f"document-{id_}", [asdict(row) for row in page.rows], cursor_of(page.next))


@router.get(
    "/changes",
    responses={200: {"model": schemas.ChangeList, "content": listed(Change)[200]["content"]}},
    tags=["changes"],
)
async def list_changes(request: Request, asked: Annotated[schemas.ChangeParameters, Query()]) -> Response:
    """The public record in its order: whoever has seen a change has seen all before it, for ever.

    With `wait` an answer without changes waits for the next one.
    """
    state = of(request)
    sites = await run_in_threadpool(chosen_sites, state, asked.site)
    asked = asked.model_copy(update={"site": sites or []})
    rows, last = await run_in_threadpool(_changes, state, asked)
    if last < asked.after:
        return json_answer({"items": [], "next": last})  # of another store, or of one that was put back
    if not rows and asked.wait and state.waiting < _MOST_WAITING:
        state.waiting += 1
        try:
            rows, last = await _next_changes(request, state, asked, last)
        finally:
            state.waiting -= 1
    answer = list_answer(request, "changes", [asdict(row) for row in rows], None)
    if answer.media_type == "application/json":
        return json_answer({"items": [asdict(row) for row in rows], "next": last})
    answer.headers["X-Next"] = str(last)
    return answer


async def _next_changes(
    request: Request, state: State, asked: schemas.ChangeParameters, last: int
) -> tuple[list[Change], int]:
    """The first changes after `last`, or none when the time is over, the server ends, or nobody listens any more."""
    end = asyncio.get_running_loop().time() + asked.wait
    rows: list[Change] = []
    while not rows and asyncio.get_running_loop().time() < end and not state.stopping.is_set():
        await asyncio.sleep(_TURN)
        if await request.is_disconnected():
            break
        if await run_in_threadpool(state.last_change) > last:
            rows, last = await run_in_threadpool(_changes, state, asked.model_copy(update={"after": last}))
    return rows, last


def _changes(state: State, asked: schemas.ChangeParameters) -> tuple[list[Change], int]:
    with state.reading() as connection:
        return listings.list_changes(connection, asked.after, asked.limit, sites=asked.site, events=asked.event)

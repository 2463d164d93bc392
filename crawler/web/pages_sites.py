"""The pages of sites, stories, documents, search, alerts and sinks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from crawler.alerts import alerts
from crawler.alerts.notify import split
from crawler.archive import Archive, Damaged
from crawler.errors import ArchiveFailed, BadInput
from crawler.store import mentions
from crawler.web import api_sites, articles, board, plots
from crawler.web.asked import Asked
from crawler.web.pages import ROWS, Id
from crawler.web.parameters import cursor_of
from crawler.web.render import Page, page
from crawler.web.search import HitPage, find
from crawler.web.state import State, of
from crawler.web.text import visible

router = APIRouter(include_in_schema=False)
_SITES = 25  # on one page of the board
_ALERTS = 20  # on one page
_HITS = 5  # pages of an alert that are shown
_DAYS = 14  # of the small calendar on the board
_GAPS = 30  # days in which gaps are looked for
Name = Annotated[str, Path(min_length=1, max_length=100)]


@router.get("/search")
def search(request: Request) -> Response:
    """Articles with certain words; nothing before there are some."""
    state, asked = of(request), Asked.of(request)
    wanted = asked.filter(state) if asked.q else None
    found, fault = HitPage([], None), ""
    if wanted:
        with state.reading() as connection:
            try:
                found = find(connection, asked.q, wanted, asked.cursor, ROWS, author=asked.author, order=asked.order)
            except BadInput as error:
                fault = str(error)
    values = {
        "here": "/search", "asked": asked, "sites": sorted(state.stored_sites(), key=state.publisher), "fault": fault,
        "rows": found.hits, "next": found.next, "feed": asked.query,
    }  # fmt: skip
    return page(request, "search.html", values, status=HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK)


@router.get("/stories/{id}")
def story(request: Request, id_: Id) -> Response:
    """A text and everyone who published it, in the order of time."""
    with of(request).reading() as connection:
        found = articles.story_view(connection, id_)
        pages = articles.story_pages(connection, found.id)
        numbers = articles.numbers_of(connection, [member.url for member in found.story.members])
    first = found.story.members[0]
    of_url = {member.url: member for member in found.story.members}
    return page(
        request,
        "story.html",
        {
            "here": "", "story": found.story, "first": first, "numbers": numbers, "of_url": of_url, "id": found.id,
            "look_alikes": found.look_alikes[:20], "updates": found.updates[:20], "pages": pages,
        },
    )  # fmt: skip


@router.get("/documents")
def list_documents(request: Request) -> Response:
    """Legal documents that articles name; with `name`, straight to the one that is meant."""
    state, asked = of(request), Asked.of(request)
    name = request.query_params.get("name", "").strip()[:200]
    with state.reading() as connection:
        if name and (number := mentions.document_named(connection, name)):
            return RedirectResponse(f"/documents/{number}", HTTPStatus.SEE_OTHER)
        found = articles.list_documents(connection, asked.after, ROWS)
    values = {"here": "/documents", "rows": found.rows, "next": cursor_of(found.next), "name": name}
    return page(request, "documents.html", values)


@router.get("/documents/{id}")
def document(request: Request, id_: Id) -> Response:
    """All articles that name a document, by date."""
    state, asked = of(request), Asked.of(request)
    with state.reading() as connection:
        found = articles.document(connection, id_)
        rows = articles.articles_naming(connection, id_, asked.after, ROWS)
    values = {"here": "/documents", "document": found, "rows": rows.rows, "next": cursor_of(rows.next)}
    return page(request, "document.html", values)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A site on the board with its plots."""

    line: board.SiteLine
    heat: Markup
    days: Markup
    whole: str


@router.get("/sites")
def sites(request: Request) -> Response:
    """The board: when each site was polled, what is next and why, and what is wrong."""
    state, asked, about = of(request), Asked.of(request), Page(request)
    start = _start(request)
    names = board.names(state, asked.tier)
    lines = [board.line(state, name) for name in names[start : start + _SITES]]
    values = {
        "here": "/sites", "asked": asked, "count": len(names), "start": start, "health": board.polling(state),
        "lines": [_Shown(one, _small_heat(one, about), _small_days(one, about), _whole(one)) for one in lines],
        "next": start + _SITES if start + _SITES < len(names) else None, "scheduled": any(one.status for one in lines),
    }  # fmt: skip
    return page(request, "sites.html", values)


@router.get("/sites/{name}")
def site(request: Request, name: Name) -> Response:
    """A site: its sources, its days, what was refused, what is wrong."""
    state, about = of(request), Page(request)
    line = board.line(state, name)
    with state.reading() as connection:
        refused = board.refusals(connection, name, about.now)
        kept = board.kept_pages(connection, name)
    values = {
        "here": "/sites", "line": line, "site": state.sites.get(name), "name": name, "refused": refused,
        "heat": _heat(line, about), "calendar": _calendar(line, about), "whole": _whole(line),
        "findings": [board.finding_item(one) for one in board.open_findings(state) if one.site == name],
        "gaps": board.site_gaps(state, name, _GAPS)[-20:],
        "kept": kept,
    }  # fmt: skip
    return page(request, "site.html", values)


@router.get("/sites/{name}/kept/{page_name}")
def kept(request: Request, name: Name, page_name: Name) -> Response:
    """A page that is kept for repair: its source as text, never as a page."""
    with of(request).reading() as connection:
        body = board.kept_source(connection, name, page_name)
    return _source(body)


@router.get("/alerts")
def list_alerts(request: Request) -> Response:
    """Words of which somebody is notified, and what was found."""
    state, start = of(request), _start(request)
    every = api_sites.alert_items(state)
    items = every[start : start + _ALERTS]
    with state.reading() as connection:
        hits = {item["id"]: alerts.last_hits(connection, item["id"], _HITS) for item in items}
    somebody = bool(split(state.options.notify)) or any(item["notify"] for item in every)
    values = {"here": "/alerts", "items": items, "hits": hits, "somebody": somebody, "start": start}
    values |= {"count": len(every), "next": start + _ALERTS if start + _ALERTS < len(every) else None}
    return page(request, "alerts.html", values)


@router.get("/sinks")
def list_sinks(request: Request) -> Response:
    """Who gets the change feed: how far each is, and what is wrong with it."""
    try:
        rows, fault = api_sites.sinks(of(request)), None
    except BadInput as error:
        rows, fault = [], str(error)
    return page(request, "sinks.html", {"here": "/sinks", "rows": rows, "fault": fault})


@router.get("/api")
def about_api(request: Request) -> Response:
    """What programs can ask."""
    paths = request.app.openapi()["paths"]
    rows = [
        (method.upper(), path, operation["description"].split("\n")[0])
        for path, operations in paths.items()
        for method, operation in operations.items()
    ]
    return page(request, "api.html", {"here": "", "rows": rows})


@router.get("/articles/{id}/capture")
def capture(request: Request, id_: Id) -> Response:
    """The page as it was fetched, when there is an archive: its source as text, never as a page."""
    state = of(request)
    with state.reading() as connection:
        row = articles.article_row(connection, id_)
    return _source(_captured(state, row.canonical_url))


def _source(body: bytes) -> Response:
    return Response(visible(body.decode("utf-8", "replace")), media_type="text/plain; charset=utf-8")


def _captured(state: State, url: str) -> bytes:
    folder = state.options.archive
    try:
        if folder is None:
            raise BadInput("no archive is kept")
        with Archive(folder, state.options.archive_url) as archive:
            held = archive.further(url)
            if held is None:
                raise BadInput("the archive has no such page")
            return archive.load(held).body
    except (BadInput, Damaged) as error:
        raise HTTPException(HTTPStatus.NOT_FOUND, str(error)) from None
    except ArchiveFailed:
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "the archive does not answer") from None


def _start(request: Request) -> int:
    """At which of its rows a page of a list begins."""
    text = request.query_params.get("from", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _whole(line: board.SiteLine) -> str:
    """The share of what is listed that is stored, over the calendar's days."""
    claimed, stored = (sum(day[place] for day in line.days.values()) for place in (0, 1))
    if not claimed:
        return "–"
    # What is not whole is never shown as whole.
    return "100%" if stored >= claimed else f"{min(stored / claimed, 0.999):.1%}"


def _small_heat(line: board.SiteLine, about: Page) -> Markup:
    return plots.small_heat(line.heat, about("Articles by weekday and hour, {n} weeks", n=4))


def _small_days(line: board.SiteLine, about: Page) -> Markup:
    span = board.calendar_span(about.now)
    days = [span.last - timedelta(days=back) for back in range(_DAYS - 1, -1, -1)]
    return plots.small_days([_class(line.days.get(day)) for day in days], about("Completeness of {n} days", n=_DAYS))


def _heat(line: board.SiteLine, about: Page) -> Markup:
    names = about.weekdays()
    titles = [
        [
            about.many("{at}: {n} article", "{at}: {n} articles", n, at=f"{name} {hour:02}:00")
            for hour, n in enumerate(row)
        ]
        for name, row in zip(names, line.heat, strict=True)
    ]
    return plots.heat_map(line.heat, names, titles, about("Articles by weekday and hour, {n} weeks", n=4))


def _calendar(line: board.SiteLine, about: Page) -> Markup:
    span = board.calendar_span(about.now)
    cells, months = [], []
    for number, day in enumerate(span.days()):
        claimed, stored = line.days.get(day, (0, 0))
        title = about("{day}: {stored} of {claimed} stored", day=f"{day:%d/%m}", stored=stored, claimed=claimed)
        cells.append((number // 7, day.weekday(), _class(line.days.get(day)), title))
        if day.day == 1 or not number:
            months.append((number // 7, f"{day:%m}"))
    return plots.calendar(cells, about("Completeness by day"), months[months[1:2] != [] and months[1][0] < 2 :])


def _class(day: tuple[int, int] | None) -> str:
    """The class of a day's cell: nothing known, whole, or by how much is missing."""
    if day is None or not day[0]:
        return "h0"
    share = day[1] / day[0]
    return "h5" if share >= 1 else "h3" if share >= 0.9 else "hbad"

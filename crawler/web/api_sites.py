"""The API: sites, findings, gaps, sinks, alerts."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request
from starlette.responses import Response

from crawler.alerts import alert_statuses, alerts, list_alerts, masked
from crawler.alerts.notify import split
from crawler.configuration import secret
from crawler.deliver import SinkStatus, read_routes, sink_status
from crawler.errors import BadInput
from crawler.web import access, board, schemas
from crawler.web.answers import PROBLEM, json_answer, list_answer
from crawler.web.api import Id, listed
from crawler.web.parameters import chosen_sites
from crawler.web.state import State, of

router = APIRouter(prefix="/api/v1")
_BEARER: dict[str, Any] = {"security": [{"token": []}]}
_UNREADABLE: dict[str, Any] = {
    "description": "The query cannot be read.",
    "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
SiteName = Annotated[str, Path(min_length=1, max_length=100, examples=["nhandan"])]


@router.get("/sites", responses=listed(schemas.SiteItem), tags=["sites"])
def list_sites(request: Request) -> Response:
    """The sites of which something is stored, those with trouble first."""
    state = of(request)
    items = [board.site_item(state, board.line(state, name)) for name in board.names(state)]
    return list_answer(request, "sites", items, None)


@router.get("/sites/{name}", responses={200: {"model": schemas.WholeSite}}, tags=["sites"])
def site(request: Request, name: SiteName) -> Response:
    """A site with its sources, its days and what is wrong with it."""
    state = of(request)
    line = board.line(state, name)
    days = [
        {"day": day.isoformat(), "claimed": claimed, "stored": stored}
        for day, (claimed, stored) in sorted(line.days.items())
    ]
    return json_answer(
        {
            **board.site_item(state, line),
            "sources": [asdict(entry) for entry in line.status.sources] if line.status else [],
            "days": days,
            "open_findings": [board.finding_item(one) for one in board.open_findings(state) if one.site == name],
        }
    )


@router.get("/findings", responses=listed(schemas.FindingItem), tags=["sites"])
def list_findings(request: Request, asked: Annotated[schemas.SiteParameter, Query()]) -> Response:
    """What is wrong, the oldest first; of no site in particular, too, unless some are asked for."""
    state = of(request)
    sites = chosen_sites(state, asked.site)
    items = [board.finding_item(one) for one in board.open_findings(state) if not sites or one.site in sites]
    return list_answer(request, "findings", items, None)


@router.get("/gaps", responses=listed(schemas.GapItem), tags=["sites"])
def list_gaps(request: Request, asked: Annotated[schemas.GapParameters, Query()]) -> Response:
    """What may be missing of a site, the oldest first."""
    state = of(request)
    board.line(state, asked.site)
    rows = [asdict(gap) for gap in board.site_gaps(state, asked.site, asked.days)]
    items = [{**row, "first": row["first"].isoformat(), "last": row["last"].isoformat()} for row in rows]
    return list_answer(request, "gaps", items, None)


@router.get("/sinks", responses=listed(schemas.SinkItem), tags=["sinks"])
def list_sinks(request: Request) -> Response:
    """The receivers of the change feed: how far each is, and what is wrong with it."""
    return list_answer(request, "sinks", [asdict(one) for one in sinks(of(request))], None)


def sinks(state: State) -> list[SinkStatus]:
    """The configured sinks; none where there is no file. BadInput when it cannot be read."""
    path = state.options.sinks
    if path is None or not path.exists():
        return []
    routes = read_routes(path, lambda: state.sites, secret)
    return [sink_status(state.store, route, state.now()) for route in routes]


@router.get("/alerts", responses=listed(schemas.AlertItem), tags=["alerts"])
def list_all_alerts(request: Request) -> Response:
    """Words of which somebody is notified."""
    return list_answer(request, "alerts", alert_items(of(request)), None)


def alert_items(state: State) -> list[dict[str, Any]]:
    """Every alert with what came of it; of its targets nothing secret."""
    with state.reading() as connection:
        every, statuses = list_alerts(connection), alert_statuses(connection, split(state.options.notify))
    return [
        {
            "id": alert.id, "query": alert.query, "sites": alert.sites, "notify": list(map(masked, alert.notify)),
            "added_at": alert.added_at, "found": statuses[alert.id].found, "sent": statuses[alert.id].sent,
            "waiting": statuses[alert.id].waiting,
        }
        for alert in every
    ]  # fmt: skip


@router.post(
    "/alerts",
    status_code=201,
    responses={201: {"model": schemas.AlertItem}, 409: _UNREADABLE},
    tags=["alerts"],
    openapi_extra=_BEARER,
)
def add_alert(request: Request, asked: schemas.AlertToAdd) -> Response:
    """Search for words in what comes from now on; who is notified is set where the server runs.

    A query that cannot be read is a 409 that says why.
    """
    state = _writing(request)
    sites = chosen_sites(state, asked.site) or []
    try:
        number = alerts.add(state.store, asked.query, sites, (), state.now())
    except BadInput as error:
        raise HTTPException(HTTPStatus.CONFLICT, str(error)) from None
    item = next(item for item in alert_items(state) if item["id"] == number)
    answer = json_answer(item, HTTPStatus.CREATED)
    answer.headers["Location"] = f"/api/v1/alerts/{number}"
    return answer


@router.get("/alerts/{id}", responses={200: {"model": schemas.AlertItem}}, tags=["alerts"])
def alert(request: Request, id_: Id) -> Response:
    """An alert."""
    found = next((item for item in alert_items(of(request)) if item["id"] == id_), None)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"there is no alert {id_}")
    return json_answer(found)


@router.delete("/alerts/{id}", status_code=204, response_class=Response, tags=["alerts"], openapi_extra=_BEARER)
def remove_alert(request: Request, id_: Id) -> Response:
    """End an alert, and forget what it found."""
    try:
        alerts.remove(_writing(request).store, id_)
    except BadInput as error:
        raise HTTPException(HTTPStatus.NOT_FOUND, str(error)) from None
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _writing(request: Request) -> State:
    if not access.may_write(request.scope):
        raise HTTPException(HTTPStatus.FORBIDDEN, "this needs a token that writes")
    return of(request)

"""Answers of the API: JSON, JSON Lines or CSV for whoever asks for them, problems as RFC 9457 has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Scope

from crawler.catalogue import retold, said
from crawler.errors import StoreFailed
from crawler.process.output import json_text
from crawler.text import VIETNAM
from crawler.web.database import TooSlow
from crawler.web.parameters import language_of
from crawler.web.text import cell, visible

JSON, LINES, CSV = "application/json", "application/x-ndjson", "text/csv"
PROBLEM = "application/problem+json"
API = "/api/"


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a request is not answered as it wishes."""

    status: HTTPStatus
    detail: str
    headers: Mapping[str, str] = field(default_factory=dict)


def store_failed(error: StoreFailed) -> Refused:
    """What is said when the store does not answer, or not in time."""
    too_slow = "the store did not answer in time; ask for less"
    said = too_slow if isinstance(error, TooSlow) else f"the store does not answer ({error.reason})"
    return Refused(HTTPStatus.SERVICE_UNAVAILABLE, said, {"Retry-After": "10"})


def refusal(scope: Scope, refused: Refused) -> Response:
    """The answer of the guard: a problem for a program, some lines in the language of a person."""
    if scope["path"].startswith(API):
        return problem(refused.status, refused.detail, headers=refused.headers)
    language = language_of(HTTPConnection(scope))
    name = said(f"error: {refused.status.value}", language)
    text = f"{refused.status.value} {name}\n\n{retold(refused.detail, language)}\n"
    headers = {**refused.headers, "Content-Language": language}
    return Response(text, refused.status, headers, media_type="text/plain; charset=utf-8")


def problem(
    status: int, detail: str, *, errors: Sequence[Mapping[str, str]] = (), headers: Mapping[str, str] | None = None
) -> Response:
    """A problem; `errors` says of each parameter what is wrong with it."""
    body: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    body["detail"] = visible(detail)
    if errors:
        body["errors"] = errors
    return Response(json_text(body), status, dict(headers or {}), media_type=PROBLEM)


def json_answer(value: Any, status: int = 200) -> Response:
    """One object."""
    return Response(json_text(value), status, media_type=JSON)


def list_answer(request: Request, name: str, items: Sequence[Mapping[str, Any]], more: str | None) -> Response:
    """A page of a list in the form that `Accept` asks for.

    `more` is the cursor of the next page; all forms have it as `Link: rel="next"` (RFC 8288).
    """
    headers = {"Vary": "Accept"}
    if more is not None:
        query = [(key, value) for key, value in request.query_params.multi_items() if key != "cursor"]
        headers["Link"] = f'<{request.url.path}?{urlencode([*query, ("cursor", more)])}>; rel="next"'
    kind = _wanted(request.headers.get("accept", ""))
    if kind == CSV:
        headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return Response(_csv(items), headers=headers, media_type=f"{CSV}; charset=utf-8; header=present")
    if kind == LINES:
        return Response("".join(json_text(item) + "\n" for item in items), headers=headers, media_type=LINES)
    return Response(json_text({"items": items, "next": more}), headers=headers, media_type=JSON)


def _wanted(accept: str) -> str:
    """Of the three forms the one that is wished for most (RFC 9110, 12.5.1); JSON when it is all the same."""
    best, most = JSON, 0.0
    for part in accept.split(",")[:50]:
        name, *parameters = (one.strip().lower() for one in part.split(";"))
        name = {"application/jsonl": LINES, "application/jsonlines": LINES}.get(name, name)
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    weight = float(parameter[2:])
                except ValueError:
                    weight = 0.0
        if name in (JSON, LINES, CSV) and weight > most:
            best, most = name, weight
    return best


def _csv(items: Sequence[Mapping[str, Any]]) -> str:
    """Rows under a header, for a spreadsheet: with a byte order mark, times on Viet Nam's clock, nothing nested."""
    names = [name for name in items[0] if not _is_nested(items, name)] if items else []
    rows = (names, *([_plain(item.get(name)) for name in names] for item in items))
    return "\ufeff" + "".join(",".join(map(cell, row)) + "\r\n" for row in rows if row)


def _is_nested(items: Iterable[Mapping[str, Any]], name: str) -> bool:
    return any(isinstance(one := item.get(name), Mapping) or (one and _holds_objects(one)) for item in items)


def _holds_objects(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and any(isinstance(one, Mapping) for one in value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(VIETNAM).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "; ".join(map(str, value)) if isinstance(value, (list, tuple)) else value

"""The application, and in which order a request meets its parts:

Guard        hosts, limits, rates, tokens; headers of the answer    (guard.py)
GZip         packs what is larger than a packet
Validators   ETag, 304                                              (validators.py)
the routes   API, pages, feeds, metrics
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response

from crawler.errors import BadInput, StoreFailed
from crawler.web import api, api_sites, feeds, metrics, pages, pages_sites, static
from crawler.web.answers import API, PROBLEM, problem, store_failed
from crawler.web.guard import Guard
from crawler.web.schemas import Problem
from crawler.web.state import State
from crawler.web.validators import Validators

_SMALL = 1000  # bytes that are not worth packing
_SAID = {
    400: "The address is too long.", 401: "A token is needed.", 403: "The token may not do this.",
    404: "There is no such thing.", 413: "The request is too large.",
    422: "A parameter is wrong.", 429: "Too many requests; `Retry-After` says when to ask again.",
    503: "The store does not answer, or not in time.",
}  # fmt: skip
_ABOUT = """What Thời sự knows: articles of Vietnamese government news with every revision, their stories, the documents
that they name, the change feed, and the state of the sites.

Lists are read page by page: `next` of one is `cursor` of the following. They come as JSON, as JSON Lines
(`Accept: application/x-ndjson`) or as CSV for a spreadsheet (`Accept: text/csv`). Every answer has an `ETag`. Times are
ISO 8601; one that names no zone is taken to be on Viet Nam's clock. Errors are problems as of RFC 9457."""


def application(state: State) -> Guard:
    """The application over a store; whoever makes it closes the store after it."""
    app = FastAPI(title="Thời sự", version="1", description=_ABOUT, docs_url=None, redoc_url=None,
                  openapi_url="/api/v1/openapi.json", redirect_slashes=False)  # fmt: skip
    app.state.thoisu = state
    for module in (api, api_sites, feeds, metrics, pages, pages_sites, static):
        app.include_router(module.router)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(StoreFailed, _store_failed)
    app.add_exception_handler(BadInput, _bad_input)
    app.add_exception_handler(Exception, _mistake)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return Guard(GZipMiddleware(Validators(app), minimum_size=_SMALL), state)


def _answer(request: Request, status: int, detail: str, **more: Any) -> Response:
    if request.url.path.startswith(API):
        return problem(status, detail, **more)
    return pages.error(request, status, detail, more.get("headers"))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - for the type checker
    errors = [
        {"parameter": ".".join(map(str, one["loc"][1:])), "detail": str(one["msg"]).removeprefix("Value error, ")}
        for one in error.errors()[:20]
    ]
    said = "; ".join(f"{one['parameter']}: {one['detail']}" for one in errors)
    return _answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, said[:500], errors=errors)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - for the type checker
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = _allowed(request) or headers.get("allow", "GET")
    return _answer(request, error.status_code, str(error.detail), headers=headers)


def _allowed(request: Request) -> str:
    """The methods of a path of the API; the framework knows those of one route alone."""
    for path, operations in request.app.openapi()["paths"].items():
        if re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)), request.url.path):
            return ", ".join(sorted(method.upper() for method in operations))
    return ""


async def _store_failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, StoreFailed)  # noqa: S101 - for the type checker
    refused = store_failed(error)
    return _answer(request, refused.status, refused.detail, headers=dict(refused.headers))


async def _bad_input(request: Request, error: Exception) -> Response:
    return _answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, str(error))


async def _mistake(request: Request, error: Exception) -> Response:  # noqa: ARG001, the interface
    """The server logs what it was; nobody outside is told."""
    return _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "this is a mistake of the program; its log tells more")


def _openapi(app: FastAPI) -> dict[str, Any]:
    """The description, in which every error is a problem; FastAPI's own has others."""
    if app.openapi_schema:
        return app.openapi_schema
    described = FastAPI.openapi(app)
    schemas = described["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    described["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in described["paths"].values():
        for operation in operations.values():
            errors = {str(status): {"description": said, "content": content} for status, said in _SAID.items()}
            operation["responses"] = {**operation["responses"], **errors}
    return described

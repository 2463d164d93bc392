"""Health and metrics: `/healthz`, `/readyz`, `/metrics`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from crawler.web.state import of

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def healthz() -> Response:
    """Whether this process answers."""
    return PlainTextResponse("ok\n")


@router.get("/readyz")
def readyz(request: Request) -> Response:
    """Whether the store answers."""
    with of(request).reading() as connection:
        connection.exec_driver_sql("SELECT 1")
    return PlainTextResponse("ok\n")

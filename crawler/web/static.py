"""The style sheet, the script and the icon: files of ours, which a browser keeps until they change."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

router = APIRouter()
_FOLDER = Path(__file__).parent / "static"
_TYPES = {"style.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}
_YEAR = "public, max-age=31536000, immutable"


@router.get("/static/{name}", include_in_schema=False)
def static(request: Request, name: str) -> Response:
    """One of our files."""
    if name not in _TYPES:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"there is no file {name}")
    # An address without the file's version must be asked again.
    age = {"Cache-Control": _YEAR} if request.query_params.get("v") == version(name) else {}
    return Response(_content(name), media_type=_TYPES[name], headers=age)


@lru_cache
def version(name: str) -> str:
    """What the address of a file ends in, so that nobody shows an old one."""
    return hashlib.sha256(_content(name)).hexdigest()[:12]


@lru_cache
def _content(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()

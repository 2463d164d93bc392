"""What a query may say: times, places in lists, names of sites, the language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from http import HTTPStatus
from typing import Annotated

from fastapi import HTTPException
from pydantic import BeforeValidator, Field, WithJsonSchema
from starlette.requests import HTTPConnection

from crawler.catalogue import LANGUAGES, Language, chosen
from crawler.store.listings import Place
from crawler.text import VIETNAM
from crawler.web.state import State

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:[Zz]|[+-]\d\d:?\d\d)?)?", re.ASCII)
LANGUAGE = "lang"
"""The parameter that asks for a language, and the cookie that keeps it."""
PLACE = r"^[0-9]{1,16}-[0-9]{1,18}$"
"""Of a cursor: microseconds since 1970, and a number."""


def moment(value: str) -> datetime:
    """A day or time of ISO 8601, on Viet Nam's clock when it names no zone; ValueError for what is none."""
    if not _TIME.fullmatch(value):
        raise ValueError("is written 2026-08-01 or 2026-08-01T06:30:00+07:00")
    if len(value) == 10:
        return datetime.combine(date.fromisoformat(value), time(), VIETNAM)
    # A leap second, which RFC 3339 allows and Python does not know.
    at = datetime.fromisoformat(re.sub(r"(?<=:\d\d:)60", "59", value.upper().replace(",", ".")))
    return at if at.tzinfo else at.replace(tzinfo=VIETNAM)


Moment = Annotated[
    datetime,
    BeforeValidator(lambda value: moment(value) if isinstance(value, str) else value),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]}),
]
Limit = Annotated[int, Field(ge=1, le=500, description="How many at most.")]
Number = Annotated[int, Field(ge=1, le=2**62)]
Cursor = Annotated[str, Field(pattern=PLACE, max_length=35, description="Where to go on: `next` of the page before.")]


def place_of(cursor: str | None) -> Place | None:
    """The place that a cursor names."""
    if cursor is None:
        return None
    at, _, number = cursor.partition("-")
    return Place(_EPOCH + timedelta(microseconds=int(at)), int(number))


def cursor_of(place: Place | None) -> str | None:
    """The cursor of a place; None for none. What lies before 1970 stands at its beginning."""
    if place is None:
        return None
    at, number = place
    return f"{max(0, (at - _EPOCH) // timedelta(microseconds=1))}-{number}"


def chosen_sites(state: State, names: Iterable[str], tier: str | None = None) -> list[str] | None:
    """The sites that are meant; None when a tier is asked for that has none. 404 names a site that nobody knows."""
    found = list(dict.fromkeys(names))
    if unknown := [name for name in found if name not in state.sites]:
        stored = state.stored_sites()
        for name in unknown:
            if name not in stored:
                near = get_close_matches(name, {*state.sites, *stored}, n=3)
                hint = f"; did you mean {' or '.join(near)}?" if near else ""
                raise HTTPException(HTTPStatus.NOT_FOUND, f"no site is called {name!r}{hint}")
    if tier is None:
        return found
    of_tier = [name for name, site in state.sites.items() if site.tier == tier and (not found or name in found)]
    stored = state.stored_sites()
    return [name for name in of_tier if name in stored] or None


def language_of(request: HTTPConnection) -> Language:
    """The language asked for by `?lang=`, or before, or by the browser; Vietnamese when nothing says another."""
    asked = request.query_params.get(LANGUAGE) or request.cookies.get(LANGUAGE)
    if asked in LANGUAGES:
        return chosen(asked)
    return chosen(request.headers.get("accept-language", "")[:200])

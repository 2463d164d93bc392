"""What the address of a page asks for. A form sends empty fields too; what cannot be meant is a 422."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any, get_args
from urllib.parse import urlencode

from fastapi import HTTPException, Request

from crawler.items import Kind
from crawler.sites import Tier
from crawler.store.listings import ArticleFilter, Place
from crawler.store.search import Order
from crawler.text.query import LONGEST
from crawler.web.parameters import PLACE, chosen_sites, moment, place_of
from crawler.web.state import State

_FLAGS = {"1": True, "true": True, "0": False, "false": False}
_DAY = 10  # characters of a date alone, which as an end means the whole day


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A filter as a person wrote it."""

    q: str = ""
    site: tuple[str, ...] = ()
    tier: str | None = None
    kind: str | None = None
    section: str | None = None
    author: str | None = None
    since: str | None = None
    until: str | None = None
    edited: bool = False
    withdrawn: bool = False
    order: Order = "newest"
    """Of what a search finds."""
    cursor: str | None = None

    @classmethod
    def of(cls, request: Request) -> Asked:
        """Of a request; 422 for what cannot be meant."""
        query = request.query_params

        def one(name: str, longest: int = 400) -> str | None:
            value = query.get(name, "").strip()
            if len(value) > longest:
                raise _wrong(f"{name} has {longest} characters at most")
            return value or None

        def of(name: str, values: tuple[str, ...]) -> Any:
            if (value := one(name)) is not None and value not in values:
                raise _wrong(f"{name} is one of {', '.join(values)}")
            return value

        def flag(name: str) -> bool:
            value = (one(name) or "0").lower()
            if value not in _FLAGS:
                raise _wrong(f"{name} is one of {', '.join(_FLAGS)}")
            return _FLAGS[value]

        return cls(
            q=one("q", LONGEST) or "", site=tuple(name for name in query.getlist("site")[:100] if name),
            tier=of("tier", get_args(Tier)), kind=of("kind", get_args(Kind)), section=one("section"),
            author=one("author"), since=one("since"), until=one("until"), edited=flag("edited"),
            withdrawn=flag("withdrawn"), order=of("order", get_args(Order)) or "newest",
            cursor=one("cursor"),
        )  # fmt: skip

    @classmethod
    def only(cls, request: Request) -> Asked:
        """Of a request of a program, which nobody looks at again; 422 for what says nothing, too: a name that is none,
        an author without the words among whose articles he is looked for."""
        names = {*cls.__dataclass_fields__, "lang"}
        if unknown := next((name for name in request.query_params if name not in names), None):
            raise _wrong(f"{unknown} is no filter; there are {', '.join(sorted(names))}")
        asked = cls.of(request)
        if asked.author and not asked.q:
            raise _wrong("an author is looked for in what q finds; give q too")
        return asked

    def filter(self, state: State) -> ArticleFilter | None:
        """What it means to the store; None for what takes nothing."""
        sites = chosen_sites(state, self.site, self.tier)
        if sites is None:
            return None
        return ArticleFilter(
            sites=sites, since=_time(self.since), until=_time(self.until, end=True), kind=self.kind,
            section=self.section, edited=self.edited, withdrawn=self.withdrawn,
        )  # fmt: skip

    @property
    def after(self) -> Place | None:
        """Where a list goes on; 422 for a cursor of another kind of list."""
        if self.cursor is not None and not re.fullmatch(PLACE, self.cursor):
            raise _wrong("the cursor is none of this list")
        return place_of(self.cursor)

    @property
    def is_filter(self) -> bool:
        """Whether it asks for less than everything."""
        return bool(self.query)

    @property
    def is_narrow(self) -> bool:
        """Whether it asks for something else than all that have the words, the newest first."""
        return bool(replace(self, q="").query)

    @property
    def query(self) -> str:
        """As the query of an address, "?site=nhandan"; "" when it asks for everything."""
        pairs: list[tuple[str, str]] = [("site", name) for name in self.site]
        for name in ("q", "tier", "kind", "section", "author", "since", "until"):
            if value := getattr(self, name):
                pairs.append((name, value))
        pairs += [(name, "1") for name in ("edited", "withdrawn") if getattr(self, name)]
        if self.order != "newest":
            pairs.append(("order", self.order))
        return f"?{urlencode(pairs)}" if pairs else ""


def _time(text: str | None, *, end: bool = False) -> datetime | None:
    if text is None:
        return None
    try:
        at = moment(text)
    except ValueError as error:
        raise _wrong(f"a time {error}") from None
    whole = end and len(text) == _DAY and at.date() < date.max  # behind the last of all days there is no other
    return at + timedelta(days=1) if whole else at


def _wrong(detail: str) -> HTTPException:
    return HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, detail)

"""Templates, and what every text passes on its way into one.

Each value that a template prints is first made visible (`crawler.web.text`) and then escaped: neither can be forgotten,
as no template asks for it. Nothing that a site sent is ever markup.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from shlex import quote
from typing import Any, get_args
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from crawler.catalogue import LANGUAGES, retold, said, said_of_many
from crawler.items import Kind
from crawler.sites import Tier
from crawler.text import VIETNAM
from crawler.text.query import LONGEST
from crawler.web import static
from crawler.web.guard import POLICY
from crawler.web.parameters import LANGUAGE, language_of
from crawler.web.state import of
from crawler.web.text import cut, visible, web_address

_YEAR = 365 * 24 * 3600
_PICTURES = "img-src 'self'"
_WEEKDAYS = {"en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), "vi": ("T2", "T3", "T4", "T5", "T6", "T7", "CN")}
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


class Page:
    """One rendering: the words of a language, times of one moment, addresses beside that of the request."""

    def __init__(self, request: Request) -> None:
        self.request, self.state = request, of(request)
        self.language = language_of(request)
        self.now = self.state.now()

    def __call__(self, text: str, **values: Any) -> str:
        """A text of ours in the page's language."""
        return said(text, self.language, **values)

    def many(self, one: str, many: str, n: int, **values: Any) -> str:
        """The same of a text that depends on a number."""
        return said_of_many(one, many, n, self.language, **values)

    def retold(self, text: str) -> str:
        """What the program has kept in English, in the page's language (`crawler.catalogue.retold`)."""
        return retold(text, self.language)

    def number(self, value: float) -> str:
        """A whole number with its thousands apart, as the language has it."""
        return f"{value:,.0f}".replace(",", "." if self.language == "vi" else ",")

    def day(self, at: datetime) -> str:
        """A day as a heading."""
        local = at.astimezone(VIETNAM)
        days = (self.now.astimezone(VIETNAM).date() - local.date()).days
        name = _WEEKDAYS[self.language][local.weekday()]
        date = f"{name} {local:%d/%m/%Y}" if self.language == "vi" else f"{name} {local.day} {local:%B %Y}"
        return {0: f"{self('Today')}, {date}", 1: f"{self('Yesterday')}, {date}"}.get(days, date)

    def weekdays(self) -> tuple[str, ...]:
        """The days of the week, Monday first, in a few letters."""
        return _WEEKDAYS[self.language]

    def time(self, at: datetime | None) -> str:
        """A time of the day."""
        return f"{at.astimezone(VIETNAM):%H:%M}" if at else "–"

    def moment(self, at: datetime | None) -> str:
        """A day and time; without the year where it is this one."""
        if at is None:
            return "–"
        local = at.astimezone(VIETNAM)
        year = "" if local.year == self.now.astimezone(VIETNAM).year else f"/{local.year}"
        return f"{local:%H:%M %d/%m}{year}"

    def iso(self, at: datetime | None) -> str:
        """A time for machines."""
        return at.astimezone(VIETNAM).isoformat(timespec="seconds") if at else ""

    def span(self, seconds: float) -> str:
        """How long something is, in its largest unit."""
        seconds = abs(seconds)
        for unit, size in (("d", _DAY), ("h", _HOUR), ("min", _MINUTE)):
            if seconds >= size:
                return self(f"{{n}} {unit}", n=int(seconds // size))
        return self("{n} s", n=int(seconds))

    def ago(self, at: datetime | None) -> str:
        """How long ago, or in how long."""
        if at is None:
            return "–"
        seconds = (self.now - at).total_seconds()
        return self("{span} ago" if seconds >= 0 else "in {span}", span=self.span(seconds))

    def due(self, at: datetime | None) -> str:
        """When something is to happen, also when that was a while ago."""
        if at is None or at > self.now:
            return self.ago(at)
        return self("due for {span}", span=self.span((self.now - at).total_seconds()))

    def with_query(self, **changed: Any) -> str:
        """This page's address with other parameters; None takes one away."""
        pairs = [(key, value) for key, value in self.request.query_params.multi_items() if key not in changed]
        pairs += [(key, str(value)) for key, value in changed.items() if value is not None]
        return f"?{urlencode(pairs)}" if pairs else "?"

    @property
    def path(self) -> str:
        """Of the request."""
        return self.request.url.path


def page(
    request: Request, template: str, values: Mapping[str, Any], *, status: int = 200, pictures: bool = False
) -> Response:
    """A page from a template; with `pictures`, one that may load those of the sites."""
    about = Page(request)
    text = _templates().get_template(template).render(page=about, _=about, state=about.state, **values)
    answer = HTMLResponse(text, status, {"Vary": "Accept-Language, Cookie", "Content-Language": about.language})
    if pictures:
        answer.headers["Content-Security-Policy"] = POLICY.replace(_PICTURES, f"{_PICTURES} https: http:")
    if (asked := request.query_params.get(LANGUAGE)) in LANGUAGES:
        answer.set_cookie(LANGUAGE, asked, max_age=_YEAR, httponly=True, samesite="lax")
    return answer


def _finalize(value: Any) -> Any:
    if value is None:
        return ""
    return value if isinstance(value, Markup) or not isinstance(value, str) else visible(value)


@lru_cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("crawler.web"), autoescape=True, undefined=StrictUndefined, finalize=_finalize,
        trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    environment.filters |= {"cut": cut, "shell": quote, "web_address": web_address}
    environment.globals |= {
        "file": lambda name: f"/static/{name}?v={static.version(name)}",
        "languages": LANGUAGES,
        "kinds": get_args(Kind),
        "tiers": get_args(Tier),
        "longest_query": LONGEST,
    }
    return environment

"""Who may see and do what.

| server          | articles, stories, sites | alerts, sinks, metrics | add or remove an alert |
|-----------------|--------------------------|------------------------|------------------------|
| on loopback     | anybody on the machine   | anybody on the machine | a token that writes    |
| elsewhere       | a token                  | a token                | a token that writes    |
| with `--public` | anybody                  | a token                | a token that writes    |

A program sends its token as `Authorization: Bearer`; a browser asks for a password, which is the token (RFC 7617), with
any name. `/healthz` and `/readyz` say nothing that is not public.
"""

from __future__ import annotations

import base64
import binascii

from starlette.datastructures import Headers
from starlette.types import Scope

from crawler.store import tokens
from crawler.web.state import State

OPEN = ("/healthz", "/readyz", "/static/")
"""Paths, and beginnings of paths that end in "/", of what needs no token ever."""
PRIVATE = ("/alerts", "/sinks", "/metrics", "/api/v1/alerts", "/api/v1/sinks")
"""Paths of what needs a token on a public server, with all below them."""
CHALLENGE = 'Basic realm="thoisu", charset="UTF-8"'
_ALERTS = "/api/v1/alerts"
_MAY_WRITE = "thoisu_may_write"  # in the scope of a request whose token writes


def needs_token(state: State, path: str) -> bool:
    """Whether reading at this path needs a token."""
    if any(path == one or (one.endswith("/") and path.startswith(one)) for one in OPEN):
        return False
    if state.options.is_loopback:
        return False
    return not state.options.public or is_private(path)


def is_private(path: str) -> bool:
    """Whether the path leads to what is not for everybody: words that somebody looks for, addresses of receivers."""
    return any(path == one or path.startswith(f"{one}/") for one in PRIVATE)


def writes(method: str, path: str) -> bool:
    """Whether the request is one of those that change something."""
    return (method, path) == ("POST", _ALERTS) or (method == "DELETE" and path.startswith(f"{_ALERTS}/"))


def let_write(scope: Scope) -> None:
    """Note that the request's token writes."""
    scope[_MAY_WRITE] = True


def may_write(scope: Scope) -> bool:
    """Whether the guard has found a token that writes; asked again by what changes something."""
    return bool(scope.get(_MAY_WRITE))


def token_of(headers: Headers) -> str | None:
    """The token that a request bears; None for none."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip() or None
    if scheme.lower() != "basic":
        return None
    try:
        pair = base64.b64decode(value.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    return pair.partition(":")[2] or None


def known(state: State, headers: Headers) -> tokens.Token | None:
    """Whose token a request bears; None when it bears none that is known."""
    token = token_of(headers)
    if token is None:
        return None
    with state.reading() as connection:
        return tokens.known(connection, token)

"""What every request meets first, and every answer last.

A request is refused here that names a host which is not ours (so no page elsewhere can have a browser ask for it, DNS
rebinding), that is too long, too large, too slow or one too many, or that bears no token where one is needed. An answer
gets the headers that keep a browser from doing anything with it but showing it.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import ip_address

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crawler.errors import StoreFailed
from crawler.web import access
from crawler.web.answers import Refused, refusal, store_failed
from crawler.web.options import is_loopback
from crawler.web.state import State

RATE = 300
"""Requests a minute of one client that is not on this machine."""
_BURST = 0.5  # of a minute's requests, that may come at once
_CLIENTS = 10_000  # whose requests are counted; whoever was heard of least lately is forgotten first
LONGEST_TARGET = 8192
"""Bytes of path and query."""
LARGEST_BODY = 64 * 1024
"""Bytes of what a request sends."""
SECONDS = 30.0
"""From the beginning of a request to the end of its answer; waiting for changes takes up to 8."""

POLICY = "; ".join(
    (
        "default-src 'none'", "style-src 'self'", "script-src 'self'", "img-src 'self'", "connect-src 'self'",
        "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)  # fmt: skip
"""Of pages. Nothing in a page itself is style or script, so that nothing has to be hashed."""
POLICY_OF_DATA = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""Of all that is no page."""
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Rates:
    """How many requests each client has left: a bucket that is filled evenly."""

    def __init__(self, rate: int) -> None:
        self._rate, self._most = rate / 60, max(1.0, rate * _BURST)
        self._clients: OrderedDict[str, _Bucket] = OrderedDict()

    def wait(self, client: str, now: float) -> float:
        """Take one request; 0, or the seconds until there is one."""
        bucket = self._clients.pop(client, None) or _Bucket(self._most, now)
        self._clients[client] = bucket
        if len(self._clients) > _CLIENTS:
            self._clients.popitem(last=False)
        bucket.left = min(self._most, bucket.left + (now - bucket.at) * self._rate)
        bucket.at = now
        if bucket.left < 1:
            return (1 - bucket.left) / self._rate
        bucket.left -= 1
        return 0.0


class Guard:
    """The outermost part of the application."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self._app, self._state = app, state
        self._names = {"localhost", state.options.host.lower(), *(name.lower() for name in state.options.names)}
        self._rates = Rates(state.options.rate or RATE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let an HTTP request in, or answer it; nothing else is spoken but the server's own lifespan."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
            return
        answer = _Answer(scope, send)
        refused: Refused | None = None
        try:
            async with asyncio.timeout(SECONDS):
                refused = await self._refused(scope)
                if refused is None:
                    await self._app(scope, _limited(receive), answer)
        except TimeoutError:
            refused = Refused(HTTPStatus.SERVICE_UNAVAILABLE, "it took too long")
        except StoreFailed as error:
            refused = store_failed(error)
        except _TooLarge:
            refused = _TOO_LARGE
        if refused is not None and not answer.begun:
            await refusal(scope, refused)(scope, receive, answer)

    async def _refused(self, scope: Scope) -> Refused | None:
        headers = Headers(scope=scope)
        if not self._is_ours(headers.getlist("host")):
            return Refused(
                HTTPStatus.MISDIRECTED_REQUEST, "this server is asked by another name; see `thoisu serve --name`"
            )
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_TARGET:
            return Refused(HTTPStatus.BAD_REQUEST, f"the address has more than {LONGEST_TARGET} bytes")
        client = (scope.get("client") or ("?",))[0]
        if (self._state.options.rate or not is_loopback(client)) and (
            wait := self._rates.wait(client, time.monotonic())
        ):
            retry = str(math.ceil(wait))
            return Refused(HTTPStatus.TOO_MANY_REQUESTS, "too many requests", {"Retry-After": retry})
        size = headers.get("content-length", "0")
        if not size.isdecimal() or len(size) > 9 or int(size) > LARGEST_BODY:
            return _TOO_LARGE
        return await self._stranger(scope, headers)

    async def _stranger(self, scope: Scope, headers: Headers) -> Refused | None:
        path = scope["path"]
        writes = access.writes(scope["method"], path)
        if not (writes or access.needs_token(self._state, path)):
            return None
        token = await run_in_threadpool(access.known, self._state, headers)
        if token is None:
            challenge = {"WWW-Authenticate": "Bearer" if writes else access.CHALLENGE}
            return Refused(HTTPStatus.UNAUTHORIZED, "this needs a token; make one: thoisu token add NAME", challenge)
        if writes and not token.writes:
            return Refused(
                HTTPStatus.FORBIDDEN, "this token only reads; make one that writes: thoisu token add --write"
            )
        if token.writes:
            access.let_write(scope)
        return None

    def _is_ours(self, hosts: list[str]) -> bool:
        """Whether the name is one of ours, or an address, which no name elsewhere can be made to lead to."""
        if len(hosts) != 1:
            return False
        name, _, port = hosts[0].rpartition(":")
        host = (name if name and port.isdecimal() else hosts[0]).lower()
        if host in self._names:
            return True
        try:
            ip_address(host.strip("[]"))
        except ValueError:
            return False
        return True


class _TooLarge(Exception):
    """A request that sends more than it may."""


_TOO_LARGE = Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a request has {LARGEST_BODY} bytes at most")


def _limited(receive: Receive) -> Receive:
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > LARGEST_BODY:
            raise _TooLarge
        return message

    return limited


class _Answer:
    """`send`, with our headers; of a HEAD request without the body."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._send = send
        self._head = scope["method"] == "HEAD"
        self.begun = False
        if self._head:
            scope["method"] = "GET"

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            is_page = headers.get("content-type", "").startswith("text/html")
            headers.setdefault("Content-Security-Policy", POLICY if is_page else POLICY_OF_DATA)
            headers.setdefault("Cache-Control", "private, no-cache")
        elif self._head and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)

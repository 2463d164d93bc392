"""ETag for every answer, and 304 for whoever has it already (RFC 9110, 8.8.3 and 13.1.2)."""

from __future__ import annotations

import hashlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# A browser takes the headers of a 304 for its own copy: what the guard adds to them goes by the type.
_KEPT = (
    "content-security-policy",
    "content-type",
    "etag",
    "cache-control",
    "content-location",
    "date",
    "expires",
    "vary",
    "link",
    "set-cookie",
)


class Validators:
    """Holds an answer until it is whole; none is larger than a page or a page of a list."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what the application answers, or that it is the same."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        start: Message = {}
        body = bytearray()

        async def hold(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            if start["status"] == 200:
                _validate(scope, start, body)
            await send(start)
            await send({"type": "http.response.body", "body": bytes(body)})

        await self._app(scope, receive, hold)


def _validate(scope: Scope, start: Message, body: bytearray) -> None:
    headers = MutableHeaders(scope=start)
    # Weak, as what stands behind packs the answer for whoever takes it packed.
    digest = hashlib.sha256(headers.get("content-type", "").encode() + b"\0" + body).hexdigest()
    etag = f'W/"{digest[:32]}"'
    headers["etag"] = etag
    if not _matches(Headers(scope=scope).get("if-none-match", ""), etag):
        return
    start["status"] = 304
    start["headers"] = [pair for pair in start["headers"] if pair[0].decode("latin-1").lower() in _KEPT]
    body.clear()


def _matches(given: str, etag: str) -> bool:
    wanted = etag.removeprefix("W/")
    return given.strip() == "*" or wanted in (one.strip().removeprefix("W/") for one in given.split(","))

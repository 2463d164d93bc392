"""An ASGI application behind a socket, in a thread of its own; for who has uvicorn, by the extra `web` or `mcp`."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from crawler.errors import BadInput

HEAD_SECONDS = 10.0
"""From the beginning of a connection, or the end of an answer on it, until the head of the next request is there."""
_GRACE = 3  # seconds that an answer has to end when the server does


class _Punctual(H11Protocol):
    """Hangs up on who connects and asks for nothing, or drips: a few hundred of those would be all that are served."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        # Before the next request, which may have come already, is begun.
        self._wait()
        super().on_response_complete()

    def _wait(self) -> None:
        self._stop_waiting()
        self._late = self.loop.call_later(HEAD_SECONDS, self._hang_up)

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()

    def _hang_up(self) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()


class AppServer:
    """Serves from when it is made until `stop`."""

    def __init__(self, application: Any, host: str, port: int, **options: Any) -> None:
        """`options` are uvicorn's; port 0 takes a free one. BadInput when the address cannot be used."""
        self._socket = _bound(host, port)
        self._server = uvicorn.Server(
            uvicorn.Config(application, http=_Punctual, timeout_graceful_shutdown=_GRACE, **options)
        )
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="serve", daemon=True
        )
        self._thread.start()
        shown = "127.0.0.1" if host in ("0.0.0.0", "") else f"[{host}]" if ":" in host else host  # noqa: S104
        self.url = f"http://{shown}:{self._socket.getsockname()[1]}/"

    def stop(self) -> None:
        """Take no more requests, end those under way, and wait for that."""
        self._server.should_exit = True
        self._thread.join(2 * _GRACE)
        self._socket.close()


def _bound(host: str, port: int) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        bound = socket.socket(family, socket.SOCK_STREAM)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(address)
            bound.listen(128)
        except OSError:
            bound.close()
            raise
    except OSError as error:
        raise BadInput(f"{host}, port {port} cannot be used ({error.strerror}); take another: --port") from None
    return bound

"""The application behind a socket, in a thread of its own."""

from __future__ import annotations

import socket
import threading

import uvicorn

from crawler.errors import BadInput
from crawler.sites import Sites
from crawler.store import Store
from crawler.web.app import application
from crawler.web.options import ServerOptions
from crawler.web.state import State

_AT_ONCE = 200  # connections; more are told to come again
_GRACE = 3  # seconds that an answer has to end when the server does
_IDLE = 5  # seconds that a connection stays open without a request
_HEAD = 16 * 1024  # bytes of a request's line and headers


class Server:
    """Serves from when it is made until `stop`; BadInput when the address cannot be used."""

    def __init__(self, store: Store, sites: Sites, options: ServerOptions, port: int) -> None:
        self._state = State(store=store, sites=sites, options=options)
        self._socket = _bound(options.host, port)
        config = uvicorn.Config(
            application(self._state), log_config=None, access_log=False, server_header=False, date_header=True,
            limit_concurrency=_AT_ONCE, timeout_keep_alive=_IDLE, timeout_graceful_shutdown=_GRACE, http="h11",
            h11_max_incomplete_event_size=_HEAD, ws="none", lifespan="off", proxy_headers=False,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="serve", daemon=True
        )
        self._thread.start()
        number = self._socket.getsockname()[1]
        host = f"[{options.host}]" if ":" in options.host else options.host
        self.url = f"http://{'127.0.0.1' if options.host in ('0.0.0.0', '') else host}:{number}/"  # noqa: S104

    def stop(self) -> None:
        """Take no more requests, end those under way, and wait for that."""
        self._state.stopping.set()
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

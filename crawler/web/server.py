"""The application behind a socket, in a thread of its own."""

from __future__ import annotations

from crawler.serving import AppServer
from crawler.sites import Sites
from crawler.store import Store
from crawler.web.app import application
from crawler.web.options import ServerOptions
from crawler.web.state import State

_AT_ONCE = 200  # connections; more are told to come again
_IDLE = 5  # seconds that a connection stays open without a request
_HEAD = 16 * 1024  # bytes of a request's line and headers


class Server(AppServer):
    """Serves from when it is made until `stop`; BadInput when the address cannot be used."""

    def __init__(self, store: Store, sites: Sites, options: ServerOptions, port: int) -> None:
        self._state = State(store=store, sites=sites, options=options)
        super().__init__(
            application(self._state), options.host, port, log_config=None, access_log=False, server_header=False,
            date_header=True, limit_concurrency=_AT_ONCE, timeout_keep_alive=_IDLE,
            h11_max_incomplete_event_size=_HEAD, ws="none", lifespan="off", proxy_headers=False,
        )  # fmt: skip

    def stop(self) -> None:
        """Take no more requests, end those under way, and wait for that."""
        self._state.stopping.set()
        super().stop()

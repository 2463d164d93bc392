"""`thoisu serve`: pages, API, feeds and metrics of a store, until Ctrl-C."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.common import (
    LogFormatOption,
    StoreOption,
    all_sites,
    begin_log,
    configured,
    open_store,
    papers_of,
)
from crawler.cli.language import spoken
from crawler.errors import BadInput
from crawler.process.log_format import announce

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.sites import Sites
    from crawler.store import Store
    from crawler.web.options import ServerOptions

PORT = 8000
"""At which `thoisu serve` listens."""


def serve(
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="N", min=0, max=65535, help="Port; 0 takes a free one.")] = PORT,
    public: Annotated[
        bool, typer.Option("--public", help="Let anybody read, who asks from elsewhere without a token, too.")
    ] = False,
    name: Annotated[
        list[str] | None, typer.Option(metavar="HOST", help="A name by which it is asked. Repeatable.")
    ] = None,
    rate: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Requests a minute of one client; default: 300, on this machine any."),
    ] = None,
    newsroom: Annotated[
        str | None, typer.Option(metavar="URL", help="Name the papers of an embedded newsroom.")
    ] = None,
    log_format: LogFormatOption = None,
    store: StoreOption = None,
) -> None:
    """Show the store as pages, with an API, feeds and metrics.

    Only this machine can ask, unless --host says otherwise; then who asks needs a
    token (`thoisu token add`), or --public lets anybody read. Behind a proxy that
    speaks TLS, name the host by which it is asked.

    \b
    Examples:
      thoisu serve
      thoisu serve --host 0.0.0.0 --name news.example.org
      thoisu serve --port 9000 --store postgresql://localhost/thoisu
    """
    from crawler.deliver import stopping
    from crawler.web.options import ServerOptions

    begin_log(log_format)
    known = all_sites() | papers_of(newsroom) if newsroom else all_sites()
    own = configured()
    options = ServerOptions(
        host=host, names=tuple(name or ()), public=public, rate=rate, budget=own.budget, sinks=own.sinks,
        notify=own.notify, archive=own.archive, archive_url=own.archive_url,
    )  # fmt: skip
    with open_store(store) as opened, stopping() as stop, serving(opened, known, options, port) as url:
        announce(spoken("serving at {url}, until Ctrl-C", url=url))
        if not options.is_loopback and not public:
            announce(spoken("who asks needs a token: thoisu token add NAME"))
        stop.wait()


@contextmanager
def serving(store: Store, sites: Sites, options: ServerOptions, port: int) -> Iterator[str]:
    """Serve a store while the context lasts; gives the address. BadInput when the port cannot be used, or the extra
    `web` is not installed."""
    try:
        from crawler.web.server import Server
    except ModuleNotFoundError as missing:
        raise BadInput(f"{missing.name} is missing; install the pages: pip install 'thoisu[web]'") from None
    server = Server(store, sites, options, port)
    try:
        yield server.url
    finally:
        server.stop()

"""`thoisu mcp`: the store as tools of an assistant."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated

import typer

from crawler.cli.common import StoreOption, all_sites, configured, open_store
from crawler.cli.language import spoken
from crawler.errors import BadInput
from crawler.process.output import say


def mcp(
    http: Annotated[bool, typer.Option("--http", help="Serve HTTP on this machine instead of standard input.")] = False,
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65535, help="Port on 127.0.0.1, with --http; 0 takes a free one.")
    ] = 8010,
    store: StoreOption = None,
) -> None:
    """Serve the store to an assistant by the Model Context Protocol.

    Read-only tools: search, article, diff, story, changes, site_health. Answers
    are short, and what sites have written in them is marked as quoted. An
    assistant starts it itself and speaks to it by standard input and output, or
    asks it at http://127.0.0.1:8010/mcp with --http.

    \b
    Examples:
      thoisu mcp
      thoisu mcp --store sqlite:////srv/thoisu.db
      thoisu mcp --http --port 9010
    """
    if find_spec("mcp") is None:
        raise BadInput("this needs the SDK of the protocol: pip install 'thoisu[mcp]'")
    from crawler.assistants import Tools
    from crawler.assistants.server import serve_stdio, serving_http
    from crawler.deliver import stopping

    with open_store(store) as opened:
        tools = Tools(opened, all_sites(), configured().budget)
        if http:
            with stopping() as stop, serving_http(tools, port) as url:
                say(spoken("serving at {url}, until Ctrl-C", url=url))
                stop.wait()
        else:
            serve_stdio(tools)

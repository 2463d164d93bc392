"""`thoisu newsroom`: serves the embedded newsroom until Ctrl-C."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.language import spoken
from crawler.errors import BadInput
from crawler.process.output import console

if TYPE_CHECKING:
    from crawler.newsroom import Newsroom


def newsroom(
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")
    ] = 8080,
    sites: Annotated[int, typer.Option(metavar="N", min=1, max=60, help="How many papers.")] = 6,
    articles: Annotated[int, typer.Option(metavar="N", min=1, max=5000, help="Articles of each paper.")] = 50,
    seed: Annotated[int, typer.Option(metavar="N", help="Another seed, other words.")] = 1,
    days: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Days before today when the papers begin; default: all is out by now."),
    ] = None,
    strangers: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, max=1000, help="Instead, N papers of systems that no layout knows."),
    ] = None,
) -> None:
    """Serve simulated news sites on this machine.

    A crawl can be tried on them without a network. Every text is made up. The
    papers publish 25 articles a day; with a small --days some of these are
    still to come, and appear while the newsroom runs.

    With --strangers each paper has a system of its own, drawn by the seed, and
    no site is ready for any; a tenth more of them are closed to every crawler.

    \b
    Examples:
      thoisu newsroom
      thoisu newsroom --port 9000 --sites 3 --articles 200 --seed 7
      thoisu newsroom --strangers 10 --articles 36
    """
    from crawler.deliver import stopping
    from crawler.newsroom import Newsroom, World
    from crawler.newsroom.strangers.world import stranger_world
    from crawler.newsroom.world import A_DAY
    from crawler.text import VIETNAM

    today = datetime.now(VIETNAM)
    if strangers is not None:
        if days is not None:
            raise BadInput("--days is for the papers of families; the articles of strangers are all out by now")
        world = stranger_world(
            seed, strangers, closed=-(-strangers // 10), articles=articles, now=today, real_clock=True
        )
    else:
        past = days if days is not None else -(-articles // A_DAY)
        start = datetime.combine(today.date() - timedelta(days=past), time(), VIETNAM)
        world = World(seed, sites, articles, start, real_clock=True)
    try:
        room = Newsroom(world, port).start()
    except OSError as error:
        raise BadInput(f"port {port} cannot be used ({error.strerror}); take another with --port") from None
    with stopping() as stop:
        _introduce(room)
        stop.wait()
    room.stop()
    console(stderr=True).print(spoken("stopped; the next newsroom of this seed tells the same"))


def _introduce(room: Newsroom) -> None:
    """Its papers, and what can be done with it: each command in one line, to be taken along."""
    screen = console()
    tell = partial(screen.print, soft_wrap=True)
    tell(spoken("newsroom at {url}, until Ctrl-C", url=room.url), style="bold")
    for paper in room.world.papers:
        count = spoken("{n} articles", n=f"{len(room.world.visible(paper)):>5}")
        if paper.closed:
            count = spoken("closed: {why}", why=paper.closed)
        tell(f"  {paper.name:<12} {count}  {paper.title}")
    if room.world.papers[0].family == "stranger":
        home = f"{room.world.root(room.world.papers[0])}/"
        tell(f"\n{spoken('read a page of it, or have a spider written:')}")
        tell(f"  THOISU_NEWSROOM={room.url} thoisu discover {home}")
        tell(f"  THOISU_NEWSROOM={room.url} thoisu adopt {home}")
    else:
        tell(f"\n{spoken('crawl it, or schedule it:')}")
        tell(f"  thoisu crawl --newsroom {room.url} --store sqlite:///newsroom.db")
        tell(f"  thoisu schedule --newsroom {room.url} --store sqlite:///newsroom.db")
        tell(f"  {spoken('(backfill and check take the same two options; status, pace and gaps the second)')}")
    tell(spoken("what it really published, an article a line:"))
    tell(f"  curl {room.url}/record.jsonl")
    first = room.world.papers[0].name
    tell(spoken("make it misbehave, and behave again:"))
    for order in (f'{{"host":"{first}","what":{{"edit":2}}}}', f'{{"host":"{first}","what":{{"status":503}}}}',
                  f'{{"host":"{first}","behave":true}}'):  # fmt: skip
        tell(f"  curl {room.url}/control -d '{order}'")
    tell(f"  {spoken('other words: `python -m pydoc crawler.newsroom.misbehave`')}")

"""`thoisu watch`: words that somebody wants to be told of."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from crawler.commands.common import all_sites, console, local, open_store, print_json, shown, site_named, typed
from crawler.commands.look import StoreOption

app = typer.Typer(
    name="watch",
    no_args_is_help=True,
    rich_markup_mode=None,
    help="""Be told of articles that have certain words.

    Each new or revised article is told once, with the sentence.

    \b
    Examples:
      thoisu watch add "nước sạch" --notify mailto://user:password@example.org
      thoisu watch list
      thoisu watch run
    """,
)


@app.command()
def add(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="Words, phrases, AND, OR, NOT, parentheses.")],
    site: Annotated[list[str] | None, typer.Option(metavar="SITE", help="Of this site only. Repeatable.")] = None,
    notify: Annotated[
        list[str] | None,
        typer.Option(metavar="URL", help="An apprise URL or configuration; default: THOISU_NOTIFY. Repeatable."),
    ] = None,
    store: StoreOption = None,
) -> None:
    """Watch for words from now on.

    Syllables beside each other are a phrase. Without diacritics they are found
    with any, with diacritics only so. AND, OR and NOT are written in capitals.

    \b
    Examples:
      thoisu watch add "nước sạch"
      thoisu watch add "nghi quyet OR nghi dinh" --site baochinhphu
      thoisu watch add '"nước sạch" (Hà Nội OR Huế) NOT "giá điện"'
    """
    from crawler.settings import THOISU_NOTIFY
    from crawler.telling import notify as notices
    from crawler.telling import watches

    known = all_sites()
    names = [name for name in dict.fromkeys(site or ()) if site_named(name, known)]
    for target in notify or ():
        notices.check(target)
    with open_store(store, reading=False) as opened:
        number = watches.add(opened, typed(query), names, notify or (), datetime.now(UTC))
    screen = console()
    screen.print(f"watch {number}: what is new from now on")
    if not (notify or THOISU_NOTIFY):
        screen.print("nobody is told yet: give --notify, or set THOISU_NOTIFY", style="yellow")


@app.command("list")
def list_(
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a watch.")] = False,
) -> None:
    """List what is watched, and how much was found.

    \b
    Examples:
      thoisu watch list
      thoisu watch list --json
    """
    from crawler.store import watches
    from crawler.telling import notify as notices

    with open_store(store) as opened, opened.reading() as connection:
        every, totals = watches.listed(connection), watches.totals(connection)
    screen = console()
    for watch in every:
        found, told = totals.get(watch.id, (0, 0))
        targets = [notices.masked(target) for target in watch.notify]
        if json_:
            about = {"id": watch.id, "query": watch.query, "sites": watch.sites, "notify": targets}
            print_json({**about, "added_at": watch.added_at, "found": found, "told": told})
            continue
        screen.print(shown(f"{watch.id}  {watch.query}"), style="bold")
        facts = [", ".join(watch.sites) or "all sites", f"since {local(watch.added_at)}", f"{told} of {found} told"]
        screen.print(shown(f"   {' · '.join(facts + targets)}"))
    if not every and not json_:
        screen.print("nothing is watched; begin with: thoisu watch add QUERY")


@app.command()
def remove(
    number: Annotated[int, typer.Argument(metavar="N", help="As `thoisu watch list` shows it.")],
    store: StoreOption = None,
) -> None:
    """Watch no more, and forget what was found.

    \b
    Examples:
      thoisu watch remove 3
    """
    from crawler.telling import watches

    with open_store(store, reading=False) as opened:
        watches.remove(opened, number)
    console().print(f"watch {number} is removed")


@app.command()
def run(
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="The counts as one object.")] = False,
) -> None:
    """Look through what is new, and send what is due.

    The scheduler does it by itself after each round; a crawl by hand does not.
    Findings of `thoisu check` go out with it. What cannot be sent is tried
    again later.

    Exit code 1 when something could not be sent.

    \b
    Examples:
      thoisu watch run
      thoisu crawl nhandan && thoisu watch run
    """
    from crawler.scheduling.afterwards import tell
    from crawler.settings import THOISU_NOTIFY
    from crawler.telling import notify as notices

    targets, now = notices.split(THOISU_NOTIFY), datetime.now(UTC)
    for target in targets:
        notices.check(target)
    with open_store(store, reading=False) as opened:
        told = tell(opened, now, targets)
    if json_:
        print_json(asdict(told), alone=True)
    else:
        sent = f"{told.sent} messages sent, {told.waiting} could not be"
        console().print(f"{told.pages} pages and {told.findings} findings told: {sent}")
    if told.waiting:
        raise typer.Exit(1)

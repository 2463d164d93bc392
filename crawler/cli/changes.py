"""`thoisu changes`: the change feed, for whoever reads it himself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from crawler.cli.common import MOST, SitesOption, StoreOption, all_sites, chosen_names, local, moment, open_store
from crawler.cli.language import spoken, word_of
from crawler.cli.lists import note, piped, print_tabbed, say_more
from crawler.errors import BadInput
from crawler.items import Event
from crawler.process import shown
from crawler.process.output import console, print_json

if TYPE_CHECKING:
    from crawler.deliver import Delivery
    from crawler.store import FeedItem, Store

_PAGE = 500  # changes that are read together
_USUAL = 100  # changes of a list for which nobody has set a limit


def changes(
    since: Annotated[
        str, typer.Option(metavar="N|DATE", help="After change N, or noticed since 2026-08-01; 0 is all.")
    ] = "0",
    site: SitesOption = None,
    event: Annotated[
        list[str] | None,
        typer.Option("--event", metavar="EVENT", help=f"Of {', '.join(get_args(Event))}, only this. Repeatable."),
    ] = None,
    limit: Annotated[int | None, typer.Option(metavar="M", min=1, help="How many at most; default: 100.")] = None,
    with_: Annotated[
        str | None, typer.Option("--with", metavar="article", help="In JSON, also what stood at the page then.")
    ] = None,
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a change.")] = False,
) -> None:
    """List what changed in the public record, in order.

    An article is created, revised, copied, withdrawn or restored.

    A reader that keeps the last `seq` and asks for what follows it misses nothing.

    \b
    Examples:
      thoisu changes --since 2026-08-01 --site nhandan
      thoisu changes --event revised --event withdrawn
      thoisu changes --since 1200 --limit 500 --json --with article
    """
    from crawler.deliver import deliveries

    if with_ not in (None, "article"):
        raise BadInput(f"--with takes article, not {with_!r}")
    if unknown := next((one for one in event or () if one not in get_args(Event)), None):
        raise BadInput(f"--event is one of {', '.join(get_args(Event))}, not {unknown!r}")
    most, told, known, last = limit or _USUAL, 0, all_sites(), 0
    with open_store(store) as opened:
        names, identity = chosen_names(opened, site), opened.identity()
        for items in _pages(opened, _start(opened, since), _PAGE if event else min(most + 1, _PAGE), names):
            chosen = [item for item in items if not event or item.change.event in event]
            for row in deliveries(opened, identity, chosen[: most - told], known):
                if json_:
                    values = row.to_dict()
                    print_json(values if with_ else {key: values[key] for key in values if key != "article"})
                else:
                    _print(row)
                chosen, told, last = chosen[1:], told + 1, row.seq
            if chosen and limit is None:
                say_more(told, "--since", last)
            if chosen or told == limit:
                break
    if not (told or json_):
        note(spoken("no change after {n}", n=shown(since)))


def _start(store: Store, since: str) -> int:
    """The `seq` after which the list begins; `BadInput` for what is neither the number of a change nor a date."""
    from crawler.store.changes import before

    if since.isascii() and since.isdigit():
        return min(int(since), MOST)
    try:
        at = moment(since)
    except BadInput as error:
        raise BadInput(f"{error}, or the number of a change") from None
    with store.reading() as connection:
        return before(connection, at)


def _pages(store: Store, last: int, size: int, sites: list[str]) -> Iterator[list[FeedItem]]:
    """The changes after `last`, so many at a time."""
    while True:
        items, end = store.feed(last, size, sites=sites or None)
        if items:
            yield items
        if end == last:
            return
        last = end


def _print(row: Delivery) -> None:
    title = row.article["title"] if row.article else ""
    if piped():
        cells = row.seq, local(row.at), row.event, row.revision or "", row.article_id, row.site or "", row.url, title
        print_tabbed(map(str, cells))
        return
    number = f" {row.revision}" if row.revision and row.revision > 1 else ""
    event, of = word_of("event", row.event), spoken("article {n}", n=row.article_id)
    screen = console()
    screen.print(f"{row.seq}  {local(row.at)}  {event}{number}  {of}  {row.site or '-'}", style="bold", soft_wrap=True)
    if title:
        screen.print(f"  {shown(title)}", soft_wrap=True)
    screen.print(f"  {shown(row.url)}", style="dim", soft_wrap=True)

"""`thoisu changes`: the change feed, for whoever reads it himself."""

from __future__ import annotations

from typing import Annotated

import typer

from crawler.cli.common import MOST, StoreOption, all_sites, local, open_store
from crawler.cli.language import spoken, word_of
from crawler.cli.lists import note, piped, print_tabbed
from crawler.errors import BadInput
from crawler.process import shown
from crawler.process.output import console, print_json

_PAGE = 500  # changes that are read together


def changes(
    since: Annotated[int, typer.Option(metavar="N", min=0, help="After this number; 0 is from the beginning.")] = 0,
    limit: Annotated[int, typer.Option(metavar="M", min=1, help="How many at most.")] = 100,
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
      thoisu changes --limit 20
      thoisu changes --since 1200 --limit 500 --json --with article
    """
    from crawler.deliver import deliveries

    if with_ not in (None, "article"):
        raise BadInput(f"--with takes article, not {with_!r}")
    screen, last, left, known = console(), min(since, MOST), limit, all_sites()
    with open_store(store) as opened:
        name = opened.identity()
        while left and (items := opened.feed(last, min(left, _PAGE))[0]):
            for row in deliveries(opened, name, items, known):
                if json_:
                    values = row.to_dict()
                    print_json(values if with_ else {key: values[key] for key in values if key != "article"})
                    continue
                if piped():
                    about = (
                        row.seq,
                        local(row.at),
                        row.event,
                        row.revision or "",
                        row.article_id,
                        row.site or "",
                        row.url,
                    )
                    print_tabbed(map(str, about))
                    continue
                number = f" {row.revision}" if row.revision and row.revision > 1 else ""
                event, of = word_of("event", row.event), spoken("article {n}", n=row.article_id)
                screen.print(f"{row.seq}  {local(row.at)}  {event}{number}  {of}", style="bold")
                screen.print(f"  {shown(row.url)}", soft_wrap=True)
            last, left = items[-1].change.seq, left - len(items)
    if left == limit and not json_:
        note(spoken("no change after {n}", n=since))

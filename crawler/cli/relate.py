"""`thoisu relate` and `reindex`: what articles have to do with each other, brought up to date."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.common import StoreOption, open_store
from crawler.cli.language import respoken, spoken
from crawler.errors import StoreFailed
from crawler.process import shown
from crawler.process.output import console, print_json

if TYPE_CHECKING:
    from crawler.compare.relate import RelateCounts
    from crawler.store import Store


def relate(
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="The counts as one object.")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Compare again what was passed over.")] = False,
) -> None:
    """Find copies among new and revised articles.

    Each is compared with those of the three days before and after it.

    Goes on where it stopped; a crawl may run beside it. The scheduler does it
    by itself, `thoisu crawl`, `backfill` and `reread` at their end. An article
    that cannot be compared is passed over, and tried again when it is revised,
    once after an upgrade, and with --retry.

    \b
    Examples:
      thoisu relate
      thoisu relate --json
    """
    with open_store(store, reading=False) as opened:
        counts = relate_new(opened, retry=retry)
    if json_:
        print_json(asdict(counts), alone=True)
    else:
        text = "{changes} changes worked off: {articles} articles compared, {pairs} pairs of copies found"
        console().print(spoken(text, changes=counts.changes, articles=counts.articles, pairs=counts.pairs))


def reindex(store: StoreOption = None) -> None:
    """Hash again what older rules have hashed.

    After an upgrade that changes the normal form or the fingerprints. Safe to
    stop at any time: begun again, it goes on with what is left.

    \b
    Examples:
      thoisu reindex
    """
    from crawler.compare.relate import Relater

    count = 0
    with open_store(store, reading=False) as opened, console(stderr=True).status(spoken("hashing again")) as status:
        relater = Relater(opened)
        total = relater.outdated()
        for batch in relater.reindex():
            count += batch.articles
            status.update(spoken("hashing again: {n} of {all}", n=count, all=total))
    console().print(spoken("{n} hashed again", n=count) if count else spoken("nothing was made by older rules"))


def relate_by_hand(url: str | None) -> None:
    """What a command that has brought articles ends with; they are stored, whatever becomes of this."""
    try:
        with open_store(url, reading=False) as opened:
            relate_new(opened)
    except StoreFailed as failure:
        text = spoken("not compared yet, {why}; do it with: thoisu relate", why=respoken(str(failure)))
        console(stderr=True).print(shown(text), style="yellow", soft_wrap=True)


def relate_new(store: Store, *, retry: bool = False) -> RelateCounts:
    """Compare what is new or revised in a store; on a terminal a line moves."""
    from crawler.compare.relate import RelateBatch, waiting
    from crawler.compare.relate import relate as run

    total, done = waiting(store), 0
    with console(stderr=True).status(spoken("comparing")) as status:

        def count(batch: RelateBatch) -> None:
            nonlocal done
            done += batch.articles
            status.update(spoken("comparing: {n} of {all}", n=done, all=total))

        return run(store, on_batch=count, retry=retry)

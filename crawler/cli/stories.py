"""`thoisu relate`, `stories`, `story`, `reindex`: who published a text first, and what the others made of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.common import StoreOption, console, local, moment, open_store, print_json, shown
from crawler.errors import BadInput, StoreFailed

if TYPE_CHECKING:
    from rich.console import Console
    from sqlalchemy import Connection

    from crawler.compare.relate import RelateBatch
    from crawler.compare.stories import Member
    from crawler.store import Store

_LONG = 160  # letters of a paragraph that are shown


def relate(
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="The counts as one object.")] = False,
) -> None:
    """Find copies among new and revised articles.

    Each is compared with those of the three days before and after it.

    Goes on where it stopped; a crawl may run beside it. The scheduler does it
    by itself, and so does what brings articles by hand: crawl, backfill, reread.

    \b
    Examples:
      thoisu relate
      thoisu crawl nhandan && thoisu relate --json
    """
    with open_store(store, reading=False) as opened:
        changes, articles, pairs = relate_new(opened)
    if json_:
        print_json({"changes": changes, "articles": articles, "pairs": pairs}, alone=True)
    else:
        console().print(f"{changes} changes worked off: {articles} articles compared, {pairs} pairs of copies found")


def reindex(store: StoreOption = None) -> None:
    """Hash again what older rules have hashed.

    After an upgrade that changes the normal form or the fingerprints. Safe to
    stop at any time: begun again, it goes on with what is left.

    \b
    Examples:
      thoisu reindex
    """
    from crawler.compare.relate import Relater

    with open_store(store) as opened:
        relater = Relater(opened)
        waiting = relater.outdated()
        done = _show_progress(relater.reindex(), waiting, "hashing again")
    console().print(
        f"{sum(step.articles for step in done)} hashed again" if done else "nothing was made by older rules"
    )


def stories(
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="With a page since 2026-08-01, or 2026-08-01T06:30.")
    ] = None,
    site: Annotated[str | None, typer.Option(metavar="SITE", help="With a page of this site.")] = None,
    pages: Annotated[int, typer.Option(metavar="N", min=1, help="On so many pages or more.")] = 1,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="How many at most.")] = 50,
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a story.")] = False,
) -> None:
    """List texts, each with the pages it stands on.

    The latest first. Exact copies, abridged and extended ones make one story; those that only share a template
    do not.

    \b
    Examples:
      thoisu stories --since 2026-08-01 --pages 2
      thoisu stories --site nhandan --json
    """
    from crawler.compare import story_queries

    after = moment(since) if since else None
    with open_store(store) as opened, opened.reading() as connection:
        rows = story_queries.list_stories(connection, site, after, pages, limit)
        _say_waiting(connection)
    if json_:
        for row in rows:
            print_json(asdict(row))
        return
    screen = console()
    for row in rows:
        first, count, sites = row.pages[0], len(row.pages), dict.fromkeys(page.site or "-" for page in row.pages)
        screen.print(shown(f"{row.id}  {first.title}"), style="bold", soft_wrap=True)
        screen.print(
            shown(f"   {local(first.at)}  {count} {'page' if count == 1 else 'pages'}: {', '.join(sites)}"),
            soft_wrap=True,
        )
    if not rows:
        screen.print("no story of this kind")


def story(
    id_: Annotated[int, typer.Argument(metavar="ID", help="Number of a story, or of any article in it.")],
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="Pages, changes and look-alikes as one object.")] = False,
) -> None:
    """Show who published a text first.

    And what each of the others added (+), dropped (-) or changed (~).

    \b
    Examples:
      thoisu story 12
      thoisu story 12 --json
    """
    from crawler.compare import story_queries
    from crawler.compare.stories import story_of

    with open_store(store) as opened, opened.reading() as connection:
        number = story_queries.story_of(connection, id_)
        if number is None:
            raise BadInput(f"there is no article {id_}; `thoisu stories` lists the stories")
        found = story_of(story_queries.pages_of(connection, number))
        alike = story_queries.look_alikes(connection, number)
        _say_waiting(connection)
    if json_:
        print_json({"id": number, **asdict(found), "look_alikes": [asdict(row) for row in alike]}, alone=True)
        return
    screen = console()
    screen.print(shown(found.members[0].title), style="bold", soft_wrap=True)
    screen.print(f"story {number}, {len(found.members)} pages" + (f", wire {shown(found.wire)}" if found.wire else ""))
    for place, page in enumerate(found.members):
        _show(page, screen, first=place == 0)
    if alike:
        screen.print("\non the same template, not the same text", style="bold")
    for row in alike:
        screen.print(shown(f"{row.article_id}  {local(row.at)}  {row.title}"), soft_wrap=True)
        screen.print(shown(f"   {row.because or ''}"), style="dim", soft_wrap=True)


def _show(page: Member, screen: Console, *, first: bool) -> None:
    line = f"\n{local(page.at)}  {page.site or '-'}  {page.title}"
    screen.print(shown(line.strip()) if first else shown(line[1:]), style="bold" if first else "", soft_wrap=True)
    screen.print(f"  {shown(page.url)}", style="dim", soft_wrap=True)
    if not first and not (page.added or page.dropped or page.changed):
        screen.print("  the same text")
    for sign, style, paragraphs in (
        ("-", "red", page.dropped), ("+", "green", page.added), ("~", "yellow", [new for _, new in page.changed]),
    ):  # fmt: skip
        for text in paragraphs:
            cut = text if len(text) <= _LONG else text[:_LONG] + "…"
            screen.print(f"  {sign} {shown(cut)}", style=style, soft_wrap=True)


def relate_new(store: Store) -> tuple[int, int, int]:
    """Compare what is new or revised; how many changes, articles and pairs of copies that were."""
    from crawler.compare.relate import Relater

    relater = Relater(store)
    waiting = relater.waiting()
    done = _show_progress(relater.relate(), waiting, "comparing") if waiting else []
    return waiting, sum(step.articles for step in done), sum(step.pairs for step in done)


def relate_by_hand(url: str | None) -> None:
    """What a command that has brought articles ends with; they are stored, whatever becomes of this."""
    try:
        with open_store(url, reading=False) as opened:
            relate_new(opened)
    except StoreFailed as failure:
        console(stderr=True).print(shown(f"not compared yet, {failure}: thoisu relate"), style="yellow", soft_wrap=True)


def _say_waiting(connection: Connection) -> None:
    from crawler.compare.relate import waiting

    if number := waiting(connection):
        line = f"{number} changes are not compared yet: thoisu relate, or leave it to thoisu schedule"
        console(stderr=True).print(line, style="yellow", soft_wrap=True)


def _show_progress(steps: Iterable[RelateBatch], total: int, doing: str) -> list[RelateBatch]:
    """Run the steps; on a terminal a line tells how far they are."""
    done: list[RelateBatch] = []
    with console(stderr=True).status(doing) as status:
        for step in steps:
            done.append(step)
            status.update(f"{doing}: {sum(one.articles for one in done)} of {total}")
    return done

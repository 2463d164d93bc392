"""`thoisu relate`, `stories`, `story`, `reindex`: who published a text first, and what the others made of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.common import StoreOption, console, local, moment, open_store, print_json, shown
from crawler.errors import BadInput, StoreFailed

if TYPE_CHECKING:
    from rich.console import Console

    from crawler.compare.relate import RelateBatch
    from crawler.compare.stories import Member, Story
    from crawler.store import Store

_LONG = 160  # letters of a paragraph that are shown


def relate(
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="The counts as one object.")] = False,
) -> None:
    """Find copies among new and revised articles.

    Each is compared with those of the three days before and after it.

    Goes on where it stopped; a crawl may run beside it. `thoisu stories` and
    `thoisu story` do it first by themselves.

    \b
    Examples:
      thoisu relate
      thoisu crawl nhandan && thoisu relate --json
    """
    with open_store(store) as opened:
        changes, articles, pairs = _relate(opened)
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
    with open_store(store) as opened:
        _relate(opened)
        with opened.reading() as connection:
            rows = story_queries.list_stories(connection, site, after, pages, limit)
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
    from crawler.compare.stories import tell

    with open_store(store) as opened:
        _relate(opened)
        with opened.reading() as connection:
            number = story_queries.story_of(connection, id_)
            if number is None:
                raise BadInput(f"there is no article {id_}; `thoisu stories` lists the stories")
            told = tell(story_queries.tellings(connection, number))
            alike = story_queries.look_alikes(connection, number)
    if json_:
        print_json({"id": number, **_as_dict(told), "look_alikes": [asdict(row) for row in alike]}, alone=True)
        return
    screen = console()
    screen.print(shown(told.first.title), style="bold", soft_wrap=True)
    screen.print(f"story {number}, {len(told.members)} pages" + (f", wire {shown(told.wire)}" if told.wire else ""))
    for member in told.members:
        _show(member, screen, first=member.telling is told.first)
    if alike:
        screen.print("\non the same template, not the same text", style="bold")
    for row in alike:
        screen.print(shown(f"{row.article_id}  {local(row.at)}  {row.title}"), soft_wrap=True)
        screen.print(shown(f"   {row.because or ''}"), style="dim", soft_wrap=True)


def _as_dict(told: Story) -> dict[str, Any]:
    pages = []
    for member in told.members:
        page = asdict(member)
        telling = page.pop("telling")
        telling.pop("paragraphs")
        pages.append(telling | page)
    return {"wire": told.wire, "first": told.first.url, "members": pages}


def _show(member: Member, screen: Console, *, first: bool) -> None:
    page = member.telling
    line = f"\n{local(page.at)}  {page.site or '-'}  {page.title}"
    screen.print(shown(line.strip()) if first else shown(line[1:]), style="bold" if first else "", soft_wrap=True)
    screen.print(f"  {shown(page.url)}", style="dim", soft_wrap=True)
    if not first and not (member.added or member.dropped or member.changed):
        screen.print("  the same text")
    for sign, style, paragraphs in (
        ("-", "red", member.dropped), ("+", "green", member.added), ("~", "yellow", [new for _, new in member.changed]),
    ):  # fmt: skip
        for text in paragraphs:
            cut = text if len(text) <= _LONG else text[:_LONG] + "…"
            screen.print(f"  {sign} {shown(cut)}", style=style, soft_wrap=True)


def _relate(opened: Store) -> tuple[int, int, int]:
    """Bring the relations up to date; a store that cannot be written is shown as it is."""
    from crawler.compare.relate import Relater

    relater = Relater(opened)
    waiting = relater.waiting()
    try:
        done = _show_progress(relater.relate(), waiting, "comparing") if waiting else []
    except StoreFailed as failure:
        if failure.reason != "read_only":
            raise
        done = []
    return waiting if done else 0, sum(step.articles for step in done), sum(step.pairs for step in done)


def _show_progress(steps: Iterable[RelateBatch], total: int, doing: str) -> list[RelateBatch]:
    """Run the steps; on a terminal a line tells how far they are."""
    done: list[RelateBatch] = []
    with console(stderr=True).status(doing) as status:
        for step in steps:
            done.append(step)
            status.update(f"{doing}: {sum(one.articles for one in done)} of {total}")
    return done

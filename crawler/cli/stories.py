"""`thoisu stories` and `story`: who published a text first, and what the others made of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.common import SitesOption, StoreOption, chosen_names, local, moment, open_store
from crawler.cli.language import spoken, spoken_of_many, word_of
from crawler.cli.lists import Column, Row, note, piped, print_aligned, print_tabbed, say_more
from crawler.errors import BadInput
from crawler.process import shown
from crawler.process.output import console, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from crawler.compare.stories import Member
    from crawler.store.rows import LookAlike, StoryRow

_USUAL = 50  # stories of a list for which nobody has set a limit
_LONG = 160  # letters of a paragraph that are shown


def stories(
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="With a page since 2026-08-01, or 2026-08-01T06:30.")
    ] = None,
    site: SitesOption = None,
    pages: Annotated[int, typer.Option(metavar="N", min=1, help="On so many pages or more.")] = 1,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="How many at most; default: 50.")] = None,
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a story.")] = False,
) -> None:
    """List texts, each with the pages it stands on.

    The latest first. Exact copies, abridged and extended ones make one story; those that only share a template
    and those that tell a later state of the news do not.

    \b
    Examples:
      thoisu stories --since 2026-08-01 --pages 2
      thoisu stories --site nhandan --json
    """
    from crawler.compare import story_queries
    from crawler.compare.relate import waiting

    after = moment(since) if since is not None else None
    with open_store(store) as opened:
        names = chosen_names(opened, site)
        with opened.reading() as connection:
            found = story_queries.list_stories(connection, names, after, pages, limit or _USUAL + 1)
        _say_waiting(waiting(opened))
    rows = found[: limit or _USUAL]
    if json_:
        for row in rows:
            print_json(asdict(row))
    elif piped():
        for row in rows:
            first, of = row.pages[0], dict.fromkeys(page.site or "-" for page in row.pages)
            print_tabbed((str(row.id), local(first.at), str(len(row.pages)), ",".join(of), first.title))
    elif rows:
        _list(rows, console())
    if not (rows or json_):
        note(spoken("no story of this kind"))
    if len(found) > len(rows):
        say_more(len(rows))


def _list(rows: Sequence[StoryRow], screen: Console) -> None:
    lines = []
    for row in rows:
        first, count, sites = row.pages[0], len(row.pages), dict.fromkeys(page.site or "-" for page in row.pages)
        pages = spoken_of_many("{n} page", "{n} pages", count)
        below = f"{local(first.at)}  {pages}: {', '.join(sites)}"
        lines.append(Row((str(row.id), first.title), style="bold", below=[below]))
    print_aligned([Column("id", right=True, whole=True), Column("title")], lines, screen)


def story(
    id_: Annotated[int, typer.Argument(metavar="ID", help="Number of a story, or of any article in it.")],
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="Pages, changes and look-alikes as one object.")] = False,
) -> None:
    """Show who published a text first.

    And what each of the others added (+), dropped (-) or changed (~), and to which earlier page it is nearest.

    \b
    Examples:
      thoisu story 12
      thoisu story 12 --json
    """
    from crawler.compare import story_queries
    from crawler.compare.relate import waiting

    with open_store(store) as opened:
        with opened.reading() as connection:
            found = story_queries.view(connection, id_)
        if found is None:
            raise BadInput(f"there is no article {id_}; `thoisu stories` lists the stories")
        _say_waiting(waiting(opened))
    if json_:
        alike, updates = ([asdict(row) for row in rows] for rows in (found.look_alikes, found.updates))
        print_json({"id": found.id, **asdict(found.story), "look_alikes": alike, "updates": updates}, alone=True)
        return
    screen, wire = console(), found.story.wire
    first, *others = found.story.members
    screen.print(shown(first.title), style="bold", soft_wrap=True)
    pages = spoken("story {id}, {n} pages", id=found.id, n=len(others) + 1)
    screen.print(pages + (spoken(", wire {name}", name=shown(wire)) if wire else ""))
    _show(first, screen, first=True)
    for member in others:
        _show(member, screen, first=False)
    _show_others("another state of the same news", found.updates, screen)
    _show_others("on the same template, not the same text", found.look_alikes, screen)


def _show_others(heading: str, rows: Sequence[LookAlike], screen: Console) -> None:
    if rows:
        screen.print(f"\n{spoken(heading)}", style="bold")
    for row in rows:
        screen.print(shown(f"{row.article_id}  {local(row.at)}  {row.title}"), soft_wrap=True)
        screen.print(shown(f"   {row.because or ''}".rstrip()), style="dim", soft_wrap=True)


def _say_waiting(count: int) -> None:
    if count:
        text = spoken_of_many(
            "{n} article is not compared yet; do it with: thoisu relate",
            "{n} articles are not compared yet; do it with: thoisu relate",
            count,
        )
        console(stderr=True).print(text, soft_wrap=True)


def _show(member: Member, screen: Console, *, first: bool) -> None:
    line = f"\n{local(member.at)}  {member.site or '-'}  {member.title}"
    screen.print(shown(line.strip()) if first else shown(line[1:]), style="bold" if first else "", soft_wrap=True)
    screen.print(f"  {shown(member.url)}", style="dim", soft_wrap=True)
    if member.credit:
        screen.print(f"  {spoken('source: {name}', name=shown(member.credit))}", style="dim", soft_wrap=True)
    if near := member.nearest:
        said = spoken("nearest: {url} ({relation}, {share} in common)", url=shown(near.url),
                      relation=word_of("relation", near.relation), share=f"{near.jaccard:.0%}")  # fmt: skip
        screen.print(f"  {said}", style="dim", soft_wrap=True)
    if not first and not (member.added or member.dropped or member.changed):
        screen.print(f"  {spoken('the same text')}")
    for sign, style, paragraphs in (
        ("-", "red", member.dropped), ("+", "green", member.added), ("~", "yellow", [new for _, new in member.changed]),
    ):  # fmt: skip
        for text in paragraphs:
            cut = text if len(text) <= _LONG else text[:_LONG] + "…"
            screen.print(f"  {sign} {shown(cut)}", style=style, soft_wrap=True)

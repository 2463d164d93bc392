"""`thoisu articles` and `show`: what the store holds."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.common import (
    MOST,
    SitesOption,
    StoreOption,
    known_here,
    local,
    moment,
    open_store,
    site_names,
    stored,
    typed,
)
from crawler.process import shown
from crawler.process.output import console, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from crawler.store import Store, StoredArticle

_EVENTS = {"withdrawn": ("withdrawn: the page is gone", "red"), "restored": ("restored: the page is back", "green")}


def articles(
    site: SitesOption = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Published since 2026-08-01, or 2026-08-01T06:30.")
    ] = None,
    text: Annotated[
        list[str] | None,
        typer.Option(
            metavar="QUERY",
            help="With this in title, lead or body, as `thoisu search` finds it; with each when repeated.",
        ),
    ] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="How many at most.")] = 50,
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object an article.")] = False,
) -> None:
    """List stored articles, newest first.

    \b
    Examples:
      thoisu articles --site nhandan --since 2026-08-01
      thoisu articles --text "nghi quyet" --limit 10 --json
    """
    begin = moment(since) if since is not None else None
    texts = [typed(one) for one in text or ()]
    with open_store(store) as opened:
        names = known_here(site or (), site_names(opened)) if site else []
        rows = opened.articles(sites=names, since=begin, texts=texts, limit=min(limit, MOST))
    if json_:
        for row in rows:
            print_json(asdict(row))
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("id", justify="right")
    table.add_column("published", no_wrap=True)
    table.add_column("site")
    table.add_column("title", ratio=1)
    for row in rows:
        marks = [f"revision {row.revision}"] * (row.revision > 1) + ["withdrawn"] * bool(row.withdrawn_at)
        title = shown(row.title) + (f" [{', '.join(marks)}]" if marks else "")
        table.add_row(str(row.id), local(row.published_at), row.site or "-", title)
    screen = console()
    screen.print(table if rows else "no article matches")


def show(
    id_: Annotated[int, typer.Argument(metavar="ID", help="Number of an article, as `thoisu articles` shows it.")],
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="Article, revisions, copies, changes as one object.")] = False,
) -> None:
    """Show an article with its revisions, copies and changes.

    With several revisions, also what the last one changed.

    \b
    Examples:
      thoisu show 12
      thoisu show 12 --json
    """
    with open_store(store) as opened:
        found = stored(opened, id_)
        if json_:
            print_json(record(found), alone=True)
        else:
            _show(opened, found, console())


def record(found: StoredArticle) -> dict[str, Any]:
    """All that the store holds of an article, as plain values."""
    return {
        **asdict(found.row),
        "article": found.article.to_dict(),
        "revisions": [asdict(row) for row in found.revisions],
        "copies": [asdict(row) for row in found.copies],
        "changes": [asdict(row) for row in found.changes],
    }


def _show(store: Store, found: StoredArticle, screen: Console) -> None:
    article = found.article
    screen.print(shown(article.title), style="bold")
    facts = [found.row.site, local(article.published_at), article.section, article.kind, *article.authors]
    screen.print(shown(" · ".join(fact for fact in facts if fact)), style="dim")
    if article.credit:
        screen.print(f"source: {shown(article.credit)}", style="dim")
    screen.print(shown(article.canonical_url), style="dim", soft_wrap=True)
    if found.row.withdrawn_at:
        screen.print(f"withdrawn {local(found.row.withdrawn_at)}", style="red")
    for paragraph in (article.lead, *article.body.split("\n")):
        if paragraph:
            screen.print()
            screen.print(shown(paragraph), style="italic" if paragraph is article.lead else "")
    for image in article.images:
        screen.print()
        screen.print(f"[image] {shown(image.caption) or '(no caption)'}", style="dim")
        screen.print(f"  {shown(image.url)}", style="dim", soft_wrap=True)
    _show_past(store, found, screen)


def _show_past(store: Store, found: StoredArticle, screen: Console) -> None:
    article = found.article
    screen.print("\nrevisions", style="bold")
    for revision in found.revisions:
        screen.print(f"  {revision.number}  {local(revision.fetched_at)}  {shown(revision.title)}")
    if found.copies:
        screen.print("\ncopies", style="bold")
    for copy in found.copies:
        gone = "  withdrawn" if copy.withdrawn_at else ""
        screen.print(f"  {local(copy.published_at)}  {copy.site or '-'}  {shown(copy.title)}{gone}")
        screen.print(f"  {shown(copy.canonical_url)}", style="dim", soft_wrap=True)
    screen.print("\nchanges", style="bold")
    for change in found.changes:
        words, style = _EVENTS.get(change.event, (change.event, ""))
        number = f" {change.revision}" if change.event == "revised" else ""
        screen.print(f"  {change.seq}  {local(change.at)}  {words}{number}", style=style)
        if change.url != article.canonical_url:
            screen.print(f"  {shown(change.url)}", style="dim", soft_wrap=True)
    if len(found.revisions) > 1:
        from crawler.cli.diff import print_diff
        from crawler.compare import compare

        before = store.revision(found.row.id, found.revisions[-2].number)
        screen.print(f"\nrevision {found.revisions[-1].number} against the one before", style="bold")
        print_diff(compare(before, article), screen)

"""`thoisu articles` and `show`: what the store holds."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.common import (
    MOST,
    SinceOption,
    SitesOption,
    StoreOption,
    TextsOption,
    TiersOption,
    UntilOption,
    all_sites,
    chosen_names,
    local,
    open_store,
    period,
    stored,
    texts_of,
)
from crawler.cli.language import spoken, word_of
from crawler.cli.lists import Column, Row, cell, print_rows, say_more
from crawler.errors import BadInput
from crawler.process import shown
from crawler.process.output import console, print_json, write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from crawler.store import ArticleRow, Store, StoredArticle

_USUAL = 50  # rows of a list for which nobody has set a limit
_EVENTS = {"withdrawn": ("withdrawn: the page is gone", "red"), "restored": ("restored: the page is back", "green")}


def articles(
    site: SitesOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    tier: TiersOption = None,
    text: TextsOption = None,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="How many at most; default: 50.")] = None,
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object an article.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="A table as `thoisu export` writes it.")] = False,
    with_: Annotated[
        str | None, typer.Option("--with", metavar="text", help="In JSON and CSV, also the current text.")
    ] = None,
) -> None:
    """List stored articles, newest first.

    \b
    Examples:
      thoisu articles --site nhandan --since 2026-08-01
      thoisu articles --text "nghi quyet" --limit 10 --json --with text
      thoisu articles --since 2026-08-01 --csv --limit 1000 > week.csv
    """
    if json_ and csv:
        raise BadInput("--json and --csv exclude each other")
    if with_ not in (None, "text"):
        raise BadInput(f"--with takes text, not {with_!r}")
    if with_ and not (json_ or csv):
        raise BadInput("--with text goes with --json or --csv; `thoisu show ID` shows a text")
    begin, end = period(since, until)
    texts = texts_of(text)
    with open_store(store) as opened:
        names = chosen_names(opened, site, tier)
        most = min(limit, MOST) if limit else _USUAL + 1
        found = opened.articles(sites=names, since=begin, until=end, texts=texts, limit=most)
        rows = found[: limit or _USUAL]
        if csv or with_:
            _print_whole(opened, rows, csv=csv, with_text=bool(with_))
    if json_ and not with_:
        for row in rows:
            print_json(asdict(row))
    elif not (csv or with_):
        columns = [Column("id", right=True, whole=True), Column("published", whole=True), Column("site", whole=True)]
        print_rows([*columns, Column("title")], map(_listed, rows), "no article matches")
    if len(found) > len(rows):
        say_more(len(rows))


def _listed(row: ArticleRow) -> Row:
    marks = [f"revision {row.revision}"] * (row.revision > 1) + ["withdrawn"] * bool(row.withdrawn_at)
    title = row.title + (f" [{cell(', '.join(marks))}]" if marks else "")
    return Row((str(row.id), local(row.published_at), row.site or "-", title))


def _print_whole(store: Store, rows: Sequence[ArticleRow], *, csv: bool, with_text: bool) -> None:
    """The articles as `thoisu export` has them, in JSON beside what every list has."""
    from crawler.export import COLUMNS, TEXTS, csv_line, read_rows
    from crawler.export.tables import BOM

    columns = [name for name in COLUMNS if with_text or name not in TEXTS]
    if csv:
        write_whole(BOM + csv_line(columns))
    listed = {row.id: row for row in rows}
    for row in read_rows(store, all_sites(), list(listed)):
        if csv:
            write_whole(csv_line(getattr(row, name) for name in columns))
        else:
            print_json({**{name: getattr(row, name) for name in columns if name != "url"}, **asdict(listed[row.id])})


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
    facts = [found.row.site, local(article.published_at), article.section, word_of("kind", article.kind)]
    facts += article.authors
    screen.print(shown(" · ".join(fact for fact in facts if fact)), style="dim")
    if article.credit:
        screen.print(spoken("source: {name}", name=shown(article.credit)), style="dim")
    screen.print(shown(article.canonical_url), style="dim", soft_wrap=True)
    if found.row.withdrawn_at:
        screen.print(f"{spoken('withdrawn')} {local(found.row.withdrawn_at)}", style="red")
    for paragraph in (article.lead, *article.body.split("\n")):
        if paragraph:
            screen.print()
            screen.print(shown(paragraph), style="italic" if paragraph is article.lead else "")
    for image in article.images:
        screen.print()
        caption = shown(image.caption) or f"({spoken('no caption')})"
        screen.print(f"[{spoken('image')}] {caption}", style="dim")
        screen.print(f"  {shown(image.url)}", style="dim", soft_wrap=True)
    _show_past(store, found, screen)


def _show_past(store: Store, found: StoredArticle, screen: Console) -> None:
    article = found.article
    screen.print(f"\n{spoken('revisions')}", style="bold")
    for revision in found.revisions:
        screen.print(f"  {revision.number}  {local(revision.fetched_at)}  {shown(revision.title)}")
    if found.copies:
        screen.print(f"\n{spoken('copies')}", style="bold")
    for copy in found.copies:
        gone = f"  {spoken('withdrawn')}" if copy.withdrawn_at else ""
        screen.print(f"  {local(copy.published_at)}  {copy.site or '-'}  {shown(copy.title)}{gone}")
        screen.print(f"  {shown(copy.canonical_url)}", style="dim", soft_wrap=True)
    screen.print(f"\n{spoken('changes')}", style="bold")
    for change in found.changes:
        words, style = _EVENTS.get(change.event, ("", ""))
        words = spoken(words) if words else word_of("event", change.event)
        number = f" {change.revision}" if change.event == "revised" else ""
        screen.print(f"  {change.seq}  {local(change.at)}  {words}{number}", style=style)
        if change.url != article.canonical_url:
            screen.print(f"  {shown(change.url)}", style="dim", soft_wrap=True)
    if len(found.revisions) > 1:
        from crawler.cli.diff import print_diff
        from crawler.compare import compare

        before = store.revision(found.row.id, found.revisions[-2].number)
        against = spoken("revision {n} against the one before", n=found.revisions[-1].number)
        screen.print(f"\n{against}", style="bold")
        print_diff(compare(before, article), screen)

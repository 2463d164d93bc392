"""`thoisu search`: what of the store has certain words, and the sentence that shows it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from crawler.cli.common import (
    SinceOption,
    SitesOption,
    StoreOption,
    TiersOption,
    UntilOption,
    chosen_names,
    local,
    open_store,
    period,
    typed,
)
from crawler.cli.language import spoken
from crawler.cli.lists import note, piped, print_tabbed, say_more
from crawler.errors import BadInput
from crawler.items import Kind
from crawler.process import shown
from crawler.process.output import console, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from crawler.store.search import SearchHit

_USUAL = 20  # hits of a list for which nobody has set a limit


def search(
    query: Annotated[str, typer.Argument(metavar="QUERY", help='Words, "phrases", OR, NOT or -, prefix*.')],
    site: SitesOption = None,
    tier: TiersOption = None,
    section: Annotated[str | None, typer.Option(metavar="NAME", help="Of this section.")] = None,
    kind: Annotated[str | None, typer.Option(metavar="KIND", help=f"One of {', '.join(get_args(Kind))}.")] = None,
    author: Annotated[str | None, typer.Option(metavar="NAME", help="Signed by this author.")] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    best: Annotated[bool, typer.Option("--best", help="Those with the words in the title first.")] = False,
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=1, max=10_000, help="How many at most; default: 20.")
    ] = None,
    before: Annotated[str | None, typer.Option(metavar="CURSOR", help="Behind this hit of an earlier list.")] = None,
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object an article.")] = False,
) -> None:
    """Search titles and texts, newest first.

    Syllables beside each other are a phrase. Without diacritics they are found
    with any, with diacritics only so. OR, NOT and - (before a word) connect
    phrases, parentheses group them, and nuoc* is found in whatever begins so.
    Names of sections and authors may lack their diacritics, too.

    \b
    Examples:
      thoisu search "nuoc sach"
      thoisu search 'nghị định 336' --tier central --since 2026-01-01
      thoisu search '"nước sạch" (Huế OR "Đà Nẵng") -"giá điện"' --best --json
    """
    from crawler.store.search import search as find

    if kind is not None and kind not in get_args(Kind):
        raise BadInput(f"--kind is one of {', '.join(get_args(Kind))}, not {kind!r}")
    begin, end = period(since, until)
    wanted = cast("Kind | None", kind)
    with open_store(store) as opened:
        names = chosen_names(opened, site, tier)
        with opened.reading() as connection:
            found = find(
                connection, typed(query), sites=names, section=section and typed(section), kind=wanted,
                author=author and typed(author), since=begin, until=end, order="best" if best else "newest",
                limit=limit or _USUAL + 1, before=before,
            )  # fmt: skip
    hits = found[: limit or _USUAL]
    if json_:
        for hit in hits:
            print_json(asdict(hit))
    elif piped():
        for hit in hits:
            gone = local(hit.withdrawn_at) if hit.withdrawn_at else ""
            cells = str(hit.article_id), local(hit.published_at), hit.site or "", hit.title, hit.snippet.text, gone
            print_tabbed(cells)
    else:
        _show(hits, console())
    if not (hits or json_):
        note(spoken("no article matches"))
    if len(found) > len(hits):
        say_more(len(hits), "--before", hits[-1].cursor)


def _show(hits: Sequence[SearchHit], screen: Console) -> None:
    from rich.text import Text

    for hit in hits:
        gone = f"  {spoken('withdrawn')}" if hit.withdrawn_at else ""
        screen.print(shown(hit.title), style="bold", soft_wrap=True)
        sentence = Text("  ")
        for piece, is_marked in hit.snippet.pieces():
            sentence.append(shown(piece), style="reverse" if is_marked else None)
        screen.print(sentence, soft_wrap=True)
        about = f"  {hit.article_id}  {local(hit.published_at)}  {hit.site or '-'}{gone}"
        screen.print(about, style="dim", soft_wrap=True)

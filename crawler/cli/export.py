"""`thoisu export`: stored articles in a file for a spreadsheet, a notebook or a reader."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crawler.cli.common import (
    SinceOption,
    SitesOption,
    StoreOption,
    TextsOption,
    TiersOption,
    UntilOption,
    all_sites,
    chosen_names,
    open_store,
    period,
    texts_of,
)
from crawler.cli.language import spoken
from crawler.process import shown
from crawler.process.output import console


def export(
    to: Annotated[
        Path, typer.Option(metavar="FILE", help="What to write: .csv, .xlsx, .jsonl, .md, or .parquet for a folder.")
    ],
    since: SinceOption = None,
    until: UntilOption = None,
    site: SitesOption = None,
    tier: TiersOption = None,
    text: TextsOption = None,
    store: StoreOption = None,
) -> None:
    """Write stored articles to a file, one a row, the oldest first.

    With the current text, publisher, tier, story, stated source and address;
    every time is Viet Nam's. CSV and Excel open by double click, and no cell is
    calculated: a text that begins like a formula gets an apostrophe, and ends
    where a cell does (32,767 characters). The others are whole. Parquet is a
    folder of files by day of publication. What stood there is replaced when all
    is written, else it stays.

    \b
    Examples:
      thoisu export --since 2026-08-01 --until 2026-08-07 --to week.csv
      thoisu export --tier ministry --text "nước sạch" --to water.xlsx
      thoisu export --to articles.parquet
    """
    from crawler.export import export as write
    from crawler.export import kind_of, read_rows
    from crawler.store.queries import article_numbers

    kind_of(to)
    begin, end = period(since, until)
    texts = texts_of(text)
    with open_store(store) as opened:
        names = chosen_names(opened, site, tier)
        with opened.reading() as connection:
            numbers = article_numbers(connection, names, begin, end, texts)
        count = write(read_rows(opened, all_sites(), numbers), to)
    saying = "{n} article in {path}" if count == 1 else "{n} articles in {path}"
    console().print(shown(spoken(saying, n=count, path=to)), soft_wrap=True)

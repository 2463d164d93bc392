"""`thoisu quarantine`: the pages that runs keep for repair, and writing them out as golden cases."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.common import SitesArgument, StoreOption, known_here, local, open_store, site_names
from crawler.cli.language import spoken_of_many
from crawler.cli.lists import Column, Row, cell, note, print_rows
from crawler.errors import BadInput
from crawler.process.output import print_json

if TYPE_CHECKING:
    from crawler.store.quarantine import KeptPage, PageContent


def quarantine(
    sites: SitesArgument = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FOLDER", help="Write them there, as SITE/NAME/page.html and so on.")
    ] = None,
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a page.")] = False,
) -> None:
    """List the pages that are kept for repair, or write them out.

    Kept are pages whose article could not be read and, while a layout is in doubt,
    examples of what it meets now. Each is written as a folder with page.html,
    article.json (what was read, or what the source said) and origin.json, as the
    golden cases of the tests are. A folder that is there stays as it is.

    \b
    Examples:
      thoisu quarantine
      thoisu quarantine nhandan --to kept
      thoisu capture nhandan kept/nhandan/NAME/page.html --url ADDRESS
    """
    from crawler.store import quarantine as kept

    folders: dict[KeptPage, Path] = {}
    stayed = 0
    with open_store(store) as opened, opened.reading() as connection:
        chosen = known_here(sites, site_names(opened)) if sites else None
        pages = kept.listed(connection, chosen)
        if to is not None:
            folders = {page: to / page.site / page.name for page in pages}
        for page, folder in folders.items():
            if (folder / "origin.json").exists():
                stayed += 1
            elif (content := kept.content(connection, page)) is not None:
                _write(folder, page, content)
    if json_:
        for page in pages:
            print_json(asdict(page) | ({"folder": str(folders[page])} if page in folders else {}))
        return
    columns = [Column("site", whole=True), Column("kept", whole=True), Column("reason", whole=True)]
    columns.append(Column("address") if to is None else Column("folder", whole=True))
    rows = [Row((page.site, local(page.at), _said(page), str(folders.get(page, page.url)))) for page in pages]
    print_rows(columns, rows, "no page is kept for repair")
    if stayed:
        texts = "{n} was there already and stays as it is", "{n} were there already and stay as they are"
        note(spoken_of_many(*texts, stayed))


def _said(page: KeptPage) -> str:
    from crawler.store.quarantine import EXAMPLE

    return cell(f"read by {page.detail}") if page.reason == EXAMPLE else page.reason


def _write(folder: Path, page: KeptPage, content: PageContent) -> None:
    """origin.json comes last, and says that the folder is whole; BadInput where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "page.html").write_bytes(content.body)
        for name, value in (("article.json", content.article), ("origin.json", page.origin)):
            (folder / name).write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise BadInput(f"cannot write to {folder}: {error.strerror or error}") from None

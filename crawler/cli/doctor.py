"""`thoisu doctor`: what is wrong with the settings, the store, the disk and the sites, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.common import StoreOption, all_sites, configured, is_there
from crawler.cli.lists import Column, Row, cell, print_rows
from crawler.configuration import DEFAULTS, Settings
from crawler.errors import BadInput, StoreFailed
from crawler.process import masked_address
from crawler.process.output import print_json

if TYPE_CHECKING:
    from crawler.deliver import Route
    from crawler.maintenance.diagnosis import Diagnosis

_STYLES = {"ok": "", "warning": "yellow", "error": "red"}


def doctor(
    whole: Annotated[bool, typer.Option("--whole", help="Check every rule of the store, however large it is.")] = False,
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Look at everything, and say of what is wrong what to do.

    Settings, the store and its change feed, the disk and how long it will do,
    the clock, sinks, spiders, the scheduler and what it does, the last backup,
    and how much a year brings. Nothing is changed.

    Exit code 1 when there is an error; a warning alone is none.

    \b
    Examples:
      thoisu doctor
      thoisu doctor --json | jq 'select(.state != "ok")'
    """
    found = list(_all(store, whole=whole))
    if json_:
        for one in found:
            print_json(asdict(one))
    else:
        columns = [Column("state", whole=True), Column("what", whole=True), Column("found"), Column("to do")]
        print_rows(
            columns,
            [Row([*map(cell, (one.state, one.what, one.finding, one.advice))], _STYLES[one.state]) for one in found],
            "nothing was looked at",
        )
    if any(one.state == "error" for one in found):
        raise typer.Exit(1)


def _all(url: str | None, *, whole: bool) -> Iterator[Diagnosis]:
    from crawler.maintenance import doctor as look
    from crawler.maintenance.diagnosis import error as wrong
    from crawler.store import Store

    yield from look.of_settings(configured)
    try:
        settings = configured()
    except BadInput:
        settings = DEFAULTS  # what is wrong with them was just said
    address = url or settings.database_url
    if not is_there(address):
        finding = f"there is no store at {masked_address(address)} yet"
        yield wrong("store", finding, "fill one: thoisu crawl nhandan, or thoisu restore FILE")
        yield from look.of_sites(all_sites, None)
        return
    schema = list(look.of_schema(address))
    yield from schema
    if schema[-1].state != "ok":
        yield from look.of_sites(all_sites, None)
        return
    now = datetime.now(UTC)
    try:
        with Store.open(address, reading=True) as opened:
            yield from look.of_store(opened, whole=whole)
            yield from look.of_watch(opened, now)
            yield from look.of_sites(all_sites, opened)
            yield from look.of_sinks(opened, lambda: _routes(settings), now)
            yield from look.of_keeping(opened, settings, now)
    except StoreFailed as failure:
        yield wrong("store", str(failure), failure.advice)
    except BadInput as error:
        yield wrong("store", str(error), "do what it says")


def _routes(settings: Settings) -> list[Route]:
    from crawler.cli.sinks import read_config

    return read_config(None) if settings.sinks.exists() else []

"""`thoisu doctor`: what is wrong with the settings, the store, the disk and the sites, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.common import StoreOption, is_there, sites_of
from crawler.cli.lists import Column, Row, cell, print_rows
from crawler.configuration import Settings
from crawler.errors import BadInput, StoreFailed
from crawler.process import masked_address
from crawler.process.output import print_json

if TYPE_CHECKING:
    from crawler.deliver import Route
    from crawler.maintenance.diagnosis import Diagnosis
    from crawler.sites import Sites

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

    try:
        settings, faults = Settings.sound()
    except BadInput as fault:  # nobody knows which store, sites and sinks are meant
        yield wrong("settings", str(fault), "mend it; nothing else is looked at before")
        return
    yield from look.of_settings(settings, faults)
    yield from look.of_messages(settings)
    try:
        yield from _of_store(url or settings.database_url, settings, whole=whole)
    except OSError as error:
        finding = f"{error.filename}: {error.strerror}"
        yield wrong("store", finding, "ask as the user whose store it is, or let this one read it")


def _of_store(address: str, settings: Settings, *, whole: bool) -> Iterator[Diagnosis]:
    from crawler.maintenance import doctor as look
    from crawler.maintenance.diagnosis import error as wrong
    from crawler.store import Store

    def sites() -> Sites:
        return sites_of(settings)

    if not is_there(address):
        finding = f"there is no store at {masked_address(address)} yet"
        yield wrong("store", finding, "fill one: thoisu crawl nhandan, or thoisu restore FILE")
        yield from look.of_sites(sites, None)
        return
    schema = list(look.of_schema(address))
    yield from schema
    if schema[-1].state != "ok":
        yield from look.of_sites(sites, None)
        return
    now = datetime.now(UTC)
    try:
        with Store.open(address, reading=True) as opened:
            yield from look.of_rights(opened)
            yield from look.of_store(opened, whole=whole)
            yield from look.of_polling(opened, now)
            yield from look.of_sites(sites, opened)
            yield from look.of_sinks(opened, settings, lambda: _routes(settings), now)
            yield from look.of_keeping(opened, settings, now)
    except StoreFailed as failure:
        yield wrong("store", str(failure), failure.advice)
    except BadInput as error:
        yield wrong("store", str(error), "do what it says")


def _routes(settings: Settings) -> list[Route]:
    from crawler.configuration import secret
    from crawler.deliver import read_routes

    return read_routes(settings.sinks, lambda: sites_of(settings), secret, settings)

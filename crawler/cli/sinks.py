"""`thoisu sinks`: how far each sink is, what is wrong with it, and setting it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.command import Command, Group
from crawler.cli.common import StoreOption, all_sites, configured, local, open_store
from crawler.cli.language import respoken, spoken, spoken_of_many, word_of
from crawler.cli.lists import Column, Row, cell, note, piped, print_rows
from crawler.errors import BadInput
from crawler.process.output import console, print_json

if TYPE_CHECKING:
    from crawler.deliver import Route, SinkStatus

_SHOWN = 3  # records set aside that a person sees at once
ConfigOption = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="Where the sinks are named; default: THOISU_SINKS.")
]


app = typer.Typer(name="sinks", cls=Group, rich_markup_mode=None)


@app.callback(invoke_without_command=True)
def sinks(
    context: typer.Context,
    resume: Annotated[str | None, typer.Option(metavar="SINK", help="Let a sink that waits be tried now.")] = None,
    config: ConfigOption = None,
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a sink.")] = False,
) -> None:
    """Show how far each sink is, and what is wrong with it.

    "behind" counts the changes that it has not yet been given, "for" says how
    long the first of them has waited. The state is new, ok, or what is wrong.

    \b
    Examples:
      thoisu sinks
      thoisu sinks --resume hook
      thoisu sinks rewind archive --from 1200
    """
    if context.invoked_subcommand is not None:
        if resume is not None or json_:
            raise BadInput(
                f"--resume and --json belong to `thoisu sinks` alone, not before {context.invoked_subcommand}"
            )
        return
    from crawler.deliver import sink_status
    from crawler.store import sink_cursors

    routes = read_config(config)
    with open_store(store, reading=resume is None) as opened:
        if resume is not None:
            (route,) = chosen(routes, [resume])
            with opened.writing() as connection:
                sink_cursors.resume(connection, route.name)
        statuses = [sink_status(opened, route, datetime.now(UTC)) for route in routes]
    if json_:
        for status in statuses:
            print_json(asdict(status))
    else:
        _print(statuses)


@app.command(cls=Command)
def rewind(
    context: typer.Context,
    sink: Annotated[str, typer.Argument(metavar="SINK", help="A sink, as `thoisu sinks` shows it.")],
    first: Annotated[int, typer.Option("--from", metavar="N", min=1, help="The first change to deliver again.")],
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Set a sink back, to deliver again from one change on.

    With the same keys; `thoisu deliver` does the rest. What was written before
    stays: files begin anew beside the old ones.

    \b
    Examples:
      thoisu sinks rewind archive --from 1200 && thoisu deliver archive
    """
    from crawler.store import changes, sink_cursors

    before = context.parent.params if context.parent else {}
    (route,) = chosen(read_config(config or before.get("config")), [sink])
    with open_store(store or before.get("store"), reading=False) as opened, opened.writing() as connection:
        last, now = changes.last_change(connection), datetime.now(UTC)
        if first > last + 1:
            raise BadInput(f"there is no change {first}; the last is {last}")
        cursor = sink_cursors.begin(connection, route.name, now).cursor
        sink_cursors.rewind(connection, route.name, first, now)
    said = spoken("{sink} was at change {n} and goes on with {first}", sink=sink, n=cursor, first=first)
    if first - 1 > cursor:
        said += spoken_of_many("; {n} change is left out", "; {n} changes are left out", first - 1 - cursor)
    console().print(said, soft_wrap=True)


def read_config(path: Path | None) -> list[Route]:
    """The sinks of a file, by default of THOISU_SINKS; BadInput says what is wrong with it."""
    from crawler.configuration import secret
    from crawler.deliver import read_routes

    return read_routes(path or configured().sinks, all_sites, secret, configured())


def chosen(routes: list[Route], names: list[str] | None) -> list[Route]:
    """The sinks of these names, all when there are none; BadInput for a name that no sink has."""
    known = {route.name: route for route in routes}
    if unknown := [name for name in names or () if name not in known]:
        raise BadInput(f"no sink is called {unknown[0]!r}; there are {', '.join(known) or 'none'}")
    return [known[name] for name in dict.fromkeys(names)] if names else routes


def span(seconds: float, filled: Callable[..., str] = spoken) -> str:
    """A time in its largest unit, for a person."""
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return filled(f"{{n}} {unit}", n=f"{seconds / length:.0f}")
    return filled("{n} s", n=f"{seconds:.0f}")


def _print(statuses: list[SinkStatus]) -> None:
    numbered = ("behind", "for", "delivered", "a second", "set aside")
    columns = [Column("sink", whole=True), Column("state", whole=True)]
    columns += [Column(name, right=True, whole=True) for name in numbered]
    rows = []
    for row in statuses:
        rate = "-" if row.rate is None else cell(f"{row.rate:.{0 if row.rate >= 10 else 1}f}")
        waits = span(row.behind_seconds, str.format if piped() else spoken) if row.behind else "-"
        state = row.state if piped() else word_of("sink", row.state)
        numbers = (str(row.behind), waits, str(row.delivered), rate, str(len(row.set_aside)))
        rows.append(Row((row.name, state, *numbers), "" if row.state in ("new", "ok") else "red"))
    print_rows(columns, rows, "no sink is configured")
    for row in statuses:
        for line in _troubles(row):
            note(line)


def _troubles(row: SinkStatus) -> list[str]:
    lines = []
    if row.last_error:
        text = "last failed {at}" if row.state == "ok" else "failed {at}"
        due = f", {spoken('next try {at}', at=local(row.next_try_at))}" if row.next_try_at else ""
        lines.append(f"{row.name}: {spoken(text, at=local(row.failed_at))}{due}")
        lines.append(f"  {respoken(row.last_error)}")
    for one in row.set_aside[:_SHOWN]:
        why = respoken(one.reason)
        lines.append(f"{row.name}: {spoken('change {seq} set aside: {why}', seq=one.seq, why=why)}")
    if len(row.set_aside) > _SHOWN:
        lines.append(f"  {spoken('and {n} more; --json shows all', n=len(row.set_aside) - _SHOWN)}")
    return lines

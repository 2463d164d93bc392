"""`thoisu gaps`: what may be missing, day by day, and why."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.common import StoreOption, known_here, local, open_store, site_names
from crawler.cli.language import spoken, spoken_of_many
from crawler.cli.lists import Column, Row, cell, piped, print_rows, remark
from crawler.errors import BadInput
from crawler.process import shown
from crawler.process.output import print_json
from crawler.text import day_of

if TYPE_CHECKING:
    from crawler.backfill import Completeness, Gap, LedgerEntry
    from crawler.discover import DayRange

_SAID = {
    "missing": "listed and not read yet",
    "lost": "listed and given up",
    "window": "newer items than the list shows came between two polls",
    "failed": "gives nothing since its last good poll",
    "silent": "lists nothing where it always did",
}
_SPANS = 4  # of days that are shown
_LONG = 44  # letters of a route that are shown


def gaps(
    sites: Annotated[list[str] | None, typer.Argument(metavar="SITE", help="Names of sites; none is all.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="First day, as 2026-08-01 or 1/8/2026; default: 30 days ago.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Last day; default: today.")] = None,
    days: Annotated[bool, typer.Option("--days", help="The whole ledger: every day and route, with counts.")] = False,
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List what may be missing of each site and day.

    Articles that some route lists and that are not stored, spans in which a feed
    showed nothing of what it had shown before, routes that give nothing now (at
    their last two polls, or all day) or fell silent. Days are Viet Nam's.
    Days on which nobody ever asked are told apart from those of which nothing is
    missing. `thoisu backfill --gaps` closes what can be closed.

    \b
    Examples:
      thoisu gaps
      thoisu gaps nhandan --since 2026-08-01
      thoisu gaps nhandan --days
    """
    from crawler.backfill import completeness, entries, gaps, never_asked
    from crawler.cli.backfill import span_of

    now = datetime.now(UTC)
    span = span_of(since, until, now, ("--since", "--until"), optional=True)
    with open_store(store) as opened:
        known = sorted(site_names(opened))
        for name in known_here(sites or (), known):
            if name not in known:
                raise BadInput(f"the store knows no site {name!r}; `thoisu crawl {name}` begins with it")
        names = [name for name in known if name in (sites or known)]
        if days:
            _ledger([entry for name in names for entry in entries(opened, name, span)], json_=json_)
            return
        found = [gap for name in names for gap in gaps(opened, name, span, now)]
        shares = {name: completeness(opened, name, span, now) for name in names}
        unasked = {name: never_asked(opened, name, span, now) for name in names}
    if json_:
        for gap in found:
            print_json(asdict(gap))
        for name, share in shares.items():
            never = [[days.first, days.last] for days in unasked[name]]
            rounded = round(share.share, 5) if share.claimed else None
            print_json({"site": name, **asdict(share), "share": rounded, "never_asked": never})
        return
    _show(found, shares, unasked, span, now)


def _show(
    found: list[Gap],
    shares: dict[str, Completeness],
    unasked: dict[str, list[DayRange]],
    span: DayRange,
    now: datetime,
) -> None:
    columns = [Column("site", whole=True), Column("days", whole=True), Column("number", right=True, whole=True)]
    rows = []
    for gap in found:
        days = f"{gap.first:%d/%m}" if gap.first == gap.last else f"{gap.first:%d/%m}–{gap.last:%d/%m}"
        rows.append(Row((gap.site, days, "?" if gap.number is None else str(gap.number), _route(gap.route), _why(gap))))
    if rows:
        print_rows([*columns, Column("route"), Column("state")], rows, "")
    for name, share in shares.items():
        if share.claimed:
            text = "{stored} of {all} listed are stored, {share}"
            said = spoken(text, stored=share.stored, all=share.claimed, share=f"{share.share:.2%}")
            if share.gaps:
                said += spoken_of_many(", {n} span in doubt", ", {n} spans in doubt", share.gaps)
            remark(f"{name}: {said}")
    for name, spans in unasked.items():
        if spans:
            remark(f"{name}: {_never(spans, span, now)}")
    if not found and any(not _is_all(spans, span, now) for spans in unasked.values()):
        asked = "nothing is known to be missing of the days that were asked"
        remark(spoken(asked if any(unasked.values()) else "nothing is known to be missing"))
    if not shares:
        remark(spoken("no site was ever asked"))


def _never(spans: list[DayRange], span: DayRange, now: datetime) -> str:
    """The days on which nobody asked, the last first when there are many."""
    if _is_all(spans, span, now):
        return spoken("never asked in these days")
    said = [
        f"{days.first:%d/%m}" if days.first == days.last else f"{days.first:%d/%m}–{days.last:%d/%m}" for days in spans
    ]
    more = spoken_of_many(" and {n} more span", " and {n} more spans", len(said) - _SPANS) if len(said) > _SPANS else ""
    return spoken("never asked on {days}", days=", ".join(said[-_SPANS:])) + more


def _is_all(spans: list[DayRange], span: DayRange, now: datetime) -> bool:
    return [(days.first, days.last) for days in spans] == [(span.first, min(span.last, day_of(now)))]


def _why(gap: Gap) -> str:
    said = cell(_SAID[gap.cause])
    if gap.since and gap.until:
        said += f", {local(gap.since)} – {local(gap.until)}"
    if gap.reason:
        said += f" ({gap.reason})"
    return said + ("; " + cell(f"a backfill could not: {gap.tried}") if gap.tried else "")


def _route(route: str) -> str:
    """A route for a person, and whole for a program."""
    return route if piped() else _path(route)


def _path(route: str) -> str:
    from urllib.parse import urlsplit

    parts = urlsplit(route)
    path = shown(parts.path + (f"?{parts.query}" if parts.query else ""))
    return path if len(path) <= _LONG else f"{path[: _LONG - 1]}…"


def _ledger(rows: list[LedgerEntry], *, json_: bool) -> None:
    if json_:
        for row in rows:
            print_json(asdict(row))
        return
    columns = [Column("site", whole=True), Column("day", whole=True), Column("route")]
    columns += [Column(name, right=True, whole=True) for name in ("claimed", "stored", "missing")]
    lines = []
    for row in rows:
        words = ", ".join(f"{reason} {number}" for reason, number in sorted(row.refused.items()))
        numbers = (row.claimed, row.stored, row.missing)
        lines.append(Row((row.site, f"{row.day:%d/%m/%y}", _route(row.route), *map(str, numbers), words)))
    print_rows([*columns, Column("refused")], lines, "no route has listed anything for these days")

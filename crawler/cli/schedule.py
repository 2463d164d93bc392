"""`thoisu schedule` and `status`: the watch, what it did and what it does next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.common import (
    StoreOption,
    all_sites,
    chosen_sites,
    console,
    local,
    open_store,
    papers_of,
    print_json,
    shown,
    site_named,
)

if TYPE_CHECKING:
    from rich.console import Console

    from crawler.schedule.agenda import AgendaEntry
    from crawler.schedule.pace import Pace
    from crawler.store import Store
    from crawler.store.budget import Purpose

_DAYS = timedelta(days=30)  # over which completeness is told
_ROUND = timedelta(minutes=3)  # looks that one round has made, at most
_GAVE = {"200": "nothing new", "304": "nothing new", None: "-"}
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a site.")]
Sites = Annotated[list[str] | None, typer.Argument(metavar="SITE", help="Names of sites; none is all.")]


def schedule(
    sites: Sites = None,
    newsroom: Annotated[
        str | None, typer.Option(metavar="URL", help="Watch the papers of an embedded newsroom.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Look at the sites again and again, each when it is due.

    New sites are begun one a minute. What is due runs in a process of its own. When to look next stands in the
    store, so it can be stopped or killed at any time and goes on where it was.
    A second one on the same store stands by and takes over when the first ends.

    \b
    Examples:
      thoisu schedule
      thoisu schedule nhandan baochinhphu
      thoisu schedule --store postgresql://localhost/thoisu
      thoisu status
    """
    from crawler.alerts.notify import validated
    from crawler.schedule.scheduler import run
    from crawler.settings import THOISU_DATABASE_URL, THOISU_NOTIFY

    validated(THOISU_NOTIFY)
    known = papers_of(newsroom) if newsroom else all_sites()
    chosen = chosen_sites(sites or (), known)
    run(chosen, store_url=store or THOISU_DATABASE_URL, newsroom=newsroom)


def status(
    sites: Sites = None,
    store: StoreOption = None,
    json_: JsonOption = False,
) -> None:
    """Say when each site was looked at, what came, what is next.

    With it: articles of today, requests of today and how many it gets, the share
    of what is known that is stored (30 days), and how many findings are open.

    \b
    Examples:
      thoisu status
      thoisu status nhandan --json
    """
    now = datetime.now(UTC)
    with open_store(store) as opened:
        rows = [_row(opened, name, entries, now) for name, entries in watched(opened, sites)]
    if json_:
        for row in rows:
            print_json(row)
    elif rows:
        _table(rows, now, console())
        for row in rows if sites else ():
            _sources(row, console())


def watched(store: Store, names: Sequence[str] | None) -> list[tuple[str, list[AgendaEntry]]]:
    """The agenda by site; `BadInput` for a name that nobody knows."""
    from crawler.schedule import agenda

    with store.reading() as connection:
        entries = agenda.entries(connection)
    by_site = {site: list(of_site) for site, of_site in groupby(sorted(entries, key=_site), _site)}
    if not by_site:
        console(stderr=True).print("no site is watched yet; begin with: thoisu schedule")
    for name in names or ():
        if name not in by_site:
            site_named(name, all_sites())
            console(stderr=True).print(f"{name} is not watched yet; begin with: thoisu schedule", soft_wrap=True)
    return [(site, of_site) for site, of_site in by_site.items() if not names or site in names]


def _site(entry: AgendaEntry) -> str:
    return entry.site


def _row(store: Store, site: str, entries: list[AgendaEntry], now: datetime) -> dict[str, Any]:
    from crawler.backfill.ledger import completeness
    from crawler.discover.days import DayRange, day_in
    from crawler.schedule.agenda import ARTICLES
    from crawler.store.findings import opened

    upcoming = min((entry for entry in entries if entry.source != ARTICLES), key=lambda entry: entry.next_at)
    looked = [entry for entry in entries if entry.polled_at]
    last = max(looked, key=lambda entry: entry.polled_at or now, default=None)
    asked, limit = spent(store, site, now), read(store, site).budget.limit
    known = completeness(store, site, DayRange(day_in(now - _DAYS), day_in(now)), now)
    with store.reading() as connection:
        findings = len([finding for finding in opened(connection, [site]) if finding.site == site])
    return {
        "site": site,
        "polled_at": last.polled_at if last else None,
        "outcome": last.outcome if last else None,
        "came": _came(looked),
        "today": _today(store, site, now),
        "next_at": upcoming.next_at,
        "next": upcoming.source,
        "why": upcoming.why,
        "spent": sum(asked.values()),
        "left": max(0, limit - sum(asked.values())),
        "budget": limit,
        "completeness": round(known.share, 4) if known.claimed else None,
        "holes": known.gaps,
        "findings": findings,
        "sources": [asdict(entry) for entry in entries],
    }


def _came(looked: Sequence[AgendaEntry]) -> int:
    """New articles that the last looks have brought, those of one round together."""
    times = [entry.polled_at for entry in looked if entry.polled_at]
    return sum(entry.came for entry in looked if entry.polled_at and entry.polled_at > max(times) - _ROUND)


def read(store: Store, site: str) -> Pace:
    """The pace of a watched site, with the budget that holds for all sites if there is one."""
    from crawler.schedule import agenda
    from crawler.schedule.site_agenda import read_pace
    from crawler.settings import THOISU_BUDGET

    with store.reading() as connection:
        pace = read_pace(agenda.pace(connection, site) or "")
    pace.budget.limit = THOISU_BUDGET or pace.budget.limit
    return pace


def spent(store: Store, site: str, now: datetime) -> dict[Purpose, int]:
    """What was asked of the site today."""
    from crawler.store import budget as spending

    with store.reading() as connection:
        return spending.spent(connection, site, spending.day_of(now))


def _today(store: Store, site: str, now: datetime) -> int:
    from crawler.text.dates import VIETNAM

    midnight = now.astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
    return len(store.articles(site=site, since=midnight, limit=None))


def _table(rows: Sequence[dict[str, Any]], now: datetime, screen: Console) -> None:
    width = max(len(row["site"]) for row in rows)
    head = f"{'site':{width}}  {'last poll':11}  {'gave':>15}  {'today':>5}  {'next':11}  {'asked':>9}  {'whole':>6}"
    screen.print(head, style="bold", soft_wrap=True)
    for row in rows:
        gave = f"{row['came']} new" if row["came"] else _GAVE.get(row["outcome"], row["outcome"])
        asked = f"{row['spent']}/{row['budget']}"
        last = _short(row["polled_at"])
        following = _short(row["next_at"]) if row["next_at"] > now else "now"
        line = f"{row['site']:{width}}  {last:11}  {gave[:15]:>15}  {row['today']:>5}  {following:11}  {asked:>9}"
        whole = "-" if row["completeness"] is None else f"{row['completeness']:.1%}"
        screen.print(f"{line}  {whole:>6}", soft_wrap=True)
        screen.print(shown(f"{'':{width}}  {row['why']}"), style="dim", soft_wrap=True)
        if row["findings"]:
            screen.print(f"{'':{width}}  {row['findings']} findings are open: thoisu check {row['site']}", style="red")


def _short(at: datetime | None) -> str:
    return f"{local(at)[:5]} {local(at)[-5:]}" if at else "-"


def _sources(row: dict[str, Any], screen: Console) -> None:
    screen.print(f"\n{row['site']}", style="bold")
    for entry in row["sources"]:
        screen.print(shown(f"  {entry['source']}"), soft_wrap=True)
        if entry["polled_at"]:
            gave = f"{entry['came']} new" if entry["came"] else _GAVE.get(entry["outcome"], entry["outcome"])
            screen.print(f"    last {local(entry['polled_at'])}: {gave}")
        screen.print(shown(f"    next {local(entry['next_at'])}: {entry['why']}"), soft_wrap=True)

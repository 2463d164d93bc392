"""`thoisu pace`: when sites are looked at, and why then."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from crawler.cli.common import StoreOption, console, local, open_store, print_json, shown
from crawler.cli.schedule import JsonOption, Sites, read, spent, watched

if TYPE_CHECKING:
    from rich.console import Console

    from crawler.schedule.agenda import AgendaEntry
    from crawler.schedule.pace import Pace
    from crawler.store import Store

_NEXT = 5  # looks told of each source


def pace(
    sites: Sites = None,
    store: StoreOption = None,
    json_: JsonOption = False,
) -> None:
    """Explain when sites are looked at, and why.

    \b
    Examples:
      thoisu pace
      thoisu pace nhandan
    """
    now = datetime.now(UTC)
    with open_store(store) as opened:
        rows = [_paced(opened, name, entries, now) for name, entries in watched(opened, sites)]
    for row in rows:
        if json_:
            print_json(row)
        else:
            _explain(row, console(), whole=bool(sites))


def _paced(store: Store, site: str, entries: list[AgendaEntry], now: datetime) -> dict[str, Any]:
    from crawler.schedule.agenda import ARTICLES

    pace, asked = read(store, site), spent(store, site, now)
    sources = [_source(pace, entry, now) for entry in entries if entry.source != ARTICLES]
    reading = next(entry for entry in entries if entry.source == ARTICLES)
    rates = [pace.rate(source, now) * habits.weight for source, habits in pace.habits.items()]
    return {
        "site": site,
        "rate": round(sum(rates), 2) if rates else None,
        "budget": pace.budget.limit,
        "spent": asked,
        "left": max(0, pace.budget.limit - sum(asked.values())),
        "planned": pace.planned,
        "expected": round(pace.items(now), 1),
        "articles": {"next_at": reading.next_at, "why": reading.why},
        "sources": sources,
    }


def _source(pace: Pace, entry: AgendaEntry, now: datetime) -> dict[str, Any]:
    from crawler.schedule.rates import moment

    row = {"source": entry.source, "next_at": entry.next_at, "why": entry.why}
    if habits := pace.habits.get(entry.source):
        row |= {
            "rate": round(pace.rate(entry.source, now), 2),
            "first": round(habits.weight, 2),
            "window": habits.window,
            "failures": habits.failures,
            "planned": [moment(minute) for minute in pace.polls.get(entry.source, ())],
        }
    return row


def _explain(row: dict[str, Any], screen: Console, *, whole: bool) -> None:
    spent = ", ".join(f"{purpose} {number}" for purpose, number in row["spent"].items() if number)
    screen.print(row["site"], style="bold")
    if row["rate"] is None:
        screen.print("  how often it publishes is not known yet")
    else:
        screen.print(f"  {row['rate']:.1f} new articles an hour now; {row['expected']:.0f} more expected today")
    screen.print(f"  {row['left']} of {row['budget']} requests left today ({spent or 'none spent'})")
    screen.print(f"  {row['planned']} looks still planned today")
    for source in sorted(row["sources"], key=lambda source: source["next_at"]):
        screen.print(shown(f"  {source['source']}"), soft_wrap=True)
        screen.print(shown(f"    next {local(source['next_at'])}: {source['why']}"), soft_wrap=True)
        if whole and "rate" in source:
            _habits(source, screen)
    screen.print(
        shown(f"  known articles\n    next {local(row['articles']['next_at'])}: {row['articles']['why']}"),
        soft_wrap=True,
    )


def _habits(source: dict[str, Any], screen: Console) -> None:
    later = [local(at)[-5:] for at in source["planned"] if at > source["next_at"]]
    if later:
        screen.print(f"    then {', '.join(later[:_NEXT])}" + (" …" if len(later) > _NEXT else ""))
    screen.print(f"    {source['rate']:.1f} articles an hour, {source['first']:.0%} of them here before elsewhere")
    if source["window"]:
        screen.print(f"    shows {source['window']} articles")

"""`thoisu crawl`: the sites into the store, with progress by site and a summary."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.common import LogFormatOption, all_sites, begin_log, chosen_sites, configured, papers_of
from crawler.cli.language import respoken, spoken
from crawler.cli.lists import Column, Row, print_aligned
from crawler.cli.relate import relate_by_hand
from crawler.errors import BadInput, Refusal
from crawler.process import shown
from crawler.process.log_format import announce
from crawler.process.output import console, print_json
from crawler.sites import Sites

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from crawler.crawl import SiteReport

_EVERY = 5.0  # seconds between two plain lines of one site
_LIVE_ROWS = 12
_QUIET = 30.0  # seconds after which a site without news leaves the live table


def crawl(
    sites: Annotated[list[str] | None, typer.Argument(metavar="SITE", help="Names of sites; none is all.")] = None,
    source: Annotated[
        list[str] | None, typer.Option(metavar="URL", help="Look at this feed, sitemap or listing only. Repeatable.")
    ] = None,
    replay: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Answer from saved pages (replay.tsv) instead of the network.")
    ] = None,
    newsroom: Annotated[
        str | None, typer.Option(metavar="URL", help="Crawl the papers of an embedded newsroom.")
    ] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="The most articles a site.")] = None,
    revisit: Annotated[bool, typer.Option("--revisit", help="Ask the articles of the last days again.")] = False,
    log_format: LogFormatOption = None,
    store: Annotated[str | None, typer.Option(metavar="URL", help="Database; default: THOISU_DATABASE_URL.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a site on standard output.")] = False,
    due: Annotated[bool, typer.Option("--due", hidden=True, help="A round of the scheduler.")] = False,
) -> None:
    """Find, fetch, read and store what sites have published.

    Several sites at once, each with one request at a time. Ctrl-C ends after the pages under way; nothing found is
    lost. Exit code 1 when a site failed altogether.

    \b
    Examples:
      thoisu crawl nhandan baochinhphu vov
      thoisu crawl tuoitre --source https://tuoitre.vn/rss/tin-moi-nhat.rss
      thoisu crawl baodautu --replay saved-pages --store sqlite:///try.db
      thoisu crawl --newsroom http://127.0.0.1:8080
    """
    from crawler.crawl import crawl as run

    # Of "--source URL URL" the parser gives the second to SITE; no name of a site looks like an address.
    names = [name for name in sites or () if "://" not in name]
    sources = (*(source or ()), *(name for name in sites or () if "://" in name))
    chosen = choose(names, sources, newsroom)
    if due:
        from crawler.cli.round import round_of

        round_of(chosen, store or configured().database_url, newsroom, configured())
        return
    begin_log(log_format)
    with progress_of(len(chosen)) as progress:
        reports = run(
            chosen,
            store_url=store or configured().database_url,
            sources=sources,
            replay=replay,
            newsroom=newsroom,
            revisit=revisit,
            limit=limit,
            on_progress=progress,
            own=configured(),
        )
    if json_:
        for report in reports:
            # asdict() cannot copy a Counter
            print_json({field.name: getattr(report, field.name) for field in fields(report)})
    else:
        summary(reports, console())
    if any(report.error == "stopped" for report in reports):
        raise KeyboardInterrupt
    relate_by_hand(store)
    if any(report.error for report in reports):
        raise typer.Exit(1)


def choose(names: Iterable[str], sources: tuple[str, ...], newsroom: str | None) -> Sites:
    """The sites to crawl: the named ones, else the owners of `sources`, else all."""
    known = papers_of(newsroom) if newsroom else all_sites()
    if names or not sources:
        return chosen_sites(names, known)
    owners = {url: known.find(url) for url in sources}
    if orphan := next((url for url, owner in owners.items() if owner is None), None):
        raise BadInput(f"no site takes {orphan}; `thoisu which {orphan}` says why")
    return Sites(dict.fromkeys(owner for owner in owners.values() if owner is not None))


@contextmanager
def progress_of(count: int) -> Iterator[Callable[[SiteReport], None]]:
    """Shows the progress of `count` sites on standard error: a live table on a terminal, else a line now and then."""
    screen = console(stderr=True)
    if not screen.is_terminal:
        yield _plain_lines()
        return
    from rich.live import Live

    seen: dict[str, tuple[float, SiteReport]] = {}
    with Live(console=screen, refresh_per_second=8, transient=True) as live:

        def show(report: SiteReport) -> None:
            seen[report.site] = (time.monotonic(), report)
            live.update(_moving(seen, count))

        yield show


def _plain_lines() -> Callable[[SiteReport], None]:
    last: dict[str, float] = {}

    def show(report: SiteReport) -> None:
        if time.monotonic() - last.setdefault(report.site, time.monotonic()) >= _EVERY:
            last[report.site] = time.monotonic()
            text = "{site}: {new} new links, {pages} pages asked, {stored} stored"
            numbers = {"new": report.new, "pages": report.pages, "stored": _stored(report)}
            announce(spoken(text, site=report.site, **numbers))

    return show


def _moving(seen: Mapping[str, tuple[float, SiteReport]], count: int) -> Table:
    from rich.table import Table

    now = time.monotonic()
    names = ("site", "new links", "asked", "stored", "refused")
    table = Table(*map(spoken, names), box=None, pad_edge=False)
    active = sorted(seen.values(), key=lambda pair: pair[0], reverse=True)[:_LIVE_ROWS]
    for at, report in sorted(active, key=lambda pair: pair[1].site):
        if now - at < _QUIET:
            numbers = (report.new, report.pages, _stored(report), report.refused.total())
            table.add_row(report.site, *map(str, numbers), style="red" if report.error else "")
    stored = sum(_stored(report) for _, report in seen.values())
    table.add_row(spoken("{n} of {all} sites begun", n=len(seen), all=count), "", "", str(stored), "", style="bold")
    return table


def _stored(report: SiteReport) -> int:
    return report.created + report.revised + report.copied


def summary(reports: list[SiteReport], screen: Console) -> None:
    """The table at the end of a crawl, and a line for each site that failed."""
    numbers = (Column(name, right=True) for name in ("sources", "new links", "created", "revised", "copied"))
    columns = [Column("site", whole=True), *numbers, Column("refused"), Column("seconds", right=True)]
    rows = []
    for report in reports:
        words = ", ".join(f"{reason} {number}" for reason, number in report.refused.most_common())
        cells = (*_cells(report), words, respoken(f"{report.seconds:.1f}"))
        rows.append(Row(cells, style="red" if report.error else ""))
    if len(reports) > 1:
        rows.append(Row(_totals(reports), style="bold"))
    print_aligned(columns, rows, screen)
    for name in ("withdrawn", "restored"):
        if number := sum(getattr(report, name) for report in reports):
            screen.print(f"{spoken(name)}: {number}")
    for report in reports:
        if report.error and report.error != "stopped":
            failed = spoken("{site} failed: {error}", site=report.site, error=respoken(report.error))
            screen.print(shown(failed), style="red", soft_wrap=True)
        if report.refused[Refusal.OVER_BUDGET]:
            said = "today's requests are spent and the rest waits for tomorrow; THOISU_BUDGET gives it more a day"
            screen.print(f"{report.site}: {spoken(said)}", style="yellow", soft_wrap=True)


def _cells(report: SiteReport) -> list[str]:
    numbers: list[Any] = [report.sources, report.new, report.created, report.revised, report.copied]
    return [report.site, *map(str, numbers)]


def _totals(reports: list[SiteReport]) -> list[str]:
    names = ("sources", "new", "created", "revised", "copied")
    refused = sum(report.refused.total() for report in reports)
    sums = [str(sum(getattr(report, name) for report in reports)) for name in names]
    return [spoken("{n} sites", n=len(reports)), *sums, str(refused) if refused else "", ""]

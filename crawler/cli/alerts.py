"""`thoisu alerts`: words of which somebody wants to be notified."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from textwrap import fill
from typing import TYPE_CHECKING, Annotated

import typer

from crawler.cli.command import Command, Group
from crawler.cli.common import StoreOption, all_sites, configured, local, open_store, site_named, typed
from crawler.cli.language import language, respoken, spoken, spoken_of_many
from crawler.cli.lists import Column, Row, note, piped, print_rows, print_tabbed
from crawler.errors import BadInput
from crawler.process import shown
from crawler.process.output import console, print_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console

    from crawler.alerts import WaitingTarget

_WEEK = timedelta(days=7)
app = typer.Typer(
    name="alerts",
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="""Be notified of articles that have certain words.

    Of each new or revised article once, with the sentence; what a backfill
    brings is no news.

    \b
    Examples:
      thoisu alerts add "nước sạch" --notify mailto://user:password@example.org
      thoisu alerts list
      thoisu alerts run
    """,
)


@app.command(cls=Command)
def add(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="Words, phrases, AND, OR, NOT, parentheses.")],
    site: Annotated[list[str] | None, typer.Option(metavar="SITE", help="Of this site only. Repeatable.")] = None,
    notify: Annotated[
        list[str] | None,
        typer.Option(metavar="URL", help="An apprise URL or configuration; default: THOISU_NOTIFY. Repeatable."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would have found in the last week, and add nothing.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """Search for words in what comes from now on.

    Syllables beside each other are a phrase. Without diacritics they are found
    with any, with diacritics only so. AND, OR and NOT are written in capitals.

    \b
    Examples:
      thoisu alerts add "nước sạch"
      thoisu alerts add "nghi quyet OR nghi dinh" --site baochinhphu
      thoisu alerts add "nước sạch" --dry-run
      thoisu alerts add '"nước sạch" (Hà Nội OR Huế) NOT "giá điện"'
    """
    from crawler.alerts import alerts, hints, opened, parse, written
    from crawler.store import Store
    from crawler.store.queries import site_names

    words, known, names = typed(query), all_sites(), list(dict.fromkeys(site or ()))
    understood = written(parse(words))
    for target in notify or ():
        opened(target)
    if dry_run:
        _preview(words, [name for name in names if site_named(name, known)], store)
        return
    with Store.open(store or configured().database_url) as held:
        with held.reading() as connection:
            stored, there = site_names(connection), alerts.list_alerts(connection)
        for name in names:
            if name not in stored:
                site_named(name, known)
        asked = (parse(words), {*names}, {*(notify or ())})
        for one in there:
            if (parse(one.query), {*one.sites}, {*one.notify}) == asked:
                raise BadInput(f"alert {one.id} asks for the same already")
        number = alerts.add(held, words, names, notify or (), datetime.now(UTC))
    text = "alert {n}: {query}, in what comes from now on at {sites}"
    sites = ", ".join(names) or spoken("all sites")
    console().print(shown(spoken(text, n=number, query=understood, sites=sites)), soft_wrap=True)
    aside = console(stderr=True)
    for hint in hints(words):
        aside.print(shown(respoken(hint)), style="yellow", soft_wrap=True)
    if not (notify or configured().notify):
        aside.print(spoken("nobody is notified yet: give --notify, or set THOISU_NOTIFY"), style="yellow")


def _preview(words: str, names: Sequence[str], store: str | None) -> None:
    from crawler.alerts import hints
    from crawler.alerts.preview import would_find

    with open_store(store) as opened:
        found = list(would_find(opened, words, names, datetime.now(UTC) - _WEEK))
    columns = [Column("found", whole=True), Column("site", whole=True), Column("title"), Column("sentence")]
    rows = [Row((local(hit.found_at), hit.site or "-", hit.title, hit.sentence)) for hit in found]
    print_rows(columns, rows, "nothing of the last week has these words")
    if rows:
        found_there = spoken_of_many("{n} page in the last week", "{n} pages in the last week", len(rows))
        note(f"{found_there}; {spoken('those that repeat another are told once')}")
    for hint in hints(words):
        console(stderr=True).print(shown(respoken(hint)), style="yellow", soft_wrap=True)


@app.command("test", cls=Command)
def try_out(
    number: Annotated[int, typer.Argument(metavar="N", help="As `thoisu alerts list` shows it.")],
    store: StoreOption = None,
) -> None:
    """Send a message of an alert now, to try where it goes.

    Of the last page that it found. The alert goes on as if it had not been sent.

    Exit code 1 when a target did not take it.

    \b
    Examples:
      thoisu alerts test 3
    """
    from crawler.alerts import list_alerts
    from crawler.alerts.notify import split
    from crawler.alerts.preview import send_one

    with open_store(store) as opened:
        with opened.reading() as connection:
            alert = next((one for one in list_alerts(connection) if one.id == number), None)
        if alert is None:
            raise BadInput(f"there is no alert {number}; `thoisu alerts list` has them")
        found = send_one(opened, alert, alert.notify or split(configured().notify), language())
    for target, why in found.items():
        console().print(_line(f"{target}: {respoken(why or 'sent')}"), soft_wrap=True)
    if any(found.values()):
        raise typer.Exit(1)


@app.command("list", cls=Command)
def list_(
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object an alert.")] = False,
) -> None:
    """List the alerts: what was found and sent, what waits and why.

    \b
    Examples:
      thoisu alerts list
      thoisu alerts list --json
    """
    from crawler.alerts import alert_statuses, list_alerts, masked
    from crawler.alerts.notify import split

    with open_store(store) as opened, opened.reading() as connection:
        every, statuses = list_alerts(connection), alert_statuses(connection, split(configured().notify))
    screen = console()
    for alert in every:
        status, targets = statuses[alert.id], [masked(target) for target in alert.notify]
        if json_:
            about = {"id": alert.id, "query": alert.query, "sites": alert.sites, "notify": targets}
            print_json({**about, "added_at": alert.added_at, **asdict(status)})
            continue
        if piped():
            numbers = (status.found, status.sent, status.waiting)
            sites = ",".join(alert.sites)
            print_tabbed(
                (str(alert.id), alert.query, sites, local(alert.added_at), *map(str, numbers), " ".join(targets),
                 "; ".join(f"{one.target}: {one.reason}" for one in status.targets if one.reason))
            )  # fmt: skip
            continue
        screen.print(_line(f"{alert.id}  {alert.query}"), style="bold", soft_wrap=True)
        sites = ", ".join(alert.sites) or spoken("all sites")
        screen.print(_line(f"   {sites} · {spoken('since')} {local(alert.added_at)}"))
        if targets:
            screen.print(_line(f"   {spoken('to {names}', names=', '.join(targets))}"), soft_wrap=True)
        found = ", ".join(
            (
                spoken_of_many("{n} page found", "{n} pages found", status.found),
                spoken("{n} of them sent", n=status.sent),
                spoken_of_many("{n} waits", "{n} wait", status.waiting),
            )
        )
        if status.waiting and not status.targets:
            anybody = alert.notify or configured().notify
            found += spoken(" for the next `thoisu alerts run`" if anybody else ", as nobody is to be notified")
        screen.print(f"   {found}")
        _waiting(screen, status.targets)
    if not every and not json_:
        note(spoken("there is no alert; begin with: thoisu alerts add QUERY"))


def _line(text: str) -> str:
    return shown(text.translate({ord("\n"): " ", ord("\t"): " "}))


def _waiting(screen: Console, targets: Iterable[WaitingTarget]) -> None:
    for one in targets:
        texts = "{n} message since {at}", "{n} messages since {at}"
        screen.print(
            _line(f"   {one.target}: {spoken_of_many(*texts, one.messages, at=local(one.since))}"), soft_wrap=True
        )
        due = spoken("next try {at}", at=local(one.next_try_at))
        why = _line(f"{respoken(one.reason or 'not tried yet')}; {due}")
        indent = 6 * " "
        lines = fill(why, screen.width, initial_indent=indent, subsequent_indent=indent, break_long_words=False)
        screen.print(lines, soft_wrap=True)


@app.command(cls=Command)
def remove(
    number: Annotated[int, typer.Argument(metavar="N", help="As `thoisu alerts list` shows it.")],
    store: StoreOption = None,
) -> None:
    """End an alert, and forget what it found.

    \b
    Examples:
      thoisu alerts remove 3
    """
    from crawler.alerts import alerts

    with open_store(store, reading=False) as opened:
        alerts.remove(opened, number)
    console().print(spoken("alert {n} is removed", n=number))


@app.command(cls=Command)
def run(
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="The counts as one object.")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Search again what was passed over.")] = False,
) -> None:
    """Search what is new, and send what is due.

    The scheduler does it by itself; a crawl by hand does not.
    Findings of `thoisu check` go out with it. What cannot be sent is tried
    again later. An article that cannot be searched is passed over, and tried
    again when it is revised, once after an upgrade, and with --retry.

    Exit code 1 when something could not be sent.

    \b
    Examples:
      thoisu alerts run
      thoisu crawl nhandan && thoisu alerts run
      thoisu alerts run --retry
    """
    from crawler.alerts import alerts, digest, failing, flush, validated

    targets, now = validated(configured().notify), datetime.now(UTC)
    with open_store(store, reading=False) as opened:
        pages = alerts.write_messages(opened, now, targets, retry=retry, language=language())
        findings = digest.write_messages(opened, now, targets, language())
        sent, waiting = flush(opened, now, targets)
        with opened.reading() as connection:
            left = failing(connection, targets)
    if json_:
        print_json(
            {
                "pages": pages,
                "findings": findings,
                "sent": sent,
                "waiting": waiting,
                "failing": [asdict(one) for one in left],
            },
            alone=True,
        )
    else:
        screen = console()
        came = (
            spoken_of_many("{n} page", "{n} pages", pages),
            spoken_of_many("{n} finding", "{n} findings", findings),
        )
        screen.print(spoken("new in messages: {what}", what=", ".join(came)))
        texts = "{n} message sent, {waiting} could not be", "{n} messages sent, {waiting} could not be"
        screen.print(spoken_of_many(*texts, sent, waiting=waiting))
        _waiting(screen, left)
    if waiting:
        raise typer.Exit(1)

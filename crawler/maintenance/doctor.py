"""What is wrong around a store, a line for each thing, with what to do: `thoisu doctor`.

It changes nothing. What the monitor finds of sites and of their polling is asked of it (`crawler.monitor.health`) and
not looked for anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from crawler.alerts import notify
from crawler.configuration import DEFAULTS, Settings, doubts
from crawler.deliver import Route, sink_status
from crawler.errors import BadInput, StoreFailed, ThoisuError
from crawler.maintenance import backup, daily, tables
from crawler.maintenance.diagnosis import Diagnosis, error, ok, warning
from crawler.maintenance.room import room
from crawler.monitor import health
from crawler.monitor.own_checks import LATE
from crawler.monitor.store_checks import verify
from crawler.process import masked_address
from crawler.schedule import agenda
from crawler.sites import Sites
from crawler.store import Store, findings, heartbeats
from crawler.store.database import unwritable
from crawler.store.migrate import HEAD, version_of
from crawler.store.schema import changes
from crawler.text import SKEW, local_time

OLD_BACKUP = timedelta(days=7)
"""Age of the last backup from which that is said."""
WHOLE = 200_000
"""Changes up to which every rule of a store is checked unasked; each reads all of it."""
_SHOWN = 5
_HEALTH = {
    "schedule": "", "overdue": "no poll is overdue", "reach": "every scheduled site has given something",
    "clock": "it has not jumped", "workers": "no job waits that a worker should have taken",
    "passed_over": "every article could be worked on",
}  # fmt: skip
"""What `crawler.monitor.health` looks at, and what is said where it finds nothing."""
_RESTORE = "stop what uses the store, and take the last backup: thoisu restore FILE --force"


def of_settings(found: Settings, faults: Sequence[str]) -> Iterator[Diagnosis]:
    """The environment and `.env`: what cannot be meant, what nothing reads, whether sites see who asks."""
    slips = list(doubts())
    for fault in faults:
        yield error("settings", fault, "mend it; docs/settings.md lists them all")
    for slip in slips:
        finding, _, hint = slip.rpartition("; ")
        yield error("settings", finding or slip, hint if finding else "take one of them out")
    if not found.contact:
        finding = "THOISU_CONTACT is not set, so that sites do not see who asks"
        yield warning("settings", finding, "THOISU_CONTACT=desk@example.org")
    elif not slips and not faults:
        yield ok("settings", "every name is known, every value makes sense")


def of_messages(settings: Settings) -> Iterator[Diagnosis]:
    """Whether what is found can be told to somebody."""
    try:
        targets = notify.validated(settings.notify)
    except BadInput as fault:
        yield error("messages", str(fault), "mend THOISU_NOTIFY; without it thoisu schedule does not begin")
        return
    nobody = "THOISU_NOTIFY names nobody; thoisu check tells who asks"
    yield ok("messages", f"THOISU_NOTIFY names {len(targets)}" if targets else nobody)


def of_rights(store: Store) -> Iterator[Diagnosis]:
    """Whether this user may write the store, told without writing: a crawl, the schedule and whatever keeps a place
    must."""
    if store.url.get_backend_name() == "sqlite":
        may = not (store.url.database or "").startswith("file:") and unwritable(store.url) is None
    else:
        own = func.current_setting("default_transaction_read_only") == "off"
        query = select(~func.pg_is_in_recovery() & own & func.has_table_privilege("unnumbered", "INSERT"))
        with store.reading() as connection:
            may = bool(connection.scalar(query))
    if not may:
        shown = masked_address(store.url.render_as_string(hide_password=False))
        advice = "enough for who only reads; the schedule needs a user who may write, and on PostgreSQL the primary"
        yield error("store", f"this user can only read {shown}", advice)


def of_schema(address: str) -> Iterator[Diagnosis]:
    """Whether the store can be reached, and has the schema of this version; the last line says so."""
    shown = masked_address(address)
    try:
        with backup.unchanged(address) as store, store.reading() as connection:
            version = version_of(connection)
    except BadInput as fault:
        yield error("store", str(fault), "do what it says")
        return
    except StoreFailed as failure:
        of_a_file = failure.reason == "unreachable" and address.startswith("sqlite")
        advice = "let this user read the file and write in its folder" if of_a_file else failure.advice
        yield error("store", f"{shown}: {failure}", advice)
        return
    if version is None:
        yield error("store", f"{shown} holds no store", "fill one: thoisu crawl nhandan, or thoisu restore FILE")
    elif version == HEAD:
        yield ok("store", f"{shown} has the schema of this version, {HEAD}")
    elif version < HEAD:
        finding = f"{shown} has schema {version}; this version's is {HEAD}"
        yield warning("store", finding, "thoisu backup FILE copies it as it is; the next other command upgrades it")
    else:
        finding = f"{shown} has schema {version}; this version knows up to {HEAD}"
        yield error("store", finding, f"upgrade thoisu, or go back with the newer one: thoisu downgrade {HEAD}")


def of_store(store: Store, *, whole: bool) -> Iterator[Diagnosis]:
    """Whether the file is sound, and the store stands at one point of its change feed; every rule when `whole`."""
    with store.reading() as connection:
        last: int = connection.scalar(select(func.max(changes.c.seq))) or 0
        feed = _feed(connection)
        torn = _torn(connection)
    every = whole or last <= WHOLE
    faults = torn or (verify(store) if every else [])
    for fault in faults[:_SHOWN]:
        yield error("integrity", fault, _RESTORE)
    if len(faults) > _SHOWN:
        yield error("integrity", f"{len(faults) - _SHOWN} more of this kind", _RESTORE)
    if not faults:
        yield ok("integrity", "every rule holds" if every else "it can be read; every rule: thoisu doctor --whole")
    yield feed


def of_polling(store: Store, now: datetime) -> Iterator[Diagnosis]:
    """The scheduler, polls that are overdue, sites that give nothing, the clock; and what is open."""
    with store.reading() as connection:
        named = {entry.site for entry in agenda.entries(connection)}
        beat = heartbeats.last_beat(connection)
        open_ = findings.opened(connection)
        ahead = _ahead(connection, now)
    wrong = set()
    if ahead > SKEW:
        wrong.add("clock")
        finding = f"this machine's and the store's differ by {ahead.total_seconds():.0f} s"
        yield error("clock", finding, "set both by NTP (timedatectl)")
    for check, seen in health(store, named, now):
        wrong.add(check.name)
        say = error if check.urgent else warning
        finding = f"{seen.site}: {seen.evidence}" if seen.site else f"{check.says}: {seen.evidence}"
        yield say(check.name, finding, check.advice)
    for name, well in _HEALTH.items():
        if name not in wrong:
            yield ok(name, well or _scheduled(len(named), beat))
    if open_:
        yield warning("findings", f"{len(open_)} are open", "thoisu check says which, and what to do")
    else:
        yield ok("findings", "none is open")


def of_sites(sites: Callable[[], Sites], store: Store | None) -> Iterator[Diagnosis]:
    """Whether every spider can be read, and which scheduled sites none of them describes."""
    try:
        known = sites()
    except ThoisuError as fault:
        yield error("spiders", str(fault), "mend that file, or take it away")
        return
    unknown: list[str] = []
    if store is not None:
        with store.reading() as connection:
            unknown = sorted({entry.site for entry in agenda.entries(connection)} - known.keys())
    if unknown:
        advice = "name their folder in THOISU_SITES, or start thoisu schedule anew, which forgets them"
        yield warning("spiders", f"none names what is scheduled: {', '.join(unknown)}", advice)
    else:
        yield ok("spiders", f"{len(known)} sites are described")


def of_sinks(
    store: Store, settings: Settings, routes: Callable[[], Sequence[Route]], now: datetime
) -> Iterator[Diagnosis]:
    """Whether the sinks can be read, take what they are given, and keep up."""
    try:
        there = settings.sinks.exists()
    except OSError as fault:
        yield error("sinks", f"{fault.filename}: {fault.strerror}", "mend the file: docs/deliver.md")
        return
    if not there:
        if settings.sinks == DEFAULTS.sinks:
            yield ok("sinks", "none is configured")
        else:
            finding = f"THOISU_SINKS names {settings.sinks}, which is not there: nothing is delivered"
            yield warning("sinks", finding, "write it (docs/deliver.md), or take THOISU_SINKS out")
        return
    try:
        configured = routes()
    except ThoisuError as fault:
        yield error("sinks", str(fault), "mend the file: docs/deliver.md")
        return
    well = 0
    for route in configured:
        status = sink_status(store, route, now)
        if status.state not in ("new", "ok"):
            finding = f"{status.name} fails: {status.state}; {status.last_error or ''}"
            yield error("sinks", finding, f"mend it, then: thoisu sinks --resume {status.name}")
        elif status.behind and status.behind_seconds > LATE.total_seconds():
            finding = f"{status.name} is {status.behind} changes behind, {status.behind_seconds / 3600:.1f} hours"
            yield warning("sinks", finding, "let thoisu schedule run, or thoisu deliver --follow")
        else:
            well += 1
    if well == len(configured):
        yield ok("sinks", f"{well} keep up" if well else "none is configured")


def of_keeping(store: Store, settings: Settings, now: datetime) -> Iterator[Diagnosis]:
    """Room on the disk and how long it will do, what a year brings, the last backup, retention."""
    yield from room(store, settings, now)
    with store.reading() as connection:
        made, dropped = (heartbeats.last(connection, who) for who in (backup.WHO, daily.WHO))
    if made is None or now - made > OLD_BACKUP:
        finding = f"the last was made {local_time(made)}" if made else "none was ever made of this store"
        yield warning("backup", finding, "thoisu backup FILE, every night from cron")
    else:
        yield ok("backup", f"the last was made {local_time(made)}")
    yield ok("retention", f"ran last {local_time(dropped)}" if dropped else "the scheduler has not run it yet")


def _feed(connection: Connection) -> Diagnosis:
    try:
        seq = tables.point(connection)
    except StoreFailed as failure:
        return error("change feed", failure.detail, _RESTORE)
    return ok("change feed", f"all up to change {seq}", figures={"seq": seq})


def _torn(connection: Connection) -> list[str]:
    """What is wrong with a file of SQLite's (sqlite.org/pragma.html, quick_check)."""
    if connection.dialect.name != "sqlite":
        return []
    return [str(row[0]) for row in connection.exec_driver_sql("PRAGMA quick_check(5)") if row[0] != "ok"]


def _ahead(connection: Connection, now: datetime) -> timedelta:
    """How far the clock of the server, or the newest change, is off this machine's clock."""
    off = timedelta()
    if connection.dialect.name != "sqlite":
        off = abs(connection.scalars(select(func.clock_timestamp())).one() - now)
    newest: datetime | None = connection.scalar(select(changes.c.at).order_by(changes.c.seq.desc()).limit(1))
    return max(off, newest - now) if newest else off


def _scheduled(sites: int, beat: datetime | None) -> str:
    ran = f"; the scheduler ran last {local_time(beat)}" if beat else ""
    return f"{sites} sites are scheduled{ran}" if sites else "no site is scheduled; begin with: thoisu schedule"

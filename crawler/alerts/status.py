"""How far each alert has come: what was found, what of it was sent, and what waits for which target, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from crawler.alerts import alerts
from crawler.alerts.targets import key, masked, tag
from crawler.store import messages
from crawler.store.messages import Message

_Key = tuple[str, datetime]  # of what stands in a message: what it is about, and when it was written


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingTarget:
    """A target for which messages wait."""

    target: str
    """For a person's eyes, without its secrets."""
    messages: int
    pages: int
    """In these messages; 0 for findings."""
    since: datetime
    """When the first of them was written."""
    reason: str | None
    """Why the last try failed; None before the first."""
    next_try_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertStatus:
    """How far an alert has come."""

    found: int
    """Pages that have its words."""
    sent: int
    """Those of them in messages that all of their targets have taken."""
    waiting: int
    """The others, in messages or still in none."""
    targets: tuple[WaitingTarget, ...]


def alert_statuses(connection: Connection, setting: Iterable[str]) -> dict[int, AlertStatus]:
    """Of each alert by its number; `setting` has the targets of those that have none of their own."""
    names, totals = _names(connection, setting), alerts.totals(connection)
    unsent = messages.unsent(connection)
    pages = _pages(connection, unsent)
    found = {}
    for alert in alerts.list_alerts(connection):
        mine = [message for message in unsent if message.about == alerts.about(alert.id)]
        every, written = totals.get(alert.id, (0, 0))
        sent, targets = written - _sum(mine, pages), _by_target(mine, names, pages)
        found[alert.id] = AlertStatus(found=every, sent=sent, waiting=every - sent, targets=targets)
    return found


def failing(connection: Connection, setting: Iterable[str]) -> tuple[WaitingTarget, ...]:
    """The targets for which messages wait, of alerts and findings."""
    unsent = messages.unsent(connection)
    return _by_target(unsent, _names(connection, setting), _pages(connection, unsent))


def _by_target(unsent: list[Message], names: Mapping[str, str], pages: Mapping[_Key, int]) -> tuple[WaitingTarget, ...]:
    found = []
    for target in dict.fromkeys(message.target for message in unsent):
        mine = [message for message in unsent if message.target == target]
        waiting = WaitingTarget(
            target=names.get(target, f"a target that is no more {tag(target)}"),
            messages=len(mine),
            pages=_sum(mine, pages),
            since=min(message.made_at for message in mine),
            reason=next((message.last_error for message in mine if message.last_error), None),
            next_try_at=mine[0].next_try_at,
        )
        found.append(waiting)
    return tuple(found)


def _pages(connection: Connection, unsent: Iterable[Message]) -> dict[_Key, int]:
    """How many pages stand in each message of an alert, to whichever target."""
    first: dict[str, datetime] = {}
    for message in unsent:
        first[message.about] = min(message.made_at, first.get(message.about, message.made_at))
    found = {}
    for alert in alerts.list_alerts(connection):
        if (about := alerts.about(alert.id)) in first:
            counts = alerts.written(connection, alert.id, first[about])
            found.update({(about, at): count for at, count in counts.items()})
    return found


def _sum(unsent: Iterable[Message], pages: Mapping[_Key, int]) -> int:
    return sum(pages.get(message, 0) for message in {(message.about, message.made_at) for message in unsent})


def _names(connection: Connection, setting: Iterable[str]) -> dict[str, str]:
    every = {target for alert in alerts.list_alerts(connection) for target in alert.notify} | set(setting)
    return {key(target): masked(target) for target in every}

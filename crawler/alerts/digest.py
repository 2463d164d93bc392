"""Messages on findings: urgent ones within the hour, the others once a day, and that they are over."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from crawler.alerts.targets import key
from crawler.monitor import BY_NAME
from crawler.store import Store, findings, messages, subjects
from crawler.store.findings import Finding
from crawler.text import local_time

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
_SHOWN = 2  # examples of a finding


def write_messages(store: Store, now: datetime, targets: Collection[str]) -> int:
    """Write the messages that are due, each finding into one when it opens and into one when it has ended.

    The number of findings in them. A digest a day at most holds all that is new; urgent ones do not wait for it, but
    for an hour since the last message of their kind.
    """
    with store.reading() as connection:
        if not targets or not findings.unnotified(connection):
            return 0
    with store.writing_beside(subjects.job("alerts"), subjects.job("monitor")) as connection:
        new = findings.unnotified(connection)
        for about, interval, wanted in (
            ("digest", DAY, new),
            ("urgent", HOUR, [one for one in new if one.name in BY_NAME and BY_NAME[one.name].urgent]),
        ):
            last = messages.last(connection, about, now)
            if wanted and (last is None or now - last >= interval):
                messages.put(connection, about, map(key, targets), _title(wanted), compose(wanted), now)
                findings.note_notified(connection, [one.id for one in wanted], now)
                return len(wanted)
    return 0


def compose(found: Sequence[Finding]) -> str:
    """The text of a message."""
    return "\n\n".join(_over(one) if one.closed_at else _new(one) for one in found)


def _title(found: Sequence[Finding]) -> str:
    over = sum(one.closed_at is not None for one in found)
    parts = [f"{len(found) - over} new"] * (len(found) > over) + [f"{over} over"] * (over > 0)
    return f"thoisu: {', '.join(parts)}"


def _new(one: Finding) -> str:
    check = BY_NAME.get(one.name)
    lines = [f"{_what(one)}, since {local_time(one.since)}", *([f"{check.says}."] if check else []), one.evidence]
    lines += one.examples[:_SHOWN] + ((f"To do: {check.advice}",) if check else ())
    return "\n".join(lines)


def _over(one: Finding) -> str:
    return f"over: {_what(one)}, from {local_time(one.since)} to {local_time(one.closed_at or one.seen_at)}"


def _what(one: Finding) -> str:
    return " ".join(part for part in (one.name, one.site, one.subject) if part)

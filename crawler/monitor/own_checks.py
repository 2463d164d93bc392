"""Checks on what is ours: delivery, notices, the disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from crawler.monitor.view import View
from crawler.store import changes, messages, sink_cursors
from crawler.store import passed_over as passed
from crawler.store.findings import Observation

BROKEN = "checks"
"""The check that says of the others which could not be done."""
LATE = timedelta(hours=1)
"""How long a change may wait for a sink."""
FREE = 2 * 2**30
"""Bytes that must be free."""
_AGAIN = 1.5  # times as much ends the finding
_FAILURES = 3
_EXAMPLES = 3


def delivery(view: View) -> Iterator[Observation]:
    """A sink is behind: changes wait for it."""
    for sink in view.connection.execute(select(sink_cursors.sinks).order_by(sink_cursors.sinks.c.name)):
        since = sink_cursors.waiting_since(view.connection, sink.cursor)
        was = view.found("delivery", None, sink.name)
        if since is None or view.now - since < (LATE / 2 if was else LATE):
            continue
        waiting = changes.last_change(view.connection) - sink.cursor
        state = f"; {sink.state}: {sink.last_error}" if sink.failures and sink.last_error else ""
        yield Observation(None, sink.name, was.since if was else since, f"{waiting} changes wait{state}")


def notification(view: View) -> Iterator[Observation]:
    """Messages do not get through."""
    for about, count, since, error in messages.stuck(view.connection, _FAILURES):
        yield Observation(None, about, since, f"{count} wait; {error}")


def passed_over(view: View) -> Iterator[Observation]:
    """An article cannot be searched for alerts or compared with others, and was passed over."""
    found: dict[str, list[passed.PassedOver]] = {}
    for one in passed.listed(view.connection):
        found.setdefault(one.reader, []).append(one)
    for reader, those in found.items():
        evidence = f"{len(those)} article{'s' * (len(those) > 1)}; the last: {those[-1].reason}"
        examples = tuple(one.url for one in reversed(those[-_EXAMPLES:]))
        yield Observation(None, reader, those[0].at, evidence, examples)


def checks(view: View) -> Iterator[Observation]:
    """A check could not be done."""
    for name, error in view.broken.items():
        yield Observation(None, name, view.now, error)


def disk(view: View) -> Iterator[Observation]:
    """The disk is nearly full."""
    for name, folder in view.folders.items():
        place = next((path for path in (folder, *folder.parents) if path.is_dir()), None)
        if place is None:
            continue
        free = shutil.disk_usage(place).free
        bound = FREE * (_AGAIN if view.found("disk", None, name) else 1)
        if free < bound:
            yield Observation(
                None, name, view.now, f"{free / 2**30:.1f} GB free for the {name}", (str(folder.absolute()),)
            )

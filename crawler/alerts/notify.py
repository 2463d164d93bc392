"""Sends messages to people through apprise: mail, Telegram, Slack, webhooks and whatever else it knows.

A target is an apprise URL or the path of an apprise configuration. A message is written to the store together with the
note that its news stand in it; here it goes out, at least once, and whatever fails is tried again later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from crawler.alerts import alerts
from crawler.alerts.targets import heard, key, opened, reason
from crawler.errors import BadInput, ThoisuError
from crawler.store import LockTaken, Store, messages, subjects
from crawler.store.messages import Message

JOB = "notify"
_FIRST, _MOST = timedelta(minutes=5), timedelta(hours=6)  # between tries, doubled from one to the next
KEPT = timedelta(days=30)
"""How long messages are kept that got through."""


class Undelivered(ThoisuError):
    """A target took no message; the text says why."""


def split(setting: str) -> tuple[str, ...]:
    """The targets of a setting: URLs parted by white space, or one path."""
    return (setting,) if setting and Path(setting).is_file() else tuple(setting.split())


def validated(setting: str) -> tuple[str, ...]:
    """As `split`, of THOISU_NOTIFY; raises `BadInput` when apprise cannot make anything of a target."""
    try:
        for target in (found := split(setting)):
            opened(target)
    except BadInput as error:
        raise BadInput(f"THOISU_NOTIFY: {error}") from None
    return found


def send(target: str, title: str, body: str) -> None:
    """Send one message; raises `Undelivered`."""
    from apprise import NotifyFormat

    to = opened(target)
    with heard() as said:
        if not to.notify(title=title, body=body, body_format=NotifyFormat.TEXT):
            raise Undelivered(reason(target, said))


def flush(
    store: Store, now: datetime, targets: Iterable[str], stop: Callable[[], bool] = lambda: False
) -> tuple[int, int]:
    """Send what waits to `targets`, the setting's, or to those of an alert; how many got through, and how many not.

    Nothing when another process is about it. When `stop`, asked before each message, says so, the rest waits.
    """
    try:
        with store.lock(JOB):
            return _flush(store, now, list(targets), stop)
    except LockTaken:
        return 0, 0


def _flush(store: Store, now: datetime, targets: list[str], stop: Callable[[], bool]) -> tuple[int, int]:
    with store.reading() as connection:
        waiting = messages.unsent(connection)
        known = {key(target): target for alert in alerts.list_alerts(connection) for target in alert.notify}
    known |= {key(target): target for target in targets}
    through = left = 0
    shut: set[str] = set()  # targets that wait for a later try, and whose other messages wait behind it
    for message in waiting:
        if stop():
            break
        target = known.get(message.target)
        if target is None:
            _take_back(store, message)
        elif (
            message.target not in shut
            and not now < message.next_try_at <= now + _MOST
            and _deliver(store, message, target, now)
        ):
            through += 1
        else:
            shut.add(message.target)
            left += 1
    return through, left


def _take_back(store: Store, message: Message) -> None:
    """Drop a message whose target is no more; its pages are for the targets in its place."""
    with store.writing_beside(subjects.job("alerts")) as connection:
        messages.drop(connection, message.id)
        if not messages.others(connection, message):
            alerts.take_back(connection, message.about, message.made_at)


def _deliver(store: Store, message: Message, target: str, now: datetime) -> bool:
    try:
        send(target, message.title, message.body)
    except (Undelivered, BadInput) as error:
        wait = min(_FIRST * 2**message.failures, _MOST)
        with store.writing_beside(subjects.job("alerts")) as connection:
            messages.failed(connection, message, str(error), now + wait)
        return False
    with store.writing_beside(subjects.job("alerts")) as connection:
        messages.sent(connection, message.id, now)
    return True

"""Sends messages to people through apprise: mail, Telegram, Slack, webhooks and whatever else it knows.

A target is an apprise URL or the path of an apprise configuration. A message is written to the store together with the
note that its news are told; here it goes out, at least once, and whatever fails is tried again later.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.model import BadInput, ThoisuError
from crawler.store import Store, messages, watches
from crawler.store.alone import Taken

if TYPE_CHECKING:
    from apprise import Apprise

JOB = "notify"
_FIRST, _MOST = timedelta(minutes=5), timedelta(hours=6)  # between tries, doubled from one to the next
_KEPT = timedelta(days=30)  # messages that got through


class Undelivered(ThoisuError):
    """A target took no message; the text says why."""


def split(setting: str) -> tuple[str, ...]:
    """The targets of a setting: URLs parted by white space, or one path."""
    return (setting,) if setting and Path(setting).is_file() else tuple(setting.split())


def key(target: str) -> str:
    """What stands for a target in the store."""
    return hashlib.sha256(target.encode()).hexdigest()[:16]


def check(target: str) -> None:
    """Raise `BadInput` when apprise cannot make anything of a target."""
    _open(target)


def masked(target: str) -> str:
    """The target for a person's eyes, without its secrets."""
    if Path(target).is_file():
        return target
    return ", ".join(server.url(privacy=True) for server in _open(target))


def send(target: str, title: str, body: str) -> None:
    """Send one message; raises `Undelivered`."""
    from apprise import NotifyFormat
    from apprise.logger import LogCapture

    with LogCapture(level=logging.WARNING) as said:
        done = _open(target).notify(title=title, body=body, body_format=NotifyFormat.TEXT)
        if not done:
            lines = [line for line in said.getvalue().splitlines() if line.strip()]
            raise Undelivered(lines[-1].partition(" - ")[2] or lines[-1] if lines else "no reason given")


def flush(store: Store, now: datetime, targets: Iterable[str]) -> tuple[int, int]:
    """Send what waits to `targets`, the setting's, or to those of a watch; how many got through, and how many not.

    Nothing when another process is about it.
    """
    try:
        with store.alone(JOB):
            return _flush(store, now, list(targets))
    except Taken:
        return 0, 0


def _flush(store: Store, now: datetime, targets: list[str]) -> tuple[int, int]:
    with store.reading() as connection:
        waiting = messages.unsent(connection)
        known = {key(target): target for watch in watches.listed(connection) for target in watch.notify}
    known |= {key(target): target for target in targets}
    through = 0
    shut: set[str] = set()  # targets that wait for a later try, and whose other messages wait behind it
    for message in waiting:
        if message.target not in shut and not (message.next_try_at <= now and _deliver(store, message, known, now)):
            shut.add(message.target)
        through += message.target not in shut
    with store.writing() as connection:
        messages.forget(connection, now - _KEPT)
    return through, len(waiting) - through


def _deliver(store: Store, message: messages.Message, known: Mapping[str, str], now: datetime) -> bool:
    target = known.get(message.target)
    if target is None:
        with store.writing() as connection:
            messages.drop(connection, message.id)
        return True
    try:
        send(target, message.title, message.body)
    except (Undelivered, BadInput) as error:
        wait = min(_FIRST * 2**message.failures, _MOST)
        with store.writing() as connection:
            messages.failed(connection, message, str(error), now + wait)
        return False
    with store.writing() as connection:
        messages.sent(connection, message.id, now)
    return True


def _open(target: str) -> Apprise:
    try:
        from apprise import Apprise, AppriseConfig
    except ModuleNotFoundError:
        raise BadInput("messages need apprise: pip install 'thoisu[notify]'") from None
    found = Apprise()
    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    if Path(target).is_file():
        config = AppriseConfig()
        config.add(str(Path(target).absolute()))
        found.add(config)
        if not len(found):
            raise BadInput(f"{target} names no address that apprise knows; see https://appriseit.com")
    elif not found.add(target):
        scheme = target.partition("://")[0] if "://" in target else target
        raise BadInput(f"{scheme!r} begins no address that apprise knows, such as mailto:// or tgram://")
    return found

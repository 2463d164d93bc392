"""Where messages go: apprise URLs and configurations, what may be shown of them, and what apprise says of a failure."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from crawler.errors import BadInput

if TYPE_CHECKING:
    from apprise import Apprise

_MAIL = frozenset({"mailto", "mailtos"})
_WEB = frozenset({"json", "jsons", "xml", "xmls", "form", "forms"})  # whose host is a host, never a token
_LOUD = ("apprise", "urllib3")  # loggers that write addresses
_CAUSE = re.compile(r"\[Errno -?\d+\] ([^'\")\]]+)|(timed out)")
_PARTS = re.compile(r"[/?&=:@#,;\s\"'{}\[\]]+")
_SECRET = 4  # letters of the shortest part of an address that is looked for in what is said of it
_TAG = 4


def key(target: str) -> str:
    """What stands for a target in the store."""
    return hashlib.sha256(target.encode()).hexdigest()[:16]


def tag(key: str) -> str:
    """Enough of a target's key for a person to tell two of them apart."""
    return f"({key[:_TAG]})"


def masked(target: str) -> str:
    """The target for a person's eyes: what identifies it and is no secret, else its scheme and a tag."""
    if Path(target).is_file():
        return target
    try:
        return ", ".join(_shown(server, target) for server in opened(target))
    except BadInput:  # it was right when it was given: apprise or a file is gone since
        return f"{target.partition('://')[0]}://… {tag(key(target))}" if "://" in target else f"… {tag(key(target))}"


def _shown(server: Any, target: str) -> str:
    scheme = target.partition("://")[0].lower()
    if scheme in _MAIL:
        return f"mailto:{','.join(address for _, address in server.targets)}"
    port = f":{server.port}" if server.port else ""
    return f"{scheme}://{f'{server.host}{port}/' if scheme in _WEB else ''}… {tag(key(target))}"


def opened(target: str) -> Apprise:
    """The target as apprise has it; raises `BadInput`, which shows no more of it than its scheme."""
    try:
        from apprise import Apprise, AppriseConfig
    except ModuleNotFoundError:
        raise BadInput("messages need apprise: pip install 'thoisu[notify]'") from None
    found = Apprise()
    with heard():
        if Path(target).is_file():
            config = AppriseConfig()
            config.add(str(Path(target).absolute()))
            found.add(config)
            if not len(found):
                raise BadInput(f"{target} names no address that apprise knows; see https://appriseit.com")
        elif not found.add(target):
            raise BadInput(_fault(target))
    return found


def _fault(target: str) -> str:
    from apprise.manager_plugins import NotificationManager

    scheme, mark, _ = target.partition("://")
    if not mark:
        return "a target is a file of apprise's or an address that apprise knows, such as mailto:// or tgram://"
    schemes = NotificationManager()  # type: ignore[no-untyped-call]
    if scheme.lower() not in schemes:
        return f"{scheme!r} begins no address that apprise knows, such as mailto:// or tgram://"
    service = schemes[scheme.lower()]
    if not service.enabled:
        return f"{scheme}:// needs what is not installed here; see {service.setup_url}"
    return f"what follows {scheme}:// is not as apprise knows it; see {service.setup_url}"


@contextmanager
def heard() -> Iterator[list[str]]:
    """What apprise logs meanwhile: warnings, and the exceptions behind them; nothing of it goes to any other log."""
    said: list[str] = []
    loggers = [logging.getLogger(name) for name in _LOUD]
    before = [(logger.level, logger.propagate) for logger in loggers]
    ear = _Ear(said)
    for logger in loggers:
        logger.addHandler(ear)
        logger.setLevel(logging.DEBUG if logger.name == "apprise" else logging.CRITICAL)
        logger.propagate = False
    try:
        yield said
    finally:
        for logger, (level, propagate) in zip(loggers, before, strict=True):
            logger.removeHandler(ear)
            logger.setLevel(level)
            logger.propagate = propagate


class _Ear(logging.Handler):
    def __init__(self, said: list[str]) -> None:
        super().__init__()
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a warning; of what is meant for a developer, the operating system's reason alone."""
        text = " ".join(record.getMessage().split())
        if record.levelno >= logging.WARNING:
            self._said.append(text)
        elif self._said and (cause := _CAUSE.search(text)):
            self._said[-1] += f" ({cause[1] or cause[2]})"


def reason(target: str, said: list[str]) -> str:
    """Why nothing was sent, by what apprise said of it, without the target's secrets."""
    text, shown = said[-1] if said else "apprise gives no reason", masked(target)
    scheme, _, whole = target.partition("://")
    if Path(target).is_file():
        whole = Path(target).read_text("utf-8", "replace")
    elif scheme.lower() in _MAIL:
        shown += urlsplit(target).hostname or ""
    secrets = {form for part in _PARTS.split(whole) for form in (part, unquote(part)) if len(form) >= _SECRET}
    for secret in sorted(secrets, key=len, reverse=True):
        if secret not in shown:
            text = text.replace(secret, "…")
    return text

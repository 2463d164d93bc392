"""What stands between text from outside and a terminal or a log: nothing in it moves, and no secret is in it.

`shown` is for everything that is printed, `masked` for addresses; `install_log_records` has both applied to every
record of every logger, whoever handles it, Scrapy's and those of other libraries among them.
"""

from __future__ import annotations

import logging
import re
from typing import Any
from urllib.parse import urlsplit

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
# Unicode's format characters: soft hyphen, zero width, direction, invisible operators, byte order mark, tags.
_FORMAT = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
_NOT_IN_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")  # XML 1.0, production 2
# A password may hold every sign but white space; behind a web host, "@" belongs to the path.
_WEB_USER = re.compile(r"\b(https?://)[^\s/?#\"'<>]{0,500}@", re.I)
_USER = re.compile(r"\b((?!https?:)[a-z][a-z0-9+.-]{0,40}://)[^\s\"'<>]{0,500}@", re.I)
_BEGUN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(?::/|:?//)")
_NAMED = re.compile(
    r"\b((?:pass(?:word|wd)?|pwd|token|secret|api_?key|access_?key|signature)\s?[=:]\s?)[^\s&;,\"'<>]+", re.I
)


def shown(text: str | None) -> str:
    """`text` as it may be printed: controls are made visible, but for line feed and tab, format characters dropped.

    What came from a page must not move the cursor, set a title, turn the line round or hide in it.
    """
    if not text or text.isprintable():
        return text or ""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", _FORMAT.sub("", text))


def stripped(text: str) -> str:
    """`text` without controls, but for line feeds, without format characters, and without what XML cannot hold."""
    if text.isprintable():
        return text
    return _NOT_IN_XML.sub("", _CONTROL.sub("", _FORMAT.sub("", text.replace("\t", " "))))


def masked(text: str) -> str:
    """`text` without the users and passwords of the addresses in it, and what it names a password or a token."""
    if "://" in text:
        text = _USER.sub(r"\1…@", _WEB_USER.sub(r"\1…@", text))
    return _NAMED.sub(r"\1…", text) if "=" in text or ":" in text else text


def masked_address(address: str) -> str:
    """What may be shown of an address that bears secrets anywhere: its scheme, host and port.

    Of one without a host, a file's or a folder's, all but what `masked` takes out.
    """
    scheme, mark, rest = address.partition("://")
    before, user, place = rest.rpartition("@")
    if not mark and "@" in address:  # misspelt
        begun = _BEGUN.match(address)
        return f"{begun[0] if begun else ''}…@{masked(address.rpartition('@')[2].partition('?')[0])}"
    if not mark or scheme.lower() in ("file", "sqlite") or (rest.startswith("/") and not user):
        return masked(address)
    try:
        parts = urlsplit(f"//{place}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return f"{scheme}://…"
    more = "/…" if parts.path.strip("/") or parts.query or parts.fragment else ""
    return f"{scheme}://{'…@' * bool(before)}{host}{f':{port}' if port else ''}{more}"


class OutsideRecord(logging.LogRecord):
    """A record whose message and traceback are fit for a terminal; the message is one line."""

    def __init__(self, *given: Any, **about: Any) -> None:
        self._trace: str | None = None
        super().__init__(*given, **about)

    def getMessage(self) -> str:  # noqa: N802, the interface's
        """The message, as `shown` and `masked` leave it."""
        text = super().getMessage()
        return shown(masked(text)).replace("\n", " ")

    @property
    def exc_text(self) -> str | None:
        """The traceback, which a formatter takes from here when it is set."""
        if self._trace is None and self.exc_info and self.exc_info[0] is not None:
            self._trace = shown(masked(logging.Formatter().formatException(self.exc_info)))
        return self._trace

    @exc_text.setter
    def exc_text(self, text: str | None) -> None:
        self._trace = text


def install_log_records() -> None:
    """Have every log record of this process made as an `OutsideRecord`."""
    logging.setLogRecordFactory(OutsideRecord)

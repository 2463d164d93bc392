"""How the text of a setting is read: what it may be, and what is said of another.

Each takes the text and returns the value, or makes what does so; `BadInput` says what it must be, as the end of a
sentence that begins with the name of the setting.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

from crawler.errors import BadInput
from crawler.process import masked_address
from crawler.process.log_format import FORMATS

_LANGUAGES = ("en", "vi")
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_SPAN = re.compile(r"([0-9]{1,5}) ?([dwy]?)", re.ASCII)
_SPAN_DAYS = {"d": 1, "w": 7, "y": 365}
_LONGEST_SPAN = 36_500  # days


def number(least: float, most: float) -> Callable[[str], float]:
    """A number that counts as `least` where it is less and as `most` where it is more."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if not 0 <= value < float("inf"):
            raise BadInput(f"must be a number of at least 0, not {text!r}")
        return min(max(least, value), most)

    return read


def count(least: int, most: float) -> Callable[[str], int]:
    """A whole number, bounded as `number` is."""
    read = number(least, most)
    return lambda text: int(read(text))


def web(text: str) -> str:
    """An address of the web."""
    try:
        good = urlsplit(text).scheme in ("http", "https")
    except ValueError:
        good = False
    if not good:
        raise BadInput(f"must be an http address, not {text!r}")
    return text


def secret_web(text: str) -> str:
    """An address of the web that no message repeats: it holds a token."""
    try:
        good = urlsplit(text).scheme in ("http", "https") and urlsplit(text).hostname
    except ValueError:
        good = False
    if not good:
        raise BadInput("must be an http or https address")
    return text


def span(least: int) -> Callable[[str], timedelta]:
    """A length of time of at least so many days: 90d, 12w, 2y; a number alone counts days."""

    def read(text: str) -> timedelta:
        found = _SPAN.fullmatch(text.lower())
        if found is None:
            raise BadInput(f"must be a span such as 90d, 12w or 2y, not {text!r}")
        days = int(found[1]) * _SPAN_DAYS[found[2] or "d"]
        if not least <= days <= _LONGEST_SPAN:
            raise BadInput(f"must be at least {least}d and at most {_LONGEST_SPAN}d, not {text!r}")
        return timedelta(days=days)

    return read


def proxy(text: str) -> str:
    """An address of a proxy that is asked in clear, with a password or without."""
    try:
        parts = urlsplit(text)
        good = parts.scheme == "http" and parts.hostname and parts.port != 0 and not parts.path.strip("/")
    except ValueError:
        good = False
    if not good or not text.isascii():
        raise BadInput(f"must be like http://user:password@proxy.example:3128, not {masked_address(text)!r}")
    return text


def object_url(text: str) -> str:
    """An address in an object store."""
    if not re.match(r"[a-z][a-z0-9+.-]*://.", text):
        raise BadInput(f"must be like s3://bucket/warc, not {masked_address(text)!r}")
    return text


def plain_ascii(text: str) -> str:
    """What a header of HTTP takes."""
    if not (text.isascii() and text.isprintable()):
        raise BadInput(f"must be a mail address or URL in plain ASCII, not {text!r}")
    return text


def log_level(text: str) -> str:
    """A level of the log."""
    if text.upper() not in _LEVELS:
        raise BadInput(f"must be {', '.join(_LEVELS[:-1])} or {_LEVELS[-1]}, not {text.upper()!r}")
    return text.upper()


def language(text: str) -> str:
    """A language that commands speak."""
    if text.lower() not in _LANGUAGES:
        raise BadInput(f"must be {' or '.join(_LANGUAGES)}, not {text!r}")
    return text.lower()


def log_format(text: str) -> str:
    """A form of the log."""
    if text.lower() not in FORMATS:
        raise BadInput(f"must be {' or '.join(FORMATS)}, not {text!r}")
    return text.lower()

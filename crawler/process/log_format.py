"""How what is logged is written: a record a line, with its time and level, for a person or as JSON for a program.

All times of a process are on one clock, written with its offset (ISO 8601). `announce` is for what a long-running
command says of its own work, whichever level is set.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import datetime, tzinfo
from typing import TextIO

FORMATS = ("text", "json")
_progress = logging.getLogger("crawler.progress")


def _time(record: logging.LogRecord, clock: tzinfo, timespec: str) -> str:
    return datetime.fromtimestamp(record.created, clock).isoformat(timespec=timespec)


class Lines(logging.Formatter):
    """Time, level and message, and below it the trace of an error."""

    def __init__(self, clock: tzinfo) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")
        self._clock = clock

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802
        """The time of a record, to the second."""
        return _time(record, self._clock, "seconds")


class JsonLines(logging.Formatter):
    """One JSON object a record: `at`, `level`, `logger`, `message`, and `trace` of an error."""

    def __init__(self, clock: tzinfo) -> None:
        super().__init__()
        self._clock = clock

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        line = {
            "at": _time(record, self._clock, "milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["trace"] = record.exc_text or self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class _StandardError(logging.StreamHandler[TextIO]):
    """Writes to what standard error is by then: a table that moves takes it over while it is shown."""

    def emit(self, record: logging.LogRecord) -> None:
        if sys.is_finalizing():
            return  # what is taken down with the interpreter is no news, and half of what a line needs is gone
        self.stream = sys.stderr
        super().emit(record)


def log_to_stderr(level: str, form: str, clock: tzinfo) -> None:
    """Write our records from this level on to standard error, in one of `FORMATS`, and what is announced in any case.

    Libraries are heard from WARNING on, unless all is: what they tell of themselves comes again with each process.
    """
    end_log()
    handler = _StandardError()
    handler.setFormatter(JsonLines(clock) if form == "json" else Lines(clock))
    root, ours = logging.getLogger(), logging.getLogger("crawler")
    root.addHandler(handler)
    ours.setLevel(level)
    root.setLevel(logging.WARNING if ours.level == logging.INFO else level)
    _progress.setLevel(min(logging.INFO, ours.level))


def end_log() -> None:
    """Write no more to standard error, as before `log_to_stderr`."""
    root = logging.getLogger()
    for handler in _handlers():
        root.removeHandler(handler)
        root.setLevel(logging.WARNING)
        logging.getLogger("crawler").setLevel(logging.NOTSET)


def is_logging() -> bool:
    """Whether this process writes a log to standard error."""
    return bool(_handlers())


def announce(text: str, level: int = logging.INFO) -> None:
    """Log what a long-running command says of its own work."""
    _progress.log(level, "%s", text)


def _handlers() -> list[_StandardError]:
    return [one for one in logging.getLogger().handlers if isinstance(one, _StandardError)]

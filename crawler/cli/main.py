"""The one command, `thoisu`: its sub-commands, and what becomes of an error."""

from __future__ import annotations

import io
import logging
import os
import re
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from crawler.cli.adopt import adopt
from crawler.cli.alerts import app as alerts
from crawler.cli.articles import articles, show
from crawler.cli.backfill import backfill
from crawler.cli.backup import backup, restore
from crawler.cli.capture import capture
from crawler.cli.changes import changes
from crawler.cli.check import check
from crawler.cli.command import Command, Group, Stopped
from crawler.cli.common import configured
from crawler.cli.crawl import crawl
from crawler.cli.deliver import deliver
from crawler.cli.demo import demo
from crawler.cli.diff import diff
from crawler.cli.doctor import doctor
from crawler.cli.downgrade import downgrade
from crawler.cli.export import export
from crawler.cli.find import discover, sites, which
from crawler.cli.gaps import gaps
from crawler.cli.language import meaning_of, respoken, spoken
from crawler.cli.mcp import mcp
from crawler.cli.newsroom import newsroom
from crawler.cli.prove import prove
from crawler.cli.prune import prune
from crawler.cli.quarantine import quarantine
from crawler.cli.queue import queue
from crawler.cli.read import clean, extract
from crawler.cli.relate import reindex, relate
from crawler.cli.reread import reread
from crawler.cli.schedule import schedule
from crawler.cli.search import search
from crawler.cli.serve import serve
from crawler.cli.simulate import simulate
from crawler.cli.sinks import app as sinks
from crawler.cli.status import pace, status
from crawler.cli.stories import stories, story
from crawler.cli.tokens import app as tokens
from crawler.cli.worker import worker
from crawler.errors import BadInput, NoReader, Refused, StoreFailed, ThoisuError
from crawler.process import install_log_records, listening
from crawler.process.log_format import announce, end_log, is_logging
from crawler.process.output import clean_streams, say, write

REFUSED, USAGE, INTERRUPTED = 1, 2, 130
_VALIDATOR = re.compile(r"Input should be a valid \w+, unable to parse string as an? (integer|number)")
_PLAINLY = {"integer": "write a whole number", "number": "write a number"}  # what Typer says in a validator's words
app = typer.Typer(name="thoisu", cls=Group, rich_markup_mode=None, add_completion=False, no_args_is_help=True)
for command in (
    crawl, schedule, worker, queue, status, pace, backfill, gaps, articles, search, export, show, diff, changes,
    deliver, stories, story, relate, sites, extract, clean, discover, which, reread, reindex, simulate, check,
    doctor, backup, restore, prune, downgrade, quarantine, capture, adopt, prove, mcp, newsroom, serve, demo,
):  # fmt: skip
    app.command(cls=Command)(command)
app.add_typer(sinks)
app.add_typer(alerts)
app.add_typer(tokens)


@cache
def parser() -> TyperGroup:
    """What reads the command line: built once in a process, and before it in one of which others are forked."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)  # noqa: S101, for the type checker
    return group


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import PackageNotFoundError, version

        try:
            write(f"thoisu {version('thoisu')}")
        except PackageNotFoundError:
            write(spoken("thoisu, run from a checkout that is not installed"))
        raise typer.Exit


@app.callback()
def thoisu(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Thời sự: Vietnamese government news as clean text, nothing twice, every edit kept.

    \b
    Begin with:
      thoisu demo            the whole job on a simulated newsroom, offline
      thoisu crawl nhandan   the same on a live site
      thoisu articles        what has been stored
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit: 0 done, 1 refused or failed, 2 bad usage or input, 130 interrupted."""
    if sys.stderr is None:
        # print() would take standard output instead.
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115, open to the end
    if sys.stdout is None:
        sys.exit(_say("standard output is closed", REFUSED))
    if sys.stderr is sys.__stderr__ and sys.stderr is not None:
        sys.stderr = _lenient(sys.stderr.fileno())
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # Lone surrogates, which pages and lists can hold, become escapes that JSON reads back.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    clean_streams()
    install_log_records()
    try:
        with listening():
            code = _run(arguments)
            sys.stdout.flush()
    except BrokenPipeError:
        # Who reads us has seen enough.
        code = _give_up_output()
    except OSError as error:
        code = _say(f"cannot write: {error.strerror or error}", _give_up_output())
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.exit(code)


class _Lenient(io.FileIO):
    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError:
            return len(data)


def _lenient(descriptor: int) -> io.TextIOWrapper:
    """Standard error for progress and messages: that nobody can read them, as on a full disk, ends no command."""
    return io.TextIOWrapper(io.BufferedWriter(_Lenient(descriptor, "w", closefd=False)), line_buffering=True)


def _run(arguments: list[str] | None) -> int:
    configured.cache_clear()
    end_log()
    try:
        return parser()(arguments, prog_name="thoisu", standalone_mode=False) or 0
    except Stopped as stopped:
        return _say(str(stopped), INTERRUPTED, logging.INFO)
    except StoreFailed as failure:
        return _say(f"{failure}; {failure.advice}", REFUSED)
    except Refused as refused:
        return _say(_explained(refused), REFUSED)
    except ThoisuError as error:
        return _say(str(error), USAGE)
    except NoReader as failure:
        return _say(str(failure), REFUSED)
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        if context is not None and error.format_message() == context.get_help():
            write(context.get_help())
            return USAGE
        path = context.command_path if context is not None else "thoisu"
        message = error.format_message().strip().removesuffix(".").replace("\n", " ")
        message = _VALIDATOR.sub(lambda said: _PLAINLY[said[1]], message)
        return _say(f"{message}; see {path} --help", USAGE)
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except OSError as error:
        if error.filename is None:
            raise  # of a stream, not of a file
        return _say(f"{error.filename}: {error.strerror}", REFUSED)
    except Exception as error:
        logging.getLogger("crawler").debug("this happened", exc_info=True)
        return _say(f"this is a mistake of the program: {type(error).__name__}: {error}", REFUSED)


def _explained(refused: Refused) -> str:
    """The reason of a refusal with what is known of it, else with what the reason means."""
    if not refused.detail:
        with suppress(BadInput):  # it may be the language that is wrong
            return f"{refused.reason}: {meaning_of('refusal', refused.reason)}"
    return str(refused)


def _give_up_output() -> int:
    # The interpreter must not flush into what is closed or full at its end.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return REFUSED


def _say(message: str, code: int, level: int = logging.ERROR) -> int:
    """One line on standard error, a record of the log where there is one."""
    with suppress(BadInput):  # it may be the language that is wrong
        message = respoken(message)
    if is_logging():
        announce(message, level)
    else:
        say(f"thoisu: {message}")
    return code

"""A log is a record a line, with its level, on one clock; what is announced comes at every level."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from crawler.process import install_log_records
from crawler.process.log_format import announce, end_log, log_to_stderr
from crawler.text import VIETNAM
from tests.support import Thoisu

logger = logging.getLogger("crawler.tried")


@pytest.fixture(autouse=True)
def _ended() -> Iterator[None]:
    factory = logging.getLogRecordFactory()
    install_log_records()
    yield
    logging.setLogRecordFactory(factory)
    end_log()


@pytest.mark.parametrize("level", ["DEBUG", "WARNING", "ERROR"])
def test_what_is_announced_comes_at_every_level(level: str, capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr(level, "text", VIETNAM)
    announce("bao: 3 new")
    announce("hook: timeout", logging.WARNING)
    logger.info("asked")
    logger.error("broke")
    lines = capsys.readouterr().err.splitlines()
    assert all(line[19:26] == "+07:00 " for line in lines)
    said = ["INFO bao: 3 new", "WARNING hook: timeout", *["INFO asked"] * (level == "DEBUG"), "ERROR broke"]
    assert [line[26:] for line in lines] == said


@pytest.mark.parametrize(
    ("level", "said"),
    [("DEBUG", ["ours", "theirs", "wrong"]), ("INFO", ["ours", "wrong"]), ("WARNING", ["wrong"]), ("ERROR", [])],
)
def test_libraries_are_heard_from_warning_on(level: str, said: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr(level, "text", VIETNAM)
    logger.info("ours")
    logging.getLogger("library").info("theirs")
    logging.getLogger("library").warning("wrong")
    assert [line.rpartition(" ")[2] for line in capsys.readouterr().err.splitlines()] == said


def test_json_has_the_same_clock_and_a_trace(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr("INFO", "json", VIETNAM)
    announce("hai\ndòng postgresql://desk:secret@host/x")
    try:
        raise ValueError("lạ")
    except ValueError:
        logger.exception("broke")
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert (first["level"], first["message"]) == ("info", "hai dòng postgresql://…@host/x")
    assert first["at"].endswith("+07:00")
    assert (second["level"], second["logger"], "lạ" in second["trace"]) == ("error", "crawler.tried", True)


def test_begun_again_it_says_everything_once_and_ended_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr("INFO", "json", VIETNAM)
    log_to_stderr("INFO", "text", VIETNAM)
    announce("once")
    end_log()
    logger.error("never")
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("command", [("crawl",), ("backfill",), ("deliver",), ("schedule",), ("serve",)], ids=" ".join)
def test_what_runs_for_long_writes_its_log_as_it_is_told(command: tuple[str, ...], thoisu: Thoisu) -> None:
    assert "--log-format FORMAT" in " ".join(thoisu(*command, "--help").out.split())

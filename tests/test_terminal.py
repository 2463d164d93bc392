"""What may be printed of text and addresses from outside, and what every log makes of them."""

from __future__ import annotations

import ast
import io
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from crawler.cli import round as rounds
from crawler.cli.runners import runners_of
from crawler.configuration import Settings
from crawler.crawl import SiteReport
from crawler.deliver.sink import Poisoned, SinkFailed
from crawler.errors import BadInput
from crawler.process import install_log_records, masked, masked_address, shown
from crawler.process.output import console
from crawler.schedule.worker import Process, Worker, command
from crawler.sites import Sites
from crawler.store.database import engine_for
from tests.support import ROOT

STEERING = "\x1b\x07\r\x9b\x90\u2028\u202e\u2066\u200b\u200f\ufeff\u061c\u2060\U000e0041\u00ad\ufffa"
TITLE = f"Con {STEERING} đê"
SECRET = "mậtkhẩu9"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a handler of somebody else's writes."""
    before, told = logging.getLogRecordFactory(), io.StringIO()
    install_log_records()
    handler = logging.StreamHandler(told)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
    loggers = [logging.getLogger(name) for name in ("crawler", "scrapy.core.scraper", "asyncio")]
    for logger in loggers:
        logger.addHandler(handler)
    yield told
    for logger in loggers:
        logger.removeHandler(handler)
    logging.setLogRecordFactory(before)


def test_what_steers_a_terminal_is_made_visible_or_dropped() -> None:
    assert shown(TITLE) == "Con " + "\N{REPLACEMENT CHARACTER}" * 6 + " đê"
    assert shown(None) == ""
    for text in ("Thủ tướng — “A”\n\tb", "Nghị quyết số 57-NQ/TW", "한국어 ไทย 👍"):
        assert shown(text) == text


def test_the_console_prints_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table()
    table.add_column(TITLE)
    table.add_row(TITLE)
    console().print(TITLE, table, style="red")
    assert not set(STEERING) & set(capsys.readouterr().out)


def test_nor_does_what_rich_has_made_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    screen = console()
    with screen.status(Text(TITLE)):
        screen.print(Text(TITLE), Text.assemble((TITLE, "bold")), Panel(Text(TITLE), title=Text(TITLE)))
    assert not set(STEERING) & set(capsys.readouterr().out)


ELSEWHERE = """
import sys, threading, warnings, typer
from crawler.cli import main as command

def broken():
    raise ValueError(TITLE)

def articles():
    print(TITLE)
    typer.echo(TITLE)
    typer.secho(TITLE, err=True)
    sys.stderr.writelines([TITLE])
    warnings.warn(TITLE)
    thread = threading.Thread(target=broken)
    thread.start()
    thread.join()
    print_json({"title": TITLE})
    raise RuntimeError(f"{TITLE} nats://tin:SECRET@kho/")

from crawler.process.output import print_json
command.app.registered_commands = []
command.app.command(cls=command.Command, name="articles")(articles)
command.app.command(cls=command.Command, name="other")(lambda: None)
command.main(sys.argv[1:])
"""


def test_nothing_that_anybody_prints_moves_a_terminal() -> None:
    def ran(*arguments: str) -> subprocess.CompletedProcess[str]:
        code = f"TITLE = {TITLE!a}\n{ELSEWHERE}"
        return subprocess.run(
            [sys.executable, "-c", code, *arguments], capture_output=True, encoding="utf-8", check=False
        )

    done = ran("articles")
    lines = done.stdout.splitlines()
    assert [line for line in lines if line] == [shown(TITLE), shown(TITLE), lines[-1]]
    assert json.loads(lines[-1]) == {"title": TITLE}
    assert done.stderr.count("Con ") >= 5
    said = done.stderr + ran("articles", TITLE).stderr + ran(f"--{TITLE}").stderr
    assert not set(STEERING) & set(said)
    assert "SECRET" not in said


def test_no_module_but_one_prints() -> None:
    for path in (ROOT / "crawler").rglob("*.py"):
        if path == ROOT / "crawler" / "process" / "output.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called not in ("print", "typer.echo", "typer.secho", "Console", "rich.print"), path
                assert not re.fullmatch(r"sys\.(__)?std(out|err)(__)?(\.buffer)?\.write(lines)?", called), path


@pytest.mark.parametrize("name", ["crawler.x", "scrapy.core.scraper", "asyncio"])
def test_every_log_has_it_in_one_line(log: io.StringIO, name: str) -> None:
    logging.getLogger(name).error("lỗi: %s\nhai", TITLE)
    assert log.getvalue() == f"{name} lỗi: {shown(TITLE)} hai\n"


def test_tracebacks_too(log: io.StringIO) -> None:
    try:
        raise ValueError(f"{TITLE} postgresql://tin:{SECRET}@kho/tin")
    except ValueError:
        logging.getLogger("scrapy.core.scraper").exception("%s", TITLE)
    text = log.getvalue()
    assert not set(STEERING) & set(text)
    assert "Traceback" in text
    assert "postgresql://…@kho/tin" in text
    assert SECRET not in text


def test_the_line_of_a_round_is_no_exception(monkeypatch: pytest.MonkeyPatch, log: io.StringIO) -> None:
    monkeypatch.setattr(rounds, "crawl", lambda *_, **__: [SiteReport(site="bendo", error=TITLE)])
    monkeypatch.setattr(rounds, "end_with_input", lambda: None)
    monkeypatch.setattr(rounds, "log_to_stderr", lambda *_: None)
    rounds.round_of(Sites([]), "sqlite:///a.db", None, Settings())
    said = log.getvalue()
    assert "Con " in said
    assert not set(STEERING) & set(said)


@pytest.mark.parametrize(
    ("address", "seen"),
    [
        (f"postgresql://tin:{SECRET}@kho:5433/tin", "postgresql://…@kho:5433/…"),
        (f"postgresql://tin:{SECRET}@/x/y@kho/tin", "postgresql://…@kho/…"),
        (f"postgresql://kho/tin?user=tin&password={SECRET}", "postgresql://kho/…"),
        (f"postgresql+psycopg://{SECRET}@kho", "postgresql+psycopg://…@kho"),
        (f"https://hooks.slack.com/services/T0/B0/{SECRET}", "https://hooks.slack.com/…"),
        (f"https://bao.example.vn/tin?token={SECRET}", "https://bao.example.vn/…"),
        (f"https://bao.example.vn#{SECRET}", "https://bao.example.vn/…"),
        (f"nats://{SECRET}@tin.example.vn:4222", "nats://…@tin.example.vn:4222"),
        (f"tls://tin:{SECRET}@[::1]:4222/{SECRET}", "tls://…@::1:4222/…"),
        (f"postgres:/tin:{SECRET}@kho/tin", "postgres:/…@kho/tin"),
        (f"postgresql//tin:{SECRET}@kho/tin", "postgresql//…@kho/tin"),
        (f"tin:{SECRET}@kho/tin?x={SECRET}", "…@kho/tin"),
        (f"host=kho password={SECRET}", "host=kho password=…"),
        ("sqlite:////srv/thoisu.db", "sqlite:////srv/thoisu.db"),
        ("jsonl:feed", "jsonl:feed"),
        ("parquet:///srv/feed", "parquet:///srv/feed"),
        ("sqllite:///thoisu.db", "sqllite:///thoisu.db"),
    ],
)
def test_of_an_address_nothing_secret_is_shown(address: str, seen: str) -> None:
    assert masked_address(address) == seen


def test_addresses_of_pages_stay_as_they_are_in_what_is_said() -> None:
    for text in ("https://bao.example.vn/@tin/a-post1.html?x=1 and b@c", "unreachable: bao.example.vn:443"):
        assert masked(text) == text
    assert len(masked("a://" * 50_000)) == 200_000  # not by the square


def test_what_fails_says_no_secret() -> None:
    said = f"cannot reach nats://tin:{SECRET}@kho:4222 (password={SECRET})"
    assert SECRET not in f"{SinkFailed('unreachable', said)} {SinkFailed('unreachable', said).detail}"
    assert SECRET not in f"{Poisoned(1, said)} {Poisoned(1, said).detail}"
    for address in (
        f"postgresqk://tin:{SECRET}@kho/tin",
        f"postgres//tin:{SECRET}@kho/tin",
        f"postgresql://tin:{SECRET}@kho:x/tin",
    ):
        with pytest.raises(BadInput) as caught:
            engine_for(address)
        assert SECRET not in str(caught.value)


def test_children_of_the_scheduler_get_the_address_unseen(tmp_path: Path) -> None:
    seen: list[tuple[Sequence[str], Mapping[str, str]]] = []

    def begin(words: Sequence[str], environ: Mapping[str, str]) -> Process:
        seen.append((words, environ))
        return command(["true"], {})

    url = f"sqlite:///{tmp_path / SECRET}.db"
    for runner in runners_of(begin, url, None, "text").values():
        runner.run(["nhandan"])
    assert len(seen) == 4
    for words, environ in seen:
        assert SECRET not in " ".join(words)
        assert environ == {"THOISU_DATABASE_URL": url, "THOISU_LOG_FORMAT": "text"}


def test_a_worker_adds_to_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "seen"
    code = "import os, sys; open(sys.argv[1], 'w').write(os.environ['THOISU_X'] + str('PATH' in os.environ))"
    Worker([sys.executable, "-c", code], environ={"THOISU_X": "1"}).run([str(file)])
    assert file.read_text() == "1True"


def test_a_misspelt_address_is_shown_masked_by_the_command() -> None:
    address = f"postgres:/tin:{SECRET}@kho/tin"
    done = subprocess.run(
        [sys.executable, "-m", "crawler", "relate", "--store", address], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert SECRET not in done.stdout + done.stderr

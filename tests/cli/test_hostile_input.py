"""The command with what nobody means to give it: one clear line, the right exit code, no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crawler.configuration import Settings
from crawler.errors import BadInput, StoreFailed
from crawler.extract import extract
from crawler.process import shown
from crawler.process.output import print_json
from crawler.store import Store
from crawler.store.database import engine_for, unwritable

PAGE = (
    "<h1 class='article__title'>Tiêu \u202eđề \u009b31m</h1><div class='article__body'><p>"
    + "Sáng nay đoàn công tác đã làm việc. " * 10
    + "</p></div>"
)
URL = "https://nhandan.vn/a-post1.html"
HUGE = "9" * 23


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    with Store.open(f"sqlite:///{tmp_path / 'a.db'}") as store:
        store.save(replace(extract(PAGE, URL), site="nhandan"), datetime(2026, 8, 6, tzinfo=UTC))
    return tmp_path


def shell(folder: Path, command: str, **environ: str) -> tuple[int, str, str]:
    """Run a shell command in which `thoisu` is ours."""
    script = f'thoisu() {{ "{sys.executable}" -m crawler "$@"; }}\n{command}'
    environ = {**os.environ, "COLUMNS": "80", **environ}
    done = subprocess.run(["bash", "-c", script], cwd=folder, env=environ, capture_output=True, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize(
    ("command", "code", "line"),
    [
        ("thoisu which http://a.vn/ > /dev/full", 1, "cannot write: No space left on device"),
        ("thoisu which --json http://a.vn/ > /dev/full", 1, "cannot write: No space left on device"),
        ("thoisu sites >&-", 1, "standard output is closed"),
        ("thoisu clean - <&-", 2, "standard input is closed"),
        ("thoisu which - <&-", 2, "standard input is closed"),
        ("thoisu extract --jsonl <&-", 2, "standard input is closed"),
        ("thoisu which - http://a.vn/", 2, "- reads addresses from standard input and stands alone"),
        ("thoisu articles --store sqlite:///a.db --text $'\\xff\\xfe'", 2, "'\\udcff\\udcfe' is not written in UTF-8"),
        (
            f"thoisu articles --store sqlite:///a.db --text {'a' * 501}",
            2,
            "a query has 500 characters at most, not 501",
        ),
        ("thoisu articles --store sqlite:///a.db --since ''", 2, "'' is no date; write 2026-08-01 or 2026-08-01T06:30"),
        (f"thoisu show {HUGE} --store sqlite:///a.db", 2, f"there is no article {HUGE}; `thoisu articles` lists them"),
        ("printf '\\xff\\xfe' > .env; thoisu articles", 2, "cannot read .env: 'utf-8' codec can't decode byte 0xff"),
        ("THOISU_NEWSROOM=http://[ thoisu sites", 2, "THOISU_NEWSROOM must be an http address, not 'http://['"),
        ("thoisu capture nhandan page.html --url ../../x --to cases", 1, "bad_url: '../../x'"),
        (f"thoisu capture nhandan page.html --url {URL} --to page.html", 2, "cannot write to page.html/nhandan"),
        (f"thoisu capture nhandan page.html --url {URL} --to /proc/none", 2, "cannot write to /proc/none/nhandan"),
    ],
)
def test_one_clear_line(folder: Path, command: str, code: int, line: str) -> None:
    ended, out, errors = shell(folder, command)
    assert (ended, out) == (code, "")
    assert errors.startswith(f"thoisu: {line}")
    assert errors.count("\n") == 1


def test_a_site_that_nobody_knows_is_no_empty_list(folder: Path) -> None:
    code, out, errors = shell(folder, "thoisu articles --store sqlite:///a.db --site nhandn")
    assert (code, out) == (2, "")
    assert "did you mean nhandan" in errors
    assert shell(folder, "thoisu articles --store sqlite:///a.db --site vov") == (0, "", "no article matches\n")


@pytest.mark.parametrize(
    "command", [f"articles --limit {HUGE}", f"changes --limit {HUGE}", f"changes --since {HUGE}", "articles 2>&-"]
)
def test_numbers_that_no_database_takes_are_numbers(folder: Path, command: str) -> None:
    name, _, rest = command.partition(" ")
    code, out, errors = shell(folder, f"thoisu {name} --json --store sqlite:///a.db {rest}")
    assert (code, errors) == (0, "")
    assert len(out.splitlines()) == (0 if "since" in command else 1)


def test_a_word_in_a_locale_without_letters_is_found(folder: Path) -> None:
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    assert shell(folder, "thoisu articles --json --store sqlite:///a.db --text 'đoàn công tác'", **plain)[1] != ""


def test_json_escapes_what_steers_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    title = "Tiêu \x7f đề \u009b31m \\u009b"
    print_json({"title": title})
    out = capsys.readouterr().out
    assert not {"\x7f", "\u009b"} & set(out)
    assert json.loads(out) == {"title": title}


def test_what_is_shown_does_not_turn_the_line_round() -> None:
    assert shown("a\u202eb\u2066c\u2069d\u202ce") == "abcde"


def test_jsonl_names_a_bad_address_whatever_the_page_is(folder: Path) -> None:
    row = json.dumps({"id": 1, "file": "page.html", "url": "http://["})
    (folder / "empty.html").write_text("", encoding="utf-8")
    lines = f"{row}\n{row.replace('page.html', 'empty.html')}"
    _, out, errors = shell(folder, f"printf '%s\\n' '{lines}' | thoisu extract --jsonl")
    assert out == '{"id": 1, "error": "bad_url"}\n' * 2
    assert errors == ""


def test_a_dotenv_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"THOISU_DELAY=\xff")
    with pytest.raises(BadInput, match=r"cannot read .*\.env"):
        Settings.load({}, tmp_path / ".env")


def read_only(url: str, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The store as a user without rights gets it; the tests may run as one who has all of them."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    other = unwritable(engine_for(url).url)
    assert other is not None
    return Store.open(other)


def test_a_store_that_cannot_be_written_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{folder / 'a.db'}"
    with read_only(url, monkeypatch) as store:
        assert [row.canonical_url for row in store.articles()] == [URL]
    assert sorted(path.name for path in folder.glob("a.db*")) == ["a.db"]


def test_what_is_still_in_the_log_of_the_store_is_read_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{folder / 'a.db'}"
    with Store.open(url) as writing:
        writing.withdraw(URL, datetime(2026, 8, 7, tzinfo=UTC))
        with read_only(url, monkeypatch) as store:
            assert [change.event for change in store.changes()] == ["created", "withdrawn"]


def test_reading_tries_the_other_way_when_the_usual_one_fails(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def upgrade(engine: Engine, *, make: bool) -> None:
        asked.append(str(engine.url))
        if "immutable" not in str(engine.url):
            raise StoreFailed("read_only", "attempt to write a readonly database")

    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr("crawler.store.store.upgrade", upgrade)
    with Store.open(f"sqlite:///{folder / 'a.db'}", reading=True) as store:
        assert len(store.articles()) == 1
    assert len(asked) == 2
    with pytest.raises(BadInput, match="read_only"):
        Store.open(f"sqlite:///{folder / 'a.db'}")


def test_a_writable_store_has_no_other_address(folder: Path) -> None:
    assert unwritable(engine_for(f"sqlite:///{folder / 'a.db'}").url) is None


@pytest.mark.parametrize("size", [8, 100])
def test_a_limit_to_files_is_a_full_disk(tmp_path: Path, size: int) -> None:
    command = f"ulimit -f {size}; trap '' XFSZ; thoisu crawl nhandan --replay . --store sqlite:///full.db"
    (tmp_path / "replay.tsv").write_text("url\tfile\n", encoding="utf-8")
    code, _, errors = shell(tmp_path, command)
    assert code == 2
    assert "disk_full" in errors

"""Commands run in both languages: nothing that a person reads is the same in both, all that a program reads is."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.alerts import alerts
from crawler.store import Store, tokens
from crawler.store.quarantine import EXAMPLE
from tests.cli.test_language import in_english
from tests.support import Thoisu, article, at, keep_page

LISTS = (
    ("articles",), ("changes",), ("stories",), ("alerts", "list"), ("alerts", "add", "cầu", "--dry-run"), ("sinks",), ("status",),
    ("gaps", "--days"), ("queue",), ("prune", "--dry-run"), ("sites",), ("which", "https://x.vn/"), ("quarantine",),
)  # fmt: skip
OTHERS = (
    ("show", 1), ("diff", 1), ("search", "cau moi"), ("story", 1), ("gaps",), ("check",), ("check", "--list"), ("pace", "nhandan"),
    ("token", "list"), ("doctor",), ("alerts", "add", "nước and sạch"), ("alerts", "test", 1), ("alerts", "run"), ("relate",), ("reindex",),
    ("downgrade", "0002"), ("backup", "copy.db", "--force"), ("restore", "copy.db", "--store", "sqlite:///{n}.db"),
    ("schedule", "--jobs"), ("capture", "nhandan", "page.html"), ("extract", "page.html", "--explain"),
    ("clean", "page.txt", "--explain"), ("export", "--to", "all.csv"),
    ("backfill", "nhandan", "--from", "2026-01-01", "--dry-run"), ("crawl", "nowhere"), ("show", 99), ("articles", "--since", "x"),
    ("articles", "--limit", "0"), ("storys",), ("sinks", "rewind", "file", "--from", "9"), ("deliver",), ("alerts", "remove", 1),
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> str:
    """A store with an edit, a copy, an alert and a token; files that commands take lie beside it."""
    url = f"sqlite:///{tmp_path / 'news.db'}"
    with Store.open(url) as opened:
        for n in (1, 2):
            opened.save(article(1, f"Bản {n} của bài"), at(n))
        opened.save(article(2, "Bản 2 của bài"), at(3))
        alerts.add(opened, "nước sạch", ["bao"], ["json://localhost:1"], at(0))
        with opened.writing() as connection:
            tokens.add(connection, "bàn tin", at(0), writes=False)
        keep_page(opened, 3, reason=EXAMPLE)
    (tmp_path / "page.html").write_text("<html><title>Tin</title><p>Một đoạn.</p></html>", "utf-8")
    (tmp_path / "page.txt").write_text("Tiêu đề\n\nMột đoạn của bài.\n\nẢnh: Nguyễn Văn A\n", "utf-8")
    return url


def in_both(
    thoisu: Thoisu, monkeypatch: pytest.MonkeyPatch, store: str, command: tuple[object, ...]
) -> list[list[str]]:
    """What a command prints in English and in Vietnamese."""
    found = []
    for language in ("en", "vi"):
        monkeypatch.setenv("THOISU_LANG", language)
        monkeypatch.setenv("THOISU_DATABASE_URL", store)
        run = thoisu(*(str(word).format(n=language) for word in command))
        found.append([*run.out.splitlines(), *run.err.splitlines()])
    return found


@pytest.mark.usefixtures("terminal")
def test_nothing_that_a_person_reads_is_left_in_english(
    thoisu: Thoisu, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = {}
    for command in (*LISTS, *OTHERS):
        english, vietnamese = in_both(thoisu, monkeypatch, store, command)
        assert english, command
        if lines := in_english(english, vietnamese):
            left[" ".join(map(str, command))] = lines
    assert left == {}


def test_what_a_program_reads_is_the_same(thoisu: Thoisu, store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for command in LISTS:
        monkeypatch.setenv("THOISU_DATABASE_URL", store)
        outs = []
        for language in ("en", "vi"):
            monkeypatch.setenv("THOISU_LANG", language)
            outs.append(thoisu(*command).out)
        assert outs[0] == outs[1], command

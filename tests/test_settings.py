"""Settings are read when they are asked for, and nowhere but in `crawler.settings`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from scrapy.settings import Settings as ScrapySettings

from crawler import settings
from crawler.errors import BadInput
from crawler.settings import Settings, secret, variable_of
from tests.support import ROOT, Thoisu

BAD = {
    "THOISU_DELAY": "-1", "THOISU_BUDGET": "many", "THOISU_NEWSROOM": "ftp://x", "THOISU_CONTACT": "tin bài",
    "THOISU_LOG_LEVEL": "LOUD", "THOISU_SITES_AT_ONCE": "x", "THOISU_ARCHIVE_MB": "inf",
}  # fmt: skip


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# ours\nTHOISU_CONTACT = 'tin@bao.vn'\nexport THOISU_DELAY=5\nTHOISU_DATABASE_URL=\nOTHER=1\n")
    found = Settings.load({"THOISU_DELAY": "1"}, file)
    assert (found.contact, found.delay, found.database_url) == ("tin@bao.vn", 1.0, "sqlite:///thoisu.db")
    assert (found.budget, found.archive, found.log_level) == (None, None, "WARNING")


def test_a_dotenv_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"THOISU_DELAY=\xff")
    with pytest.raises(BadInput, match=r"cannot read .*\.env"):
        Settings.load({}, tmp_path / ".env")


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_value_is_one_sentence(name: str, thoisu: Thoisu, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, BAD[name])
    run = thoisu("articles")
    assert (run.code, run.out) == (2, "")
    assert re.fullmatch(rf"thoisu: {name} must be [^\n]*\n", run.err)


def test_no_module_reads_them_when_it_is_imported(tmp_path: Path) -> None:
    modules = sorted((ROOT / "crawler").rglob("[!_]*.py"))
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in modules if "migrations" not in path.parts
    ]
    code = f"import importlib\nfor name in {names!r}:\n    importlib.import_module(name)"
    (tmp_path / ".env").write_bytes(b"\xff")
    environment = {**os.environ, **BAD, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], env=environment, cwd=tmp_path, check=True)


def test_scrapy_gets_ours_and_what_follows_from_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THOISU_CONTACT", "desk@example.org")
    monkeypatch.setenv("THOISU_REPLAY", "saved")
    scrapys = ScrapySettings()
    scrapys.setmodule(settings)
    assert {variable_of(one.name) for one in fields(Settings)} <= set(scrapys.attributes)
    assert "desk@example.org" in scrapys["USER_AGENT"]
    assert scrapys["ROBOTSTXT_OBEY"] is False
    assert scrapys["DOWNLOAD_HANDLERS"]["https"] == "crawler.fetch.replay.ReplayHandler"
    monkeypatch.delenv("THOISU_REPLAY")
    assert settings.ROBOTSTXT_OBEY is True


def test_every_setting_says_what_it_means_in_a_sentence() -> None:
    assert all(one.metadata["help"].endswith(".") for one in fields(Settings))


def test_secrets_come_from_the_environment_or_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("A_SECRET=filed\nB_SECRET='of b'\n")
    monkeypatch.setenv("A_SECRET", "set")
    assert [secret(f"{name}_SECRET") for name in "ABC"] == ["set", "of b", None]

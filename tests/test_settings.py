"""Our settings are read when asked: by the command and by Scrapy, and by nothing that is merely imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings as ScrapySettings

from crawler.configuration import DEFAULTS, SETTINGS, FromEnvironment, Settings
from crawler.crawl.run import settings_for
from crawler.errors import BadInput

ROOT = Path(__file__).parents[1]
ODD = {
    "THOISU_DATABASE_URL": "sqlite:///odd.db", "THOISU_CONTACT": "odd@bao.example", "THOISU_DELAY": "0.5",
    "THOISU_BUDGET": "7.9", "THOISU_SITES_AT_ONCE": "0", "THOISU_NEWSROOM": "http://127.0.0.1:1", "THOISU_PROXY": "http://a:b@proxy.odd:3128",
    "THOISU_REPLAY": "odd replay", "THOISU_ARCHIVE": "odd archive", "THOISU_ARCHIVE_URL": "odd://archive",
    "THOISU_LANG": "VI", "THOISU_SITES": "odd-spiders", "THOISU_NOTIFY": "json://odd.example", "THOISU_ARCHIVE_MB": "0", "THOISU_SINKS": "odd.toml",
    "THOISU_LOG_LEVEL": "debug", "THOISU_LOG_FORMAT": "JSON", "THOISU_ARTICLE_MAXSIZE": "1e3", "THOISU_READ_SECONDS": "0", "THOISU_READERS": "99",
    "THOISU_ROBOTS_MAXSIZE": "1", "THOISU_CRAWL_DELAY_MAX": "0", "THOISU_BACKOFF_FIRST": "0.1",
    "THOISU_BACKOFF_MAX": "0.2", "THOISU_FAILURES_MAX": "0", "THOISU_LISTING_PAGES": "1", "THOISU_TRIES_MAX": "1",
    "THOISU_AUDIT_EVERY": "0", "THOISU_REVISIT_DAYS": "1e12", "THOISU_ARCHIVE_TOTAL_MB": "0",
    "THOISU_KEEP_PAGES": "1D", "THOISU_KEEP_LINKS": "12w", "THOISU_KEEP_REFUSED": "1 y",
    "THOISU_HEARTBEAT_URL": "https://odd.example/token",
}  # fmt: skip
BAD = {
    "THOISU_CONTACT": "tòa soạn", "THOISU_DELAY": "soon", "THOISU_BUDGET": "-1", "THOISU_NEWSROOM": "ftp://h", "THOISU_PROXY": "socks5://a:b@h",
    "THOISU_LOG_LEVEL": "LOUD", "THOISU_LOG_FORMAT": "xml", "THOISU_ARCHIVE_MB": "nan", "THOISU_TRIES_MAX": "many", "THOISU_REVISIT_DAYS": "inf",
    "THOISU_KEEP_PAGES": "soon", "THOISU_KEEP_LINKS": "30d", "THOISU_ARCHIVE_URL": "/srv/warc",
}  # fmt: skip
NOWHERE = Path("/nowhere/.env")

IMPORT_ALL = """
import importlib, os, pkgutil, sys, crawler
read = []
class Watched(type(os.environ)):
    def __getitem__(self, key):
        frame = sys._getframe(1)
        while "collections" in frame.f_code.co_filename or frame.f_code.co_filename == os.__file__:
            frame = frame.f_back
        # A library that copies the whole of it reads none of ours.
        ours = os.path.dirname(crawler.__file__) in frame.f_code.co_filename
        if str(key).startswith("THOISU_") and ours: read.append(key)
        return super().__getitem__(key)
os.environ.__class__ = Watched
for module in pkgutil.walk_packages(crawler.__path__, "crawler."):
    if module.name not in ("crawler.__main__", "crawler.store.migrations.env"):
        importlib.import_module(module.name)
from crawler.configuration import DEFAULTS
from crawler.crawl.run import settings_for
chosen = settings_for(DEFAULTS)
print(read, chosen["THOISU_DELAY"], chosen["THOISU_DATABASE_URL"], chosen["ROBOTSTXT_OBEY"], chosen["LOG_LEVEL"])
"""


def python(code: str, folder: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("THOISU_")}
    return subprocess.run(
        [sys.executable, *(["-c", code] if code else ["-m", "crawler"]), *arguments], cwd=folder, text=True,
        capture_output=True, env={**clean, "PYTHONPATH": str(ROOT), **environment}, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("environment", [ODD, BAD], ids=["odd", "bad"])
def test_importing_reads_no_environment(tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / ".env").write_bytes(b"THOISU_DELAY=\xff")
    done = python(IMPORT_ALL, tmp_path, environment)
    assert done.stdout == "[] None sqlite:///thoisu.db True WARNING\n", done.stderr


def test_every_setting_is_read_and_kept_within_its_bounds() -> None:
    assert {one.name for one in SETTINGS} == ODD.keys()
    loaded = Settings.load(ODD, NOWHERE)
    assert all(getattr(loaded, one.name) != getattr(DEFAULTS, one.name) for one in fields(Settings))
    assert (loaded.budget, loaded.sites_at_once, loaded.archive_mb, loaded.audit_every) == (7, 1, 0.001, 1)
    assert (loaded.read_seconds, loaded.revisit_days, loaded.log_level) == (0.1, 36_500, "DEBUG")
    assert loaded.user_agent.endswith("(+odd@bao.example)")


def test_a_default_is_what_its_own_text_gives() -> None:
    written = {one.name: one.default for one in SETTINGS}
    assert Settings.load(written, NOWHERE) == DEFAULTS == Settings.load({}, NOWHERE)
    assert all(one.help.endswith(".") for one in SETTINGS)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_value_is_one_sentence_that_names_the_setting(name: str) -> None:
    with pytest.raises(BadInput, match=rf"^{name} must be .*, not '.*'$"):
        Settings.load({name: BAD[name]}, NOWHERE)


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# ours\nTHOISU_CONTACT = 'tin@bao.vn'\nexport THOISU_DELAY=5\nTHOISU_DATABASE_URL=\nOTHER=1\n")
    loaded = Settings.load({"THOISU_DELAY": "1", "THOISU_BUDGET": ""}, file)
    assert loaded == replace(DEFAULTS, contact="tin@bao.vn", delay=1.0)


def test_an_option_wins_over_the_environment_over_the_file_over_the_default(tmp_path: Path) -> None:
    def missing(*arguments: str, **environment: str) -> str:
        done = python("", tmp_path, environment, "articles", *arguments)
        assert done.returncode == 2
        return done.stderr.partition("no store at ")[2].partition(" ")[0]

    assert missing() == "sqlite:///thoisu.db"
    (tmp_path / ".env").write_text("THOISU_DATABASE_URL=sqlite:///file.db\n")
    assert missing() == "sqlite:///file.db"
    assert missing(THOISU_DATABASE_URL="sqlite:///set.db") == "sqlite:///set.db"
    assert missing("--store", "sqlite:///option.db", THOISU_DATABASE_URL="sqlite:///set.db") == "sqlite:///option.db"


def test_a_bad_value_ends_the_command_but_not_its_help(tmp_path: Path) -> None:
    done = python("", tmp_path, {"THOISU_DELAY": "soon"}, "articles")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "thoisu: THOISU_DELAY must be a number of at least 0, not 'soon'\n"
    assert python("", tmp_path, {"THOISU_DELAY": "soon"}, "articles", "--help").returncode == 0


def scrapy_settings(**given: str) -> ScrapySettings:
    """As `scrapy … -s NAME=value` makes them."""
    settings = ScrapySettings()
    settings.setmodule("crawler.settings", priority="project")
    settings.setdict(given, priority="cmdline")
    return settings


def test_scrapy_gets_the_environment_and_what_follows_from_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("THOISU_CONTACT", "tin@bao.vn")
    monkeypatch.setenv("THOISU_TRIES_MAX", "2")
    settings = AsyncCrawlerRunner(scrapy_settings(THOISU_TRIES_MAX="9")).settings
    assert settings["USER_AGENT"].endswith("(+tin@bao.vn)")
    assert settings.getint("THOISU_TRIES_MAX") == 9
    assert settings["DOWNLOAD_HANDLERS"]["https"] == "crawler.fetch.guard.GuardedHandler"
    saved = AsyncCrawlerRunner(scrapy_settings(THOISU_REPLAY="saved")).settings
    assert (saved["DOWNLOAD_HANDLERS"]["http"], saved["DOWNLOAD_HANDLERS"]["file"]) == (
        "crawler.fetch.replay.ReplayHandler", None,
    )  # fmt: skip
    assert saved.getbool("ROBOTSTXT_OBEY") is False


def test_scrapy_refuses_a_bad_value(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadInput, match="THOISU_DELAY must be"):
        FromEnvironment.update_pre_crawler_settings(scrapy_settings(THOISU_DELAY="soon"))
    monkeypatch.setenv("THOISU_BUDGET", "much")
    with pytest.raises(BadInput, match="THOISU_BUDGET must be"):
        AsyncCrawlerRunner(scrapy_settings())


def test_a_run_takes_what_it_is_given_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in BAD.items():
        monkeypatch.setenv(name, value)
    own = Settings(delay=3.0, replay=Path("own"))
    settings = AsyncCrawlerRunner(settings_for(own, replay=Path("saved"), more={"THOISU_TRIES_MAX": 7})).settings
    assert (settings["THOISU_DELAY"], settings["THOISU_REPLAY"], settings["THOISU_TRIES_MAX"]) == (3.0, "saved", 7)


def test_scrapy_itself(tmp_path: Path) -> None:
    def scrapy(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        code = "import os, sys; from scrapy.cmdline import execute; execute(['scrapy', *sys.argv[1:]])"
        about = {"SCRAPY_SETTINGS_MODULE": "crawler.settings", **environment}
        return python(code, tmp_path, about, *arguments)

    assert "nhandan\n" in scrapy("list").stdout
    done = scrapy("settings", "--get", "DOWNLOAD_HANDLERS", THOISU_REPLAY="saved")
    assert json.loads(done.stdout)["http"] == "crawler.fetch.replay.ReplayHandler", done.stderr
    bad = scrapy("crawl", "nhandan", THOISU_DELAY="soon")
    assert bad.returncode == 2
    assert "error: THOISU_DELAY must be a number of at least 0, not 'soon'" in bad.stderr

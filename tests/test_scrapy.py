"""Scrapy's own commands behave here as in any Scrapy project."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crawler.items import FIELDS, Article, Link
from crawler.process.fork_server import ForkServer
from crawler.store import SourceState, Store
from tests import scrapy_in_forks
from tests.support import GOLDEN, LONG, ROOT, Run, Thoisu

CASE = GOLDEN / "tuoitre" / "article"
URL = json.loads((CASE / "origin.json").read_text("utf-8"))["url"]
FEED = "https://tuoitre.vn/rss/tin-moi-nhat.rss"
Scrapy = Callable[..., Run]


@pytest.fixture
def scrapy(tmp_path: Path) -> Scrapy:
    """Scrapy's command in a folder with the project's scrapy.cfg and a replay of one article of Tuổi Trẻ."""
    shutil.copy(ROOT / "scrapy.cfg", tmp_path)
    saved = tmp_path / "saved"
    saved.mkdir()
    shutil.copy(CASE / "page.html", saved)
    item = f"<item><title>Bài</title><link>{URL}</link></item>"
    (saved / "feed.xml").write_text(f"<rss version='2.0'><channel><title>Tin</title>{item}</channel></rss>", "utf-8")
    (saved / "replay.tsv").write_text(f"url\tfile\n{URL}\tpage.html\n{FEED}\tfeed.xml\n", "utf-8")

    def run(*arguments: str) -> Run:
        done = subprocess.run(
            [sys.executable, "-m", "scrapy", *arguments], cwd=tmp_path, text=True, capture_output=True, check=False,
            stdin=subprocess.DEVNULL, timeout=LONG,
        )  # fmt: skip
        return Run(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    one = ForkServer(scrapy_in_forks.load)
    yield one
    one.close()


@pytest.fixture
def warm_scrapy(scrapy: Scrapy, server: ForkServer, tmp_path: Path) -> Scrapy:
    """The same in a fork, which takes a tenth of the time to begin; for what asks for the project's own sites."""

    def run(*arguments: str, **environment: str) -> Run:
        with (tmp_path / "said").open("w+") as out, (tmp_path / "errors").open("w+") as errors:
            fds = [out.fileno(), errors.fileno()]
            environ = {**os.environ, **environment}
            code = server.begin(scrapy_in_forks.run, str(tmp_path), *arguments, environ=environ, fds=fds).wait()
            return Run(code, *(Path(file.name).read_text("utf-8") for file in (out, errors)))

    return run


REPLAY = ("-s", "THOISU_REPLAY=saved", "-s", "THOISU_DATABASE_URL=sqlite:///other.db")


def test_crawled_items_are_exported_with_the_documented_fields(scrapy: Scrapy, tmp_path: Path) -> None:
    outputs = ("-o", "out.jl", "-O", "out.json", "-O", "out.csv")
    done = scrapy("crawl", "tuoitre", "-a", f"source={FEED}", *REPLAY, *(outputs[:2]))
    assert (done.code, done.err) == (0, "")
    text = (tmp_path / "out.jl").read_text("utf-8")
    assert "\\u" not in text, "letters are letters"
    (line,) = text.splitlines()
    with Store.open(f"sqlite:///{tmp_path / 'other.db'}") as store:
        stored: Article = store.revision(1, 1)
    assert json.loads(line) == stored.to_dict()
    assert not (tmp_path / "thoisu.db").exists()
    again = ("-s", "THOISU_REPLAY=saved", "-s", "THOISU_DATABASE_URL=sqlite:///new.db")
    assert scrapy("crawl", "tuoitre", "-a", f"source={FEED}", *again, *outputs[2:]).code == 0
    assert json.loads((tmp_path / "out.json").read_text("utf-8")) == [stored.to_dict()]
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert tuple(row) == FIELDS
    assert (row["title"], row["published_at"]) == (stored.title, stored.to_dict()["published_at"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("tuoitre", "-a", "limit=abc"), "-a limit must be a whole number of at least 1, not 'abc'"),
        (("tuoitre", "-a", "limit=0"), "-a limit must be a whole number of at least 1, not '0'"),
        (("tuoitre", "-a", "now=2026-01-01"), "-a now: tuoitre takes no such argument; it takes source, limit"),
        (("tuoitre", "-a", "sorce=x"), "-a sorce: tuoitre takes no such argument; did you mean source?"),
        (("tuoitre", "-a", "revisit=maybe"), "-a revisit must be yes or no, not 'maybe'"),
        (("tuoitre", "-a", "source=https://vov.vn/rss"), "-a source: https://vov.vn/rss is no address of tuoitre"),
        (("tuoitre", "-a", "source=tin.rss"), "-a source: tin.rss is no address of tuoitre"),
        (("tuoitr",), "no spider is called 'tuoitr'; did you mean tuoitre"),
        (("tuoitre", "-s", "THOISU_DELAY=soon"), "THOISU_DELAY must be a number of at least 0, not 'soon'"),
        (("tuoitre", "-s", "THOISU_DATABASE_URL=a.db"), "'a.db' is no database address"),
        (("tuoitre", "-s", "THOISU_REPLAY=nowhere"), "nowhere holds no replay.tsv"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(warm_scrapy: Scrapy, arguments: tuple[str, ...], said: str) -> None:
    done = warm_scrapy("crawl", *arguments)
    assert (done.code, done.out) == (2, "")
    assert f"error: {said}" in done.err.splitlines()[-1]
    assert "Traceback" not in done.err


def test_the_spider_of_an_address_is_found(warm_scrapy: Scrapy, tmp_path: Path) -> None:
    Store.open(f"sqlite:///{tmp_path / 'other.db'}").close()
    shown = warm_scrapy("shell", URL, "-c", "(spider.name, response.status)", *REPLAY)
    assert (shown.code, shown.out.strip()) == (0, "('tuoitre', 200)")
    assert "TypeError" not in warm_scrapy("shell", "https://example.com/", "-c", "spider.name", *REPLAY).err
    assert warm_scrapy("fetch", URL, *REPLAY).out.strip() == (CASE / "page.html").read_text("utf-8").strip()
    parsed = warm_scrapy("parse", URL, "--nocolour", *REPLAY).out
    assert "'layout':" in parsed
    assert "\n[]\n" in parsed.partition("# Requests")[2], "and nothing else is asked"


def test_a_page_that_scrapy_asks_for_begins_no_crawl(warm_scrapy: Scrapy, tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'other.db'}") as store:
        store.save_source(SourceState(url=FEED), [Link(URL, canonical_url=URL)], "tuoitre")
        assert "Bài" in warm_scrapy("fetch", FEED, *REPLAY).out
        assert (len(store.articles()), len(store.pending("tuoitre"))) == (0, 1)


def test_settings_are_those_that_hold(warm_scrapy: Scrapy, tmp_path: Path) -> None:
    assert warm_scrapy("settings", "--get", "THOISU_DATABASE_URL").out == "sqlite:///thoisu.db\n"
    (tmp_path / ".env").write_text("THOISU_DATABASE_URL=sqlite:///file.db # ours\nTHOISU_DELAI=1\n", "utf-8")
    done = warm_scrapy("settings", "--get", "THOISU_DATABASE_URL")
    assert (done.out, "did you mean THOISU_DELAY?" in done.err) == ("sqlite:///file.db\n", True)
    assert warm_scrapy("settings", "--get", "THOISU_DATABASE_URL", "-s", "THOISU_DATABASE_URL=x").out == "x\n"
    assert "(+a@b.vn)" in warm_scrapy("settings", "--get", "USER_AGENT", THOISU_CONTACT="a@b.vn").out
    wrong = warm_scrapy("settings", "--get", "BOT_NAME", THOISU_DELAY="soon")
    assert (wrong.code, "Traceback" in wrong.err) == (2, False)


def test_a_generated_spider_is_one_of_this_project(scrapy: Scrapy, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "spiders", tmp_path / "spiders", ignore=shutil.ignore_patterns("__pycache__"))
    made = scrapy("genspider", "baomau", "baomau.example.vn")
    assert "spiders.baomau" in made.out
    assert "baomau" in scrapy("list").out.split()
    code = "from crawler.sites import load_sites; print(load_sites()['baomau'].sources[0].url)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, text=True, capture_output=True, check=False)
    assert done.stdout == "https://baomau.example.vn/rss/home.rss\n", done.stderr
    assert scrapy("check", "baomau").code == 0


def test_a_spider_s_file_runs_by_itself(scrapy: Scrapy, tmp_path: Path) -> None:
    shutil.copy(ROOT / "spiders" / "tuoitre.py", tmp_path / "alone.py")
    done = scrapy("runspider", "alone.py", "-a", f"source={FEED}", *REPLAY)
    assert done.code == 0, done.err
    with Store.open(f"sqlite:///{tmp_path / 'other.db'}") as store:
        assert len(store.articles()) == 1


def test_schedule_py_is_thoisu_schedule(tmp_path: Path, thoisu: Thoisu) -> None:
    def schedule(*arguments: str) -> Run:
        done = subprocess.run(
            [sys.executable, str(ROOT / "schedule.py"), *arguments], cwd=tmp_path, text=True, capture_output=True,
            check=False, env={**os.environ, "COLUMNS": "80"},
        )  # fmt: skip
        return Run(done.returncode, done.stdout, done.stderr)

    for arguments in (("--help",), ("nhandn",)):
        assert schedule(*arguments) == thoisu("schedule", *arguments)

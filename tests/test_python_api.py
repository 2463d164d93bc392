"""The four functions of a program: the page that tells of them, their names beside packages, and what they give."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from crawler import articles, crawl, extract
from crawler.cli.common import configured
from crawler.errors import BadInput, Refusal, Refused
from crawler.newsroom import Newsroom
from crawler.store import Store
from crawler.text import VIETNAM
from tests.support import GOLDEN, ROOT, article, at

DOCS = ROOT / "docs" / "python.md"
PAGE = (GOLDEN / "tuoitre" / "article" / "page.html").read_bytes()
URL = "https://tuoitre.vn/bai-viet-20260810101500123.htm"


@pytest.fixture(autouse=True)
def _settings() -> None:
    configured.cache_clear()


@pytest.fixture
def news(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'news.db'}"
    with Store.open(url) as store:
        for n in range(1, 61):
            store.save(article(n, f"Bài {n}", site="vov" if n == 3 else "bao"), at(n))
        store.save(article(2, "Nước sạch"), at(70))
    return url


def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Store.open("sqlite:///news.db").close()
    blocks = re.findall(r"^```python( no-run)?\n(.*?)^```", DOCS.read_text("utf-8"), re.M | re.S)
    assert len(blocks) == 3
    for left_out, code in blocks:
        compiled = compile(code, str(DOCS), "exec")
        if not left_out:
            exec(compiled, {})  # noqa: S102 - our own page
    assert capsys.readouterr().out.splitlines()[0] == "Khởi công cầu mới None None"


def test_names_are_functions_whatever_was_loaded_before() -> None:
    code = (
        "import crawler.extract, crawler.crawl, crawler.fetch.guard, sys\n"
        "from crawler import articles, crawl, extract, fetch\n"
        "from crawler.extract import verdict\n"
        "sys.exit(0 if all(map(callable, (articles, crawl, extract, fetch, verdict))) else 'a module')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")


def test_importing_it_loads_nothing() -> None:
    code = "import crawler, sys\nsys.exit(str([name for name in sys.modules if name.startswith('crawler.')] or ''))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stderr.strip() == ""


def test_the_address_chooses_the_site() -> None:
    found = extract(PAGE, URL)
    assert (found.site, found.layout) == ("tuoitre", "vccorp")
    assert extract(PAGE, "https://example.vn/a-1234.html").site is None
    assert extract(PAGE, URL, site="tuoitre").title == found.title
    with pytest.raises(BadInput, match="say with url="):
        extract(PAGE)
    with pytest.raises(Refused) as refused:
        extract("", URL)
    assert refused.value.reason in set(Refusal)


def test_articles_come_newest_first_with_their_current_texts(news: str) -> None:
    found = list(articles(news))
    assert [one.canonical_url for one in found] == [article(n).canonical_url for n in range(60, 0, -1)]
    assert found[-2].body == "Nước sạch"
    assert [one.body for one in articles(news, text="nuoc sach")] == ["Nước sạch"]
    assert [one.site for one in articles(news, sites=["vov"])] == ["vov"]
    assert [one.title for one in articles(news, since=at(2), until=at(4), limit=1)] == ["Tiêu đề 3"]
    assert [one.site for one in articles(news, sites="vov")] == ["vov"]
    assert len(list(articles(news, since="2/3/2026", until=at(0).date()))) == 60, "a day as the last is whole"
    local = at(3).astimezone(VIETNAM)
    assert len(list(articles(news, until=local.replace(tzinfo=None)))) == 2, "without a zone it is Viet Nam's clock"
    with pytest.raises(BadInput, match="there is no store"):
        next(articles("sqlite:///nowhere.db"))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"sites": ["bão"]}, "no site is called"),
        ({"since": "soon"}, "'soon' is no date"),
        ({"since": at(9), "until": at(8)}, "is after"),
        ({"text": ""}, "the query is empty"),
        ({"limit": -1}, "limit is 0 or more"),
    ],
)
def test_what_cannot_be_meant_is_said_in_a_sentence(news: str, asked: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        next(articles(news, **asked))


def test_a_crawl_takes_names_and_addresses(newsroom: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THOISU_NEWSROOM", newsroom.url)
    url = f"sqlite:///{tmp_path / 'crawled.db'}"
    (report,) = crawl("songda", store_url=url, limit=2)
    assert (report.site, report.error) == ("songda", None)
    assert len(list(articles(url))) == report.created > 0
    with pytest.raises(BadInput, match="limit is 1 or more"):
        crawl("songda", store_url=url, limit=0)
    with pytest.raises(BadInput, match="no site has the address"):
        crawl("https://nobody.example/", store_url=url)

"""Reading the archive again: what a mended layout would change, and what is written of it."""

from __future__ import annotations

import dataclasses
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.archive import Archive
from crawler.archive.records import Fetch
from crawler.archive.reread import RereadPage, review, write
from crawler.archive.writer import Writer
from crawler.cli.main import main
from crawler.compare.relate import waiting
from crawler.crawl import page_answer
from crawler.errors import Quarantine, Refusal
from crawler.items import FIELDS, Article
from crawler.monitor.store_checks import verify
from crawler.newsroom import Newsroom, World
from crawler.sites import EPI, Feed, Layout, Site, Sites
from crawler.store import Outcome, Store
from tests.newsroom_bench import Bench, mended


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with Newsroom(World(seed=4, sites=1, articles=6)) as newsroom:
        yield Bench(newsroom, tmp_path, archiving=True)


TOO_SHORT = EPI.replace(body=(".article__sapo",), lead=())
"""Reads nothing but the lead."""


def with_layout(bench: Bench, layout: Layout) -> dict[str, Site]:
    return {name: dataclasses.replace(site, layout=layout) for name, site in bench.sites.items()}


def findings(bench: Bench, sites: dict[str, Site] | None = None, *, writing: bool = False) -> list[RereadPage]:
    with Archive(bench.archive) as archive, Store.open(bench.store_url) as store:
        assert archive.catch_up() == []
        found = list(review(archive, store, sites or bench.sites))
        outcomes = [write(store, one) for one in found] if writing else []
        assert not writing or all(
            (outcome is None) == (one.what == "same") for one, outcome in zip(found, outcomes, strict=True)
        )
        assert verify(store) == []
        return found


def whats(found: list[RereadPage]) -> Counter[str]:
    return Counter(one.what for one in found)


def changes(bench: Bench) -> int:
    with Store.open(bench.store_url) as store:
        return len(store.changes(limit=None))


def test_what_is_unchanged_is_the_same(bench: Bench) -> None:
    bench.crawl_one()
    assert whats(findings(bench)) == {"same": 6}


def test_after_a_redesign_a_mended_layout_puts_right_what_the_fallback_read(bench: Bench) -> None:
    bench.newsroom.misbehave("songda", redesign=True)
    bench.crawl_one()
    assert {article.layout for article in bench.stored().values()} == {"fallback"}
    good = with_layout(bench, mended(EPI))
    found = findings(bench, good, writing=True)
    assert all("layout" in one.fields for one in found)
    stored, truth = bench.stored(), {row["canonical_url"]: row for row in bench.newsroom.world.record()["songda"]}
    assert {article.layout for article in stored.values()} == {EPI.name}
    for url, article in stored.items():
        assert (article.title, article.lead, article.body) == tuple(
            truth[url][key] for key in ("title", "lead", "body")
        )
    assert whats(findings(bench, good)) == {"same": 6}


def test_the_same_text_is_corrected_in_place_without_a_change(bench: Bench) -> None:
    bench.sites = with_layout(bench, EPI.replace(authors=(), section=(), tags=()))
    bench.crawl_one()
    before, rows = bench.stored(), changes(bench)
    found = findings(bench, with_layout(bench, EPI), writing=True)
    assert whats(found)["metadata"] >= 1
    assert whats(found).keys() <= {"metadata", "same"}
    after = bench.stored()
    for one in found:
        old, new = before[one.url], after[one.url]
        assert {name for name in FIELDS if getattr(old, name) != getattr(new, name)} == set(one.fields)
        assert old.content_hash == new.content_hash
    assert changes(bench) == rows
    assert whats(findings(bench, with_layout(bench, EPI))) == {"same": 6}


def test_another_text_is_a_new_revision_and_only_once(bench: Bench) -> None:
    good = bench.sites
    bench.sites = with_layout(bench, TOO_SHORT)
    bench.crawl_one()
    bad = bench.stored()
    found = findings(bench, good)
    assert whats(found) == {"text": 6}
    assert all({"body", "content_hash"} <= set(one.fields) and "body" in one.changed for one in found)
    assert bench.stored() == bad
    findings(bench, good, writing=True)
    truth = {row["canonical_url"]: row["body"] for row in bench.newsroom.world.record()["songda"]}
    assert {url: article.body for url, article in bench.stored().items()} == truth
    with Store.open(bench.store_url) as store:
        assert {row.revision for row in store.articles(limit=None)} == {2}
        assert [change.event for change in store.changes(since=6, limit=None)] == ["revised"] * 6
    assert whats(findings(bench, good)) == {"same": 6}


def unreadable(*_: object) -> Article:
    raise Quarantine(Refusal.NO_BODY)


def broken(*_: object) -> Article:
    raise ZeroDivisionError


def test_a_page_that_nobody_could_read_becomes_an_article(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(page_answer, "in_reader", unreadable)
        assert bench.crawl_one().refused[Refusal.NO_BODY] == 6
        patched.setattr("crawler.archive.reread.read_archived", unreadable)
        assert whats(findings(bench)) == {"unread": 6}
    assert whats(findings(bench, writing=True)) == {"new": 6}
    assert len(bench.stored()) == 6
    with Store.open(bench.store_url) as store:
        assert store.pending("songda") == []


def store_text(bench: Bench, article: Article, at: datetime) -> Outcome:
    with Store.open(bench.store_url) as store:
        return store.save(article, at)


def test_a_later_text_is_left_alone(bench: Bench) -> None:
    bench.crawl_one()
    url, article = next(iter(bench.stored().items()))
    later = datetime.now(UTC) + timedelta(hours=1)
    edited = dataclasses.replace(article, body=article.body + "\nThêm một câu.", content_hash="v1:" + "0" * 64)
    assert store_text(bench, edited, later).event == "revised"
    found = findings(bench)
    assert whats(found) == {"same": 5, "older": 1}
    (older,) = (one for one in found if one.what == "older")
    assert older.url == url
    with Store.open(bench.store_url) as store:
        assert older.after is not None
        assert store.amend(older.after, older.at, older.url) is None
    assert bench.stored()[url] == edited


def test_a_withdrawn_page_stays_withdrawn(bench: Bench) -> None:
    good = bench.sites
    bench.sites = with_layout(bench, TOO_SHORT)
    bench.crawl_one()
    url = next(iter(bench.stored()))
    with Store.open(bench.store_url) as store:
        store.withdraw(url, datetime.now(UTC))
    found = findings(bench, good)
    assert whats(found) == {"text": 5, "withdrawn": 1}
    with Store.open(bench.store_url) as store:
        (gone,) = (one for one in found if one.what == "withdrawn")
        assert gone.after is not None
        assert store.amend(gone.after, gone.at, gone.url) is None
        assert verify(store) == []


def test_a_copy_is_corrected_as_a_copy(bench: Bench) -> None:
    bench.crawl_one()
    url, article = next(iter(bench.stored().items()))
    twin = dataclasses.replace(article, canonical_url=url + "?ban-sao=1", tags=("cũ",))
    at = datetime.now(UTC)
    assert store_text(bench, twin, at).event == "copied"
    with Store.open(bench.store_url) as store:
        outcome = store.amend(dataclasses.replace(twin, tags=("mới",)), at, twin.canonical_url)
        assert outcome is not None
        assert outcome.event is None
        held = store.page(twin.canonical_url)
        assert held is not None
        assert held.article.tags == ("mới",)
        assert verify(store) == []


def test_a_pending_page_stays_pending(bench: Bench) -> None:
    bench.crawl_one()
    url, article = next(iter(bench.stored().items()))
    with Store.open(bench.store_url) as store:
        at = datetime.now(UTC)
        outcome = store.amend(dataclasses.replace(article, content_hash="v1:" + "1" * 64, body="khác"), at, url)
        assert outcome is not None
        assert outcome.event == "revised"
        (link,) = (link for link in store.revisit("songda", at - timedelta(days=9999)) if link.canonical_url == url)
        assert link.fetched_at is not None
        assert link.fetched_at < at


def test_what_cannot_be_read_any_more_is_counted_and_left(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.crawl_one()
    monkeypatch.setattr("crawler.archive.reread.read_archived", broken)
    found = findings(bench)
    assert whats(found) == {"refused": 6}
    assert {one.detail for one in found} == {"unreadable (ZeroDivisionError)"}
    assert whats(findings(bench, {"khac": bench.sites["songda"]})) == {"no_site": 6}


def command(bench: Bench, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int | str | None, str, str]:
    with pytest.raises(SystemExit) as end:
        main(["reread", "--archive", str(bench.archive), "--store", bench.store_url, *arguments])
    out, err = capsys.readouterr()
    return end.value.code, out, err


def test_the_command_reports_first_and_writes_on_yes_alone(
    bench: Bench, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bench.sites = bench.sites, with_layout(bench, TOO_SHORT)
    bench.crawl_one()
    bad = bench.stored()
    monkeypatch.setattr("crawler.cli.reread.all_sites", lambda: good)
    for arguments in ([], ["--dry-run"], ["--site", "songda", "--since", "2026-01-01"]):
        code, out, err = command(bench, capsys, *arguments)
        assert (code, err) == (0, "")
        assert "6 pages of the archive" in out
        assert "another text: a new revision" in out
        assert re.search(r"fields that differ: .*\bbody 6\b", out)
        assert "with --yes these 6 would be" in out
        assert bench.stored() == bad
    code, out, err = command(bench, capsys, "--json")
    *rows, last = map(json.loads, out.splitlines())
    assert [row["what"] for row in rows] == ["text"] * 6
    assert rows[0]["fields"]["body"] == [bad[rows[0]["url"]].body, rows[0]["fields"]["body"][1]]
    assert (last["pages"], last["what"], last["fields"]["body"]) == (6, {"text": 6}, 6)
    code, out, err = command(bench, capsys, "--yes")
    assert out.rstrip().endswith("written: revised 6")
    with Store.open(bench.store_url) as store:
        assert waiting(store) == 0, "what it writes is compared"
    assert out.index("6 pages of the archive") < out.index("written:")
    code, out, err = command(bench, capsys, "--yes")
    assert out.rstrip().endswith("written: nothing")
    assert command(bench, capsys, "--since", "2099-01-01")[1].startswith("0 pages")


SPIDER = """
from crawler.crawl import NewsSpider
from crawler.sites import EPI, Feed, Site

class Songda(NewsSpider):
    name = "songda"
    site = Site(publisher="Báo", home="{home}", tier="press", sources=(Feed("{home}a.rss"),), article=r"-post\\d+",
                layout={layout})
"""


def test_a_file_is_tried_before_it_is_taken_over(
    bench: Bench, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bench.crawl_one()
    monkeypatch.setattr("crawler.cli.reread.all_sites", lambda: Sites(bench.sites.values()))
    home = bench.sites["songda"].home
    spider, layout, nothing = (tmp_path / name for name in ("spider.py", "layout.py", "nothing.py"))
    spider.write_text(SPIDER.format(home=home, layout='EPI.replace(body=(".article__sapo",), lead=())'))
    layout.write_text(
        'from crawler.sites import EPI\nLAYOUT = EPI.replace(name="new", body=(".article__sapo",), lead=())\n'
    )
    nothing.write_text("x = 1\n")
    for arguments in (["--with", str(spider)], ["--with", str(layout), "--site", "songda"]):
        assert "6  another text: a new revision" in command(bench, capsys, *arguments)[1]
    for arguments, said in (
        (["--with", str(layout)], "name its site"),
        (["--with", str(nothing)], "neither a spider nor a LAYOUT"),
        (["--with", str(tmp_path / "none.py")], "cannot be read"),
    ):
        code, _, err = command(bench, capsys, *arguments)
        assert code == 2
        assert said in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--yes", "--dry-run"], "exclude each other"),
        (["--archive", "/no/such/folder"], "holds no archive"),
        (["--site", "khongco", "--archive", "HERE"], "no site is called"),
    ],
)
def test_bad_usage_is_one_line(
    bench: Bench, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["reread", "--store", bench.store_url, *(word.replace("HERE", str(bench.archive)) for word in arguments)])
    out, err = capsys.readouterr()
    assert (end.value.code, out, err.count("\n")) == (2, "", 1)
    assert said in err


@pytest.mark.parametrize(("kept", "what"), [(2, "new"), (1, "damaged")])
def test_an_article_on_several_pages_is_read_with_all_of_them(tmp_path: Path, kept: int, what: str) -> None:
    url, when = "https://bao.example.vn/duong-ven-bien-post123456.html", datetime(2026, 10, 5, 8, tzinfo=UTC)
    texts = [
        "Sáng nay, tỉnh thông xe tuyến đường ven biển dài hơn bốn mươi cây số, nối bảy xã.",
        "Đường có sáu cây cầu lớn.",
    ]
    texts[1] += " Người dân hai bên tuyến vui mừng vì thời gian đi lại được rút ngắn một nửa."
    pages = [
        f'<meta charset="utf-8"><h1 class="cms-title">Thông xe đường ven biển</h1>'
        f'<div class="cms-body"><p>{text}</p></div>{pager}'
        for text, pager in zip(texts, ('<a rel="next" href="?page=2">2</a>', ""), strict=True)
    ]
    writer = Writer(tmp_path, 10**6, "test", "desk@example.org")
    for address, link, body in [(url, url, pages[0]), (f"{url}?page=2", None, pages[1])][:kept]:
        assert writer.keep(
            Fetch(url=address, site="bao", link=link, status=200, headers=(), body=body.encode(), at=when)
        )
    writer.close()
    site = Site(
        name="bao", publisher="Báo", home="https://bao.example.vn/", tier="press", article=r"-post\d+\.html", layout=EPI,
        sources=(Feed("https://bao.example.vn/home.rss"),),
    )  # fmt: skip
    with Archive(tmp_path) as archive, Store.open(f"sqlite:///{tmp_path}/store.db") as store:
        assert archive.catch_up() == []
        (found,) = review(archive, store, Sites([site]))
    assert found.what == what
    assert found.after is None or found.after.body == "\n".join(texts)

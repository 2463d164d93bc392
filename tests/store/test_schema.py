"""A store of an older version: upgraded with its data by whatever opens it, and taken back by `thoisu downgrade`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, text

from crawler.cli.main import main
from crawler.monitor.store_checks import verify
from crawler.store import Store, database, migrate
from tests.support import article, at

T = [f"2026-03-02T0{hour}:00:00.000000Z" for hour in range(5)]
BODY = "Sáng nay, tỉnh khởi công cầu mới dài 300 m.\nCông trình được làm trong mười hai tháng."
COMMON = {"title": "Khởi công cầu", "lead": None}
RECORD = json.dumps(
    {
        "url": "https://bao.example/bai-1.html", "canonical_url": "https://bao.example/bai-1.html", "site": "bao",
        "dateline": None, "authors": ["Lê An"], "published_at": "2026-03-02T08:00:00+07:00", "modified_at": None,
        "published_precision": "minute", "published_raw": "02/03/2026 08:00", "section": "Thời sự", "tags": [],
        "kind": "article", "images": [], "documents": [], "layout": "made-up",
    },
    ensure_ascii=False,
)  # fmt: skip
# As the first version wrote them: an article with an edit, a copy of it, and links of each fate.
ROWS: dict[str, list[dict[str, Any]]] = {
    "sites": [{"name": "bao", "added_at": T[0]}, {"name": "dai", "added_at": T[0]}],
    "sources": [{
        "id": 1, "url": "https://bao.example/rss", "site": "bao", "etag": 'W/"7"', "checked_at": T[0], "looks": 3,
        "audits": 1, "lies": 0, "trusted": True, "failures": 0,
    }],
    "links": [
        {"id": 1, "canonical_url": "https://bao.example/bai-1.html", "site": "bao", "source_id": 1, "found_at": T[0],
         "fetched_at": T[2], "tries": 0, "fate": "stored"},
        {"id": 2, "canonical_url": "https://dai.example/bai-2.html", "site": "dai", "found_at": T[0],
         "fetched_at": T[3], "tries": 0, "fate": "stored"},
        {"id": 3, "canonical_url": "https://bao.example/bai-3.html", "site": "bao", "source_id": 1, "found_at": T[0],
         "tries": 1, "word": "timeout", "fate": "pending"},
    ],
    "articles": [{
        "id": 1, "canonical_url": "https://bao.example/bai-1.html", "site": "bao", "title": "Khởi công cầu",
        "published_at": T[1], "section": "Thời sự", "kind": "article", "first_seen_at": T[1], "revision": 2,
        "content_hash": "v1:b",
    }],
    "revisions": [
        {"id": 1, "article_id": 1, "number": 1, "fetched_at": T[1], "content_hash": "v1:a", "body": BODY[:50],
         "record": RECORD, **COMMON},
        {"id": 2, "article_id": 1, "number": 2, "fetched_at": T[2], "content_hash": "v1:b", "body": BODY,
         "record": RECORD, **COMMON},
    ],
    "copies": [{
        "id": 1, "article_id": 1, "canonical_url": "https://dai.example/bai-2.html", "site": "dai",
        "published_at": T[3], "fetched_at": T[3], "content_hash": "v1:b", "body": BODY, "record": RECORD, **COMMON,
    }],
    "changes": [
        {"seq": 1, "event": "created", "article_id": 1, "revision": 1, "url": "https://bao.example/bai-1.html",
         "site": "bao", "content_hash": "v1:a", "at": T[1]},
        {"seq": 2, "event": "revised", "article_id": 1, "revision": 2, "url": "https://bao.example/bai-1.html",
         "site": "bao", "content_hash": "v1:b", "at": T[2]},
        {"seq": 3, "event": "copied", "article_id": 1, "url": "https://dai.example/bai-2.html", "site": "dai",
         "content_hash": "v1:b", "at": T[3]},
    ],
}  # fmt: skip


@pytest.fixture
def first(fresh: Callable[[], str]) -> str:
    """Address of a store as the first version made and filled it."""
    from alembic import command

    url = fresh()
    engine = database.engine_for(url)
    with database.transaction(database.writer(engine)) as connection:
        command.upgrade(migrate.scripts(connection), "0001")
        for table, rows in ROWS.items():
            for row in rows:
                names = ", ".join(row)
                values = ", ".join(f":{name}" for name in row)
                connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), row)  # noqa: S608
    engine.dispose()
    return url


def held(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the first version's tables, in the columns that are filled there."""
    names = {table: ", ".join(dict.fromkeys(name for row in rows for name in row)) for table, rows in ROWS.items()}
    return {
        table: [tuple(row) for row in connection.execute(text(f"SELECT {names[table]} FROM {table} ORDER BY 1"))]  # noqa: S608
        for table in ROWS
    }


def contents(url: str) -> tuple[dict[str, list[tuple[Any, ...]]], set[str]]:
    """These rows, and the names of all tables, past the store."""
    engine = database.engine_for(url)
    with engine.connect() as connection:
        found = held(connection), set(inspect(connection).get_table_names())
    engine.dispose()
    return found


def run(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    with pytest.raises(SystemExit) as ended:
        main([*words])
    assert ended.value.code == code
    shown = capsys.readouterr()
    return shown.err if code else shown.out


def test_a_command_upgrades_the_first_schema_with_its_data(first: str, capsys: pytest.CaptureFixture[str]) -> None:
    before, _ = contents(first)
    listed = json.loads(run(capsys, "articles", "--store", first, "--json"))
    assert (listed["title"], listed["revision"], listed["site"]) == ("Khởi công cầu", 2, "bao")
    assert contents(first)[0] == before
    told = [json.loads(line) for line in run(capsys, "changes", "--store", first, "--json").splitlines()]
    assert [(row["seq"], row["event"]) for row in told] == [(1, "created"), (2, "revised"), (3, "copied")]
    with Store.open(first) as store:
        assert verify(store) == []
        assert store.revision(1, 2).body == BODY
        assert store.source("https://bao.example/rss").etag == 'W/"7"'
        assert [link.tries for link in store.pending("bao")] == [1]
    # What the later versions make of it.
    assert "bao,dai" in run(capsys, "stories", "--store", first)


def test_downgrade_gives_back_what_the_first_version_made(first: str, capsys: pytest.CaptureFixture[str]) -> None:
    before, tables = contents(first)
    run(capsys, "relate", "--store", first)
    assert contents(first)[1] > tables
    plan = run(capsys, "downgrade", "0001", "--store", first)
    assert "0002  " in plan
    assert "nothing was done" in plan
    assert contents(first)[1] > tables
    assert "has schema 0001" in run(capsys, "downgrade", "0001", "--yes", "--store", first)
    assert contents(first) == (before, tables)
    assert "bao,dai" in run(capsys, "stories", "--store", first)


def test_the_first_schema_goes_up_and_down_and_up_again(first: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An upgrade, going back to the version before, and the upgrade again: all that was there is there."""
    before = contents(first)
    seen = []
    for _ in range(2):
        with Store.open(first) as store:
            assert verify(store) == []
            seen.append((store.article(1), store.changes(), store.pending("bao"), store.counts()))
        assert contents(first)[0] == before[0]
        run(capsys, "downgrade", "0001", "--yes", "--store", first)
        assert contents(first) == before
    assert seen[0] == seen[1]
    assert len(seen[0][1]) == 3


def test_downgrade_to_nowhere_is_refused(first: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no schema '7'; there are 0001, 0002" in run(capsys, "downgrade", "7", "--store", first, code=2)
    assert "this version's own" in run(capsys, "downgrade", migrate.HEAD, "--yes", "--store", first)


def test_downgrade_takes_the_credit_out_of_what_an_older_version_reads(
    fresh: Callable[[], str], capsys: pytest.CaptureFixture[str]
) -> None:
    url = fresh()
    with Store.open(url) as store:
        store.save(article(1, credit="TTXVN"), at(0))
        store.save(article(2, credit="VOV/TTXVN"), at(1))  # the same text: a copy
    listed = json.loads(run(capsys, "articles", "--store", url, "--json"))
    assert listed["credit"] == "TTXVN"
    plan = run(capsys, "downgrade", "0006", "--store", url)
    assert "0007  Which source each page states." in plan
    run(capsys, "downgrade", "0006", "--yes", "--store", url)
    engine = database.engine_for(url)
    with engine.connect() as connection:
        for table in ("revisions", "copies"):
            (record,) = connection.scalars(text(f"SELECT record FROM {table}"))  # noqa: S608
            assert "credit" not in record
            assert json.loads(record)["site"] == "bao"
    engine.dispose()
    assert json.loads(run(capsys, "articles", "--store", url, "--json"))["credit"] is None


def test_downgrade_tells_all_that_is_lost_before_it_is(first: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, tables = contents(first)
    run(capsys, "relate", "--store", first)
    after, now = contents(first)
    engine = database.engine_for(first)
    with database.transaction(database.writer(engine)) as connection:
        connection.execute(text("UPDATE links SET past = 1 WHERE id < 3"))
        new = {name for name in now - tables if not name.startswith("search_")}  # the index of words, made anew
        counts = {name: connection.scalar(text(f"SELECT count(*) FROM {name}")) for name in new}  # noqa: S608
    engine.dispose()
    assert counts["fingerprints"] == 1
    plan = run(capsys, "downgrade", "0001", "--store", first)
    told = dict(re.findall(r"^ +(?:table|column) ([\w.]+): (\d+) (?:rows?|values?) lost$", plan, re.M))
    assert told["links.past"] == "2"
    assert told["sources.whole_at"] == "0"
    assert {name: int(count) for name, count in told.items() if "." not in name} == counts
    assert contents(first) == (after, now), "it has only been tried"
    done = run(capsys, "downgrade", "0001", "--yes", "--store", first)
    assert done.startswith(plan.partition("nothing was done")[0])

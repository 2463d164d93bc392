"""What the doctor says of each thing that is wrong: one line, with what to do, and an exit code."""

from __future__ import annotations

import os
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from crawler.store import Store, heartbeats, sink_cursors
from tests.support import Run, Thoisu, article, at, fill, life, plan, sibling, statement

MADE = "thoisu.db"


def lines(done: Run) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in done.rows:
        found.setdefault(row["what"], []).append(row)
    return found


def wrong(done: Run) -> dict[str, tuple[str, str, str]]:
    """What is not well: of each the state, what was found, and what to do."""
    return {row["what"]: (row["state"], row["finding"], row["advice"]) for row in done.rows if row["state"] != "ok"}


@pytest.fixture
def well(thoisu: Thoisu, monkeypatch: pytest.MonkeyPatch) -> Thoisu:
    """The command in a folder with a store of which nothing is wrong."""
    monkeypatch.setenv("THOISU_CONTACT", "desk@example.org")
    with Store.open(f"sqlite:///{MADE}") as store:
        life(store)
    thoisu("backup", "b.db")
    return thoisu


def test_nothing_is_wrong_with_a_store_that_is_well(well: Thoisu) -> None:
    done = well("doctor", "--json")
    assert (done.code, wrong(done), done.err) == (0, {}, "")
    feed = lines(done)["change feed"][0]
    assert (feed["finding"], feed["figures"]) == ("all up to change 9", {"seq": 9})
    piped = well("doctor")
    assert {line.split("\t")[0] for line in piped.out.splitlines()} == {"ok"}
    assert {line.count("\t") for line in piped.out.splitlines()} == {3}


def test_both_databases_are_looked_at(address: str, thoisu: Thoisu) -> None:
    with Store.open(address) as store:
        life(store)
    done = thoisu("doctor", "--store", address, "--json", "--whole")
    assert done.code == 0
    assert wrong(done).keys() == {"settings", "backup"}
    assert lines(done)["integrity"][0]["finding"] == "every rule holds"


def test_a_store_that_takes_no_writes_is_not_well(
    address: str, thoisu: Thoisu, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open(address) as store:
        life(store)
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        # As on a file system that is mounted to be read; who runs the tests may be one whom no mode of a file stops.
        monkeypatch.setattr("os.access", lambda _, mode: mode != os.W_OK)
    else:
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f'ALTER DATABASE "{url.database}" SET default_transaction_read_only = on')
        engine.dispose()
    done = thoisu("doctor", "--store", address, "--json")
    state, finding, advice = wrong(done)["store"]
    assert (done.code, state) == (1, "error")
    assert finding.startswith("this user can only read ")
    assert "a user who may write" in advice


def test_settings_that_nothing_reads_or_that_cannot_be_meant(
    well: Thoisu, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("THOISU_KEEP_PAGE", "90d")
    done = well("doctor", "--json")
    state, finding, advice = wrong(done)["settings"]
    assert (done.code, state, advice) == (1, "error", "did you mean THOISU_KEEP_PAGES?")
    assert "none of our settings" in finding
    assert done.err == "", "said once"
    monkeypatch.delenv("THOISU_KEEP_PAGE")
    monkeypatch.setenv("THOISU_KEEP_PAGES", "soon")
    done = well("doctor", "--json")
    assert "THOISU_KEEP_PAGES must be a span" in wrong(done)["settings"][1]
    assert "change feed" in lines(done), "the rest is looked at all the same"
    monkeypatch.setenv("THOISU_DELAY", "slow")
    Path(MADE).rename("moved.db")
    monkeypatch.setenv("THOISU_DATABASE_URL", "sqlite:///moved.db")
    done = well("doctor", "--json")
    assert len(lines(done)["settings"]) == 2, "each that cannot be meant"
    assert wrong(done).keys() == {"settings"}, "what the others say is looked at, and nothing by default"
    monkeypatch.delenv("THOISU_KEEP_PAGES")
    (tmp_path / ".env").write_bytes(b"THOISU_DELAY=\xff\n")
    done = well("doctor", "--json")
    assert (done.code, wrong(done).keys(), "cannot read .env" in done.out) == (1, {"settings"}, True)
    (tmp_path / ".env").unlink()
    (tmp_path / ".env").mkdir()  # as Docker makes what it is to mount and does not find
    assert "cannot read .env" in wrong(well("doctor", "--json"))["settings"][1]


def test_messages_and_sinks_that_nobody_gets(well: Thoisu, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THOISU_NOTIFY", "nobody")
    monkeypatch.setenv("THOISU_SINKS", "/etc/none/sinks.toml")
    done = well("doctor", "--json")
    assert {what: told[0] for what, told in wrong(done).items()} == {"messages": "error", "sinks": "warning"}
    assert "names /etc/none/sinks.toml, which is not there" in wrong(done)["sinks"][1]


def test_a_store_that_cannot_even_be_read(well: Thoisu, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def closed(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "exists", closed)
    done = well("doctor", "--json")
    assert (done.code, *wrong(done)["store"][:2]) == (1, "error", "thoisu.db: Permission denied")


def test_a_user_of_postgresql_who_may_only_read(postgres: str, thoisu: Thoisu) -> None:
    for sql in (
        "DROP DATABASE IF EXISTS looked",
        "CREATE DATABASE looked TEMPLATE template",
        "CREATE ROLE guest LOGIN",
    ):
        statement(postgres, sql)
    url = sibling(postgres, "looked")
    statement(url, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO guest")
    done = thoisu("doctor", "--json", "--store", url.replace("//postgres:", "//guest:"))
    statement(postgres, "DROP DATABASE looked WITH (FORCE)")
    statement(postgres, "DROP ROLE guest")
    assert wrong(done)["store"][0] == "error"


def test_stores_that_are_not_there_or_cannot_be_read(well: Thoisu, tmp_path: Path) -> None:
    assert "there is no store" in wrong(well("doctor", "--json", "--store", "sqlite:///none.db"))["store"][1]
    secret = wrong(well("doctor", "--json", "--store", "postgresql://u:secret@127.0.0.1:9/x"))["store"]
    assert (secret[0], "unreachable" in secret[1], "secret" in str(secret)) == ("error", True, False)
    (tmp_path / "text.db").write_text("no database at all\n" * 100)
    done = well("doctor", "--json", "--store", "sqlite:///text.db")
    assert (done.code, wrong(done)["store"][0]) == (1, "error")


def test_a_store_that_lost_its_log_says_so(well: Thoisu, tmp_path: Path) -> None:
    """As after a plain copy of a store that is in use."""
    with Store.open(f"sqlite:///{MADE}") as store:
        fill(store, 3, begin=50)
        for end in ("", "-shm"):
            shutil.copy(tmp_path / f"{MADE}{end}", tmp_path / f"copy.db{end}")
    done = well("doctor", "--json", "--store", "sqlite:///copy.db")
    assert (done.code, "has lost its log copy.db-wal" in wrong(done)["store"][1]) == (1, True)


def test_a_schema_of_another_version_is_not_touched(well: Thoisu) -> None:
    well("downgrade", "0009", "--yes")
    state, finding, advice = wrong(well("doctor", "--json"))["store"]
    assert (state, "has schema 0009" in finding, "thoisu backup" in advice) == ("warning", True, True)
    assert wrong(well("doctor", "--json"))["store"][1] == finding, "nothing was upgraded"
    assert well("backup", "older.db").code == 0
    assert wrong(well("doctor", "--json"))["store"][1] == finding
    with sqlite3.connect(MADE) as base:
        base.execute("UPDATE thoisu_schema SET version_num = '9999'")
    assert wrong(well("doctor", "--json"))["store"][2].startswith("upgrade thoisu")


def test_a_record_with_a_hole_is_no_point_of_the_feed(well: Thoisu) -> None:
    statement(f"sqlite:///{MADE}", "DELETE FROM changes WHERE seq = 3")
    done = well("doctor", "--json")
    assert done.code == 1
    assert "changes run from 1 to 9 and are 8" in wrong(done)["change feed"][1]
    assert "thoisu restore" in wrong(done)["integrity"][2]
    assert well("backup", "bad.db").code == 1, "what is damaged is not taken for a copy"
    assert not Path("bad.db").exists()


def test_the_watch_its_sites_and_the_clock(well: Thoisu) -> None:
    now = datetime.now(UTC)
    with Store.open(f"sqlite:///{MADE}") as store, store.writing() as connection:
        plan(connection, "nobody", now - timedelta(hours=9))
        heartbeats.note_jump(connection, heartbeats.Jump(now, 3600.0, 2))
    done = well("doctor", "--json")
    assert wrong(done).keys() == {"schedule", "clock", "spiders"}
    assert "start it: thoisu schedule" in wrong(done)["schedule"][2]
    assert "nobody" in wrong(done)["spiders"][1]


def test_a_clock_that_is_off_is_not_said_to_be_right_as_well(well: Thoisu) -> None:
    with Store.open(f"sqlite:///{MADE}") as store:
        store.save(article(60, "mai"), datetime.now(UTC) + timedelta(hours=2))
    (only,) = lines(well("doctor", "--json"))["clock"]
    assert (only["state"], "differ by" in only["finding"]) == ("error", True)


def test_spiders_and_sinks_that_cannot_be_read(well: Thoisu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "broken.py").write_text("this is no Python\n")
    monkeypatch.setenv("THOISU_SITES", "own")
    (tmp_path / "sinks.toml").write_text("[out]\nurl = 7\n")
    found = wrong(well("doctor", "--json"))
    assert found.keys() == {"spiders", "sinks"}
    assert "broken" in found["spiders"][1]


def test_sinks_that_fail_or_are_behind(well: Thoisu, tmp_path: Path) -> None:
    (tmp_path / "sinks.toml").write_text('[out]\nurl = "jsonl:out.jsonl"\n')
    found = wrong(well("doctor", "--json"))
    assert "out is 9 changes behind" in found["sinks"][1]
    with Store.open(f"sqlite:///{MADE}") as store, store.writing() as connection:
        sink_cursors.begin(connection, "out", at(1))
        sink_cursors.fail(connection, "out", "disk_full", "no room", at(2), at(3), 1)
    assert wrong(well("doctor", "--json"))["sinks"][0] == "error"


def test_a_disk_that_is_full_and_one_that_will_be(well: Thoisu, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 5 * 10**9})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage())
    monkeypatch.setattr("crawler.maintenance.room.SOON", timedelta(days=10**8))
    now = datetime.now(UTC)
    with Store.open(f"sqlite:///{MADE}") as store:
        for n in range(20):
            store.save(article(100 + n, f"bài {n} " * 3000), now - timedelta(days=15 - n / 2))
    state, finding, advice = wrong(well("doctor", "--json"))["disk"]
    assert (state, "enough for" in finding, "THOISU_KEEP_PAGES" in advice) == ("warning", True, True)
    usage.free = 10**9
    done = well("doctor", "--json")
    assert (done.code, wrong(done)["disk"][0]) == (1, "error")

"""`thoisu deliver`, `sinks`, `changes`: what they say, and the configuration that they read."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.configuration import secret
from crawler.deliver.config import Route, read_routes
from crawler.deliver.jsonl import JsonLines
from crawler.deliver.row_files import path_of
from crawler.errors import BadInput, StoreFailed
from crawler.sites import load_sites
from crawler.store import Store, sink_cursors
from tests.http_receiver import SECRET, Play, Receiver, hang, raw, status
from tests.support import LONG, ROOT, Thoisu, fill, life, read_jsonl

DOCS = ROOT / "docs" / "deliver.md"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """The default store of the folder in which `thoisu` runs."""
    with Store.open(f"sqlite:///{tmp_path}/thoisu.db") as opened:
        yield opened


def config(folder: Path, text: str) -> Path:
    path = folder / "sinks.toml"
    path.write_text(text, encoding="utf-8")
    return path


def routes(folder: Path, text: str, **variables: str) -> list[Route]:
    return read_routes(config(folder, text), load_sites, variables.get)


# --- the configuration ----------------------------------------------------------------------------------------------


def test_a_section_is_a_sink_with_its_filters(tmp_path: Path) -> None:
    one, two, three = routes(
        tmp_path,
        '[all]\nurl = "jsonl:feed"\n'
        '[some]\nurl = "jsonl:${FOLDER}/x"\nsites = ["nhandan", "cand"]\ntext = "nước sạch"\nrotate_mb = 5\n'
        '[tier-2]\nurl = "csv:feed.csv"\ntiers = ["ministry"]\n',
        FOLDER="/srv",
    )
    assert (one.name, one.url, one.sites, one.text) == ("all", "jsonl:feed", None, None)
    assert isinstance(one.sink, JsonLines)
    assert (two.url, two.sites, two.text) == ("jsonl:${FOLDER}/x", {"nhandan", "cand"}, "nước sạch")
    assert isinstance(two.sink, JsonLines)
    assert two.sink._folder._path == Path("/srv/x")
    assert three.sites == {name for name, site in load_sites().items() if site.tier == "ministry"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("url = 5", "a sink is a section"),
        ("[a\n", "cannot read .*sinks.toml"),
        ('["A b"]\nurl = "jsonl:x"', r"\[A b\]: a name is of a-z"),
        ("[a]\n", r"\[a\]: url is missing"),
        ('[a]\nurl = "x"', "no sink takes 'x'; there are .*jsonl"),
        ('[a]\nurl = "gopher://x"', "no sink takes 'gopher'"),
        ('[a]\nurl = "jsonl:"', "names no path"),
        ('[a]\nurl = "jsonl://srv/x"', "names a host; write jsonl:srv/x or jsonl:///srv/x"),
        (
            '[a]\nurl = "jsonl:x"\nsite = "nhandan"',
            "no key 'site'; there are url, sites, tiers, text, stories, rotate_mb",
        ),
        ('[a]\nurl = "jsonl:x"\nrotate_mb = "5"', "rotate_mb is a number above 0, not '5'"),
        ('[a]\nurl = "jsonl:x"\nrotate_mb = true', "rotate_mb is a number above 0"),
        ('[a]\nurl = "jsonl:x"\nsites = "nhandan"', "sites is a list of names"),
        ('[a]\nurl = "jsonl:x"\nsites = ["nix"]', "no site is called 'nix'"),
        ('[a]\nurl = "jsonl:x"\ntiers = ["top"]', "no tier 'top'; there are central, ministry"),
        ('[a]\nurl = "jsonl:x"\ntext = ""', "the query is empty"),
        ('[a]\nurl = "https://x.example/"', r"\[a\]: secret is missing"),
        ('[a]\nurl = "jsonl:${NIX}"', r"\$\{NIX\} is set neither"),
        ('[a]\nurl = "jsonl:x"\n[b]\nurl = "jsonl:x"', r"\[b\]: \[a\] has the same url"),
    ],
)
def test_a_wrong_configuration_is_one_clear_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words) as refused:
        routes(tmp_path, text)
    assert "\n" not in str(refused.value)


def test_paths_in_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {url: str(path_of(url)) for url in ("x:feed", "x:../a b/", "x:/srv/x", "x:///srv/x", "x:a%20b")}
    assert list(found.values()) == ["feed", "../a b", "/srv/x", "/srv/x", "a b"]


def test_secrets_come_from_the_environment_or_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("A_SECRET=filed\nB_SECRET='of b'\n")
    monkeypatch.setenv("A_SECRET", "set")
    assert [secret(f"{name}_SECRET") for name in "ABC"] == ["set", "of b", None]


# --- the commands ---------------------------------------------------------------------------------------------------


def test_deliver_and_sinks_tell_what_is_done_and_what_is_not(thoisu: Thoisu, store: Store, tmp_path: Path) -> None:
    life(store)
    (tmp_path / "file").write_text("")
    config(
        tmp_path,
        '[out]\nurl = "jsonl:feed.jsonl"\n[bad]\nurl = "csv:file/x"\n[late]\nurl = "csv:l.csv"\nsites = ["cand"]\n',
    )
    before = thoisu("sinks")
    assert [line.split()[:3] for line in before.out.splitlines()] == [
        [name, "new", "9"] for name in ("out", "bad", "late")
    ]
    done = thoisu("deliver")
    assert done.code == 1
    assert done.out == (
        "out: 9 delivered, up to change 9\nbad: 0 delivered, up to change 0; stopped by the above\n"
        "late: 0 delivered, up to change 9\n"
    )
    assert re.fullmatch(r"\S+\+07:00 WARNING bad: failed: file/x: Not a directory\n", done.err)
    assert [row["seq"] for row in read_jsonl(tmp_path / "feed.jsonl")] == list(range(1, 10))
    listed = thoisu("sinks")
    shown = listed.err.splitlines()
    assert [line.split()[:3] for line in listed.out.splitlines()] == [
        ["out", "ok", "0"],
        ["bad", "failed", "9"],
        ["late", "ok", "0"],
    ]
    assert re.fullmatch(r"bad: failed \S+ \S+, next try \S+ \S+", shown[0])
    assert shown[1] == "file/x: Not a directory"
    out, bad, _ = thoisu("sinks", "--json").rows
    assert (out["cursor"], out["delivered"], out["behind"], out["set_aside"]) == (9, 9, 0, [])
    assert (bad["state"], bad["failures"], bad["behind"]) == ("failed", 1, 9)
    assert bad["behind_seconds"] > 0
    (tmp_path / "file").unlink()
    again = thoisu("deliver", "bad", "--json")
    assert (again.code, again.rows) == (0, [{"name": "bad", "delivered": 9, "cursor": 9, "error": None}])
    assert thoisu("sinks", "--json").rows[1]["state"] == "ok"


def test_rewinding_sets_back_and_can_begin_late(thoisu: Thoisu, store: Store, tmp_path: Path) -> None:
    fill(store, 9)
    config(tmp_path, '[out]\nurl = "jsonl:feed.jsonl"\n')
    assert (
        thoisu("sinks", "rewind", "out", "--from", 8).out
        == "out was at change 0 and goes on with 8; 7 changes are left out\n"
    )
    assert thoisu("deliver").code == 0
    assert thoisu("sinks", "rewind", "out", "--from", 7).out == "out was at change 9 and goes on with 7\n"
    assert thoisu("deliver").code == 0
    held = {path.name: read_jsonl(path) for path in tmp_path.glob("feed*")}
    assert {name: [row["seq"] for row in rows] for name, rows in held.items()} == {
        "feed.r1.jsonl": [8, 9], "feed.r2.jsonl": [7, 8, 9],
    }  # fmt: skip
    assert held["feed.r1.jsonl"] == held["feed.r2.jsonl"][1:]
    assert thoisu("sinks", "rewind", "out", "--from", 11).err == "thoisu: there is no change 11; the last is 9\n"
    assert thoisu("sinks", "rewind", "nix", "--from", 1).err == "thoisu: no sink is called 'nix'; there are out\n"
    assert thoisu("sinks", "--resume", "out").code == 0
    (tmp_path / "sinks.toml").rename(tmp_path / "others.toml")
    other = ("sinks", "--config", tmp_path / "others.toml", "--store", f"sqlite:///{tmp_path}/none.db")
    assert "there is no store at" in thoisu(*other, "rewind", "out", "--from", 1).err, "options before it count"
    assert thoisu("sinks", "--resume", "out", "rewind", "out", "--from", 1).code == 2


def test_changes_have_the_shape_that_sinks_get(thoisu: Thoisu, store: Store, tmp_path: Path) -> None:
    life(store)
    config(tmp_path, '[out]\nurl = "jsonl:feed.jsonl"\n')
    thoisu("deliver")
    rows = thoisu("changes", "--json", "--with", "article").rows
    assert rows == read_jsonl(tmp_path / "feed.jsonl")
    for row in rows:
        del row["article"]
    assert thoisu("changes", "--since", 2, "--limit", 4, "--json").rows == rows[2:6]
    assert thoisu("changes", "--with", "text").err == "thoisu: --with takes article, not 'text'\n"
    assert "\trevised\t2\t1\t" in thoisu("changes").out


def test_no_configuration_no_store(thoisu: Thoisu, tmp_path: Path) -> None:
    assert thoisu("deliver").err == "thoisu: there is no sinks.toml; docs/deliver.md tells how to write one\n"
    config(tmp_path, '[out]\nurl = "jsonl:feed"\n')
    assert " ERROR there is no store at sqlite:///thoisu.db yet" in thoisu("deliver").err
    assert thoisu("deliver", "nix").code == 2


def test_a_store_that_takes_no_cursor_is_one_clear_line(
    thoisu: Thoisu,
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And when it takes it again, nothing is there twice."""
    fill(store, 60)
    config(tmp_path, '[out]\nurl = "jsonl:feed.jsonl"\n')
    locked = thoisu("deliver", "--store", f"sqlite:///file:{tmp_path}/thoisu.db?mode=ro&uri=true")
    assert (locked.code, locked.out) == (1, "out: 0 delivered; stopped by the above\n")
    assert locked.err.endswith(" WARNING out: the store: read_only: attempt to write a readonly database\n")

    def full(*_: object) -> bool:
        raise StoreFailed("disk_full", "database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(sink_cursors, "advance", full)
        failed = thoisu("deliver")
    assert failed.code == 1
    assert failed.err.endswith(" WARNING out: the store: disk_full: database or disk is full\n")
    assert thoisu("sinks", "--json").rows[0]["cursor"] == 0
    assert thoisu("deliver").code == 0
    assert [row["seq"] for row in read_jsonl(tmp_path / "feed.jsonl")] == list(range(1, 61))


def test_sigterm_ends_after_the_batch(store: Store, tmp_path: Path) -> None:
    fill(store, 700)
    config(
        tmp_path,
        '[out]\nurl = "jsonl:feed.jsonl"\n[hook]\nurl = "http://127.0.0.1:9/"\nsecret = "whsec_' + "A" * 32 + '"\n',
    )
    command = [sys.executable, "-m", "crawler", "deliver", "--follow"]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert "hook: unreachable: 127.0.0.1: " in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=LONG)
    assert (process.returncode, out) == (0, "")
    assert err.endswith(" INFO stopped; the next run goes on where each sink is\n")
    with sqlite3.connect(tmp_path / "thoisu.db") as base:
        found = dict(base.execute("SELECT name, cursor FROM sinks").fetchall())
    base.close()
    path = tmp_path / "feed.jsonl"
    assert found["out"] == (len(read_jsonl(path)) if path.exists() else 0)


@pytest.mark.parametrize(
    ("play", "state"),
    [
        (status(500), "server_error"),
        (status(410), "gone"),
        (status(429, Retry_After="7"), "rate_limited"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"), "closed"),
        (hang, "timeout"),
        (None, "unreachable"),
    ],
)
def test_each_fault_has_its_state_and_the_sink_catches_up(
    thoisu: Thoisu,
    store: Store,
    receiver: Receiver,
    tmp_path: Path,
    play: Play | None,
    state: str,
) -> None:
    fill(store, 3)
    url = receiver.url if play else "http://127.0.0.1:9/"
    text = f'[out]\nurl = "jsonl:feed.jsonl"\n[hook]\nurl = "{{}}"\nsecret = "{SECRET}"\ntimeout = 2\n'
    config(tmp_path, text.format(url))
    receiver.plays = [status(204), play, play] if play else []  # a connection that was idle is tried anew
    taken = 1 if play else 0
    assert thoisu("deliver").code == 1
    fill(store, 3, begin=4)
    out, hook = thoisu("sinks", "--json").rows
    assert (out["state"], out["cursor"]) == ("ok", 3)
    assert (hook["state"], hook["cursor"], hook["behind"], hook["failures"]) == (state, taken, 6 - taken, 1)
    assert f"hook\t{state}\t" in thoisu("sinks").out
    config(tmp_path, text.format(receiver.url))
    receiver.plays.clear()
    receiver.over.set()
    assert thoisu("deliver").code == 0
    assert [row["state"] for row in thoisu("sinks", "--json").rows] == ["ok", "ok"]
    came = [json.loads(body)["data"]["seq"] for _, body in receiver.got]
    assert came == sorted(came)
    assert set(came) == set(range(1, 7))
    assert [row["seq"] for row in read_jsonl(tmp_path / "feed.jsonl")] == list(range(1, 7))


# --- sinks of others ------------------------------------------------------------------------------------------------


def test_the_sink_of_the_documentation_works(
    thoisu: Thoisu,
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(store, 3)
    python, toml = re.findall(
        r"```(?:python|toml)\n(.*?)```", DOCS.read_text("utf-8").partition("## A sink of your own")[2], re.S
    )
    package = tmp_path / "site"
    (package / "counting-1.dist-info").mkdir(parents=True)
    (package / "counting.py").write_text(python, encoding="utf-8")
    (package / "counting-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: counting\nVersion: 1\n")
    group, entry = re.search(r'entry-points\."(.+)"\]\n(.+)', toml).groups()  # type: ignore[union-attr]
    (package / "counting-1.dist-info" / "entry_points.txt").write_text(f"[{group}]\n{entry.replace(chr(34), '')}\n")
    monkeypatch.syspath_prepend(package)
    config(tmp_path, '[mine]\nurl = "count:total.txt"\n')
    assert thoisu("deliver").out == "mine: 3 delivered, up to change 3\n"
    assert (tmp_path / "total.txt").read_text().split() == ["created", "3"]
    fill(store, 2, begin=4)
    assert thoisu("deliver").out == "mine: 2 delivered, up to change 5\n"
    assert (tmp_path / "total.txt").read_text().split() == ["created", "5"]


def test_the_sinks_of_the_documentation_can_be_configured(tmp_path: Path) -> None:
    text = DOCS.read_text("utf-8")
    (first,) = re.findall(r"```toml\n(.*?)```", text.partition("## A sink of your own")[0], re.S)
    secrets = dict.fromkeys(re.findall(r"\$\{(\w+)\}", first), "whsec_" + "A" * 32)
    first = first.replace("s3://", "memory://")  # the backend of which is fsspec's own
    assert len(routes(tmp_path, first, **secrets)) == first.count("\nurl = ")

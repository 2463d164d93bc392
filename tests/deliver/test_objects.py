"""JSON Lines and CSV in an object store: whole objects, each change once, and what a backend raises is a sink's failure."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import fsspec
import pytest

from crawler.deliver.config import read_routes
from crawler.deliver.csv import Csv
from crawler.deliver.jsonl import JsonLines
from crawler.deliver.row_files import RowFiles
from crawler.deliver.sink import SinkFailed
from crawler.errors import BadInput
from crawler.sites import Sites
from tests.support import delivery

URL = "memory://bucket/feed"
KINDS = {"jsonl": JsonLines, "csv": Csv}


def sink(kind: str = "jsonl", rewinds: int = 0, **options: Any) -> RowFiles:
    made = KINDS[kind]("lake", f"{kind}:{URL}", **options)
    made.open(rewinds)
    return made


def rows(system: Any, kind: str = "jsonl") -> list[int]:
    """The numbers of the changes in all objects, in the order of their names."""
    found: list[int] = []
    for path in sorted(system.ls("/bucket/feed", detail=False)):
        text = system.cat_file(path).decode()
        lines = map(json.loads, text.splitlines()) if kind == "jsonl" else csv.DictReader(io.StringIO(text))
        found += [int(row["seq"]) for row in lines]
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_is_there_once_over_batches_and_restarts(objects: Any, kind: str) -> None:
    sink(kind).write([delivery(1), delivery(2)])
    again = sink(kind)
    again.write([delivery(3)])
    assert (rows(objects, kind), len(objects.ls("/bucket/feed"))) == ([1, 2, 3], 1)
    assert KINDS[kind]("lake", f"{kind}:{URL}").open(0) == delivery(3).key, "what is there is not written again"


def test_a_full_object_is_followed_by_another(objects: Any) -> None:
    for seq in range(1, 6):
        sink(rotate_mb=0.0001).write([delivery(seq)])
    assert rows(objects) == [1, 2, 3, 4, 5]
    assert [path.rpartition("/")[2][:20] for path in sorted(objects.ls("/bucket/feed", detail=False))] == [
        f"changes-{seq:012d}" for seq in range(1, 6)
    ]


def test_what_a_consumer_took_away_does_not_come_back(objects: Any) -> None:
    held = sink()
    held.write([delivery(1)])
    objects.rm("/bucket/feed", recursive=True)
    held.write([delivery(2)])
    assert rows(objects) == [2]


def test_a_rewind_begins_anew_beside(objects: Any) -> None:
    sink().write([delivery(1), delivery(2)])
    sink(rewinds=1).write([delivery(1)])
    assert sorted(rows(objects)) == [1, 1, 2]
    assert JsonLines("lake", f"jsonl:{URL}").open(1) == delivery(1).key


def test_a_put_that_fails_leaves_what_was_there(objects: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    held = sink()
    held.write([delivery(1)])
    for raised, reason in (
        (PermissionError("Forbidden"), "refused"),
        (FileNotFoundError("The specified bucket does not exist"), "refused"),
        (TimeoutError("slow"), "timeout"),
        (ConnectionResetError("gone"), "unreachable"),
        (RuntimeError("EndpointConnectionError: s3://key:secret@host"), "failed"),
        (OSError(28, "No space left on device"), "disk_full"),
    ):

        def fail(*_: Any, error: Exception = raised, **__: Any) -> None:
            raise error

        held.open(0)
        with monkeypatch.context() as broken:
            broken.setattr(type(objects), "pipe_file", fail)
            with pytest.raises(SinkFailed) as failure:
                held.write([delivery(2)])
        assert failure.value.reason == reason
        assert "secret" not in str(failure.value)
    assert held.open(0) == delivery(1).key
    held.write([delivery(2)])
    assert rows(objects) == [1, 2]


def test_an_object_that_is_not_ours_is_left_alone(objects: Any) -> None:
    objects.pipe_file("/bucket/feed/changes-000000000001-20260302.jsonl", b"something else\n")
    with pytest.raises(SinkFailed, match=r"damaged: /bucket/feed/changes-000000000001-20260302.jsonl"):
        sink()


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ('url = "jsonl:nosuch://bucket/feed"', "nosuch:// cannot be used: Protocol not known: nosuch"),
        ('url = "jsonl:memory://bucket/feed.jsonl"', "an object store takes a folder"),
        ('url = "jsonl:file:///srv/feed"', "is a folder of this machine"),
        ('url = "jsonl:memory://"', "names no place"),
        ('url = "parquet:memory://bucket/feed"', "parquet files lie on this machine"),
        ('url = "jsonl:feed"\nstorage = {key = "a"}', "storage is a table of what an object store wants"),
        ('url = "jsonl:memory://bucket/feed"\nstorage = "a"', "storage is a table of what an object store wants"),
        ('url = "jsonl:s3://bucket/feed"', "s3:// cannot be used: Install s3fs"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(tmp_path: Path, section: str, said: str) -> None:
    (tmp_path / "sinks.toml").write_text(f"[lake]\n{section}\n")
    with pytest.raises(BadInput) as refusal:
        read_routes(tmp_path / "sinks.toml", Sites, {}.get)
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_credentials_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}

    def url_to_fs(url: str, **options: Any) -> tuple[Any, str]:
        given.update(options, url=url)
        return fsspec.filesystem("memory"), "/bucket/feed"

    monkeypatch.setattr("fsspec.core.url_to_fs", url_to_fs)
    (tmp_path / "sinks.toml").write_text(
        '[lake]\nurl = "jsonl:s3://bucket/feed"\nstorage = {secret = "${SECRET}", anon = false}\n'
    )
    read_routes(tmp_path / "sinks.toml", Sites, {"SECRET": "word"}.get)
    assert given == {"url": "s3://bucket/feed", "secret": "word", "anon": False}

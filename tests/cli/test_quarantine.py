"""`thoisu quarantine`: what is kept for repair, listed, and written out as golden cases."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path

from crawler.store import Store
from crawler.store.quarantine import EXAMPLE, slug
from tests.support import Thoisu, at, keep_page, url_of


def test_pages_are_listed_and_written_out_as_golden_cases(thoisu: Thoisu, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    with Store.open(url) as store:
        keep_page(store, 1, body=b"<html>\xff")
        keep_page(store, 2, reason=EXAMPLE)
        keep_page(store, 3, "dai")
    listed = thoisu("quarantine", "--store", url).out.splitlines()
    assert [line.split("\t")[::3] for line in listed] == [["bao", url_of(2)], ["bao", url_of(1)], ["dai", url_of(3)]]
    assert [line.split("\t")[2] for line in listed] == ["read by nothing", "no_body", "no_body"]
    rows = thoisu("quarantine", "bao", "--to", str(tmp_path / "kept"), "--json", "--store", url).rows
    cases = [tmp_path / "kept" / "bao" / slug(url_of(n)) for n in (2, 1)]
    assert [row["folder"] for row in rows] == [str(case) for case in cases]
    assert (cases[1] / "page.html").read_bytes() == b"<html>\xff"
    assert json.loads((cases[1] / "article.json").read_text("utf-8"))["url"] == url_of(1)
    origins = [json.loads((case / "origin.json").read_text("utf-8")) for case in cases]
    assert origins == [
        {"url": url_of(2), "layout": "nothing", "time": at(2).astimezone(UTC).isoformat()},
        {"url": url_of(1), "reason": "no_body", "detail": "nothing", "time": at(1).astimezone(UTC).isoformat()},
    ]
    assert not (tmp_path / "kept" / "dai").exists()


def test_what_a_person_has_corrected_stays(thoisu: Thoisu, tmp_path: Path) -> None:
    url, to = f"sqlite:///{tmp_path / 'store.db'}", str(tmp_path / "kept")
    with Store.open(url) as store:
        keep_page(store, 1)
    thoisu("quarantine", "--to", to, "--store", url)
    told = tmp_path / "kept" / "bao" / slug(url_of(1)) / "article.json"
    told.write_text("corrected")
    ended = thoisu("quarantine", "--to", to, "--store", url)
    assert told.read_text() == "corrected"
    assert "1 was there already and stays as it is" in ended.err


def test_a_folder_that_cannot_be_written_is_named(thoisu: Thoisu, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    with Store.open(url) as store:
        keep_page(store, 1)
    (tmp_path / "kept").write_text("a file")
    ended = thoisu("quarantine", "--to", str(tmp_path / "kept"), "--store", url)
    assert ended.code == 2
    assert "cannot write to" in ended.err
    assert thoisu("quarantine", "nobody", "--store", url).code == 2

"""`thoisu serve` and `thoisu token`: the command, the socket, the end of it; what stands beside the pages in the checkout."""

from __future__ import annotations

import json
import logging
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler import serving as app_serving
from crawler.cli.serve import serving
from crawler.errors import BadInput
from crawler.process.log_format import JsonLines
from crawler.sites import Sites
from crawler.store import Store
from crawler.text import VIETNAM
from crawler.web.options import ServerOptions
from tests.support import LONG, ROOT, Thoisu
from tests.web.asking import Asker

DASHBOARD = ROOT / "deploy" / "grafana.json"


def read(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=LONG) as answer:  # noqa: S310, of a server of ours
        return bytes(answer.read())


def test_a_store_is_served_while_somebody_wants_it(filled: Store) -> None:
    with serving(filled, Sites(), ServerOptions(), 0) as url:
        assert read(url + "healthz") == b"ok\n"
        assert json.loads(read(url + "api/v1/articles"))["items"][0]["id"] == 3
    with pytest.raises(OSError, match="refused"):
        read(url + "healthz")


GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize("begun", [b"", b"GET /healthz HTTP/1.1\r\nHost: loc", GET + b"GET /healthz HTTP/1.1\r\n"])
def test_who_connects_and_asks_for_nothing_is_hung_up_on(
    filled: Store, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr(app_serving, "HEAD_SECONDS", 0.2)
    with serving(filled, Sites(), ServerOptions(), 0) as url:
        with socket.create_connection(("127.0.0.1", urlsplit(url).port or 0), timeout=LONG) as silent:
            silent.sendall(begun)
            said = b"".join(iter(lambda: silent.recv(4096), b""))
        assert said.count(b"HTTP/1.1 200") == begun.count(GET)
        assert json.loads(read(url + "api/v1/changes?after=999&wait=1"))["items"] == []
        last = json.loads(read(url + "api/v1/changes"))["next"]
        assert json.loads(read(url + f"api/v1/changes?after={last}&wait=1")) == {"items": [], "next": last}


def test_a_port_that_is_taken_is_said(filled: Store) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BadInput, match="cannot be used"), serving(filled, Sites(), ServerOptions(), port):
            pass


def test_the_command_serves_until_it_is_stopped(filled: Store, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "crawler", "serve", "--port", "0", "--store", str(filled.url)]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        url = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert url is not None, line
        assert b"<h1" in read(url[0])
        process.send_signal(signal.SIGTERM)
        assert process.wait(LONG) == 0


def test_a_store_that_is_not_there_is_not_made(thoisu: Thoisu, tmp_path: Path) -> None:
    run = thoisu("serve", "--store", f"sqlite:///{tmp_path}/none.db")
    assert (run.code, "there is no store" in run.err) == (2, True)


def test_tokens_are_made_listed_and_revoked(thoisu: Thoisu, filled: Store) -> None:
    store = ("--store", str(filled.url))
    made = thoisu("token", "add", "desk", "--write", *store)
    token = made.out.strip()
    assert (made.code, token.startswith("thoisu_"), "only its hash" in made.err) == (0, True, True)
    own = {"Authorization": f"Bearer {token}"}
    assert Asker(filled).ask("POST", "/api/v1/alerts", own, json={"query": "gạo"}).status_code == 201
    assert thoisu("token", "add", "desk", *store).code == 2
    listed = thoisu("token", "list", *store).out
    assert ("desk\treads and writes\t" in listed, token in listed) == (True, False)
    assert json.loads(thoisu("token", "list", "--json", *store).out)["name"] == "desk"
    assert thoisu("token", "revoke", "desk", *store).code == 0
    assert thoisu("token", "revoke", "desk", *store).code == 2
    assert "there is no token" in thoisu("token", "list", *store).err


def test_the_dashboard_asks_for_metrics_that_there_are(asker: Asker) -> None:
    there = set(re.findall(r"^# TYPE (\w+) ", asker.get("/metrics").text, re.M))
    asked = set(
        re.findall(
            r"thoisu_\w+",
            " ".join(
                target["expr"]
                for panel in json.loads(DASHBOARD.read_text("utf-8"))["panels"]
                for target in panel["targets"]
            ),
        )
    )
    assert asked <= there
    assert len(asked) > 8


def test_the_page_of_metrics_names_each(asker: Asker) -> None:
    there = set(re.findall(r"^# TYPE (thoisu_\w+) ", asker.get("/metrics").text, re.M)) - {"thoisu_store_info"}
    assert there - set(re.findall(r"thoisu_\w+", (ROOT / "docs" / "web.md").read_text("utf-8"))) == set()


def test_a_log_is_an_object_a_line_for_whom_wants_it() -> None:
    record = logging.LogRecord("crawler", logging.WARNING, __file__, 1, "hai\ndòng %s", ("x",), None)
    line = json.loads(JsonLines(VIETNAM).format(record))
    assert (line["level"], line["logger"], line["message"], "trace" in line) == (
        "warning",
        "crawler",
        "hai\ndòng x",
        False,
    )
    try:
        raise ValueError("lạ")
    except ValueError:
        record.exc_info = sys.exc_info()
    assert "ValueError: lạ" in json.loads(JsonLines(VIETNAM).format(record))["trace"]
    assert "\n" not in JsonLines(VIETNAM).format(record)


def test_a_format_that_is_none_is_said(thoisu: Thoisu, filled: Store) -> None:
    run = thoisu("serve", "--log-format", "xml", "--store", str(filled.url))
    assert (run.code, "text or json" in run.err) == (2, True)

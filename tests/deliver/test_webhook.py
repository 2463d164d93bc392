"""The webhook sink against a real server that answers as it is told: well, badly, late, half or not at all."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from crawler.deliver.http_post import LIMIT
from crawler.deliver.sink import Poisoned, SinkFailed
from crawler.deliver.webhook import Webhook, sign
from crawler.errors import BadInput
from crawler.text import retry_after
from tests.http_receiver import KEY, SECRET, Play, Receiver, drip, hang, raw, self_signed, status
from tests.support import delivery


@pytest.fixture
def sink(receiver: Receiver) -> Iterator[Webhook]:
    made = Webhook("hook", receiver.url, secret=SECRET, timeout=60)
    made.open(0)
    yield made
    made.close()


def test_signature_is_that_of_the_standard() -> None:
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")  # the vector of the reference libraries
    signed = sign([key], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_each_change_is_one_signed_post_in_order(receiver: Receiver, sink: Webhook) -> None:
    sink.write([delivery(1), delivery(2, "withdrawn"), delivery(3)])
    assert [headers["webhook-id"] for headers, _ in receiver.got] == ["ab12:1", "ab12:2", "ab12:3"]
    headers, body = receiver.got[1]
    told = json.loads(body)
    assert (told["type"], told["timestamp"]) == ("article.withdrawn", "2026-03-02T05:02:00+00:00")
    assert told["data"] == delivery(2, "withdrawn").to_dict()
    assert headers["content-type"] == "application/json"
    content = b"ab12:2." + headers["webhook-timestamp"].encode() + b"." + body
    mac = base64.b64encode(hmac.digest(KEY, content, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{mac}"
    assert abs(int(headers["webhook-timestamp"]) - datetime.now(UTC).timestamp()) < 60
    assert receiver.connections == 1


def test_two_secrets_sign_twice(receiver: Receiver) -> None:
    other = "whsec_" + base64.b64encode(bytes(24)).decode()
    sink = Webhook("hook", receiver.url, secret=f"{SECRET} {other}")
    sink.write([delivery(1)])
    sink.close()
    assert len(receiver.got[0][0]["webhook-signature"].split(" ")) == 2


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (500, "server_error"), (502, "server_error"), (503, "server_error"), (599, "server_error"), (410, "gone"),
        (429, "rate_limited"), (401, "refused"), (403, "refused"), (404, "refused"), (405, "refused"),
        (301, "refused"), (307, "refused"), (408, "timeout"), (418, "server_error"),
    ],
)  # fmt: skip
def test_what_an_answer_means_for_the_sink(receiver: Receiver, sink: Webhook, code: int, reason: str) -> None:
    receiver.plays = [status(200), status(code, "hôm nay\n không".encode(), Location=receiver.url)]
    with pytest.raises(SinkFailed) as failure:
        sink.write([delivery(1), delivery(2), delivery(3)])
    assert (failure.value.reason, failure.value.through) == (reason, 1)
    assert failure.value.detail.startswith(str(code))
    assert len(receiver.got) == 2
    assert reason == "refused" or "hôm nay không" in failure.value.detail
    sink.write([delivery(2)])


@pytest.mark.parametrize("code", [400, 409, 413, 414, 422])
def test_what_an_answer_means_for_the_record(receiver: Receiver, sink: Webhook, code: int) -> None:
    receiver.plays = [status(200), status(code, b"no such site")]
    with pytest.raises(Poisoned, match=f"record 2: {code} no such site") as poison:
        sink.write([delivery(1), delivery(2), delivery(3)])
    assert (poison.value.seq, poison.value.through) == (2, 1)


def test_retry_after_is_honoured(receiver: Receiver, sink: Webhook) -> None:
    receiver.plays = [status(429, Retry_After="120"), status(503, Retry_After="3600"), status(503)]
    waits = []
    for _ in range(3):
        with pytest.raises(SinkFailed) as failure:
            sink.write([delivery(1)])
        waits.append(failure.value.retry_after)
    assert waits == [120, 3600, None]


def test_retry_after_may_be_a_date_or_nonsense() -> None:
    now = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    assert retry_after("Mon, 02 Mar 2026 08:01:30 GMT", now) == 90
    assert retry_after("Mon, 02 Mar 2026 07:00:00 GMT", now) == 0
    assert [retry_after(value, now) for value in (None, "soon", "-5", "1e9", "")] == [None] * 5
    assert retry_after("9" * 30, now) is None
    assert retry_after("7", now + timedelta(days=1)) == 7


@pytest.mark.parametrize(
    "play", [hang, drip(b"HTTP/1.1 200 OK\r\nX: "), drip(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n")]
)
def test_a_server_that_hangs_or_drips_is_left(receiver: Receiver, play: Play) -> None:
    receiver.plays = [status(200), play]
    sink = Webhook("hook", receiver.url, secret=SECRET, timeout=2)
    with pytest.raises(SinkFailed) as failure:
        sink.write([delivery(1), delivery(2)])
    assert (failure.value.reason, failure.value.through) == ("timeout", 1)
    sink.write([delivery(2)])
    sink.close()


@pytest.mark.parametrize(
    "content",
    [
        b"", b"HTTP/1.1 20", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf",
    ],
)  # fmt: skip
@pytest.mark.parametrize("fresh", [True, False])
def test_an_answer_that_breaks_off_is_none(receiver: Receiver, sink: Webhook, content: bytes, fresh: bool) -> None:
    if not fresh:
        sink.write([delivery(1)])
    # Where nothing was answered, a connection may have been closed before it was asked: that is tried once more.
    receiver.plays = [raw(content)] * (1 if fresh or content else 2)
    with pytest.raises(SinkFailed) as failure:
        sink.write([delivery(2)])
    assert receiver.plays == []
    assert failure.value.reason in ("closed", "server_error")
    assert failure.value.reason == "closed" or content == b"HTTP/1.1 20"
    receiver.plays.clear()
    sink.write([delivery(2)])
    assert receiver.got[-1][0]["webhook-id"] == "ab12:2"


def test_a_connection_that_was_closed_while_idle_is_made_anew(receiver: Receiver, sink: Webhook) -> None:
    closed = threading.Event()

    def last(handler: BaseHTTPRequestHandler) -> None:
        status(200)(handler)
        handler.close_connection = True
        handler.connection.shutdown(socket.SHUT_RDWR)
        closed.set()

    receiver.plays = [last]
    sink.write([delivery(1)])
    assert closed.wait(60)
    sink.write([delivery(2)])
    assert [headers["webhook-id"] for headers, _ in receiver.got] == ["ab12:1", "ab12:2"]
    assert receiver.connections == 2


def test_what_is_no_http_is_an_error_of_the_server(receiver: Receiver, sink: Webhook) -> None:
    receiver.plays = [raw(b"SSH-2.0-OpenSSH_9.6\r\n")]
    with pytest.raises(SinkFailed, match="no HTTP") as failure:
        sink.write([delivery(1)])
    assert failure.value.reason == "server_error"


def test_an_endless_answer_is_not_read_to_its_end(receiver: Receiver, sink: Webhook) -> None:
    receiver.plays = [status(200, bytes(LIMIT * 4))]
    sink.write([delivery(1), delivery(2)])
    assert receiver.connections == 2


def test_an_answer_before_the_request_is_whole_counts() -> None:
    """A server that refuses by the length alone, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def once() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(100)
                connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

        thread = threading.Thread(target=once)
        thread.start()
        sink = Webhook("hook", f"http://127.0.0.1:{listening.getsockname()[1]}", secret=SECRET)
        with pytest.raises(Poisoned, match="413"):
            sink.write([delivery(1, words="x" * 2 * 10**7)])
        sink.close()
        thread.join()


def test_nobody_there_is_out_of_reach() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    sink = Webhook("hook", f"http://127.0.0.1:{port}/", secret=SECRET)
    with pytest.raises(SinkFailed) as failure:
        sink.write([delivery(1)])
    assert (failure.value.reason, failure.value.through) == ("unreachable", None)
    sink.close()


def test_a_certificate_is_verified(receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    receiver.socket = context.wrap_socket(receiver.socket, server_side=True)
    url = receiver.url.replace("http://127.0.0.1", "https://localhost")
    sink = Webhook("hook", url, secret=SECRET, timeout=60)
    with pytest.raises(SinkFailed, match="certificate verify failed") as failure:
        sink.write([delivery(1)])
    assert failure.value.reason == "unreachable"
    assert receiver.got == []
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    sink.write([delivery(1), delivery(2)])
    assert len(receiver.got) == 2
    with pytest.raises(SinkFailed, match=r"IP address mismatch|not valid for"):
        Webhook("hook", url.replace("localhost", "127.0.0.1"), secret=SECRET, timeout=60).write([delivery(3)])
    sink.close()


@pytest.mark.parametrize(
    "url",
    [
        "https://",
        "https:///x",
        "https://user:pw@h/x",
        "https://h/a b",
        "https://h:x/",
        "https://h:99999/",
        "http://[h/",
    ],
)
def test_an_address_that_cannot_be_meant(url: str) -> None:
    with pytest.raises(BadInput) as failure:
        Webhook("hook", url, secret=SECRET)
    assert "pw" not in str(failure.value)


@pytest.mark.parametrize("secret", ["", "geheim", "whsec_", "whsec_Z2VoZWlt", "whsec_geheim!" * 9, "v1_" + SECRET[6:]])
def test_a_bad_secret_is_named_and_not_shown(secret: str) -> None:
    with pytest.raises(BadInput, match="whsec_…") as failure:
        Webhook("hook", "https://h/", secret=secret)
    assert "geheim" not in str(failure.value)


def test_no_message_holds_the_secret(receiver: Receiver, sink: Webhook) -> None:
    receiver.plays = [status(500, b"echo")]
    with pytest.raises(SinkFailed) as failure:
        sink.write([delivery(1)])
    assert SECRET not in f"{failure.value!r} {failure.value.detail} {sink!r}"
    assert "for=thoisu" not in failure.value.detail

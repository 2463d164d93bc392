"""The newsroom on loopback: a threading HTTP/1.1 server that answers for every paper by the Host header."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self

from crawler.newsroom.answers import Answers
from crawler.newsroom.misbehave import Reply
from crawler.newsroom.world import World

_LOGGED = ("user-agent", "if-none-match", "if-modified-since", "accept-encoding", "cookie")
_FRONT_HOSTS = ("127.0.0.1", "localhost", "[::1]")
_MAX_CONTROL = 1 << 16  # bytes of a /control request
_STRANGER = ' class="stranger"'  # mark of papers for which there is no ready `Site`


class Request(NamedTuple):
    """One request that was answered; `headers` are those that matter to a crawler, by lower-case name."""

    host: str
    path: str
    headers: dict[str, str]
    status: int


class Newsroom:
    """Serves a world from `start` to `stop`, or inside `with`. `port` 0 takes a free one.

        with Newsroom(World(sites=2, articles=20)) as newsroom:
            newsroom.misbehave("songda", status=503, retry_after=1, times=2)
            …
            assert newsroom.requests[0].path == "/robots.txt"

    `127.0.0.1` itself answers with an index page, with `/papers.jsonl` and `/record.jsonl` (the truth, one paper or
    article a line) and with `/control`, which takes `{"host": "songda", "what": {"status": 503}}`,
    `{"host": …, "behave": true}` or `{"advance": seconds}` by POST.
    """

    def __init__(self, world: World, port: int = 0) -> None:
        self.world = world
        self._answers = Answers(world)
        self.misbehave = self._answers.misbehave
        self.behave = self._answers.behave
        self._port = port
        self._log: list[Request] = []
        self._lock = threading.Lock()
        self._server: _Server | None = None

    def start(self) -> Self:
        """Listen and serve in a thread; OSError when the port is taken."""
        self._server = _Server(("127.0.0.1", self._port), self)
        self.world.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), name="newsroom", daemon=True).start()
        return self

    def stop(self) -> None:
        """Stop listening and close every connection."""
        if self._server:
            self._server.shutdown()
            self._server.hang_up()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self.world.port}"

    @property
    def requests(self) -> list[Request]:
        """A copy of what was asked so far."""
        with self._lock:
            return list(self._log)

    @property
    def connections(self) -> int:
        """How many clients are connected and have been accepted."""
        return len(self._server.open) if self._server else 0

    def forget_requests(self) -> None:
        """Begin counting anew."""
        with self._lock:
            self._log.clear()

    def respond(self, host: str, target: str, headers: dict[str, str]) -> Reply:
        """The answer to a GET, noted in `requests` unless it went to the newsroom itself."""
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        if name in _FRONT_HOSTS:
            return self._front(target)
        try:
            answer = self._answers.answer(self.world.paper(name), target, headers)
        except KeyError:
            answer = Reply(404, "Không có báo nào ở địa chỉ này.".encode(), "text/plain; charset=utf-8")
        kept = {key: value for key, value in headers.items() if key in _LOGGED}
        with self._lock:
            self._log.append(Request(name, target, kept, answer.status))
        return answer

    def _front(self, target: str) -> Reply:
        if target == "/record.jsonl":
            rows = (row for rows in self.world.record().values() for row in rows)
            text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            return Reply(200, text.encode(), "application/x-ndjson; charset=utf-8")
        if target == "/papers.jsonl":
            text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in self._papers())
            return Reply(200, text.encode(), "application/x-ndjson; charset=utf-8")
        if target != "/":
            return Reply(404, "Không có trang này.".encode(), "text/plain; charset=utf-8")
        ready = not any(paper.family == "stranger" for paper in self.world.papers)
        items = "".join(
            f'<li{"" if ready else _STRANGER}><a href="{self.world.root(paper)}/">{paper.title}</a>: '
            f"{len(self.world.visible(paper))} bài</li>"
            for paper in self.world.papers
        )
        page = (
            '<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Tòa soạn mô phỏng</title></head><body>'
            "<h1>Tòa soạn mô phỏng</h1><p>Các tờ báo dưới đây không có thật; mọi tin bài đều do máy đặt ra.</p>"
            f'<ul>{items}</ul><p><a href="/record.jsonl">Bản ghi gốc của mọi bài</a></p></body></html>'
        )
        return Reply(200, page.encode())

    def _papers(self) -> Iterator[dict[str, Any]]:
        """What there is to know of each paper before a reader has seen it."""
        for paper in self.world.papers:
            yield {
                "name": paper.name,
                "url": f"{self.world.root(paper)}/",
                "title": paper.title,
                "family": paper.family,
                "closed": paper.closed,
                "redesigned": self.world.design(paper),
            }

    def control(self, order: dict[str, Any]) -> dict[str, Any]:
        """Carry out one `/control` order; ValueError, KeyError or TypeError when it makes no sense."""
        if "advance" in order:
            return {"now": self.world.advance(seconds=float(order["advance"])).isoformat()}
        if order.get("behave"):
            self.behave(order["host"])
            return {"touched": []}
        return {"touched": self.misbehave(order["host"], **order["what"])}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], newsroom: Newsroom) -> None:
        self.newsroom = newsroom
        self.open: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up early is part of the game."""

    def hang_up(self) -> None:
        for connection in list(self.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # already gone


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30  # seconds of an idle connection
    server: _Server

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(self.server.newsroom.respond(headers.get("host", ""), self.path, headers))

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        length = min(int(self.headers.get("Content-Length") or 0), _MAX_CONTROL)
        body = self.rfile.read(length)
        host = (self.headers.get("Host") or "").rsplit(":", 1)[0]
        if self.path != "/control" or host not in _FRONT_HOSTS:
            return self._send(Reply(405, b""))
        try:
            said, status = self.server.newsroom.control(json.loads(body)), 200
        except (ValueError, KeyError, TypeError) as error:
            said, status = {"error": str(error)}, 400
        return self._send(Reply(status, json.dumps(said, ensure_ascii=False).encode(), "application/json"))

    def _send(self, answer: Reply) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 304:
            self.send_header("Content-Type", answer.media_type)
            self.send_header("Content-Length", str(len(answer.body) * answer.repeat))
        self.end_headers()
        if self.command == "HEAD":
            return
        for piece in answer.pieces():
            self.wfile.write(piece)
            if answer.drip:
                time.sleep(answer.drip)

    def log_message(self, *_: Any) -> None:
        """Quiet."""

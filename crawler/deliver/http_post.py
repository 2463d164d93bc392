"""A connection over which one POST after another is sent, none of which takes longer than its time.

The socket's own time-out counts from byte to byte, so that a server which drips would hold a request for ever; here
each wait gets what is left of the whole.
"""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from typing import Any

from crawler.deliver.sink import SinkFailed

CONNECT_SECONDS = 10.0
LIMIT = 2**16
"""Bytes of an answer's body that are read; over a longer one the connection is not used again."""


@dataclass(frozen=True, slots=True)
class PostReply:
    """What a server said to a POST."""

    status: int
    said: str
    """The beginning of the body, on one line, for a person."""
    retry_after: str | None


class Channel:
    """A connection to one host, made when needed, verified by the system's certificates when it is https."""

    def __init__(self, scheme: str, host: str, port: int | None, seconds: float) -> None:
        self._https = scheme == "https"
        self._host = host
        self._port = port
        self._seconds = seconds
        self._connection: HTTPConnection | None = None

    def post(self, target: str, body: bytes, headers: Mapping[str, str]) -> PostReply:
        """Send, and read the whole answer.

        Raises SinkFailed: "unreachable" before anything is sent, "timeout", "closed", or "server_error" for what is no
        HTTP.
        """
        end = time.monotonic() + self._seconds
        try:
            if self._connection is not None:
                try:
                    return self._exchange(self._connection, target, body, headers, end)
                except (ConnectionError, ssl.SSLError):
                    # Servers close a connection on which nothing was asked for a while.
                    self.close()
            self._connection = self._connect()
            return self._exchange(self._connection, target, body, headers, end)
        except TimeoutError as error:
            raise SinkFailed("timeout", f"{self._host}: no whole answer within {self._seconds:g} s") from error
        except (OSError, IncompleteRead) as error:
            raise SinkFailed("closed", f"{self._host}: hung up before its answer was whole") from error
        except HTTPException as error:
            raise SinkFailed("server_error", f"{self._host}: its answer is no HTTP ({type(error).__name__})") from error

    def close(self) -> None:
        """Hang up; the next `post` connects again."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> HTTPConnection:
        wait = min(CONNECT_SECONDS, self._seconds)
        if self._https:
            context = ssl.create_default_context()
            connection: HTTPConnection = HTTPSConnection(self._host, self._port, timeout=wait, context=context)
        else:
            connection = HTTPConnection(self._host, self._port, timeout=wait)
        try:
            connection.connect()
        except (OSError, UnicodeError) as error:  # UnicodeError for a name with an empty or endless label
            connection.close()
            raise SinkFailed("unreachable", f"{self._host}: {error}") from error
        return connection

    def _exchange(
        self, connection: HTTPConnection, target: str, body: bytes, headers: Mapping[str, str], end: float
    ) -> PostReply:
        plain = connection.sock
        connection.sock = _Timed(plain, end)
        whole = False
        try:
            with suppress(BrokenPipeError, ConnectionResetError):  # it may have answered before it hung up
                connection.request("POST", target, body, dict(headers))
            response = connection.getresponse()
            said = _read(response)
            whole = len(said) < LIMIT and connection.sock is not None
        finally:
            connection.sock = plain
            if not whole:
                self.close()
        text = " ".join(said[:200].decode("utf-8", "replace").split())
        return PostReply(response.status, "".join(filter(str.isprintable, text)), response.getheader("Retry-After"))


def _read(response: HTTPResponse) -> bytes:
    """The body up to the limit; IncompleteRead when it breaks off, of which `read(n)` itself says nothing."""
    said = b""
    try:
        while len(said) < LIMIT and (part := response.read(LIMIT - len(said))):
            said += part
    except (ConnectionError, ssl.SSLError) as error:
        raise IncompleteRead(said) from error
    if len(said) < LIMIT and response.length:
        raise IncompleteRead(said, response.length)
    return said


class _Timed:
    """As much of a socket as `http.client` uses, until a moment of the monotonic clock; TimeoutError after it."""

    def __init__(self, plain: socket.socket, end: float) -> None:
        self._plain = plain
        self._end = end

    def sendall(self, data: bytes) -> None:
        self._plain.settimeout(self.left())
        self._plain.sendall(data)

    def recv_into(self, buffer: memoryview) -> int:
        self._plain.settimeout(self.left())
        return self._plain.recv_into(buffer)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self))

    def close(self) -> None:
        """The plain socket is the caller's, who closes it when the answer is read."""

    def left(self) -> float:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _Reader(io.RawIOBase):
    def __init__(self, timed: _Timed) -> None:
        self._timed = timed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._timed.recv_into(buffer)

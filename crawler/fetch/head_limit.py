"""A limit on the head of an answer, which Twisted's client does not have: header lines would fill the memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS

HEAD_MAX = 2**18
"""Bytes of status line and header lines, interim (1xx) answers included."""


class LongHead(Exception):
    """The head of an answer went over the limit."""


class _ShortHead:
    """Laid over the client's protocol: hangs up on a head that is longer than the limit."""

    transport: Any
    _parser: Any
    _disconnectParser: Callable[[Failure], None]  # noqa: N815, Twisted's name
    _head = 0

    def request(self, request: Any) -> Any:
        self._head = 0
        return super().request(request)  # type: ignore[misc]

    def dataReceived(self, data: bytes) -> None:  # noqa: N802, the interface's name
        super().dataReceived(data)  # type: ignore[misc]
        if self._parser is None or self._parser.state not in (STATUS, HEADER):
            return
        self._head += len(data)
        if self._head > HEAD_MAX:
            self.transport.abortConnection()
            self._disconnectParser(Failure(LongHead()))  # type: ignore[no-untyped-call]


def short_heads(make_factory: Callable[..., Any]) -> Callable[..., Any]:
    """The maker of client factories `make_factory`, with the limit on every connection that these build."""

    def make(*arguments: Any) -> Any:
        factory = make_factory(*arguments)
        build = factory.buildProtocol

        def limited(address: Any) -> Any:
            protocol = build(address)
            protocol.__class__ = _over(type(protocol))  # type: ignore[arg-type]
            return protocol

        factory.buildProtocol = limited
        return factory

    return make


@cache
def _over(protocol: Any) -> Any:
    return type("ShortHead", (_ShortHead, protocol), {})


def was_long(error: BaseException) -> bool:
    """Whether a download failed for the length of its head."""
    return any(reason.check(LongHead) for reason in getattr(error.__cause__, "reasons", ()))

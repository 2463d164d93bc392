"""NATS JetStream: each change published to `<subject>.<site>.<event>` and acknowledged before the next one.

`Nats-Msg-Id` is the idempotency key, by which the server drops what comes twice within its window (120 s unless the
stream says otherwise). What would come twice after it, from a process that was killed and started much later, is
avoided too: the last message in the stream says where to go on.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import threading
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from crawler.deliver.sink import Delivery, NotTaken, Poisoned, Sink, SinkFailed, SinkReason
from crawler.errors import BadInput

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.js import JetStreamContext

SECONDS = 10.0
"""For each answer of the server: to the connection, to a question, to a change."""
CLOSING = 1.0
"""Seconds for hanging up."""
_T = TypeVar("_T")
_KEY, _REWINDS = "Nats-Msg-Id", "Thoisu-Replay"
# Error codes of JetStream (github.com/nats-io/nats-server, server/errors.json).
_TOO_LARGE = 10054
_FULL = {10023, 10047, 10077}  # resources, storage, maximum of the stream


class JetStream(Sink):
    """A stream, made when it is missing; one that exists must take `<subject>.>`.

    The URL is `nats://[user:password@|token@]host[:port][,host…]`. `creds` is a file of credentials; `cert` and `key`
    are those of a client certificate; `ca` is a file of the authorities to trust in place of the system's. A server
    that demands TLS gets it; with `tls` nothing is said in the clear before, if the server can (handshake_first).
    """

    BATCH = 100

    def __init__(
        self,
        name: str,
        url: str,
        *,
        stream: str = "THOISU",
        subject: str = "thoisu",
        creds: str | None = None,
        tls: bool = False,
        ca: str | None = None,
        cert: str | None = None,
        key: str | None = None,
    ) -> None:
        if find_spec("nats") is None:
            raise BadInput("this sink needs nats-py: pip install 'thoisu[nats]'")
        parts = urlsplit(url)
        if not parts.netloc or parts.path.strip("/") or parts.query:
            raise BadInput("the address reads like nats://host:4222; all else are keys of their own")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,200}", str(stream)):
            raise BadInput(f"{stream!r} cannot be the name of a stream; use letters, digits, _ and -")
        if not re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", str(subject)):
            raise BadInput(f"{subject!r} cannot be a subject; it reads like news.vietnam")
        if bool(cert) != bool(key):
            raise BadInput("a client certificate needs both, cert and key")
        if creds and "@" in parts.netloc:
            raise BadInput("give either creds or user and password, not both")
        self._name = name
        self._servers = [f"nats://{place}" for place in parts.netloc.split(",") if place]
        self._stream = str(stream)
        self._subject = str(subject)
        self._creds = creds
        self._tls_first = tls is True
        self._files = (ca, cert, key)
        self._rewinds = 0
        self._through: int | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client: Client
        self._jetstream: JetStreamContext
        self._hung_up: asyncio.Event

    def open(self, rewinds: int) -> str | None:
        """Connect, make the stream when it is missing, and give the key of its last message."""
        self.close()
        self._rewinds = rewinds
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=_serve, args=(self._loop,), daemon=True, name=f"nats-{self._name}").start()
        return self._run(self._open())

    def write(self, batch: Sequence[Delivery]) -> None:
        """Publish in order; the first that is not acknowledged ends the batch."""
        if self._hung_up.is_set():
            self.open(self._rewinds)
        self._through = None
        try:
            self._run(self._write(batch))
        except NotTaken as error:
            error.through = self._through
            raise

    def close(self) -> None:
        """Hang up, and end the thread that kept the connection alive."""
        loop, self._loop = self._loop, None
        if loop is None:
            return
        with suppress(Exception):  # a connection that cannot be closed in order is as good as closed
            asyncio.run_coroutine_threadsafe(self._hang_up(), loop).result(SECONDS)
        loop.call_soon_threadsafe(loop.stop)

    def _run(self, work: Coroutine[Any, Any, _T]) -> _T:
        from nats.errors import Error

        assert self._loop is not None  # noqa: S101 - for the type checker
        try:
            return asyncio.run_coroutine_threadsafe(work, self._loop).result()
        except (Error, OSError, TimeoutError) as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> SinkFailed:
        import nats.errors
        import nats.js.errors

        if isinstance(error, nats.js.errors.NoStreamResponseError):
            return SinkFailed("refused", f"no stream takes {self._subject}.>")
        if isinstance(error, nats.js.errors.ServiceUnavailableError) and error.err_code is None:
            return SinkFailed("refused", "the server has no JetStream")
        if isinstance(error, nats.js.errors.APIError):
            reason: SinkReason = "disk_full" if error.err_code in _FULL else "server_error"
            return SinkFailed(reason, f"stream {self._stream}: {error.description or error}")
        if isinstance(error, nats.errors.AuthorizationError) or "authorization" in str(error).lower():
            return SinkFailed("refused", "the server does not accept these credentials")
        if isinstance(error, nats.errors.TimeoutError | TimeoutError):
            return SinkFailed("timeout", f"no answer within {SECONDS:g} s")
        if isinstance(error, nats.errors.ConnectionClosedError):
            return SinkFailed("closed", "the server hung up")
        return SinkFailed("unreachable", str(error))

    async def _open(self) -> str | None:
        from nats.aio.client import Client
        from nats.js.api import StreamConfig
        from nats.js.errors import NotFoundError

        self._hung_up = asyncio.Event()
        self._client = Client()
        await asyncio.wait_for(self._connect(), SECONDS)
        self._jetstream = self._client.jetstream(timeout=SECONDS)
        try:
            await self._jetstream.stream_info(self._stream)
        except NotFoundError:
            await self._jetstream.add_stream(StreamConfig(name=self._stream, subjects=[f"{self._subject}.>"]))
        try:
            last = await self._jetstream.get_last_msg(self._stream, f"{self._subject}.>")
        except NotFoundError:
            return None
        headers = last.headers or {}
        return headers.get(_KEY) if headers.get(_REWINDS) == str(self._rewinds) else None

    async def _connect(self) -> None:
        from nats.errors import NoServersError

        if self._creds and not Path(self._creds).is_file():
            raise SinkFailed("refused", f"there is no file of credentials {self._creds}")
        reasons: list[Exception] = []

        async def noted(error: Exception) -> None:
            reasons.append(error)

        async def hung_up() -> None:
            self._hung_up.set()

        try:
            await self._client.connect(
                self._servers,
                name=f"thoisu {self._name}",
                error_cb=noted,
                closed_cb=hung_up,
                user_credentials=self._creds,
                tls=self._tls(),
                tls_handshake_first=self._tls_first,
                allow_reconnect=False,  # `open` is called again, and asks where to go on
                max_reconnect_attempts=1,
                reconnect_time_wait=0,
                ping_interval=30,
            )
        except NoServersError:
            raise next(iter(reasons), NoServersError()) from None

    def _tls(self) -> ssl.SSLContext:
        ca, cert, key = self._files
        context = ssl.create_default_context(cafile=ca)
        if cert:
            context.load_cert_chain(cert, key)
        return context

    async def _hang_up(self) -> None:
        # A connection that failed half-way never tells that it is closed; nothing unacknowledged is lost with it.
        await asyncio.wait_for(self._client.close(), CLOSING)

    async def _write(self, batch: Sequence[Delivery]) -> None:
        hung_up = asyncio.ensure_future(self._hung_up.wait())
        try:
            for delivery in batch:
                publishing = asyncio.ensure_future(self._publish(delivery))
                await asyncio.wait({publishing, hung_up}, return_when=asyncio.FIRST_COMPLETED)
                if not publishing.done():
                    publishing.cancel()
                    raise SinkFailed("closed", "the server hung up")
                publishing.result()
                self._through = delivery.seq
        finally:
            hung_up.cancel()

    async def _publish(self, delivery: Delivery) -> None:
        from nats.errors import MaxPayloadError
        from nats.js.errors import APIError

        site = re.sub(r"[^A-Za-z0-9_-]", "_", delivery.site or "_")
        body = json.dumps(delivery.to_dict(), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        headers = {_KEY: delivery.key, _REWINDS: str(self._rewinds)}
        try:
            subject = f"{self._subject}.{site}.{delivery.event}"
            await self._jetstream.publish(subject, body, stream=self._stream, headers=headers)
        except MaxPayloadError as error:
            raise Poisoned(delivery.seq, f"{len(body)} bytes; the server takes {self._client.max_payload}") from error
        except APIError as error:
            if error.err_code != _TOO_LARGE:
                raise
            raise Poisoned(delivery.seq, f"{len(body)} bytes are more than stream {self._stream} takes") from error


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    loop.run_forever()
    loop.close()

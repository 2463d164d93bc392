"""Webhook: one signed POST for each change, by the convention of Standard Webhooks 1.0.0 (standardwebhooks.com).

Signed is `<id>.<timestamp>.<body>` with HMAC-SHA256; the id is the idempotency key, so that what comes twice can be
recognised. A change is taken when the whole answer is there and its status is 2xx; redirects are not followed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from crawler.configuration import DEFAULTS, Settings
from crawler.deliver.http_post import Channel, PostReply
from crawler.deliver.sink import Delivery, NotTaken, Poisoned, Sink, SinkFailed, SinkReason
from crawler.errors import BadInput
from crawler.text import retry_after

SECONDS = 30.0
"""For one request, from its first byte to the last of its answer."""
_KEY_BYTES = range(24, 65)  # Standard Webhooks, "Signature scheme": 192 to 512 bits
_UNWANTED = {400, 409, 413, 414, 422}
_WORDS: dict[int, SinkReason] = {408: "timeout", 410: "gone", 429: "rate_limited"}
_REFUSED = {401, 402, 403, 404, 405, 406, 407, 415, 421, 426, 451}


class Webhook(Sink):
    """An address that takes changes by HTTP, in their order, each in a request of its own.

    `secret` is `whsec_` and a key in base64, or several of these with spaces between while the receiver changes from
    one to another; it stands in no message. `timeout` is in seconds, for one request as a whole.
    """

    BATCH = 20

    def __init__(self, name: str, url: str, *, secret: str, timeout: float = SECONDS) -> None:  # noqa: ARG002
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise BadInput(f"its address cannot be read: {error}") from None
        if not parts.hostname or parts.username is not None or not url.isascii() or re.search(r"[\0-\x20\x7f]", url):
            raise BadInput("its address must read like https://host/path, without user and password")
        if not isinstance(timeout, int | float) or not 0 < timeout <= 600:
            raise BadInput("timeout must be a number of seconds up to 600")
        self._keys = [_key(one) for one in str(secret).split()] or [_key("")]
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._user_agent = DEFAULTS.user_agent
        self._channel = Channel(parts.scheme, parts.hostname, port, timeout)

    def attach(self, own: Settings) -> None:
        """Each request says who sends it."""
        self._user_agent = own.user_agent

    def open(self, rewinds: int) -> None:
        """Nothing is asked of the receiver before there is a change."""

    def write(self, batch: Sequence[Delivery]) -> None:
        """Send one after the other; the first that is not taken ends the batch."""
        through = None
        for delivery in batch:
            try:
                self._send(delivery)
            except NotTaken as error:
                error.through = through
                raise
            through = delivery.seq

    def close(self) -> None:
        """Hang up."""
        self._channel.close()

    def _send(self, delivery: Delivery) -> None:
        event = {"type": f"article.{delivery.event}", "timestamp": delivery.at.isoformat(), "data": delivery.to_dict()}
        try:
            body = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        except UnicodeEncodeError as error:
            raise Poisoned(delivery.seq, f"a character that UTF-8 has not: {error.reason}") from error
        now = int(time.time())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": self._user_agent,
            "webhook-id": delivery.key,
            "webhook-timestamp": str(now),
            "webhook-signature": sign(self._keys, delivery.key, now, body),
        }
        _judge(self._channel.post(self._target, body, headers), delivery.seq)


def sign(keys: Sequence[bytes], id_: str, timestamp: int, body: bytes) -> str:
    """The value of the header `webhook-signature`: `v1,<base64>` for each key, parted by spaces."""
    content = f"{id_}.{timestamp}.".encode() + body
    macs = (hmac.new(key, content, hashlib.sha256).digest() for key in keys)
    return " ".join("v1," + base64.b64encode(mac).decode() for mac in macs)


def _key(secret: str) -> bytes:
    kind, _, text = secret.partition("_")
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if kind != "whsec" or len(key) not in _KEY_BYTES:
        raise BadInput('this sink needs secret = "whsec_…", with 24 to 64 random bytes in base64')
    return key


def _judge(answer: PostReply, seq: int) -> None:
    status, detail = answer.status, f"{answer.status} {answer.said}".strip()
    if 200 <= status < 300:
        return
    if status in _UNWANTED:
        raise Poisoned(seq, detail)
    if 300 <= status < 400:
        raise SinkFailed("refused", f"{status}: it has moved, and redirects are not followed; give the new address")
    reason = _WORDS.get(status, "refused" if status in _REFUSED else "server_error")
    raise SinkFailed(reason, detail, retry_after=retry_after(answer.retry_after, datetime.now(UTC)))

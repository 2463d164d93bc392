"""The HTTP proxy behind which a network lets nobody out but through it (`THOISU_PROXY`).

http addresses are asked of the proxy in their absolute form, https ones through a tunnel (RFC 9110, sections 7.1 and
9.3.6). What the guard can still judge it judges before (`crawler.fetch.guard`); which address is dialled then, the
proxy decides, after a look-up of its own.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from scrapy import Request
from scrapy.exceptions import DownloadFailedError
from scrapy.http import Response

_CREDENTIALS_WANTED = 407


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where it listens, and what it is told of us."""

    host: str
    port: int
    authorization: bytes | None = field(repr=False)

    @classmethod
    def of(cls, url: str) -> Proxy:
        """The proxy at `http://user:password@host:port`, an address that the settings have let pass."""
        parts = urlsplit(url)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        basic = b"Basic " + b64encode(f"{user}:{password}".encode()) if user or password else None
        return cls(parts.hostname or "", parts.port or 80, basic)

    def carry(self, request: Request) -> Request:
        """A copy of `request` that goes through the proxy; nothing else ever sees the credentials."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        copy = request.replace(meta={**request.meta, "proxy": f"http://{host}:{self.port}"})
        if self.authorization is not None:
            copy.headers["Proxy-Authorization"] = self.authorization
        return copy

    @staticmethod
    def check(response: Response) -> Response:
        """The answer; raises `DownloadFailedError` when it is the proxy's, who wants other credentials."""
        if response.status == _CREDENTIALS_WANTED:
            raise DownloadFailedError("the proxy does not take the credentials of THOISU_PROXY")
        return response

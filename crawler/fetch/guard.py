"""No request goes to an address inside a network.

Names are judged where they are resolved, every address of the answer, and exactly those addresses are dialled: there is
no second look-up between the check and the connection (DNS rebinding). Every request passes here: articles, sources,
redirects and robots.txt. Special-purpose addresses are those of the IANA registries (RFC 6890).

Behind a proxy (`crawler.fetch.proxy`) the name is judged, too, with all addresses that it has for this machine; a name
that has none here may have some there, and is let through.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, cast
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError, DownloadFailedError, IgnoreRequest
from scrapy.http import Response
from scrapy.resolver import CachingHostnameResolver, HostResolution
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.address import IPv4Address as Dialled
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.errors import Discard, Refusal
from crawler.fetch.head_limit import HEAD_MAX, short_heads, was_long
from crawler.fetch.proxy import Proxy
from crawler.fetch.scrapy_http import HTTP11DownloadHandler, TunnelError

_GLOBAL_UNICAST = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")
_ALSO_SPECIAL = (
    ip_network("168.63.129.16/32"),  # the metadata service of a cloud, on an address that looks public
    ip_network("192.0.0.0/24"),
    ip_network("192.88.99.0/24"),
    ip_network("2001::/23"),
    ip_network("3fff::/20"),
)
_INNER_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home.arpa")


class Denied(Discard, IgnoreRequest):
    """A request that is not sent or whose answer is not taken, in the form that Scrapy drops without a traceback."""


def is_inner(address: str) -> bool:
    """Whether an IP address, as text, is anything but a public unicast address.

    An IPv6 address that carries an IPv4 one (mapped, 6to4, NAT64) is judged by what it carries. Raises ValueError.
    """
    ip = _carried(ip_address(address.partition("%")[0]))
    if isinstance(ip, IPv6Address) and ip not in _GLOBAL_UNICAST:
        return True
    special = any(ip in network for network in _ALSO_SPECIAL if network.version == ip.version)
    return special or not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_unspecified


def _carried(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(ip, IPv6Address):
        return ip.ipv4_mapped or ip.sixtofour or (IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else ip)
    return ip


def named_inside(url: str) -> bool:
    """Whether `url` itself names an inner address or host: 127.1, 0x7f.1, 2130706433, [::1], localhost, x.internal."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return True
    if any(host == name or host.endswith("." + name) for name in _INNER_NAMES):
        return True
    try:
        return is_inner(host)
    except ValueError:
        pass
    try:
        # The forms of inet_aton(3), which the system's resolver takes as well: one to four parts, octal, hexadecimal.
        return is_inner(socket.inet_ntoa(socket.inet_aton(host)))
    except (OSError, UnicodeEncodeError):
        return False


def of_newsroom(url: str, newsroom: str | None) -> bool:
    """Whether `url` belongs to the embedded newsroom at `newsroom`: its host or a name under localhost, on its port."""
    if newsroom is None:
        return False
    try:
        asked, base = urlsplit(url), urlsplit(newsroom)
        host, same_port = asked.hostname or "", asked.port == base.port and asked.scheme == base.scheme
    except ValueError:
        return False
    return same_port and (host == base.hostname or host == "localhost" or host.endswith(".localhost"))


class GuardedResolver(CachingHostnameResolver):
    """Looks names up for the whole process and hands out public addresses only."""

    def __init__(self, reactor: Any, cache_size: int) -> None:
        super().__init__(reactor, cache_size)
        self.refused: set[str] = set()
        """Names whose answer held an inner address."""
        self.newsrooms: set[tuple[str, int]] = set()
        """Host and port of embedded newsrooms, which are let through."""
        self.proxies: set[tuple[str, int]] = set()
        """Host and port of proxies, which may be inside; port 0 is how Twisted asks for the way to a tunnel."""

    def resolveHostName(  # noqa: N802, the interface's name
        self,
        resolutionReceiver: Any,  # noqa: N803, the interface's name
        hostName: str,  # noqa: N803, the interface's name
        portNumber: int = 0,  # noqa: N803, the interface's name
        addressTypes: Sequence[type[Any]] | None = None,  # noqa: N803, the interface's name
        transportSemantics: str = "TCP",  # noqa: N803, the interface's name
    ) -> Any:
        """As `IHostnameResolver` says; an answer with an inner address counts as none."""
        if (hostName, portNumber) not in self.newsrooms:
            receiver = resolutionReceiver
            if (hostName, portNumber) not in self.proxies:
                receiver = cast("Any", _PublicOnly(resolutionReceiver, hostName, self.refused))
            return super().resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)
        resolution = HostResolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        resolutionReceiver.addressResolved(Dialled("TCP", "127.0.0.1", portNumber))
        resolutionReceiver.resolutionComplete()
        return resolution

    async def is_inside(self, name: str) -> bool:
        """Whether a name leads inside a network, as far as this machine can tell: one that has no address does not."""
        asked: Deferred[None] = Deferred()
        receiver = cast("Any", _PublicOnly(_End(asked), name, self.refused))
        super().resolveHostName(receiver, name)
        await maybe_deferred_to_future(asked)
        return name in self.refused


@implementer(IResolutionReceiver)
class _End:
    """Waits for the end of an answer, whatever it holds."""

    def __init__(self, ended: Deferred[None]) -> None:
        self._ended = ended

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802, the interface's name
        pass

    def addressResolved(self, address: Any) -> None:  # noqa: N802, the interface's name
        pass

    def resolutionComplete(self) -> None:  # noqa: N802, the interface's name
        self._ended.callback(None)


@implementer(IResolutionReceiver)
class _PublicOnly:
    """Passes an answer on when all of it is public."""

    def __init__(self, receiver: Any, name: str, refused: set[str]) -> None:
        self._receiver = receiver
        self._name = name
        self._refused = refused
        self._addresses: list[Any] = []

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802, the interface's name
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802, the interface's name
        self._addresses.append(address)

    def resolutionComplete(self) -> None:  # noqa: N802, the interface's name
        if any(is_inner(address.host) for address in self._addresses):
            self._refused.add(self._name)
        else:
            self._refused.discard(self._name)
            for address in self._addresses:
                self._receiver.addressResolved(address)
        self._receiver.resolutionComplete()


class GuardedHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP client behind the guard; the last step before a connection is opened."""

    def __init__(self, crawler: Crawler) -> None:
        from twisted.internet import reactor  # importing it earlier would install the wrong one

        super().__init__(crawler)
        resolver = reactor.nameResolver
        if not isinstance(resolver, GuardedResolver):
            raise RuntimeError("the process resolves names without the guard: set TWISTED_DNS_RESOLVER")
        self._resolver = resolver
        self._newsroom: str | None = crawler.settings.get("THOISU_NEWSROOM")
        self._proxy = Proxy.of(url) if (url := crawler.settings.get("THOISU_PROXY")) else None
        if self._proxy is not None:
            resolver.proxies |= {(self._proxy.host, self._proxy.port), (self._proxy.host, 0)}
        self._judged: set[str] = set()  # names that are not inside; one that has no address here costs seconds
        pool: Any = self._pool
        pool._factory = short_heads(pool._factory)

    async def download_request(self, request: Request) -> Response:
        """Send `request`; raises `Denied` with PRIVATE_ADDRESS when it leads inside a network, TOO_LARGE when
        the head of the answer has no end, and what Scrapy raises when nothing comes."""
        parts = urlsplit(request.url)
        host = parts.hostname or ""
        if of_newsroom(request.url, self._newsroom):
            self._resolver.newsrooms.add((host, parts.port or (443 if parts.scheme == "https" else 80)))
        elif named_inside(request.url):
            raise Denied(Refusal.PRIVATE_ADDRESS, host)
        elif self._proxy is not None:
            return self._proxy.check(await self._send(await self._by_proxy(self._proxy, request, host), host))
        return await self._send(request, host)

    async def _by_proxy(self, proxy: Proxy, request: Request, host: str) -> Request:
        if host not in self._judged:
            if await self._resolver.is_inside(host):
                raise Denied(Refusal.PRIVATE_ADDRESS, f"{host} resolves to an inner address")
            self._judged.add(host)
        return proxy.carry(request)

    async def _send(self, request: Request, host: str) -> Response:
        try:
            return await super().download_request(request)
        except CannotResolveHostError:
            if host in self._resolver.refused:
                raise Denied(Refusal.PRIVATE_ADDRESS, f"{host} resolves to an inner address") from None
            raise
        except TunnelError as error:
            raise DownloadFailedError(str(error)) from None
        except DownloadFailedError as error:
            if was_long(error):
                raise Denied(Refusal.TOO_LARGE, f"a head of more than {HEAD_MAX // 1024} KiB") from None
            raise

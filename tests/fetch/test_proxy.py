"""Behind a proxy: everything goes through it, and what leads inside a network does not get as far."""

from __future__ import annotations

import ssl
import sys
import threading
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from scrapy import Request
from scrapy.resolver import dnscache
from twisted.internet.address import IPv4Address

from crawler import settings as scrapy_settings
from crawler.adopt import adopt
from crawler.configuration import Settings
from crawler.crawl.single import fetch
from crawler.errors import BadInput, Discard, Refusal
from crawler.fetch.proxy import Proxy
from crawler.learn import NotLearned

PAGE = "<html><title>Cầu mới</title><p>Sáng nay, tỉnh khởi công cây cầu thứ ba.</p></html>".encode()
WHO = "desk", "m@t khẩu"


class Network(ThreadingHTTPServer):
    """A proxy, and behind it every site of the world: each answers with one page."""

    daemon_threads = True

    def __init__(self, certificate: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.asked: list[str] = []
        self.credentials: set[str] = set()
        self.reached_sites: set[str] = set()
        """What a site was told of the proxy's credentials."""
        self.closed = False
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(certificate)

    @property
    def own(self) -> Settings:
        return Settings(proxy=f"http://desk:m%40t%20kh%E1%BA%A9u@localhost:{self.server_port}", delay=0.0)


class _Answer(BaseHTTPRequestHandler):
    server: Network
    protocol_version = "HTTP/1.1"
    tunnel = ""

    def do_CONNECT(self) -> None:
        self._note(f"CONNECT {self.path}")
        if self.server.closed:
            self.send_error(407)
            return
        self.send_response(200)
        self.end_headers()
        self.tunnel = self.path
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)  # type: ignore[assignment]
        self.close_connection = False

    def do_GET(self) -> None:
        if self.tunnel:
            self.server.reached_sites.add(str(self.headers["Proxy-Authorization"]))
            self.server.asked.append(f"GET https://{self.headers['Host']}{self.path}")
        else:
            self._note(f"GET {self.path}")
        wrong = self.server.closed and not self.tunnel
        self.send_response(407 if wrong else 404 if self.path.endswith("robots.txt") else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def finish(self) -> None:
        super().finish()
        self.connection.close()  # of a tunnel; the server closes what it has accepted

    def _note(self, line: str) -> None:
        self.server.asked.append(line)
        said = self.headers["Proxy-Authorization"] or ""
        self.server.credentials.add(b64decode(said.removeprefix("Basic ")).decode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bao.example.vn")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def network(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    monkeypatch.setattr(scrapy_settings, "DOWNLOAD_DELAY", 0.0)
    monkeypatch.setattr(scrapy_settings, "RETRY_ENABLED", False, raising=False)
    dnscache["bao.example.vn"] = [IPv4Address("TCP", "93.184.216.34", 0)]
    dnscache["noi-bo.example.vn"] = [IPv4Address("TCP", "93.184.216.34", 0), IPv4Address("TCP", "10.0.0.1", 0)]
    with Network(certificate) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()
    dnscache.clear()


def test_pages_and_robots_go_through_the_proxy(network: Network) -> None:
    assert fetch("http://bao.example.vn/a", maxsize=9999, own=network.own).body == PAGE
    assert network.asked == ["GET http://bao.example.vn/robots.txt", "GET http://bao.example.vn/a"]
    assert network.credentials == {":".join(WHO)}


def test_a_tunnel_keeps_the_credentials_from_the_site(network: Network) -> None:
    assert fetch("https://bao.example.vn/a", maxsize=9999, own=network.own).body == PAGE
    assert network.asked[0] == "CONNECT bao.example.vn:443"
    assert network.asked[-1] == "GET https://bao.example.vn/a"
    assert (network.credentials, network.reached_sites) == ({":".join(WHO)}, {"None"})


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", ["noi-bo.example.vn", "10.1.2.3", "0x7f.1", "localhost", "x.internal"])
def test_what_leads_inside_is_not_asked_of_the_proxy(
    network: Network, scheme: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        sys.modules["crawler.crawl.single"], "named_inside", lambda _: False
    )  # the last gate holds by itself
    with pytest.raises(Discard) as refusal:
        fetch(f"{scheme}://{host}/a", maxsize=9999, own=network.own)
    assert (refusal.value.reason, network.asked) == (Refusal.PRIVATE_ADDRESS, [])


def test_the_proxy_itself_is_no_site(network: Network) -> None:
    with pytest.raises(Discard) as refusal:
        fetch(f"http://localhost:{network.server_port}/a", maxsize=9999, own=network.own)
    assert refusal.value.reason is Refusal.PRIVATE_ADDRESS


def test_a_name_that_only_the_proxy_knows_is_asked(network: Network) -> None:
    assert fetch("http://bao.invalid/a", maxsize=9999, own=network.own).body == PAGE


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_takes_no_credentials_is_no_answer_of_the_site(network: Network, scheme: str) -> None:
    network.closed = True
    with pytest.raises(Discard) as refusal:
        fetch(f"{scheme}://bao.example.vn/a", maxsize=9999, own=network.own)
    assert refusal.value.reason is Refusal.UNREACHABLE
    assert "m@t" not in str(refusal.value)


def test_an_unknown_site_is_explored_through_it(network: Network) -> None:
    (one,) = adopt(["http://bao.example.vn/"], now=datetime.now(UTC), own=network.own)
    assert isinstance(one.came, NotLearned)
    assert network.asked[0] == "GET http://bao.example.vn/robots.txt"
    assert len(network.asked) > 2
    assert all(line.startswith("GET http://bao.example.vn/") for line in network.asked)


def test_credentials_stay_in_the_copy_that_is_sent() -> None:
    request = Request("http://bao.example.vn/a")
    proxy = Proxy.of("http://desk:secret@[fd00::1]:3128")
    sent = proxy.carry(request)
    assert (sent.meta["proxy"], "Proxy-Authorization" in sent.headers) == ("http://[fd00::1]:3128", True)
    assert "proxy" not in request.meta
    assert "Proxy-Authorization" not in request.headers
    assert "secret" not in repr(proxy)


@pytest.mark.parametrize(
    "text",
    ["desk:secret@proxy:3128", "https://desk:secret@proxy", "http://desk:secret@", "http://desk:secret@proxy:x",
     "http://desk:secret@proxy/path", "socks5://desk:secret@proxy"],
)  # fmt: skip
def test_what_is_no_proxy_is_refused_without_its_password(text: str) -> None:
    with pytest.raises(BadInput, match=r"^THOISU_PROXY must be like ") as refusal:
        Settings.load({"THOISU_PROXY": text}, Path("/nowhere/.env"))
    assert "desk:secret" not in str(refusal.value).replace("user:password", "")

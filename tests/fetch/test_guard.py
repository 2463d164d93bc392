"""No request goes inside a network, however the address is written and wherever it comes from."""

# ruff: noqa: N802 - the names are those of Twisted's interfaces
from __future__ import annotations

import ipaddress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.address import IPv4Address, IPv6Address

from crawler.fetch.guard import GuardedResolver, is_inner, named_inside, of_newsroom

INNER = [
    "0.0.0.0",  # noqa: S104, an address to refuse
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::10.0.0.1",
    "2002:7f00:1::",
    "2002:c0a8:101::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
PUBLIC = [
    "1.1.1.1",
    "103.56.158.1",
    "172.32.0.1",
    "2606:4700::1111",
    "::ffff:1.1.1.1",
    "64:ff9b::1.1.1.1",
    "2002:101:101::",
]


@pytest.mark.parametrize("address", INNER)
def test_inner_addresses(address: str) -> None:
    assert is_inner(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    assert not is_inner(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0x7f000001/",
        "http://017700000001/",
        "http://0177.0.0.1/",
        "http://10.1/",
        "http://[::1]:8080/x",
        "http://[::ffff:10.0.0.1]/",
        "http://[fe80::1%25eth0]/",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://a.b.localhost:80/",
        "http://metadata.google.internal/computeMetadata/v1/",
        "http://router.lan/",
        "http://user:pass@127.0.0.1/",
        "http://[::1",
    ],
)
def test_addresses_named_in_urls(url: str) -> None:
    assert named_inside(url)


@pytest.mark.parametrize(
    "url", ["https://nhandan.vn/", "http://1.1.1.1/", "https://localhost.vn/", "https://internal.vn/"]
)
def test_public_urls(url: str) -> None:
    assert not named_inside(url)


@given(st.integers(0, 2**32 - 1))
def test_every_spelling_of_an_ipv4_address_is_judged_alike(number: int) -> None:
    address = ipaddress.IPv4Address(number)
    a, b, c, d = address.packed
    spellings = [
        str(address),
        str(number),
        hex(number),
        f"{a}.{number & 0xFFFFFF}",
        f"{a:#o}.{b:#x}.{c << 8 | d}".replace("0o", "0"),
    ]
    assert {named_inside(f"http://{spelling}/") for spelling in spellings} == {is_inner(str(address))}
    assert is_inner(f"::ffff:{address}") == is_inner(f"64:ff9b::{address}") == is_inner(str(address))


class Receiver:
    """What Twisted's endpoint does with an answer: it dials these addresses."""

    def __init__(self) -> None:
        self.dialled: list[Any] = []
        self.complete = False

    def resolutionBegan(self, resolution: Any) -> None:
        pass

    def addressResolved(self, address: Any) -> None:
        self.dialled.append((address.host, address.port))

    def resolutionComplete(self) -> None:
        self.complete = True


class Dns:
    """A name server under somebody else's control, in the place of the reactor and its resolver."""

    def __init__(self, *answers: list[str]) -> None:
        self.nameResolver = self
        self.answers = list(answers)
        self.asked = 0

    def resolveHostName(self, receiver: Any, _name: str, port: int = 0, *_: Any) -> Any:
        self.asked += 1
        receiver.resolutionBegan(None)
        for host in self.answers.pop(0):
            receiver.addressResolved((IPv6Address if ":" in host else IPv4Address)("TCP", host, port))
        receiver.resolutionComplete()


@pytest.fixture(autouse=True)
def _no_cache() -> Any:
    from scrapy.resolver import dnscache

    dnscache.clear()
    yield
    dnscache.clear()


def look_up(resolver: GuardedResolver, name: str, port: int = 443) -> Receiver:
    receiver = Receiver()
    resolver.resolveHostName(receiver, name, port)
    return receiver


@pytest.mark.parametrize("answer", [["127.0.0.1"], ["1.1.1.1", "10.0.0.1"], ["2606:4700::1111", "fe80::1"]])
def test_an_answer_with_an_inner_address_is_none(answer: list[str]) -> None:
    resolver = GuardedResolver(Dns(answer), 100)
    receiver = look_up(resolver, "evil.vn")
    assert receiver.complete
    assert receiver.dialled == []
    assert resolver.refused == {"evil.vn"}
    # A cached answer is judged again.
    assert look_up(resolver, "evil.vn").dialled == []


def test_a_name_cannot_change_its_address_after_the_check() -> None:
    dns = Dns(["1.1.1.1"], ["127.0.0.1"])
    resolver = GuardedResolver(dns, 100)
    assert look_up(resolver, "rebinding.vn").dialled == [("1.1.1.1", 443)]
    assert look_up(resolver, "rebinding.vn", 80).dialled == [("1.1.1.1", 80)]
    assert dns.asked == 1


def test_an_answer_without_addresses_is_no_private_one() -> None:
    resolver = GuardedResolver(Dns([]), 100)
    assert look_up(resolver, "nowhere.vn").complete
    assert resolver.refused == set()


def test_only_the_newsroom_is_let_through() -> None:
    dns = Dns(["127.0.0.1"])
    resolver = GuardedResolver(dns, 100)
    resolver.newsrooms.add(("bao.localhost", 8001))
    assert look_up(resolver, "bao.localhost", 8001).dialled == [("127.0.0.1", 8001)]
    assert dns.asked == 0
    assert look_up(resolver, "bao.localhost", 22).dialled == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:8001/", True),
        ("http://bao.localhost:8001/x", True),
        ("http://127.0.0.1:8001/", True),
        ("http://127.0.0.1:8002/", False),
        ("http://bao.localhost/", False),
        ("https://bao.localhost:8001/", False),
        ("http://10.0.0.1:8001/", False),
        ("http://[::1]:8001/", False),
        ("http://localhost.evil.vn:8001/", False),
        ("http://localhost:99999/", False),
    ],
)
def test_what_belongs_to_the_newsroom(url: str, expected: bool) -> None:
    assert of_newsroom(url, "http://127.0.0.1:8001") is expected
    assert not of_newsroom(url, None)

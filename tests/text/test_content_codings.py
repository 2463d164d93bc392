"""What comes packed: with limits on layers, on members and on bytes in each layer."""

from __future__ import annotations

import gzip
import sys
import zlib

import brotli
import pytest

from crawler.errors import Discard, Refusal
from crawler.text import gunzip
from crawler.text.content_codings import LAYERS_MAX, codings_of, plain, undone
from crawler.text.http import MEMBERS_MAX

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PAGE = "<p>Con đê ven sông đã được sửa xong.</p>".encode() * 40
PACK = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstd.compress}


@pytest.mark.parametrize("outer", PACK)
@pytest.mark.parametrize("inner", PACK)
def test_two_layers_are_undone_and_more_are_not(outer: str, inner: str) -> None:
    body = PACK[outer](PACK[inner](PAGE))
    assert plain(body, f"{inner}, {outer}", 10**6) == PAGE
    with pytest.raises(Discard, match="packed 3 times over") as caught:
        plain(PACK[outer](body), f"{inner}, {outer}, {outer.upper()}", 10**6)
    assert caught.value.reason is Refusal.UNREADABLE


def test_what_is_no_coding_is_no_layer() -> None:
    assert codings_of("identity, utf-8, gzip, none") == ["gzip"]
    assert len(codings_of(", ".join(["br"] * LAYERS_MAX))) == LAYERS_MAX
    with pytest.raises(Discard, match="packed 21 times over"):
        codings_of(", ".join(["gzip"] * 21))


@pytest.mark.parametrize("coding", PACK)
def test_a_bomb_in_either_layer_is_too_large(coding: str) -> None:
    bomb = PACK[coding](b"\0" * 10**7)
    for body, encoding in ((bomb, coding), (gzip.compress(bomb), f"{coding}, gzip")):
        with pytest.raises(Discard) as caught:
            plain(body, encoding, 10**6)
        assert caught.value.reason is Refusal.TOO_LARGE


def test_zeros_between_members_and_blanks_before_them_are_padding() -> None:
    halves = gzip.compress(PAGE[:9]), gzip.compress(PAGE[9:])
    assert gunzip(b"\0\0\0".join(halves), 10**6) == PAGE
    assert gunzip(b"\xef\xbb\xbf\r\n" + b"".join(halves), 10**6) == PAGE


def test_members_have_a_limit() -> None:
    empty = gzip.compress(b"")
    some = empty * (MEMBERS_MAX - 1) + gzip.compress(PAGE)
    assert gunzip(some, 10**6) == PAGE
    with pytest.raises(Discard, match="gzip members"):
        gunzip(some + empty, 10**6, whole=False)
    frames = zstd.compress(b"") * (MEMBERS_MAX - 1) + zstd.compress(PAGE)
    assert undone(frames, "zstd", 10**6) == PAGE
    # Half a million of them would be copied half a million times.
    with pytest.raises(Discard, match="zstd frames"):
        undone(zstd.compress(b"") * 500_000, "zstd", 10**6)


@pytest.mark.parametrize("coding", PACK)
def test_what_ends_too_early_gives_what_it_has(coding: str) -> None:
    body = PACK[coding](bytes(range(256)) * 4000)
    assert bytes(range(256)) * 4000 == undone(body, coding, 10**7)
    assert (bytes(range(256)) * 4000).startswith(undone(body[: len(body) - 9], coding, 10**7))

"""What a text leaves behind to be found by: its shingles, their MinHash in bands, and a sample of them.

A shingle is three syllables of the normal form in a row. Bands find texts that have most of their shingles in common;
a text cut to a third of another has few of its bands, so shingles chosen by their own hash value find it: what one
text chooses, every text that holds the same words chooses too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from random import Random
from struct import Struct, pack, unpack

from crawler.text import normal_form
from crawler.text.fingerprint import VERSION as NORMAL_FORM

WIDTH = 3
"""Syllables of a shingle."""
HASHES = 128
BANDS = 32
ROWS = HASHES // BANDS
SAMPLE = 16
"""One shingle of so many is in the sample."""
REACH = 6
"""Syllables that a sampled key spans: phrases of three stand in every tenth article, of six in few."""
COMPARISON = 2
"""The rules by which pairs are verified (`crawler.compare.copies`); stored pairs are verified anew when they change."""
VERSION = f"m1:{NORMAL_FORM}:{WIDTH}:{BANDS}x{ROWS}:{REACH}/{SAMPLE}:c{COMPARISON}"
"""Stands with every fingerprint; it changes with each rule or number above, the normal form's included."""

_MASK = (1 << 64) - 1
_BIN = 64 - (HASHES - 1).bit_length()
_MANY = 1 << 16
_VALUES = Struct(f"<{HASHES}I")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What the store keeps of a text in order to find those like it. Keys are signed 64-bit numbers."""

    size: int
    """Different shingles of the text."""
    minhash: bytes
    """128 values of 32 bits, little-endian, comparable place by place."""
    bands: tuple[int, ...]
    sample: tuple[int, ...]
    """Keys of the sampled shingles, each once."""


_EMPTY = Fingerprint(size=0, minhash=b"", bands=(), sample=())


class _Tables(dict[str, tuple[int, int, int]]):
    """Three random numbers a syllable, one for each place in a shingle."""

    def __missing__(self, syllable: str) -> tuple[int, int, int]:
        if len(self) >= _MANY:
            self.clear()
        digest = blake2b(syllable.encode("utf-8", "replace"), digest_size=24, person=b"thoisu.shingle").digest()
        found = self[syllable] = unpack("<3Q", digest)
        return found


_TABLES = _Tables()


def syllables(text: str) -> list[str]:
    """The words of the normal form."""
    return normal_form(text).split()


def shingles(words: Sequence[str]) -> list[int]:
    """The 64-bit hash of each shingle in order, the same on every machine; of one or two words a single shingle.

    Simple tabulation with the syllables as characters, which is minwise enough (Pătraşcu and Thorup, The power of
    simple tabulation hashing, J. ACM 59(3), 2012).
    """
    if not words:
        return []
    first, second, third = zip(*map(_TABLES.__getitem__, words), strict=True)
    if len(words) < WIDTH:
        return [first[0] ^ (second[1] if len(words) > 1 else 0)]
    return [a ^ b ^ c for a, b, c in zip(first, second[1:], third[2:], strict=False)]


def fingerprint(hashes: Sequence[int]) -> Fingerprint:
    """The fingerprint of a text's shingles in order; without any it has no keys and is like no other."""
    if not hashes:
        return _EMPTY
    different = set(hashes)
    values = [value & 0xFFFFFFFF for value in _minhash(different)]
    return Fingerprint(
        size=len(different), minhash=_VALUES.pack(*values), bands=_bands(values), sample=tuple(_sample(hashes))
    )


def restored(size: int, minhash: bytes, sample: bytes) -> Fingerprint:
    """The fingerprint of which these are kept; the bands follow from the MinHash, the sample is `packed`."""
    if not size:
        return _EMPTY
    keys = unpack(f"<{len(sample) // 8}q", sample)
    return Fingerprint(size=size, minhash=minhash, bands=_bands(_VALUES.unpack(minhash)), sample=keys)


def packed(keys: Sequence[int]) -> bytes:
    """Keys in eight bytes each, little-endian."""
    return pack(f"<{len(keys)}q", *keys)


def _minhash(hashes: Iterable[int]) -> list[int]:
    """The least hash of each of 128 equal ranges: one permutation instead of 128 (Li, Owen and Zhang, NIPS 2012).

    An empty range takes the value of another, chosen by its own number, which keeps the estimate of Jaccard's index
    unbiased (Shrivastava, Optimal densification, ICML 2017).
    """
    least = {value >> _BIN: value for value in sorted(hashes, reverse=True)}
    if len(least) == HASHES:
        return [least[number] for number in range(HASHES)]
    return [
        least[number] if number in least else least[next(other for other in _DONORS[number] if other in least)]
        for number in range(HASHES)
    ]


def _donors(number: int) -> tuple[int, ...]:
    order = [other for other in range(HASHES) if other != number]
    Random(number).shuffle(order)  # noqa: S311 - a fixed order, not a secret
    return tuple(order)


_DONORS = tuple(map(_donors, range(HASHES)))


def _bands(values: Sequence[int]) -> tuple[int, ...]:
    return tuple(_band(number, values[number * ROWS : (number + 1) * ROWS]) for number in range(BANDS))


def _band(number: int, values: Sequence[int]) -> int:
    key = number + 1
    for value in values:
        # The golden ratio as a 64-bit multiplier (Knuth, The art of computer programming, 6.4).
        key = ((key ^ value) * 0x9E3779B97F4A7C15) & _MASK
    return _signed(key)


def _sample(hashes: Sequence[int]) -> Iterable[int]:
    step = REACH - WIDTH
    last = len(hashes) - 1
    return dict.fromkeys(
        _signed(((value * 0x9E3779B97F4A7C15) ^ hashes[min(place + step, last)]) & _MASK)
        for place, value in enumerate(hashes)
        if value % SAMPLE == 0
    )


def _signed(key: int) -> int:
    """As databases count."""
    return key - (1 << 64) if key >> 63 else key

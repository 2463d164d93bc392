"""Records out of the bytes of a WARC file, whatever is wrong with these.

A gzipped file has each record in a member of its own (ISO 28500:2017, annex D), so that reading can begin at any of
them. Files that were unpacked and packed again are one member, or members that end anywhere: these are read as one
stream. What is damaged, cut off or larger than any page is named with its place and passed over: reading goes on where
the next record begins.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from crawler.text import GZIP

PIECE = 1 << 16
"""Bytes read of a file at a time."""
MEMBER = GZIP + b"\x08"
"""How a member begins whose bytes are deflated, as all are."""
WARC = re.compile(rb"WARC/[01]\.[0-9]+\r?\n")
"""The line that opens a record."""
_BITE = 1024  # bytes given to zlib at a time; they unfold to 1 MB at most, and are lost when one of them is damaged
_HEAD = 1 << 16  # bytes of a record's own headers
_USUAL_HEAD = 1 << 12  # the same of nearly all
_LINE = 16  # bytes of the longest opening line
_LENGTH = re.compile(rb"^Content-Length:[ \t]*([0-9]{1,18})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
# A blank line, or the line that opens another record: then the head has none.
_HEAD_END = re.compile(rb"\r?\n\r?\n|\n(?=WARC/[01]\.[0-9]+\r?\n)")
_UNFOLDED = 2**26  # bytes, below which no ratio is looked at
_RATIO = 100  # markup unfolds to ten times its packed size
_STARTS = 10_000  # of members without a record in them; chance makes one in 16 MB of packed bytes


class Record(NamedTuple):
    """A whole record as it stands in its file."""

    place: int
    end: int
    """From where to go on: where the next one begins, or the stream that it is part of."""
    text: bytes


class Fault(NamedTuple):
    """Something that was passed over."""

    place: int
    why: str


class _Extent(NamedTuple):
    """Where a record ends by its own words, counted from the bytes before it, and how many of these are blank."""

    blank: int
    end: int


def plain(file: BinaryIO, place: int, limit: int) -> Iterator[Record | Fault]:
    """The records of an unpacked file from a place on."""
    yield from _records(_Stream(iter(lambda: file.read(PIECE), b""), place), limit)


def packed(file: BinaryIO, place: int, limit: int) -> Iterator[Record | Fault]:
    """The records of a gzipped file from a place on."""
    rest, begun, unfolded = b"", place, 0
    while rest or (rest := file.read(PIECE)):
        text, used, rest, why = _unpack(file, rest, limit)
        unfolded += len(text)
        if _is_bomb(unfolded, place + used - begun):
            yield Fault(place, _BOMB)
            return
        rest = rest or file.read(PIECE)
        if why is None and not text.strip():
            place += used
            continue
        extent = _extent(text)
        if _has_more(text, extent, rest, limit):
            file.seek(place)
            members = _Members(file, place)
            for one in _records(_Stream(iter(members)), limit):
                yield Fault(place, one.why) if isinstance(one, Fault) else Record(place, place, one.text)
            if members.fault is None or members.fault.why == _BOMB:
                if members.fault is not None:
                    yield members.fault
                return
            fault = members.fault
        elif why is not None:
            fault = Fault(place, why)
        elif extent is None:
            fault = Fault(place, "no record begins here")
        elif extent.end > limit:
            fault = Fault(place, _too_large(limit))
        else:
            yield Record(place, place + used, text)
            place += used
            continue
        yield fault
        begin = _next(file, fault.place + 1)
        if begin is None:
            return
        place, rest = begin, b""
        file.seek(place)


def opened(start: bytes) -> bytes:
    """The first bytes of what a file holds, by its own first bytes."""
    if not start.startswith(MEMBER):
        return start
    try:
        return zlib.decompressobj(wbits=31).decompress(start, 64)
    except zlib.error:
        return b""


class _Stream:
    """Bytes that are read forwards, as far ahead as is asked for."""

    def __init__(self, pieces: Iterator[bytes], place: int = 0) -> None:
        self._pieces, self._ahead = pieces, bytearray()
        self.place = place
        """Of the next byte."""

    def peek(self, size: int) -> bytes:
        """The next bytes, fewer only at the end."""
        while len(self._ahead) < size and self._fill():
            pass
        return bytes(self._ahead[:size])

    def skip(self, size: int) -> None:
        """Go on by as many bytes, or to the end."""
        while len(self._ahead) < size:
            size -= len(self._ahead)
            self._drop(len(self._ahead))
            if not self._fill():
                return
        self._drop(size)

    def to_next(self, start: int) -> bool:
        """Go to where the next record begins, `start` bytes ahead or further; False when there is none."""
        while True:
            found = self._ahead.find(b"WARC/", start)
            if found < 0:
                gone = max(len(self._ahead) - _LINE, 0)
                self._drop(gone)
                start = max(start - gone, 0)
                if not self._fill():
                    return False
            else:
                self._drop(found)
                if WARC.match(self.peek(_LINE)):
                    return True
                start = 1

    def _fill(self) -> bool:
        piece = next(self._pieces, b"")
        self._ahead += piece
        return bool(piece)

    def _drop(self, size: int) -> None:
        del self._ahead[:size]
        self.place += size


class _Members:
    """What the members of a gzipped file hold from a place on; `fault` when it ends before the file does."""

    def __init__(self, file: BinaryIO, place: int) -> None:
        self._file, self._place = file, place
        self.fault: Fault | None = None

    def __iter__(self) -> Iterator[bytes]:
        rest, start, unfolded = b"", self._place, 0
        while rest or (rest := self._file.read(PIECE)):
            begun, unpacker = self._place, zlib.decompressobj(wbits=31)
            if not rest.strip(b"\0"):
                rest = b""  # padding
                continue
            while not unpacker.eof:
                bite, rest = rest[:_BITE], rest[_BITE:]
                try:
                    text = unpacker.decompress(bite)
                except zlib.error as error:
                    self.fault = Fault(begun, str(error))
                    return
                self._place += len(bite) - len(unpacker.unused_data)
                unfolded += len(text)
                if _is_bomb(unfolded, self._place - start):
                    self.fault = Fault(begun, _BOMB)
                    return
                if text:
                    yield text
                if not unpacker.eof and not rest and not (rest := self._file.read(PIECE)):
                    self.fault = Fault(begun, "the file is cut off")
                    return
            rest = unpacker.unused_data + rest


def _records(stream: _Stream, limit: int) -> Iterator[Record | Fault]:
    lost = False  # since the last record: what follows is one fault, however often it looks like a record
    while head := _head(stream):
        place, extent = stream.place, _extent(head)
        if extent is not None and extent.end <= limit:
            text = stream.peek(extent.end)
            if len(text) == extent.end:
                stream.skip(extent.end)
                yield Record(place, stream.place, text[extent.blank :])
                lost = False
                continue
            yield Fault(place, "the last record is cut off")
        elif extent is not None:
            yield Fault(place, _too_large(limit))
        elif not head.strip():
            stream.skip(len(head))
            continue
        elif not lost:
            yield Fault(place, "no record begins here")
            lost = True
        if not stream.to_next(len(head) - len(head.lstrip(b"\r\n")) + 1):
            return


def _head(stream: _Stream) -> bytes:
    """What the next record's head stands in, if one does."""
    head = stream.peek(_USUAL_HEAD)
    return head if _HEAD_END.search(head, len(head) - len(head.lstrip(b"\r\n"))) else stream.peek(_HEAD)


def _extent(head: bytes) -> _Extent | None:
    """Of the record that `head` begins with, behind blank lines; None when it begins with none."""
    blank = len(head) - len(head.lstrip(b"\r\n"))
    end = _HEAD_END.search(head, blank, blank + _HEAD) if WARC.match(head, blank) else None
    if end is None or end[0] == b"\n":
        return None
    length = _LENGTH.search(head, blank, end.start() + 2)
    return _Extent(blank, end.end() + int(length[1])) if length else None


def _has_more(text: bytes, extent: _Extent | None, following: bytes, limit: int) -> bool:
    """Whether a member holds more than one record, or part of one that goes on in the next member, `following`."""
    if extent is None:
        return _begins(text) and following.startswith(MEMBER) and not _begins(opened(following))
    if extent.end > limit:
        return False
    if len(text) < extent.end:
        # Cut short, unless the next member goes on with it.
        return following.startswith(MEMBER) and not _begins(opened(following))
    return _begins(text[extent.end : extent.end + _HEAD]) or len(text) > limit


def _begins(text: bytes) -> bool:
    """Whether `text` opens with a record, behind blank lines."""
    return WARC.match(text[:_HEAD].lstrip(b"\r\n")) is not None


def _unpack(file: BinaryIO, rest: bytes, limit: int) -> tuple[bytes, int, bytes, str | None]:
    """The gzip member that begins with `rest`: its text, up to `limit` bytes and one more; its length in the file as
    far as it was read, what was read behind it, and what is wrong with it."""
    unpacker, size, used = zlib.decompressobj(wbits=31), 0, 0
    parts: list[bytes] = []
    while not unpacker.eof and size <= limit:
        if not rest and not (rest := file.read(PIECE)):
            return b"".join(parts), used, b"", "the last record is cut off"
        given = len(rest)
        try:
            parts.append(unpacker.decompress(rest, limit + 1 - size))
        except zlib.error as error:
            return b"".join(parts) or _before_damage(rest), used, rest, str(error)
        size += len(parts[-1])
        rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
        used += given - len(rest)
    return b"".join(parts), used, rest, None


def _before_damage(packed: bytes) -> bytes:
    """What can be read of the beginning of a damaged member; zlib gives nothing of a piece with an error in it."""
    unpacker = zlib.decompressobj(wbits=31)
    parts: list[bytes] = []
    for at in range(0, len(packed), _BITE):
        try:
            parts.append(unpacker.decompress(packed[at : at + _BITE]))
        except zlib.error:
            break
    return b"".join(parts)


_BOMB = f"what follows unfolds to more than {_RATIO} times its size, and is left"


def _is_bomb(unfolded: int, packed: int) -> bool:
    """Whether so many packed bytes hold no pages but what is to keep a reader busy."""
    return unfolded > _UNFOLDED and unfolded > _RATIO * packed


def _too_large(limit: int) -> str:
    return f"a record of more than {limit // 2**20} MB"


def _next(file: BinaryIO, place: int) -> int | None:
    """Where the next member that opens with a record begins at or behind `place`; None when there is none, or too much
    that looks like one."""
    file.seek(place)
    window, at, starts = b"", place, 0
    while piece := file.read(1 << 20):
        window = window[-len(MEMBER) + 1 :] + piece if window else piece
        begin = at + len(piece) - len(window)
        at += len(piece)
        found = window.find(MEMBER)
        while found >= 0:
            file.seek(begin + found)
            if WARC.match(opened(file.read(4096))):
                return begin + found
            if (starts := starts + 1) > _STARTS:
                return None
            found = window.find(MEMBER, found + 1)
        file.seek(at)
    return None

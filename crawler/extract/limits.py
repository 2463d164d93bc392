"""Limits on what a page may cost: no page or source, whatever its markup, may hold the crawl.

`hostile` looks at markup before a parser pays for it, since some of a parser's work grows with the square of what a
page holds: with lexbor 60,000 elements within one another take 10 s, 100,000 attributes of one element 40 s, a million
empty paragraphs 400 MB. What a parser adds of its own counts `tree_cost`. `deadline` ends what takes long all the same.
"""

from __future__ import annotations

import re
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from crawler.errors import Discard, Refusal
from crawler.extract.tree_cost import too_costly

DEEPEST = 400
"""Open elements; real pages stay below a hundred."""
MOST_TAGS = 200_000
"""Opening and closing ones; real pages stay below ten thousand."""
MOST_ATTRIBUTES = 2000
"""Of one tag that is longer than 8 KB; real ones have a dozen."""
_SHORT = 40_000  # bytes; what nests in fewer is parsed within half a second
_HARMLESS = 8_000  # tags in all with which no depth takes longer than a tenth of a second
_FEW, _LONG = 1500, 200_000  # tags and bytes with which none costs more than a second or 400 MB
_BLOCK = 8_192  # bytes; shorter tags hold no number of attributes that matters
_TAG = re.compile(rb"<(/?)([A-Za-z][^\t\n\f\r />]*)")
_ATTRIBUTE = re.compile(
    rb"[^\t\n\f\r />][^\t\n\f\r />=]*+"
    rb"""(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:"[^"]*+"|'[^']*+'|[^\t\n\f\r >"'][^\t\n\f\r >]*+)?)?"""
)
# Void elements, and those that the next of their kind closes (HTML standard, 13.1.2).
_FLAT = frozenset(
    b"area base br col embed hr img input link meta param source track wbr p li dt dd option tr td th thead tbody"
    b" tfoot".split()
)
_SHAPES = frozenset((b"path", b"use"))  # closed within their own tag inside svg, and nest everywhere else
_AGAIN = 1.0  # second after which an alarm that somebody caught rings once more
_reading = False


def hostile(markup: bytes | str) -> str | None:
    """What makes a page too dear to parse, None for one that is not.

    Scripts and comments count as markup, and what closes an element unseen does not count, which errs on the safe side.
    """
    if len(markup) < _BLOCK:
        return None
    body = markup if isinstance(markup, bytes) else markup.encode("utf-8", "surrogatepass")  # only its ASCII matters
    if _crowded(body):
        return f"a tag of more than {MOST_ATTRIBUTES} attributes"
    # What is taken out is looked for as by memchr, where `count` looks at one byte after the other.
    tags = len(body) - len(body.replace(b"<", b""))
    if tags > MOST_TAGS:
        return f"more than {MOST_TAGS} tags"
    if (tags >= _FEW or len(body) >= _LONG) and (reason := too_costly(body, tags)):
        return reason
    if len(body) < _SHORT or tags < _HARMLESS:
        return None
    return f"elements nested deeper than {DEEPEST}" if _deep(body) else None


def _crowded(body: bytes) -> bool:
    """Whether a tag has too many attributes; only what is so long without a ">" is looked at."""
    start, last = 0, len(body) - _BLOCK
    while start <= last:
        if (behind := body.rfind(b">", start, start + _BLOCK)) >= 0:
            start = behind + 1
            continue
        stop = body.find(b">", start + _BLOCK)
        end = stop if stop >= 0 else len(body)
        begun = body.find(b"<", start, end)  # of styles and scripts there is none, or an end tag's
        tag = _TAG.search(body, begun, end) if begun >= 0 else None
        if tag and sum(1 for _ in _ATTRIBUTE.finditer(body, tag.end(), end)) > MOST_ATTRIBUTES:
            return True
        if stop < 0:
            break
        start = stop + 1
    return False


def _deep(body: bytes) -> bool:
    """Whether too many elements are open at once. A closing tag closes only what is open by its name."""
    opened: Counter[bytes] = Counter()
    depth = shapes = 0
    for closing, written in _TAG.findall(body):
        name = written.lower()
        if name in _FLAT:
            continue
        if name in _SHAPES:
            shapes += not closing
        elif not closing:
            opened[name] += 1
            depth += 1
        elif opened[name]:
            opened[name] -= 1
            depth -= 1
        if depth > DEEPEST or shapes > _HARMLESS:
            return True
    return False


class Overdue(Discard):
    """The text took too long to read."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raises `Overdue` with UNREADABLE inside the block when it has taken so many seconds of processor time.

    Processor time, since a machine that sleeps or has other work makes no page unreadable. Without effect outside the
    main thread, in blocks within another, and where the system has no such timer; C code is interrupted on its return.
    """
    global _reading
    if _reading or threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGPROF"):
        yield
        return
    if signal.getsignal(signal.SIGPROF) is not _ring:
        # It stays: an alarm that arrives late must not meet the default, which ends the process.
        signal.signal(signal.SIGPROF, _ring)
    try:
        _reading = True
        signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN)
        try:
            yield
        finally:
            _reading = False
            signal.setitimer(signal.ITIMER_PROF, 0)
    except Overdue as late:
        # It may have rung between the end of the block and the switch.
        signal.setitimer(signal.ITIMER_PROF, 0)
        raise Overdue(Refusal.UNREADABLE, f"not read within {seconds:g} s") from late
    finally:
        _reading = False


def _ring(number: int, frame: FrameType | None) -> None:  # noqa: ARG001, the interface's
    if _reading:
        raise Overdue(Refusal.UNREADABLE)

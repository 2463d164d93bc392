"""Reader processes: what a site sends is parsed and read where it can be ended.

Some markup costs a parser hours or gigabytes inside one call, which no signal and no deadline reaches. So pages and
sources are read in a few processes that do nothing else. The system itself ends one that takes more processor time or
memory than an answer may; what it read is refused, and another takes its place.

pool.py     the readers as this process sees them: calls, their outcome, their end
reader.py   one of them: begun, asked, ended
process.py  what runs in a reader
answers.py  what readers are asked to do: read a page, list a source
bounded.py  work on a stored text, in a reader where it is longer than usual
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.process.later import load_later
from crawler.readers.answers import PageRead, list_source, packed, read_page, unpack
from crawler.readers.process import COLLECTIONS

if TYPE_CHECKING:
    from crawler.readers.bounded import Bounded, why
    from crawler.readers.pool import Readers

__all__ = [
    "COLLECTIONS",
    "Bounded",
    "PageRead",
    "Readers",
    "list_source",
    "packed",
    "read_page",
    "unpack",
    "why",
]

# What asks readers is loaded when it is asked for: a reader itself needs neither asyncio nor processes.
__getattr__ = load_later(__name__, {"Bounded": "bounded", "why": "bounded", "Readers": "pool"})

"""Text of Vietnamese news: from bytes to characters, dates, the calendar, and what makes two texts the same.

encodings.py         bytes of a page to its text, whatever the server and the page say of their encoding
legacy_encodings.py  TCVN3, VNI, VPS and VISCII: what old portals still serve
mojibake.py          text that somebody else had decoded wrongly, put right
syllables.py         whether a word is spelt as a Vietnamese syllable
dates.py             dates and times as pages and feeds write them
calendar.py          public holidays, on which the papers publish as on a Sunday
plausible.py         what is believed of times and numbers that somebody else gave
http.py              how long to wait, and what is inside a gzip file
normalization.py     the normal forms of Unicode, in linear time
references.py        character references as the characters that they stand for
content_codings.py   what gzip, deflate, br and zstd wrap, for those who need it: not imported here
memory.py            what is made of each stretch of a text, remembered
search.py            what a search takes for the same
words.py             a text as the words that a search compares
query.py             how a query is written, and the tree that it is read into
matching.py          whether a text has what a query asks for, and the sentence that shows it
fingerprint.py       the normal form, its hash, and the legal instruments that a text names
"""

from __future__ import annotations

from crawler.text.calendar import SUNDAY, holidays, weekday
from crawler.text.dates import VIETNAM, YEARS, Moment, day_of, false_zone, local_time, parse_date
from crawler.text.encodings import charset, decode, encode, is_plain
from crawler.text.fingerprint import (
    DOCUMENT,
    INVISIBLE,
    INVISIBLE_SIGNS,
    content_hash,
    documents,
    either_tones,
    newer_tones,
    normal_form,
)
from crawler.text.http import GZIP, gunzip, retry_after
from crawler.text.normalization import nfc, nfd, unmarked
from crawler.text.plausible import AHEAD, FIRST_PAGE, LONGEST_WAIT, SKEW, bounded, not_after, not_ahead, validator
from crawler.text.references import unescape
from crawler.text.search import search_form, without_marks
from crawler.text.syllables import TONES, is_syllable

__all__ = [
    "AHEAD",
    "DOCUMENT",
    "FIRST_PAGE",
    "GZIP",
    "INVISIBLE",
    "INVISIBLE_SIGNS",
    "LONGEST_WAIT",
    "SKEW",
    "SUNDAY",
    "TONES",
    "VIETNAM",
    "YEARS",
    "Moment",
    "bounded",
    "charset",
    "content_hash",
    "day_of",
    "decode",
    "documents",
    "either_tones",
    "encode",
    "false_zone",
    "gunzip",
    "holidays",
    "is_plain",
    "is_syllable",
    "local_time",
    "newer_tones",
    "nfc",
    "nfd",
    "normal_form",
    "not_after",
    "not_ahead",
    "parse_date",
    "retry_after",
    "search_form",
    "unescape",
    "unmarked",
    "validator",
    "weekday",
    "without_marks",
]

"""Whether an article has certain words, and the sentence that shows it.

A phrase is found at syllable boundaries, in any case, across white space, hyphens, slashes and quotation marks, not
across other punctuation or lines. One that bears no diacritics is found with any; one that bears some is found with
exactly these, whichever of the two school rules places the tone. How a query is written says `crawler.text.query`.

A sentence ends at a full stop and the like before white space and a capital letter, where no abbreviation stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from crawler.items import Article
from crawler.text.fingerprint import INVISIBLE
from crawler.text.search import narrow, search_form, without_marks

_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
_WITHIN = re.compile(r"[\s\-‑–/“”\"'’]*")  # what may stand between two syllables of a phrase
LONGEST = 300
"""Characters of a sentence that are given; a longer one is cut at both ends."""
# An end is followed by white space and something that can begin a sentence. Nothing is read twice, however many dots,
# quotation marks or blanks stand in a row.
_END = re.compile(r"(?<![.!?…])[.!?…]++[”\"')\]]*+(?=\s++[“\"'(\[–-]*+\s*+[A-ZÀ-ỸĐ\d])")
# Titles and forms of address, single letters and numbers are followed by a full stop in the midst of a sentence.
_ABBREVIATED = re.compile(
    r"(?:^|[\s(“\"/.])(?:TP|Tp|T\.Ư|GS|PGS|TS|ThS|Th\.S|BS|CN|KS|LS|NSND|NSƯT|Dr|Mr|Mrs|Ms|St|Co|Ltd|No|tr|[A-ZĐ]|\d{1,3})$"
)
_ABBREVIATION = 5  # characters of the longest, with what stands before it


@dataclass(frozen=True, slots=True)
class Place:
    """Where a phrase stands: between two characters of a text."""

    start: int
    end: int


class SearchedText:
    """A text whose words can be looked up."""

    def __init__(self, text: str, title: str = "") -> None:
        clean = INVISIBLE.sub("", narrow(text))
        head = INVISIBLE.sub("", narrow(title))
        self.text = f"{head}\n{clean}" if head else clean
        self.begin = len(head)
        """Where the title ends."""

    @classmethod
    def of(cls, article: Article) -> SearchedText:
        """Title, lead and body."""
        return cls("\n".join(part for part in (article.lead, article.body) if part), article.title)

    @cached_property
    def words(self) -> list[tuple[str, int, int]]:
        """Every word in its normal form, with its place."""
        found = ((search_form(word[0]), word.start(), word.end()) for word in _WORD.finditer(self.text))
        return [word for word in found if word[0]]

    @cached_property
    def _forms(self) -> tuple[list[str], list[str]]:
        """The words as they are and without diacritics."""
        words = [word for word, _, _ in self.words]
        return words, list(map(without_marks, words))

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        for number, (word, plain) in enumerate(zip(*self._forms, strict=True)):
            places.setdefault(word, []).append(number)
            if plain != word:
                places.setdefault(plain, []).append(number)
        return places

    def find(self, phrase: Phrase) -> Iterator[Place]:
        """Where the phrase stands, in order."""
        marked, plain = self._forms
        forms, wanted, count = marked if phrase.marked else plain, list(phrase.words), len(phrase.words)
        for first in self._places.get(phrase.words[0], ()):
            if forms[first : first + count] != wanted:
                continue
            stretch = self.words[first : first + count]
            between = (self.text[one[2] : two[1]] for one, two in pairwise(stretch))
            if all(map(_joined, between)):
                yield Place(stretch[0][1], stretch[-1][2])


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in a row."""

    words: tuple[str, ...]
    marked: bool
    """Whether it bears diacritics, which are then demanded."""

    def holds(self, text: SearchedText) -> bool:
        """Whether the text has it."""
        return next(text.find(self), None) is not None


@dataclass(frozen=True, slots=True)
class All:
    """Every one of the parts."""

    parts: tuple[Node, ...]

    def holds(self, text: SearchedText) -> bool:
        """Whether the text has them all."""
        return all(part.holds(text) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Either:
    """One of the parts."""

    parts: tuple[Node, ...]

    def holds(self, text: SearchedText) -> bool:
        """Whether the text has one."""
        return any(part.holds(text) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    """What must not be there."""

    part: Node

    def holds(self, text: SearchedText) -> bool:
        """Whether the text lacks it."""
        return not self.part.holds(text)


Node = Phrase | All | Either | Not


def match(query: Node, text: SearchedText) -> str | None:
    """Whether a text has what is asked for: the first sentence that shows it, the title only when no other does."""
    if not query.holds(text):
        return None
    found = [place for phrase in wanted(query) if (place := _first(text, phrase)) is not None]
    if not found:
        return text.text.partition("\n")[0]
    first = min(found, key=lambda place: (place.start < text.begin, place.start))
    return around(text.text, first.start, first.end)


def _first(text: SearchedText, phrase: Phrase) -> Place | None:
    """The first place of a phrase behind the title, else the first of all."""
    first = None
    for place in text.find(phrase):
        first = first or place
        if place.start >= text.begin:
            return place
    return first


def wanted(query: Node) -> Iterator[Phrase]:
    """The phrases that a text is found by, in the order of the query; none of those behind a NOT."""
    match query:
        case Phrase():
            yield query
        case All(parts) | Either(parts):
            for part in parts:
                yield from wanted(part)


def _joined(between: str) -> bool:
    return _WITHIN.fullmatch(between) is not None and "\n" not in between


def around(text: str, start: int, end: int) -> str:
    """The sentence in which the characters `start` to `end` stand, on one line."""
    left = text.rfind("\n", 0, start) + 1
    right = text.find("\n", end)
    paragraph = text[left : right if right >= 0 else len(text)]
    first, last = 0, len(paragraph)
    for found in _END.finditer(paragraph):
        if found[0].startswith(".") and _ABBREVIATED.search(
            paragraph, max(found.start() - _ABBREVIATION, 0), found.start()
        ):
            continue
        if found.end() <= start - left:
            first = found.end()
        elif found.end() >= end - left:
            last = found.end()
            break
    return " ".join(_cut(paragraph, first, last, start - left, end - left).split())


def _cut(paragraph: str, first: int, last: int, start: int, end: int) -> str:
    if last - first <= LONGEST:
        return paragraph[first:last]
    room = max(LONGEST - (end - start), 0) // 2
    begin, finish = max(first, start - room), min(last, end + room)
    if begin > first:
        begin = paragraph.find(" ", begin, start) + 1 or begin
    if finish < last:
        blank = paragraph.rfind(" ", end, finish)
        finish = blank if blank > 0 else finish
    return ("… " if begin > first else "") + paragraph[begin:finish] + (" …" if finish < last else "")

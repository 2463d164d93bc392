"""Whether a text has what a query asks for, and the sentence that shows it.

A phrase is found at syllable boundaries, in any case, across white space, hyphens, slashes and quotation marks, not
across other punctuation or lines. How a query is written says `crawler.text.query`.

A sentence ends at a full stop and the like before white space and a capital letter, where no abbreviation stands.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from crawler.items import Article
from crawler.text.query import Node, Phrase, wanted
from crawler.text.search import search_form
from crawler.text.words import BREAK, WORD, Words, clean, words_of

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
class Snippet:
    """A sentence that shows what was found."""

    text: str
    marked: tuple[tuple[int, int], ...] = ()
    """Where the words of the query stand in it: from one character to before another, in order."""


class SearchedText:
    """A text whose words can be looked up."""

    def __init__(self, text: str, title: str = "") -> None:
        self.lines = [*title.split("\n"), *text.split("\n")] if title else text.split("\n")
        self.begin = title.count("\n") + 1 if title else 0
        """The line behind the title."""

    @classmethod
    def of(cls, article: Article) -> SearchedText:
        """Title, lead and body."""
        return cls.of_parts(article.title, article.lead, article.body)

    @classmethod
    def of_parts(cls, title: str, lead: str | None, body: str) -> SearchedText:
        """As `of`, for an article that is not read as a whole."""
        return cls("\n".join(part for part in (lead, body) if part), title)

    @cached_property
    def _each(self) -> list[Words]:
        return [words_of(line) for line in self.lines]

    @cached_property
    def words(self) -> Words:
        """All of its words."""
        return Words(*(" " + "".join([line[1:] for line in lines]) for lines in zip(*self._each, strict=True)))

    def has(self, phrase: Phrase) -> bool:
        """Whether the phrase stands in it."""
        return next(_places(phrase, self.words), None) is not None

    def first(self, phrase: Phrase) -> tuple[int, int, int] | None:
        """The first place of a phrase behind the title, else the first of all: a line, and from which of its words to
        before which it goes."""
        first, words = None, self.words.of(marked=phrase.marked)
        ends = list(accumulate(len(line.of(marked=phrase.marked)) - 1 for line in self._each))
        for start in _places(phrase, self.words):
            line = bisect_right(ends, start)
            if first is None or line >= self.begin:
                before = words.count(" ", ends[line - 1] if line else 0, start)
                first = line, before, before + len(phrase.words)
            if line >= self.begin:
                break
        return first


def match(query: Node, text: SearchedText) -> str | None:
    """Whether a text has what is asked for: the first sentence that shows it, the title only when no other does."""
    found = snippet(query, text)
    return None if found is None else found.text


def snippet(query: Node, text: SearchedText) -> Snippet | None:
    """As `match`, with the words marked."""
    if not query.holds(text):
        return None
    phrases = list(wanted(query))
    found = [place for phrase in phrases if (place := text.first(phrase)) is not None]
    if not found:
        sentence = clean(text.lines[0])
    else:
        line, first, last = min(found, key=lambda place: (place[0] < text.begin, place[0], place[1]))
        shown = clean(text.lines[line])
        spans = _spans(shown)
        sentence = around(shown, spans[first][0], spans[last - 1][1])
    return Snippet(sentence, marked(phrases, sentence))


def marked(phrases: list[Phrase], sentence: str) -> tuple[tuple[int, int], ...]:
    """Where the phrases stand in a sentence, in order; what overlaps is one."""
    words, spans = words_of(sentence), _spans(sentence)
    found: list[tuple[int, int]] = []
    places = set[tuple[int, int]]()
    for phrase in phrases:
        for start in _places(phrase, words):
            first = words.of(marked=phrase.marked).count(" ", 0, start)
            places.add((spans[first][0], spans[first + len(phrase.words) - 1][1]))
    for start, end in sorted(places):
        if found and start < found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return tuple(found)


def _places(phrase: Phrase, words: Words) -> Iterator[int]:
    """Where the phrase stands in the string of words: the blank before it."""
    text, pattern = words.of(marked=phrase.marked), phrase.pattern()
    if pattern is not None:
        yield from (found.start() for found in pattern.finditer(text))
        return
    looked = f" {' '.join(phrase.words)}{'' if phrase.open else ' '}"
    start = text.find(looked)
    while start >= 0:
        yield start
        start = text.find(looked, start + 1)


def _spans(line: str) -> list[tuple[int, int]]:
    """The place of each item of a line's string of words; the signs that part words have the place before them."""
    items = words_of(line).exact.split()
    found: list[tuple[int, int]] = []
    for word in WORD.finditer(line):
        while items[len(found)] == BREAK:
            found.append((word.start(), word.start()))
        found += [word.span()] * (1 if word[0].isalnum() else len(search_form(word[0]).split()))
    return found + [(len(line), len(line))] * (len(items) - len(found))


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

"""Whether a text has what a query asks for, and the sentence that shows it.

A phrase is found at syllable boundaries, in any case, across white space, hyphens, slashes, quotation marks and signs
inside numbers and names (`crawler.text.words`), not across other punctuation or lines, but where the query has a sign,
too. How a query is written says `crawler.text.query`.

A sentence ends at a full stop and the like before white space and a capital letter, where no abbreviation stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from crawler.items import Article
from crawler.text.query import Node, Phrase, wanted
from crawler.text.search import search_form
from crawler.text.words import ABBREVIATED, BREAK, WORD, clean, words_in

LONGEST = 300
"""Characters of a sentence that are given; a longer one is cut at both ends."""
# An end is followed by white space and something that can begin a sentence. Nothing is read twice, however many dots,
# quotation marks or blanks stand in a row.
_END = re.compile(r"(?<![.!?…])[.!?…]++[”\"')\]]*+(?=\s++[“\"'(\[–-]*+\s*+[A-ZÀ-ỸĐ\d])")
# What is short for something, and a number, are followed by a full stop in the midst of a sentence.
_ABBREVIATED = re.compile(rf"(?:^|[\s(“\"/.])(?:{ABBREVIATED}|\d{{1,3}})$")
_ABBREVIATION = 5  # characters of the longest, with what stands before it


@dataclass(frozen=True, slots=True)
class Snippet:
    """A sentence that shows what was found."""

    text: str
    marked: tuple[tuple[int, int], ...] = ()
    """Where the words of the query stand in it: from one character to before another, in order."""

    def pieces(self) -> Iterator[tuple[str, bool]]:
        """The text in pieces, each with whether it is marked."""
        place = 0
        for start, end in self.marked:
            yield self.text[place:start], False
            yield self.text[start:end], True
            place = end
        yield self.text[place:], False


class SearchedText:
    """A text whose words can be looked up."""

    def __init__(self, text: str, title: str = "") -> None:
        self.lines = [*title.split("\n"), *text.split("\n")] if title else text.split("\n")
        self.begin = title.count("\n") + 1 if title else 0
        """The line behind the title."""
        self._in_order = (*range(self.begin, len(self.lines)), *range(self.begin))
        # What has been asked for: lines as words, by whether these bear diacritics, and where phrases stand.
        self._words: dict[tuple[int, bool], str] = {}
        self._found: dict[Phrase, tuple[int, int] | None] = {}

    @classmethod
    def of(cls, article: Article) -> SearchedText:
        """Title, lead and body."""
        return cls.of_parts(article.title, article.lead, article.body)

    @classmethod
    def of_parts(cls, title: str, lead: str | None, body: str) -> SearchedText:
        """As `of`, for an article that is not read as a whole."""
        return cls("\n".join(part for part in (lead, body) if part), title)

    def has(self, phrase: Phrase) -> bool:
        """Whether the phrase stands in it."""
        # Most texts have it as it is in its normal form, which is seen without looking at every word.
        return f" {' '.join(phrase.words)} " in self._lowered or self.first(phrase) is not None

    @cached_property
    def _lowered(self) -> str:
        return "\n".join(self.lines).lower()

    def first(self, phrase: Phrase) -> tuple[int, int] | None:
        """The first place of a phrase behind the title, else the first of all: a line, and how many words stand before
        it there."""
        if phrase not in self._found:
            self._found[phrase] = self._first(phrase)
        return self._found[phrase]

    def _first(self, phrase: Phrase) -> tuple[int, int] | None:
        places = _places_of(phrase)
        for number in self._in_order:
            words = self.words(number, marked=phrase.marked)
            start = next(places(words), None)
            if start is not None:
                return number, _words_before(words, start)
        return None

    def words(self, line: int, *, marked: bool) -> str:
        """The words of a line, as `words_in`."""
        words = self._words.get((line, marked))
        if words is None:
            words = self._words[line, marked] = words_in(self.lines[line], marked=marked)
        return words


def match(query: Node, text: SearchedText) -> str | None:
    """Whether a text has what is asked for: the first sentence that shows it, the title only when no other does."""
    found = snippet(query, text)
    return None if found is None else found.text


def snippet(query: Node, text: SearchedText) -> Snippet | None:
    """As `match`, with the words marked."""
    if not query.holds(text):
        return None
    phrases = list(wanted(query))
    found = [(place, phrase) for phrase in phrases if (place := text.first(phrase)) is not None]
    if not found:
        sentence = clean(text.lines[0])
    else:
        (line, first), phrase = min(found, key=lambda one: (one[0][0] < text.begin, one[0]))
        shown = clean(text.lines[line])
        sentence = around(shown, *_Spans(shown, text.words(line, marked=True)).of(first, phrase.length))
    return Snippet(sentence, _marked(phrases, sentence))


def _marked(phrases: list[Phrase], sentence: str) -> tuple[tuple[int, int], ...]:
    """Where the phrases stand in a sentence, in order; what overlaps is one."""
    words = {marked: words_in(sentence, marked=marked) for marked in {True, *(phrase.marked for phrase in phrases)}}
    spans = _Spans(sentence, words[True])
    places = {
        spans.of(_words_before(words[phrase.marked], start), phrase.length)
        for phrase in phrases
        for start in _places_of(phrase)(words[phrase.marked])
    }
    found: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if found and start < found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return tuple(found)


def _places_of(phrase: Phrase) -> Callable[[str], Iterator[int]]:
    """Tells of a string of words where the phrase stands in it: the blank before it."""
    pattern = phrase.pattern()
    looked = f" {' '.join(phrase.words)}{'' if phrase.open else ' '}"

    def places(words: str) -> Iterator[int]:
        if pattern is not None:
            yield from (found.start() for found in pattern.finditer(words))
            return
        start = words.find(looked)
        while start >= 0:
            yield start
            start = words.find(looked, start + 1)

    return places


def _words_before(words: str, place: int) -> int:
    """How many words stand before a place in a string of words, without what parts them."""
    return words.count(" ", 0, place) - words.count(f" {BREAK}", 0, place)


class _Spans:
    """Where in a line the words of its string of words, with their diacritics, stand."""

    def __init__(self, line: str, words: str) -> None:
        self._words = list(WORD.finditer(line))
        if len(self._words) != _words_before(words, len(words) - 1):
            # Some are none, or two, in their normal form.
            self._words = [word for word in self._words for _ in search_form(word[0]).split()]

    def of(self, first: int, count: int) -> tuple[int, int]:
        """From where to where so many words go, before the first of which there are so many."""
        return self._words[first].start(), self._words[first + count - 1].end()


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

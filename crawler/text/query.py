"""What is looked for: how a query is written, and the tree that it is read into.

    query   = all { OR all }
    all     = part { [AND] part }
    part    = (NOT | -) part | ( query ) | "phrase" | phrase

Syllables that stand beside each other are a phrase, quoted or not, since most Vietnamese words have several; quotes
part a phrase from the next, and take AND, OR and NOT, which are operators in capitals only, as words. A phrase that
bears no diacritics is found with any, one that bears some with exactly these. `*` behind its last word takes whatever
begins so. A kind of legal instrument with a number ("nghị định 336") is also found as "nghị định số 336" and as
"336/2025/NĐ-CP"; the signs of Decree 30/2020/NĐ-CP, annex III, say which letters stand for which kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from crawler.errors import BadInput
from crawler.text.fingerprint import newer_tones
from crawler.text.search import narrow, without_marks
from crawler.text.words import BREAK, words_of

LONGEST = 500
"""Characters of a query."""
YEAR = "YYYY"
"""In a phrase, any year; no word is in capitals."""
_DEEPEST = 20  # parentheses and NOTs inside each other
_LEAST = 2  # letters before a `*`
_TOKEN = re.compile(
    r'\s*(?:(?P<sign>[()])|(?P<minus>-)(?=[^\W_]|["(])|"(?P<quoted>[^"]*)(?P<end>"?)|(?P<word>[^\s()"]+))'
)
_IGNORED = re.compile(r"[\w\s\u0300-\u036f\-‑–/“”\"'’*]+")  # letters and what may stand between two of a phrase
_OPERATORS = frozenset({"AND", "OR", "NOT"})
_KINDS = {
    "nghị định": "nđ", "nghị quyết": "nq", "quyết định": "qđ", "chỉ thị": "ct", "thông tư": "tt",
    "thông tư liên tịch": "ttlt", "công điện": "cđ", "kế hoạch": "kh", "thông báo": "tb", "tờ trình": "ttr",
    "kết luận": "kl", "hướng dẫn": "hd", "quy định": "qđ", "chương trình": "ctr", "văn bản hợp nhất": "vbhn",
}  # fmt: skip
_NUMBER = re.compile(r"\d{1,5}[a-zđ]?")
_A_YEAR = re.compile(r"(?:19|20)\d\d")


class Text(Protocol):
    """In which a phrase may stand."""

    def has(self, phrase: Phrase) -> bool:
        """Whether it does."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in a row, in their normal form."""

    words: tuple[str, ...]
    marked: bool
    """Whether it bears diacritics, which are then demanded."""
    open: bool = False
    """Whether the last word may go on."""

    def holds(self, text: Text) -> bool:
        """Whether the text has it."""
        return text.has(self)

    def pattern(self) -> re.Pattern[str] | None:
        """What it is in the strings of `crawler.text.words`; None where it is no more than its words in a row."""
        if YEAR not in self.words and not (self.open and self.marked):
            return None
        last = len(self.words) - 1
        parts = [r"\d{4}" if word == YEAR else re.escape(word) for word in self.words]
        if self.open:
            # What is typed of a syllable does not show where its tone goes: hoà, hoàn.
            parts[last] = f"(?:{parts[last]}|{re.escape(newer_tones(self.words[last]))})[^ ]*"
        return re.compile(f" {' '.join(parts)}(?= )")


@dataclass(frozen=True, slots=True)
class All:
    """Every one of the parts."""

    parts: tuple[Node, ...]

    def holds(self, text: Text) -> bool:
        """Whether the text has them all."""
        return all(part.holds(text) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Either:
    """One of the parts."""

    parts: tuple[Node, ...]

    def holds(self, text: Text) -> bool:
        """Whether the text has one."""
        return any(part.holds(text) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    """What must not be there."""

    part: Node

    def holds(self, text: Text) -> bool:
        """Whether the text lacks it."""
        return not self.part.holds(text)


Node = Phrase | All | Either | Not


def parse(query: str) -> Node:
    """Read a query; raises `BadInput` with one line that says what is wrong with it."""
    if len(query) > LONGEST:
        raise BadInput(f"a query has {LONGEST} characters at most, not {len(query)}")
    tokens = list(_tokens(query))
    if not tokens:
        raise BadInput("the query is empty; write the words to look for")
    parser = _Parser(tokens)
    node = parser.query(0)
    if not _is_found(node):
        raise BadInput(f"{query!r} names nothing that a page must have; a NOT needs words beside it")
    return node


def exactly(text: str) -> Phrase:
    """The words of a text as one phrase, whatever signs stand between them; raises `BadInput` when there are none."""
    words = tuple(word for word in words_of(text).exact.split() if word != BREAK)
    if not words:
        raise BadInput(f"{text!r} has neither letters nor digits")
    return Phrase(words, any(without_marks(word) != word for word in words))


def wanted(query: Node) -> Iterator[Phrase]:
    """The phrases that a text is found by, in the order of the query; none of those behind a NOT."""
    match query:
        case Phrase():
            yield query
        case All(parts) | Either(parts):
            for part in parts:
                yield from wanted(part)


def is_impossible(query: Node) -> bool:
    """Whether no text can have it, since it asks for a phrase and, beside it, for the phrase or a part of it not to be
    there."""
    match query:
        case All(parts):
            denied = [part.part for part in parts if isinstance(part, Not)]
            asked = [part for part in parts if isinstance(part, Phrase)]
            return any(map(is_impossible, parts)) or any(
                isinstance(part, Phrase) and any(_has_part(phrase, part) for phrase in asked) for part in denied
            )
        case Either(parts):
            return all(map(is_impossible, parts))
    return False


def _has_part(phrase: Phrase, part: Phrase) -> bool:
    """Whether every text that has a phrase has a certain part of it; False also where that cannot be told."""
    if part.open or YEAR in part.words or (part.marked and not phrase.marked):
        return phrase == part
    words = phrase.words[:-1] if phrase.open else phrase.words
    words = words if part.marked else tuple(map(without_marks, words))
    size = len(part.words)
    return any(words[start : start + size] == part.words for start in range(len(words) - size + 1))


def written(node: Node, *, within: bool = False) -> str:
    """The query as it was understood, with every operator and quotation mark; `within` another it has parentheses."""
    match node:
        case Phrase(words):
            return f'"{" ".join(words)}{"*" if node.open else ""}"'
        case Not(part):
            return f"NOT {written(part, within=True)}"
        case All(parts) | Either(parts):
            text = (" AND " if isinstance(node, All) else " OR ").join(written(part, within=True) for part in parts)
    return f"({text})" if within else text


def hints(query: str) -> Iterator[str]:
    """What somebody may have meant otherwise, a sentence each; the query is one that can be read."""
    words = [text for kind, text in _tokens(query) if kind == "word" and text.upper() in _OPERATORS]
    if words:
        names = ", ".join(dict.fromkeys(f'"{word}"' for word in words))
        yield f"{names} is looked for as a word; AND, OR and NOT are written in capitals"
    phrases = [text for kind, text in _tokens(query) if kind in ("word", "phrase")]
    signs = "".join(dict.fromkeys(_IGNORED.sub("", " ".join(phrases))))
    if signs:
        yield f"signs are not looked for: {' '.join(signs)}"


def _is_found(node: Node) -> bool:
    """Whether every text that the query takes has one of its words."""
    match node:
        case All(parts):
            return any(map(_is_found, parts))
        case Either(parts):
            return all(map(_is_found, parts))
        case Not():
            return False
    return True


def _tokens(query: str) -> Iterator[tuple[str, str]]:
    """Kind and text: "(", ")", "AND", "OR", "NOT", "phrase" (quoted) or "word"."""
    text = narrow(query).translate({ord("“"): '"', ord("”"): '"', ord("„"): '"'}).strip()
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        assert found is not None  # noqa: S101 - any character begins a token
        if found["sign"]:
            yield found["sign"], found["sign"]
        elif found["minus"]:
            yield "NOT", "-"
        elif found["word"] is not None:
            yield (found["word"] if found["word"] in _OPERATORS else "word"), found["word"]
        elif not found["end"]:
            if not found["quoted"].strip():
                raise BadInput("a quotation mark at the end is not closed")
            raise BadInput(f"a quotation mark is not closed before {found['quoted']!r}")
        else:
            yield "phrase", found["quoted"]
        place = found.end()


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._place = 0

    def _next(self) -> str:
        return self._tokens[self._place][0] if self._place < len(self._tokens) else ""

    def query(self, depth: int) -> Node:
        parts = [self._all(depth)]
        while self._next() == "OR":
            self._place += 1
            parts.append(self._all(depth))
        if self._next() == ")" and depth == 0:
            raise BadInput("a parenthesis is closed that was not opened")
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _all(self, depth: int) -> Node:
        parts = [self._part(depth)]
        while self._next() not in ("", "OR", ")"):
            if self._next() == "AND":
                self._place += 1
            parts.append(self._part(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _part(self, depth: int) -> Node:
        kind = self._next()
        if depth > _DEEPEST:
            raise BadInput(f"parentheses and NOTs stand more than {_DEEPEST} deep")
        if kind in ("", "AND", "OR", ")"):
            before = self._tokens[self._place - 1][1] if self._place else ""
            where = f"behind {before}" if before else "at the beginning"
            raise BadInput(f"words are missing {where}" + (f', before {kind}; "{kind}" in quotes is a word'
                           if kind in _OPERATORS else ""))  # fmt: skip
        self._place += 1
        if kind == "NOT":
            return Not(self._part(depth + 1))
        if kind == "(":
            node = self.query(depth + 1)
            if self._next() != ")":
                raise BadInput("a parenthesis is not closed")
            self._place += 1
            return node
        words = [self._tokens[self._place - 1][1]]
        while kind == "word" and self._next() == "word":
            words.append(self._tokens[self._place][1])
            self._place += 1
        phrase = _phrase(" ".join(words))
        return _of_instrument(phrase) if kind == "word" else phrase


def _phrase(text: str) -> Phrase:
    begin, star, rest = text.partition("*")
    if not star:
        return exactly(text)
    phrase = exactly(begin)
    if not begin[-1:].isalnum() or rest.strip():
        raise BadInput(f"a * stands behind the last word of a phrase, not as in {text!r}")
    if len(phrase.words[-1]) < _LEAST:
        raise BadInput(f"a * needs {_LEAST} letters or digits before it")
    return Phrase(phrase.words, phrase.marked, open=True)


def _of_instrument(phrase: Phrase) -> Node:
    """The phrase or, of one that is a kind of instrument with a number, the ways in which texts name it."""
    place = next((place for place, word in enumerate(phrase.words) if _NUMBER.fullmatch(word)), 0)
    kind, rest = phrase.words[:place], phrase.words[place:]
    if kind[-1:] in (("số",), ("so",)):
        kind = kind[:-1]
    name = " ".join(kind)
    sign = _KINDS.get(name) if phrase.marked else _PLAIN_KINDS.get(name)
    if sign is None or phrase.open:
        return phrase
    if len(rest) > 1 and not _A_YEAR.fullmatch(rest[-1]):
        # With letters behind it the number says all: 336/2025/NĐ-CP.
        return exactly(" ".join(rest)) if sign in rest else phrase
    if len(rest) > 2 or (len(rest) == 2 and not _A_YEAR.fullmatch(rest[1])):
        return phrase
    number = "số" if phrase.marked else "so"
    signs = [(*rest, sign)] if len(rest) == 2 else [(*rest, sign), (*rest, YEAR, sign)]
    every = [(*kind, *rest), (*kind, number, *rest), *signs]
    return Either(tuple(Phrase(words, phrase.marked) for words in every))


_PLAIN_KINDS = {without_marks(name): without_marks(sign) for name, sign in _KINDS.items()}

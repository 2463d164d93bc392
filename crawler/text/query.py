"""How a query for words is written.

    query   = all { OR all }
    all     = part { [AND] part }
    part    = NOT part | ( query ) | "phrase" | phrase

Syllables that stand beside each other are a phrase, quoted or not, since most Vietnamese words have several; quotes
part a phrase from the next, and take AND, OR and NOT, which are operators in capitals only, as words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.errors import BadInput
from crawler.text.matching import All, Either, Node, Not, Phrase, SearchedText
from crawler.text.search import narrow, without_marks

LONGEST = 500
"""Characters of a query."""
_DEEPEST = 20  # parentheses and NOTs inside each other
_TOKEN = re.compile(r'\s*(?:(?P<sign>[()])|"(?P<quoted>[^"]*)(?P<end>"?)|(?P<word>[^\s()"]+))')
_IGNORED = re.compile(r"[\w\s\u0300-\u036f\-‑–/“”\"'’]+")  # letters and what may stand between two of a phrase
_OPERATORS = frozenset({"AND", "OR", "NOT"})


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


def written(node: Node, *, within: bool = False) -> str:
    """The query as it was understood, with every operator and quotation mark; `within` another it has parentheses."""
    match node:
        case Phrase(words):
            return f'"{" ".join(words)}"'
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
        elif found["word"] is not None:
            yield (found["word"] if found["word"] in _OPERATORS else "word"), found["word"]
        elif not found["end"]:
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
        return _phrase(" ".join(words))


def _phrase(text: str) -> Phrase:
    words = tuple(word for word, _, _ in SearchedText(text).words)
    if not words:
        raise BadInput(f"{text!r} has neither letters nor digits")
    return Phrase(words, any(without_marks(word) != word for word in words))

"""A query as the index of each database takes it: never narrower than the query, as near to it as the index allows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from crawler.store.search_index import HUGE, LONG, LONGEST, Indexed
from crawler.text import without_marks
from crawler.text.query import YEAR, All, Either, Node, Not, Phrase


def fts5(node: Node, facets: Iterable[Iterable[str]], *, titles: bool) -> str:
    """The query in the language of FTS5 (sqlite.org/fts5.html, section 3); with `titles` what may have it in its title.

    Of each of the `facets` one word is demanded.
    """
    terms = _Fts5()
    parts = [terms.of(node)]
    if titles:
        parts.append(f"{{title}} : ({_Fts5(marks=False).of(node)})")
    parts += [" OR ".join(map(_fts5_quoted, words)) for words in facets]
    return " AND ".join(f"({part})" for part in parts)


def tsquery(node: Node, facets: Iterable[Iterable[str]], *, titles: bool) -> str:
    """The query as PostgreSQL's tsquery (manual, 8.11.2); as `fts5`."""
    parts = [f"({_Tsquery().of(node)}) | {_quoted(HUGE)}"]
    if titles:
        parts.append(f"({_Tsquery(before='=t=').of(node)}) | {_quoted(HUGE)}")
    parts += [" | ".join(map(_quoted, words)) for words in facets]
    return " & ".join(f"({part})" for part in parts)


def may_hold(node: Node, facets: Iterable[Iterable[str]], indexed: Indexed) -> bool:
    """Whether an article of which this is to be indexed may have it."""
    words, marks = indexed.title + indexed.words, indexed.marks
    return _may_hold(node, words, marks) and all(any(f" {word} " in marks for word in some) for some in facets)


def _may_hold(node: Node, words: str, marks: str) -> bool:
    match node:
        case Phrase():
            runs = (" ".join(map(without_marks, run)) for run in _runs(node))
            return all(f" {run}" in words for run in runs) and all(f" {word} " in marks for word in _marked(node))
        case Either(parts):
            return any(_may_hold(part, words, marks) for part in parts)
        case All(parts):
            return all(_may_hold(part, words, marks) for part in parts)
        case Not():
            return True


class _Fts5:
    def __init__(self, *, marks: bool = True) -> None:
        self._marks = marks

    def of(self, node: Node) -> str:
        """The tree as far as the index can tell; what it cannot is left to who looks at the texts."""
        match node:
            case Phrase():
                return " AND ".join(self._phrase(node))
            case Either(parts):
                return " OR ".join(f"({self.of(part)})" for part in parts)
            case All(parts):
                wanted = " AND ".join(f"({self.of(part)})" for part in parts if _positive(part))
                # NOT binds closer than AND in FTS5.
                without = "".join(f" NOT ({self.of(word)})" for word in _excluded(parts))
                return f"({wanted}){without}" if self._marks else wanted
            case Not():
                raise AssertionError("the parser lets no NOT stand alone")

    def _phrase(self, phrase: Phrase) -> Iterator[str]:
        runs = _runs(phrase)
        for run in runs:
            star = " *" if phrase.open and run is runs[-1] else ""
            yield _fts5_quoted(" ".join(map(without_marks, run))) + star
        if self._marks:
            yield from map(_fts5_quoted, _marked(phrase))


class _Tsquery:
    def __init__(self, before: str = "") -> None:
        self._before = before

    def of(self, node: Node) -> str:
        match node:
            case Phrase():
                return " & ".join(self._phrase(node))
            case Either(parts):
                return " | ".join(f"({self.of(part)})" for part in parts)
            case All(parts):
                wanted = [f"({self.of(part)})" for part in parts if _positive(part)]
                without = [f"!({self.of(word)})" for word in _excluded(parts)]
                return " & ".join(wanted if self._before else wanted + without)
            case Not():
                raise AssertionError("the parser lets no NOT stand alone")

    def _phrase(self, phrase: Phrase) -> Iterator[str]:
        runs = _runs(phrase)
        for run in runs:
            star = ":*" if phrase.open and run is runs[-1] else ""
            longest = LONGEST - len(self._before)
            words = [_quoted(self._before + without_marks(word)[:longest]) for word in run]
            words[-1] += star
            together = " & ".join(words)
            if len(words) == 1 or self._before:
                yield together
            else:
                yield f"(({' <-> '.join(words)}) | ({_quoted(LONG)} & {together}))"
        if not self._before:
            yield from (_quoted(word[:LONGEST]) for word in _marked(phrase))


def _positive(node: Node) -> bool:
    """Whether the index can find what a text must have for it."""
    match node:
        case All(parts):
            return any(map(_positive, parts))
        case Either(parts):
            return all(map(_positive, parts))
        case Not():
            return False
    return True


def _excluded(parts: Iterable[Node]) -> Iterator[Phrase]:
    """What must not be there, of that the words that the index knows exactly."""
    for part in parts:
        word = part.part if isinstance(part, Not) else None
        if isinstance(word, Phrase) and len(word.words) == 1 and not word.open and len(word.words[0]) < LONGEST:
            yield word


def _runs(phrase: Phrase) -> list[list[str]]:
    """The words between those that may be anything."""
    found: list[list[str]] = [[]]
    for word in phrase.words:
        if word == YEAR:
            found.append([])
        else:
            found[-1].append(word)
    return [run for run in found if run]


def _marked(phrase: Phrase) -> list[str]:
    """The words that bear diacritics and are whole."""
    if not phrase.marked:
        return []
    whole = phrase.words[:-1] if phrase.open else phrase.words
    return [word for word in dict.fromkeys(whole) if without_marks(word) != word]


def _fts5_quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"

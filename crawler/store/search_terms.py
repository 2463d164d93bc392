"""A query as the index of each database takes it: never narrower than the query, as near to it as the index allows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from crawler.store.search_index import HUGE, LONGEST, of_title, pairs, quoted
from crawler.text import without_marks
from crawler.text.query import YEAR, All, Either, Node, Not, Phrase
from crawler.text.words import BREAK, sign

_FEW = 3
"""Words of a phrase whose pairs may all be so common that a rare one with diacritics finds it sooner."""


class _Term(NamedTuple):
    """What stands in the index."""

    word: str
    open: bool = False
    """Whether it may go on."""


def fts5(node: Node, facets: Iterable[Iterable[str]], *, titles: bool, marks: bool) -> str:
    """The query in the language of FTS5 (sqlite.org/fts5.html, section 3); with `titles` what may have it in its title.

    Of each of the `facets` one word is demanded. With `marks` short phrases have their words with diacritics too: fewer
    texts are found, and more of the index is read.
    """
    parts = [_fts5(node, titles=titles, marks=marks)]
    parts += [" OR ".join(_fts5_quoted(_Term(word)) for word in words) for words in facets]
    return " AND ".join(f"({part})" for part in parts)


def tsquery(node: Node, facets: Iterable[Iterable[str]], *, titles: bool, marks: bool) -> str:
    """The query as PostgreSQL's tsquery (manual, 8.11.2); as `fts5`."""
    parts = [f"({_tsquery(node, titles=titles, marks=marks)}) | {quoted(HUGE)}"]
    parts += [" | ".join(map(quoted, words)) for words in facets]
    return " & ".join(f"({part})" for part in parts)


def in_order(node: Node) -> tuple[str, list[str]]:
    """What `search_keys.text` is like of every text that has it: a condition in SQL, in which `{}` is a value, and its
    values."""
    match node:
        case Phrase():
            words = [f"{_signed(word, node)} " for word in node.words]
            if node.open:
                words[-1] = words[-1][: -len("0 ")]
            found = list[tuple[str, ...]]()
            for place in (place for place, word in enumerate(node.words) if word == BREAK):
                before, between, behind = words[place - 1 : place + 2]
                found.append((f"% {before}{behind}%", f"% {before}{between}{behind}%"))
            # A word between two signs has been looked for with those beside it.
            runs = [run for run in _runs(node) if len(run) > 1 or BREAK not in node.words]
            found += [(f"% {''.join(words[run.start : run.stop])}%",) for run in runs]
            wanted = dict.fromkeys(found)
            condition = " AND ".join(f"({' OR '.join(['text LIKE {}'] * len(values))})" for values in wanted)
            return condition, [value for values in wanted for value in values]
        case Not(part):
            if not _is_plain(part):
                return "1 = 1", []
            condition, values = in_order(part)
            return f"NOT ({condition})", values
        case Either(parts) | All(parts):
            every = [in_order(part) for part in parts]
            glue = " OR " if isinstance(node, Either) else " AND "
            return glue.join(f"({condition})" for condition, _ in every), [value for _, some in every for value in some]


def _signed(word: str, phrase: Phrase) -> str:
    plain = without_marks(word)
    return plain + (sign(word, plain) if phrase.marked else "_")


def _is_plain(node: Node) -> bool:
    """Whether the words without diacritics show exactly who has it."""
    match node:
        case Phrase():
            return not node.marked and not node.is_loose
        case Not(part):
            return _is_plain(part)
        case Either(parts) | All(parts):
            return all(map(_is_plain, parts))


def _fts5(node: Node, *, titles: bool = False, marks: bool = False) -> str:
    """The tree as far as the index can tell; what it cannot is left to who looks at the texts."""
    match node:
        case Phrase():
            return " AND ".join(map(_fts5_quoted, _terms(node, titles=titles, marks=marks)))
        case Either(parts):
            return " OR ".join(f"({_fts5(part, titles=titles, marks=marks)})" for part in parts)
        case All(parts):
            wanted = " AND ".join(f"({_fts5(part, titles=titles, marks=marks)})" for part in parts if _positive(part))
            # NOT binds closer than AND in FTS5.
            without = "".join(f" NOT ({_fts5(phrase)})" for phrase in _excluded(parts))
            return f"({wanted}){without}"
        case Not():
            raise AssertionError("the parser lets no NOT stand alone")


def _tsquery(node: Node, *, titles: bool = False, marks: bool = False) -> str:
    match node:
        case Phrase():
            return " & ".join(
                f"{quoted(term.word)}{':*' * term.open}" for term in _terms(node, titles=titles, marks=marks)
            )
        case Either(parts):
            return " | ".join(f"({_tsquery(part, titles=titles, marks=marks)})" for part in parts)
        case All(parts):
            wanted = [f"({_tsquery(part, titles=titles, marks=marks)})" for part in parts if _positive(part)]
            without = [f"!({_tsquery(phrase)})" for phrase in _excluded(parts)]
            return " & ".join(wanted + without)
        case Not():
            raise AssertionError("the parser lets no NOT stand alone")


def _terms(phrase: Phrase, *, titles: bool = False, marks: bool = False) -> list[_Term]:
    """What stands in the index of every text that has the phrase; with `titles`, of every one that has it there."""
    found = list[_Term]()
    for run in (phrase.words[run.start : run.stop] for run in _runs(phrase)):
        plain = [without_marks(word) for word in run]
        if titles:
            words = list(map(of_title, plain))
        elif len(run) == 1:
            words = plain if phrase.open else list(run)  # what has diacritics stands in the index beside what has none
        else:
            words = pairs(plain)
        found += [_Term(word[:LONGEST]) for word in words]
    if phrase.open:
        found[-1] = found[-1]._replace(open=True)
    if marks and 1 < len(phrase.words) <= _FEW:
        found += [_Term(word[:LONGEST]) for word in _marked(phrase)]
    return found


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
    """What must not be there, of that what the index knows exactly: a word, and two that bear no diacritics."""
    for part in parts:
        phrase = part.part if isinstance(part, Not) else None
        if isinstance(phrase, Phrase) and not phrase.open and not phrase.is_loose:
            known = len(phrase.words) == 1 or (len(phrase.words) == 2 and not phrase.marked)
            if known and all(len(term.word) < LONGEST for term in _terms(phrase)):
                yield phrase


def _runs(phrase: Phrase) -> list[range]:
    """The places of the words between those that may be anything, and between which there may be a sign."""
    ends = [-1, *(place for place, word in enumerate(phrase.words) if word in (YEAR, BREAK)), len(phrase.words)]
    return [range(one + 1, other) for one, other in pairwise(ends) if one + 1 < other]


def _marked(phrase: Phrase) -> list[str]:
    """The words that bear diacritics and are whole."""
    if not phrase.marked:
        return []
    whole = phrase.words[:-1] if phrase.open else phrase.words
    return [word for word in dict.fromkeys(whole) if without_marks(word) != word]


def _fts5_quoted(term: _Term) -> str:
    return '"' + term.word.replace('"', '""') + '"' + " *" * term.open

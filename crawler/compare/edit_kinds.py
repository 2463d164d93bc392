"""What kind of change an edit is: where it stands, and whether it touches what readers rely on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from crawler.compare.spelling import respelt
from crawler.text.fingerprint import documents, normal_form
from crawler.text.syllables import is_syllable

if TYPE_CHECKING:
    from crawler.compare.diff import Block, Part

Word = Literal["title", "lead", "body", "numbers", "documents", "names", "spelling"]
WORDS: tuple[Word, ...] = ("title", "lead", "body", "numbers", "documents", "names", "spelling")
"""title, lead, body: where something changed beyond spelling. numbers: the digits, in their order. documents: the legal
instruments named. names: capitalised words inside a sentence, by two or not spelt as Vietnamese. spelling: stands
alone, when capitals, punctuation, tone placement, the breaks of words and paragraphs and slips are all that changed."""

_TOKEN = re.compile(r"\d[^\s.!?:…;]*|[^\W_]+|[.!?:…;]")  # the number of a document is one, with its letters
_ENDS = frozenset(".!?:…;")


def classify(blocks: Sequence[Block], texts: Mapping[Part, tuple[str, str]]) -> tuple[Word, ...]:
    """The words for a change; `texts` are each part's old and new text, `blocks` the way between them.

    Numbers that only moved with their paragraph do not count. Those that changed places do: a reader cannot tell
    "5 more, 3 less" turned into "3 more, 5 less" from a sentence that was turned round, and nor can this.
    """
    if all(old == new for old, new in texts.values()):
        return ()
    found: set[Word] = {part for part, (old, new) in texts.items() if _is_other(part, old, new, blocks)}
    if not found:
        return ("spelling",)
    old, new = _sides(blocks)
    if _digits(old) != _digits(new):
        found.add("numbers")
    if _documents(old for old, _ in texts.values()) != _documents(new for _, new in texts.values()):
        found.add("documents")
    if _lost_names(old, new) or _lost_names(new, old):
        found.add("names")
    return tuple(word for word in WORDS if word in found)


def _is_other(part: Part, old: str, new: str, blocks: Iterable[Block]) -> bool:
    """Whether a part says something else than before, beyond another spelling of it."""
    if old == new or normal_form(old) == normal_form(new):
        return False
    return any(not _is_respelt(block) for block in blocks if block.part == part and block.change != "kept")


def _is_respelt(block: Block) -> bool:
    for kept, pieces in groupby(block.pieces, lambda piece: piece.mark == "kept"):
        texts = {piece.mark: piece.text for piece in pieces}
        if not kept and not respelt(texts.get("removed", ""), texts.get("added", "")):
            return False
    return True


def _sides(blocks: Sequence[Block]) -> tuple[list[str], list[str]]:
    """Old and new paragraphs of the blocks that changed, without paragraphs that only moved."""
    gone, come = (
        Counter(normal_form(block.pieces[0].text) for block in blocks if block.change == change)
        for change in ("removed", "added")
    )
    moved = gone & come
    return _side(blocks, "added", Counter(moved)), _side(blocks, "removed", Counter(moved))


def _side(blocks: Iterable[Block], other: str, moved: Counter[str]) -> list[str]:
    texts = []
    for block in blocks:
        text = "".join(piece.text for piece in block.pieces if piece.mark != other)
        if block.change in ("removed", "added") and moved[form := normal_form(text)]:
            moved[form] -= 1
        elif text:
            texts.append(text)
    return texts


def _digits(texts: Iterable[str]) -> list[str]:
    return [digits for text in texts for digits in re.findall(r"\d+", normal_form(text))]


def _documents(texts: Iterable[str]) -> set[str]:
    return {normal_form(name) for text in texts for name in documents(text)}


def _lost_names(old: Iterable[str], new: Sequence[str]) -> bool:
    """Whether a word of a name has gone, not only its capital."""
    left = Counter(word for text in new for word in normal_form(text).split())
    there = Counter[str]()
    for text in old:
        there.update(normal_form(text).split())
    gone = there - left
    kept = Counter(word for text in new for word in _names(text))
    names = Counter(word for text in old for word in _names(text))
    return bool((names - kept).keys() & gone.keys())


def _names(text: str) -> Iterator[str]:
    """The words of names in normal form; the first of a sentence has its capital for that."""
    if text.isupper():
        return
    start = True
    run: list[str] = []
    for token in [*_TOKEN.findall(text), "."]:
        if token[0].isupper():
            run += [] if start else [token]
        else:
            if len(run) > 1 or (run and len(run[0]) > 1 and not is_syllable(run[0])):
                yield from map(normal_form, run)
            run = []
        start = token in _ENDS

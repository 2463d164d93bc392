"""Two texts of an article side by side: by paragraph, inside a changed paragraph by word, and what kind of edit it is.

The words of both texts are aligned (`crawler.compare.align`), paragraphs are paired by the words they share, and what
matches by chance is given up, so that a rewritten clause is read as one. `Diff.changed` says where the edit stands and
whether it touches what readers rely on: numbers, documents, names.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from operator import itemgetter
from typing import Literal, NamedTuple

from crawler.compare.align import Match, matches
from crawler.compare.spelling import respelt
from crawler.items import Article
from crawler.text import documents, is_syllable, normal_form

EditKind = Literal["title", "lead", "body", "numbers", "documents", "names", "spelling"]
EDIT_KINDS: tuple[EditKind, ...] = ("title", "lead", "body", "numbers", "documents", "names", "spelling")
"""title, lead, body: where something changed beyond spelling. numbers: the digits, in their order. documents: the legal
instruments named. names: capitalised words inside a sentence, by two or not spelt as Vietnamese. spelling: stands
alone, when capitals, punctuation, tone placement, the breaks of words and paragraphs and slips are all that changed."""
Part = Literal["title", "lead", "body"]
Mark = Literal["kept", "removed", "added"]
# Numbers with their points and dates with their strokes are one word: "12/8/2026" changes as a whole.
_WORDS = re.compile(r"\d+(?:[.,/:]\d+)*|[^\W\d]+|[^\w\s]")
_ALIKE = 0.5  # of the words of both; paragraphs less alike are one gone and one come,
_HELD = 0.8  # except where one stands in the other almost whole,
_ENOUGH = 5  # and has words enough for that to mean something
_TOKEN = re.compile(r"\d[^\s.!?:…;]*|[^\W_]+|[.!?:…;]")  # the number of a document is one, with its letters
_ENDS = frozenset(".!?:…;")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a changed paragraph."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class DiffBlock:
    """Paragraphs that were kept, or one that was not."""

    part: Part
    change: Literal["kept", "changed", "removed", "added"]
    count: int
    """Paragraphs, 1 but for those kept, which come as a number alone."""
    pieces: tuple[Piece, ...] = ()
    """The removed with the kept ones are the old paragraph, the added with the kept ones the new."""


@dataclass(frozen=True, slots=True)
class Diff:
    """What one text of an article has that another has not; `dataclasses.asdict` makes it JSON."""

    changed: tuple[EditKind, ...]
    """What kind of change it is, in the order of `EDIT_KINDS`; empty when the texts are the same."""
    blocks: tuple[DiffBlock, ...]
    """Title, lead and body in reading order."""

    @property
    def moved(self) -> dict[int, int]:
        """The blocks whose paragraph stands elsewhere as it was, each with the block to which it went."""
        return _moved(self.blocks)


class _Token(NamedTuple):
    text: str
    start: int
    end: int


def compare(before: Article, after: Article) -> Diff:
    """The way from one text to the other; what is not title, lead or body plays no part in it."""
    sides = [(article.title, article.lead or "", article.body) for article in (before, after)]
    parts: tuple[Part, ...] = ("title", "lead", "body")
    blocks = tuple(
        chain.from_iterable(
            compare_paragraphs(_paragraphs(old), _paragraphs(new), part)
            for part, old, new in zip(parts, *sides, strict=True)
        )
    )
    return Diff(_classify(blocks, dict(zip(parts, zip(*sides, strict=True), strict=True))), blocks)


def _paragraphs(text: str) -> list[str]:
    return text.split("\n") if text else []


def compare_paragraphs(before: Sequence[str], after: Sequence[str], part: Part = "body") -> list[DiffBlock]:
    """The blocks that lead from the old paragraphs to the new; in a gap what went stands before what came."""
    blocks: list[DiffBlock] = []
    i = j = kept = 0
    for p, q in [*matches(before, after), (len(before), len(after))]:
        if p > i or q > j:
            blocks += [DiffBlock(part, "kept", kept)] if kept else []
            blocks += _changed(before[i:p], after[j:q], part)
            kept = 0
        i, j, kept = p + 1, q + 1, kept + 1
    return blocks + ([DiffBlock(part, "kept", kept - 1)] if kept > 1 else [])


def _changed(old: Sequence[str], new: Sequence[str], part: Part) -> list[DiffBlock]:
    blocks: list[DiffBlock] = []
    i = j = 0
    for p, q in [*_pairs(old, new), (len(old), len(new))]:
        blocks += [DiffBlock(part, "removed", 1, (Piece("removed", text),)) for text in old[i:p]]
        blocks += [DiffBlock(part, "added", 1, (Piece("added", text),)) for text in new[j:q]]
        if p < len(old):
            blocks.append(DiffBlock(part, "changed", 1, compare_words(old[p], new[q])))
        i, j = p + 1, q + 1
    return blocks


def _pairs(old: Sequence[str], new: Sequence[str]) -> list[Match]:
    """Which old paragraph became which new one, in order.

    The words of all are aligned at once, so that the work grows with the text and not with its square; the
    paragraphs in which matching words stand make a staircase, of which any steps that share none are in order.
    """
    words = [[(token.text, n) for n, text in enumerate(side) for token in _tokens(text)] for side in (old, new)]
    shared: dict[Match, int] = {}
    for p, q in matches([text for text, _ in words[0]], [text for text, _ in words[1]]):
        pair = words[0][p][1], words[1][q][1]
        shared[pair] = shared.get(pair, 0) + 1
    sizes = [[0] * len(side) for side in (old, new)]
    for size, side in zip(sizes, words, strict=True):
        for _, n in side:
            size[n] += 1
    taken: list[Match] = []
    rows, columns = set[int](), set[int]()
    for (p, q), count in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        if p not in rows and q not in columns and _alike(count, sizes[0][p], sizes[1][q]):
            taken.append((p, q))
            rows.add(p)
            columns.add(q)
    return sorted(taken)


def _alike(shared: int, old: int, new: int) -> bool:
    least = min(old, new)
    return 2 * shared >= _ALIKE * (old + new) or (least >= _ENOUGH and shared >= _HELD * least)


def _tokens(text: str) -> list[_Token]:
    return [_Token(found[0], *found.span()) for found in _WORDS.finditer(text)]


def compare_words(old: str, new: str) -> tuple[Piece, ...]:
    """The pieces of a changed paragraph; only white space that really differs counts as a change."""
    before, after = _tokens(old), _tokens(new)
    pairs = _meaningful(before, after, matches([token.text for token in before], [token.text for token in after]))
    stretches: list[tuple[Mark, str]] = []
    i = j = 0
    for p, q in pairs:
        stretches += _gap(old[i : before[p].start], new[j : after[q].start])
        stretches.append(("kept", before[p].text))
        i, j = before[p].end, after[q].end
    stretches += _gap(old[i:], new[j:])
    filled = (stretch for stretch in stretches if stretch[1])
    return tuple(Piece(mark, "".join(text for _, text in run)) for mark, run in groupby(filled, itemgetter(0)))


def _meaningful(before: list[_Token], after: list[_Token], pairs: list[Match]) -> list[Match]:
    """Without matches by chance: a short run of words between two longer replacements is part of them.

    The semantic clean-up of Fraser's diff-match-patch: a kept run goes when it is shorter than what changed on
    either side of it.
    """
    runs: list[list[Match]] = []
    for p, q in pairs:
        if runs and runs[-1][-1] == (p - 1, q - 1):
            runs[-1].append((p, q))
        else:
            runs.append([(p, q)])
    kept: list[list[Match]] = []
    for run in [*runs, [(len(before), len(after))]]:
        while kept and _by_chance(kept, run[0], before, after):
            kept.pop()
        kept.append(run)
    return [pair for run in kept[:-1] for pair in run]


def _by_chance(kept: list[list[Match]], following: Match, before: list[_Token], after: list[_Token]) -> bool:
    first, last = kept[-1][0], kept[-1][-1]
    start = kept[-2][-1] if len(kept) > 1 else (-1, -1)
    left = max(_length(before, start[0] + 1, first[0]), _length(after, start[1] + 1, first[1]))
    right = max(_length(before, last[0] + 1, following[0]), _length(after, last[1] + 1, following[1]))
    return _length(before, first[0], last[0] + 1) < min(left, right)


def _length(tokens: list[_Token], start: int, end: int) -> int:
    return tokens[end - 1].end - tokens[start].start if end > start else 0


def _gap(old: str, new: str) -> list[tuple[Mark, str]]:
    """What stands between two matching words; the white space that both sides begin or end with was kept."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    return [
        ("kept", old[:head]),
        ("removed", old[head : len(old) - tail]),
        ("added", new[head : len(new) - tail]),
        ("kept", old[len(old) - tail :]),
    ]


def _common(old: str, new: str) -> int:
    length = 0
    while length < min(len(old), len(new)) and old[length] == new[length] and old[length].isspace():
        length += 1
    return length


def _classify(blocks: Sequence[DiffBlock], texts: Mapping[Part, tuple[str, str]]) -> tuple[EditKind, ...]:
    """The kinds of a change; `texts` are each part's old and new text, `blocks` the way between them.

    Numbers that only moved with their paragraph do not count. Those that changed places do: a reader cannot tell
    "5 more, 3 less" turned into "3 more, 5 less" from a sentence that was turned round, and nor can this.
    """
    if all(old == new for old, new in texts.values()):
        return ()
    found: set[EditKind] = {part for part, (old, new) in texts.items() if _is_other(part, old, new, blocks)}
    if not found:
        return ("spelling",)
    old, new = _sides(blocks)
    if _digits(old) != _digits(new):
        found.add("numbers")
    if _documents(old for old, _ in texts.values()) != _documents(new for _, new in texts.values()):
        found.add("documents")
    if _lost_names(old, new) or _lost_names(new, old):
        found.add("names")
    return tuple(kind for kind in EDIT_KINDS if kind in found)


def _is_other(part: Part, old: str, new: str, blocks: Iterable[DiffBlock]) -> bool:
    """Whether a part says something else than before, beyond another spelling of it."""
    if old == new or normal_form(old) == normal_form(new):
        return False
    return any(not _is_respelt(block) for block in blocks if block.part == part and block.change != "kept")


def _is_respelt(block: DiffBlock) -> bool:
    for kept, pieces in groupby(block.pieces, lambda piece: piece.mark == "kept"):
        texts = {piece.mark: piece.text for piece in pieces}
        if not kept and not respelt(texts.get("removed", ""), texts.get("added", "")):
            return False
    return True


def _moved(blocks: Sequence[DiffBlock]) -> dict[int, int]:
    gone, come = (
        [(n, normal_form(block.pieces[0].text)) for n, block in enumerate(blocks) if block.change == change]
        for change in ("removed", "added")
    )
    places = defaultdict[str, list[int]](list)
    for n, form in reversed(come):
        places[form].append(n)
    return {n: places[form].pop() for n, form in gone if places[form]}


def _sides(blocks: Sequence[DiffBlock]) -> tuple[list[str], list[str]]:
    """Old and new paragraphs of the blocks that changed, without paragraphs that only moved."""
    moved = _moved(blocks)
    passed = moved.keys() | set(moved.values())
    rest = [block for n, block in enumerate(blocks) if n not in passed]
    return _side(rest, "added"), _side(rest, "removed")


def _side(blocks: Iterable[DiffBlock], other: Mark) -> list[str]:
    texts = ("".join(piece.text for piece in block.pieces if piece.mark != other) for block in blocks)
    return [text for text in texts if text]


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

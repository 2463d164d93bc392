"""Strips boilerplate from blocks of text, in the passes that need no container: headings, lines, repeats.

The passes are the same for a page that the reader has cut into blocks and for plain text from elsewhere
(`clean_text`). Their vocabulary is boilerplate.toml. A phrase inside a sentence is never a reason to cut: a heading
must be the whole line, a line rule must match from the line's start.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from unicodedata import normalize

from crawler.byline import names, signature
from crawler.reader import Block

VOCABULARY: dict[str, list[str]] = tomllib.loads(files("crawler").joinpath("boilerplate.toml").read_text("utf-8"))
_EDGE = re.compile(r"^[\s>»•\-–—:.\"“”|*#]+|[\s>»•\-–—:.\"“”|*!…?]+$")
_END_HEADINGS = frozenset(VOCABULARY["headings_end"])
_BOX_HEADINGS = frozenset(VOCABULARY["headings_box"])
_LINES = re.compile("|".join(f"(?:{line})" for line in VOCABULARY["lines"]))
_OF_PUBLISHER = ("nguồn", "theo dõi", "theo", "đăng bởi")  # "Theo dõi X", "Nguồn: X"
_LINE_LENGTH = 220  # a longer line is a paragraph, whatever it begins with
_CREDIT = re.compile(
    r"(?:^|[\s(.\-–—|])(?:ảnh|minh họa|đồ họa|nguồn ảnh|ảnh tư liệu)\s*(?:minh họa|tư liệu)?\s*:\s*[^.]{1,60}\)?\.?$",
    re.I,
)
_PLACEHOLDER = re.compile(r"\(?(?:ảnh|hình|tranh)(?: có tính| mang tính(?: chất)?)? minh (?:họa|hoạ)\)?\.?", re.I)
_SENTENCE_END = re.compile(r"[.!?…:;][\"”'’)\]]*$|/\.$")
_DASH = r"\s*(?:-|–|—|:|\|)\s*"
_TOKENS = "|".join(re.escape(token) for token in sorted(VOCABULARY["datelines"], key=len, reverse=True))
_DATELINE = re.compile(rf"(?:(\((?:{_TOKENS})\))(?:{_DASH}|\s*)|({_TOKENS}){_DASH})(?=\S)", re.I)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A stretch of the page that is not the article's, and the rule that says so."""

    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class CleanText:
    """Plain text taken apart by `clean_text`."""

    title: str | None
    lead: str | None
    body: tuple[str, ...]
    captions: tuple[str, ...]
    authors: tuple[str, ...]
    dropped: tuple[Dropped, ...]


def fold_line(text: str) -> str:
    """The form in which headings are compared: case-folded, no bullets, colons or quotes around it."""
    return _EDGE.sub("", " ".join(text.casefold().replace("hoạ", "họa").replace("khoá", "khóa").split()))


def split_dateline(lead: str) -> tuple[str | None, str]:
    """The wire's mark that opens `lead` and the rest: "(Chinhphu.vn) - Sáng…" → ("(Chinhphu.vn)", "Sáng…").

    Only marks of the vocabulary count, since "Hà Nội -" looks the same and is news.
    """
    match = _DATELINE.match(lead)
    if not match:
        return None, lead
    mark, rest = match[1] or match[2], lead[match.end() :]
    return mark.strip(), rest


def strip_boilerplate(blocks: list[Block], own_names: Iterable[str] = ()) -> tuple[list[Block], list[Dropped]]:
    """`blocks` without related boxes, service lines and link lists, and what was dropped, in page order.

    `own_names` are the publisher's: a closing "Nguồn: …" that repeats one goes.
    """
    own = {fold_line(name) for name in own_names}
    kept: list[Block] = []
    dropped: list[Dropped] = []
    rule = ""
    scope: tuple[int, ...] | None = None
    index = 0
    while index < len(blocks):
        block = blocks[index]
        index += 1
        if scope is not None and _inside(block, scope):
            dropped.append(Dropped(block.text, rule))
            continue
        scope = None
        if block.role == "caption":
            kept.append(block)
            continue
        folded = fold_line(block.text) if len(block.text) <= _LINE_LENGTH else ""
        if folded in _END_HEADINGS or folded in _BOX_HEADINGS:
            rule = f"heading: {block.text}"
            dropped.append(Dropped(block.text, rule))
            if block.boxes:
                scope = block.boxes
            else:
                while index < len(blocks) and _hangs_on(blocks[index]):
                    dropped.append(Dropped(blocks[index].text, rule))
                    index += 1
        elif folded and (match := _LINES.match(block.text.casefold().strip()) or _LINES.match(folded)):
            dropped.append(Dropped(block.text, f"line: {match[0][:40]}"))
        elif folded.startswith(_OF_PUBLISHER) and _rest(folded) in own:
            dropped.append(Dropped(block.text, "line: the publisher's name"))
        else:
            kept.append(block)
    return _strip_links(kept, dropped)


def _rest(folded: str) -> str:
    return fold_line(next(folded.removeprefix(start) for start in _OF_PUBLISHER if folded.startswith(start)))


def _inside(block: Block, scope: tuple[int, ...]) -> bool:
    return block.boxes[: len(scope)] == scope


def _hangs_on(block: Block) -> bool:
    """Whether a block below a bare heading still belongs to its box: a link, or the picture of one."""
    return block.links >= 0.5 or block.role == "caption" or (bool(block.boxes) and len(block.text) < 120)


def _strip_links(blocks: list[Block], dropped: list[Dropped]) -> tuple[list[Block], list[Dropped]]:
    """Drop lines that are nothing but the headline of another story, and cards: such a headline with its sapo."""
    kept: list[Block] = []
    card: tuple[int, ...] = ()
    sizes: dict[tuple[int, ...], int] = {}
    for block in blocks:
        sizes[block.boxes] = sizes.get(block.boxes, 0) + 1
    for block in blocks:
        if card and _inside(block, card):
            dropped.append(Dropped(block.text, "card"))
        elif (
            block.role != "caption"
            and block.links >= 0.95
            and len(block.text.split()) >= 4
            and not _SENTENCE_END.search(block.text)
        ):
            dropped.append(Dropped(block.text, "link"))
            card = block.boxes if block.boxes and sizes[block.boxes] <= 4 else ()
        else:
            card = ()
            kept.append(block)
    return kept, dropped


def is_credit(line: str) -> bool:
    """Whether a line of plain text is a caption: it ends in a credit, or only says that a picture illustrates."""
    return len(line) < 400 and bool(_CREDIT.search(line) or _PLACEHOLDER.fullmatch(line.strip()))


def clean_text(text: str, own_names: Iterable[str] = ()) -> CleanText:
    """Take apart plain text as another extractor left it: blank or no blank lines between its paragraphs."""
    lines = [" ".join(normalize("NFC", line).split()) for line in text.replace("\r", "\n").split("\n")]
    blocks = [Block(line) for line in lines if line]
    blocks, dropped = _cut_plain(blocks)
    captions: list[str] = []
    body: list[str] = []
    for position, block in enumerate(blocks):
        repeated = position and block.text == blocks[position - 1].text
        if is_credit(block.text) or (repeated and not _SENTENCE_END.search(block.text)):
            if block.text not in captions:
                captions.append(block.text)
            if repeated and body and body[-1] == block.text:
                body.pop()
        elif not repeated:
            body.append(block.text)
        else:
            dropped.append(Dropped(block.text, "repeat"))
    authors: tuple[str, ...] = ()
    if len(body) > 1 and (signed := signature(body[-1])):
        authors = names(signed, own_names)
        body.pop()
    title = body.pop(0) if len(body) > 1 and len(body[0]) < 200 and not _SENTENCE_END.search(body[0]) else None
    lead = None
    if title and len(body) > 1:
        _, lead = split_dateline(body.pop(0))
    return CleanText(title, lead, tuple(body), tuple(captions), authors, tuple(dropped))


def _cut_plain(blocks: list[Block]) -> tuple[list[Block], list[Dropped]]:
    """Plain text has no boxes: an end heading cuts to the end, a box heading the headlines below it."""
    kept: list[Block] = []
    dropped: list[Dropped] = []
    index = 0
    while index < len(blocks):
        folded = fold_line(blocks[index].text) if len(blocks[index].text) <= _LINE_LENGTH else ""
        stop = index
        if kept and folded in _END_HEADINGS:
            stop = len(blocks)
        elif folded in _BOX_HEADINGS:
            stop = index + 1
            while stop < len(blocks) and _is_headline(blocks[stop].text):
                stop += 1
        elif folded and _LINES.match(blocks[index].text.casefold()):
            stop = index + 1
        dropped += [Dropped(block.text, f"heading: {blocks[index].text}") for block in blocks[index:stop]]
        if stop == index:
            kept.append(blocks[index])
            stop += 1
        index = stop
    return kept, dropped


def _is_headline(line: str) -> bool:
    return len(line) < 160 and not _SENTENCE_END.search(line)

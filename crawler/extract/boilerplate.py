"""Strips boilerplate from blocks of text, in the passes that need no container: headings, lines, repeats.

The passes are the same for a page that the reader has cut into blocks and for plain text from elsewhere
(`clean_text`). Their vocabulary is boilerplate.toml. A phrase inside a sentence is never a reason to cut: a heading
must be the whole line, a line rule must match from the line's start.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crawler.extract.byline import PLACES, VOCABULARY, signature
from crawler.extract.reader import TextBlock, fold_line
from crawler.text import documents, either_tones, newer_tones


def _spelt(words: list[str]) -> Iterator[str]:
    """Each of the words as the older rule of tone marks spells it, and as the newer does: từ khóa, từ khoá."""
    for word in words:
        yield from dict.fromkeys((word, newer_tones(word)))


def _any(lines: list[str]) -> re.Pattern[str]:
    """One expression for the lines, in both spellings."""
    return re.compile("|".join(f"(?:{line})" for line in map(either_tones, lines)))


END_HEADINGS = frozenset(_spelt(VOCABULARY["headings_end"]))
BOX_HEADINGS = frozenset(_spelt(VOCABULARY["headings_box"]))
_LABELS = (*sorted(BOX_HEADINGS | END_HEADINGS), *_spelt(VOCABULARY["labels"]))
_LINES = _any(VOCABULARY["lines"])
_ANY_LENGTH = _any(VOCABULARY["lines_of_any_length"])
_BULLETS = "*•●■♦☛👉🔊🎧▶ "  # what a paper sets before its house lines
_COUNT = re.compile(r"\s*\(\d+\)$")
_OF_PUBLISHER = ("nguồn", "theo dõi", "theo", "đăng bởi")  # "Theo dõi X", "Nguồn: X"
_LARGEST_BOX = 300  # lines; what is longer is no box of links or comments
_LINE_LENGTH = 220  # a longer line is a paragraph, whatever it begins with
_ENOUGH = 200  # characters of text above a heading that ends an article
SENTENCE_END = re.compile(r"[.!?…:;][\"”'’)\]]*$|/\.$")
_INSTRUMENT = re.compile(
    r"\W*(?:toàn văn |dự thảo |xem |chi tiết |tải (?:về )?)*"
    r"(?:nghị định|nghị quyết|quyết định|thông tư|luật|chỉ thị|công điện|công văn|kế hoạch|thông báo)\b",
    re.I,
)
_POINTER = re.compile(r"\s*(?:\.\.|…)?\s*>{2,}\s*(?:chi tiết|xem (?:tiếp|thêm|chi tiết)|đọc tiếp)?\W*$", re.I)
_DASH = r"\s*(?:-|–|—|:|\|)\s*"
_TOKENS = "|".join(re.escape(token) for token in sorted(VOCABULARY["datelines"], key=len, reverse=True))
_BARE = "|".join(re.escape(token) for token in VOCABULARY["datelines_bare"])
_DATELINE = re.compile(
    rf"(?:(?P<bare>{_BARE})\s+(?=[A-ZĐ\d])|(\((?:{_TOKENS})\))(?:{_DASH}|\s*)|({_TOKENS}){_DASH})(?=\S)", re.I
)
# "(ĐTM) - ", "(ĐTM) Sáng": a paper's, whichever
_ABBREVIATION = re.compile(rf"(\([A-ZĐ&.]{{2,8}}\))(?:{_DASH}(?=\S)|\s+(?=[A-ZĐÀ-Ỹ\d]))")
_PAPER = re.compile(  # "(Tổ Quốc) - ", "(PetroTimes) - ", "(Tinthethao.com.vn) - ", and no "(Ảnh) - "
    r"(\((?:[\w-]{2,30}(?:\.\w{2,4}){1,2}|[A-ZĐ]\w{0,15}[a-z][A-ZĐ]\w{0,15}"
    rf"|[A-ZĐÀ-Ỹ]\w{{1,9}}(?: [A-ZĐÀ-Ỹ]\w{{1,9}}){{1,3}})\)){_DASH}(?=\S)"
)
_SHORT_NAME = 3  # letters; a host of one or two ("m", "e") begins any sentence, and "TT-Huế" is a place
_OWN_DATELINE = re.compile(rf"(\([^()]+\)(?={_DASH}|\s)|[^()]+?(?={_DASH}))(?:{_DASH}|\s)(?=\S)")


@dataclass(frozen=True, slots=True)
class Dropped:
    """A stretch of the page that is not the article's, and the rule that says so."""

    text: str
    rule: str


def split_dateline(lead: str, own_names: Iterable[str] = ()) -> tuple[str | None, str]:
    """The wire's mark that opens `lead` and the rest: "(Chinhphu.vn) - Sáng…" → ("(Chinhphu.vn)", "Sáng…").

    Only marks of the vocabulary, the publisher's `own_names` ("bsd" also as "BSD"), and in parentheses abbreviations,
    hosts and the names of papers count, since "Hà Nội -" and "(Hà Nội) -" look the same and are news.
    """
    match = _DATELINE.match(lead)
    if not match:
        if found := _ABBREVIATION.match(lead) or _PAPER.match(lead):
            return (None, lead) if found[1].strip("()").casefold() in PLACES else (found[1], lead[found.end() :])
        for name in own_names:
            if _opens(lead, name) and (found := _OWN_DATELINE.match(lead)) and len(found[1]) >= len(name):
                return found[1], lead[found.end() :]
        return None, lead
    mark, rest = match[1] or match[2] or match[3], lead[match.end() :]
    return mark.strip(), rest


def _opens(lead: str, name: str) -> bool:
    """Whether a text begins with a publisher's name, in parentheses in any case."""
    if lead[:1] not in ("(", name[:1], name[:1].upper()):
        return False  # as most do not
    marked = f"({name})"
    if len(name) < _SHORT_NAME:
        return name.isupper() and lead.startswith((f"{name} ", marked))
    return lead.startswith((name, name.upper())) or lead[: len(marked)].casefold() == marked.casefold()


def strip_boilerplate(blocks: list[TextBlock], own_names: Iterable[str] = ()) -> tuple[list[TextBlock], list[Dropped]]:
    """`blocks` without related boxes, service lines and link lists, and what was dropped, in page order.

    `own_names` are the publisher's: a closing "Nguồn: …" that repeats one goes.
    """
    own = {fold_line(name) for name in own_names}
    kept: list[TextBlock] = []
    dropped: list[Dropped] = []
    index = size = 0
    while index < len(blocks):
        block = blocks[index]
        folded = heading_form(block)
        stop = index + 1
        if folded in END_HEADINGS or folded in BOX_HEADINGS:
            stop = _end_of_box(blocks, index, above=size if folded in END_HEADINGS else 0)
            dropped += [Dropped(other.text, f"heading: {block.text}") for other in blocks[index:stop]]
        elif rule := line_rule(block):
            dropped.append(Dropped(block.text, rule))
        elif folded.startswith(_OF_PUBLISHER) and _rest(folded) in own:
            dropped.append(Dropped(block.text, "line: the publisher's name"))
        else:
            _cut_pointer(block, dropped)
            kept.append(block)
            size += len(block.text)
        index = stop
    return _strip_links(kept, dropped)


def _cut_pointer(block: TextBlock, dropped: list[Dropped]) -> None:
    """Cut the link to the whole story off a paragraph of a round-up: "… tăng giá. ..>> Chi tiết"."""
    if ">>" in block.text and (found := _POINTER.search(block.text)) and found.start():
        dropped.append(Dropped(found[0].strip(), "line: a pointer at its end"))
        block.text = block.text[: found.start()]
        block.folded = fold_line(block.text)


def heading_form(block: TextBlock) -> str:
    """The form in which a short line is compared with the headings, "" for a paragraph or caption."""
    if len(block.text) > _LINE_LENGTH or block.role == "caption":
        return ""
    return _COUNT.sub("", block.folded) if block.folded.endswith(")") else block.folded


def line_rule(block: TextBlock) -> str:
    """The rule by which a single line is not the article's, "" when none says so."""
    opening = block.text[:_LINE_LENGTH].casefold().lstrip(_BULLETS)
    short = len(block.text) <= _LINE_LENGTH and block.role != "caption"
    match = (_LINES.match(opening) if short else None) or _ANY_LENGTH.match(opening)
    return f"line: {match[0][:40]}" if match else ""


def _rest(folded: str) -> str:
    return fold_line(next(folded.removeprefix(start) for start in _OF_PUBLISHER if folded.startswith(start)))


def _end_of_box(blocks: list[TextBlock], index: int, *, above: int) -> int:
    """Where the part that the heading at `index` opens ends.

    The widest container that begins with the heading and holds little but links and short lines; or anything if the
    heading ends an article, of which `above` characters stand before it. A container of more than these may be the
    article itself, whose text a box of links opens. Without any, the links that follow.
    """
    boxes = blocks[index].boxes
    claimed = 0
    for depth in range(1, len(boxes) + 1):
        if index and _inside(blocks[index - 1], boxes[:depth]):
            continue
        stop = index + 1
        while stop < len(blocks) and stop - index <= _LARGEST_BOX and _inside(blocks[stop], boxes[:depth]):
            stop += 1
        if not index + 1 < stop <= index + _LARGEST_BOX:
            continue
        inside = blocks[index + 1 : stop]
        if _is_foreign(inside):
            return stop
        if above >= _ENOUGH and not claimed:
            claimed = stop
            if sum(len(block.text) for block in inside) <= above:
                break
    stop = index + 1
    while stop < len(blocks) and _hangs_on(blocks[stop]):
        stop += 1
    return claimed or stop


def _inside(block: TextBlock, scope: tuple[int, ...]) -> bool:
    return block.boxes[: len(scope)] == scope


def _is_foreign(blocks: list[TextBlock]) -> bool:
    """Links, their sapos and captions, or short lines: what a box of related stories holds."""
    size = foreign = 0
    after_link = False
    for block in blocks:
        linked = block.links >= 0.5
        size += len(block.text)
        if linked or after_link or block.role == "caption" or len(block.text) < 120:
            foreign += len(block.text)
        after_link = linked
    return foreign >= 0.6 * size


def _hangs_on(block: TextBlock) -> bool:
    """Whether a block below a bare heading still belongs to its box: a link, or the picture of one."""
    return block.links >= 0.5 or block.role == "caption"


def _strip_links(blocks: list[TextBlock], dropped: list[Dropped]) -> tuple[list[TextBlock], list[Dropped]]:
    """Drop lines that are nothing but the headline of another story, and cards: such a headline with its sapo."""
    kept: list[TextBlock] = []
    card: tuple[int, ...] = ()
    sizes: dict[tuple[int, ...], int] = {}
    for block in blocks:
        sizes[block.boxes] = sizes.get(block.boxes, 0) + 1
    for block in blocks:
        if card and _inside(block, card):
            dropped.append(Dropped(block.text, "card"))
        elif _is_headline_link(block):
            dropped.append(Dropped(block.text, "link"))
            card = block.boxes if block.boxes and sizes[block.boxes] <= 4 else ()
        else:
            card = ()
            kept.append(block)
    return _strip_tail(kept, blocks, dropped), dropped


def _strip_tail(kept: list[TextBlock], blocks: list[TextBlock], dropped: list[Dropped]) -> list[TextBlock]:
    """Drop links at the very end, and a heading that nothing but dropped links followed."""
    links = bool(kept) and bool(blocks) and kept[-1] is not blocks[-1]
    while len(kept) > 1:
        last = kept[-1]
        heads = links and len(last.text) < 60 and last.role in ("text", "heading") and not last.right
        if last.links >= 0.95 and last.role != "caption" and not documents(last.text):
            links = True
        elif not heads or SENTENCE_END.search(last.text.rstrip(":")) or _signs(last):
            break
        else:
            links = False
        dropped.append(Dropped(kept.pop().text, "link" if links else "heading: of links"))
    return kept


def _signs(block: TextBlock) -> bool:
    """Whether it may be the byline."""
    return bool(signature(block.text)) or block.text.startswith(("(", "Theo ", "Nguồn"))


def _is_headline_link(block: TextBlock) -> bool:
    """A line that is all link, or link with a label or date, and reads like a headline, which may be a question.

    The link of a decree by its number is the article's own.
    """
    asks = block.links >= 0.95 and block.text.endswith("?")
    if block.links < 0.5 or block.role == "caption" or (SENTENCE_END.search(block.text) and not asks):
        return False
    if block.links < 0.95 and not (block.role == "item" or block.folded.startswith(_LABELS)):
        return False
    words = len(block.text.split())
    if words < 4:
        return False
    return words > 14 or not (_INSTRUMENT.match(block.text) and documents(block.text))

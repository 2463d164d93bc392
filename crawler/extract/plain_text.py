"""Takes plain text apart that somebody else extracted, by the same headings, lines and signatures as a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from crawler.extract.boilerplate import (
    BOX_HEADINGS,
    END_HEADINGS,
    SENTENCE_END,
    Dropped,
    heading_form,
    line_rule,
    split_dateline,
)
from crawler.extract.byline import is_deed, names, signature
from crawler.extract.captions import is_credit
from crawler.extract.reader import TextBlock
from crawler.text import INVISIBLE, nfc


@dataclass(frozen=True, slots=True)
class CleanText:
    """Plain text taken apart by `clean_text`."""

    title: str | None
    lead: str | None
    body: tuple[str, ...]
    captions: tuple[str, ...]
    authors: tuple[str, ...]
    dropped: tuple[Dropped, ...]


def clean_text(text: str, own_names: Iterable[str] = ()) -> CleanText:
    """Take apart plain text as another extractor left it: blank or no blank lines between its paragraphs."""
    lines = [" ".join(nfc(line).split()) for line in INVISIBLE.sub("", text).splitlines()]
    blocks = [TextBlock(line) for line in lines if line]
    blocks, dropped = _cut_plain(blocks)
    captions: dict[str, None] = {}
    body: list[str] = []
    for position, block in enumerate(blocks):
        repeated = position and block.text == blocks[position - 1].text
        if is_credit(block.text) or (repeated and not SENTENCE_END.search(block.text)):
            captions[block.text] = None
            if repeated and body and body[-1] == block.text:
                body.pop()
        elif not repeated:
            body.append(block.text)
        else:
            dropped.append(Dropped(block.text, "repeat"))
    authors: tuple[str, ...] = ()
    if len(body) > 2 and is_deed(body[-1]) and signature(body[-2]):
        dropped.append(Dropped(body.pop(), "byline"))
    if len(body) > 1 and (signed := signature(body[-1])):
        authors = names(signed, own_names)
        body.pop()
    title = body.pop(0) if len(body) > 1 and len(body[0]) < 200 and not SENTENCE_END.search(body[0]) else None
    lead = None
    if title and len(body) > 1:
        _, lead = split_dateline(body.pop(0))
    return CleanText(title, lead, tuple(body), tuple(captions), authors, tuple(dropped))


def _cut_plain(blocks: list[TextBlock]) -> tuple[list[TextBlock], list[Dropped]]:
    """Plain text has no boxes: an end heading cuts to the end, a box heading the headlines below it."""
    kept: list[TextBlock] = []
    dropped: list[Dropped] = []
    index = 0
    while index < len(blocks):
        block, stop = blocks[index], index + 1
        folded, rule = heading_form(block), ""
        if kept and folded in END_HEADINGS:
            stop, rule = len(blocks), f"heading: {block.text}"
        elif folded in BOX_HEADINGS:
            rule = f"heading: {block.text}"
            while stop < len(blocks) and _is_headline(blocks[stop].text):
                stop += 1
        else:
            rule = line_rule(block)
        if rule:
            dropped += [Dropped(other.text, rule) for other in blocks[index:stop]]
        else:
            kept.append(block)
        index = stop
    return kept, dropped


def _is_headline(line: str) -> bool:
    return len(line) < 160 and not SENTENCE_END.search(line)

"""Cuts the article's own head and byline off its body: they stand there on many pages, and are fields."""

from __future__ import annotations

import re

from crawler.extract.boilerplate import SENTENCE_END, Dropped, split_dateline
from crawler.extract.by_layout import Parts
from crawler.extract.byline import is_agency, names, signature
from crawler.extract.page import Page
from crawler.extract.reader import TextBlock, fold_line
from crawler.text import parse_date

_HEAD = 8  # blocks at the start of a body in which its own title, time or sapo may stand
_TAIL = 4  # blocks at its end in which a byline may stand


def marked_lead(page: Page, parts: Parts, blocks: list[TextBlock]) -> str:
    """The first paragraph, if the page sets it apart and its description or a wire's mark says that it is the sapo."""
    title = fold_line(parts.title)
    texts = [block for block in blocks[:_HEAD] if block.role in ("text", "heading") and block.folded != title]
    first = next((block for block in texts if len(block.text) > 60), None)
    if first is None:
        return ""
    after = next(iter(texts[texts.index(first) + 1 :]), None)
    stated = [fold_line(text)[:50] for text in page.meta("description", "og:description")]
    said = split_dateline(first.text)[0] or any(len(start) == 50 and start in first.folded for start in stated)
    apart = after is None or first.strong or first.role == "heading" or first.boxes != after.boxes
    return first.text if said and apart else ""


def trim(
    blocks: list[TextBlock], parts: Parts, lead: str, own: tuple[str, ...]
) -> tuple[list[TextBlock], tuple[str, ...], list[Dropped]]:
    """The body without the article's head and byline, the names of those who signed, and what was cut off.

    `lead` without the wire's mark; `own` are the names by which the publisher calls itself.
    """
    dropped: list[Dropped] = []
    title, sapo = fold_line(parts.title), fold_line(lead)
    for index, block in enumerate(blocks[:_HEAD]):
        if block.folded == title:
            dropped += [Dropped(b.text, "head: before the title") for b in blocks[: index + 1]]
            blocks = blocks[index + 1 :]
            break
    authors = tuple(dict.fromkeys(name for line in parts.bylines for name in names(line, own)))
    kept: list[TextBlock] = []
    known = {title, sapo} - {""}
    seen = set(known)
    captions = {block.text for block in blocks if block.role == "caption"}
    for position, block in enumerate(blocks):
        folded = fold_line(split_dateline(block.text, own)[1]) if position < _HEAD else block.folded
        if block.role != "caption" and (
            (folded in seen and (len(folded) > 60 or folded in known))
            or block.text in captions
            or (position < _HEAD and len(block.text) < 60 and _is_head_line(block.text, parts, authors, own))
        ):
            dropped.append(Dropped(block.text, "repeat"))
            continue
        seen.add(folded)
        kept.append(block)
    for _ in range(_TAIL):
        last = next((block for block in reversed(kept) if block.role != "caption"), None)
        if last is None or len(kept) < 2 or not _is_byline(last, kept, authors, own):
            break
        kept.remove(last)
        dropped.append(Dropped(last.text, "byline"))
        if not parts.bylines:
            authors = tuple(dict.fromkeys((*names(last.text, own), *authors)))
    return kept, authors, dropped


def is_picture_story(blocks: list[TextBlock]) -> bool:
    """A picture story: what is to be read stands in the captions."""
    captions = [len(block.text) for block in blocks if block.role == "caption"]
    text = sum(len(block.text) for block in blocks if block.role != "caption")
    return bool(captions) and (not text or (sum(captions) > 2 * text and sum(captions) > 80 * len(captions)))


def _is_head_line(text: str, parts: Parts, authors: tuple[str, ...], own: tuple[str, ...]) -> bool:
    """A line of the head that stands inside the body: the time, the byline, the section."""
    if text in parts.times or text in parts.bylines or (authors and names(text, own) == authors):
        return True
    when = parse_date(text)
    return bool(when and when.precision != "day" and not SENTENCE_END.search(text))


def _is_byline(block: TextBlock, kept: list[TextBlock], authors: tuple[str, ...], own: tuple[str, ...]) -> bool:
    """The last line signs the article: set apart by its style, or a known name, or a bare agency."""
    text = block.text
    if block.role in ("heading", "row", "item") or len(text) > 90:
        return False
    bare = text.strip("()[] .")
    if is_agency(bare, own) or (authors and names(text, own) == authors):
        return True
    if re.fullmatch(r"[(\[].*[)\]]\.?", text) and not names(bare, own):
        return True
    if re.match(r"(?:theo|nguồn)\b", text, re.I) and len(text.split()) <= 8 and not SENTENCE_END.search(text):
        return True
    if block.right and len(text) <= 60 and not SENTENCE_END.search(text):
        return True
    if not signature(text):
        return False
    before = next((b for b in reversed(kept[: kept.index(block)]) if b.role != "caption"), None)
    return block.right or block.strong or bool(before and before.role == "text" and SENTENCE_END.search(before.text))

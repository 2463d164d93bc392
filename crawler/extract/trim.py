"""Cuts the article's own head and byline off its body: they stand there on many pages, and are fields."""

from __future__ import annotations

from crawler.extract.boilerplate import SENTENCE_END, Dropped, split_dateline
from crawler.extract.by_layout import Parts
from crawler.extract.byline import names
from crawler.extract.page import Page
from crawler.extract.reader import TextBlock, fold_line
from crawler.extract.sign_off import sign_off
from crawler.text import parse_date

_NEAR = 2  # blocks between a caption and the same words given once more
_PARAGRAPH = 80  # characters
_HEAD = 8  # blocks at the start of a body in which its own title, time or sapo may stand


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
        if block.role == "caption":
            continue
        if _is_running(block) and block.folded not in (title, sapo):
            break  # the article has begun: what repeats the headline now is no head
        if block.folded == title:
            dropped += [Dropped(b.text, "head: before the title") for b in blocks[: index + 1]]
            blocks = blocks[index + 1 :]
            break
    authors = tuple(dict.fromkeys(name for line in parts.bylines for name in names(line, own)))
    kept: list[TextBlock] = []
    known = {title, sapo} - {""}
    seen = set(known)
    captions = {block.text for block in blocks if block.role == "caption"}
    begun = False  # a paragraph of the text stands above: from here on the sapo's words are the text's
    for position, block in enumerate(blocks):
        if block.role == "caption":
            kept.append(block)
            continue
        mark, rest = split_dateline(block.text, own) if position < _HEAD else (None, block.text)
        folded = fold_line(rest) if mark else block.folded
        if (
            (folded in seen and (len(folded) > 60 or folded in known) and not (begun and folded == sapo))
            or (block.text in captions and _is_caption_again(blocks, position))
            or (position < _HEAD and len(block.text) < 60 and _is_head_line(block.text, parts, authors, own))
        ):
            dropped.append(Dropped(block.text, "repeat"))
            continue
        begun = begun or _is_running(block)
        seen.add(folded)
        kept.append(block)
    kept, signed, cut = sign_off(kept, authors, own)
    if not parts.bylines:
        authors = tuple(dict.fromkeys((*signed, *authors)))
    dropped += cut
    return kept, authors, dropped


def is_picture_story(blocks: list[TextBlock]) -> bool:
    """A picture story: what is to be read stands in the captions."""
    captions = [len(block.text) for block in blocks if block.role == "caption"]
    text = sum(len(block.text) for block in blocks if block.role != "caption")
    return bool(captions) and (not text or (sum(captions) > 2 * text and sum(captions) > 80 * len(captions)))


def _is_running(block: TextBlock) -> bool:
    """A paragraph of the text, which no line of a head is."""
    return block.role == "text" and len(block.text) >= _PARAGRAPH and bool(SENTENCE_END.search(block.text))


def _is_caption_again(blocks: list[TextBlock], position: int) -> bool:
    """Whether a caption near a line has its words; far from it they are the text's own."""
    near = blocks[max(0, position - _NEAR) : position + _NEAR + 1]
    return any(block.role == "caption" and block.text == blocks[position].text for block in near)


def _is_head_line(text: str, parts: Parts, authors: tuple[str, ...], own: tuple[str, ...]) -> bool:
    """A line of the head that stands inside the body: the time, the byline, the section."""
    if text in parts.times or text in parts.bylines or (authors and names(text, own) == authors):
        return True
    when = parse_date(text)
    return bool(when and when.precision != "day" and not SENTENCE_END.search(text))

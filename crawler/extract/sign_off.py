"""The lines behind a text in which it is signed: its authors, or the agency that it comes from.

A name alone is no signature: lists of people who are honoured, the signatory of a document and the last cell of a draw
end a text too. What tells them apart is the line's own label ("Tin, ảnh: …"), its style, and what stands above it.
"""

from __future__ import annotations

import re

from crawler.extract.boilerplate import SENTENCE_END, Dropped
from crawler.extract.byline import (
    PLACES,
    are_agencies,
    is_deed,
    is_desk,
    is_labelled,
    is_listed,
    is_office,
    is_person,
    is_stated_person,
    is_titled,
    names,
    office_holder,
    signature,
    signs_by_label,
)
from crawler.extract.reader import TextBlock

_TAIL = 4  # blocks at the end of a body in which a byline may stand
_UNLABELLED = 2  # lines of names without a label that may sign; more of them are a list
_LONG = 90  # characters; no byline is longer but one that tells the author's office
_RUNNING = 100  # characters of a line that is running text though no full stop ends it
_PARENTHESIS = re.compile(r"[(\[].*[)\]]\.?")
_CLOCK, _DAY = r"\d{1,2}\s?[:h]\s?\d{2}(?::\d{2})?(?:\s?[ap]m)?", r"(?:ngày )?\d{1,2}([/.-])\d{1,2}\%d\d{4}"
_TIME = re.compile(rf"\W*(?:{_CLOCK}\W+{_DAY % 1}|{_DAY % 2}\W+{_CLOCK})\W*", re.I)  # under a text: when it was posted
_SOURCE = re.compile(r"[(\[]?\s*(?:theo|nguồn)\b", re.I)
# "Nguồn: …", "Theo Reuters", "Theo báo Dân Việt", "Theo baochinhphu.vn", and no "Nguồn vốn của dự án".
_STATED = re.compile(
    r"(?i:nguồn)\b[^:.]{0,12}:|(?i:nguồn|theo)(?:\s*:|\s+(?:[\w-]+\.\w|[A-ZĐÀ-Ỹ\d\"“(]))"
    r"|(?i:theo (?:báo|tạp chí|đài|hãng|trang|website|cổng)\b)"
)


def sign_off(
    kept: list[TextBlock], authors: tuple[str, ...], own: tuple[str, ...]
) -> tuple[list[TextBlock], tuple[str, ...], list[Dropped]]:
    """The body without the lines that sign it, the names on them in page order, and what was cut off.

    `authors` are those whom the page names beside the text, `own` the publisher's names.
    """
    texts = [block for block in kept if block.role != "caption"]
    signed: list[TextBlock] = []
    for block in reversed(texts[-_TAIL:]):
        if len(kept) - len(signed) < 2 or not _may_sign(block, authors, own):
            break
        signed.append(block)
    while signed and not _stands(signed, kept, authors, own):
        signed.pop()  # the uppermost: what is below it may still stand by itself
    gone = {id(block) for block in signed}
    found = tuple(dict.fromkeys(name for block in reversed(signed) for name in _names(block.text, own)))
    return (
        [block for block in kept if id(block) not in gone],
        found,
        [Dropped(block.text, "byline") for block in signed],
    )


def _names(text: str, own: tuple[str, ...]) -> tuple[str, ...]:
    """Who signs on a line: "Theo Hồ Hương" names a person, "Theo Venturebeat" and "Theo NHK" a source."""
    found = () if is_deed(text) else names(text, own)
    if not _SOURCE.match(text):
        return found
    return tuple(name for name in found if is_stated_person(name) and not (name.isalpha() and name.isupper()))


def _may_sign(block: TextBlock, authors: tuple[str, ...], own: tuple[str, ...]) -> bool:
    """Whether a line can sign by what it says."""
    text = block.text
    if _TIME.fullmatch(text):
        return True
    if len(text) > 2 * _LONG or block.role in ("heading", "row", "item") or is_listed(text):
        return False
    if _is_aside(text):
        return True
    if (holder := office_holder(text)) and (holder.isupper() or _is_set_apart(block)):
        return True
    return len(text) <= _LONG and (_is_certain(text, authors, own) or _is_name_line(block, own))


def _is_aside(text: str) -> bool:
    """A line that signs nothing by itself and may stand below one that does: "(tổng hợp)", "Ảnh: TTXVN"."""
    return is_deed(text) or (is_labelled(text) and bool(signature(text)) and not signs_by_label(text))


def _is_certain(text: str, authors: tuple[str, ...], own: tuple[str, ...]) -> bool:
    """A line that signs wherever it stands: a known author, an agency, a stated source, a byline's label."""
    bare = text.strip("()[] .")
    if _TIME.fullmatch(text) or are_agencies(bare, own) or (authors and names(text, own) == authors):
        return True
    if _PARENTHESIS.fullmatch(text) and not names(bare, own):
        return True
    if _STATED.match(bare) and len(bare.split()) <= 8 and not SENTENCE_END.search(text):
        return True
    return signs_by_label(text)


def _is_name_line(block: TextBlock, own: tuple[str, ...]) -> bool:
    """A line of nothing but names, or a desk."""
    found = names(block.text, own) if signature(block.text) and not is_labelled(block.text) else ()
    if not found or any(name.casefold() in PLACES for name in found):
        return False
    styled = _is_set_apart(block)
    return block.right or all(
        is_person(name, alone=not styled) or is_desk(name) or (styled and is_titled(name)) for name in found
    )


def _is_set_apart(block: TextBlock) -> bool:
    return block.right or block.strong or block.italic


def _stands(signed: list[TextBlock], kept: list[TextBlock], authors: tuple[str, ...], own: tuple[str, ...]) -> bool:
    """Whether the uppermost of the `signed` lines, the last line first, stands where a byline does."""
    top = signed[-1]
    if is_deed(top.text):
        return False  # nobody is named above it
    if _is_certain(top.text, authors, own):
        return True
    if _is_aside(top.text):
        return False
    if len(signed) > 1 and is_deed(signed[-2].text):
        return True
    if sum(not (_is_aside(block.text) or _is_certain(block.text, authors, own)) for block in signed) > _UNLABELLED:
        return False
    above = kept[: next(place for place, block in enumerate(kept) if block is top)]
    # Of a picture story the captions are the text.
    before = next((block for block in reversed(above) if block.role != "caption"), above[-1] if above else None)
    if before is None:
        return False
    if (
        is_office(before.text)
        or before.text.endswith((":", ";", ","))
        or before.role == "item"
        or is_listed(before.text)
    ):
        return False
    if signature(before.text) and not SENTENCE_END.search(before.text):
        return False  # one more name above: a list
    if SENTENCE_END.search(before.text) and (before.role == "text" or _is_set_apart(top)):
        return True
    return _is_set_apart(top) and (top.right or before.role == "caption" or len(before.text) >= _RUNNING)

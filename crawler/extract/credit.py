"""The stated source of an article: the agency, paper or portal that the page says it was taken from.

    dateline    (TTXVN) - Sáng nay, …      Hà Nội (TTXVN) - …      Theo TTXVN/Vietnam+ - …
    byline      Lê An/VOV.VN               Lê An (Theo Reuters)
    end         Theo TTXVN                 (Nguồn: baochinhphu.vn)
    element     <p class="source">Nhịp sống thị trường</p>

A name counts without a label if it is known, is a host or calls itself a paper; behind "Theo" or "Nguồn:", on a line of
its own, any name does that is no person. What attributes a sentence ("Theo ông Nam, …"), a picture ("Ảnh: TTXVN") or a
table is none. The publisher's own name is the credit of a page that states no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from crawler.extract.boilerplate import SENTENCE_END, split_dateline
from crawler.extract.by_layout import Parts, is_quoted
from crawler.extract.byline import PLACES, VOCABULARY, is_agency, is_stated_person
from crawler.extract.page import tidy
from crawler.extract.reader import TextBlock

_KNOWN = frozenset(name.casefold() for name in VOCABULARY["datelines"])
_SPELLINGS = {name.casefold(): name for key in ("datelines", "agencies") for name in VOCABULARY[key]}
_WRITTEN = frozenset(name for key in ("datelines", "agencies") for name in VOCABULARY[key])
_NOBODY = re.compile(rf"(?:{'|'.join(VOCABULARY['no_sources'])})(?:\b|$)", re.I)
_PRESS = re.compile(rf"(?i:{'|'.join(VOCABULARY['press'])})\s+(?=[A-ZĐÀ-Ỹ0-9])")
_RANK = re.compile(rf"(?:{'|'.join(VOCABULARY['ranks'])}|ông|bà)\b", re.I)
_LABEL = re.compile(
    r"(?:^|(?<=[\s(\[/,;|–—-]))(?:theo|nguồn(?: tin)?|(?:tổng hợp|dịch|lược dịch) (?:từ|theo))\b\s*:?\s*", re.I
)
_OF_PICTURE = re.compile(
    r"[\s(\[,;.–—-]*\b(?:nguồn )?(?:chùm )?(?:ảnh|hình|video|clip|đồ h(?:ọa|oạ)|minh h(?:ọa|oạ)|infographic)\b"
    r"[^:()]{0,20}:.*$|^nguồn (?:ảnh|hình|video|clip|dữ liệu|số liệu|tư liệu)\b.*$",
    re.I,
)
_OF_TEXT = re.compile(
    r"^(?:(?:tin|bài|bài viết|nội dung)\b[\s,/&–-]*(?:(?:và )?(?:ảnh|video|clip)\b[\s,/&–-]*)*):\s*", re.I
)
_SPLIT = re.compile(r"\s*[/,;|()\[\]]\s*|\s+[-–—•·]\s+")
_AND = re.compile(r"\s*&\s*|\s+và\s+")
_HOST = re.compile(
    r"(?:https?://)?(?:www\.)?((?:[a-z0-9-]{1,40}\.){1,4}(?:vn|com|net|org|info|edu|gov|asia|eu))(?:/\S*)?", re.I
)
_ONLINE = re.compile(r"(?:\s*[-.]?\s*(?:online|điện tử|news|\.vn|\d))+$", re.I)
_REPORTER = re.compile(r"^(?:(?:nhóm )?(?:pv|p\.v|phóng viên|btv)\s+|theo\s+)|\s+tại\s.*$", re.I)
_GLUED = re.compile(r"(?<=[a-zà-ỹ])\s?(TTXVN|VOV\d?|VTV\d?|VGP)$")
_OPENING = re.compile(
    r"(?P<place>[^()–—:]{0,40}?)\((?P<mark>[^()]{2,50})\)\s*[-–—:|]"
    r"|(?:theo\s+|nguồn:?\s+)(?P<stated>[^()–—,:]{2,40}?)\s+[-–—]\s"
    r"|(?P<joined>[^\s()–—,:][^()–—,:]{0,20}/[^()–—,:]{1,20}?)\s*[-–—]\s",
    re.I,
)
_MARKED = (")", " -", "- ", " –", "– ", " —", "— ")  # one of these stands behind every mark before a text
# Words without which a line of nothing but letters is a name, as most lines are that sign.
_TELLING = frozenset(
    "theo nguồn tổng dịch pv phóng btv báo tạp đài thông hãng cổng trang website online vov vtv vgp".split()
)
_CLOSING = re.compile(r"[.!?…/”\"]\s*\(([^()]{2,60})\)[./]*$")
_OF_FIGURE = re.compile(r"\W*nguồn\b", re.I)
_FIGURES = ("row", "caption")  # what a table or a picture was taken from stands below it
_ELEMENTS = "[class*=source], [class*=nguon]"
_NAMED = re.compile(r"(?:^|[-_\s])(?:source|nguon(?:-tin)?)$", re.I)
_OF_OTHERS = re.compile(r"im(?:g|age)|photo|pic|video|time|copy|caption|content", re.I)
_MOST_ELEMENTS = 20
_EDGES = " .,:;-–—*_\"“”'()[]"
_LONGEST = 100  # characters of a line that states a source
_LONG_ADDRESS = 300  # of one with an address in it
_LONG_NAME = 60
_WORDS = 9


def credit(
    parts: Parts,
    stamp: str | None,
    dateline: str | None,
    lead: str,
    blocks: list[TextBlock],
    signed: list[str],
    authors: tuple[str, ...],
    own: tuple[str, ...],
) -> str | None:
    """The sources that a page states, each once, in the order of the page, joined by "/"; None when it states none.

    `stamp` is the place before the text and what stands behind it, `dateline` the wire's mark; `blocks` are the body
    that is left, `signed` the lines that were cut off as its byline, in page order; `own` the names by which the
    publisher calls itself.
    """
    stated = [
        sources(stamp or "", own),
        _of_mark(dateline),
        *(_of_opening(text, own) for text in dict.fromkeys((lead, blocks[0].text if blocks else ""))),
        *(sources(line, own) for line in parts.bylines),
        *_of_end(blocks, signed, own),
        *(_of_element(text, own) for text in _elements(parts)),
    ]
    stated = [names for names in stated if names]
    if len(stated) > 1:
        ours = {_key(name) for name in own if len(name) <= _LONG_NAME}
        stated = [names for names in stated if not all(_key(name) in ours for name in names)] or stated
    signing = {_key(name) for name in authors} if stated else set()
    found: dict[str, str] = {}
    for name in (name for names in stated for name in names):
        if _key(name) not in signing:
            found.setdefault(_key(name), name)
    return "/".join(found.values()) or None


def sources(line: str, own: Iterable[str] = (), *, labelled: bool = False) -> tuple[str, ...]:
    """The sources on a line that signs: "Lê An/VOV.VN" → ("VOV.VN",); "(Theo Reuters, AFP)" → both; () for a sentence.

    `labelled` says that the line is a source without a word for it.
    """
    text = line.strip()
    if not labelled and _is_bare_name(text, own):
        return ()
    if len(text) > _LONGEST and (len(text) > _LONG_ADDRESS or "://" not in text):
        return ()
    text = _OF_PICTURE.sub("", _OF_TEXT.sub("", text))
    label = _LABEL.search(text)
    free, bound = (text[: label.start()], text[label.end() :]) if label else ("", text) if labelled else (text, "")
    found = [_known(name, own) for part in _parts(free) for name in _AND.split(part)]
    parts = [name for part in _parts(bound) for name in _joined(part, own)]
    if (whole := _known(bound, own)) and not all(_known(part, own) for part in parts):
        found.append(whole)  # "Cổng TTĐT Bộ Kế hoạch và Đầu tư" is one
    else:
        found += [_known(part, own) or _any_name(part, element=labelled) for part in parts]
    return tuple(dict.fromkeys(filter(None, found)))


def _is_bare_name(text: str, own: Iterable[str]) -> bool:
    """Whether a line is a name of nobody known, as most lines are that sign: nothing else is done for these."""
    if not text.replace(" ", "").isalpha() or not _TELLING.isdisjoint(text.casefold().split()):
        return not text
    return not (_GLUED.search(text) or is_agency(text, own))


def _parts(text: str) -> Iterator[str]:
    for match in _HOST.finditer(text) if "://" in text else ():
        yield match[0]
    for part in _SPLIT.split(re.sub(r"https?://\S+", "", text)):
        if glued := _GLUED.search(part):
            yield glued[1]
        elif bare := _REPORTER.sub("", part.strip(_EDGES)).strip(_EDGES):
            yield bare


def _joined(part: str, own: Iterable[str]) -> list[str]:
    """Both of "Reuters và AFP"; "Khoa học và Phát triển" is one."""
    sides = _AND.split(part)
    return sides if not _known(part, own) and all(_known(side, own) for side in sides) else [part]


def _known(name: str, own: Iterable[str] = ()) -> str | None:
    """`name` as its owner spells it if it is an agency, a paper, a host or the publisher; else None."""
    name = _spelt(name)
    folded = name.casefold()
    if host := _HOST.fullmatch(name):
        return _SPELLINGS.get(host[1].casefold(), host[1])
    if not 2 <= len(name) <= _LONG_NAME or _NOBODY.match(name) or folded in PLACES:
        return None
    bare = _ONLINE.sub("", folded.removeprefix("báo ")) or folded
    if any(is_agency(form, own) or form in _KNOWN for form in (folded, bare)) or _PRESS.match(name):
        return name if len(name.split()) <= _WORDS else None
    return None


def _any_name(name: str, *, element: bool) -> str | None:
    """A name behind a label that is nobody's known: "Đời sống Plus", "Bộ Y tế"; a person is an author."""
    name = _spelt(name)
    begins = name[:1].isupper() or name[:1].isdigit()
    if not 2 <= len(name) <= _LONG_NAME or len(name.split()) > _WORDS or not begins or _NOBODY.match(name):
        return None
    if name.casefold() in PLACES or ":" in name or (not element and _is_somebody(name)):
        return None
    return name


def _is_somebody(name: str) -> bool:
    return bool(_RANK.match(name)) or (" " in name and is_stated_person(name))


def _spelt(name: str) -> str:
    name = tidy(name).strip(_EDGES)
    if name in _WRITTEN:
        return name
    return name[:1].upper() + name[1:] if _PRESS.match(name) else _SPELLINGS.get(name.casefold(), name)


def _key(name: str) -> str:
    """What two spellings of one source have in common: VOV, VOV.VN, Báo điện tử VOV."""
    folded = name.casefold().removeprefix("báo ").removeprefix("điện tử ")
    return _ONLINE.sub("", folded) or folded


def _of_mark(mark: str | None) -> tuple[str, ...]:
    """The names in a mark of the wire: "(HNM/TTXVN)"; abbreviations of places are none."""
    names = map(_spelt, _LABEL.sub("", mark.strip("() ")).split("/")) if mark else ()
    return tuple(name for name in names if name.casefold() not in PLACES)


def _of_opening(text: str, own: tuple[str, ...]) -> tuple[str, ...]:
    """The names in a mark behind a place, or of several sources, which stays in the text."""
    head = text[:_LONGEST]
    if not any(mark in head for mark in _MARKED):
        return ()
    if mark := split_dateline(head, own)[0]:
        return _of_mark(mark)
    match = _OPENING.match(head)
    if not match:
        return ()
    place = match["place"] or ""
    if place and (len(place.split()) > 5 or not place[0].isupper() or _PRESS.match(place) or _known(place, own)):
        return ()  # "Đài Truyền hình Việt Nam (VTV) - …" begins a sentence
    names = [_known(part, own) for part in _parts(match["mark"] or match["stated"] or match["joined"])]
    return tuple(filter(None, names)) if match["mark"] or all(names) else ()


def _of_end(blocks: list[TextBlock], signed: list[str], own: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """What the lines below the text state, and what stands behind its last sentence."""
    if not blocks:
        return
    last, above = blocks[-1], blocks[-2].role if len(blocks) > 1 else ""
    for line in signed:
        if not (last.role in _FIGURES and _OF_FIGURE.match(line)):
            yield sources(line, own)
    if last.role not in ("text", "item"):
        return
    if ")" in last.text[-3:] and (closing := _CLOSING.search(last.text[-_LONGEST:])):
        stated = _LABEL.sub("", closing[1])
    elif len(last.text) <= _LONGEST and (label := _LABEL.match(last.text.lstrip("(["))):
        if above in _FIGURES and _OF_FIGURE.match(last.text):
            return
        stated = last.text.lstrip("([")[label.end() :]
    else:
        return
    # These stay in the text, so only what is known to be a source counts.
    several = [_known(part, own) for part in _parts(stated)]
    names = several if several and all(several) else [_known(stated, own)]
    yield tuple(filter(None, names)) if all(names) else ()


def _elements(parts: Parts) -> Iterator[str]:
    """Texts near the article whose class says that they name its source."""
    scope = parts.scope or parts.roots[0].parent or parts.roots[0]
    for node in scope.css(_ELEMENTS)[:_MOST_ELEMENTS]:
        named = node.attributes.get("class") or ""
        if _NAMED.search(named) and not _OF_OTHERS.search(named) and not is_quoted(node):
            yield tidy(node.text(separator=" "))


def _of_element(text: str, own: tuple[str, ...]) -> tuple[str, ...]:
    return () if "://" in text or SENTENCE_END.search(text) else sources(text, own, labelled=True)

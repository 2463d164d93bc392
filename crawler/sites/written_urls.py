"""Addresses as people, feeds and copied lists write them: with invisible signs, without a scheme, in a sentence."""

from __future__ import annotations

import re

from crawler.text import INVISIBLE_SIGNS

_INVISIBLE = INVISIBLE_SIGNS + "\u2028\u2029"  # the ends of lines and paragraphs that no editor shows
# What str.strip takes off by itself.
_BLANKS = " \t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
EDGES = _BLANKS + _INVISIBLE
"""Characters that mean nothing at the end of an address."""
# The same signs once a program has percent-encoded them.
_ENCODED_END = re.compile(r"(?:%(?:09|0a|0d|20|c2%a0|c2%ad|ef%bb%bf|e2%80%(?:8[b-f]|a[89a-e])))+\Z", re.IGNORECASE)
_HIDDEN = re.compile(f"[{_INVISIBLE}]")
_QUOTED = (("<", ">"), ('"', '"'), ("'", "'"), ("“", "”"), ("‘", "’"), ("«", "»"), ("`", "`"), ("(", ")"), ("[", "]"))
_PLAIN = re.compile(r"https?://[a-z0-9.-]+/[\w/.-]*[\w/]", re.ASCII)  # nearly every address: nothing to mend
_BULLET = re.compile(
    r"\A(?:[-*•·▪●–—>»→]+|[(\[]?[0-9]{1,4}[.)\]]|(?:link|url|nguồn|source) ?:)[ \t\u00a0]+"
    r"(?=[<\[]?(?:https?:|www\.|\[))",
    re.IGNORECASE,
)
_MARKDOWN = re.compile(r"\[[^\[\]]*\]\((?=https?:)([^\s()]+)\)")  # [headline](address)
_SCHEME = re.compile(r"(?:(https?)(?::/*|//)|\A//)(?=[\w.-]+\.[a-z]{2,}(?:[:/?#]|\Z))", re.IGNORECASE)
# What a program puts before each address, though it is absolute: its scheme, or its host as well.
_DOUBLED = re.compile(r"https?:/{0,2}(?:[\w.-]{1,255}/?)?(?=https?:/{1,2}[\w-]+\.)", re.IGNORECASE)
_TOP_LEVEL = r"vn|com|net|org|info|edu|gov|biz|asia|tv"  # what the hosts of Vietnamese papers and offices end in
_HOST = re.compile(
    rf"(?:www\.(?:[\w-]+\.)+[a-z]{{2,}}|(?:[\w-]+\.)+(?:{_TOP_LEVEL}))(?::[0-9]{{1,5}})?(?=[/?#]|\Z)", re.IGNORECASE
)
_WEB = re.compile(r"https?://[^\s/?#]*[^\s/?#.]\.[^\s/?#.]", re.IGNORECASE)
_INSIDE = re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE)
_LONGEST = 16_000  # characters; what is longer is no address whatever is taken off it


def bare(text: str) -> str:
    """`text` without the blanks and invisible signs at its ends, raw or percent-encoded."""
    text = text.strip(EDGES)
    return _ENCODED_END.sub("", text) if "%" in text[-9:] else text


def written(text: str) -> str:
    """The address that somebody wrote down: no quotes or signs of a list round it, none that cannot be seen in it, and
    one
    scheme before its host. What looks like no address comes back as it is, but for the invisible."""
    if _PLAIN.fullmatch(text) or len(text) > _LONGEST:
        return text
    text = bare(_HIDDEN.sub("", text)).rstrip(".,;").rstrip()
    text = _BULLET.sub("", text)
    if link := _MARKDOWN.fullmatch(text):
        text = link[1]
    for left, right in _QUOTED:
        if text.startswith(left) and text.endswith(right) and len(text) > 1:
            text = bare(text[1:-1])
    text = _DOUBLED.sub("", text, count=1) if text.count(":") > 1 else text
    if match := _SCHEME.match(text):
        return f"{(match[1] or 'https').lower()}://{text[match.end() :]}"
    return f"https://{text}" if _HOST.match(text) else text


def is_web(text: str) -> bool:
    """Whether `text` is an absolute http or https address of a host that can be in the web."""
    return _WEB.match(text) is not None


def address_in(text: str) -> str | None:
    """The first address inside a longer text or piece of markup."""
    found = _INSIDE.search(text)
    return found[0] if found else None

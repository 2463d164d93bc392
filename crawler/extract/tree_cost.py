"""What a parser makes of markup beyond the tags in it, counted without parsing.

The HTML standard (13.2.4.3, the list of active formatting elements) has unclosed `<b>` and its like opened again in
each block, cell and paragraph behind them: 85 KB of `<font id=…>` and `<p>` are four million elements, 2.8 GB. And some
of lexbor's own work grows with the square of what it meets: the attributes that further `<body>` tags add to the first,
the options of one list, the different names of attributes.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict

MOST_REOPENED = 400_000
"""Formatting elements that are opened again, 700 bytes each; real pages stay below three thousand."""
MOST_OPTIONS = 10_000
"""Of all lists; real pages have a few hundred."""
MOST_BODIES = 8
"""`html` and `body` tags with attributes; real pages have two, or the whole page twice."""
MOST_NAMES = 50_000
"""Different names of attributes, the words of scripts among them; a real page of 1.4 MB has 11,000."""
_FORMATTING = frozenset(b"b big code em font i s small strike strong tt u".split())
"""Of those that are opened again, `a` and `nobr` are not counted: a second closes the first."""
_ALIKE = 3  # of the same name and attributes are remembered (the standard's "Noah's Ark clause")
# What is opened in these, stays there.
_SCOPES = frozenset(b"applet caption marquee object table td template th".split())
_CELLS = frozenset((b"td", b"th"))
_LONG = 1_000_000  # bytes; in fewer no number of names takes more than six seconds
_MARKED = re.compile(  # with one letter in front of all: what begins so is found without trying the rest
    rb"<(?=[biusetfcohBIUSETFCOH])(?:(?:[biusBIUS]|[eE][mM]|[tT][tT]|[bB][iI][gG]|[fF][oO][nN][tT]|[cC][oO][dD][eE]"
    rb"|[sS][mM][aA][lL]{2}|[sS][tT][rR](?:[iI][kK][eE]|[oO][nN][gG])|[bB][oO][dD][yY]|[hH][tT][mM][lL])[\t\n\f\r /]"
    rb"|[oO][pP][tT][iI][oO][nN]\b)"
)
_TAG = re.compile(rb"<(/?)(%b)(?=[\t\n\f\r />])([^>]*)" % b"|".join(sorted(_FORMATTING | _SCOPES)), re.I)
_ANY_TAG = re.compile(rb"<[A-Za-z][^>]*")
# Begun only where a word begins: a long value in front of a quotation mark would be read from each of its bytes.
_NAME = re.compile(rb"""(?<![^\t\n\f\r />"'=])[^\t\n\f\r />"'=]++(?=[\t\n\f\r />=]|$)""")


def too_costly(markup: bytes, tags: int) -> str | None:
    """What makes a page of so many tags too dear beyond their number, None for one that is not."""
    found = Counter(tag[1:-1].lower() if tag[-1] in b"\t\n\f\r /" else b"option" for tag in _MARKED.findall(markup))
    if found[b"option"] > MOST_OPTIONS:
        return f"more than {MOST_OPTIONS} options"
    if found[b"body"] + found[b"html"] > MOST_BODIES:
        return f"more than {MOST_BODIES} bodies"
    # Without attributes only so many differ.
    unlike = found.total() - found[b"option"] + _ALIKE * len(_FORMATTING)
    if unlike * tags > MOST_REOPENED and _reopened(markup) > MOST_REOPENED:
        return f"more than {MOST_REOPENED} formatting elements opened again"
    if len(markup) >= _LONG and _names(markup) > MOST_NAMES:
        return f"more than {MOST_NAMES} names of attributes"
    return None


class _Scope:
    """A cell, a table or the like, and the formatting elements that are open since it began, by name."""

    def __init__(self, name: bytes) -> None:
        self.name = name
        self.open: dict[bytes, list[bytes]] = defaultdict(list)

    def ended_by(self, name: bytes) -> bool:
        """Whether a tag of this name ends it."""
        return name == self.name or (name in _CELLS and self.name in _CELLS)


def _reopened(markup: bytes) -> int:
    """How many formatting elements may be opened again, each tag taken for one behind which they are.

    A closing tag counts in the cell or table in which its element was opened, and what is left open there stays so,
    which errs on the safe side.
    """
    scopes = [_Scope(b"")]
    alike: Counter[tuple[bytes, bytes]] = Counter()
    count = place = standing = 0
    for tag in _TAG.finditer(markup):
        count += standing * (markup.count(b"<", place, tag.start()) + 1)
        if count > MOST_REOPENED:
            return count
        place = tag.end()
        name, attributes, closing = tag[2].lower(), tag[3], bool(tag[1])
        if name not in _FORMATTING:
            if (closing or name in _CELLS) and len(scopes) > 1 and scopes[-1].ended_by(name):
                for kind, left in scopes.pop().open.items():
                    scopes[-1].open[kind] += left
            if not closing:
                scopes.append(_Scope(name))
        elif closing:
            if here := scopes[-1].open[name]:
                alike[name, here.pop()] -= 1
                standing -= 1
        elif alike[name, attributes] < _ALIKE:
            alike[name, attributes] += 1
            standing += 1
            scopes[-1].open[name].append(attributes)
    return count + standing * markup.count(b"<", place)


def _names(markup: bytes) -> int:
    tags = _ANY_TAG.findall(markup)
    if sum(map(len, tags)) < _LONG // 2:
        return 0
    return len({name for tag in tags for name in _NAME.findall(tag)})

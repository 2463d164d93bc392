"""Selectors for an element as a person would write them: short, and made of names that somebody gave.

A class name that a build tool made up changes with the next build; one that only says how an element looks says nothing
of what it is; a position changes with every advertisement. None of these is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import Tag

_IDENTIFIER = re.compile(r"-?[A-Za-z_][\w-]*", re.A)
_GENERATED = re.compile(
    r"^(?:css|sc|jss|emotion|svelte|astro|styled|makeStyles|jsx?|v|data-v|ng|_ng\w*|st|e)-?[0-9a-zA-Z]*\d[0-9a-zA-Z]*$"
    r"|^(?:sc|css|emotion|svelte|styled)-[A-Za-z0-9]{4,}(?:-\d+)?$|__(?=\w*[A-Z\d])[A-Za-z0-9]{5}$|^[A-Z]\w*_\w+__\w{5}$|(?:^|[-_])[0-9a-f]{6,}$|\d{3,}"
)
_MIXED = re.compile(r"(?=[^\d]*\d)(?=[^A-Z]*[A-Z])[A-Za-z0-9]{5,}$")  # "x7GhQ2"
_SCATTERED = re.compile(r"(?=(?:[a-z]*[A-Z]){3})[A-Za-z]{5,8}$")  # "HwQsNY"
_LOOKS = re.compile(
    r"(?:(?:sm|md|lg|xl|2xl|hover|focus|dark|print|first|last|group)[:-].*"
    r"|-?(?:m|p|mt|mb|ml|mr|mx|my|pt|pb|pl|pr|px|py|w|h|min-w|max-w|min-h|max-h|z|gap|space-[xy]|top|left|right|bottom|inset"
    r"|col|col-(?:xs|sm|md|lg|xl)|offset|order|row|grid-cols|leading|tracking|opacity|rounded|border|shadow|flex|items|justify"
    r"|self|basis|grow|shrink|text|font|bg|fs|fw|ff|lh|d|float|pull|align|overflow|object|aspect|line-clamp)(?:-[\w./%\[\]]+)?"
    r"|clear(?:fix)?|container(?:-fluid)?|wrapper|wrap|inner|outer|block|inline(?:-block)?|hidden|visible|show|fade|active|open"
    r"|relative|absolute|fixed|sticky|static|grid|table|truncate|uppercase|lowercase|italic|bold|underline|antialiased"
    r"|center|left|right|Mso\w+|first|last|odd|even|img-fluid|img-responsive|lazy(?:load(?:ed)?)?|no-\w+|is-\w+|has-\w+|js-\w+)"
)
_PREFIX = re.compile(
    r"^([A-Za-z][A-Za-z0-9]*(?:[-_]{1,2}[A-Za-z]+)*?)_{1,2}[A-Za-z0-9-]{5,}$"
)  # CSS modules: Name_part__hash
_CONTROL = re.compile(r"(?<=[a-z0-9_])_[A-Za-z][A-Za-z_]{4,}$")
_NAMING = ("itemprop", "data-role", "data-field", "data-type", "property", "role", "rel", "data-testid")
_SEMANTIC = frozenset(("h1", "h2", "time", "article", "main", "address", "figcaption"))
_PARENTS = 4  # elements above one whose names are tried with it


def selectors(tag: Tag) -> Iterator[str]:
    """Selectors that match `tag`, the most telling first; none when neither it nor what holds it has a name."""
    own = list(_own(tag))
    yield from own
    if tag.name in _SEMANTIC:
        yield tag.name
    for number, parent in enumerate(tag.parents):
        if number >= _PARENTS or parent.name in ("body", "html", "[document]"):
            break
        for name in _own(parent):
            join = " > " if number == 0 else " "
            if own and " " not in own[0]:
                yield f"{name} {own[0]}"
            yield f"{name}{join}{tag.name}"
        if parent.name in ("article", "main", "header"):
            yield f"{parent.name} {own[0]}" if own else f"{parent.name} {'> ' if number == 0 else ''}{tag.name}"


def is_stable(name: str) -> bool:
    """Whether somebody gave this class name or id to say what the element is."""
    plain = _IDENTIFIER.fullmatch(name) is not None
    return plain and not (
        _GENERATED.search(name) or _MIXED.search(name) or _SCATTERED.match(name) or _LOOKS.fullmatch(name)
    )


def _own(tag: Tag) -> Iterator[str]:
    """Selectors of the element's own names."""
    name = str(tag.get("id") or "")
    if name and is_stable(name) and not name.isdigit():
        yield f"#{name}"
    elif tail := _CONTROL.search(name):  # ASP.NET: the control's own name behind the numbers of what holds it
        yield f"[id$={tail[0]}]"
    for attribute in _NAMING:
        value = str(tag.get(attribute) or "")
        if value and re.fullmatch(r"[A-Za-z][\w-]*", value):
            yield f"[{attribute}={value}]" if tag.name not in _SEMANTIC else f"{tag.name}[{attribute}={value}]"
    for name in tag.get_attribute_list("class"):
        if not isinstance(name, str):
            continue
        if is_stable(name):
            yield f"{tag.name}.{name}" if tag.name in _SEMANTIC else f".{name}"
            if tag.name not in _SEMANTIC:
                yield f"{tag.name}.{name}"
        elif (written := _PREFIX.match(name)) and is_stable(written[1]) and len(written[1]) > 4:
            yield f"[class*={written[1]}_]"

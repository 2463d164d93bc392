"""The change of a definition as a unified diff: of the spider's file where there is one, else of the fields of `Site`.

A patch is a text for a person to read and apply. What a site wrote stands in it as a literal, and nothing of it is run.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from difflib import unified_diff
from itertools import chain
from pathlib import Path

from crawler.learn.writing import layout_name, layout_text, pattern_text, site_class, source_text
from crawler.sites import AddressForm, Layout, Site, Source
from crawler.sites.registry import OWN

_LONGEST = 8000  # characters of a patch


def mended(site: Site, route: str, by: tuple[Source, ...] | AddressForm) -> Site:
    """The definition with the stand-in in the place of what gives nothing any more."""
    if isinstance(by, AddressForm):
        exclude = "|".join(part for part in (site.exclude, by.exclude) if part) or None
        keep = tuple(dict.fromkeys((*site.keep_query, *by.keep_query)))
        return replace(site, article=f"{site.article}|{by.article}", exclude=exclude, keep_query=keep)
    kept = [by if one.url == route else (one,) for one in site.sources]
    return replace(site, sources=tuple(dict.fromkeys((*chain.from_iterable(kept), *by))))


def definition_patch(site: Site, better: Site) -> str:
    """What makes `better` of the definition; empty when nothing changes, or when it is longer than a patch may be."""
    file = spider_path(site.name)
    text = file.read_text(encoding="utf-8") if file is not None else ""
    changed = _rewritten(text, site, better) if text else None
    if changed is not None and file is not None:
        name = f"{file.parent.name}/{file.name}"
        return diff(text, changed, name)
    return diff(site_class(site), site_class(better), f"spiders/{site.name}.py")


def layout_patch(site: Site, layout: Layout) -> str:
    """What makes `layout` that of the definition, and what was its layout a past one."""
    file = spider_path(site.name)
    text = file.read_text(encoding="utf-8") if file is not None else ""
    changed = _with_layout(text, layout) if text else None
    if changed is not None and file is not None:
        return diff(text, changed, f"{file.parent.name}/{file.name}")
    before = site_class(site)
    head = f"from crawler.sites import {layout_name(site.layout)}\n\n\n"
    return diff(head + before, _with_layout(head + before, layout) or head + before, f"spiders/{site.name}.py")


def _with_layout(text: str, layout: Layout) -> str | None:
    """A spider's file with another layout; None when it does not stand in it as is usual."""
    name = layout_name(layout)
    was = re.search(r"\blayout=([A-Z_]+)\b", text)
    imports = re.search(r"^from crawler\.sites import ([\w, ]+)$", text, re.M)
    head = re.search(r"^class \w+\(NewsSpider\):", text, re.M)
    if was is None or imports is None or head is None:
        return None
    old = was[1]
    if name == "LAYOUT" and old == "LAYOUT":
        old = "LAYOUT_PAST"
        text = re.sub(r"\bLAYOUT\b", old, text)
    past = "" if old == "None" else f"past=({old}, " if "past=(" in text else f"past=({old},), "
    if "past=(" in text and past:
        text = text.replace("past=(", past, 1)
        past = ""
    text = re.sub(rf"\blayout={old}\b,? ?", lambda _: f"layout={name}, {past}".rstrip(" "), text, count=1)
    text = re.sub(r"(\blayout=[A-Z_]+,(?: past=\([A-Z_, ]+\),)?)(?=[a-z])", r"\1 ", text)
    wanted = {*imports[1].replace(" ", "").split(","), "Layout" if name == "LAYOUT" else name}
    line = f"from crawler.sites import {', '.join(sorted(wanted))}"
    text = re.sub(r"^from crawler\.sites import [\w, ]+$", lambda _: line, text, count=1, flags=re.M)
    if name == "LAYOUT":
        text = re.sub(
            r"^(?=class \w+\(NewsSpider\):)", lambda _: layout_text(layout) + "\n\n\n", text, count=1, flags=re.M
        )
    return text if _is_python(text) else None


def diff(before: str, after: str, name: str) -> str:
    """A unified diff of two texts, as `patch -p1` takes it; empty when it is too long to be read."""
    lines = unified_diff(before.splitlines(), after.splitlines(), f"a/{name}", f"b/{name}", n=2, lineterm="")
    text = "".join(f"{line}\n" for line in lines)
    return text if len(text) <= _LONGEST else ""


def spider_path(name: str) -> Path | None:
    """The file in which the spider of a site stands; None for a site without one, as those of the newsroom."""
    for package in (OWN, "spiders"):
        for folder in getattr(sys.modules.get(package), "__path__", ()):
            file = Path(folder) / f"{name}.py"
            if name.isidentifier() and file.is_file():
                return file
    return None


def _rewritten(text: str, site: Site, better: Site) -> str | None:
    """The file with the changed fields; None when they do not stand in it as they are usually written."""
    for pattern, written in _changes(site, better):
        places = list(re.finditer(pattern, text))
        if len(places) != 1:
            return None
        text = text[: places[0].start()] + written + text[places[0].end() :]
    return text if _is_python(text) else None


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def _changes(site: Site, better: Site) -> Iterator[tuple[str, str]]:
    """For each changed field the expression by which it is found in the file, and what is written there."""
    gone = [one for one in site.sources if one not in better.sources]
    new = [one for one in better.sources if one not in site.sources]
    kinds = {type(one).__name__ for one in new} - {type(one).__name__ for one in site.sources}
    written = [source_text(one) for one in new]
    if gone and len(new) > len(gone):
        written[len(gone) - 1 :] = [", ".join(written[len(gone) - 1 :])]
    for one, other in zip(gone, written, strict=False):
        yield _call(one), other
    if new and not gone:
        yield f"({_call(site.sources[-1])}),?", f"{', '.join((source_text(site.sources[-1]), *written))},"
    for one in gone[len(new) :]:
        yield rf"{_call(one)},?\s*", ""
    if site.article != better.article:
        yield rf"\barticle=r?\"{re.escape(site.article)}\"", f"article={pattern_text(better.article)}"
    if better.exclude and site.exclude != better.exclude:
        if site.exclude:
            yield rf"\bexclude=r?\"{re.escape(site.exclude)}\"", f"exclude={pattern_text(better.exclude)}"
        else:
            yield r"\n(?= *layout=)", f"\n        exclude={pattern_text(better.exclude)},\n"
    if site.keep_query != better.keep_query:
        yield (
            r"keep_query=\([^()]*\)|(?<= )(?=layout=)" if site.keep_query else r"(?<= )(?=layout=)",
            (f"keep_query={better.keep_query!r}" + ("" if site.keep_query else ", ")),
        )
    if kinds:
        names = ", ".join(sorted(kinds))
        yield r"from crawler\.sites import (?=[A-Z])", f"from crawler.sites import {names}, "


def _call(source: Source) -> str:
    """An expression for a source as it stands in a file, whatever else it says of it."""
    return rf"{type(source).__name__}\(\s*\"{re.escape(source.url)}\"[^()]*\)"

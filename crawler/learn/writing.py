"""Writes a learned site as the file of its spider, in the style of the others."""

from __future__ import annotations

import dataclasses
import keyword
import re
from collections.abc import Sequence

from crawler import sites as offered
from crawler.learn.learned import Learned
from crawler.sites import Css, Layout, Site, Source

_WIDTH = 112  # characters of a line
_FAMILIES = {id(layout): name for name, layout in vars(offered).items() if isinstance(layout, Layout)}


def spider_file(one: Learned) -> str:
    """The source of `spiders/<name>.py`."""
    site = one.site
    kinds = sorted({type(source).__name__ for source in site.sources} | {"Site"})
    constant = "LAYOUT" if one.own_layout else _FAMILIES.get(id(site.layout), "None")
    kinds = sorted([*kinds, "Layout"]) if one.own_layout else [constant, *kinds] if site.layout else kinds
    parts = [
        f'"""{_plain(site.publisher)}: learned from its pages."""',
        "from crawler.crawl import NewsSpider\n" + f"from crawler.sites import {', '.join(kinds)}",
        *([layout_text(site.layout) + "\n"] if one.own_layout and site.layout else []),
        ("" if one.own_layout else "\n") + _class(site, constant),
    ]
    return "\n\n".join(parts)


def file_of(site: Site) -> str:
    """The same for a site that has a definition and no file, as far as an adoption could have written it."""
    return spider_file(Learned(site, site.layout is not None and id(site.layout) not in _FAMILIES, (), 0))


def layout_text(layout: Layout) -> str:
    """A layout as it stands in a spider's file, as the constant LAYOUT."""
    fields = [f"name={_text(layout.name)}"]
    for field in dataclasses.fields(layout):
        value = getattr(layout, field.name)
        if field.name not in ("name", "marks") and value:
            fields.append(f"{field.name}={_tuple(value)}")
    return "LAYOUT = Layout(\n" + "\n".join(_filled(fields, 4)) + "\n)  # fmt: skip"


def _class(site: Site, layout: str) -> str:
    lines = [
        f"class {class_name(site.name)}(NewsSpider):",
        f"    name = {_text(site.name)}",
        "    site = Site(",
        *_filled([f"publisher={_text(site.publisher)}", f"home={_text(site.home)}", f'tier="{site.tier}"'], 8),
        f"        sources={sources_literal(site.sources)},",
        f"        article={_pattern(site.article)},",
    ]
    if site.exclude:
        lines.append(f"        exclude={_pattern(site.exclude)},")
    rest = [f"layout={layout}"]
    if site.keep_query:
        rest.append(f"keep_query={_tuple(site.keep_query)}")
    if site.keep_slash:
        rest.append("keep_slash=True")
    if site.names:
        rest.append(f"names={_tuple(site.names)}")
    if site.hosts:
        rest.append(f"hosts={_tuple(site.hosts)}")
    return "\n".join([*lines, *_filled(rest, 8), "    )  # fmt: skip"]) + "\n"


def class_name(name: str) -> str:
    """The class of a spider: "OdpCantho" for odp_cantho."""
    made = "".join(part.capitalize() for part in re.split(r"\W|_", name) if part)
    return f"{made}Site" if keyword.iskeyword(made) or not made[:1].isalpha() else made


def _source(source: Source) -> str:
    more = [
        f"{field.name}={_text(value) if isinstance(value, str) else repr(value)}"
        for field in dataclasses.fields(source)
        if field.name != "url" and (value := getattr(source, field.name)) != field.default
    ]
    return f"{type(source).__name__}({', '.join([_text(source.url), *more])})"


def sources_literal(sources: Sequence[Source]) -> str:
    """The value of `sources` as it is written in a spider's file."""
    if len(sources) == 1:
        return f"({_source(sources[0])},)"
    return "(\n" + "".join(f"            {_source(source)},\n" for source in sources) + "        )"


def literal(value: str | bool | Css | None, *, pattern: bool = False) -> str:
    """A value as it is written in a spider's file; a `pattern` is written raw."""
    if isinstance(value, tuple):
        return _tuple(value)
    if isinstance(value, str):
        return _pattern(value) if pattern else _text(value)
    return repr(value)


def _filled(fields: Sequence[str], indent: int) -> list[str]:
    """The fields as lines, as many to a line as it holds."""
    lines: list[str] = []
    for field in fields:
        if lines and len(lines[-1]) + len(field) + 2 <= _WIDTH:
            lines[-1] += f" {field},"
        else:
            lines.append(" " * indent + f"{field},")
    return lines


def _tuple(values: Css) -> str:
    return f"({', '.join(map(_text, values))}{',' if len(values) == 1 else ''})"


def _plain(text: str) -> str:
    """What a site calls itself, without anything that could end the literal in which it stands."""
    return "".join(sign for sign in text if sign.isprintable() and sign not in '\\"')


def _text(value: str) -> str:
    """A literal in double quotes; whatever a site wrote stays a literal."""
    literal = repr(value)
    if literal[0] == "'" and '"' not in value and "\\'" not in literal:
        return '"' + literal[1:-1] + '"'
    return literal


def _pattern(value: str) -> str:
    return f'r"{value}"' if '"' not in value and value.isprintable() and not value.endswith("\\") else repr(value)

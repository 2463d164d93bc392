"""Writes a mended definition into the file of its spider, and the difference as a patch.

Only what has changed is written: the arguments of `Site(…)`, those of the file's `Layout(…)`, and the imports that they
need. All else in the file, comments and order, stays as a person wrote it.
"""

from __future__ import annotations

import ast
import dataclasses
import difflib
from collections.abc import Iterable, Iterator
from itertools import count, pairwise

from crawler import sites as offered
from crawler.errors import BadInput
from crawler.learn.writing import layout_text, literal, sources_literal
from crawler.sites import Css, Layout, Site

_LAYOUTS = {name: layout for name, layout in vars(offered).items() if isinstance(layout, Layout)}
_LONGEST = 8000  # characters of a patch
_WIDTH = 90  # characters of a tuple on one line
_SITE_FIELDS = ("home", "hosts", "sources", "article", "exclude", "keep_query", "keep_slash")
_FIELDS = tuple(field.name for field in dataclasses.fields(Layout) if field.name not in ("name", "marks"))


@dataclasses.dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    text: str


def patched(text: str, old: Site, new: Site) -> str:
    """The file `text` of a spider with what differs between two definitions of its site.

    Raises `BadInput` when the file is not written as spiders are.
    """
    tree = ast.parse(text)
    call = _site_call(tree, old.name)
    lines = _Lines(text)
    edits: list[_Edit] = []
    for name in _SITE_FIELDS:
        value = getattr(new, name)
        if value != getattr(old, name):
            written = (
                sources_literal(value) if name == "sources" else literal(value, pattern=name in ("article", "exclude"))
            )
            edits.append(_argument(lines, call, name, written))
    if new.layout != old.layout and new.layout is not None:
        superseded = bool(new.past) and new.past == (old.layout, *old.past)
        change = _superseded if superseded else _layout_edits
        edits += change(lines, tree, call, old, new.layout)
    text = _edited(text, edits)
    return _edited(text, _import_edits(_Lines(text), ast.parse(text)))


def _edited(text: str, edits: Iterable[_Edit]) -> str:
    for edit in sorted(edits, key=lambda one: (one.start, one.end), reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def patch(text: str, changed: str, path: str) -> str:
    """The unified difference between two texts of a file, as `git apply` takes it; "" for one too long to be read."""
    lines = difflib.unified_diff(
        text.splitlines(keepends=True), changed.splitlines(keepends=True), f"a/{path}", f"b/{path}"
    )
    whole = "".join(lines)
    return whole if len(whole) <= _LONGEST else ""


class _Lines:
    """Where the nodes of a syntax tree stand in a text: they count the bytes of lines, the text has characters."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def start(self, node: ast.expr | ast.stmt | ast.keyword) -> int:
        """The place of a node's first character."""
        return self._at(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt | ast.keyword) -> int:
        """The place behind a node's last character."""
        return self._at(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def text(self, node: ast.expr) -> str:
        """A node as it is written."""
        return "".join(self._lines)[self.start(node) : self.end(node)]

    def _at(self, line: int, column: int) -> int:
        return self._starts[line - 1] + len(self._lines[line - 1].encode()[:column].decode())


def _site_call(tree: ast.Module, name: str) -> ast.Call:
    """The call of `Site` in the class of a spider, which is the only one or says its name."""
    found = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            values = {
                target.id: statement.value
                for statement in node.body
                if isinstance(statement, ast.Assign)
                for target in statement.targets
                if isinstance(target, ast.Name)
            }
            call, named = values.get("site"), values.get("name")
            if _calls(call, "Site"):
                found.append((isinstance(named, ast.Constant) and named.value == name, call))
    best = next((call for own, call in found if own), found[0][1] if len(found) == 1 else None)
    if not isinstance(best, ast.Call):
        raise BadInput(f"no Site(…) of {name} stands in the file of its spider")
    return best


def _calls(node: ast.AST | None, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def _argument(lines: _Lines, call: ast.Call, name: str, written: str) -> _Edit:
    """An argument of a call with another value; where it has none of that name, a new one before the last."""
    found = next((one for one in call.keywords if one.arg == name), None)
    if found is not None:
        return _Edit(lines.start(found.value), lines.end(found.value), written)
    place = lines.start(call.keywords[-1])
    return _Edit(place, place, f"{name}={written}, ")


def _layout_edits(lines: _Lines, tree: ast.Module, call: ast.Call, old: Site, new: Layout) -> Iterator[_Edit]:
    """The layout by the name of a family, by new arguments of the file's own one, or made anew before the class."""
    family = next((name for name, layout in _LAYOUTS.items() if layout == new), None)
    keyword = _layout_keyword(call, old)
    start, end = lines.start(keyword.value), lines.end(keyword.value)
    if family is not None:
        yield _Edit(start, end, family)
        yield from _own_layout_gone(lines, tree, keyword.value)
        return
    assigned = _assigned(tree, keyword.value)
    if assigned is not None and old.layout is not None:
        for name in _FIELDS:
            if getattr(new, name) != getattr(old.layout, name):
                yield _argument(lines, assigned, name, _selectors(getattr(new, name)))
        return
    base = keyword.value.id if isinstance(keyword.value, ast.Name) and keyword.value.id in _LAYOUTS else None
    place = next(lines.start(node) for node in tree.body if isinstance(node, ast.ClassDef))
    yield _Edit(place, place, _made(base, old.layout, new, old.name) + "\n\n\n")
    yield _Edit(start, end, "LAYOUT")


def _superseded(lines: _Lines, tree: ast.Module, call: ast.Call, old: Site, new: Layout) -> Iterator[_Edit]:
    """A layout in the place of the one that becomes the first of the past, by whatever name the file calls it."""
    keyword = _layout_keyword(call, old)
    value, was = keyword.value, lines.text(keyword.value)
    family = next((name for name, layout in _LAYOUTS.items() if layout == new), None)
    if family is None:
        taken = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        if was == "LAYOUT":
            was = next(name for n in count(1) if (name := f"LAYOUT_PAST{n if n > 1 else ''}") not in taken)
            others = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "LAYOUT")
            yield from (_Edit(lines.start(node), lines.end(node), was) for node in others if node is not value)
        place = next(lines.start(node) for node in tree.body if isinstance(node, ast.ClassDef))
        yield _Edit(place, place, layout_text(new) + "\n\n\n")
    past = next((one.value for one in call.keywords if one.arg == "past"), None)
    written = family or "LAYOUT"
    if past is None:
        written += f", past=({was},)"
    else:
        place = lines.start(past) + 1
        yield _Edit(place, place, f"{was}, ")
    yield _Edit(lines.start(value), lines.end(value), written)


def _layout_keyword(call: ast.Call, old: Site) -> ast.keyword:
    keyword = next((one for one in call.keywords if one.arg == "layout"), None)
    if keyword is None or old.layout is None:
        raise BadInput(f"{old.name} is described without a layout")
    return keyword


def _own_layout_gone(lines: _Lines, tree: ast.Module, value: ast.expr) -> Iterator[_Edit]:
    """The file's own layout is taken out when nothing else uses it."""
    if not isinstance(value, ast.Name) or value.id in _LAYOUTS:
        return
    uses = sum(isinstance(node, ast.Name) and node.id == value.id for node in ast.walk(tree))
    for node, behind in pairwise(tree.body):
        if isinstance(node, ast.Assign) and _calls(node.value, "Layout") and uses == 2:
            yield _Edit(lines.start(node), lines.start(behind), "\n" if isinstance(behind, ast.ClassDef) else "")


def _assigned(tree: ast.Module, value: ast.expr) -> ast.Call | None:
    """The call of `Layout` or of a layout's `replace` that makes the value, by a name of the file or in its place."""
    if isinstance(value, ast.Call):
        return value
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            named = [target.id for target in node.targets if isinstance(target, ast.Name)]
            if isinstance(value, ast.Name) and value.id in named:
                return node.value
    return None


def _made(base: str | None, old: Layout | None, new: Layout, name: str) -> str:
    """A layout written out: what differs from the family's that it was, or all of it."""
    if base is None or old is None:
        return layout_text(new)
    changed = {field: value for field in _FIELDS if (value := getattr(new, field)) != getattr(old, field)}
    fields = [f"name={literal(name)}", *(f"{field}={_selectors(value)}" for field, value in changed.items())]
    return f"LAYOUT = {base}.replace(\n" + "\n".join(f"    {field}," for field in fields) + "\n)  # fmt: skip"


def _selectors(values: Css) -> str:
    """A tuple of selectors, in lines of which each holds as many as fit."""
    whole = literal(values)
    if len(whole) <= _WIDTH:
        return whole
    lines = [""]
    for value in values:
        if lines[-1] and len(lines[-1]) + len(value) > _WIDTH:
            lines.append("")
        lines[-1] += f"{literal(value)}, "
    return "(" + ("\n" + " " * 10).join(line.rstrip() for line in lines).rstrip(",") + ")"


def _import_edits(lines: _Lines, tree: ast.Module) -> Iterator[_Edit]:
    """The names that the file takes from `crawler.sites`: those that it uses now."""
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & set(offered.__all__)
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "crawler.sites":
            if used != {alias.name for alias in node.names}:
                yield _Edit(
                    lines.start(node), lines.end(node), f"from crawler.sites import {', '.join(_ordered(used))}"
                )
            return


def _ordered(names: Iterable[str]) -> list[str]:
    """Names as the linter orders them: constants, then classes."""
    return sorted(names, key=lambda name: (not name.isupper(), name))

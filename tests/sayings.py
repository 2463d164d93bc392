"""What the code says to a person, read from its source: whether all of it has its Vietnamese can be told by no run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from crawler.catalogue import entries, retold

SENTENCE = re.compile(r"[A-Za-z]{2,}[^\w\s]* [^\w\s]*[A-Za-z{]")
WORD = re.compile(r"[A-Za-z]{2,}")
VALUE = "x7"
LOOKS = frozenset({"help", "style", "overflow"})


def tree_of(path: Path) -> ast.Module:
    """A module without its docstrings, and without the help of its options, which is tried by showing it."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            node.body = [one for one in node.body if not _is_text(one)] or [ast.Pass()]
        if isinstance(node, ast.Call):
            node.keywords = [one for one in node.keywords if one.arg not in LOOKS]
    return tree


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def name_of(call: ast.Call) -> str:
    """What is called, without what it belongs to."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def is_known(text: str) -> bool:
    """Whether it has an entry or a pattern, alone or behind the sign that leads it."""
    alone = text.strip(" ;")
    return text in entries() or alone in entries() or retold(alone, "vi") != alone


def samples(node: ast.expr) -> list[str]:
    """The texts that an expression can be, with `VALUE` for whatever is not written in it."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=parts):
            return ["".join(some) for some in product(*map(samples, parts))]
        case ast.FormattedValue(value=inner) if isinstance(inner, ast.IfExp | ast.BinOp):
            return [one or VALUE for one in samples(inner)]
        case ast.IfExp(body=one, orelse=other):
            return [*samples(one), *samples(other)]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return ["".join(some) for some in product(samples(left), samples(right))]
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mult()):
            return ["", text]
        case ast.Call(args=[first, *_]) if name_of(node) in ("shown", "_line"):
            return samples(first)
    return [VALUE]


def literals(node: ast.AST, without: frozenset[str]) -> Iterator[ast.Constant | ast.JoinedStr]:
    """Every text below, except keys, what is compared, what the functions `without` are given, and singular forms."""
    if isinstance(node, ast.Compare) or (isinstance(node, ast.Call) and name_of(node) in without):
        return
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        yield node
    for child in _below(node):
        yield from literals(child, without)


def _below(node: ast.AST) -> list[ast.AST]:
    match node:
        case ast.Subscript(value=value):
            return [value]
        case ast.JoinedStr(values=parts):
            return [one.value for one in parts if isinstance(one, ast.FormattedValue)]
        case ast.Call(func=func, args=texts, keywords=keywords):
            return [func, *_plural(texts), *keywords]
        case ast.Tuple(elts=texts):
            return _plural(texts)
    return list(ast.iter_child_nodes(node))


def _plural(texts: list[ast.expr]) -> list[ast.AST]:
    """Without the first of two forms of one text: they share an entry."""
    match texts:
        case [ast.Constant(value=str(one)), ast.Constant(value=str(many)), *_] if "{n}" in one and "{n}" in many:
            return list(texts[1:])
    return list(texts)

"""A line of what `thoisu doctor` says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One thing that was looked at."""

    what: str
    state: Literal["ok", "warning", "error"]
    finding: str
    todo: str
    """What a person can do; "" where nothing is to be done."""


def ok(what: str, finding: str, todo: str = "") -> Diagnosis:
    """It is as it should be."""
    return Diagnosis(what=what, state="ok", finding=finding, todo=todo)


def warning(what: str, finding: str, todo: str) -> Diagnosis:
    """It works, and will not for ever or not as somebody expects."""
    return Diagnosis(what=what, state="warning", finding=finding, todo=todo)


def error(what: str, finding: str, todo: str) -> Diagnosis:
    """Something does not work."""
    return Diagnosis(what=what, state="error", finding=finding, todo=todo)

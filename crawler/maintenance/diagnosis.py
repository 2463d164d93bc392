"""A line of what `thoisu doctor` says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Figures = Mapping[str, float | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One thing that was looked at."""

    what: str
    state: Literal["ok", "warning", "error"]
    finding: str
    advice: str
    """What a person can do; "" where nothing is to be done."""
    figures: Figures = field(default_factory=dict)
    """What the finding says in numbers, for a program."""


def ok(what: str, finding: str, advice: str = "", figures: Figures | None = None) -> Diagnosis:
    """It is as it should be."""
    return Diagnosis(what=what, state="ok", finding=finding, advice=advice, figures=figures or {})


def warning(what: str, finding: str, advice: str, figures: Figures | None = None) -> Diagnosis:
    """It works, and will not for ever or not as somebody expects."""
    return Diagnosis(what=what, state="warning", finding=finding, advice=advice, figures=figures or {})


def error(what: str, finding: str, advice: str, figures: Figures | None = None) -> Diagnosis:
    """Something does not work."""
    return Diagnosis(what=what, state="error", finding=finding, advice=advice, figures=figures or {})

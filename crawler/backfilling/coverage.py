"""Which days a backfill has reached, by what its steps have given."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from crawler.backfilling.routes import WHOLE
from crawler.backfilling.spans import Span
from crawler.store.plans import Step


def uncovered(days: Iterable[date], steps: Iterable[Step]) -> list[date]:
    """The days that no step has given, oldest first."""
    left, every = set(days), list(steps)
    for stage in sorted({step.stage for step in every}):
        of_stage = [step for step in every if step.stage == stage]
        given = _days(step for step in of_stage if step.state == "done")
        lost = _days(step for step in of_stage if step.state == "failed" and stage <= WHOLE)
        left -= given - lost
    return sorted(left)


def _days(steps: Iterable[Step]) -> set[date]:
    spans = {Span(step.first, step.last) for step in steps if step.first and step.last}
    return {day for span in spans for day in span.days()}

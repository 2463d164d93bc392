"""Which days a backfill has reached, by what its steps have given."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from crawler.backfill.routes import WHOLE
from crawler.backfill.steps import State, Step
from crawler.discover.days import Span


def uncovered(days: Iterable[date], steps: Iterable[Step]) -> list[date]:
    """The days that no stage has given, oldest first.

    Where an address holds whole days, one that failed takes its days from what the others gave. Lists and feeds may
    each be of a section: a day is given when all of them reach back to it.
    """
    left, every = set(days), list(steps)
    for stage in sorted({step.stage for step in every}):
        of_stage = [step for step in every if step.stage == stage]
        if stage <= WHOLE:
            left -= _days(of_stage, "done") - _days(of_stage, "failed")
        else:
            routes = {step.route for step in of_stage}
            given = [_days([step for step in of_stage if step.route == route], "done") for route in routes]
            left -= given[0].intersection(*given)
    return sorted(left)


def _days(steps: Iterable[Step], state: State) -> set[date]:
    spans = {Span(step.first, step.last) for step in steps if step.state == state and step.first and step.last}
    return {day for span in spans for day in span.days()}

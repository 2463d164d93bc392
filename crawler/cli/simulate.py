"""`thoisu simulate`: how late news would have been found, under our rule and others, on a trace of real times."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from io import BufferedReader
from pathlib import Path
from typing import Annotated, cast

import typer

from crawler.cli.common import standard_input
from crawler.cli.language import spoken, spoken_of_many
from crawler.errors import BadInput
from crawler.process.output import console, print_json

_RULES = {
    "ours": "plans each day, to the minute, by what its own polls have found",
    "uniform": "the same interval for every source",
    "proportional": "the more often, the more a source publishes; known before",
    "multiplicative": "interval ×1.5 after nothing new, ×0.8 after news",
    "oracle": "√rate, known before by hour of the week, but no minute: no bound",
}


def simulate(
    trace: Annotated[str, typer.Argument(metavar="TRACE.csv[.gz]", help="Columns source,published_at; - reads input.")],
    budget: Annotated[float, typer.Option(metavar="N", help="Requests a source and day, on average.")],
    learn: Annotated[int, typer.Option(metavar="DAYS", min=0, help="Days that are lived through but not scored.")] = 14,
    json_: Annotated[bool, typer.Option("--json", help="The scores as one object.")] = False,
) -> None:
    """Try several rules on a trace of publication times.

    Times without a zone are Viet Nam's, +07:00. Ours learns as it goes and knows
    only what its polls have found. The sources share one budget, as those of one
    site do: N times their number each day. Delays are minutes from publication
    to the next poll.

    \b
    Examples:
      thoisu simulate press.csv.gz --budget 24
      thoisu simulate press.csv --budget 96 --learn 28 --json
    """
    from crawler.schedule import read_trace
    from crawler.schedule.simulate import BUDGET
    from crawler.schedule.simulate import simulate as run

    if not 0 < budget <= BUDGET:
        raise BadInput(f"--budget must be more than 0 and {BUDGET:,} at most, one a minute; not {budget:g}")
    scores = {}
    with console(stderr=True).status(spoken("reading")) as status:
        with _opened(trace) as file:
            items = read_trace(file, "standard input" if trace == "-" else trace)
        for name, score in run(
            items,
            budget,
            learn,
            on_day=lambda day, days: status.update(spoken("ours: day {n} of {all}", n=day, all=days)),
        ):
            scores[name] = score
            status.update(spoken("{n} of {all} rules tried", n=len(scores), all=len(_RULES)))
    if json_:
        print_json({name: asdict(score) for name, score in scores.items()}, alone=True)
        return
    screen = console()
    whole, sources = sum(map(len, items.values())), len(items)
    items_of = spoken_of_many("{n} item of", "{n} items of", whole)
    from_ = spoken_of_many("{n} source; delay in minutes, requests a source and day",
                           "{n} sources; delay in minutes, requests a source and day", sources)  # fmt: skip
    screen.print(f"{items_of} {from_}\n")
    rule, *heads = map(spoken, ("rule", "mean", "p95", "requests", "mean, uniform = 1"))
    screen.print(f"{rule:<16}" + "".join(map(str.rjust, heads, (9, 9, 10, 20))), style="bold")
    for name, score in scores.items():
        ratio = score.mean / scores["uniform"].mean if scores["uniform"].mean else 1.0
        screen.print(f"{name:<16}{score.mean:>9.2f}{score.p95:>9.2f}{score.requests:>10.2f}{ratio:>20.3f}")
    screen.print()
    for name, rule in _RULES.items():
        screen.print(f"{name:<16}{spoken(rule)}", style="dim")


@contextmanager
def _opened(trace: str) -> Iterator[BufferedReader]:
    """A file's bytes, or those of standard input."""
    if trace == "-":
        yield cast("BufferedReader", standard_input())
        return
    try:
        with Path(trace).open("rb") as file:
            yield file
    except (OSError, ValueError) as error:
        raise BadInput(f"cannot read {trace}: {getattr(error, 'strerror', None) or error}") from None

"""`thoisu simulate`: how late news would have been found, under our rule and others, on a trace of real times."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from crawler.commands.common import console, print_json, read_input
from crawler.model import BadInput

_LARGEST = 500 * 2**20  # bytes of a trace, unpacked


def simulate(
    trace: Annotated[str, typer.Argument(metavar="TRACE.csv[.gz]", help="Columns source,published_at; - reads input.")],
    budget: Annotated[float, typer.Option(metavar="N", help="Requests a source and day, on average.")],
    learn: Annotated[int, typer.Option(metavar="DAYS", min=0, help="Days that are lived through but not scored.")] = 14,
    json_: Annotated[bool, typer.Option("--json", help="The scores as one object.")] = False,
) -> None:
    """Replay a trace of publication times under several rules.

    Ours learns as it goes and knows only what its looks have found. The
    sources share one purse, as those of one site do: N times their number each
    day. Delays are minutes from publication to the next look.

    \b
    Examples:
      thoisu simulate press.csv.gz --budget 24
      thoisu simulate press.csv --budget 96 --learn 28 --json
    """
    from crawler.pacing.simulate import read_trace
    from crawler.pacing.simulate import simulate as replay

    if not 0 < budget < float("inf"):
        raise BadInput(f"--budget must be more than 0 requests a source and day, not {budget:g}")
    try:
        text = read_input(trace, _LARGEST).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{trace} is not written in UTF-8") from None
    items = read_trace(text)
    scores = {}
    with console(stderr=True).status("reading") as status:
        for name, score in replay(items, budget, learn):
            scores[name] = score
            status.update(f"{len(scores)} of 5 rules replayed")
    if json_:
        print_json({name: asdict(score) for name, score in scores.items()}, alone=True)
        return
    screen = console()
    whole = sum(map(len, items.values()))
    screen.print(f"{whole} items of {len(items)} sources; delay in minutes, requests a source and day\n")
    screen.print(f"{'rule':<16}{'mean':>9}{'p95':>9}{'requests':>10}{'mean, uniform = 1':>20}", style="bold")
    for name, score in scores.items():
        ratio = score.mean / scores["uniform"].mean if scores["uniform"].mean else 1.0
        screen.print(f"{name:<16}{score.mean:>9.2f}{score.p95:>9.2f}{score.requests:>10.2f}{ratio:>20.3f}")

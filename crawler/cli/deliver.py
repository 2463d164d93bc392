"""`thoisu deliver`: the change feed to whoever needs it."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.common import LogFormatOption, StoreOption, begin_log, open_store
from crawler.cli.language import respoken, spoken
from crawler.cli.sinks import ConfigOption, chosen, read_config, span
from crawler.errors import StoreFailed, ThoisuError
from crawler.process.log_format import announce
from crawler.process.output import console, print_json

if TYPE_CHECKING:
    from rich.status import Status

    from crawler.deliver import DeliveryBatch


def deliver(
    sinks: Annotated[list[str] | None, typer.Argument(metavar="SINK", help="These only; default: all.")] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what comes, until SIGTERM or Ctrl-C.")] = False,
    config: ConfigOption = None,
    log_format: LogFormatOption = None,
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a sink, at the end.")] = False,
) -> None:
    """Deliver what changed to the configured sinks.

    To each from where it stopped, in order and at least once; what comes twice
    has the same key. A sink that fails is tried again by the next run or, with
    --follow, after a time that doubles, and holds up no other.

    Exit code 1 when a sink could not.

    \b
    Examples:
      thoisu deliver
      thoisu deliver archive hook --follow
    """
    from crawler.deliver import deliver as run
    from crawler.deliver import stopping

    routes = chosen(read_config(config), sinks)
    begin_log(log_format)
    screen = console(stderr=True)
    with open_store(store, reading=False) as opened, stopping() as stop:
        progress = _Progress([route.name for route in routes], follow=follow)
        with screen.status(spoken("delivering")) if screen.is_terminal else nullcontext(None) as status:
            progress.status = status
            ended = run(opened, routes, progress.step, progress.trouble, stop, follow=follow)
        if json_:
            for name in ended:
                print_json(progress.result(name))
        elif not follow:
            for name in ended:
                console().print(progress.line(name), soft_wrap=True)
    if stop.is_set() and not follow:
        raise KeyboardInterrupt
    if stop.is_set():
        announce(spoken("stopped; the next run goes on where each sink is"))
        return
    if not all(ended.values()):
        raise typer.Exit(1)


class _Progress:
    """What happens to each sink, in words."""

    def __init__(self, names: Iterable[str], *, follow: bool) -> None:
        self._follow = follow
        self.status: Status | None = None
        self._counts = dict.fromkeys(names, 0)
        self._cursors: dict[str, int] = {}
        self._errors: dict[str, str] = {}

    def step(self, step: DeliveryBatch) -> None:
        """After each batch."""
        name = step.name
        self._counts[name] += step.delivered
        self._cursors[name] = step.cursor
        if step.failure:
            due = spoken("; next try in {span}", span=span(step.wait)) if self._follow else ""
            self._wrong(name, f"{step.failure}", due)
        elif self._errors.pop(name, None):
            announce(f"{name}: {spoken('goes on')}")
        for one in step.aside:
            announce(f"{name}: {spoken('set aside')} {one}", logging.WARNING)
        if self.status is not None:
            done = ", ".join(f"{one} {count}" for one, count in self._counts.items() if count)
            self.status.update(": ".join(filter(None, (spoken("delivering"), done))))

    def trouble(self, name: str, error: ThoisuError) -> None:
        """When a sink cannot be served at all."""
        self._wrong(name, f"the store: {error}" if isinstance(error, StoreFailed) else str(error), "")

    def result(self, name: str) -> dict[str, Any]:
        """What was done, for --json."""
        return {
            "name": name,
            "delivered": self._counts[name],
            "cursor": self._cursors.get(name),
            "error": self._errors.get(name),
        }

    def line(self, name: str) -> str:
        """What was done, for a person."""
        said = spoken("{n} delivered", n=self._counts[name])
        if name in self._cursors:
            said += spoken(", up to change {seq}", seq=self._cursors[name])
        if name in self._errors:
            said += spoken("; stopped by the above")
        return f"{name}: {said}"

    def _wrong(self, name: str, error: str, more: str) -> None:
        if self._errors.get(name) != error:
            announce(f"{name}: {respoken(error)}{more}", logging.WARNING)
        self._errors[name] = error

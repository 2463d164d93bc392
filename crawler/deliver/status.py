"""How far each sink is and what is wrong with it, as values that a command prints and a page shows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from crawler.deliver.config import Route
from crawler.process import masked_address
from crawler.store import Store, changes, sink_cursors
from crawler.store.sink_cursors import SetAside, SinkState


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkStatus(SinkState):
    """What is known of a sink: what the store remembers, and what waits for it."""

    url: str
    """Its address without the password."""
    sites: tuple[str, ...] | None
    """Those whose changes it gets; None for all."""
    text: str | None
    """What an article must contain for it."""
    behind: int
    """Changes that it has not yet been given."""
    behind_seconds: float
    """How long the first of them has waited."""
    set_aside: tuple[SetAside, ...]
    """Records that it has not taken."""


def sink_status(store: Store, route: Route, now: datetime) -> SinkStatus:
    """The state of a configured sink."""
    with store.reading() as connection:
        state = sink_cursors.state(connection, route.name)
        aside = sink_cursors.aside(connection, route.name)
        behind = changes.last_change(connection) - state.cursor
        since = sink_cursors.waiting_since(connection, state.cursor)
    return SinkStatus(
        **asdict(state),
        url=masked_address(route.url),
        sites=None if route.sites is None else tuple(sorted(route.sites)),
        text=route.text,
        behind=behind,
        behind_seconds=round((now - since).total_seconds(), 1) if since else 0.0,
        set_aside=tuple(aside),
    )

"""Metrics for Prometheus, and whether this process and the polling are well: `/metrics`, `/healthz`, `/readyz`.

Everything is read from the store, so that it is the same whichever process crawls. Names follow
prometheus.io/docs/practices/naming: base units, `_total` for what only grows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector, CollectorRegistry
from sqlalchemy import Connection, func, select
from starlette.responses import PlainTextResponse, Response

from crawler.alerts import failing
from crawler.alerts.notify import split
from crawler.errors import BadInput
from crawler.monitor.status import agendas
from crawler.schedule import ARTICLES
from crawler.store import heartbeats
from crawler.store.budget import spent_table
from crawler.store.schema import ANSWERED, WAITING, links, sources
from crawler.store.sightings import poll_days
from crawler.store.tallies import ASKED, LIES, tallies
from crawler.text import day_of
from crawler.web import api_sites, board
from crawler.web.state import State, of

router = APIRouter(include_in_schema=False)
_FRESH = 10.0


@router.get("/healthz")
def healthz() -> Response:
    """Whether this process answers."""
    return PlainTextResponse("ok\n")


@router.get("/readyz")
def readyz(request: Request) -> Response:
    """Whether the store answers and sites are polled in time; 503 when not.

    A store at which nothing is scheduled is ready: nobody has promised anything.
    """
    state = of(request)
    health = board.polling(state)
    if health.late:
        late = [
            *(evidence for _, evidence in health.wrong),
            *(f"{site}: {said}" for site, said in health.overdue.items()),
        ]
        return PlainTextResponse("polls are overdue\n" + "".join(f"{line}\n" for line in late[:20]), 503)
    return PlainTextResponse("ok\n")


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """All metrics in the text format."""
    state = of(request)

    def read() -> bytes:
        registry = CollectorRegistry()
        registry.register(_Store(state))
        return generate_latest(registry)

    return Response(state.memo("metrics", _FRESH, read), headers={"Content-Type": CONTENT_TYPE_LATEST})


class _Store(Collector):
    """Reads the metrics of a store when they are asked for."""

    def __init__(self, state: State) -> None:
        self._state = state

    def collect(self) -> Iterable[Metric]:
        """The metrics, as of now."""
        state = self._state
        info = InfoMetricFamily("thoisu_store", "The store that is served.")
        info.add_metric([], {"id": state.identity()})
        yield info
        with state.reading() as connection:
            yield from _counted(connection, state)
            yield from _heartbeat(connection)
            yield from _messages(connection, state)
        yield from _sites(state)
        yield from _findings(state)
        yield from _sinks(state)

    def describe(self) -> Iterable[Metric]:
        """Nothing: names are known only when the store is read."""
        return []


def _counted(connection: Connection, state: State) -> Iterator[Metric]:
    polls = CounterMetricFamily("thoisu_polls", "Polls of feeds, sitemaps and lists.", labels=["site", "result"])
    query = select(sources.c.site, func.sum(poll_days.c.polls), func.sum(poll_days.c.failed))
    for site, every, failed in connection.execute(
        query.join(sources, sources.c.id == poll_days.c.source_id).group_by(sources.c.site)
    ):
        polls.add_metric([site, "answered"], every - failed)
        polls.add_metric([site, "failed"], failed)
    yield polls
    refused = CounterMetricFamily("thoisu_refusals", "What was not taken, by reason.", labels=["site", "reason"])
    counts = select(tallies.c.site, tallies.c.what, func.sum(tallies.c.count)).group_by(tallies.c.site, tallies.c.what)
    for site, what, count in connection.execute(counts):
        if what not in (ASKED, LIES):
            refused.add_metric([site, what], count)
    yield refused
    asked = GaugeMetricFamily(
        "thoisu_requests_today", "Requests of this day of Viet Nam's calendar.", labels=["site", "purpose"]
    )
    spent = select(spent_table.c.site, spent_table.c.purpose, spent_table.c.requests)
    for site, purpose, requests in connection.execute(spent.where(spent_table.c.day == day_of(state.now()))):
        asked.add_metric([site, "poll" if purpose == "look" else purpose], requests)
    yield asked
    waiting = GaugeMetricFamily("thoisu_links_waiting", "Links that are not yet read.", labels=["site", "of"])
    queue = select(links.c.site, links.c.fate, func.count()).where(links.c.fate.in_(WAITING))
    for site, fate, count in connection.execute(queue.group_by(links.c.site, links.c.fate)):
        waiting.add_metric([site or "", "backfill" if fate == "backfill" else "crawl"], count)
    yield waiting
    changes = CounterMetricFamily("thoisu_changes", "Changes of the public record.", labels=["site", "event"])
    for (site, event), count in state.counts.of_changes(connection).items():
        changes.add_metric([site, event], count)
    yield changes
    last = GaugeMetricFamily(
        "thoisu_last_successful_poll_timestamp_seconds", "The last poll that gave an answer.", labels=["site"]
    )
    good = select(sources.c.site, func.max(sources.c.checked_at, type_=sources.c.checked_at.type))
    for site, at in connection.execute(good.where(sources.c.last_status.in_(ANSWERED)).group_by(sources.c.site)):
        last.add_metric([site], _seconds(at))
    yield last


def _heartbeat(connection: Connection) -> Iterator[Metric]:
    beat = GaugeMetricFamily(
        "thoisu_scheduler_heartbeat_timestamp_seconds", "When the scheduler last said that it runs; 0 for never."
    )
    beat.add_metric([], _seconds(heartbeats.last_beat(connection)))
    yield beat


def _messages(connection: Connection, state: State) -> Iterator[Metric]:
    unsent = GaugeMetricFamily("thoisu_messages_waiting", "Messages that no receiver has taken yet.")
    unsent.add_metric([], sum(one.messages for one in failing(connection, split(state.options.notify))))
    yield unsent


def _sites(state: State) -> Iterator[Metric]:
    late = GaugeMetricFamily("thoisu_poll_overdue_seconds", "How long the most overdue poll is.", labels=["site"])
    delay = GaugeMetricFamily(
        "thoisu_delay_seconds", "From publication to first reading, median of the newest articles.", labels=["site"]
    )
    budget = GaugeMetricFamily("thoisu_budget_requests", "Requests that a site gets a day.", labels=["site"])
    now = state.now()
    for name, entries in agendas(state.store).items():
        due = min((entry.next_at for entry in entries if entry.source != ARTICLES), default=now)
        late.add_metric([name], max(0.0, (now - due) / timedelta(seconds=1)))
        line = board.line(state, name)
        if line.delay is not None:
            delay.add_metric([name], line.delay)
        if line.status:
            budget.add_metric([name], line.status.budget)
    yield from (late, delay, budget)


def _findings(state: State) -> Iterator[Metric]:
    found = GaugeMetricFamily("thoisu_findings_open", "Findings that are open.", labels=["site", "check"])
    counts: dict[tuple[str, str], int] = {}
    for one in board.open_findings(state):
        key = (one.site or "", one.name)
        counts[key] = counts.get(key, 0) + 1
    for (site, check), count in counts.items():
        found.add_metric([site, check], count)
    yield found


def _sinks(state: State) -> Iterator[Metric]:
    behind = GaugeMetricFamily("thoisu_sink_behind_changes", "Changes that a sink has not been given.", labels=["sink"])
    lag = GaugeMetricFamily("thoisu_sink_lag_seconds", "How long the first of them has waited.", labels=["sink"])
    failures = GaugeMetricFamily("thoisu_sink_failures", "Failures of a sink in a row.", labels=["sink"])
    try:
        statuses = api_sites.sinks(state)
    except BadInput:  # a file that is wrong is told by the page and by `thoisu check`
        statuses = []
    for one in statuses:
        behind.add_metric([one.name], one.behind)
        lag.add_metric([one.name], one.behind_seconds)
        failures.add_metric([one.name], one.failures)
    yield from (behind, lag, failures)


def _seconds(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0

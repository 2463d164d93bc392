"""Which links a run reads next, and how many of them the day leaves it."""

from __future__ import annotations

from collections.abc import Set
from datetime import timedelta
from typing import Protocol

from crawler.crawl.context import RunContext
from crawler.items import PendingLink, Purpose

BATCH = 50
"""Links taken from the store at a time."""
_ROUND_BATCH = 10  # by a round, which looks at the clock in between and, when it is killed, has reserved less


class LinkQueue(Protocol):
    """Where the articles of a run come from."""

    cut: bool
    """The run has had its time, and articles may wait still."""
    spare: int
    """Requests of the day's budget that no article may take."""

    def next(self, asked: Set[str], waiting: int) -> tuple[Purpose, list[PendingLink]]:
        """The links whose turn it is, and for what they are asked; none at the end of the run.

        `asked` are the addresses that this run has asked, of which `waiting` are pending still, so that the queue may
        name them again.
        """

    def room(self, purpose: Purpose) -> int | None:
        """How many articles the schedule leaves to the run now; None where only the budget counts."""


class PendingLinks:
    """The queue of a crawl: what its sources have named, newest first, and then known articles whose turn it is."""

    spare = 0

    def __init__(self, run: RunContext, *, revisit: bool) -> None:
        self.cut = False
        self._run = run
        self._agenda = run.agenda if run.due else None
        self._revisit = revisit  # the articles of the last days come first, once

    def next(self, asked: Set[str], waiting: int) -> tuple[Purpose, list[PendingLink]]:
        """As `LinkQueue` says."""
        run = self._run
        if run.due and (self._agenda is None or self._agenda.late()):
            self.cut = True
            return "article", []
        if self._revisit:
            self._revisit = False
            since = run.now() - timedelta(days=run.settings.revisit_days)
            if known := run.store.revisit(run.site.name, since):
                return "revisit", known
        links = run.store.pending(run.site.name, limit=(_ROUND_BATCH if run.due else BATCH) + waiting)
        if self._agenda and all(link.canonical_url in asked for link in links):
            return "revisit", self._agenda.known(run.store)
        return "article", links

    def room(self, purpose: Purpose) -> int | None:
        """As `LinkQueue` says."""
        return self._agenda.room(self._run.store, purpose) if self._agenda else None

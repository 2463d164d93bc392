"""What a backfill asks next: its open steps, and when these are done the next of the site's ways."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from statistics import median_low

from sqlalchemy import Connection

from crawler.backfill import backlog, routes
from crawler.backfill import steps as step_table
from crawler.backfill.gaps import uncovered
from crawler.backfill.job import Job
from crawler.backfill.routes import Route
from crawler.backfill.steps import Step
from crawler.discover import span_of
from crawler.errors import Refusal
from crawler.sites import Listing, Numbers, Site, canonical
from crawler.store import Store, frontier, subjects
from crawler.store.sightings import date_sightings


class StepQueue:
    """The steps of one job in the store; `next` is asked when what the last step listed has been read."""

    def __init__(self, store: Store, site: Site, job: Job, now: Callable[[], datetime]) -> None:
        self.missing: list[date] = []
        """Days that no step has given, as of the last stage's end."""
        self._store = store
        self._site = site
        self._job = job
        self._now = now
        self._begun = False
        self._subject = subjects.site(job.site)

    def next(self) -> Step | None:
        """The step that is to be asked; one that is done has listed articles without a request; None at the end."""
        if not self._begun:
            self._begun = True
            with self._store.writing_beside(self._subject) as connection:
                step_table.reopen(connection, self._job.name, [reason for reason in Refusal if reason.may_pass])
        while self._job.walk:
            with self._store.reading() as connection:
                step = step_table.next_open(connection, self._job.name, oldest_first=self._job.oldest_first)
            if step is None:
                if not self._next_stage():
                    break
                continue
            route = self.route(step)
            if route is None:
                self.finish(replace(step, state="failed", reason="undefined"))
            elif isinstance(route, Numbers):
                return self._number(step, route)
            elif step.page > 1 and isinstance(route, Listing) and self._passed(step):
                self.finish(replace(step, state="done", at=self._now()))
            else:
                return step
        return None

    def route(self, step: Step) -> Route | None:
        """The route that a step belongs to, a list for each day as that day's; None when the site has it no more."""
        found = routes.named(self._site, step.route)
        return found.on(step.first) if isinstance(found, Listing) and step.first else found

    def finish(self, step: Step) -> None:
        """Keep what came of a step that listed nothing."""
        with self._store.writing_beside(self._subject) as connection:
            step_table.keep(connection, step)

    def add(self, connection: Connection, parts: Sequence[routes.Part], stage: int, page: int) -> None:
        """Plan these addresses; what was read after its last day, by whatever backfill, counts as done."""
        dated = [part.address for part in parts if stage != routes.SITEMAP or span_of(part.address)]
        final = step_table.final(connection, dated) if stage <= routes.WHOLE else set()
        step_table.add(
            connection,
            (
                Step(job=self._job.name, site=self._job.site, stage=stage, route=part.route, address=part.address,
                     first=part.span.first, last=part.span.last, page=page,
                     state="done" if part.address in final else "open")
                for part in parts
            ),
        )  # fmt: skip

    def _next_stage(self) -> bool:
        """Plan the next kind of routes for the days that those before have not given; whether there is one."""
        job = self._job
        with self._store.writing_beside(self._subject) as connection:
            steps = [self._dated(connection, step) for step in step_table.of_job(connection, job.name)]
        left = uncovered(job.span.days(), steps)
        self.missing = left
        tried = {step.stage for step in steps}
        stage = next((stage for stage in routes.stages(self._site) if stage not in tried), None)
        if not left or stage is None:
            return False
        with self._store.writing_beside(self._subject) as connection:
            self.add(connection, routes.parts(self._site, stage, left), stage, 1)
        return True

    def _passed(self, step: Step) -> bool:
        """Whether the page before was older than all that is wanted, by what its articles have said since."""
        with self._store.writing_beside(self._subject) as connection:
            before = step_table.page_before(connection, step)
            dated = self._dated(connection, before) if before else None
        return bool(dated and dated.first and dated.first < self._job.span.first)

    def _dated(self, connection: Connection, step: Step) -> Step:
        """The step with the day down to which it reaches, when only its articles tell it."""
        if step.first is not None or not step.behind:
            return step
        days = backlog.days(connection, [int(id_) for id_ in step.behind.split()])
        date_sightings(connection, step.route, days)
        dated = replace(step, behind=None, first=median_low(days.values()) if days else None)
        step_table.keep(connection, dated)
        return dated

    def _number(self, step: Step, route: Numbers) -> Step:
        job = self._job
        shape = canonical(route.url.replace("{id}", "0"), self._site)
        with self._store.writing_beside(self._subject) as connection:
            wanted = routes.numbers(route, backlog.numbered(connection, job.site, shape), job.span)
            order = wanted if job.oldest_first else reversed(wanted)
            urls = [canonical(route.url.replace("{id}", str(number)), self._site) for number in order]
            frontier.add_guessed(connection, urls, job.site, self._now())
            done = replace(step, state="done", links=len(urls), at=self._now())
            step_table.keep(connection, done)
        return done

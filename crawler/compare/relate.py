"""Relating articles to each other, behind the crawl and beside it: a reader of the change feed.

A batch is read, fingerprinted, looked up in the days around it and compared outside of any writing transaction; what
came of it is written in one together with the cursor (`crawler.store.cursors`). Killed anywhere, it goes on from there;
of two at once one writes and the other begins its batch again.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from crawler.compare import fingerprints, story_queries
from crawler.compare.candidates import CROWDED, candidates, days_around, utc_day_number, week_of, weeks_around
from crawler.compare.copies import Relation, compare
from crawler.compare.facts import ComparedText
from crawler.compare.fingerprints import Current, Pair, Postings, StoredFingerprint
from crawler.compare.minhash import VERSION, Fingerprint, fingerprint
from crawler.compare.stories import COPIES, VERIFIED
from crawler.readers import Bounded, why
from crawler.readers.bounded import SECONDS, USUAL
from crawler.store import cursors, passed_over, rehash, subjects

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crawler.store import Store

logger = logging.getLogger(__name__)
T = TypeVar("T")
READER = "relate"
_TURN = "relate.turn"  # a cursor that grows with every batch written, by `relate` or `reindex`
BATCH = 1000
"""Changes that are worked off together."""
LONGEST = USUAL // 2
"""Characters of a body that are compared: of two texts so long the work stays within the limits of one."""
_TEXTS = 400  # held in memory, some 50 KB each
_SIZES = 100_000


@dataclass(frozen=True, slots=True)
class RelateBatch:
    """What a batch came to."""

    seq: int
    """The change that was reached; for `reindex` the article, 0 while hashes are made."""
    articles: int
    """Fingerprinted, or texts hashed."""
    pairs: int
    """Found to be copies."""


@dataclass(frozen=True, slots=True)
class RelateCounts:
    """What `relate` came to."""

    changes: int
    """Worked off."""
    articles: int
    """Fingerprinted and compared."""
    pairs: int
    """Found to be copies."""


def relate(
    store: Store,
    *,
    stop: Callable[[], bool] = lambda: False,
    on_batch: Callable[[RelateBatch], None] = lambda _: None,
    retry: bool = False,
) -> RelateCounts:
    """Find the copies among what is new and revised, to the end of the feed or until `stop` says so after a batch.

    Before that what another version of the program passed over is tried again, with `retry` all of it. Nothing is
    written when nothing is new. Raises StoreFailed; what was done before stays done.
    """
    relater = Relater(store)
    relater.retry(every=retry)
    begun = relater.reached()
    reached, articles, pairs = begun, 0, 0
    for done in relater.relate():
        reached, articles, pairs = done.seq, articles + done.articles, pairs + done.pairs
        on_batch(done)
        if stop():
            break
    return RelateCounts(changes=reached - begun, articles=articles, pairs=pairs)


def waiting(store: Store) -> int:
    """How many articles `relate` has before it."""
    with store.reading() as connection:
        return fingerprints.count_changed(connection, cursors.position(connection, READER))


class Relater:
    """Works off the change feed of a store; keeps the texts of the last batches in mind."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._texts: OrderedDict[int, tuple[Current, ComparedText]] = OrderedDict()
        self._sizes: dict[int, int] = {}
        self._days: dict[int, int] = {}

    def relate(self, batch: int = BATCH) -> Iterator[RelateBatch]:
        """Every article that is new or revised, a batch at a time, until the feed is at its end."""
        while True:
            with self._store.reading() as connection:
                since, turn = cursors.position(connection, READER), cursors.position(connection, _TURN)
                rows = fingerprints.changed(connection, since, batch)
                if not rows:
                    return
            fresh = {article for _, event, article in rows if event in ("created", "revised")}
            bounded = Bounded(careful=passed_over.begin(self._store, READER, since))
            with self._store.reading() as connection:
                work = self._prepare(connection, fresh, bounded)
            last = rows[-1][0]
            touched = {article for _, event, article in rows if event == "copied"}
            with self._store.writing_beside(subjects.job(READER)) as connection:
                if not self._write(connection, work, touched, turn):
                    continue
                cursors.advance(connection, READER, since, last)  # which nobody else moves but in a turn of his own
            yield RelateBatch(last, len(work.entries), len(work.copies))

    def reindex(self, batch: int = BATCH) -> Iterator[RelateBatch]:
        """Every text whose hash, and every article whose fingerprint, other rules made; begun again it goes on."""
        while True:
            with self._store.writing() as connection:
                count = rehash.some(connection, batch)
            if not count:
                break
            yield RelateBatch(0, count, 0)
        after = 0
        while True:
            with self._store.reading() as connection:
                ids = fingerprints.stale(connection, after, batch)
                if not ids:
                    return
                turn = cursors.position(connection, _TURN)
                work = self._prepare(connection, ids, Bounded())
            with self._store.writing_beside(subjects.job(READER)) as connection:
                if not self._write(connection, work, (), turn):
                    continue
            after = ids[-1]
            yield RelateBatch(after, len(work.entries), len(work.copies))

    def retry(self, *, every: bool = False) -> None:
        """Work again on articles that were passed over: with `every` all, else those of another version."""
        with self._store.reading() as connection:
            due = [one.article_id for one in passed_over.due(connection, READER, every=every)]
        while due:
            with self._store.reading() as connection:
                turn = cursors.position(connection, _TURN)
                work = self._prepare(connection, due, Bounded(careful=True), again=True)
            with self._store.writing_beside(subjects.job(READER)) as connection:
                if self._write(connection, work, (), turn):
                    return

    def reached(self) -> int:
        """The last change that `relate` has done with."""
        with self._store.reading() as connection:
            return cursors.position(connection, READER)

    def outdated(self) -> int:
        """How many texts and articles `reindex` has before it, which takes a look at all of them."""
        with self._store.reading() as connection:
            return rehash.count(connection) + fingerprints.count_stale(connection)

    def _prepare(self, connection: Connection, ids: Collection[int], bounded: Bounded, *, again: bool = False) -> _Work:
        """Fingerprints and verified pairs of these articles, `again` also where they are known; nothing is written.

        An article that cannot be worked on is named in what comes of it, those behind it go on.
        """
        old = fingerprints.stored(connection, ids)
        texts = {}
        for row in fingerprints.current(connection, ids, LONGEST):
            was = old.get(row.id)
            if again or was is None or was.version != VERSION or was.revision != row.revision:
                texts[row.id] = row, _compared_text(row)
        work = _Work({key: was for key, was in old.items() if key in texts}, {}, [], [], set(texts))
        for key, (row, text) in texts.items():
            self._keep(row, text)
            made = work.outcome(row, lambda text=text: bounded.run(len(text.raw), _fingerprint, text, seconds=SECONDS))  # type: ignore[misc]
            if made is not None:
                work.entries[key] = StoredFingerprint(row.revision, VERSION, utc_day_number(row.at), made)
        found = self._look_up(connection, work, [texts[key][0] for key in work.entries])
        self._measure(connection, {article for ids_ in found.values() for article in ids_})
        wanted = self._candidates(work, found, [texts[key][0] for key in work.entries])
        held = self._load(connection, {other for near in wanted.values() for other in near}) | texts
        for key, near in wanted.items():
            row, since = held[key][0], time.process_time()
            for other in near:
                if time.process_time() - since > SECONDS:
                    work.give_up(row, f"not compared with all that is near within {SECONDS:g} s")
                    break
                one, two = sorted((held[key], held[other]), key=lambda side: (side[0].at, side[0].id))
                pair = work.outcome(row, lambda one=one, two=two: _compared(one, two, bounded))  # type: ignore[misc]
                if pair is None:
                    break
                if pair.verdict.kind != "none":
                    work.pairs.append(pair)
        work.noted.update(one.article_id for one in passed_over.listed(connection, READER))
        return work

    def _look_up(self, connection: Connection, work: _Work, rows: Iterable[Current]) -> Postings:
        asked: dict[int, set[int]] = {}
        for row in rows:
            for week in weeks_around(row.at):
                asked.setdefault(week, set()).update(work.entries[row.id].keys)
        found = fingerprints.look_up(connection, asked)
        if work.old:  # is no longer true
            for key, texts in found.items():
                found[key] = [text for text in texts if text not in work.old]
        return found

    def _candidates(self, work: _Work, found: Postings, rows: Iterable[Current]) -> dict[int, list[int]]:
        """For each article those to compare it with; those of the same batch that came before it among them."""
        wanted = {}
        for row in rows:
            entry = work.entries[row.id]
            if (own := entry.print) is None:
                continue
            days, week = days_around(row.at), week_of(entry.day)
            bands, samples = (
                [[text for text in found[key] if self._days.get(text) in days] for key in keys if key in found]
                for keys in (own.bands, own.sample)
            )
            if near := candidates(own, bands, samples, self._sizes):
                wanted[row.id] = near
            self._days[row.id], self._sizes[row.id] = entry.day, len(own.sample)
            for key in entry.keys:
                here = found.setdefault(key, [])
                if len(here) < CROWDED or sum(week_of(self._days[text]) == week for text in here) < CROWDED:
                    here.append(row.id)
                    work.keys.append((week, key, row.id))
        return wanted

    def _write(self, connection: Connection, work: _Work, touched: Collection[int], turn: int) -> bool:
        """False, with nothing written, when another process wrote since the batch was read."""
        if not cursors.advance(connection, _TURN, turn, turn + 1):
            return False
        stories = story_queries.in_a_story(connection, work.again) | set(touched)
        fingerprints.forget(connection, work.old, work.again)
        fingerprints.remember(connection, work.entries, work.keys, work.pairs)
        verified = [pair for pair in work.pairs if pair.verdict.kind in VERIFIED]
        stories |= {article for pair in verified for article in (pair.later, pair.earlier)}
        if stories:
            story_queries.rebuild(connection, stories)
        passed_over.clear(connection, READER, work.noted & work.again)
        passed_over.note(connection, READER, work.failed, datetime.now(UTC))
        return True

    def _measure(self, connection: Connection, ids: set[int]) -> None:
        if len(self._sizes) > _SIZES:
            self._sizes.clear()
            self._days.clear()
        for text, (day, sampled) in fingerprints.days_and_sizes(connection, ids - self._sizes.keys()).items():
            self._days[text], self._sizes[text] = day, sampled

    def _load(self, connection: Connection, ids: set[int]) -> dict[int, tuple[Current, ComparedText]]:
        found = {key: self._texts[key] for key in ids if key in self._texts}
        for row in fingerprints.current(connection, ids - found.keys(), LONGEST):
            found[row.id] = row, _compared_text(row)
        for row, text in found.values():
            self._keep(row, text)
        return found

    def _keep(self, row: Current, text: ComparedText) -> None:
        self._texts[row.id] = row, text
        self._texts.move_to_end(row.id)
        while len(self._texts) > _TEXTS:
            self._texts.popitem(last=False)


@dataclass(frozen=True, slots=True)
class _Work:
    """What a batch will write."""

    old: dict[int, StoredFingerprint]
    entries: dict[int, StoredFingerprint]
    keys: list[tuple[int, int, int]]
    pairs: list[Pair]
    again: set[int]
    """Articles whose pairs are found anew."""
    failed: dict[tuple[int, int], str] = field(default_factory=dict)
    """Articles that cannot be worked on, by number and revision, with the reason."""
    noted: set[int] = field(default_factory=set)
    """Articles of which it was noted before that they could not be."""

    def outcome(self, row: Current, work: Callable[[], T]) -> T | None:
        """What work on an article gives; None, with a note of it, where it cannot be done."""
        try:
            return work()
        except Exception as error:  # whatever it is, it would come again with each try
            self.give_up(row, why(error))
            return None

    def give_up(self, row: Current, reason: str) -> None:
        """Note that an article cannot be worked on."""
        logger.warning("article %d is not compared: %s", row.id, reason)
        self.failed[row.id, row.revision] = reason

    @property
    def copies(self) -> list[Pair]:
        """The pairs of one text."""
        return [pair for pair in self.pairs if pair.verdict.kind in COPIES]


def _compared_text(row: Current) -> ComparedText:
    return ComparedText(row.lead, row.body)


def _compared(one: tuple[Current, ComparedText], other: tuple[Current, ComparedText], bounded: Bounded) -> Pair:
    (earlier, before), (later, after) = one, other
    one_paper = earlier.site is not None and earlier.site == later.site
    size = len(before.raw) + len(after.raw)
    args = before, after, later.at - earlier.at, one_paper
    return Pair(later.id, earlier.id, bounded.run(size, _relation, *args, seconds=SECONDS))


def _fingerprint(text: ComparedText) -> Fingerprint:
    return fingerprint(text.hashes)


def _relation(before: ComparedText, after: ComparedText, apart: timedelta, one_paper: bool) -> Relation:
    return compare(before, after, apart, one_paper=one_paper)

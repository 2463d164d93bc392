"""Keyword alerts: who asked for words is notified of each new or revised article that has them, once; of none that a
backfill has brought, however new to the store, and of none that only repeats a page of which the alert has told.

An alert reads the change feed like a sink, from where it was added. What it finds is written with the place reached,
and into a message in one transaction; so a crash repeats at most the sending of a message.

The functions that take a connection and write run inside one writing transaction that holds the job `alerts`
(`crawler.store.subjects`). Tables and columns in the database are called after watches, as alerts were before.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    PrimaryKeyConstraint,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)

from crawler.alerts.targets import key
from crawler.alerts.wording import Hit, compose, facts_of
from crawler.backfill import backlog
from crawler.catalogue import Language, said_of_many
from crawler.compare import story_queries
from crawler.compare.additions import pages_of_stories, related_up_to, repeated
from crawler.compare.relate import relate
from crawler.errors import BadInput
from crawler.items import Article
from crawler.readers import Bounded, why
from crawler.readers.bounded import SECONDS
from crawler.store import FeedItem, Store, messages, passed_over, subjects
from crawler.store import changes as feed
from crawler.store.schema import Instant, Number, Plain, changes, every, metadata
from crawler.store.sql import chunks, compare_and_set
from crawler.text.matching import SearchedText, match
from crawler.text.query import Node, parse

logger = logging.getLogger(__name__)
BATCH = 200
"""Changes that are searched together."""
PAGES = 20
"""Pages in one message."""
READER = "alerts"
"""As which it is known what was passed over (`crawler.store.passed_over`)."""
NEWS = frozenset({"created", "revised", "copied", "restored"})
"""The changes that an alert looks at."""

alerts = Table(
    "watches",
    metadata,
    Column("id", Number, primary_key=True),
    Column("query", Plain, nullable=False),
    Column("sites", Plain, nullable=False),  # a JSON list; empty for all
    Column("notify", Plain, nullable=False),  # a JSON list; empty for the setting's
    Column("added_at", Instant, nullable=False),
    Column("cursor", Number, nullable=False),
    sqlite_autoincrement=True,  # a removed alert's number is never another's
)

hits = Table(
    "hits",
    metadata,
    Column("watch_id", Number, ForeignKey("watches.id"), nullable=False, key="alert_id"),
    Column("article_id", Number, ForeignKey("articles.id"), nullable=False),
    Column("seq", Number, nullable=False),
    Column("url", Plain, nullable=False),
    Column("site", Plain),
    Column("title", Plain, nullable=False),
    Column("sentence", Plain, nullable=False),
    Column("found_at", Instant, nullable=False),
    Column("told_at", Instant, key="notified_at"),
    PrimaryKeyConstraint("alert_id", "article_id"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Words of which somebody wants to be notified."""

    id: int
    query: str
    sites: tuple[str, ...]
    """Names; empty for all sites."""
    notify: tuple[str, ...]
    """Targets of its messages; empty for the setting's."""
    added_at: datetime
    cursor: int
    """The last change that was searched for it."""


def add(store: Store, query: str, sites: Sequence[str], notify: Sequence[str], now: datetime) -> int:
    """Search for a query from now on; the alert's number. Raises `BadInput` when the query cannot be read."""
    parse(query)
    values = {"query": query, "sites": json.dumps(list(sites)), "notify": json.dumps(list(notify)), "added_at": now}
    with store.writing_beside(subjects.job("alerts")) as connection:
        cursor = feed.last_change(connection)
        id_: int = connection.execute(insert(alerts).returning(alerts.c.id), {**values, "cursor": cursor}).scalar_one()
        return id_


def remove(store: Store, id_: int) -> None:
    """End an alert and forget what it found; raises `BadInput` when there is none of this number."""
    with store.writing_beside(subjects.job("alerts")) as connection:
        connection.execute(delete(hits).where(hits.c.alert_id == id_))
        if connection.execute(delete(alerts).where(alerts.c.id == id_)).rowcount == 0:
            raise BadInput(f"there is no alert {id_}; `thoisu alerts list` has them")


def list_alerts(connection: Connection) -> list[Alert]:
    """All alerts, in the order of their numbers."""
    rows = connection.execute(select(alerts).order_by(alerts.c.id)).mappings()
    return [Alert(**{**row, **{name: tuple(json.loads(row[name])) for name in ("sites", "notify")}}) for row in rows]


def write_messages(
    store: Store, now: datetime, targets: Collection[str], *, retry: bool = False, language: Language = "en"
) -> int:
    """Search what is new for every alert and write its messages, to its own targets or else to `targets`.

    What is new is related first (`crawler.compare.relate`), since a page that only repeats another is not told. The
    number of pages in these messages, those not counted that are told by the number of their story's pages. `retry`
    searches again all that was passed over; else that alone which another version of the program did.
    """
    relate(store, retry=retry)
    with store.reading() as connection:
        known = list_alerts(connection)
    _search_again(store, known, now, every=retry)
    for cursor in sorted({alert.cursor for alert in known}):
        _search(store, [alert for alert in known if alert.cursor == cursor], now)
    return sum(_write(store, alert, now, alert.notify or tuple(targets), language) for alert in known)


def _search(store: Store, group: list[Alert], now: datetime) -> None:
    """Bring alerts that have come equally far to the end of the feed."""
    while True:
        cursor = group[0].cursor
        with store.reading() as connection:
            items, end = feed.read(connection, cursor, BATCH)
            found = {alert.id: dict[int, Hit]() for alert in group}
            before = {alert.id: _known(connection, alert, items) for alert in group}
            backfilled = backlog.last_changes(connection, {item.change.url for item in items})
            noted = {one.article_id: one.revision for one in passed_over.listed(connection, READER)}
        if end == cursor:
            return
        searcher = _Searcher(group, careful=passed_over.begin(store, READER, cursor))
        for item in items:
            change = item.change
            if item.article is None or change.event not in NEWS or change.seq <= backfilled.get(change.url, -1):
                continue
            asking = [
                alert
                for alert in group
                if change.article_id not in before[alert.id] | found[alert.id].keys()
                and (not alert.sites or change.site in alert.sites)
            ]
            if noted.get(change.article_id, -1) == change.revision:
                continue  # another group of alerts has met it
            for alert, sentence in searcher.matches(item, asking):
                found[alert.id][change.article_id] = hit_of(alert.id, item, sentence, now)
        with store.writing_beside(subjects.job("alerts")) as connection:
            group = [
                replace(alert, cursor=end)
                for alert in group
                if _advance(connection, alert, end, found[alert.id].values())
            ]
            searcher.keep(connection, noted.keys(), now)
        if not group:
            return


def _search_again(store: Store, known: Sequence[Alert], now: datetime, *, every: bool) -> None:
    """Search articles that were passed over, in readers: one that has the words now is found as if it were new."""
    with store.reading() as connection:
        due = passed_over.due(connection, READER, every=every)
    for one in due:
        with store.reading() as connection:
            this = (changes.c.article_id == one.article_id) & changes.c.event.in_(NEWS)
            last = connection.scalars(select(func.max(changes.c.seq)).where(this)).one()
            items, _ = feed.read(connection, last - 1, 1)
            asking = [
                alert
                for alert in known
                if alert.added_at <= items[0].change.at
                and (not alert.sites or items[0].change.site in alert.sites)
                and not _known(connection, alert, items)
            ]
        searcher = _Searcher(known, careful=True)
        found = searcher.matches(items[0], asking)
        with store.writing_beside(subjects.job("alerts")) as connection:
            still = {alert.id for alert in list_alerts(connection)}
            for alert, sentence in found:
                if alert.id in still and not _known(connection, alert, items):
                    _insert(connection, [hit_of(alert.id, items[0], sentence, now)])
            searcher.keep(connection, {one.article_id}, now)


class _Searcher:
    """Searches articles for the words of alerts; what it cannot search it passes over, as those behind must be told."""

    def __init__(self, group: Sequence[Alert], *, careful: bool) -> None:
        self._queries = {alert.id: parse(alert.query) for alert in group}
        self._bounded = Bounded(careful=careful)
        self._failed: dict[tuple[int, int], str] = {}
        self._searched: set[int] = set()

    def matches(self, item: FeedItem, asking: Sequence[Alert]) -> list[tuple[Alert, str]]:
        """The alerts whose words an article has, with the sentence."""
        change, article = item.change, item.article
        if article is None or not asking:
            return []
        try:
            queries = [self._queries[alert.id] for alert in asking]
            size = len(article.title) + len(article.lead or "") + len(article.body)
            sentences = self._bounded.run(size, sentences_of, article, queries, seconds=SECONDS)
        except Exception as error:  # whatever it is, it would come again with each try
            logger.warning("%s is not searched for alerts: %s", article.canonical_url, why(error))
            self._failed[change.article_id, change.revision or 0] = why(error)
            return []
        self._searched.add(change.article_id)
        return [(alert, sentence) for alert, sentence in zip(asking, sentences, strict=True) if sentence is not None]

    def keep(self, connection: Connection, noted: Collection[int], now: datetime) -> None:
        """Note what could not be searched, and no longer what could."""
        passed_over.clear(connection, READER, self._searched & set(noted))
        passed_over.note(connection, READER, self._failed, now)


def sentences_of(article: Article, queries: Sequence[Node]) -> list[str | None]:
    """For each query the sentence by which an article has its words, None without them; here or in a reader."""
    text = SearchedText.of(article)
    return [match(query, text) for query in queries]


def _known(connection: Connection, alert: Alert, items: Iterable[FeedItem]) -> set[int]:
    """Those of the articles that the alert has found before."""
    articles = {item.change.article_id for item in items}
    return set(connection.scalars(select(hits.c.article_id).where(_of(alert.id), hits.c.article_id.in_(articles))))


def hit_of(alert: int, item: FeedItem, sentence: str, now: datetime) -> Hit:
    """A page that an alert has found."""
    change, article = item.change, item.article
    assert article is not None  # noqa: S101 - for the type checker
    return Hit(
        alert_id=alert,
        article_id=change.article_id,
        seq=change.seq,
        url=change.url,
        site=change.site,
        title=article.title,
        sentence=sentence,
        found_at=now,
        notified_at=None,
    )


def _advance(connection: Connection, was: Alert, seq: int, found: Iterable[Hit]) -> bool:
    """Keep what was found up to the change `seq`; False, with nothing written, when another process was faster."""
    if not compare_and_set(connection, alerts, {"id": was.id, "cursor": was.cursor}, {"cursor": seq}):
        return False
    _insert(connection, found)
    return True


def _insert(connection: Connection, found: Iterable[Hit]) -> None:
    names = hits.c.keys()
    if rows := [{name: getattr(hit, name) for name in names} for hit in found]:
        connection.execute(insert(hits), rows)


def _write(store: Store, alert: Alert, now: datetime, targets: Collection[str], language: Language) -> int:
    count, title = 0, " ".join(alert.query.split())
    while targets:
        with store.writing_beside(subjects.job("alerts")) as connection:
            waiting = without_message(connection, alert.id, PAGES)
            if not waiting:
                break
            # Each has a time of its own: by it the store knows what stands in which message.
            at = now - count * timedelta.resolution
            pages = pages_of_stories(connection, _articles(waiting))
            repeating = _repeating(connection, alert, waiting, at)
            new = [hit for hit in waiting if hit.article_id not in repeating]
            if new:
                subject = f"thoisu: {title}: {said_of_many('{n} page', '{n} pages', len(new), language)}"
                facts = facts_of(connection, new, _told_of_stories(connection, alert, new))
                text = compose(new, pages, facts, language)
                messages.put(connection, about(alert.id), map(key, targets), subject, text, at)
            _note_written(connection, waiting, at, repeating)
        count += len(new)
    return count


def _note_written(connection: Connection, found: Iterable[Hit], at: datetime, earlier: Mapping[int, datetime]) -> None:
    """Note when the message was written that tells of each, `earlier` for those that an earlier one told of."""
    for hit in found:
        this = _of(hit.alert_id) & (hits.c.article_id == hit.article_id)
        connection.execute(update(hits).where(this).values(notified_at=earlier.get(hit.article_id, at)))


def _repeating(connection: Connection, alert: Alert, waiting: Collection[Hit], at: datetime) -> dict[int, datetime]:
    """Those that repeat a page of which the alert has told or tells `at` this time, and when it told of that."""
    repeats = repeated(connection, _articles(waiting))
    others = {other for found in repeats.values() for other in found}
    told: dict[int, datetime] = {}
    for chunk in chunks(others):
        query = select(hits.c.article_id, hits.c.notified_at).where(
            _of(alert.id), hits.c.article_id.in_(chunk), hits.c.notified_at.is_not(None)
        )
        told.update({row[0]: row[1] for row in connection.execute(query)})
    found: dict[int, datetime] = {}
    for hit in waiting:
        before = [told[other] for other in repeats.get(hit.article_id, ()) if other in told]
        if before:
            found[hit.article_id] = max(before)
        told[hit.article_id] = found.get(hit.article_id, at)
    return found


def _told_of_stories(connection: Connection, alert: Alert, found: Collection[Hit]) -> set[int]:
    """The articles in the stories of these of which the alert has told, but for those that are new in them."""
    told: set[int] = set()
    for chunk in chunks(story_queries.others_of(connection, _articles(found))):
        query = select(hits.c.article_id).where(
            _of(alert.id), hits.c.article_id.in_(chunk), hits.c.notified_at.is_not(None)
        )
        told.update(connection.scalars(query))
    return told


def _articles(found: Iterable[Hit]) -> list[int]:
    return [hit.article_id for hit in found]


def without_message(connection: Connection, alert: int, limit: int) -> list[Hit]:
    """Hits of an alert that stand in no message yet and have been related, in the order of the feed."""
    waits = _of(alert), hits.c.notified_at.is_(None), hits.c.seq <= related_up_to(connection)
    query = select(*every(hits)).where(*waits).order_by(hits.c.seq).limit(limit)
    return [Hit(**row) for row in connection.execute(query).mappings()]


def last_hits(connection: Connection, alert: int, limit: int) -> list[Hit]:
    """The last pages that an alert has found, the newest first."""
    query = select(*every(hits)).where(_of(alert)).order_by(hits.c.seq.desc()).limit(limit)
    return [Hit(**row) for row in connection.execute(query).mappings()]


def about(alert: int) -> str:
    """What the messages of an alert are about, as the store has it."""
    return f"watch-{alert}"


def take_back(connection: Connection, about: str, made_at: datetime) -> None:
    """What stood in a message is to be in another after all; nothing for a message that is not of an alert."""
    kind, _, number = about.partition("-")
    if kind == "watch":
        mine = _of(int(number)) & (hits.c.notified_at == made_at)
        connection.execute(update(hits).where(mine).values(notified_at=None))


def totals(connection: Connection) -> dict[int, tuple[int, int]]:
    """How many pages each alert has found, and how many of these stand in messages."""
    query = select(hits.c.alert_id, func.count(), func.count(hits.c.notified_at)).group_by(hits.c.alert_id)
    return {row[0]: (row[1], row[2]) for row in connection.execute(query)}


def written(connection: Connection, alert: int, since: datetime) -> dict[datetime, int]:
    """How many pages of an alert stand in each message that was written since then, by its time."""
    query = select(hits.c.notified_at, func.count()).where(_of(alert), hits.c.notified_at >= since)
    return {row[0]: row[1] for row in connection.execute(query.group_by(hits.c.notified_at))}


def _of(alert: int) -> ColumnElement[bool]:
    return hits.c.alert_id == alert

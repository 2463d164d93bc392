"""What an alert would say: of what has come lately, and in a message that is sent to try its targets."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import func, select

from crawler.alerts import alerts, notify, wording
from crawler.alerts.alerts import Alert
from crawler.alerts.targets import masked
from crawler.alerts.wording import Hit
from crawler.backfill import backlog
from crawler.catalogue import Language, said
from crawler.compare.additions import pages_of_stories
from crawler.errors import BadInput
from crawler.readers import Bounded
from crawler.store import Store
from crawler.store import changes as feed
from crawler.store.schema import changes, every
from crawler.text.query import parse


def would_find(store: Store, query: str, sites: Collection[str], since: datetime) -> Iterator[Hit]:
    """The pages of which an alert of this query, begun at `since`, had told, in the order of the feed.

    Each article once, as an alert does, and none that a backfill brought; what cannot be searched is left out. Nothing
    is written. Raises `BadInput` for a query that cannot be read.
    """
    node, seen = parse(query), set[int]()
    with store.reading() as connection:
        first = connection.scalar(select(func.min(changes.c.seq)).where(changes.c.at >= since))
    if first is None:
        return
    cursor, bounded = first - 1, Bounded()
    while True:
        with store.reading() as connection:
            items, end = feed.read(connection, cursor, alerts.BATCH, sites=sites or None)
            backfilled = backlog.last_changes(connection, {item.change.url for item in items})
        for item in items:
            change, article = item.change, item.article
            if article is None or change.event not in alerts.NEWS or change.article_id in seen:
                continue
            if change.seq <= backfilled.get(change.url, -1):
                continue
            size = len(article.title) + len(article.lead or "") + len(article.body)
            try:
                (sentence,) = bounded.run(size, alerts.sentences_of, article, [node])
            except Exception:  # noqa: S112 - of a preview nobody waits for one article
                continue
            if sentence is not None:
                seen.add(change.article_id)
                yield alerts.hit_of(0, item, sentence, change.at)
        if end == cursor:
            return
        cursor = end


def send_one(store: Store, alert: Alert, targets: Collection[str], language: Language = "en") -> dict[str, str | None]:
    """Send a message of the alert's last page, or one that there is none, to each target now.

    By target, for a person's eyes, why it could not be sent; None where it was. The alert goes on as if nothing had
    been sent. Raises `BadInput` when there is no target.
    """
    if not targets:
        raise BadInput("nobody is notified: give the alert --notify, or set THOISU_NOTIFY")
    with store.reading() as connection:
        hits = alerts.hits
        query = select(*every(hits)).where(hits.c.alert_id == alert.id).order_by(hits.c.seq.desc()).limit(1)
        last = [Hit(**row) for row in connection.execute(query).mappings()]
        pages = pages_of_stories(connection, [hit.article_id for hit in last])
        facts = wording.facts_of(connection, last, ())
    nothing = said("Nothing has been found yet; of what is, messages look like this one.", language)
    body, test = wording.compose(last, pages, facts, language) or nothing, said("a test", language)
    found: dict[str, str | None] = {}
    for target in targets:
        try:
            notify.send(target, f"thoisu: {' '.join(alert.query.split())}: {test}", body)
            found[masked(target)] = None
        except (notify.Undelivered, BadInput) as error:
            found[masked(target)] = str(error)
    return found

"""What must always hold in a store, as queries that find what breaks it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, and_, exists, func, or_, select, text

from crawler.compare.tables import fingerprints, members, relations
from crawler.store import Store
from crawler.store.numbering import last_number
from crawler.store.schema import Fate, articles, changes, copies, links, revisions, search_keys
from crawler.store.sink_cursors import sinks

_current = and_(revisions.c.article_id == articles.c.id, revisions.c.number == articles.c.revision)
_a_copy = exists().where(copies.c.canonical_url == links.c.canonical_url)
_an_article = exists().where(articles.c.canonical_url == links.c.canonical_url)
_count_of_revisions = select(func.count()).where(revisions.c.article_id == articles.c.id).scalar_subquery()
_count_of_events = (
    select(func.count())
    .where(changes.c.article_id == articles.c.id, changes.c.event.in_(("created", "revised")))
    .scalar_subquery()
)
_own = changes.alias()
_last_of_article = (
    select(func.max(_own.c.seq))
    .where(_own.c.article_id == articles.c.id, _own.c.url == articles.c.canonical_url)
    .correlate(articles)
    .scalar_subquery()
)

# Each: a sentence with the key of the row that breaks the rule, and the query for these keys.
_RULES: tuple[tuple[str, Select[Any]], ...] = (
    (
        "article {} has no revision of its current number and hash",
        select(articles.c.id).where(
            ~exists().where(_current, revisions.c.content_hash == articles.c.content_hash),
        ),
    ),
    (
        "article {} has a gap in its revisions",
        select(articles.c.id).where(_count_of_revisions != articles.c.revision),
    ),
    (
        "article {} has not one change for each revision",
        select(articles.c.id).where(_count_of_events != articles.c.revision),
    ),
    (
        "article {} is withdrawn and its last change is another, or the reverse",
        select(articles.c.id).where(
            changes.c.seq == _last_of_article,
            articles.c.withdrawn_at.is_not(None) != (changes.c.event == "withdrawn"),
        ),
    ),
    (
        "article {} is not in the index of words",
        select(articles.c.id).where(~exists().where(search_keys.c.article_id == articles.c.id)),
    ),
    (
        "sink {} is ahead of the feed",
        select(sinks.c.name).where(
            sinks.c.cursor > select(func.coalesce(func.max(changes.c.seq), 0)).scalar_subquery()
        ),
    ),
    (
        "revision {} belongs to no article",
        select(revisions.c.id).where(~exists().where(articles.c.id == revisions.c.article_id)),
    ),
    (
        "{} is both an article and a copy",
        select(copies.c.canonical_url).where(exists().where(articles.c.canonical_url == copies.c.canonical_url)),
    ),
    (
        "copy {} has a text that its article never had",
        select(copies.c.canonical_url).where(
            ~exists().where(
                revisions.c.article_id == copies.c.article_id, revisions.c.content_hash == copies.c.content_hash
            )
        ),
    ),
    (
        "copy {} has no change that made it",
        select(copies.c.canonical_url).where(
            ~exists().where(
                changes.c.event == "copied",
                changes.c.url == copies.c.canonical_url,
                changes.c.article_id == copies.c.article_id,
                changes.c.content_hash == copies.c.content_hash,
            )
        ),
    ),
    (
        "change {} names a revision that does not exist",
        select(changes.c.seq).where(
            changes.c.event.in_(("created", "revised")),
            ~exists().where(
                revisions.c.article_id == changes.c.article_id,
                revisions.c.number == changes.c.revision,
                revisions.c.content_hash == changes.c.content_hash,
            ),
        ),
    ),
    (
        "change {} belongs to no article",
        select(changes.c.seq).where(~exists().where(articles.c.id == changes.c.article_id)),
    ),
    (
        "link {} is stored and has neither article nor copy",
        select(links.c.canonical_url).where(
            links.c.fate == Fate.STORED, links.c.leads_to.is_(None), ~or_(_an_article, _a_copy)
        ),
    ),
    (
        "article {} has no link",
        select(articles.c.id).where(~exists().where(links.c.canonical_url == articles.c.canonical_url)),
    ),
    (
        "story {} does not bear the number of its least article",
        select(members.c.story_id)
        .group_by(members.c.story_id)
        .having(func.min(members.c.article_id) != members.c.story_id),
    ),
    (
        "article {} has relations and no fingerprint",
        select(relations.c.article_id).where(~exists().where(fingerprints.c.article_id == relations.c.article_id)),
    ),
    (
        "copy {} has no link",
        select(copies.c.canonical_url).where(~exists().where(links.c.canonical_url == copies.c.canonical_url)),
    ),
)


def verify(store: Store) -> list[str]:
    """One sentence for each thing that is out of order; empty when all holds."""
    with store.reading() as connection:
        return _verify(connection)


def _verify(connection: Connection) -> list[str]:
    last_number(connection)  # whoever died before he numbered his changes has broken nothing
    faults = [
        sentence.format(row[0]) for sentence, query in _RULES for row in connection.execute(query.order_by(text("1")))
    ]
    first, last, count = connection.execute(
        select(func.min(changes.c.seq), func.max(changes.c.seq), func.count())
    ).one()
    if count and (first, last) != (1, count):
        faults.append(f"changes run from {first} to {last} and are {count}: there are gaps")
    if connection.dialect.name == "sqlite":
        faults += [f"file: {row[0]}" for row in connection.exec_driver_sql("PRAGMA quick_check") if row[0] != "ok"]
    return faults

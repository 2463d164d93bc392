"""The store: every article once, every edit kept, every change in order.

`Store` is a database that is open. "Through the Store" means one of two things:

- **The way of an article**, from the source that lists it to the change that others read, is in methods of `Store`,
  each a transaction of its own: `source`, `save_source`, `pending`, `begin`, `save`, `refuse`, `withdraw`, `amend`, …
  and, to read what has come of it, `articles`, `article`, `revision`, `changes`, `feed`, `counts`. Only this package
  writes the tables behind them (`sites`, `sources`, `links`, `articles`, `revisions`, `copies`, `changes`).
- **All else** is a function that takes a connection, so that several make one transaction:
  `with store.reading() as connection` to read, `with store.writing_beside(…) as connection` to write, holding what is
  decided about (`subjects`), `with store.writing() as connection` to write while nobody else does. A job that one
  process at a time may do, however many transactions it needs, is done within `store.lock(job)`.

A table and its SQL lie in the package that alone writes it: `crawler.compare.tables`, `crawler.schedule.agenda`,
`crawler.backfill.steps`, `crawler.monitor.page_flags`, `crawler.alerts`. Here lies what several packages write or read:

    schema, migrations/, migrate    the tables of the record and the frontier; bringing a database up to date
    database, subjects, locks, sql  connections and the write lock; what a transaction locks of the rest; locks of jobs;
                                    small tools for statements
    frontier, sightings             sources and links; what each source has listed, its polls and gaps
    store, rows                     `Store`, and what its methods return
    articles, rehash, queries       texts that come in; their hashes after a change of the rules; lists and counts
    search, search_candidates       what a query finds, newest or best first
    search_index, search_terms      the index of words, and a query as each database takes it
    search_fill                     older articles come into the index
    changes, numbering              the change feed, and how a change comes to its number
    cursors, sink_cursors           how far the readers of the feed have come, and the sinks
    budget, robots, tallies         requests spent; robots.txt kept for a day; answers counted by reason
    listings, mentions              lists for whoever is outside, bounded; which articles name which documents
    tokens                          who is let in by `thoisu serve`; hashes
    stand_ins                       what stands in for parts of a definition that give nothing any more
    findings, messages              what the monitor has found; what is to be sent to people
    quarantine, passed_over         pages kept for repair; articles that a reader of the feed could not work on
    runs, heartbeats                the last run at each site; signs of life of the scheduler
"""

from crawler.store.changes import FeedItem
from crawler.store.locks import LockTaken
from crawler.store.rows import (
    ArticleRow,
    CopyRow,
    Outcome,
    RevisionRow,
    SourceSaved,
    SourceState,
    StoredArticle,
    StoredPage,
)
from crawler.store.store import Store

__all__ = [
    "ArticleRow",
    "CopyRow",
    "FeedItem",
    "LockTaken",
    "Outcome",
    "RevisionRow",
    "SourceSaved",
    "SourceState",
    "Store",
    "StoredArticle",
    "StoredPage",
]

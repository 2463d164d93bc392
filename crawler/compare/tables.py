"""The tables that hold what texts have to do with each other; `crawler.store.schema` has those of the record.

    articles ─┬─ fingerprints     of the current revision, and the version of the rules that made it
              ├─ shingle_keys     its bands and sampled shingles, together with those of the same week
              ├─ relations        verified pairs
              └─ members ── stories

All of it follows from the articles and can be made again. A text that is alone has no story of its own here.
"""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Integer, LargeBinary, PrimaryKeyConstraint, Table

from crawler.store.schema import Instant, Number, Plain, metadata

fingerprints = Table(
    "fingerprints",
    metadata,
    Column("article_id", Number, ForeignKey("articles.id"), primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),
    Column("version", Plain, nullable=False),
    Column("day", Integer, nullable=False),  # of publication, as in `crawler.compare.candidates.utc_day_number`
    Column("size", Integer, nullable=False),
    Column("sampled", Integer, nullable=False),  # keys in `sample`
    Column("minhash", LargeBinary, nullable=False),
    Column("sample", LargeBinary, nullable=False),
)

# Clustered by weeks: an article is looked up in and written to the pages of two of them, however old the archive is.
shingle_keys = Table(
    "shingle_keys",
    metadata,
    Column("week", Integer, nullable=False),
    Column("key", Number, nullable=False),
    Column("article_id", Number, nullable=False),
    PrimaryKeyConstraint("week", "key", "article_id"),
    sqlite_with_rowid=False,
)

relations = Table(
    "relations",
    metadata,
    Column("article_id", Number, ForeignKey("articles.id"), nullable=False),  # the later one
    Column("other_id", Number, ForeignKey("articles.id"), nullable=False, index=True),  # the earlier one
    Column("relation", Plain, nullable=False),
    Column("jaccard", Float, nullable=False),
    Column("containment", Float, nullable=False),
    Column("because", Plain),  # for a template, what the two contradict each other in
    PrimaryKeyConstraint("article_id", "other_id"),
)

stories = Table(
    "stories",
    metadata,
    Column("id", Number, ForeignKey("articles.id"), primary_key=True, autoincrement=False),  # its least article
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False, index=True),
    Column("pages", Integer, nullable=False),  # articles and their copies
)

members = Table(
    "members",
    metadata,
    Column("article_id", Number, ForeignKey("articles.id"), primary_key=True, autoincrement=False),
    Column("story_id", Number, ForeignKey("stories.id"), nullable=False, index=True),
)

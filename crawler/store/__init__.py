"""The store: every article once, every edit kept, every change in order."""

from crawler.store.rows import (
    ArticleRow,
    CopyRow,
    HeldPage,
    Outcome,
    RevisionRow,
    SourceSaved,
    SourceState,
    StoredArticle,
)
from crawler.store.store import Store

__all__ = [
    "ArticleRow",
    "CopyRow",
    "HeldPage",
    "Outcome",
    "RevisionRow",
    "SourceSaved",
    "SourceState",
    "Store",
    "StoredArticle",
]

"""The store: every article once, every edit kept, every change in order."""

from crawler.store.store import Store
from crawler.store.values import (
    ArticleRow,
    CopyRow,
    HeldPage,
    Outcome,
    PendingLink,
    RevisionRow,
    SourceState,
    StoredArticle,
)

__all__ = [
    "ArticleRow",
    "CopyRow",
    "HeldPage",
    "Outcome",
    "PendingLink",
    "RevisionRow",
    "SourceState",
    "Store",
    "StoredArticle",
]

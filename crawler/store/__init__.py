"""The store: every article once, every edit kept, every change in order."""

from crawler.store.rows import ArticleRow, CopyRow, HeldPage, Kept, Outcome, RevisionRow, SourceState, StoredArticle
from crawler.store.store import Store

__all__ = [
    "ArticleRow",
    "CopyRow",
    "HeldPage",
    "Kept",
    "Outcome",
    "RevisionRow",
    "SourceState",
    "Store",
    "StoredArticle",
]

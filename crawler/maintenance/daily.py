"""Retention by itself: once a day, in the hours in which the least comes, with VACUUM where it is worth it."""

from __future__ import annotations

import logging
from datetime import datetime

from crawler.configuration import Settings
from crawler.errors import StoreFailed
from crawler.maintenance import quiet
from crawler.maintenance.retention import Dropped, prune
from crawler.maintenance.sizes import free_bytes
from crawler.store import Store, heartbeats

logger = logging.getLogger(__name__)
WHO = "retention"
"""Of the row of `beats` that says when it was done last."""


def prune_due(store: Store, settings: Settings, now: datetime) -> list[Dropped]:
    """Drop what is too old when it is due; what was dropped."""
    with store.reading() as connection:
        if not quiet.is_due(connection, heartbeats.last(connection, WHO), now):
            return []
    found = prune(store, settings, now, measured=False)
    with store.reading() as connection:
        free, size = free_bytes(connection)
    if size < quiet.LARGE and quiet.is_worth(free, size):
        try:
            quiet.vacuum(store)
        except StoreFailed as failure:
            logger.warning("the file of the store stays as large as it is: %s", failure)
    with store.writing_beside() as connection:
        heartbeats.note(connection, WHO, now)
    return found

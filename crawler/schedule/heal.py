"""Times in the store that a clock wrote which was ahead: found by lying in the future, and put right.

The agenda is all that a wrong time can hold up: nobody looks before it has come. What is only looked at (the times of
articles, of changes) stays as it was written.
"""

from __future__ import annotations

from datetime import datetime

from crawler.schedule import agenda
from crawler.store import Store, budget, heartbeats
from crawler.text import SKEW, day_of


def heal(store: Store, now: datetime) -> int:
    """Make due what a wrong clock has put off, and note the jump; returns how many polls that were."""
    with store.reading() as connection:
        if not agenda.ahead(connection, now):
            return 0
    with store.writing() as connection:
        wrong = agenda.ahead(connection, now)
        if wrong:
            furthest = max(entry.polled_at or entry.next_at for entry in wrong)
            agenda.keep(connection, (agenda.healed(entry, now) for entry in wrong))
            budget.forget_after(connection, day_of(now + SKEW))
            jump = heartbeats.Jump(now, -(furthest - now).total_seconds(), len(wrong))
            heartbeats.note_jump(connection, jump)
    return len(wrong)

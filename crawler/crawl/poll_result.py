"""What a look at a source teaches about its pace."""

from __future__ import annotations

from datetime import datetime

from crawler.crawl.look import Look
from crawler.errors import Refusal
from crawler.items import Link
from crawler.schedule.source_rates import Seen
from crawler.sites.site import Feed, Listing, Sitemap
from crawler.store import SourceState


def seen(look: Look, state: SourceState, window: int | None, now: datetime) -> Seen | None:
    """What `crawler.schedule.pace` learns from a look, all parts of it saved; None from one that failed.

    `window` is the number of items that the source showed the last time it showed any.
    """
    source = look.source
    if state.last_status not in ("200", "304"):
        # The shard of a new day, month or year is not there before its first article.
        young = isinstance(source, Sitemap) and source.url != look.url
        return Seen(now) if young and state.last_status == Refusal.NOT_FOUND else None
    first = [link for part in look.kept for link in part.first]
    times = [at for link in first if (at := _time(link))]
    scrolls = isinstance(source, Feed) or (isinstance(source, Listing) and not look.paged)
    return Seen(
        now,
        items=times,
        undated=len(first) - len(times),
        new=sum(part.new for part in look.kept),
        shown=len(look.links) or window if scrolls else None,
        oldest=min((at for link in look.links.values() if (at := link.published_at)), default=None),
        overlap=not any(part.gap for part in look.kept),
    )


def _time(link: Link) -> datetime | None:
    """When the source says that an article came; of one that it has just listed, its last change will do."""
    return link.published_at or link.modified_at

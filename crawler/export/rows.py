"""What stands in a row: an article with its current text, its publisher and its story; every time on one clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from crawler.compare import story_queries
from crawler.items import Article, Kind
from crawler.sites import Site, Tier
from crawler.store import ArticleRow, Store
from crawler.store.queries import current_texts
from crawler.text import VIETNAM

_AT_ONCE = 50
"""Articles that are read together: what a site sends as one may have megabytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRow:
    """An article for whoever has no store; times are Viet Nam's."""

    id: int
    published_at: datetime | None
    first_seen_at: datetime
    site: str | None
    publisher: str | None
    """None, like `tier`, for a site that is not described."""
    tier: Tier | None
    section: str | None
    kind: Kind
    title: str
    lead: str | None
    body: str
    authors: tuple[str, ...]
    credit: str | None
    documents: tuple[str, ...]
    story: int
    """The same for all that tell the same text, as far as texts have been compared; an article's own where it is alone.
    """
    revision: int
    modified_at: datetime | None
    withdrawn_at: datetime | None
    url: str

    @property
    def at(self) -> datetime:
        """Of publication or, where that is unknown, of the first fetch."""
        return self.published_at or self.first_seen_at


COLUMNS = tuple(field.name for field in fields(ExportRow))
TEXTS = frozenset({"lead", "body"})
"""The columns that a list leaves out."""


def read_rows(store: Store, sites: Mapping[str, Site], numbers: Sequence[int]) -> Iterator[ExportRow]:
    """The articles of these numbers in this order, without those that are not there; raises StoreFailed."""
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        with store.reading() as connection:
            texts = current_texts(connection, some)
            stories = story_queries.story_numbers(connection, some)
        for row, article in texts:
            yield _row(row, article, sites.get(row.site or ""), stories[row.id])


def _row(row: ArticleRow, article: Article, site: Site | None, story: int) -> ExportRow:
    return ExportRow(
        id=row.id,
        published_at=_local(row.published_at),
        first_seen_at=row.first_seen_at.astimezone(VIETNAM),
        site=row.site,
        publisher=site.publisher if site else None,
        tier=site.tier if site else None,
        section=row.section,
        kind=row.kind,
        title=article.title,
        lead=article.lead,
        body=article.body,
        authors=tuple(map(_encodable, article.authors)),
        credit=row.credit,
        documents=tuple(map(_encodable, article.documents)),
        story=story,
        revision=row.revision,
        modified_at=_local(article.modified_at),
        withdrawn_at=_local(row.withdrawn_at),
        url=row.canonical_url,
    )


def _encodable(text: str) -> str:
    """The text without lone surrogates, which the columns of the store do not have and its JSON may."""
    return text.encode("utf-8", "replace").decode()


def _local(at: datetime | None) -> datetime | None:
    """The time on Viet Nam's clock; None for what lies before the first instant of UTC or behind the last year."""
    try:
        return at.astimezone(VIETNAM) if at else None
    except OverflowError:
        return None

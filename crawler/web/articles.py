"""Articles, stories and documents as the API and the pages read them, bounded in what they take from the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from fastapi import HTTPException
from sqlalchemy import Connection, select

from crawler.compare import Diff, compare
from crawler.compare.story_queries import StoryLine, StoryView, story_lines, story_of, view
from crawler.items import Article, Change
from crawler.store import ArticleRow, CopyRow, RevisionRow, listings, mentions
from crawler.store.listings import ArticleFilter, Place
from crawler.store.mentions import Document
from crawler.store.schema import articles, copies, links, sources
from crawler.text import search_form

MOST_ROWS = 200
"""Revisions, copies and changes that are shown of one article; of the revisions and changes, the last."""
MOST_COMPARED = 300_000
"""Characters of two texts that are compared; more takes seconds."""
STORY_PAGES = 60
"""Pages of a story that are compared with each other, the first ones."""
_STORY_TEXT = 30_000  # characters of each


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Where an article was found."""

    source: str | None
    """The first feed, sitemap or listing that had it."""
    at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleView:
    """An article with its past."""

    row: ArticleRow
    text: Article
    revisions: list[RevisionRow]
    copies: list[CopyRow]
    changes: list[Change]
    story: int
    found: Found | None
    documents: list[tuple[str, int | None]]
    """As the text has them, each with the number of its page."""


def article_view(connection: Connection, id_: int) -> ArticleView:
    """All that is shown of an article; 404 when there is none."""
    row = article_row(connection, id_)
    text = listings.text_of(connection, id_)
    if text is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"article {id_} has no text")
    numbers = mentions.named_by(connection, id_)
    return ArticleView(
        row=row,
        text=text,
        revisions=listings.revisions_of(connection, id_, MOST_ROWS),
        copies=listings.copies_of(connection, id_, MOST_ROWS),
        changes=listings.changes_of(connection, id_, MOST_ROWS),
        story=story_of(connection, id_) or id_,
        found=_found(connection, row.canonical_url),
        documents=[(name, numbers.get(search_form(name))) for name in text.documents[: mentions.MOST]],
    )


def article_row(connection: Connection, id_: int) -> ArticleRow:
    """An article without its text; 404 when there is none."""
    rows = listings.articles_of(connection, [id_])
    if not rows:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"there is no article {id_}")
    return rows[0]


def revision_text(connection: Connection, id_: int, number: int) -> Article:
    """A text that an article has had; 404 when there is none."""
    text = listings.text_of(connection, id_, number)
    if text is None:
        article_row(connection, id_)
        raise HTTPException(HTTPStatus.NOT_FOUND, f"article {id_} has no revision {number}")
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffOfRevisions:
    """Two revisions side by side."""

    row: ArticleRow
    before: int
    after: int
    texts: tuple[Article, Article]
    diff: Diff


def diff_view(connection: Connection, id_: int, before: int | None, after: int | None) -> DiffOfRevisions:
    """What a revision changed; without numbers the last one against the one before.

    404 when there are no two to compare, or they are too long.
    """
    row = article_row(connection, id_)
    new = after if after is not None else row.revision
    old = before if before is not None else new - 1
    if old < 1:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"article {id_} has no revision before {new}")
    texts = revision_text(connection, id_, old), revision_text(connection, id_, new)
    return DiffOfRevisions(row=row, before=old, after=new, texts=texts, diff=compared(*texts))


def copy_view(
    connection: Connection, id_: int, number: int
) -> tuple[ArticleRow, CopyRow, tuple[Article, Article], Diff]:
    """An article and its n-th copy, counted from 1, with what the copy changed; 404 when there is none."""
    row, every = article_row(connection, id_), listings.copies_of(connection, id_, MOST_ROWS)
    copy = every[number - 1] if 0 < number <= len(every) else None
    text = listings.copy_text(connection, id_, copy.canonical_url) if copy else None
    if copy is None or text is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"article {id_} has no copy {number}")
    texts = revision_text(connection, id_, row.revision), text
    return row, copy, texts, compared(*texts)


def compared(before: Article, after: Article) -> Diff:
    """The way from one text to the other; 404 when that would take too long."""
    if sum(len(one.title) + len(one.lead or "") + len(one.body) for one in (before, after)) > MOST_COMPARED:
        raise HTTPException(HTTPStatus.NOT_FOUND, "these texts are too long to compare here; thoisu diff does it")
    return compare(before, after)


@dataclass(frozen=True, slots=True)
class StoryList:
    """A page of a list of stories."""

    lines: list[StoryLine]
    next: Place | None


def list_stories(connection: Connection, wanted: ArticleFilter, after: Place | None, limit: int) -> StoryList:
    """A page of the articles as stories: as many at most as a page of articles has."""
    page = listings.list_articles(connection, wanted, after, limit)
    return StoryList(story_lines(connection, page.rows, wanted, after), page.next)


def story_view(connection: Connection, article: int) -> StoryView:
    """The story of an article; 404 when there is no such article."""
    found = view(connection, article, STORY_PAGES, _STORY_TEXT)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"there is no article {article}")
    return found


def story_pages(connection: Connection, article: int) -> int:
    """On how many pages the story of an article stands; 404 when there is no such article."""
    (line,) = story_lines(connection, [article_row(connection, article)], ArticleFilter())
    return line.pages


def numbers_of(connection: Connection, urls: list[str]) -> dict[str, int]:
    """The article that each of these pages is, or is a copy of."""
    found: dict[str, int] = {}
    for table, number in ((copies, copies.c.article_id), (articles, articles.c.id)):
        rows = connection.execute(select(table.c.canonical_url, number).where(table.c.canonical_url.in_(urls)))
        found.update({row[0]: row[1] for row in rows})
    return found


def document(connection: Connection, id_: int) -> Document:
    """A document; 404 when there is none of this number."""
    found = mentions.document(connection, id_)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, f"there is no document {id_}")
    return found


@dataclass(frozen=True, slots=True)
class DocumentList:
    """A page of a list of documents."""

    rows: list[Document]
    next: Place | None


def list_documents(connection: Connection, after: Place | None, limit: int) -> DocumentList:
    """A page of the documents that articles name, the one named last first."""
    rows = mentions.list_documents(connection, after, limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    return DocumentList(rows[:limit], Place(last.last_at, last.id) if last else None)


def articles_naming(connection: Connection, id_: int, after: Place | None, limit: int) -> listings.ArticlePage:
    """A page of the articles that name a document, the newest first."""
    places = mentions.naming(connection, id_, after, limit + 1)
    rows = listings.articles_of(connection, [article for _, article in places[:limit]])
    return listings.ArticlePage(rows, Place(*places[limit - 1]) if len(places) > limit else None)


def _found(connection: Connection, url: str) -> Found | None:
    query = (
        select(sources.c.url, links.c.found_at, links.c.fetched_at)
        .select_from(links)
        .outerjoin(sources, sources.c.id == links.c.source_id)
        .where(links.c.canonical_url == url)
    )
    row = connection.execute(query).first()
    return Found(source=row[0], at=row[1], read_at=row[2]) if row else None

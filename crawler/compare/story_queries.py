"""Stories in the store: made anew where an article touches them, listed, and each as a whole."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
)

from crawler.compare.copies import RelationKind
from crawler.compare.stories import VERIFIED, Edge, PageText, Story, build_story, clusters
from crawler.compare.tables import members, relations, stories
from crawler.store import ArticleRow
from crawler.store.listings import MOST_TEXT, TITLE, ArticleFilter, Place, among
from crawler.store.rows import LookAlike, PageRow, StoryRow
from crawler.store.schema import articles, copies, revisions
from crawler.store.sql import chunks

_AT = func.coalesce(articles.c.published_at, articles.c.first_seen_at).label("at")
_COPIED_AT = func.coalesce(copies.c.published_at, copies.c.fetched_at).label("at")
_MOST_PAGES = 2000  # of all the stories that stand on one page of a list
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_STORIES = select(members.c.article_id, members.c.story_id)
_STORIES_OF = _STORIES.where(members.c.article_id.in_(_IDS))
_MEMBERS_OF = _STORIES.where(members.c.story_id.in_(_IDS)).limit(_MOST_PAGES)
_ARTICLES_OF, _COPIES_OF = (
    select(article, table.c.canonical_url, table.c.site, func.substr(table.c.title, 1, TITLE), at)
    .where(article.in_(_IDS))
    .limit(_MOST_PAGES)
    for table, article, at in ((articles, articles.c.id, _AT), (copies, copies.c.article_id, _COPIED_AT))
)
_IS_VERIFIED = relations.c.relation.in_(sorted(VERIFIED))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """A story and what only looks like it."""

    id: int
    """Of its articles the one stored first."""
    story: Story
    look_alikes: tuple[LookAlike, ...]
    """Articles on the same template, in the order of publication."""
    updates: tuple[LookAlike, ...]
    """Articles that tell another state of the same news, likewise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """A story as one line of a list, or an article that is in none."""

    id: int
    article: ArticleRow
    """The newest article of it in the list."""
    first: PageRow
    """Who had it first."""
    pages: int
    """Articles and copies; of the largest stories not all are counted."""
    sites: tuple[str, ...]
    """Those that carry it, in the order of their first page."""


def rebuild(connection: Connection, touched: Collection[int]) -> None:
    """Make the stories anew that these articles are in, were in, or come into."""
    near = set(touched)
    for edge in _edges(connection, touched):
        near |= {edge.later, edge.earlier}
    old = _stories_of(connection, near)
    texts = near | _members_of(connection, old)
    edges = [edge for edge in _edges(connection, texts) if edge.later in texts and edge.earlier in texts]
    for chunk in chunks(texts):
        connection.execute(delete(members).where(members.c.article_id.in_(chunk)))
    for chunk in chunks(old | texts):
        connection.execute(delete(stories).where(stories.c.id.in_(chunk)))
    times: dict[int, list[datetime]] = defaultdict(list)
    for chunk in chunks(texts):
        for query in (
            select(articles.c.id, _AT).where(articles.c.id.in_(chunk)),
            select(copies.c.article_id, _COPIED_AT).where(copies.c.article_id.in_(chunk)),
        ):
            for article, at in connection.execute(query):
                times[article].append(at)
    found = [
        (min(cluster), cluster, [at for text in cluster for at in times[text]]) for cluster in clusters(texts, edges)
    ]
    rows = [
        {"id": least, "first_at": min(at), "last_at": max(at), "pages": len(at)}
        for least, _, at in found
        if len(at) > 1
    ]
    if rows:
        connection.execute(insert(stories), rows)
    of_articles = [
        {"article_id": text, "story_id": least} for least, cluster, _ in found if len(cluster) > 1 for text in cluster
    ]
    if of_articles:
        connection.execute(insert(members), of_articles)


def in_a_story(connection: Connection, ids: Collection[int]) -> set[int]:
    """Those of the articles that are in a story with others."""
    found: set[int] = set()
    for chunk in chunks(ids):
        found.update(connection.scalars(select(members.c.article_id).where(members.c.article_id.in_(chunk))))
    return found


def list_stories(
    connection: Connection, sites: Collection[str], since: datetime | None, least: int, limit: int | None
) -> list[StoryRow]:
    """Stories of `least` pages or more, with one at any of the sites (none is all); the latest page first."""
    query = select(stories.c.id, stories.c.last_at.label("at")).where(stories.c.pages >= least)
    if since is not None:
        query = query.where(stories.c.last_at >= since)
    if sites:
        query = query.where(_of_sites(sites))
    rows = list(connection.execute(_latest(query, limit)))
    if least < 2:
        alone = select(articles.c.id, _AT).where(
            ~exists().where(members.c.article_id == articles.c.id), ~exists().where(stories.c.id == articles.c.id)
        )
        if since is not None:
            alone = alone.where(_AT.element >= since)
        if sites:
            alone = alone.where(articles.c.site.in_(sites))
        rows += connection.execute(_latest(alone, limit))
    ids = [row.id for row in sorted(rows, key=lambda row: (row.at, row.id), reverse=True)[:limit]]
    pages = _pages(connection, ids)
    return [StoryRow(id=story, pages=tuple(pages[story])) for story in ids]


def _latest(query: Select[Any], limit: int | None) -> Select[Any]:
    return query.order_by(query.selected_columns["at"].desc(), query.selected_columns["id"].desc()).limit(limit)


def story_lines(
    connection: Connection, rows: Sequence[ArticleRow], wanted: ArticleFilter, after: Place | None = None
) -> list[StoryLine]:
    """One line a story for a page of the list of these articles, newest first, that goes on behind `after`.

    A story stands where its newest article of the list does: where that came before `after`, an earlier page had it.
    """
    story_of = story_numbers(connection, [row.id for row in rows])
    own, others = _first_pages(connection, set(story_of.values()))
    earlier = [
        page.article_id for pages in own.values() for page in pages if after and (page.at, page.article_id) >= after
    ]
    listed = {id_ for chunk in chunks(earlier) for id_ in among(connection, wanted, chunk)}
    lines: dict[int, StoryLine] = {}
    for row in rows:
        story = story_of[row.id]
        if story in lines or any(page.article_id in listed for page in own[story]):
            continue
        pages = sorted((*own[story], *others[story]), key=lambda page: (page.at, page.canonical_url))
        lines[story] = StoryLine(
            id=story, article=row, first=pages[0], pages=len(pages),
            sites=tuple(dict.fromkeys(page.site for page in pages if page.site)),
        )  # fmt: skip
    return list(lines.values())


def _first_pages(
    connection: Connection, ids: Collection[int]
) -> tuple[dict[int, list[PageRow]], dict[int, list[PageRow]]]:
    """The articles of each story and their copies, of all stories together `_MOST_PAGES` each at most."""
    story_of = dict(zip(ids, ids, strict=True))
    for chunk in chunks(ids):
        story_of.update({row.article_id: row.story_id for row in connection.execute(_MEMBERS_OF, {"ids": chunk})})
    found: tuple[dict[int, list[PageRow]], dict[int, list[PageRow]]] = (defaultdict(list), defaultdict(list))
    for pages, query in zip(found, (_ARTICLES_OF, _COPIES_OF), strict=True):
        for chunk in chunks(story_of):
            for row in connection.execute(query, {"ids": chunk}):
                pages[story_of[row[0]]].append(PageRow(*row))
    return found


def story_of(connection: Connection, article: int) -> int | None:
    """The number of the story that an article is in, its own where it is alone; None when there is no such article."""
    if connection.scalar(select(articles.c.id).where(articles.c.id == article)) is None:
        return None
    return connection.scalar(select(members.c.story_id).where(members.c.article_id == article)) or article


def story_numbers(connection: Connection, ids: Collection[int]) -> dict[int, int]:
    """The story of each article, as far as texts have been compared: its own number where it is alone."""
    found = {id_: id_ for id_ in ids}
    for chunk in chunks(found):
        found.update({row.article_id: row.story_id for row in connection.execute(_STORIES_OF, {"ids": chunk})})
    return found


def others_of(connection: Connection, ids: Collection[int]) -> set[int]:
    """The articles that are in the stories of these, and not among them."""
    return _members_of(connection, set(story_numbers(connection, ids).values())) - set(ids)


def view(connection: Connection, article: int, pages: int | None = None, length: int | None = None) -> StoryView | None:
    """The story of an article, as all that a person sees of it; None when there is no such article.

    Of its first `pages`, and of each text so many characters; None is all.
    """
    number = story_of(connection, article)
    if number is None:
        return None
    found = build_story(page_texts(connection, number, pages, length))
    return StoryView(
        id=number,
        story=found,
        look_alikes=tuple(look_alikes(connection, number)),
        updates=tuple(look_alikes(connection, number, "update")),
    )


def page_texts(
    connection: Connection, story: int, pages: int | None = None, length: int | None = None
) -> list[PageText]:
    """Every page of a story with its text, or the first `pages` of them with so many characters each."""
    of_articles = (
        select(articles.c.canonical_url, articles.c.site, _AT, *_texts(revisions, length))
        .join(revisions, and_(revisions.c.article_id == articles.c.id, revisions.c.number == articles.c.revision))
        .order_by(_AT)
        .limit(pages)
    )
    of_copies = select(copies.c.canonical_url, copies.c.site, _COPIED_AT, *_texts(copies, length))
    of_copies = of_copies.order_by(_COPIED_AT).limit(pages)
    found: list[PageText] = []
    for chunk in chunks(_members_of(connection, {story})):
        for query in (of_articles.where(articles.c.id.in_(chunk)), of_copies.where(copies.c.article_id.in_(chunk))):
            found += [_page(row) for row in connection.execute(query)]
    return sorted(found, key=lambda page: (page.at, page.url))[:pages]


def look_alikes(connection: Connection, story: int, relation: RelationKind = "template") -> list[LookAlike]:
    """Articles in this relation to one of the story, outside of it, with the words that tell them apart."""
    found: dict[int, LookAlike] = {}
    inside = _members_of(connection, {story})
    for chunk in chunks(inside):
        for own, other in (
            (relations.c.article_id, relations.c.other_id),
            (relations.c.other_id, relations.c.article_id),
        ):
            query = (
                select(articles.c.id, articles.c.canonical_url, articles.c.title, _AT, relations.c.because)
                .join(relations, other == articles.c.id)
                .where(own.in_(chunk), relations.c.relation == relation)
            )
            found.update({row[0]: LookAlike(*row) for row in connection.execute(query) if row[0] not in inside})
    return sorted(found.values(), key=lambda page: (page.at, page.article_id))


def _texts(table: Any, length: int | None) -> list[ColumnElement[Any]]:
    columns = [table.c[name] for name in ("title", "lead", "body")]
    if length is not None:
        columns = [func.substr(column, 1, length).label(column.key) for column in columns]
    # Of a record that is cut nothing can be read.
    record = case((func.length(table.c.record) <= MOST_TEXT, table.c.record), else_="{}").label("record")
    return [*columns, record]


def _page(row: Row[Any]) -> PageText:
    paragraphs, record = row.body.split("\n"), json.loads(row.record)
    return PageText(
        url=row.canonical_url,
        site=row.site,
        title=row.title,
        dateline=record.get("dateline"),
        credit=record.get("credit"),
        at=row.at,
        paragraphs=tuple([row.lead, *paragraphs] if row.lead else paragraphs),
    )


def _edges(connection: Connection, ids: Collection[int]) -> Iterable[Edge]:
    for chunk in chunks(ids):
        query = select(relations.c.article_id, relations.c.other_id, relations.c.relation).where(
            or_(relations.c.article_id.in_(chunk), relations.c.other_id.in_(chunk)), _IS_VERIFIED
        )
        for later, earlier, kind in connection.execute(query):
            relation: RelationKind = kind
            yield Edge(later, earlier, relation)


def _stories_of(connection: Connection, ids: Collection[int]) -> set[int]:
    found: set[int] = set()
    for chunk in chunks(ids):
        found.update(connection.scalars(select(members.c.story_id).where(members.c.article_id.in_(chunk))))
    return found


def _members_of(connection: Connection, ids: Collection[int]) -> set[int]:
    """The articles of these stories; a text that is alone is its own story."""
    found = set(ids)
    for chunk in chunks(ids):
        found.update(connection.scalars(select(members.c.article_id).where(members.c.story_id.in_(chunk))))
    return found


def _pages(connection: Connection, ids: Collection[int]) -> dict[int, list[PageRow]]:
    """The pages of each story in the order of publication."""
    story_of = dict(zip(ids, ids, strict=True))
    for chunk in chunks(ids):
        rows = connection.execute(select(members.c.article_id, members.c.story_id).where(members.c.story_id.in_(chunk)))
        story_of.update({row.article_id: row.story_id for row in rows})
    found: dict[int, list[PageRow]] = defaultdict(list)
    own = select(articles.c.id, articles.c.canonical_url, articles.c.site, articles.c.title, _AT)
    other = select(copies.c.article_id, copies.c.canonical_url, copies.c.site, copies.c.title, _COPIED_AT)
    for chunk in chunks(story_of):
        for query in (own.where(articles.c.id.in_(chunk)), other.where(copies.c.article_id.in_(chunk))):
            for row in connection.execute(query):
                found[story_of[row[0]]].append(PageRow(*row))
    for pages in found.values():
        pages.sort(key=lambda page: (page.at, page.canonical_url))
    return found


def _of_sites(sites: Collection[str]) -> ColumnElement[bool]:
    """Whether a page of the story is of one of these sites; each way in is by an index."""
    ways = []
    for page, article in ((articles, articles.c.id), (copies, copies.c.article_id)):
        ways.append(exists().where(article == stories.c.id, page.c.site.in_(sites)))
        joined = members.join(page, article == members.c.article_id)
        ways.append(exists().select_from(joined).where(members.c.story_id == stories.c.id, page.c.site.in_(sites)))
    return or_(*ways)

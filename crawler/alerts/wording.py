"""What a message says of each page: its title and sentence, whose it is, of when, and what is new about it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from crawler.catalogue import Language, said, said_of_many
from crawler.compare import story_queries
from crawler.sites import load_sites
from crawler.store.schema import articles, changes
from crawler.store.sql import chunks
from crawler.text import local_time

AGAIN = "another page of a story told before"
_KINDS = {"created": "new", "copied": "another page", "restored": "back after it was withdrawn"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A page that has the words, once for each article."""

    alert_id: int
    article_id: int
    seq: int
    """The change that brought it."""
    url: str
    site: str | None
    title: str
    sentence: str
    """Where the words stand."""
    found_at: datetime
    notified_at: datetime | None
    """When the message was written that it stands in; no two messages of an alert have the same time."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a message says of a page beside its words."""

    kind: str
    """New, revised, another page of a story that was told, or back, as the catalogue has it."""
    revision: int | None
    """The number of the revision that the page has come to."""
    at: datetime
    """Of publication or, where that is unknown, of when it was noticed; of a revision when that was noticed."""


def facts_of(connection: Connection, found: Collection[Hit], told: Collection[int]) -> dict[int, Facts]:
    """The facts of each hit by its change; `told` are the articles that the alert has told of before."""
    stories = story_queries.story_numbers(connection, {hit.article_id for hit in found} | set(told))
    before = {stories[article] for article in told}
    facts: dict[int, Facts] = {}
    query = select(changes.c.seq, changes.c.event, changes.c.revision, changes.c.at, articles.c.published_at).join(
        articles, articles.c.id == changes.c.article_id
    )
    again: dict[int, bool] = {}
    for hit in found:
        again[hit.seq] = stories[hit.article_id] in before
        before.add(stories[hit.article_id])
    for chunk in chunks(again):
        for row in connection.execute(query.where(changes.c.seq.in_(chunk))):
            kind = _KINDS.get(row.event, row.event)
            if row.event == "revised":
                kind = "revised, now revision {revision}"
            elif again[row.seq]:
                kind = AGAIN
            at = row.at if row.event == "revised" else row.published_at or row.at
            facts[row.seq] = Facts(kind, row.revision, at)
    return facts


def publishers() -> dict[str, str]:
    """How the sites are called, by name."""
    return {name: site.publisher for name, site in load_sites().items()}


def compose(
    found: Collection[Hit], pages: Mapping[int, int], facts: Mapping[int, Facts], language: Language = "en"
) -> str:
    """The text of a message; `pages` says of articles whose story has more than one how many there are."""
    names = publishers()
    return "\n\n".join(_page(hit, pages.get(hit.article_id), facts.get(hit.seq), names, language) for hit in found)


def _page(hit: Hit, pages: int | None, facts: Facts | None, names: Mapping[str, str], language: Language) -> str:
    who = names.get(hit.site or "", hit.site or "")
    about = [who]
    if facts:
        about = [said(facts.kind, language, revision=facts.revision), who, local_time(facts.at)]
    lines = [hit.title, hit.sentence, " · ".join(part for part in about if part), hit.url]
    if pages is not None:
        lines.append(said_of_many("{n} page carries it", "{n} pages carry it", pages, language))
    return "\n".join(line for line in lines if line)

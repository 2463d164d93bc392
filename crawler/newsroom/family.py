"""What a CMS family is to the newsroom: one value, declared in the family's own file under `families`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crawler.newsroom.papers import Paper
from crawler.newsroom.story import PaperStory, Press
from crawler.sites import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingStyle:
    """How a family lists its stories on the pages of a section, newest first."""

    item: str
    """Markup of a story, with what `markup.story_links` fills in: {url}, {title}, {lead}, {id}, {time}, {us}."""
    container: str
    """Markup around the items, which stand in place of {}."""
    links: str
    """CSS of the items' anchors, as `Listing.links` wants it."""
    top: str
    """Path of a section's first page, with {slug}."""
    page: str
    """Path of a further one, with {slug} or {zone}, and {n} or, where it counts stories, {offset}."""
    first: int = 2
    """The n of the first further page."""
    fragments: bool = False
    """Further pages are the container alone, for a script to put in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A content management system that several papers share, and one made-up paper that stands for them."""

    paper: Paper
    layout: Layout
    """What reads its pages, as the spiders of the real papers name it."""
    render: Callable[[Press, PaperStory], str]
    """A story's whole page."""
    listing: ListingStyle
    section_feed: str
    """Path of a section's feed, with {slug} and {zone}."""
    any_feed: bool = False
    """It answers an unknown feed's name under /rss/ with the home feed and says nothing."""
    has_sitemap: bool = True
    """Whether its paper's `Site` names the sitemap as a source."""
    has_listing: bool = False
    """Whether its paper's `Site` names the list of all sections as a source."""

"""The spider that somebody would write who knew all of a stranger: a proof that it can be read."""

from __future__ import annotations

from crawler.newsroom import sites
from crawler.newsroom.papers import Paper
from crawler.newsroom.strangers.chrome import section_path
from crawler.newsroom.strangers.design import Design, design_of
from crawler.newsroom.strangers.feeds import listed
from crawler.newsroom.strangers.stranger import Stranger
from crawler.newsroom.world import World
from crawler.sites import Feed, Layout, Listing, Site, Sitemap, Source


def oracle(world: World, stranger: Paper) -> Site:
    """A stranger's definition in full: every source, its pattern, the layout of its present design.

    That of a paper of a known family is the family's, whether it has been redesigned or not.
    """
    if not isinstance(stranger, Stranger):
        return sites.site(stranger, world.port)
    scheme, design = stranger.scheme, design_of(stranger, world.design(stranger))
    return Site(
        name=stranger.name,
        publisher=stranger.title,
        home=f"{world.root(stranger)}/",
        tier=stranger.tier,
        sources=_sources(world, stranger),
        article=scheme.pattern,
        exclude=scheme.exclude,
        layout=_layout(stranger, design),
        keep_query=scheme.keep_query,
        keep_slash=scheme.keep_slash,
        names=(stranger.mark.strip("()"),),
        delay=0.0,
        budget=100_000,
    )


def _sources(world: World, stranger: Stranger) -> tuple[Source, ...]:
    root, lists = world.root(stranger), stranger.lists
    found: list[Source] = []
    if stranger.feeds:
        paths = listed(stranger, stranger.feeds)
        found += [Feed(root + path) for path in paths if path != stranger.feeds.documents]
    if stranger.maps:
        found.append(Sitemap(root + stranger.maps.path))
    if lists.api:
        found.append(Listing(root + lists.api.format(n=1), pages=root + lists.api))
    elif not found:
        for section in stranger.shelves:
            first = root + section_path(stranger, section)
            pages = root + stranger.scheme.listing(section.slug, section.zone, lists.paging.replace("{n}", "\0"), 2)
            found.append(Listing(first, pages=pages.replace("\0", "{n}")))
    return tuple(found)


def _layout(stranger: Stranger, design: Design) -> Layout:
    hooks = design.hooks
    own = (hooks.css("lead"),) if design.lead_place != "strong-in-body" else ()
    return Layout(
        name=f"{stranger.name}-oracle",
        title=(hooks.css("title"),),
        body=(hooks.css("body"),),
        lead=own,
        time=(hooks.css("time"),),
        authors=(hooks.css("author"),) if design.byline in ("before", "labelled", "after") else (),
        section=(f"{hooks.css('crumbs')} a",) if design.crumbs else (),
        tags=(f"{hooks.css('tags')} a",) if design.tags else (),
        caption=(hooks.css("caption"),),
        drop=(hooks.css("inset"), hooks.css("more"), hooks.css("tools"), hooks.css("wedge")),
    )

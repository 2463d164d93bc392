"""Finds the parts of an article on a page by a layout's selectors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from crawler.extract.page import Page, tidy
from crawler.extract.reader import line_of
from crawler.sites import Layout

_LEVELS = 2
_FRAGMENT = 200  # characters below which a container is not taken for the text when there is a longer one


@dataclass(slots=True, kw_only=True)
class Parts:
    """Where an article stands on its page, before it is read."""

    title: str
    roots: list[LexborNode]
    """Containers of the text, in page order."""
    lead: str = ""
    covers: list[LexborNode] = field(default_factory=list)
    """Pictures outside the roots that belong to the article."""
    times: list[str] = field(default_factory=list)
    """What the page shows as time of publication, best first."""
    updates: list[str] = field(default_factory=list)
    """What stands where the time of the last change belongs."""
    times_certain: bool = True
    """They stand where this article's time belongs, so that they are right when the metadata contradict."""
    bylines: list[str] = field(default_factory=list)
    section: str | None = None
    tags: list[str] = field(default_factory=list)
    layout: Layout | None = None
    headline: LexborNode | None = None
    scope: LexborNode | None = None
    """The part of the page that is about this article, where a layout tells it."""


def by_layout(page: Page, layout: Layout) -> Parts | None:
    """The parts that `layout` names, None when title or body is not there."""
    headline = page.first(layout.title)
    body = _body(page, layout.body) if headline is not None else None
    if headline is None or body is None:
        return None
    title = line_of(page, headline)
    around = _around(headline, body)
    sections = [text for text in page.texts(layout.section) if text != title]
    covers = around.css(", ".join(layout.cover)) if layout.cover else []
    return Parts(
        title=title,
        roots=[body],
        lead=line_of(page, page.first(layout.lead, around) or page.first(layout.lead)),
        covers=[cover for cover in covers if not _within(cover, body)][:1],
        times=_times(page.first(layout.time, around) or page.first(layout.time)),
        bylines=page.texts(layout.authors, around),
        section=sections[-1] if sections else None,
        tags=page.texts(layout.tags),
        layout=layout,
        headline=headline,
        scope=around,
    )


def _around(headline: LexborNode, body: LexborNode) -> LexborNode:
    """The part of the page that is about this article: what holds headline and body, and two containers more.

    Looking there first keeps the times and names of other stories out, and spares the menus.
    """
    above = {node.mem_id for node in _upwards(body)}
    common = next((node for node in _upwards(headline) if node.mem_id in above), body)
    for _ in range(_LEVELS):
        if common.parent is not None and common.parent.tag not in ("html", None):
            common = common.parent
    return common


def _upwards(node: LexborNode) -> Iterator[LexborNode]:
    current: LexborNode | None = node
    while current is not None:
        yield current
        current = current.parent


def _body(page: Page, selectors: tuple[str, ...]) -> LexborNode | None:
    """Of the first selector with a match that holds text or a picture, the first match that is no fragment.

    Some pages carry an empty pop-up of the same class, a cover before the text, or the next story after it.
    """
    for css in selectors:
        nodes = page.tree.css(css)
        if len(nodes) > 1:
            sizes = [len(tidy(node.text())) for node in nodes]
            enough = min(max(sizes), max(_FRAGMENT, 0.3 * max(sizes)))
            nodes = [node for node, size in zip(nodes, sizes, strict=True) if size >= enough]
        if nodes and (nodes[0].css_first("p, img, video, figure, div") is not None or tidy(nodes[0].text())):
            return nodes[0]
    return None


def _times(node: LexborNode | None) -> list[str]:
    """What an element tells of a time: the text that a reader sees, and the attribute that may carry the seconds."""
    if node is None:
        return []
    attributes = node.attributes
    stated = (tidy(node.text(separator=" ")), attributes.get("datetime"), attributes.get("content"))
    return [text for text in stated if text]


def _within(node: LexborNode, root: LexborNode) -> bool:
    return any(above.mem_id == root.mem_id for above in _upwards(node))

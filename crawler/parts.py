"""Finds the parts of an article on a page by a layout's selectors."""

from __future__ import annotations

from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from crawler.layouts import Layout
from crawler.page import Page, tidy
from crawler.reader import line_of

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
    bylines: list[str] = field(default_factory=list)
    section: str | None = None
    tags: list[str] = field(default_factory=list)
    layout: Layout | None = None


def by_layout(page: Page, layout: Layout) -> Parts | None:
    """The parts that `layout` names, None when title or body is not there."""
    title = line_of(page, page.first(layout.title))
    body = _body(page, layout.body) if title else None
    if body is None:
        return None
    sections = [text for text in page.texts(layout.section) if text != title]
    tags = page.texts(layout.tags)
    return Parts(
        title=title,
        roots=[body],
        lead=line_of(page, page.first(layout.lead)),
        covers=[n for n in page.tree.css(", ".join(layout.cover)) if not _within(n, body)][:1] if layout.cover else [],
        times=_times(page, layout),
        bylines=page.texts(layout.authors),
        section=sections[-1] if sections else None,
        tags=tags,
        layout=layout,
    )


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


def _times(page: Page, layout: Layout) -> list[str]:
    found: list[str] = []
    for css in layout.time:
        for node in page.tree.css(css)[:1]:
            attributes = node.attributes
            # The text is what a reader sees; the attribute may carry the seconds.
            found += [
                text
                for text in (tidy(node.text(separator=" ")), attributes.get("datetime"), attributes.get("content"))
                if text
            ]
    return found


def _within(node: LexborNode, root: LexborNode) -> bool:
    parent: LexborNode | None = node
    while parent is not None:
        if parent.mem_id == root.mem_id:
            return True
        parent = parent.parent
    return False

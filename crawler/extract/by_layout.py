"""Finds the parts of an article on a page by a layout's selectors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.extract.containers import is_hidden
from crawler.extract.page import Page, says, tidy
from crawler.extract.reader import line_of
from crawler.sites import Layout

_LEVELS = 2
_QUOTE_DEPTH = 4  # elements from a name up to the quotation that it ends
_BOXES = 4  # boxes around a container that holds a part of the text
_BEFORE = 4  # containers before the longest that may be where the text begins
_PARAGRAPH = 60  # characters
_CARD = "h2 a, h3 a, h4 a, h5 a, a h2, a h3, a h4"  # the headline of a story that a box leads to
_HEADLINE_WORDS = 4
_LINKS = 20
_CARD_DEPTH = 4  # boxes around a time that may be a story's card
_TIMES = 20  # elements of one selector that may tell the time
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
    roots = _bodies(page, layout) if headline is not None else []
    if headline is None or not roots:
        return None
    body = roots[0]
    title = line_of(page, headline)
    around = _around(headline, body)
    sections = [text for text in page.texts(layout.section) if text != title]
    covers = around.css(", ".join(layout.cover)) if layout.cover else []
    return Parts(
        title=title,
        roots=roots,
        lead=line_of(page, page.first(layout.lead, around) or page.first(layout.lead)),
        covers=[cover for cover in covers if not any(_within(cover, root) for root in roots)][:1],
        times=_times(_time(page, layout, around, [headline, *roots])),
        bylines=_bylines(layout, around),
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


def _bodies(page: Page, layout: Layout) -> list[LexborNode]:
    """Of the first selector with a match that holds text or a picture, the first match that is no fragment.

    Some pages carry an empty pop-up of the same class, a cover before the text, or the next story after it. Where an
    advertisement parts the text, its other containers stand beside the first, or alone in boxes beside it.
    """
    for css in layout.body:
        nodes = page.tree.css(css)
        if len(nodes) > 1:
            texts = [tidy(node.text()) for node in nodes]
            longest = max(map(len, texts))
            enough = min(longest, max(_FRAGMENT, 0.3 * longest))
            main = next(index for index, text in enumerate(texts) if len(text) >= enough)
            begin = [index for index in range(main) if len(texts[index]) >= _PARAGRAPH][:_BEFORE]
            runs = ([nodes[index], *_continued(nodes[index:], texts[index:], layout)] for index in (*begin, main))
            nodes = next(run for run in runs if any(node.mem_id == nodes[main].mem_id for node in run))
        if nodes and (nodes[0].css_first("p, img, video, figure, div") is not None or tidy(nodes[0].text())):
            return nodes
    return []


def _continued(nodes: list[LexborNode], texts: list[str], layout: Layout) -> list[LexborNode]:
    """The containers in which the text of the first goes on: beside it, with no headline between, and other words."""
    first, opening = nodes[0], texts[0]
    later = {text: node for node, text in zip(nodes[1:], texts[1:], strict=True) if text[:_FRAGMENT] not in opening}
    bare = {node.mem_id: text for text, node in later.items()}
    found: list[LexborNode] = []
    headlines = ", ".join(layout.title)
    place = _box(first, opening).next if later else None
    while place is not None and later:
        text = bare.get(place.mem_id)
        if text is None and place.tag != "-text":
            if place.tag == "h1" or place.css_first(headlines) is not None:
                break
            if place.tag in ("div", "section") and not is_hidden(place):
                text = tidy(place.text())
        if text and (node := later.pop(text, None)) is not None:
            found.append(node)
        place = place.next
    return found


def _box(node: LexborNode, text: str) -> LexborNode:
    """The outermost box that holds nothing but a container, with its `text`."""
    for above in list(_upwards(node))[1:_BOXES]:
        if above.tag == "body" or tidy(above.text()) != text:
            break
        node = above
    return node


def _bylines(layout: Layout, around: LexborNode) -> list[str]:
    """The bylines, without the names to whom quotations are ascribed."""
    for css in layout.authors:
        nodes = [node for node in around.css(css) if not is_quoted(node)]
        if found := [text for node in nodes if (text := tidy(node.text(separator=" ")))]:
            return found
    return []


def is_quoted(node: LexborNode) -> bool:
    """Whether an element stands in a quotation or a caption, where a name is not the author's."""
    for above in list(_upwards(node))[:_QUOTE_DEPTH]:
        if above.tag in ("blockquote", "q", "cite", "figure", "figcaption"):
            return True
        if "quote" in (above.attributes.get("class") or "").lower():
            return True
    return False


def _time(page: Page, layout: Layout, around: LexborNode, article: list[LexborNode]) -> LexborNode | None:
    """The element that tells the time: near the article, else anywhere; none in the card or link of another story.

    `article` are its headline and the containers of its text.
    """
    holders = {holder.mem_id for node in article for holder in _upwards(node)}
    for scope in (around, page.tree):
        for css in layout.time:
            for node in _found(scope, css):
                if says(node) and not _in_card(node, holders):
                    return node
    return None


def _found(scope: LexborNode | LexborHTMLParser, css: str) -> Iterator[LexborNode]:
    """Some elements that a selector takes; most of the time the first will do, and the others are not looked for."""
    first = scope.css_first(css)
    if first is not None:
        yield first
        yield from scope.css(css)[1:_TIMES]


def _in_card(node: LexborNode, holders: set[int]) -> bool:
    """Whether an element stands in a link, or in a box beside the article that has a linked headline of its own."""
    for box in list(_upwards(node))[:_CARD_DEPTH]:
        if box.mem_id in holders:
            return False
        if box.tag == "a" or links_headline(box):
            return True
    return False


def links_headline(box: LexborNode) -> bool:
    """Whether a box has a linked heading of so many words that it is a story's and no author's name."""
    if box.css_first("a") is None:  # as of most boxes round a time, at a tenth of the price
        return False
    return any(len(tidy(link.text()).split()) >= _HEADLINE_WORDS for link in box.css(_CARD)[:_LINKS])


def _times(node: LexborNode | None) -> list[str]:
    """What an element tells of a time: the text that a reader sees, and the attribute that may carry the seconds."""
    if node is None:
        return []
    attributes = node.attributes
    for script in node.css("script, style, template"):
        script.decompose()
    inner = node.css_first("time[datetime]")
    stated = (
        tidy(node.text(separator=" ")),
        attributes.get("datetime") or (inner.attributes.get("datetime") if inner is not None else None),
        attributes.get("content"),
    )
    return [text for text in stated if text]


def _within(node: LexborNode, root: LexborNode) -> bool:
    return any(above.mem_id == root.mem_id for above in _upwards(node))

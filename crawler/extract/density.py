"""Where the running text of a page is, told by density, and what of the page is not the article's.

Every length that is asked twice is remembered: markup that nests or repeats must not cost its square.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from crawler.extract.page import Page, tidy

_FOREIGN = re.compile(
    r"comment|footer|sidebar|relate|menu|popup|modal|copyright|breadcrumb|newsletter|(?:^|\s)(?!elementor)[\w-]*widget"
    r"|binh-?luan|y-?kien|tin-?khac|lien-?quan",
    re.I,
)
_FOREIGN_TAGS = frozenset(("footer", "nav", "aside", "a", "button", "svg", "marquee"))
# What is never the text, however much of the page it holds: the rest of the above are names of boxes, and some CMS
# put the text into one.
_NEVER = re.compile(r"comment|footer|relate|copyright|breadcrumb|binh-?luan|y-?kien|tin-?khac|lien-?quan", re.I)
_NEVER_TAGS = _FOREIGN_TAGS - {"aside"}
_HOLDERS = "p, div, td, li, h2, h3, blockquote, span, section, article, aside, pre, figcaption"
_FULL = frozenset(("p", "div", "pre", "blockquote", "figcaption"))  # in the others running text counts half
_BARE = frozenset(("div", "td", "span", "section", "article", "aside", "pre"))  # hold text with nothing but br in it
_SHORTEST = 120  # characters of running text below which a page is no article
_CARD = 700  # characters of a story's card in a list
_HIGHEST = 40  # containers above a paragraph that may be the text's


class Survey:
    """What is asked of the elements of a page, or of its `scope`, each answer remembered.

    What holds the `headline` is never foreign. A `wide` survey takes text in boxes that are named or marked up as
    standing beside it (aside, menu, widget).
    """

    def __init__(
        self, page: Page, headline: LexborNode | None, scope: LexborNode | None = None, *, wide: bool = False
    ) -> None:
        self.page = page
        self._names, self._tags = (_NEVER, _NEVER_TAGS) if wide else (_FOREIGN, _FOREIGN_TAGS)
        self._scope = scope or page.tree
        self.nodes = self._scope.css("*")
        self.order = {node.mem_id: position for position, node in enumerate(self.nodes)}
        self._sizes: dict[int, int] = {}
        self._cards: dict[int, bool | None] = {}
        self._foreign = {node.mem_id: False for node in ancestors(headline, 99)} if headline is not None else {}

    def place(self, node: LexborNode) -> int:
        """Where an element stands, in page order."""
        return self.order[node.mem_id]

    def size(self, node: LexborNode) -> int:
        """Characters of all text in an element, white space included."""
        known = self._sizes.get(node.mem_id)
        if known is None:
            known = self._sizes[node.mem_id] = len(node.text())
        return known

    def short(self, node: LexborNode, longest: int) -> str:
        """The text of an element, "" if it is longer than `longest` and a half, which spares reading it."""
        return tidy(node.text(separator=" ")) if self.size(node) <= 1.5 * longest + 50 else ""

    def foreign(self, node: LexborNode) -> bool:
        """Whether a node lies in a part of the page that is not the article's."""
        path: list[int] = []
        current: LexborNode | None = node
        verdict = False
        while current is not None and current.tag not in ("body", "html", None):
            known = self._foreign.get(current.mem_id)
            if known is not None:
                verdict = known
                break
            path.append(current.mem_id)
            attributes = current.attributes
            names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
            if current.tag in self._tags or self._names.search(names) or self._is_small_form(current):
                verdict = True
                break
            current = current.parent
        self._foreign.update(dict.fromkeys(path, verdict))
        return verdict

    def near(self, roots: list[LexborNode], body: LexborNode, inside: set[int], css: str) -> Iterator[LexborNode]:
        """What `css` matches in the `roots` outside the text, or in it for the root `body`; nothing foreign."""
        for root in roots:
            for node in root.css(css):
                if (root is body or node.mem_id not in inside) and not self.foreign(node):
                    yield node

    def _is_small_form(self, node: LexborNode) -> bool:
        """A form that asks for something; ASP.NET and the like put the whole page into one."""
        whole = self.page.tree.body
        return node.tag == "form" and whole is not None and 2 * self.size(node) < self.size(whole)

    def paragraphs(self) -> list[tuple[LexborNode, float]]:
        """Elements that hold running text of their own, with its length less twice its linked part, in page order."""
        return sorted(self._paragraphs(), key=lambda found: self.place(found[0]))

    def _paragraphs(self) -> Iterator[tuple[LexborNode, float]]:
        for node in self._scope.css(_HOLDERS):
            text = tidy(node.text(deep=False)) if node.tag != "p" else tidy(node.text())
            if len(text) < 25 or self.foreign(node) or self._in_card(node):
                continue
            linked = sum(len(tidy(link.text())) for link in node.css("a")) if node.tag in ("p", "li", "td") else 0
            if (size := len(text) - 2 * linked) > 0:
                yield node, size if node.tag in _FULL else size / 2

    def _in_card(self, node: LexborNode) -> bool:
        """The sapo below the linked headline of another story."""
        for ancestor in ancestors(node, 2):
            if ancestor.mem_id not in self._cards:
                self._cards[ancestor.mem_id] = self._is_card(ancestor)
            if (card := self._cards[ancestor.mem_id]) is not None:
                return card
        return False

    def _is_card(self, node: LexborNode) -> bool | None:
        """Whether a container is a story's card; None when only what holds it can tell."""
        if self.size(node) > 2 * _CARD or len(node.css("p")) > 2 or len(tidy(node.text())) > _CARD:
            return False
        return True if node.css_first("h2 a, h3 a, h4 a, h5 a, a h2, a h3, a h4, a h5") is not None else None

    def densest(self, paragraphs: list[tuple[LexborNode, float]]) -> LexborNode | None:
        """The container whose paragraphs' own characters, squared, over all its characters are most."""
        good: dict[int, float] = {}
        nodes: dict[int, LexborNode] = {}
        for paragraph, size in paragraphs:
            holders = list(ancestors(paragraph, _HIGHEST))
            if paragraph.tag in _BARE:
                holders.append(paragraph)
            for holder in holders:
                nodes[holder.mem_id] = holder
                good[holder.mem_id] = good.get(holder.mem_id, 0) + size
        best, top = None, 0.0
        for key, node in nodes.items():
            # White space between tags counts in no page's favour, so the quick bound rules most containers out.
            if good[key] < _SHORTEST or good[key] <= top:
                continue
            value = good[key] ** 2 / max(good[key], len(tidy(node.text())))
            if value > top * 1.0001:
                best, top = node, value
        return best


def ancestors(node: LexborNode, count: int) -> Iterator[LexborNode]:
    """The containers of a node, the nearest first, at most `count`."""
    parent = node.parent
    while parent is not None and parent.tag and parent.tag != "html" and count:
        yield parent
        parent, count = parent.parent, count - 1

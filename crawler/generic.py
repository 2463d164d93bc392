"""Finds the article on a page whose CMS nobody has described.

The text is where paragraphs are dense: of all containers the one is taken whose paragraphs' own characters, squared,
over all its characters are most: it rewards holding much of the running text and little else. Title, lead, time and
byline are sought around it, the nearest first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from crawler.blocks import fold_line
from crawler.byline import names
from crawler.dates import parse
from crawler.page import Page, tidy
from crawler.parts import Parts
from crawler.reader import line_of

_FOREIGN = re.compile(
    r"comment|footer|sidebar|relate|menu|popup|modal|copyright|breadcrumb|newsletter|widget|binh-luan|tin-khac|lien-quan",
    re.I,
)
_FOREIGN_TAGS = frozenset(("footer", "nav", "aside", "form", "a", "button", "svg"))
_DATES = (
    "time, [datetime], [class*=date i], [class*=time i], [class*=ngay i],"
    " [class*=info i], [class*=meta i], [id*=date i], [id*=time i], [id*=ngay i]"
)
_AUTHORS = (
    "[class*=author i], [data-role=author], [rel=author], [class*=byline i], [class*=tacgia i], [class*=tac-gia i],"
    " [itemprop=author], [id*=tacgia i]"
)
_LEADS = (
    "[class*=sapo i], [class*=chapeau i], [class*=lead i], [class*=summary i], [class*=desc i], [class*=abstract i],"
    " [id*=sapo i], h2, h3, p, strong"
)
_LEAD_NAME = re.compile("sapo|chapeau|lead|summary|abstract", re.I)
_TITLE_TAIL = re.compile(r"\s+[|\-–—]\s+[^|\-–—]{2,60}$")
_SHORTEST = 120  # characters of running text below which a page is no article
_CARD = 700  # characters of a story's card in a list
_LEAD_LENGTH = 50, 900  # characters
_TIME_LENGTH = 120
_DEPTH = 6  # how many containers around the text are searched for its head


def find(page: Page) -> Parts | None:
    """The parts of the likeliest article, None when there is no running text or no title."""
    _ = page.meta(), page.linked_data  # read before the scripts go
    page.tree.strip_tags(["script", "style", "noscript", "template", "iframe", "svg"])
    title, headline = _title(page)
    foreign = _Foreign(headline)
    body = _densest(page, foreign)
    if body is None or not title:
        return None
    around = list(_ancestors(body, _DEPTH))
    inside = _ids(body)
    between = _between(page, headline, body, foreign)
    return Parts(
        title=title,
        roots=[body],
        lead=_lead(page, around, inside, title, foreign) or next(filter(_reads_like_lead, between), ""),
        times=[text for text in (*_near(body, around, inside, _DATES, 120, foreign), *between) if _tells_time(text)][
            :1
        ],
        bylines=[text for text in _near(body, around[:4], inside, _AUTHORS, 90, foreign) if names(text)][:1],
        section=next(
            (text for text in reversed(page.texts((".breadcrumb a", "[class*=breadcrumb] a"))) if text != title), None
        ),
    )


def _reads_like_lead(text: str) -> bool:
    return _LEAD_LENGTH[0] <= len(text) <= _LEAD_LENGTH[1] and not _tells_time(text)


def _tells_time(text: str) -> bool:
    return len(text) <= _TIME_LENGTH and parse(text) is not None


def _densest(page: Page, foreign: _Foreign) -> LexborNode | None:
    good: dict[int, float] = {}
    nodes: dict[int, LexborNode] = {}
    for paragraph, size in _paragraphs(page, foreign):
        for ancestor in _ancestors(paragraph, 40):
            nodes[ancestor.mem_id] = ancestor
            good[ancestor.mem_id] = good.get(ancestor.mem_id, 0) + size
    best, top = None, 0.0
    for key, node in nodes.items():
        if good[key] < _SHORTEST:
            continue
        value = good[key] ** 2 / max(good[key], len(tidy(node.text())))
        if value > top * 1.0001:
            best, top = node, value
    return best


def _paragraphs(page: Page, foreign: _Foreign) -> Iterator[tuple[LexborNode, float]]:
    """Elements that hold running text of their own, with its length less twice its linked part."""
    for node in page.tree.css("p, div, td, li, h2, h3, blockquote, span, section, article, figcaption"):
        text = tidy(node.text(deep=False)) if node.tag != "p" else tidy(node.text())
        if len(text) < 25 or foreign(node) or _in_card(node):
            continue
        linked = sum(len(tidy(link.text())) for link in node.css("a")) if node.tag in ("p", "li", "td") else 0
        if (size := len(text) - 2 * linked) > 0:
            yield node, size if node.tag in ("p", "div", "blockquote", "figcaption") else size / 2


def _in_card(node: LexborNode) -> bool:
    """The sapo below the linked headline of another story."""
    for ancestor in _ancestors(node, 2):
        if len(ancestor.css("p")) > 2 or len(tidy(ancestor.text())) > _CARD:
            return False
        if ancestor.css_first("h2 a, h3 a, h4 a, h5 a, a h2, a h3, a h4, a h5") is not None:
            return True
    return False


class _Foreign:
    """Whether a node lies in a part of the page that is not the article's; what holds the headline never is."""

    def __init__(self, headline: LexborNode | None) -> None:
        self.known = {node.mem_id: False for node in _ancestors(headline, 99)} if headline is not None else {}

    def __call__(self, node: LexborNode) -> bool:
        path: list[int] = []
        current: LexborNode | None = node
        verdict = False
        while current is not None and current.tag not in ("body", "html", None):
            known = self.known.get(current.mem_id)
            if known is not None:
                verdict = known
                break
            path.append(current.mem_id)
            attributes = current.attributes
            names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
            if current.tag in _FOREIGN_TAGS or _FOREIGN.search(names):
                verdict = True
                break
            current = current.parent
        self.known.update(dict.fromkeys(path, verdict))
        return verdict


def _ancestors(node: LexborNode, count: int) -> Iterator[LexborNode]:
    parent = node.parent
    while parent is not None and parent.tag and parent.tag != "html" and count:
        yield parent
        parent, count = parent.parent, count - 1


def _ids(root: LexborNode) -> set[int]:
    return {node.mem_id for node in root.css("*")} | {root.mem_id}


def _title(page: Page) -> tuple[str, LexborNode | None]:
    """The headline and its element: the longest that the page's own title repeats, else its first h1."""
    stated = page.meta_first("og:title", "twitter:title") or page.text(("title",))
    wanted = fold_line(stated)
    shortest = max(8, 0.4 * len(_TITLE_TAIL.sub("", stated)))
    best: tuple[str, LexborNode | None] = ("", None)
    for node in page.tree.css("h1, h2, h3, [class*=title], [class*=Title]"):
        text = tidy(node.text())
        if shortest <= len(text) <= 300 and len(text) > len(best[0]) and fold_line(text) in wanted:
            best = text, node
    if best[0]:
        return best
    first = page.first(("h1",))
    return (tidy(first.text()), first) if first is not None else (_TITLE_TAIL.sub("", stated), None)


def _lead(page: Page, around: list[LexborNode], inside: set[int], title: str, foreign: _Foreign) -> str:
    """The text outside the body that the page's description repeats, else one whose class says so."""
    descriptions = page.meta("description", "og:description")
    stated = [fold_line(text)[:60] for text in descriptions if len(text) > 50]
    marked = ""
    for ancestor in around[:5]:
        for node in ancestor.css(_LEADS):
            text = tidy(node.text())
            if node.mem_id in inside or not 40 <= len(text) <= 900 or text == title or foreign(node):
                continue
            folded = fold_line(text)
            if any(start[:50] in folded for start in stated):
                return text
            if not marked and _LEAD_NAME.search(f"{node.attributes.get('class')} {node.attributes.get('id')}"):
                marked = text
    return marked


def _between(page: Page, headline: LexborNode | None, body: LexborNode, foreign: _Foreign) -> list[str]:
    """The texts that stand between headline and text, one an element; [] when the headline does not come first."""
    if headline is None:
        return []
    above = {node.mem_id for node in (body, *_ancestors(body, 99))}
    start: LexborNode | None = headline
    while start is not None and start.parent is not None and start.parent.mem_id not in above:
        start = start.parent
    found: list[str] = []
    current = start.next if start is not None else None
    while current is not None and current.mem_id not in above:
        if current.tag and current.tag[0] != "-" and not foreign(current) and current.css_first("a, img") is None:
            found.append(line_of(page, current))
        current = current.next
    return found if current is not None else []


def _near(
    body: LexborNode, around: list[LexborNode], inside: set[int], css: str, longest: int, foreign: _Foreign
) -> list[str]:
    """Short texts that `css` matches: those outside the body first, of the nearest container before the farther."""
    found: list[str] = []
    for root in (*around, body):
        for node in root.css(css):
            if (root is not body and node.mem_id in inside) or foreign(node):
                continue
            text = tidy(node.attributes.get("datetime") or node.text(separator=" "))
            if 0 < len(text) <= longest and text not in found:
                found.append(text)
    return found

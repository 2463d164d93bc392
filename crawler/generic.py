"""Finds the article on a page whose CMS nobody has described.

The text is where paragraphs are dense: of all containers the one is taken whose paragraphs' own characters, squared,
over all its characters are most: it rewards holding much of the running text and little else. Title, lead, time and
byline stand in its head, between headline and text, whatever their classes are called; where they do not, names of
classes tell them around the text, the nearest first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from crawler.blocks import fold_line
from crawler.byline import names, signature
from crawler.dates import Moment, parse
from crawler.page import Page, tidy
from crawler.parts import Parts
from crawler.reader import line_of

_FOREIGN = re.compile(
    r"comment|footer|sidebar|relate|menu|popup|modal|copyright|breadcrumb|newsletter|(?:^|\s)(?!elementor)[\w-]*widget|binh-?luan|y-?kien|tin-?khac|lien-?quan",
    re.I,
)
_FOREIGN_TAGS = frozenset(("footer", "nav", "aside", "a", "button", "svg"))
_DATES = (
    "time, [datetime], [class*=date i], [class*=time i], [class*=ngay i],"
    " [class*=info i], [class*=meta i], [id*=date i], [id*=time i], [id*=ngay i]"
)
_AUTHORS = (
    "[class*=auth i], [data-role=author], [rel=author], [class*=byline i], [class*=tacgia i], [class*=tac-gia i],"
    " [class*=tgia i], [itemprop=author], [id*=tacgia i]"
)
_LEADS = (
    "[class*=sapo i], [class*=chapeau i], [class*=lead i], [class*=summary i], [class*=desc i], [class*=abstract i],"
    " [id*=sapo i], h2, h3, p, strong"
)
_LEAD_NAME = re.compile("sapo|chapeau|lead|summary|abstract", re.I)
_HEADLINES = (
    "h1, h2, h3, [class*=title i], [class*=tieude i], [class*=tieu-de i], [class*=headline i], [id*=title i],"
    " [id*=tieude i]"
)
_INLAID = "div, p, h1, h2, h3, ul, table, time, a"
_WEEKDAY = re.compile(r"\b(?:thứ|chủ\s?nhật)\b", re.I)
_TITLE_TAIL = re.compile(r"\s+[|\-–—]\s+[^|\-–—]{2,60}$")
_SHORTEST = 120  # characters of running text below which a page is no article
_CARD = 700  # characters of a story's card in a list
_DEPTH = 6  # how many containers around the text are searched for its head
_OPENING = 100  # characters of the paragraph with which a text begins that has no known headline


def find(page: Page) -> Parts | None:
    """The parts of the likeliest article, None when there is no running text or no title."""
    _ = page.meta(), page.linked_data  # read before the scripts go
    page.tree.strip_tags(["script", "style", "noscript", "template", "iframe", "svg"])
    nodes = page.tree.css("*")
    order = {node.mem_id: position for position, node in enumerate(nodes)}
    title, headline = _title(page)
    foreign = _Foreign(page, headline)
    paragraphs = sorted(_paragraphs(page, foreign), key=lambda found: order[found[0].mem_id])
    body = _densest(paragraphs)
    if body is None:
        return None
    around, inside = list(_ancestors(body, _DEPTH)), _ids(body)
    start = _start(paragraphs, inside, title if headline else "", order, order[headline.mem_id] if headline else -1)
    if headline is None or not _is_certain(headline, around):
        nearer = _headline_above(body, around, order, start, foreign)
        if nearer is not None and (headline is None or order[nearer.mem_id] > order[headline.mem_id]):
            title, headline = tidy(nearer.text()), nearer
    title = title or page.text(("h1",)) or _stated_title(page)
    if not title:
        return None
    head = nodes[order[headline.mem_id] + 1 : start] if headline is not None else []
    nearest = [body, *around] if headline is not None and headline.mem_id in inside else [*around, body]
    shown = _times(head)
    named = _dated(_near(nearest, body, inside, _DATES, 120, foreign)) if not shown else []
    if not (shown or named) and headline is not None:
        named = _dated(_above(nearest[:4], order, order[headline.mem_id], foreign))
    bylines = [text for text, _ in _near(nearest[:4], body, inside, _AUTHORS, 90, foreign) if names(text)][:1]
    return Parts(
        title=title,
        roots=[body],
        lead=_lead(page, around, inside, title, foreign, order, start)
        or _lead_of_head(page, head, inside, title, foreign),
        times=[text for text, _, _ in shown or named][:1],
        times_certain=bool(shown),
        bylines=bylines or [text for text in _beside(shown) if names(text)][:1],
        section=next(
            (text for text in reversed(page.texts((".breadcrumb a", "[class*=breadcrumb] a"))) if text != title), None
        ),
    )


def _densest(paragraphs: list[tuple[LexborNode, float]]) -> LexborNode | None:
    good: dict[int, float] = {}
    nodes: dict[int, LexborNode] = {}
    for paragraph, size in paragraphs:
        for ancestor in _ancestors(paragraph, 40):
            nodes[ancestor.mem_id] = ancestor
            good[ancestor.mem_id] = good.get(ancestor.mem_id, 0) + size
        if paragraph.tag in ("div", "td", "span", "section", "article"):  # text with nothing but br in it
            nodes[paragraph.mem_id] = paragraph
            good[paragraph.mem_id] = good.get(paragraph.mem_id, 0) + size
    best, top = None, 0.0
    for key, node in nodes.items():
        if good[key] < _SHORTEST:
            continue
        value = good[key] ** 2 / max(good[key], len(tidy(node.text())))
        if value > top * 1.0001:
            best, top = node, value
    return best


def _start(
    paragraphs: list[tuple[LexborNode, float]], inside: set[int], title: str, order: dict[int, int], after: int
) -> int:
    """Where the text begins: its first paragraph behind the headline, or its first long one."""
    least = 0 if title else _OPENING
    for node, _ in paragraphs:
        text = tidy(node.text())
        tells_time = len(text) <= 120 and parse(text)
        behind = node.mem_id in inside and order[node.mem_id] > after
        if behind and len(text) >= least and text not in title and not tells_time:
            return order[node.mem_id]
    return 0


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

    def __init__(self, page: Page, headline: LexborNode | None) -> None:
        self.page = page
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
            if current.tag in _FOREIGN_TAGS or _FOREIGN.search(names) or self._is_small_form(current):
                verdict = True
                break
            current = current.parent
        self.known.update(dict.fromkeys(path, verdict))
        return verdict

    def _is_small_form(self, node: LexborNode) -> bool:
        """A form that asks for something; ASP.NET and its kin put the whole page into one."""
        whole = self.page.tree.body
        return node.tag == "form" and whole is not None and 2 * len(node.text()) < len(whole.text())


def _ancestors(node: LexborNode, count: int) -> Iterator[LexborNode]:
    parent = node.parent
    while parent is not None and parent.tag and parent.tag != "html" and count:
        yield parent
        parent, count = parent.parent, count - 1


def _ids(root: LexborNode) -> set[int]:
    return {node.mem_id for node in root.css("*")} | {root.mem_id}


def _stated_title(page: Page) -> str:
    return _TITLE_TAIL.sub("", page.meta_first("og:title", "twitter:title") or page.text(("title",)))


def _title(page: Page) -> tuple[str, LexborNode | None]:
    """The headline and its element: the longest that the page's own title repeats; ("", None) if none does."""
    stated = page.meta_first("og:title", "twitter:title") or page.text(("title",))
    wanted = fold_line(stated)
    shortest = max(8, 0.4 * len(_TITLE_TAIL.sub("", stated)))
    for css in (_HEADLINES, "b, strong, span, font, p, div, td"):
        best: tuple[str, LexborNode | None] = ("", None)
        for node in page.tree.css(css):
            text = tidy(node.text())
            if shortest <= len(text) <= 300 and len(text) > len(best[0]) and fold_line(text) in wanted:
                best = text, node
        if best[0] and len(best[0].split()) > 3:
            return best
    return "", None


def _is_certain(headline: LexborNode, around: list[LexborNode]) -> bool:
    """Marked up as a headline, and not far from the text as the name of the site is."""
    return not around or any(node.mem_id == headline.mem_id for node in around[:4][-1].css(_HEADLINES))


def _headline_above(
    body: LexborNode, around: list[LexborNode], order: dict[int, int], start: int, foreign: _Foreign
) -> LexborNode | None:
    """The headline where the page's own title names the site only: the first above the text, the nearest."""
    for root in (body, *around):
        found = [node for node in root.css(_HEADLINES) if order[node.mem_id] < start and not foreign(node)]
        found = [node for node in found if len(tidy(node.text()).split()) > 3 and len(tidy(node.text())) <= 300]
        if found:
            return min(found, key=lambda node: (node.tag != "h1", order[node.mem_id]))
    return None


def _lead(
    page: Page,
    around: list[LexborNode],
    inside: set[int],
    title: str,
    foreign: _Foreign,
    order: dict[int, int],
    beginning: int,
) -> str:
    """The text above the body that the page's description repeats, else one whose class says so."""
    descriptions = page.meta("description", "og:description")
    stated = [fold_line(text)[:60] for text in descriptions if len(text) > 50]
    marked = ""
    for ancestor in around[:5]:
        for node in ancestor.css(_LEADS):
            text = tidy(node.text())
            if node.mem_id in inside or order[node.mem_id] > beginning or not 40 <= len(text) <= 900 or foreign(node):
                continue
            if text == title:
                continue
            folded = fold_line(text)
            if any(start[:50] in folded for start in stated):
                return text
            if not marked and _LEAD_NAME.search(f"{node.attributes.get('class')} {node.attributes.get('id')}"):
                marked = text
    return marked


def _lead_of_head(page: Page, head: list[LexborNode], inside: set[int], title: str, foreign: _Foreign) -> str:
    """Running text between headline and body."""
    for node in head:
        text = line_of(page, node)
        if (
            60 <= len(text) <= 900
            and node.mem_id not in inside
            and not foreign(node)
            and node.tag not in ("figure", "figcaption", "table", "td")
            and all(child.mem_id == node.mem_id for child in node.css(_INLAID))
            and not (parse(text) and len(text) <= 120)
            and text not in title
            and not _caption_like(node)
        ):
            return text
    return ""


def _caption_like(node: LexborNode) -> bool:
    above = (node, *_ancestors(node, 2))
    return any(n.tag == "figure" or "caption" in (n.attributes.get("class") or "").lower() for n in above)


def _dated(candidates: list[tuple[str, LexborNode]]) -> list[tuple[str, Moment, LexborNode]]:
    """Those that tell a time; before the first, those that tell its day with the clock."""
    found = [(text, moment, node) for text, node in candidates if (moment := parse(text))]
    return sorted(found, key=lambda f: (f[1].at.date() != found[0][1].at.date(), f[1].precision == "day"))


def _times(head: list[LexborNode]) -> list[tuple[str, Moment, LexborNode]]:
    """The short lines of a head that tell a time, whatever their class."""
    texts = [(tidy(node.attributes.get("datetime") or node.text(separator=" ")), node) for node in head]
    found = _dated([(text, node) for text, node in texts if 0 < len(text) <= 80])
    return [f for f in found if f[1].precision != "day" or len(f[0]) <= 40]


def _above(
    nearest: list[LexborNode], order: dict[int, int], headline: int, foreign: _Foreign
) -> list[tuple[str, LexborNode]]:
    """Short lines above the headline, the one next to it first."""
    found: list[tuple[str, LexborNode]] = []
    for root in nearest:
        nodes = [node for node in root.css("*") if order[node.mem_id] < headline and not foreign(node)]
        found += [(text, node) for node in reversed(nodes) if 0 < len(text := tidy(node.text(separator=" "))) <= 60]
    return found


def _beside(times: list[tuple[str, Moment, LexborNode]]) -> Iterator[str]:
    """Signatures on the line of the time, or in an element next to it."""
    for text, moment, node in times:
        signed = names(text) if not node.attributes.get("datetime") and not _WEEKDAY.search(text) else ()
        if signed and moment.precision != "day" and all(" " in name and signature(name) for name in signed):
            yield ", ".join(signed)
        for other in node.parent.iter() if node.parent is not None else ():
            text = tidy(other.text())
            if other.tag != "a" and " " in text and len(text) <= 60 and not _WEEKDAY.search(text) and signature(text):
                yield text


def _near(
    nearest: list[LexborNode], body: LexborNode, inside: set[int], css: str, longest: int, foreign: _Foreign
) -> list[tuple[str, LexborNode]]:
    """Short texts that `css` matches, of the first container of `nearest` before the next."""
    found: dict[str, LexborNode] = {}
    for root in nearest:
        for node in root.css(css):
            if (root is not body and node.mem_id in inside) or foreign(node):
                continue
            text = tidy(node.attributes.get("datetime") or node.text(separator=" "))
            if 0 < len(text) <= longest:
                found.setdefault(text, node)
    return list(found.items())

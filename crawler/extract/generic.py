"""Finds the article on a page whose CMS nobody has described.

The text is where paragraphs are dense: of all containers the one is taken whose paragraphs' own characters, squared,
over all its characters are most: it rewards holding much of the running text and little else. Title, lead, time and
byline stand in its head, between headline and text, whatever their classes are called; where they do not, names of
classes tell them around the text, the nearest first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from crawler.extract.by_layout import Parts, is_quoted
from crawler.extract.byline import names, signature
from crawler.extract.density import Survey, ancestors
from crawler.extract.page import Page, plain, tidy
from crawler.extract.reader import fold_line, line_of
from crawler.extract.shown_times import ShownTime, ShownTimes
from crawler.extract.times import stamps
from crawler.text import parse_date, without_marks

_AUTHORS = (
    "[class*=auth i], [data-role=author], [rel=author], [class*=byline i], [class*=writer i], [class*=tacgia i],"
    " [class*=tac-gia i], [class*=tgia i], [itemprop=author], [id*=tacgia i], [class*=nguoi-viet i],"
    " [id*=nguoiviet i], [class*=nguoiviet i], [class*=but-danh i], [class*=butdanh i]"
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
_WORDS = re.compile(r"[a-z0-9]+")
_LINKS = 500  # of a page that may lead to its section; menus stand above the text
_WEEKDAY = re.compile(r"\b(?:thứ|chủ\s?nhật)\b", re.I)
_TITLE_TAIL = re.compile(r"\s+[|\-–—]\s+[^|\-–—]{2,60}$")
_LEAD_LENGTH = 60, 900  # characters
_SIGNATURE = 90  # characters
_BESIDE = 60  # characters of a signature that stands beside the time
_TIMES = 3  # of the times that are shown
_CANDIDATES = 3000  # elements that may be the headline
_HEAD = 300  # elements between headline and text that are looked at
_DEPTH = 6  # how many containers around the text are searched for its head
_THIN = 500  # characters of running text below which boxes beside the text are looked into
_OPENING = 100  # characters of the paragraph with which a text begins that has no known headline


def find(page: Page) -> Parts | None:
    """The parts of the likeliest article, None when there is no running text or no title."""
    _ = page.meta(), page.linked_data  # read before the scripts go
    page.tree.strip_tags(["script", "style", "template", "svg", "textarea", "select"])
    for node in page.tree.css("noscript"):
        if node.css_first("img") is None:
            node.decompose()
    title, headline = _title(page)
    survey = Survey(page, headline)
    paragraphs = survey.paragraphs()
    body = survey.densest(paragraphs)
    if sum(size for _, size in paragraphs) < _THIN:
        wide = Survey(page, headline, wide=True)
        more = wide.paragraphs()
        if (boxed := wide.densest(more)) is not None and _holds_most(more, paragraphs):
            survey, paragraphs, body = wide, more, boxed
    if body is None:
        return None
    around, inside = list(ancestors(body, _DEPTH)), {node.mem_id for node in body.css("*")} | {body.mem_id}
    behind = survey.place(headline) if headline is not None else -1
    start = _start(survey, [node for node, _ in paragraphs if node.mem_id in inside], title if headline else "", behind)
    if headline is None or not _is_certain(headline, around):
        nearer = _headline_above(survey, [body, *around], start)
        if nearer is not None and (headline is None or survey.place(nearer) > survey.place(headline)):
            title, headline = line_of(page, nearer), nearer
    title = title or page.text(("h1",)) or _stated_title(page)
    if not title:
        return None
    head = survey.nodes[survey.place(headline) + 1 : start][:_HEAD] if headline is not None else []
    nearest = [body, *around] if headline is not None and headline.mem_id in inside else [*around, body]
    finder = ShownTimes(survey, body, headline)
    beside = finder.in_head(head)
    times = beside or _times_around(finder, nearest, inside, headline)
    sections = [text for text in page.texts((".breadcrumb a", "[class*=breadcrumb] a")) if text != title]
    return Parts(
        title=title,
        roots=[body],
        lead=_lead(survey, around, inside, title, start) or _lead_of_head(survey, head, inside, title),
        times=[one.text for one in times if not one.is_update][:_TIMES],
        updates=[one.text for one in times if one.is_update],
        times_certain=bool(beside),
        bylines=_bylines(survey, nearest[:4], body, inside, beside, title),
        section=sections[-1] if sections else None,
        headline=headline,
    )


def complete(page: Page, parts: Parts) -> None:
    """Fill the fields of a layout's `parts` that its selectors left open with what stands around headline and text."""
    timed = any(stamp.role != "update" for text in parts.times for stamp in stamps(text))
    unsigned = parts.layout is not None and not parts.layout.authors
    if (parts.lead and timed and not unsigned) or parts.headline is None or parts.scope is None:
        return
    survey = Survey(page, parts.headline, parts.scope)
    body, headline = parts.roots[0], parts.headline
    if body.mem_id not in survey.order or headline.mem_id not in survey.order:
        return
    inside = {node.mem_id for node in body.css("*")} | {body.mem_id}
    around = [holder for holder in ancestors(body, _DEPTH) if holder.mem_id in survey.order]
    start = survey.place(body)
    if headline.mem_id in inside:  # the container of the text begins with the head
        paragraphs = [node for node, _ in survey.paragraphs() if node.mem_id in inside]
        start, around = _start(survey, paragraphs, parts.title, survey.place(headline)), [body, *around]
    head = survey.nodes[survey.place(headline) + 1 : start][:_HEAD]
    if not parts.lead and head:
        parts.lead = _lead(survey, around, inside, parts.title, start) or _lead_of_head(
            survey, head, inside, parts.title
        )
    if timed and not unsigned:
        return
    finder = ShownTimes(survey, body, headline)
    beside = finder.in_head(head)
    if unsigned:
        parts.bylines = _bylines(survey, around[:4], body, inside, beside, parts.title)
    if not timed:
        times = beside or _times_around(finder, around, inside, headline)
        parts.updates += [one.text for one in times if one.is_update]
        if shown := [one.text for one in times if not one.is_update][:_TIMES]:
            parts.times, parts.times_certain = [*shown, *parts.times], bool(beside)


def _times_around(
    finder: ShownTimes, nearest: list[LexborNode], inside: set[int], headline: LexborNode | None
) -> list[ShownTime]:
    """The times that a page shows where none stands in the head, the likeliest first."""
    found = finder.named(nearest, inside)
    if not found and headline is not None:
        found = finder.above(nearest[:4], headline)
    return found


def _holds_most(boxed: list[tuple[LexborNode, float]], free: list[tuple[LexborNode, float]]) -> bool:
    """Whether the paragraphs in boxes are the page's text: more than twice what stands outside."""
    return sum(size for _, size in boxed) > 3 * sum(size for _, size in free)


def _start(survey: Survey, paragraphs: list[LexborNode], title: str, behind: int) -> int:
    """Where the text begins: its first paragraph behind the headline, or its first long one."""
    least = 0 if title else _OPENING
    for node in paragraphs:
        text = tidy(node.text())
        tells_time = len(text) <= 120 and parse_date(text)
        if survey.place(node) > behind and len(text) >= least and text not in title and not tells_time:
            return survey.place(node)
    return 0


def _stated_title(page: Page) -> str:
    return _TITLE_TAIL.sub("", _named(page))


def _named(page: Page) -> str:
    """What the page says that its title is."""
    if stated := page.meta_first("og:title", "twitter:title"):
        return stated
    title, headline = page.text(("title",)), plain(page.news.get("headline"))
    # A title that lacks the headline is the name of the site.
    return headline if headline and fold_line(headline) not in fold_line(title) else title


def _title(page: Page) -> tuple[str, LexborNode | None]:
    """The headline and its element: the longest that the page's own title repeats; ("", None) if none does."""
    stated = _named(page)
    wanted = fold_line(stated).replace(" ", "")
    shortest = max(8, 0.4 * len(_TITLE_TAIL.sub("", stated)))
    for css in (_HEADLINES, "b, strong, span, font, p, div, td"):
        best: tuple[str, LexborNode | None] = ("", None)
        for node in page.tree.css(css)[:_CANDIDATES]:
            text = tidy(node.text())
            if shortest <= len(text) <= 300 and len(text) > len(best[0]) and fold_line(text).replace(" ", "") in wanted:
                best = text, node
        title = line_of(page, best[1])  # its parts told apart, where br or blocks break it
        if len(title.split()) > 3:
            return title, best[1]
    return "", None


def _is_certain(headline: LexborNode, around: list[LexborNode]) -> bool:
    """Marked up as a headline, and not far from the text as the name of the site is."""
    return not around or any(node.mem_id == headline.mem_id for node in around[:4][-1].css(_HEADLINES))


def _headline_above(survey: Survey, roots: list[LexborNode], start: int) -> LexborNode | None:
    """The headline where the page's own title names the site only: the first above the text, the nearest."""
    for root in roots:
        above = [node for node in root.css(_HEADLINES) if survey.place(node) < start and not survey.foreign(node)]
        found = [node for node in above if len(survey.short(node, 300).split()) > 3]
        if found:
            return min(found, key=lambda node: (node.tag != "h1", survey.place(node)))
    return None


def _lead(survey: Survey, around: list[LexborNode], inside: set[int], title: str, start: int) -> str:
    """The text above the body that the page's description repeats, else one whose class says so."""
    descriptions = survey.page.meta("description", "og:description")
    stated = [fold_line(text)[:50] for text in descriptions if len(text) > 50]
    marked = ""
    for ancestor in around[:5]:
        for node in ancestor.css(_LEADS):
            if node.mem_id in inside or survey.place(node) > start or survey.foreign(node):
                continue
            text = tidy(node.text()) if survey.size(node) <= 2 * _LEAD_LENGTH[1] else ""
            if text == title or not 40 <= len(text) <= _LEAD_LENGTH[1]:
                continue
            folded = fold_line(text)
            if any(opening in folded for opening in stated):
                return text
            if not marked and _LEAD_NAME.search(f"{node.attributes.get('class')} {node.attributes.get('id')}"):
                marked = text
    return marked


def _lead_of_head(survey: Survey, head: list[LexborNode], inside: set[int], title: str) -> str:
    """Running text between headline and body."""
    for node in head:
        if node.mem_id in inside or survey.size(node) > 2 * _LEAD_LENGTH[1] or survey.foreign(node):
            continue
        text = line_of(survey.page, node)
        if (
            _LEAD_LENGTH[0] <= len(text) <= _LEAD_LENGTH[1]
            and node.tag not in ("figure", "figcaption", "table", "td")
            and all(child.mem_id == node.mem_id for child in node.css(_INLAID))
            and not (len(text) <= 120 and parse_date(text))
            and text not in title
            and not _caption_like(node)
        ):
            return text
    return ""


def _caption_like(node: LexborNode) -> bool:
    above = (node, *ancestors(node, 2))
    return any(n.tag == "figure" or "caption" in (n.attributes.get("class") or "").lower() for n in above)


def _bylines(
    survey: Survey, roots: list[LexborNode], body: LexborNode, inside: set[int], times: list[ShownTime], title: str
) -> list[str]:
    """The line that signs: by its class, else beside the time."""
    if named := next(_signatures(survey, roots, body, inside), None):
        return [named]
    beside = next((text for text in _beside(survey, times) if names(text) and text != title), None)
    return [beside] if beside and not _is_section(survey, beside) else []


def _is_section(survey: Survey, text: str) -> bool:
    """Whether a text is the name of a section: the page links to an address of one folder that is made of it."""
    name = "-".join(_WORDS.findall(without_marks(text.lower())))
    links = survey.page.tree.css("a[href]")[:_LINKS]
    paths = (urlsplit(survey.page.absolute(link.attributes.get("href")) or "").path.strip("/") for link in links)
    return any(path.partition(".")[0] == name for path in paths)


def _beside(survey: Survey, times: list[ShownTime]) -> Iterator[str]:
    """Signatures on the line of the time, or in an element next to it."""
    for one in times:
        text, node = one.text, one.node
        if one.moment.precision != "day" and not node.attributes.get("datetime") and not _WEEKDAY.search(text):
            signed = names(text)
            if signed and all(" " in name and signature(name) for name in signed):
                yield ", ".join(signed)
        for other in node.parent.iter() if node.parent is not None else ():
            text = tidy(other.text()) if other.tag != "a" and survey.size(other) <= 2 * _BESIDE else ""
            if " " in text and len(text) <= _BESIDE and not _WEEKDAY.search(text) and signature(text):
                yield text


def _signatures(survey: Survey, roots: list[LexborNode], body: LexborNode, inside: set[int]) -> Iterator[str]:
    """Short texts that a class says to be a byline, of the nearest container first."""
    for node in survey.near(roots, body, inside, _AUTHORS):
        text = survey.short(node, _SIGNATURE)
        if 0 < len(text) <= _SIGNATURE and names(text) and not is_quoted(node):
            yield text

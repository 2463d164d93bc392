"""From a page to an `Article`: choose the layout, read the subtree, strip it, and put the fields together.

page ─ by_layout (the site's, or any family's) or generic ─ reader ─ boilerplate, trim ─ metadata
"""

from __future__ import annotations

import re
from dataclasses import replace

from crawler.errors import Discard, Quarantine, Refusal
from crawler.extract import metadata
from crawler.extract.boilerplate import Dropped, split_dateline, strip_boilerplate
from crawler.extract.by_layout import Parts, by_layout
from crawler.extract.credit import credit
from crawler.extract.generic import complete, find
from crawler.extract.limits import hostile
from crawler.extract.listing import is_listing
from crawler.extract.missing import is_error_page
from crawler.extract.page import Page, tidy
from crawler.extract.paging import next_page
from crawler.extract.place_stamp import split_stamp
from crawler.extract.reader import Reading, TextBlock, read
from crawler.extract.times import times
from crawler.extract.trim import is_picture_story, marked_lead, trim
from crawler.items import DENSITY, FALLBACK, Article
from crawler.sites import FAMILIES, Site, canonical, judge
from crawler.text import content_hash, decode, documents, is_plain

_GLUED = re.compile(r"(?<=[^\W\d_]) (?=[^\W\d_])")  # a blank between letters
_SHORTEST = 120  # characters of a text that names an unknown site's layout
_SIGNED = ("byline", "line: the publisher's name")  # rules that drop a line which may state the source


def extract(
    html: bytes | str,
    url: str,
    *,
    site: Site | None = None,
    declared: str | None = None,
    explain: list[Dropped] | None = None,
    following: list[str] | None = None,
    lines: list[TextBlock] | None = None,
) -> Article:
    """Read the article on a page.

    `html` as fetched (bytes with the `declared` charset of its header) or as text; `site` when known. `explain`
    receives each dropped block with the rule that dropped it, `following` the address of the page on which the article
    goes on, if it does (`join` puts the two together), `lines` what the body's lines are: headings, items, rows, links.
    Raises `Discard` (not_html, unreadable, soft_404) for what is no page, and (not_article) for a list of stories;
    `Quarantine` (no_title, no_body) for an article that cannot be read.
    """
    markup = html if isinstance(html, str) else _markup(html, declared)
    if ("<" if isinstance(markup, str) else b"<") not in markup[:4096]:  # type: ignore[operator]
        raise Discard(Refusal.NOT_HTML, "no markup in it")
    if reason := hostile(markup):
        raise Discard(Refusal.UNREADABLE, reason)
    page = Page(markup, url)
    if following is not None and (address := next_page(page)):
        following.append(address)
    parts, label = _parts(page, site)
    parts.title = _parted(parts, page)
    own = metadata.own_names(page, site)
    reading = read(page, parts.roots, parts.layout, explain=explain is not None)
    blocks, dropped = strip_boilerplate(reading.blocks, own)
    stamp, lead = split_stamp(parts.roots[0], parts.lead, blocks)
    dateline, lead = split_dateline(lead or marked_lead(page, parts, blocks), own)
    blocks, authors, cut = trim(blocks, parts, lead, own)
    picture_story = is_picture_story(blocks)
    body = [block.text for block in blocks if picture_story or block.role != "caption"]
    if lines is not None:
        lines += [_linked(block, page) for block in blocks if picture_story or block.role != "caption"]
    if not body and lead:
        body, lead = [lead], ""
    if explain is not None:
        explain += [Dropped(text, f"container: {css}") for text, css in reading.dropped] + dropped + cut
    if not body:
        raise Quarantine(Refusal.NO_BODY, f"no text where {label} looks for it")
    written = "\n".join([lead, *body] if lead else body)
    if is_error_page(parts.title, written):
        raise Discard(Refusal.SOFT_404, f"a notice instead of an article: {parts.title}")
    when, changed = times(page, parts)
    authors = authors or metadata.stated_authors(page, own)
    signed = [one.text for one in reversed((*dropped, *cut)) if one.rule in _SIGNED]
    return Article(
        url=url,
        canonical_url=metadata.canonical_url(page, url, site),
        site=site.name or None if site else None,
        title=parts.title,
        lead=lead or None,
        body="\n".join(body),
        dateline=stamp or dateline,
        authors=authors,
        credit=credit(parts, stamp, dateline, lead, blocks, signed, authors, own),
        published_at=when.at if when else None,
        modified_at=changed.at if changed else None,
        published_precision=when.precision if when else None,
        published_raw=when.raw if when else None,
        section=parts.section or metadata.stated_section(page, parts.title),
        tags=metadata.tags(page, parts.tags),
        kind=metadata.kind_of(page, url, parts, picture_story=picture_story),
        images=Reading(pictures=[*read(page, parts.covers, parts.layout).pictures, *reading.pictures]).images(),
        documents=documents(written),
        content_hash=content_hash(lead or None, "\n".join(body)),
        layout=label,
    )


def _parted(parts: Parts, page: Page) -> str:
    """The headline; with the blanks of the metadata where a style sheet alone parts the words of its elements."""
    title, headline = parts.title, parts.headline
    if headline is not None and next(headline.iter(), None) is not None:
        for stated in page.meta("og:title", "twitter:title"):
            if stated.count(" ") > title.count(" ") and _GLUED.sub("", stated) == _GLUED.sub("", title):
                return stated
    return title


def _linked(block: TextBlock, page: Page) -> TextBlock:
    """A line whose links lead to pages of the web, by their absolute addresses."""
    found = ((tidy(words), page.absolute(href)) for words, href in block.anchors)
    anchors = tuple((words, url) for words, url in found if words and url and url.startswith(("http://", "https://")))
    return replace(block, anchors=anchors)


def _is_article(parts: Parts) -> bool:
    """Whether a layout that nobody chose for the site found more than a class name that others use too."""
    size = sum(len(root.text().strip()) for root in parts.roots)
    return size >= _SHORTEST or any(root.css_first("img, video") is not None for root in parts.roots)


def _fitness(parts: Parts) -> int:
    """How many parts a layout found: families share some class names, and the right one finds the most."""
    return sum(map(bool, (parts.lead, parts.times, parts.bylines, parts.section, parts.tags)))


def _is_articles(url: str, site: Site | None) -> bool:
    """Whether the site's own pattern says that an address is an article's: what cannot be read there is for repair."""
    try:
        return site is not None and not judge(canonical(url, site), site).refused
    except Discard:
        return False


def _markup(body: bytes, declared: str | None) -> bytes | str:
    """The page for the parser: its own bytes if they are plain UTF-8, which spares encoding them again."""
    return body if is_plain(body) else decode(body, declared).text


def _parts(page: Page, site: Site | None) -> tuple[Parts, str]:
    """The parts of the page and the name of what found them."""
    for layout in (site.layout, *site.past) if site else ():
        if layout is not None and (parts := by_layout(page, layout)):
            complete(page, parts)
            return parts, layout.name
    found = [(parts, layout.name) for layout in FAMILIES if (parts := by_layout(page, layout)) and _is_article(parts)]
    if found:
        parts, label = max(found, key=lambda one: _fitness(one[0]))
        complete(page, parts)
        return parts, FALLBACK if site and site.layout else label
    parts = find(page)
    if (parts or not _is_articles(page.url, site)) and is_listing(page, parts):
        raise Discard(Refusal.NOT_ARTICLE, "a list of stories")
    if parts:
        return parts, DENSITY if site and not site.layout else FALLBACK
    if page.tree.css_first("p, div, td") is None:
        raise Discard(Refusal.NOT_HTML, "no paragraph in it")
    if is_error_page("", "\n".join(page.texts(("h1, h2, h3, p",)))):
        raise Discard(Refusal.SOFT_404, "a notice instead of an article")
    has_title = bool(page.meta_first("og:title") or page.text(("h1", "title")))
    raise Quarantine(
        Refusal.NO_BODY if has_title else Refusal.NO_TITLE,
        "no running text found" if has_title else "no headline found",
    )

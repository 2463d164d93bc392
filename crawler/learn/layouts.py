"""Learns the layout of a CMS that nobody has described, from a handful of its articles.

Of each page it is known what it says, by witnesses that do not look at its markup's names: the source that named it,
its metadata, the density of its text. A selector is learned where the same short selector leads to what is known on all
pages; where no such selector is to be found, the field stays open, and the reader finds it as on any unknown page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from bs4 import Tag

from crawler.extract.byline import names
from crawler.extract.captions import is_credit
from crawler.learn.labels import section_selector, tags_selector
from crawler.learn.samples import ELSE, Sample, overlap, squeezed
from crawler.learn.selectors import selectors
from crawler.sites import FAMILIES, LIFERAY, NEWSCONTENTS, SHAREPOINT, TAGDIV, Layout, Listing, Site
from crawler.sites.layouts import selector_fault
from crawler.text import parse_date

PORTALS = (LIFERAY, SHAREPOINT, NEWSCONTENTS, TAGDIV)
"""Families that no page of an unknown host tries, since a part of their selectors would take any page."""
_SAME = 0.995  # F1 of two readings that say the same
_MOST_OF = 0.7  # of a text's characters, which its container holds; some lines are cleaned when they are read
_HOLDERS = 5  # containers around the paragraphs that may be the text's
MOST_OPTIONS = 60
"""Selectors that are tried for a field."""
_LONGEST_TIME = 120  # characters of an element that tells a time
_LONGEST_BYLINE = 120
_BOX_LINKS = 0.6  # share of a box's text in anchors, from which it is no part of a text

_TELLING = frozenset(("h1", "time", "a"))  # elements that say what they are

Right = Callable[[Sample, Tag], bool]


def family_of(samples: Sequence[Sample]) -> Layout | None:
    """The family that reads all samples, told by its marks; None when there is none."""
    for family in FAMILIES:
        if sum(one.article.layout == family.name for one in samples) >= 0.8 * len(samples):
            return family
    for portal in PORTALS:
        body = [css for css in portal.body if not _is_bare(css)]
        marked = [one for one in samples if any(one.soup.select_one(css) for css in body)]
        if len(marked) == len(samples) and all(_agrees(one, portal) for one in samples):
            return portal
    return None


def learn_layout(samples: Sequence[Sample], name: str) -> Layout | None:
    """A layout of its own for pages that no family reads; None when title or text have no selector to be written."""
    titles = _best(samples, _titles, _is_title)
    if not titles:
        return None
    bodies = _bodies(samples, titles, name)
    if not bodies:
        return None
    layout = Layout(name=name, title=titles, body=bodies)
    for field in ("time", "lead", "authors", "section", "tags"):
        layout = _with(layout, samples, field, field_selector(samples, field))
    layout = _with(layout, samples, "caption", _captions(samples, bodies))
    layout = _with(layout, samples, "drop", _boxes(samples, bodies))
    heads = tuple(css for css in (*layout.time, *layout.authors) if _named(css) and _inside(samples, css, bodies))
    return _without_heads(layout, samples, heads) if heads else layout


def field_selector(samples: Sequence[Sample], field: str) -> tuple[str, ...]:
    """The selector of a field beside title and text that leads to what is known on all pages; () without one."""
    match field:
        case "time":
            return _best(samples, _times, _is_time)
        case "lead":
            return _best(samples, _leads, _is_lead, named=True)
        case "authors":
            return _best(samples, _authors, _is_author, every=True, named=True)
        case "section":
            return section_selector(samples)
        case "tags":
            return tags_selector(samples)
    raise ValueError(field)


def agreement(sample: Sample, layout: Layout) -> float:
    """How much of the text by a layout is what the reading without one finds, 0 to 1."""
    read = sample.read(site_with(layout))
    if read is None or read.layout != layout.name:
        return 0.0
    return overlap(sample.lines, [squeezed(line) for line in (read.lead or "", *read.body.split("\n")) if line])


def site_with(layout: Layout) -> Site:
    """A site of which nothing but the layout matters."""
    home = "https://site.invalid/"
    return Site(publisher="-", home=home, tier="press", sources=(Listing(home),), article=r"\d{4}", layout=layout)


def _agrees(sample: Sample, layout: Layout) -> bool:
    return agreement(sample, layout) >= _SAME


def _with(layout: Layout, samples: Sequence[Sample], field: str, css: tuple[str, ...]) -> Layout:
    """The layout with one more field, if no page is read worse with it."""
    if not css:
        return layout
    fuller = layout.replace(**{field: css})
    worse = any(agreement(one, fuller) < agreement(one, layout) - 0.001 for one in samples)
    return layout if worse else fuller


def _without_heads(layout: Layout, samples: Sequence[Sample], heads: tuple[str, ...]) -> Layout:
    """The layout that leaves out time and byline in the text's container, if no page loses more than their lines.

    The reading without a layout may take such a line for one of the text, so that it is no measure here.
    """
    fuller = layout.replace(drop=tuple(dict.fromkeys((*layout.drop, *heads))))
    for one in samples:
        before, after = one.read(site_with(layout)), one.read(site_with(fuller))
        if before is None or after is None:
            return layout
        framed = "".join(one.text(tag) for css in heads for tag in one.soup.select(css))
        lost = set(map(squeezed, before.body.split("\n"))) - set(map(squeezed, after.body.split("\n")))
        if any(line not in framed for line in lost) or (before.authors, before.published_at) != (
            after.authors,
            after.published_at,
        ):
            return layout
    return fuller


def _is_bare(css: str) -> bool:
    return not any(sign in css for sign in ".#[")


# Titles, leads, times, bylines: one element that says what is known.


def _titles(one: Sample) -> Iterator[Tag]:
    yield from (tag for tag in one.soup.find_all(True) if tag.name not in ELSE and _is_title(one, tag))


def _is_title(one: Sample, tag: Tag) -> bool:
    return one.text(tag) == one.title


def _leads(one: Sample) -> Iterator[Tag]:
    if one.article.lead:
        yield from (tag for tag in one.soup.find_all(True) if _is_lead(one, tag))


def _is_lead(one: Sample, tag: Tag) -> bool:
    lead, text = squeezed(one.article.lead or ""), one.text(tag)
    # Where a page's own title is its site's name, the headline was taken for the lead.
    return bool(lead) and text != one.title and text.endswith(lead) and len(text) <= len(lead) + 40


def _times(one: Sample) -> Iterator[Tag]:
    if one.article.published_at is not None:
        found = [
            tag
            for tag in one.soup.find_all(True)
            if tag.name not in ("script", "title", "option") and _is_time(one, tag)
        ]
        yield from sorted(found, key=lambda tag: len(one.text(tag)))  # what says nothing but the time before its frame


def _is_time(one: Sample, tag: Tag) -> bool:
    if one.article.published_at is None or tag.name == "meta":
        return False
    told = str(tag.get("datetime") or "") or " ".join(tag.get_text(" ").split())
    if not told or len(told) > _LONGEST_TIME:
        return False
    moment = parse_date(told)
    if moment is None:
        return False
    known = one.article.published_at
    if moment.precision == "day":  # a day alone says less than what is known
        return one.article.published_precision == "day" and moment.at.astimezone(known.tzinfo).date() == known.date()
    return abs((moment.at - known).total_seconds()) < 60


def _authors(one: Sample) -> Iterator[Tag]:
    if one.article.authors:
        found = [tag for tag in one.soup.find_all(True) if tag.name not in ("script", "title") and _is_author(one, tag)]
        yield from sorted(found, key=lambda tag: len(one.text(tag)))


def _is_author(one: Sample, tag: Tag) -> bool:
    text = " ".join(tag.get_text(" ").split())
    return 0 < len(text) <= _LONGEST_BYLINE and bool(one.article.authors) and names(text) == one.article.authors


def _best(
    samples: Sequence[Sample],
    find: Callable[[Sample], Iterable[Tag]],
    right: Right,
    *,
    every: bool = False,
    named: bool = False,
) -> tuple[str, ...]:
    """The selector whose first match is right on the most pages and wrong on none; () when there is none.

    With `every` all its matches must be right; `named` takes only elements with a name of their own, since in a text
    a paragraph or bold words may be anything. A page on which nothing is known of the field counts as wrong where the
    selector finds text.
    """
    counts: Counter[str] = Counter()
    for one in samples:
        found: dict[str, None] = {}
        for tag in find(one):
            found.update(dict.fromkeys(selectors(tag)))
        counts.update(list(found)[:MOST_OPTIONS])
    places = {css: place for place, css in enumerate(counts)}
    for css, count in sorted(counts.items(), key=lambda item: (-item[1], places[item[0]])):
        if selector_fault(css) or _is_loose(css) or (named and not _named(css)):
            continue
        if count * 2 < len(samples) or count < min(2, len(samples)):
            continue
        if all(_is_right(one, css, right, every) for one in samples):
            return (css,)
    return ()


def _is_right(one: Sample, css: str, right: Right, every: bool) -> bool:
    found = [tag for tag in one.soup.select(css) if one.text(tag) or tag.get("datetime")]
    return all(right(one, tag) for tag in (found if every else found[:1]))


def _is_loose(css: str) -> bool:
    """Whether a selector takes every element of one kind in a container, as ".body strong"."""
    holder, _, last = css.rpartition(" ")
    return bool(holder) and not holder.endswith(">") and _is_bare(last) and last not in _TELLING


def _named(css: str) -> bool:
    """Whether the element that a selector matches has a name of its own."""
    last = css.rpartition(" ")[2]
    return not _is_bare(last) or last == "h2"


def _inside(samples: Sequence[Sample], css: str, bodies: tuple[str, ...]) -> bool:
    """Whether what tells a time or a byline stands in the container of the text, which it is no part of."""
    inside = [body.select_one(css) for _, body in _containers(samples, bodies)]
    return any(tag is not None for tag in inside)


# The container of the text.


def _bodies(samples: Sequence[Sample], titles: tuple[str, ...], name: str) -> tuple[str, ...]:
    """The container whose reading agrees with what is dense on every page, the innermost of equals."""
    options: Counter[str] = Counter()
    depths: dict[str, int] = {}
    for one in samples:
        for holder in _holders(one):
            depth = sum(1 for _ in holder.parents)
            depths.update({css: depth for css in selectors(holder) if css not in depths})
        options.update({css: 1 for holder in _holders(one) for css in selectors(holder)})
    tried: dict[str, list[float]] = {}
    for css, _ in options.most_common(MOST_OPTIONS):
        if not selector_fault(css):
            layout = Layout(name=name, title=titles, body=(css,))
            tried[css] = [agreement(one, layout) for one in samples]
    if not tried:
        return ()

    def rank(css: str) -> tuple[bool, int, int]:
        """Of containers that read alike one with a name, the innermost, which holds no head and no tools."""
        return _named(css), depths[css], -order.index(css)

    # A second template has its own container, which stands behind the first.
    order = list(tried)
    chosen: list[str] = []
    left = set(range(len(samples)))
    while left:
        best = max(order, key=lambda css: (sum(tried[css][i] >= _SAME for i in left), *rank(css)))
        read = {i for i in left if tried[best][i] >= _SAME}
        if not read:
            break
        chosen.append(best)
        left -= read
    if not chosen:
        best = max(order, key=lambda css: (min(tried[css]), sum(tried[css]), *rank(css)))
        return (best,) if min(tried[best]) > 0.9 else ()
    return tuple(chosen)


def _holders(one: Sample) -> Iterator[Tag]:
    """The elements that hold all paragraphs of the text, the innermost first."""
    paragraphs = [squeezed(line) for line in one.article.body.split("\n")]
    wanted = [line for line in paragraphs if len(line) > 30] or paragraphs
    total = sum(map(len, wanted))
    place = one.soup.body
    if place is None:
        return
    found: list[Tag] = []
    while place is not None:
        found.append(place)
        inner = None
        for child in place.find_all(True, recursive=False):
            text = one.text(child)
            if sum(len(line) for line in wanted if line in text) >= _MOST_OF * total:
                inner = child
        place = inner
    for tag in reversed(found[-_HOLDERS - 1 :]):
        if tag.name not in ("p", "span", "body", "html"):
            yield tag


# Inside the text: captions, and boxes that are not the article's.


def _containers(samples: Sequence[Sample], bodies: tuple[str, ...]) -> Iterator[tuple[Sample, Tag]]:
    for one in samples:
        body = next((tag for css in bodies if (tag := one.soup.select_one(css)) is not None), None)
        if body is not None:
            yield one, body


def _captions(samples: Sequence[Sample], bodies: tuple[str, ...]) -> tuple[str, ...]:
    """Names of lines that only ever stand behind a picture, one of which at least ends in a credit."""
    behind: Counter[str] = Counter()
    apart: set[str] = set()
    credited: set[str] = set()
    for _, body in _containers(samples, bodies):
        for tag in body.find_all(["p", "div", "span", "td", "em", "i", "h6"]):
            text = " ".join(tag.get_text(" ").split())
            if not text or tag.find("img") is not None:
                continue
            for css in _own_names(tag):
                if _follows_picture(tag) and len(text) < 400:
                    behind[css] += 1
                    if is_credit(text):
                        credited.add(css)
                else:
                    apart.add(css)
    found = [css for css, count in behind.most_common() if css not in apart and (css in credited or count > 2)]
    return tuple(found[:1])


def _own_names(tag: Tag) -> list[str]:
    """Selectors of the element's own names, each name once."""
    found = [css for css in selectors(tag) if " " not in css and css != tag.name]
    return [
        css
        for css in found
        if "." not in css or "." + css.partition(".")[2] == css or "." + css.partition(".")[2] not in found
    ]


def _follows_picture(tag: Tag) -> bool:
    """Whether nothing but a picture stands right before an element, in its own container or in the one before."""
    before = tag.find_previous_sibling(True)
    if before is None and tag.parent is not None and tag.parent.name in ("td", "tr", "div", "figure"):
        before = tag.parent.find_previous_sibling(True)
    return (
        before is not None
        and (before.name == "img" or before.find("img") is not None)
        and not before.get_text(strip=True)
    )


def _boxes(samples: Sequence[Sample], bodies: tuple[str, ...]) -> tuple[str, ...]:
    """Boxes in the text that hold little but links, or the same words on several pages."""
    counts: Counter[str] = Counter()
    holding: set[str] = set()
    seen: Counter[str] = Counter()
    for one, body in _containers(samples, bodies):
        seen.update({one.text(tag) for tag in body.find_all(["div", "ul", "section", "aside", "table", "p"])})
    for one, body in _containers(samples, bodies):
        own = set(one.lines)
        for tag in body.find_all(["div", "ul", "ol", "section", "aside", "table", "p"]):
            text = one.text(tag)
            if not text:
                continue
            names_of = _own_names(tag)
            linked = sum(len(squeezed(anchor.get_text())) for anchor in tag.find_all("a"))
            foreign = linked > _BOX_LINKS * len(text) or (seen[text] > 1 and text not in own)
            if foreign and not any(line in text for line in own if len(line) > 20):
                counts.update(names_of)
            else:
                holding.update(names_of)
    return tuple(css for css, _ in counts.most_common(6) if css not in holding)

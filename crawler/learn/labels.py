"""Learns where a page shows its section and its tags: links that lead to lists, not to stories.

The reading without a layout finds neither unless a class name says so. They are told by where their links lead: those
of a breadcrumb begin at the home page, those of a tag list lead to addresses that say "tag".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urljoin, urlsplit

from bs4 import Tag

from crawler.learn.samples import Sample
from crawler.learn.selectors import selectors
from crawler.sites.layouts import selector_fault

_MOST_OPTIONS = 60  # selectors that are tried
_LONGEST_TRAIL = 200  # characters of a breadcrumb
_TAG_PATH = re.compile(
    r"/(?:tags?|tu-khoa|tukhoa|chu-de|topics?|hashtag|keyword)(?:[/.-]|$)|[?&](?:tag|keyword|q)=", re.I
)
_TAG_NAME = re.compile(r"(?:^|[-_])(?:tags?|tu-?khoa|keywords?)(?:$|[-_])", re.I)
_MOST_TAGS = 20


def section_selector(samples: Sequence[Sample]) -> tuple[str, ...]:
    """The selector whose last match with a text names the section, as in a breadcrumb; () when there is none."""
    return _agreed(samples, [_trail(one) for one in samples], lambda found, wanted: found[-1:] == wanted[-1:])


def tags_selector(samples: Sequence[Sample]) -> tuple[str, ...]:
    """The selector that matches the tags of every page and nothing else; () when there is none."""
    return _agreed(samples, [_tags(one) for one in samples], lambda found, wanted: set(found) == set(wanted))


def _agreed(
    samples: Sequence[Sample], known: Sequence[list[Tag]], right: Callable[[list[str], list[str]], bool]
) -> tuple[str, ...]:
    counts: Counter[str] = Counter()
    for tags in known:
        counts.update({css: 1 for tag in tags[-1:] for css in selectors(tag)})
    pages = [(one, [one.text(tag) for tag in tags]) for one, tags in zip(samples, known, strict=True)]

    def fits(css: str) -> bool:
        if selector_fault(css):
            return False
        for one, wanted in pages:
            title = one.title
            found = [text for tag in one.soup.select(css) if (text := one.text(tag)) and text != title]
            if found and wanted and not right(found, wanted):
                return False
        return True

    likely = [css for css, count in counts.most_common(_MOST_OPTIONS) if count * 2 >= len(samples)]
    return next(((css,) for css in likely if fits(css)), ())


def _trail(one: Sample) -> list[Tag]:
    """The links of the breadcrumb: a short row of links before the headline that begins at the home page."""
    title = one.title
    headline = next((tag for tag in one.soup.find_all(["h1", "h2", "h3", "div", "p"]) if one.text(tag) == title), None)
    if headline is None:
        return []
    for anchor in headline.find_all_previous("a", href=True, limit=400):
        if not _leads_home(one, anchor):
            continue
        for holder in list(anchor.parents)[:3]:
            links = [tag for tag in holder.find_all("a", href=True) if one.text(tag) and not _leads_home(one, tag)]
            if links and len(one.text(holder)) <= _LONGEST_TRAIL and not holder.find_all("li", limit=6)[5:]:
                return [tag for tag in links if one.text(tag) != title]
    return []


def _leads_home(one: Sample, anchor: Tag) -> bool:
    parts = urlsplit(urljoin(one.answer.url, str(anchor["href"])))
    return (
        parts.path.strip("/").lower() in ("", "trang-chu", "index.html", "default.aspx", "index.php")
        and not parts.query
    )


def _tags(one: Sample) -> list[Tag]:
    """The links behind the text that lead to tags, all in one container."""
    groups: dict[int, list[Tag]] = {}
    for anchor in _behind_text(one):
        holder = anchor.parent
        named = any(_TAG_NAME.search(name) for up in (anchor, *list(anchor.parents)[:2]) for name in _names(up))
        if holder is not None and (named or _TAG_PATH.search(str(anchor["href"]))):
            if holder.name in ("li", "span", "h3", "h4", "strong") and holder.parent is not None:
                holder = holder.parent
            groups.setdefault(id(holder), []).append(anchor)
    found = [tags for tags in groups.values() if len(tags) <= _MOST_TAGS]
    return found[0] if found else []


def _behind_text(one: Sample) -> Iterator[Tag]:
    last = one.lines[-1] if one.lines else ""
    place = next(
        (tag for tag in reversed(one.soup.find_all(["p", "div", "span", "td"])) if one.text(tag) == last), None
    )
    if place is not None:
        after = place.find_all_next("a", href=True, limit=200)
        yield from (anchor for anchor in after if not any(holder is place for holder in anchor.parents))


def _names(tag: Tag) -> list[str]:
    return [*map(str, tag.get_attribute_list("class")), str(tag.get("id") or "")] if tag.attrs else []

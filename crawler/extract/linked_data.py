"""Linked data (JSON-LD) of a page: read in spite of slips that no browser shows, and which of it is the article.

schema.org's vocabulary: Article and its kin, postings of a blog or network, LiveBlogPosting, WebPage.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from crawler.sites.urls import TRACKING
from crawler.text import unescape

Thing = dict[str, Any]

_DECODER = json.JSONDecoder(strict=False)
_UNFOLDED = ("@graph", "mainEntity", "breadcrumb")
"""Properties whose objects are the page's own; those of lists (itemListElement, hasPart) are other stories'."""
_ARTICLES = ("article", "blogposting", "socialmediaposting", "forumposting", "report")
_PAGES = ("webpage", "itempage", "aboutpage", "creativework")
_QUOTES = str.maketrans(dict.fromkeys("'‘’“”„″", '"'))
_VALUES = 20  # objects one after the other in one script
_LONGEST = 200_000  # characters of a script that is mended
_WRAPPING = re.compile(r"(?://[ \t]*)?(?:<!\[CDATA\[|\]\]>|<!--|-->)|/\*[^*]{0,200}\*/|^[ \t]*//.*$", re.M)
_ESCAPE = re.compile(r"\\(.)", re.S)
_SLIPS = (
    (re.compile(r"(?<=[{\[,])(\s*+),++"), r"\1"),  # a comma too many, at the start or doubled
    (re.compile(r",(?=\s*+[}\]])"), ""),  # and at the end
    (re.compile(r'(?<=["}\]])([ \t\r]*+\n\s*+)(?=")'), r",\1"),  # and one too few at the end of a line
    (re.compile(r"}(?=\s*+{)"), "},"),
)
_ARTICLE_TYPE = re.compile(r"""["']@type["']\s*:\s*\[?\s*["'](\w{0,40}(?:Article|BlogPosting))["']""")
_FIELD = re.compile(
    r"""\b(datePublished|dateModified|headline|articleSection)["']?\s*:\s*(["'])([^\n]{1,300}?)\2\s*[,}\n]"""
)
_AUTHOR = re.compile(
    r"""\bauthor["']?\s{0,9}:[^{}]{0,9}\{?[^{}]{0,200}?\bname["']?\s{0,9}:\s{0,9}(["'])([^"'\n]{1,100})\1"""
)
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d{5,}")
_FIELDS = 50  # of a query
_ALIKE = 0.5  # of the words of the shorter headline
_ANOTHER = -3  # points of what names another address and another headline


def things(script: str) -> list[Thing]:
    """Every object that a script states, `@graph`, lists and main entities unfolded; [] if it cannot be read."""
    try:
        try:
            return list(_unfold(_DECODER.decode(script)))
        except ValueError:
            return list(_unfold(_mended(script[:_LONGEST])))
    except RecursionError:
        return []


def is_of_type(thing: Thing, *names: str) -> bool:
    """Whether its type, or one of them, ends in one of the lower-case `names`, whatever the vocabulary's prefix is."""
    stated = thing.get("@type")
    return any(str(one).lower().endswith(names) for one in (stated if isinstance(stated, list) else [stated]))


def describes_article(thing: Thing) -> bool:
    """Whether it is an article, a report, or what somebody posted."""
    return is_of_type(thing, *_ARTICLES)


def own_article(found: Iterable[Thing], addresses: Iterable[str], titles: Iterable[str]) -> Thing:
    """The object that describes the article of the page; {} when there is none.

    `addresses` are the page's own, `titles` its headlines. Of several articles the one that names an address or
    headline of the page is taken, of two descriptions of it that of a live blog; one that names both of another story
    is none. A WebPage serves where no article is described, unless it is the home page.
    """
    own = [place for address in dict.fromkeys(addresses) if (place := _place(address))]
    described = [
        (is_article, thing)
        for thing in found
        if (is_article := describes_article(thing))
        or (is_of_type(thing, *_PAGES) and thing.get("datePublished") and not _is_home(thing.get("url")))
    ]
    articles = [thing for is_article, thing in described if is_article]
    if len(articles) == 1 and _names_one_of(articles[0], own):
        return articles[0]  # as on most pages, whatever its headline is
    heads = [set(_words(title)) for title in titles if title]
    candidates = [
        (is_article, likeness, is_of_type(thing, "liveblogposting"), thing)
        for is_article, thing in described
        if (likeness := _likeness(thing, own, heads)) > _ANOTHER
    ]
    return max(candidates, key=lambda one: one[:3], default=(False, 0, False, {}))[3]


def _places(thing: Thing) -> list[str]:
    """The addresses that an object gives as its own."""
    said = [thing.get("url"), thing.get("mainEntityOfPage"), thing.get("@id")]
    return [
        place for one in said if (place := _place(one.get("@id") or one.get("url") if isinstance(one, dict) else one))
    ]


def _names_one_of(thing: Thing, own: list[str]) -> bool:
    return any(_same_place(place, other) for place in _places(thing) for other in own)


def _likeness(thing: Thing, own: list[str], heads: list[set[str]]) -> float:
    """How much speaks for an object's being about the page: its address weighs more than its headline."""
    points = 0.0
    if own and _places(thing):
        points = 4 if _names_one_of(thing, own) else -2
    headline = set(_words(thing.get("headline")))
    if headline and heads:
        alike = [head for head in heads if head and len(headline & head) >= _ALIKE * min(len(headline), len(head))]
        points += 1 + max(len(headline & head) / len(headline | head) for head in alike) if alike else -1
    return points


def _place(address: object) -> str:
    """The path of an absolute address with the numbers of its query, "" for a home page or what is no address."""
    if not isinstance(address, str) or "/" not in address:
        return ""
    try:
        parts = urlsplit(address.strip())
        pairs = parse_qsl(parts.query, max_num_fields=_FIELDS) if parts.query else []
    except ValueError:
        return ""
    numbers = [value for name, value in pairs if value.isdigit() and not TRACKING.fullmatch(name)]
    return "?".join((parts.path.rstrip("/").casefold(), *numbers))


def _is_home(address: object) -> bool:
    return isinstance(address, str) and "/" in address and not _place(address)


def _same_place(one: str, other: str) -> bool:
    """Whether two paths are one article's: the same, or with the same last long number, as AMP and mobile pages."""
    if one == other:
        return True
    numbers = _NUMBER.findall(one), _NUMBER.findall(other)
    return bool(numbers[0] and numbers[1]) and numbers[0][-1] == numbers[1][-1]


def _words(text: object) -> list[str]:
    return _WORD.findall(unescape(text).casefold()) if isinstance(text, str) else []


def _mended(script: str) -> list[Any]:
    """The values of a script that is no JSON: without its wrapping and slips, or what its fields say one by one."""
    if '"' not in script:  # written with entities, or in quotes that an editor or a script's author preferred
        script = unescape(script)
        script = script if '"' in script else script.translate(_QUOTES)
    # A backslash before what JSON does not escape (\') is dropped.
    text = _ESCAPE.sub(lambda match: match[0] if match[1] in '"\\/bfnrtu' else match[1], _WRAPPING.sub("", script))
    try:
        return _values(text)
    except ValueError:
        for slip, mended in _SLIPS:
            text = slip.sub(mended, text)
    try:
        return _values(text)
    except ValueError:
        return [_fields(text)]


def _values(text: str) -> list[Any]:
    """The JSON values of a text, one after the other, whatever stands between; raises ValueError."""
    values: list[Any] = []
    at = 0
    while len(values) < _VALUES and (start := _first_of(text, at)) >= 0:
        value, at = _DECODER.raw_decode(text, start)
        values.append(value)
    return values


def _first_of(text: str, at: int) -> int:
    starts = [start for start in (text.find("{", at), text.find("[", at)) if start >= 0]
    return min(starts, default=-1)


def _fields(text: str) -> Thing:
    """What can be read of one article whose JSON is beyond mending, for example by quotes inside its headline."""
    kinds = _ARTICLE_TYPE.findall(text)
    if len(kinds) != 1:
        return {}
    thing: Thing = {"@type": kinds[0]}
    for name, _, value in _FIELD.findall(text):
        thing.setdefault(name, value)
    if author := _AUTHOR.search(text):
        thing["author"] = {"@type": "Person", "name": author[2]}
    return thing


def _unfold(value: Any) -> Iterator[Thing]:
    if isinstance(value, list):
        for item in value:
            yield from _unfold(item)
    elif isinstance(value, dict):
        yield value
        for key in _UNFOLDED:
            if isinstance(inner := value.get(key), dict | list):
                yield from _unfold(inner)

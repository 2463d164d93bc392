"""Learns which addresses of a site are articles: a pattern that takes what its sources list and refuses what its
navigation links, written as a person would write it.

Addresses are told apart by where their identity stands: a number behind the slug (`-post123.html`), before it, in a
folder, in a query parameter, a date in folders, or the words of the slug alone. Each form that articles have becomes
one alternative of the pattern, as wide as the addresses that are none allow.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from crawler.sites.urls import TRACKING

_ENDING = re.compile(r"\.[a-z][a-z0-9]{1,5}$", re.I)
_BEHIND = re.compile(r"^(?P<slug>.*?)(?P<mark>(?:^|[-_.,~])[a-z]{0,10})(?P<number>\d{3,20})$", re.I)
_BEFORE = re.compile(r"^(?P<mark>[a-z]{0,4})(?P<number>\d{4,20})(?P<join>[-_])(?=\w)", re.I)
_DATED = re.compile(r"/(?:19|20)\d\d/(?:0?[1-9]|1[0-2])(?:/(?:0?[1-9]|[12]\d|3[01]))?(?=/)|/(?:19|20)\d{6}(?=/)")
_WORDS = re.compile(r"[^-_.]+")
_LABEL = re.compile(
    r".*/(?:tags?|tac|chu|topics?|videos?|su|event|tim|page|trang|author|chuyen|danh|rss|photo|album|anh)-", re.I
)
_RARE = 0.02  # share of all articles below which a form of address is an exception that the pattern need not take
_FEWEST = 3  # addresses of which a form is learned
_FEW_PAGES = 4  # programs of a site that show its articles, each by a number in the query
_MOST_EXCLUDED = 12  # folders in a pattern of exclusion; more say that the articles' own pattern is wrong


@dataclass(frozen=True, slots=True)
class Form:
    """What the addresses of one kind of article have in common."""

    kind: str
    """behind, before, folder, date, query, or words."""
    mark: str
    """What stands before the number: "-post", "/", "ItemID"."""
    ending: str
    """".html", "/" or nothing."""


@dataclass(frozen=True, slots=True)
class AddressRules:
    """What a `Site` says of its addresses."""

    article: str
    exclude: str | None = None
    keep_query: tuple[str, ...] = ()
    keep_slash: bool = False
    missed: tuple[str, ...] = ()
    """Articles that the pattern does not take."""
    doubtful: tuple[str, ...] = ()
    """Addresses that are no article's as far as is known, and that the pattern takes."""

    def takes(self, url: str) -> bool:
        """Whether the rules take an address, given as `target` writes it."""
        path = target(url, self.keep_query, self.keep_slash)
        return bool(re.search(self.article, path)) and not (self.exclude and re.search(self.exclude, path))


@dataclass(slots=True)
class _Group:
    form: Form
    paths: list[str] = field(default_factory=list)


def learn_addresses(articles: Iterable[str], others: Iterable[str]) -> AddressRules | None:
    """The rules that take `articles` and refuse `others`, both absolute addresses; None when no form is to be seen."""
    found = list(dict.fromkeys(articles))
    naming, keep_query = _naming_parameters(found)
    if naming:  # what the same program shows under another name is something else
        found = [url for url in found if naming in _query(url)]
    keep_slash = sum(_slashed(url) for url in found) * 2 > len(found)
    paths = [target(url, keep_query, keep_slash) for url in found]
    wanted = set(paths)
    none = [path for url in dict.fromkeys(others) if (path := target(url, keep_query, keep_slash)) not in wanted]
    groups = _groups(paths, naming)
    if not groups:
        return None
    patterns = list(dict.fromkeys(_pattern(group, none) for group in groups))
    article = "|".join(_merged(patterns))
    taken = [path for path in none if re.search(article, path)]
    exclude = _exclusion(taken, paths)
    refused = {path for path in taken if exclude and re.search(exclude, path)}
    missed = [url for url, path in zip(found, paths, strict=True) if not re.search(article, path)]
    missed += [path for path in paths if exclude and re.search(exclude, path)]
    return AddressRules(
        article, exclude, keep_query, keep_slash, tuple(missed), tuple(path for path in taken if path not in refused)
    )


def target(url: str, keep_query: Sequence[str] = (), keep_slash: bool = False) -> str:
    """Path and kept query of an address, as `Site.article` is searched in them."""
    parts = urlsplit(url)
    path = re.sub("/{2,}", "/", parts.path) or "/"
    last = path.rstrip("/").rpartition("/")[2]
    path = path.rstrip("/") + "/" if keep_slash and "." not in last else path.rstrip("/") or "/"
    if path.lower().endswith(".aspx"):
        path = path.lower()
    spelling = {name.lower(): name for name in keep_query}
    pairs = sorted(
        (spelling[name.lower()], value) for name, value in parse_qsl(parts.query) if name.lower() in spelling
    )
    return path + ("?" + "&".join(f"{name}={value}" for name, value in pairs) if pairs else "")


def _slashed(url: str) -> bool:
    return urlsplit(url).path.endswith("/") and len(urlsplit(url).path) > 1


def _naming_parameters(urls: Sequence[str]) -> tuple[str | None, tuple[str, ...]]:
    """The query parameter without which two articles would have one address, and all that go with it."""
    paths = Counter(urlsplit(url).path.lower() for url in urls)
    values: defaultdict[str, set[str]] = defaultdict(set)
    counts: Counter[str] = Counter()
    for url in urls:
        for name, value in _query(url).items():
            counts[name] += 1
            values[name].add(value)
    naming = max(values, key=lambda name: (len(values[name]), counts[name]), default=None)
    if naming is None or counts[naming] < len(urls) / 2 or len(values[naming]) < 0.8 * counts[naming]:
        return None, ()
    if len(paths) > 0.9 * len(urls) and not _slugless(paths):
        return None, ()
    named = [query for url in urls if naming in (query := _query(url))]
    # What goes with the name may be needed to get the page at all.
    return naming, tuple(sorted(name for name in values if sum(name in query for query in named) >= 0.8 * len(named)))


def _query(url: str) -> dict[str, str]:
    """The query parameters of an address, those left out that only say how a reader came."""
    return {name: value for name, value in parse_qsl(urlsplit(url).query) if not TRACKING.fullmatch(name)}


def shape(url: str) -> tuple[str, ...]:
    """What an address has in common with others of its kind: a program and its parameters, or the form of a path."""
    parts = urlsplit(url)
    if query := _query(url):
        return (parts.path.lower(), *sorted(query))
    form = _form(parts.path, None, few_pages=False)
    path = parts.path.rstrip("/")
    # A number in the folder's name counts sections, days or articles.
    folder = re.sub(r"\d+", "0", path.split("/")[1]) if path.count("/") > 1 else ""
    return (form.kind, form.mark, form.ending, folder if form.kind == "words" or not form.mark else "")


def _slugless(paths: Counter[str]) -> bool:
    """Whether the paths say too little to name a page."""
    return all(len(_WORDS.findall(path.rpartition("/")[2])) < 4 for path in paths)


def _groups(paths: Sequence[str], naming: str | None) -> list[_Group]:
    """The forms that articles have, the commonest first, without exceptions."""
    groups: dict[Form, _Group] = {}
    pages = {bare for path in paths if (bare := path.partition("?")[0]) != path}
    for path in paths:
        form = _form(path, naming, few_pages=len(pages) <= _FEW_PAGES)
        groups.setdefault(form, _Group(form)).paths.append(path)
    ordered = sorted(groups.values(), key=lambda group: -len(group.paths))
    # A short word before the number that occurs once is part of a slug that ends in it ("covid-19").
    few = max(_FEWEST, _RARE * len(paths)) if len(paths) > 2 * _FEWEST else 1
    return [group for group in ordered if len(group.paths) >= few] or ordered[:1]


def _form(path: str, naming: str | None, *, few_pages: bool) -> Form:
    bare, _, query = path.partition("?")
    if query and naming:
        return Form("query", naming, bare if few_pages else "")
    slash = "/" if bare.endswith("/") else ""
    segments = bare.strip("/").split("/")
    ending = found[0] if (found := _ENDING.search(segments[-1])) else ""
    last = segments[-1].removesuffix(ending)
    ending += slash
    if last.isdigit() and len(last) >= 3:
        return Form("behind", "/", ending)
    behind = _BEHIND.match(last)
    if behind and len(behind["number"]) >= 4 and not _is_year(behind):
        return Form("behind", behind["mark"], ending)
    if before := _BEFORE.match(last):
        return Form("before", before["mark"] + before["join"], ending)
    if _DATED.search(bare):
        return Form("date", "", ending)
    if any(segment.isdigit() and len(segment) >= 3 for segment in segments[:-1]):
        return Form("folder", "", ending)
    if behind and re.search("[a-z]", behind["mark"], re.I):
        return Form("behind", behind["mark"], ending)
    return Form("words", "", ending)


def _is_year(behind: re.Match[str]) -> bool:
    """Whether the number behind a slug is a year that the slug speaks of."""
    return len(behind["number"]) == 4 and behind["mark"] == "-" and 1900 <= int(behind["number"]) <= 2100


def _pattern(group: _Group, none: Sequence[str]) -> str:
    """The widest pattern of a form that takes none of `none`, else the one that takes the fewest.

    A single one beside many articles may be an article itself, whose link was a label: no pattern is narrowed for it.
    """
    options = list(_options(group)) or [f"^{re.escape(path)}$" for path in group.paths[:1]]
    best = min(options, key=lambda option: (sum(bool(re.search(option, path)) for path in none), options.index(option)))
    least = sum(bool(re.search(best, path)) for path in none)
    least += int(_RARE * len(group.paths))
    return next(option for option in options if sum(bool(re.search(option, path)) for path in none) <= least)


def _options(group: _Group) -> Iterable[str]:
    """Patterns of a form from the widest to the narrowest, each of which takes all of its addresses."""
    form, paths = group.form, group.paths
    end = re.escape(form.ending) + "$"
    if form.kind == "query":
        yield from _query_options(form, paths)
    elif form.kind == "behind":
        mark = re.escape(form.mark).replace("\\-", "-").replace("\\_", "_")
        for digits in _digits([re.search(r"(\d+)$", path.removesuffix(form.ending))[1] for path in paths]):  # type: ignore[index]
            yield f"{mark}{digits}{end}"
            for words in _word_floors(paths, form):
                yield rf"/[\w.%,~]+(?:-+[\w.%,~]+){_times(words)}{mark}{digits}{end}"
            slug = "" if form.mark == "/" else f"[^/]*{mark}"
            yield from (rf"^/{depth}{slug}{digits}{end}" for depth in _depths(paths))
    elif form.kind == "before":
        lead = form.mark[:-1]
        numbers = [re.match(r"[a-z]{0,4}(\d+)", path.rstrip("/").rpartition("/")[2], re.I)[1] for path in paths]  # type: ignore[index]
        for digits in _digits(numbers):
            yield rf"/{lead}{digits}{form.mark[-1]}[^/]+{end}"
    elif form.kind == "date":
        dated = _dated(paths)
        yield rf"{dated}/[^/]+{end}"
        yield from (rf"{dated}/[^/-]+(?:-[^/-]+){_times(words)}{end}" for words in _word_floors(paths, form))
    elif form.kind == "folder":
        numbers = [next(s for s in path.split("/") if s.isdigit() and len(s) >= 3) for path in paths]
        for digits in _digits(numbers):
            yield rf"/{digits}/[^/]+{end}"
    else:
        yield from _slug_options(paths, form, end)


def _query_options(form: Form, paths: Sequence[str]) -> Iterable[str]:
    """The parameter that names the article, with what its values have in common."""
    values = [dict(parse_qsl(path.partition("?")[2])).get(form.mark, "") for path in paths]
    alone = all(path.count("=") == 1 for path in paths)
    page = (
        "^" + re.escape(form.ending).replace("\\-", "-") + r"\?" + ("" if alone else "(?:.*&)?")
        if form.ending
        else "[?&]"
    )
    for value in _value_options(values):
        yield f"{page}{form.mark}={value}"


def _value_options(values: Sequence[str]) -> Iterable[str]:
    if all(value.isdigit() for value in values):
        yield r"\d+"
        yield from (rf"{digits}(?:&|$)" for digits in _digits(values))
    elif all(re.search(r"\d{2,}$", value) for value in values):
        yield r"[\w/.%-]*\d{2,}"
        yield from (rf"[\w/.%]*(?:-[\w/.%]+){{{words},}}\d(?:&|$)" for words in (2, 3))
    elif all(re.search(r"\d", value) for value in values):
        yield r"[\w-]*\d[\w-]*"
    else:
        yield from (rf"[\w/.%]+(?:-[\w/.%]+){{{words},}}" for words in (2, 3, 4))
        yield r"[\w/.%-]+"


def _slug_options(paths: Sequence[str], form: Form, end: str) -> Iterable[str]:
    """Where only words name a page: what lies in the one folder of all, else long slugs, in the articles' folders."""
    folders = sorted({path.rstrip("/").rpartition("/")[0] for path in paths})
    first = sorted({folder.split("/")[1] for folder in folders if folder})
    floors = _word_floors(paths, form)
    if len(folders) == 1 and folders[0] and len(paths) > _FEWEST:
        yield rf"^{re.escape(folders[0])}/[^/]+{end}".replace("\\-", "-")
    for words in floors:
        yield rf"/[^/-]+(?:-+[^/-]+){_times(words)}{end}"
        yield from (rf"^/{depth}[^/-]+(?:-+[^/-]+){_times(words)}{end}" for depth in _depths(paths))
    if first and len(first) <= 12 and all(folders):
        among = "|".join(map(re.escape, first)).replace("\\-", "-")
        one = among if len(first) == 1 else f"(?:{among})"
        yield rf"^/{one}/(?:[^/]+/)*[^/]+{end}"
        yield from (rf"^/{one}/(?:[^/]+/)*[^/-]+(?:-+[^/-]+){_times(words)}{end}" for words in floors)


def _digits(numbers: Sequence[str]) -> list[str]:
    """Expressions for numbers, from one that leaves room for older and newer ones to the lengths that were seen."""
    shortest, longest = min(map(len, numbers)), max(map(len, numbers))
    if shortest >= 12:  # a time, with a counter behind it
        return [rf"\d{{{shortest - 2},}}", rf"\d{{{shortest},{longest}}}"]
    # Four digits are a year in a slug, where the numbers themselves are longer.
    floors = [floor for floor in range(max(1, shortest - 2), shortest + 1) if floor > (4 if shortest > 5 else 1)] or [1]
    return [r"\d+", *(rf"\d{{{floor},}}" for floor in floors)] if shortest <= 4 else [rf"\d{{{f},}}" for f in floors]


def _times(least: int) -> str:
    return "+" if least == 1 else f"{{{least},}}"


def _word_floors(paths: Sequence[str], form: Form) -> list[int]:
    """How many words beyond the first a slug has at least: from two up to what the shortest but one in fifty has."""
    counts = sorted(_words(path, form) for path in paths)
    sure = counts[len(counts) // 50] - 1
    return list(range(2, min(sure, 5) + 1)) if sure >= 2 else [1] if sure == 1 else []


def _words(path: str, form: Form) -> int:
    last = path.rstrip("/").rpartition("/")[2].removesuffix(form.ending.rstrip("/"))
    last = re.sub(r"[-_.,]?[a-z]{0,10}\d+$", "", last, flags=re.I) if form.kind == "behind" else last
    return len(_WORDS.findall(last))


def _depths(paths: Sequence[str]) -> list[str]:
    """The folders above the last segment, where their number is the same for all."""
    depths = {path.rstrip("/").count("/") - 1 for path in paths}
    if len(depths) == 1:
        return [r"[^/]+/" * depth for depth in depths]
    return [rf"(?:[^/]+/){{{min(depths)},{max(depths)}}}"]


def _dated(paths: Sequence[str]) -> str:
    found = [match[0] for path in paths if (match := _DATED.search(path))]
    if all(re.fullmatch(r"/\d{8}", text) for text in found):
        return r"/\d{8}"
    if all(text.count("/") == 3 for text in found):
        return r"/\d{4}/\d{1,2}/\d{1,2}"
    return r"/\d{4}/\d{1,2}(?:/\d{1,2})?"


def _merged(patterns: Sequence[str]) -> list[str]:
    """The alternatives, those that differ in their ending or mark alone as one."""
    by_stem: defaultdict[str, list[str]] = defaultdict(list)
    for pattern in patterns:
        stem, dot, ending = pattern.rpartition("\\.")
        key = stem if dot and re.fullmatch(r"[a-z]+\$", ending) else pattern
        by_stem[key].append(ending.rstrip("$") if key is stem else "")
    return [
        stem if endings == [""] else rf"{stem}\.{endings[0] if len(endings) == 1 else '(?:' + '|'.join(endings) + ')'}$"
        for stem, endings in by_stem.items()
    ]


def _exclusion(taken: Sequence[str], articles: Sequence[str]) -> str | None:
    """The shortest beginnings of what the pattern wrongly takes and no article has: folders, and words of labels."""
    heads: Counter[str] = Counter()
    for path in taken:
        ends = [match.end() for match in re.finditer(r"[/-]", path) if match.start()]
        # A first word alone says nothing of a page, unless it is one that labels have.
        telling = [path[:end] for end in ends if path[end - 1] == "/" or _LABEL.fullmatch(path[:end])]
        if head := next((one for one in telling if not any(own.startswith(one) for own in articles)), None):
            heads[head] += 1
    parts = [head[1:] for head, _ in heads.most_common(_MOST_EXCLUDED)]
    if not parts:
        return None
    joined = "|".join(re.escape(part).replace("\\-", "-") for part in sorted(parts))
    return f"^/{joined}" if len(parts) == 1 else f"^/(?:{joined})"

"""Where an unknown site may list its articles: addresses to ask, told from its home page, its robots.txt, and habit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from urllib.parse import urljoin, urlsplit

from crawler.learn.asking import Answer
from crawler.learn.page_links import PageLink, alternates, bare_host, of_host
from crawler.sites import Sitemap, absolute

_FEED_TYPES = r"rss|atom|feed\+json|rdf"
_FEED_PATH = re.compile(r"(?:^|[/.?=-])(?:rss|feeds?|atom|rdf)(?:[/.?&=-]|$)", re.I)
_FEED_FILE = re.compile(r"\.(?:rss|atom|rdf|xml)$|/rss/[\w./-]+$|/feed/?$|[?&](?:rss|feed)\b", re.I)
_NOT_NEWS_FEED = re.compile(
    r"comments?/feed|/comments?\b|\?p=\d+|/podcast|van-?ban|vbpq|document|video|hoi-?dap|thu-?tuc|lich-cong-tac", re.I
)
_HOME_FEED = re.compile(
    r"trang-?chu|home|tin-?moi|moi-?nhat|latest|index|tin-?tuc\.|all|rss\.xml$|/rss/?$|/feed/?$", re.I
)
_USUAL_FEEDS = ("/rss", "/feed", "/rss.xml", "/rss/home.rss")
_USUAL_SITEMAPS = ("/sitemap.xml", "/sitemap_index.xml")
_NO_ARTICLES = re.compile(
    r"categor|chuyen-?muc|danh-?muc|tags?\b|author|tac-?gia|page|static|image|video|anh\b|topic|zone", re.I
)
_ARTICLES = re.compile(r"news|post|article|tin|bai", re.I)
_STATIC = (
    r"lien-he|contact|gioi-thieu|about|quang-cao|dang-nhap|login|dang-ky|register|tim-kiem|search|rss|sitemap|feed|so-do"
    r"|ban-do|hoi-dap|faq|van-ban|tags?|thu-vien|epaper|bao-in|dieu-khoan|chinh-sach-bao-mat|toa-soan|en|english|chu-de"
    r"|topics?|tac-gia|authors?"
)
_PLAYERS = r"laws?|videos?|videoclips?|clips?|media|multimedia|photos?|anh|podcasts?|emagazine|infographics?"
_NO_SECTION = re.compile(rf"[/=](?:{_STATIC})(?:[/.?&-]|$)", re.I)
NO_NEWS = re.compile(
    rf"[/=](?:{_STATIC}|{_PLAYERS})(?:[/.?&-]|$)|[?&](?:video|topic|doc|van-?ban|album|photo|tag|author)\w*=", re.I
)
"""Addresses that are no news by their words: of the site itself, of its documents, players and labels."""
_OF_THE_OFFICE = re.compile(
    r"giới thiệu|liên hệ|lịch sử|cơ cấu|tổ chức bộ máy|chức năng|nhiệm vụ|lãnh đạo|sơ đồ|đăng nhập|đăng ký|quảng cáo"
    r"|tòa soạn|hỏi đáp|góp ý|thủ tục|văn bản|thư viện|tìm kiếm|trang chủ|home|english|login"
    r"|contact|about|rss",
    re.I,
)
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|zip|rar|xml|rss|jpe?g|png)$", re.I)
_CALENDAR = 20  # numbered links; more are the days of a month
_CALL = re.compile(
    r"""(?:fetch|get(?:JSON)?|ajax|open|axios(?:\.get)?|url)\s*[(:=]\s*(?:["'`]GET["'`]\s*,\s*)?["'`]((?:https?:)?/[^"'`\s<>]{2,300})["'`]"""
    r"""|["'`]((?:https?:)?/{1,2}[\w./-]*\b(?:api|ajax)\b[\w./?=&-]*)["'`]""",
    re.I,
)
_DATE = re.compile(
    r"(?P<Y>(?:19|20)\d\d)(?P<s1>[-_/.]?)(?P<m>0?[1-9]|1[0-2])(?:(?P<s2>[-_/.]?)(?P<d>0?[1-9]|[12]\d|3[01]))?(?!\d)"
)


def feed_addresses(home: Answer, links: Sequence[PageLink]) -> list[str]:
    """Feeds that the home page declares, then those that it links to, the home feed first."""
    host = bare_host(home.url)
    declared = [url for url in alternates(home.soup, home.url, _FEED_TYPES) if of_host(url, host)]
    linked = [link.url for link in links if _FEED_PATH.search(urlsplit(link.url).path + "?" + urlsplit(link.url).query)]
    found = [url for url in dict.fromkeys((*declared, *linked)) if not _NOT_NEWS_FEED.search(url)]
    return sorted(found, key=lambda url: (url not in declared, not _HOME_FEED.search(url)))


def feeds_listed(links: Iterable[PageLink]) -> list[str]:
    """The feeds that a page of feeds links to, the home feed first."""
    found = [link.url for link in links if _FEED_FILE.search(link.url) and not _NOT_NEWS_FEED.search(link.url)]
    return sorted(found, key=lambda url: not _HOME_FEED.search(urlsplit(url).path))


def usual_feeds(home: str) -> list[str]:
    """Where feeds are by habit."""
    return [urljoin(home, path) for path in _USUAL_FEEDS]


def sitemap_addresses(home: str, robots: str) -> list[str]:
    """The sitemaps that robots.txt names, then where they are by habit."""
    named = [match.strip() for match in re.findall(r"(?im)^\s*sitemap\s*:\s*(\S+)", robots)]
    host = bare_host(home)
    found = [url for one in named if (url := absolute(one, home)) and of_host(url, host)]
    found.sort(key=lambda url: (bool(_NO_ARTICLES.search(urlsplit(url).path)), "news" not in url))
    return list(dict.fromkeys((*found, *(urljoin(home, path) for path in _USUAL_SITEMAPS))))


def children_to_ask(children: Sequence[tuple[str, date | None]]) -> list[str]:
    """Of the sitemaps that an index names those that hold articles, the newest first."""
    hopeful = [entry for entry in children if not _NO_ARTICLES.search(urlsplit(entry[0]).path)] or list(children)

    def newest(entry: tuple[str, date | None]) -> tuple[str, bool, str]:
        url, changed = entry
        named = "".join(f"{int(part):04}" for part in re.findall(r"\d+", urlsplit(url).path))
        return (changed.isoformat() if changed else "", bool(_ARTICLES.search(url)), named)

    return [url for url, _ in sorted(hopeful, key=newest, reverse=True)]


def series_of(children: Sequence[str], today: date) -> Sitemap | None:
    """The series whose shard for `today` or the day before is among `children`; None when their names hold no date."""
    names = set(children)
    for url in children:
        for match in _DATE.finditer(url):
            for day in (today, today - timedelta(days=1)):
                pattern = _placeholders(url, match, day)
                if pattern is not None:
                    series = Sitemap(pattern)
                    others = [series.shard(day - timedelta(days=back)) for back in (1, 31, 62)]
                    if series.shard(day) == url and (len(names) == 1 or any(other in names for other in others)):
                        return series
    return None


def _placeholders(url: str, match: re.Match[str], day: date) -> str | None:
    if int(match["Y"]) != day.year or int(match["m"]) != day.month or (match["d"] and int(match["d"]) != day.day):
        return None
    month = "{mm}" if len(match["m"]) == 2 else "{m}"
    written = "{Y}" + match["s1"] + month
    if match["d"]:
        written += match["s2"] + ("{dd}" if len(match["d"]) == 2 else "{d}")
    return url[: match.start()] + written + url[match.end() :]


def api_addresses(home: Answer) -> list[str]:
    """The calls that a home page's scripts make for their data, as their words and attributes show them."""
    scripts = "\n".join(script.get_text() for script in home.soup.select("script:not([src])"))
    written = [one or other for one, other in _CALL.findall(scripts)]
    for attribute in ("data-api", "data-url", "data-src-api", "data-ajax"):
        written += [str(tag[attribute]) for tag in home.soup.select(f"[{attribute}]", limit=20)]
    host = bare_host(home.url)
    found = [url for one in written if (url := absolute(one, home.url)) and of_host(url, host)]
    return list(dict.fromkeys(url for url in found if "{" not in url and "$" not in url))


def behind(shell: Answer) -> str:
    """What a report adds of the calls behind a page that a script builds; empty where none shows."""
    apis = api_addresses(shell)
    return f"; the API behind it seems to be {', '.join(apis[:3])}" if apis else ""


def counted_pages(url: str) -> str | None:
    """The pattern of the pages that follow a first one: the address with {n} where its 1 stands; None without one."""
    match = re.search(r"(?<=[?&=/_-])1(?=\.\w+$|$|&)", url)
    return url[: match.start()] + "{n}" + url[match.end() :] if match else None


def numbered_pages(answer: Answer) -> str | None:
    """The pattern of a list's further pages, told by its link to the second; None when there is none."""
    numbers = [anchor for anchor in answer.soup.find_all("a", href=True) if anchor.get_text(strip=True).isdigit()]
    if len(numbers) > _CALENDAR:
        return None
    for anchor in numbers:
        url = absolute(str(anchor["href"]), answer.url)
        if anchor.get_text(strip=True) != "2" or url is None or not of_host(url, bare_host(answer.url)):
            continue
        match = next(iter(re.finditer(r"(?<!\d)2(?!\d)", url[::-1])), None)
        if match and url != answer.url:
            place = len(url) - match.end()
            return url[:place] + "{n}" + url[place + 1 :]
    return None


def section_addresses(links: Sequence[PageLink]) -> list[str]:
    """Section pages in the order of the home page: those of its menus, else all that have a short name."""
    named = [link for link in links if _may_be_section(link)]
    return [link.url for link in named if link.in_menu] or [link.url for link in named]


def _may_be_section(link: PageLink) -> bool:
    parts = urlsplit(link.url)
    if _OF_THE_OFFICE.search(link.text):
        return False
    plain = bool(parts.path.strip("/") or parts.query) and not _NO_SECTION.search(link.url)
    return plain and 1 <= len(link.text.split()) <= 6 and not _FILE.search(parts.path)

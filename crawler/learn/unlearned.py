"""Why an unknown site is not learned: what stands before its home page, and what was found instead of articles."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from crawler.errors import Refusal
from crawler.extract import is_wall
from crawler.learn import source_addresses as places
from crawler.learn.asking import WALLS, Answer, NotLearned
from crawler.learn.moved import is_parked


def admit(home: Answer) -> None:
    """Raises `NotLearned` when the home page cannot be had."""
    host = urlsplit(home.url).hostname
    if home.refused is Refusal.ROBOTS:
        raise NotLearned("robots", f"robots.txt of {host} forbids its home page; ask its publisher")
    if home.body and _asks_for_login(home):
        raise _login(home)
    if home.refused in WALLS or home.status in (401, 403, 429):
        raise NotLearned("walled", f"{host} answers {home.refused or home.status}: a wall stands before its pages")
    if home.body and is_wall(home.body):
        raise NotLearned("walled", f"{host} shows a wall instead of its home page")
    if not home.is_good:
        raise NotLearned("unreachable", f"{home.url} gives no page: {home.refused or f'status {home.status}'}")


def _asks_for_login(home: Answer) -> bool:
    """Whether a form with a password is all that a page has."""
    return home.soup.select_one("input[type=password]") is not None and (home.status in (401, 403) or not home.soup.h2)


def _login(home: Answer) -> NotLearned:
    return NotLearned("login", f"{urlsplit(home.url).hostname} asks for a login before it shows an article")


def nothing(home: Answer, listed: int, unread: Mapping[str, Refusal], sources: Collection[str]) -> NotLearned:
    """Why nothing was found to learn from: `listed` addresses, of them those that were `unread`, by these `sources`."""
    host = urlsplit(home.url).hostname
    reasons = set(unread.values())
    if reasons == {Refusal.ROBOTS}:
        return NotLearned("robots", f"robots.txt of {host} forbids its articles")
    if reasons and reasons <= WALLS:
        return NotLearned("walled", f"a wall stands before the articles of {host}")
    if home.soup.select_one("input[type=password]") is not None:
        return _login(home)
    if is_parked(home):
        return NotLearned("parked", f"{host} is parked: its home page offers the address itself")
    if home.is_shell or set(places.api_addresses(home)) & set(sources):
        return NotLearned("script-built", f"a script builds the pages of {host}{places.behind(home)}")
    if reasons:
        told = ", ".join(sorted(map(str, reasons)))
        return NotLearned("no-articles", f"{host} lists {listed} addresses, none readable ({told})")
    return NotLearned("no-articles", f"{host} lists no articles: no feed, no sitemap, no list of headlines")

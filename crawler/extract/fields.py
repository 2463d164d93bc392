"""Fields that the metadata of a page state, where its visible parts are silent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from crawler.errors import Discard
from crawler.extract.byline import names
from crawler.extract.page import Page, plain, tidy
from crawler.sites.site import Site
from crawler.sites.urls import canonical, judge


def own_names(page: Page, site: Site | None) -> tuple[str, ...]:
    """How the publisher calls itself: by its host, its metadata and its site's definition."""
    host = urlsplit(page.url).hostname or ""
    short = host.removeprefix("www.")
    stated = page.meta_first("og:site_name", "copyright", "source")
    return tuple(
        name
        for name in (host, short, short.split(".")[0], stated, *((site.publisher, *site.names) if site else ()))
        if name
    )


def stated_authors(page: Page, own: tuple[str, ...]) -> tuple[str, ...]:
    """Persons whom the metadata name, where no byline does."""
    stated = page.news.get("author")
    persons = [plain(person.get("name")) for person in (stated if isinstance(stated, list) else [stated])
               if isinstance(person, dict) and person.get("@type") != "Organization"]  # fmt: skip
    for line in (*persons, *page.meta("article:author", "dable:author")):
        found = tuple(n for n in names(line, own) if " " in n or n.isupper())
        if found and "://" not in line:
            return tuple(dict.fromkeys(n for person in persons for n in names(person, own))) or found
    return ()


def stated_section(page: Page, title: str) -> str | None:
    """Last of the BreadcrumbList, else the section that the metadata name."""
    for item in page.linked_data:
        elements = item.get("itemListElement")
        if item.get("@type") == "BreadcrumbList" and isinstance(elements, list):
            found = [_crumb(element) for element in elements if isinstance(element, dict)]
            found = [text for text in found if text and text not in (title, "Trang chủ")]
            if found:
                return found[-1]
    return page.meta_first("articlesection", "article:section")


def _crumb(element: dict[str, Any]) -> str:
    inner = element.get("item")
    return plain(element.get("name") or (inner.get("name") if isinstance(inner, dict) else None))


def tags(page: Page, shown: Iterable[str]) -> tuple[str, ...]:
    """The `shown` tag bar, else the metadata's list that has more than one tag; each tag once."""
    texts = list(shown)
    if any(text.startswith("#") for text in texts):
        texts = [text for text in texts if text.startswith("#")]
    if not texts:
        listed = [page.meta(key) for key in ("article:tag", "news_keywords", "keywords")]
        split = [[tag for value in values for tag in re.split(r"[,;]", value)] for values in listed]
        texts = next((tags for tags in split if len(tags) > 1), next((tags for tags in split if tags), []))
    clean = (tidy(text).strip("#,; ") for text in texts)
    return tuple({tag.casefold(): tag for tag in clean if tag}.values())


def canonical_url(page: Page, url: str, site: Site | None) -> str:
    """The page's own word for its address where that is an article's of the same host, else `url`.

    A page of a known site is believed only by its link element: og:url is cut short or names the home page on some.
    """
    asked = canonical(url, site)
    link = page.tree.head.css_first("link[rel=canonical]") if page.tree.head is not None else None
    stated = [link.attributes.get("href") if link is not None else None]
    for address in stated if site else [*stated, page.meta_first("og:url")]:
        if address == url:
            return asked
        try:
            found = canonical(page.absolute(address) or "", site)
        except Discard:
            continue
        parts = urlsplit(found)
        if (
            parts.hostname == urlsplit(asked).hostname
            and len(parts.path) > 1
            and not (site and judge(found, site).refused)
        ):
            return found
    return asked

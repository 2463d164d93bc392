"""What a site's definition is replaced by for a while, where a part of it gives nothing any more."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from crawler.errors import BadSite
from crawler.sites.site import Site
from crawler.sites.source import Feed, Listing, Sitemap, Source

Part = Literal["source", "addresses", "layout"]
_KINDS: dict[str, type[Source]] = {"Feed": Feed, "Sitemap": Sitemap, "Listing": Listing}
_LONGEST = 600  # characters of an address or a pattern that is let into a definition


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressForm:
    """Addresses of articles beside those that `Site.article` takes."""

    article: str
    exclude: str | None = None
    keep_query: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """What took the place of one part of a site's definition, or that nothing was found for it."""

    site: str
    part: Part
    route: str
    """The source that gives nothing any more, as the definition has it; "" for another part."""
    by: Source | AddressForm | None
    """What goes on in its place; None for a layout, which is only offered, and where nothing was found."""
    since: datetime
    why: str
    """In a sentence: what is wrong, and what was found."""
    patch: str = ""
    """Unified diff of the spider's file or of the definition's fields; empty when there is none to offer."""
    ended_at: datetime | None = None


def with_stand_ins(site: Site, stand_ins: Iterable[StandIn]) -> Site:
    """The site as it is crawled: its sources with those that stand in, its articles with the further addresses.

    What gave nothing stays, so that its return is seen. A stand-in that the definition does not bear, or that lies
    outside the site's own hosts, is left out.
    """
    for one in stand_ins:
        if one.by is not None:
            site = with_one(site, one.by) or site
    return site


def with_one(site: Site, by: Source | AddressForm) -> Site | None:
    """The site with one more source or form of address; None when it cannot be."""
    try:
        if isinstance(by, AddressForm):
            return _with_addresses(site, by)
        if by.url in {source.url for source in site.sources}:
            return site
        if len(by.url) > _LONGEST or not site.owns(urlsplit(by.url).hostname or ""):
            return None
        return replace(site, sources=(*site.sources, by))
    except (BadSite, ValueError):
        return None


def _with_addresses(site: Site, form: AddressForm) -> Site | None:
    if len(form.article) > _LONGEST or len(form.exclude or "") > _LONGEST:
        return None
    if re.fullmatch(re.escape(form.article), site.article) or site.article.endswith(f"|{form.article}"):
        return site
    exclude = "|".join(dict.fromkeys(part for part in (site.exclude, form.exclude) if part)) or None
    keep = tuple(dict.fromkeys((*site.keep_query, *form.keep_query)))
    return replace(site, article=f"{site.article}|{form.article}", exclude=exclude, keep_query=keep)


def to_text(by: Source | AddressForm | None) -> str | None:
    """As the store keeps it."""
    return None if by is None else json.dumps({"kind": type(by).__name__, **asdict(by)}, ensure_ascii=False)


def from_text(text: str | None) -> Source | AddressForm | None:
    """What `to_text` wrote; None for what another version of the program wrote."""
    if text is None:
        return None
    values: dict[str, Any] = json.loads(text)
    kind = values.pop("kind")
    try:
        if kind == "AddressForm":
            return AddressForm(**values | {"keep_query": tuple(values["keep_query"])})
        return _KINDS[kind](**values)
    except (KeyError, TypeError):
        return None

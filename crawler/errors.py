"""The tree of errors, and the words of refusal.

ThoisuError                  every error this package raises on purpose
├── BadSite                  a site's definition contradicts itself (raised at import)
├── BadInput                 a user's file, URL or option cannot be used (one line, exit code 2)
├── StoreFailed(word, detail)  the database refuses: disk full, read-only, locked, damaged, out of reach
└── Refused(word, detail)    a page or address that is not taken, by one of the words of `Refusal`
    ├── Discard              expected: not an article, out of scope; counted and forgotten
    ├── Retry                may pass on another day: time-outs, 429, 5xx
    └── Quarantine           an article whose required field is missing; the page is kept for repair
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

StoreWord = Literal["disk_full", "read_only", "locked", "damaged", "unreachable", "failed"]


class Refusal(StrEnum):
    """Why something was not taken. The words are the names of the stats and part of the output."""

    NO_SITE = "no_site"  # no spider takes this host
    OTHER_SITE = "other_site"  # a link that leaves the site
    NOT_ARTICLE = "not_article"  # a page of the site whose address is not an article's
    SECTION = "section"  # a section or home page
    TOPIC = "topic"  # a topic, tag or event page
    PRINT_EDITION = "print_edition"  # an issue of the printed paper
    MEDIA = "media"  # a player or gallery page without text
    DOCUMENT = "document"  # a file or a legal document's record
    BAD_URL = "bad_url"  # not an absolute http or https address
    ROBOTS = "robots"  # forbidden by robots.txt
    PRIVATE_ADDRESS = "private_address"  # names or leads to an address inside a network
    REDIRECTED = "redirected"  # too many redirects, or a redirect that leaves the site
    NOT_FOUND = "not_found"  # 404
    GONE = "gone"  # 410
    SOFT_404 = "soft_404"  # says 200 and shows an error page
    CHALLENGE = "challenge"  # a cookie, script or captcha wall
    FORBIDDEN = "forbidden"  # 401, 403, 451
    RATE_LIMITED = "rate_limited"  # 429
    OVER_BUDGET = "over_budget"  # the requests that the site gets a day are spent; it waits for tomorrow
    SERVER_ERROR = "server_error"  # 5xx, or a status nobody expects
    UNREACHABLE = "unreachable"  # no DNS, no connection, broken TLS
    TIMEOUT = "timeout"  # no whole answer in time
    TOO_LARGE = "too_large"  # over the limit before or after decompression
    NOT_SAVED = "not_saved"  # a replay that has no such page
    NOT_HTML = "not_html"  # an image, a PDF, binary data
    UNREADABLE = "unreadable"  # bytes or markup that cannot be read
    HTML_FOR_FEED = "html_for_feed"  # HTML where a feed or sitemap should be
    HOME_FEED = "home_feed"  # a section's feed that carries the home feed
    EMPTY_SOURCE = "empty_source"  # a feed, sitemap or list without entries
    CUT_OFF = "cut_off"  # a feed or sitemap that ends in its middle; what it lists up to there is taken
    ENTITY_BOMB = "entity_bomb"  # XML that declares entities of its own
    UNFINISHED = "unfinished"  # a run asked for it and ended, or was killed, before it was read
    NO_TITLE = "no_title"  # an article without a headline to be found
    NO_BODY = "no_body"  # an article without a text to be found


class ThoisuError(Exception):
    """Every error this package raises on purpose."""


class BadSite(ThoisuError):
    """A site's definition contradicts itself; the message says what to mend."""


class BadInput(ThoisuError):
    """Something the user gave cannot be used; the message is the one line they see."""


class StoreFailed(ThoisuError):
    """The database could not do it, and did nothing of it: `reason` says why, `detail` is what it said itself."""

    def __init__(self, reason: StoreWord, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class Refused(ThoisuError):
    """A page or address that is not taken: `reason` from `Refusal`, `detail` for a person."""

    def __init__(self, reason: Refusal, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail


class Discard(Refused):
    """Expected: counted, named, forgotten."""


class Retry(Refused):
    """May pass on another day."""


class Quarantine(Refused):
    """An article whose required field is missing; its page is kept."""


SETTLED = frozenset(
    {
        Refusal.NOT_FOUND, Refusal.GONE, Refusal.MEDIA, Refusal.NOT_HTML, Refusal.DOCUMENT, Refusal.SECTION,
        Refusal.TOPIC, Refusal.PRINT_EDITION, Refusal.NOT_ARTICLE, Refusal.OTHER_SITE, Refusal.NO_SITE,
        Refusal.BAD_URL, Refusal.ROBOTS, Refusal.PRIVATE_ADDRESS,
    }
)  # fmt: skip
"""Refusals after which there is no article to be had; by all other words one is lost."""
LOST = frozenset(Refusal) - SETTLED

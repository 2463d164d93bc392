"""The tree of errors, and the reasons of refusal with what each means.

ThoisuError                      every error this package raises on purpose
├── BadSite                      a site's definition contradicts itself (raised at import)
├── BadInput                     a user's file, URL or option cannot be used (one line, exit code 2)
├── StoreFailed(reason, detail)  the database refuses: disk full, read-only, locked, damaged, out of reach
└── Refused(reason, detail)      a page or address that is not taken, by one of the reasons of `Refusal`
    ├── Discard                  expected: not an article, out of scope, no answer; counted and forgotten
    │   └── Denied               a request that is not sent, or whose answer is not taken (`crawler.fetch.guard`)
    │       ├── HostClosed       nothing may be asked of the host in this run (`crawler.fetch.robots`)
    │       └── SiteBusy         a site that asks for more patience than a run has (`crawler.fetch.middlewares`)
    └── Quarantine               an article whose required field is missing; the page is kept for repair
Interrupted                      what was being read was left: the run is to end, which says nothing of a page
└── NoReader                     no process to read in can be had (one line, exit code 1)

What follows from a refusal is decided by its reason alone, never by the class: `Refusal` answers for each member
(`reason.of_the_site`, `reason.is_final`, …), from the one table at the end of this file.
"""

from __future__ import annotations

import errno
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import sqlite3

StoreReason = Literal["disk_full", "read_only", "locked", "damaged", "unreachable", "failed"]


class Refusal(StrEnum):
    """Why something was not taken. The values are the names of the stats and part of the output.

    A new member needs its row in `_POLICIES`, without which this module does not import.
    """

    NO_SITE = "no_site"  # no spider takes this host
    OTHER_SITE = "other_site"  # a link that leaves the site
    NOT_ARTICLE = "not_article"  # a page of the site whose address is not an article's, or that lists stories
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

    @property
    def of_an_answer(self) -> bool:
        """Said of what a site answered, or did not answer; else of an address nobody asks, or of our own doing."""
        return _POLICIES[self].about == "answer"

    @property
    def of_the_site(self) -> bool:
        """The site's fault (down, blocking, overloaded), so that it says nothing of the single page."""
        return _POLICIES[self].of_the_site

    @property
    def may_pass(self) -> bool:
        """Worth another try when a backfill goes on: the address itself may be well."""
        return _POLICIES[self].may_pass

    @property
    def is_silence(self) -> bool:
        """No answer came at all; twice in a row, the site counts as down."""
        return _POLICIES[self].silence

    @property
    def is_final(self) -> bool:
        """A page is given up by it at the first time; by any other reason, when all of its tries have failed."""
        return _POLICIES[self].final

    @property
    def withdraws(self) -> bool:
        """A stored page that answers so has been withdrawn."""
        return _POLICIES[self].withdraws

    @property
    def is_settled(self) -> bool:
        """No article was to be had: a link that was given up by it is not missing from the ledger."""
        return _POLICIES[self].settled

    @property
    def is_lost(self) -> bool:
        """An article was to be had: a link that was given up by it is a gap in the ledger."""
        return not self.is_settled

    @property
    def is_absence(self) -> bool:
        """Of a shard of a series: there has never been such an address."""
        return _POLICIES[self].absence

    @property
    def opens_robots(self) -> bool:
        """A robots.txt that answers so counts as not there and forbids nothing; else what gives none is closed."""
        return _POLICIES[self].opens_robots


class ThoisuError(Exception):
    """Every error this package raises on purpose."""


class BadSite(ThoisuError):
    """A site's definition contradicts itself; the message says what to mend."""


class BadInput(ThoisuError):
    """Something the user gave cannot be used; the message is the one line they see."""


class StoreFailed(ThoisuError):
    """The database could not do it, and did nothing of it: `reason` says why, `detail` is what it said itself."""

    _advice = ""  # of a kind of failure for which the reason does not say it

    def __init__(self, reason: StoreReason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail

    @property
    def advice(self) -> str:
        """What a person can do."""
        return self._advice or _STORE_ADVICE[self.reason]


class ArchiveFailed(StoreFailed):
    """The object store of the archive did not do what it was asked; `detail` is what was said."""

    _advice = "see that THOISU_ARCHIVE_URL names the right place, and that this user may read and write there"

    def __init__(self, detail: str) -> None:
        super().__init__("unreachable", detail)


class BackupDamaged(StoreFailed):
    """A file that `thoisu backup` has made is cut off or changed; `detail` is what was found."""

    _advice = "take another backup"

    def __init__(self, detail: str) -> None:
        super().__init__("damaged", detail)


_STORE_ADVICE: Mapping[StoreReason, str] = {
    "disk_full": "make room, and the same command goes on",
    "read_only": "let this user write the file and its folder",
    "locked": "wait until the other process is done",
    "damaged": "take a copy that is whole, with its -wal, or save what can be read: sqlite3 FILE .recover",
    "unreachable": "see that --store or THOISU_DATABASE_URL names the right place, user, password and database, "
    "and that the server runs",
    "failed": "see that no other program changes the database, and try again",
}
_SYSTEM_REASONS: dict[int | None, StoreReason] = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EFBIG: "disk_full",
    errno.EROFS: "read_only",
    errno.EACCES: "read_only",
    errno.EPERM: "read_only",
}
_SQLITE_REASONS: dict[str, StoreReason] = {
    "SQLITE_FULL": "disk_full",
    # A limit to files or a quota; the disk itself is SQLITE_FULL.
    "SQLITE_IOERR_WRITE": "disk_full",
    "SQLITE_IOERR_SHMSIZE": "disk_full",
    "SQLITE_READONLY": "read_only",
    "SQLITE_BUSY": "locked",
    "SQLITE_LOCKED": "locked",
    "SQLITE_CORRUPT": "damaged",
    "SQLITE_NOTADB": "damaged",
    "SQLITE_CANTOPEN": "unreachable",
}


def store_reason(error: OSError | sqlite3.Error) -> StoreReason:
    """What an error of the file system or of SQLite means."""
    if isinstance(error, OSError):
        return _SYSTEM_REASONS.get(error.errno, "failed")
    name = getattr(error, "sqlite_errorname", "")
    return next((reason for start, reason in _SQLITE_REASONS.items() if name.startswith(start)), "failed")


class Interrupted(BaseException):
    """The run is to end at once, and what was being read with it: this says nothing of what it was.

    No `Exception`, as KeyboardInterrupt is none: who refuses what cannot be read must not take it for that.
    """


class NoReader(Interrupted):
    """A process to read in cannot be begun, or lacks part of the program: nothing can be read, whatever it is."""

    def __init__(self, detail: str) -> None:
        super().__init__(f"no process can be begun to read in: {detail}")


class Refused(ThoisuError):
    """A page or address that is not taken: `reason` from `Refusal`, `detail` for a person."""

    def __init__(self, reason: Refusal, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail

    def __reduce__(self) -> tuple[type[Refused], tuple[Refusal, str], dict[str, object]]:
        return type(self), (self.reason, self.detail), vars(self)  # a reader's refusal travels to who asked


class Discard(Refused):
    """Expected: counted, named, forgotten."""


class Quarantine(Refused):
    """An article whose required field is missing; its page is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Policy:
    """What one reason means; each field is explained at the property of `Refusal` that asks for it."""

    about: Literal["link", "answer", "run"] = "answer"
    """"link": told from the address, nobody is asked; "run": what we do ourselves."""
    of_the_site: bool = False
    may_pass: bool = False
    silence: bool = False
    final: bool = False
    withdraws: bool = False
    settled: bool = False
    absence: bool = False
    opens_robots: bool = False


_POLICIES: Mapping[Refusal, _Policy] = {
    Refusal.NO_SITE: _Policy(about="link", settled=True),
    Refusal.OTHER_SITE: _Policy(about="link", settled=True),
    Refusal.NOT_ARTICLE: _Policy(about="link", settled=True),
    Refusal.SECTION: _Policy(about="link", settled=True),
    Refusal.TOPIC: _Policy(about="link", settled=True),
    Refusal.PRINT_EDITION: _Policy(about="link", settled=True),
    Refusal.MEDIA: _Policy(about="link", settled=True),
    Refusal.DOCUMENT: _Policy(about="link", settled=True),
    Refusal.BAD_URL: _Policy(about="link", settled=True),
    Refusal.ROBOTS: _Policy(settled=True),
    # The one fault of a site that a backfill does not try again: the name will lead to the same place tomorrow. Of a
    # host inside a network each page is refused anyway, so its robots.txt need not close it (RFC 9309, section 2.3.1).
    Refusal.PRIVATE_ADDRESS: _Policy(of_the_site=True, settled=True, opens_robots=True),
    Refusal.REDIRECTED: _Policy(opens_robots=True),  # not followed: "unavailable" (RFC 9309, section 2.3.1.2)
    Refusal.NOT_FOUND: _Policy(withdraws=True, settled=True, absence=True),
    Refusal.GONE: _Policy(final=True, withdraws=True, settled=True),
    Refusal.SOFT_404: _Policy(absence=True),
    Refusal.CHALLENGE: _Policy(of_the_site=True, may_pass=True),
    Refusal.FORBIDDEN: _Policy(of_the_site=True, may_pass=True),
    Refusal.RATE_LIMITED: _Policy(of_the_site=True, may_pass=True),  # and it ends the site's run at once
    Refusal.OVER_BUDGET: _Policy(about="run"),
    Refusal.SERVER_ERROR: _Policy(of_the_site=True, may_pass=True),
    Refusal.UNREACHABLE: _Policy(of_the_site=True, may_pass=True, silence=True),
    Refusal.TIMEOUT: _Policy(of_the_site=True, may_pass=True, silence=True),
    Refusal.TOO_LARGE: _Policy(final=True),
    Refusal.NOT_SAVED: _Policy(about="run"),
    Refusal.NOT_HTML: _Policy(settled=True),
    Refusal.UNREADABLE: _Policy(),
    Refusal.HTML_FOR_FEED: _Policy(absence=True),
    Refusal.HOME_FEED: _Policy(),
    Refusal.EMPTY_SOURCE: _Policy(),
    Refusal.CUT_OFF: _Policy(),
    Refusal.ENTITY_BOMB: _Policy(),
    Refusal.UNFINISHED: _Policy(about="run"),
    Refusal.NO_TITLE: _Policy(),
    Refusal.NO_BODY: _Policy(),
}


def _check(policies: Collection[Refusal]) -> None:
    """Raises TypeError when a reason has no policy."""
    if missing := [reason.name for reason in Refusal if reason not in policies]:
        raise TypeError(f"crawler.errors: no policy for {', '.join(missing)}")


_check(_POLICIES)

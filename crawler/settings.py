"""The one settings module: what a user sets, read when it is asked for, and Scrapy's settings.

`Settings.load()` reads the environment and a file `.env` in the current folder; nothing else does. Scrapy takes every
upper-case name of this module: those that follow from what the user sets are made when it asks (PEP 562), so that
importing this reads nothing and fails at nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.errors import BadInput

DOTENV = Path(".env")
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def _text(_: str, text: str) -> str:
    return text


def _maybe(_: str, text: str) -> str | None:
    return text or None


def _number(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise BadInput(f"{name} must be a number of at least 0, not {text!r}")
    return value


def _seconds(name: str, text: str) -> float | None:
    return _number(name, text) if text else None


def _count(name: str, text: str) -> int:
    return max(1, int(_number(name, text)))


def _limit(name: str, text: str) -> int | None:
    return _count(name, text) if text else None


def _megabytes(name: str, text: str) -> float:
    return max(0.001, _number(name, text))


def _web(name: str, text: str) -> str | None:
    try:
        good = not text or urlsplit(text).scheme in ("http", "https")
    except ValueError:
        good = False
    if not good:
        raise BadInput(f"{name} must be an http address, not {text!r}")
    return text or None


def _contact(name: str, text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise BadInput(f"{name} must be a mail address or URL in plain ASCII, not {text!r}")
    return text


def _level(name: str, text: str) -> str:
    if text.upper() not in _LEVELS:
        raise BadInput(f"{name} must be {', '.join(_LEVELS[:-1])} or {_LEVELS[-1]}, not {text.upper()!r}")
    return text.upper()


def _setting(default: str, help_: str, read: Callable[[str, str], Any] = _text) -> Any:
    """A field as a person sets it: its default as text, what it means, and how the text is read."""
    return field(metadata={"default": default, "help": help_, "read": read})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a user sets; each field in the environment as THOISU_ and its name in capitals."""

    database_url: str = _setting("sqlite:///thoisu.db", "Where articles are stored, as an SQLAlchemy URL.")
    contact: str = _setting(
        "", "Mail address or URL that the user agent gives to the sites. Set it before a crawl.", _contact
    )
    delay: float | None = _setting(
        "", "Seconds between two requests to a site, for every site; empty: as each site says.", _seconds
    )
    budget: int | None = _setting(
        "", "Requests a day to a site, all told, for every site; empty: as each site says.", _limit
    )
    sites_at_once: int = _setting("8", "How many sites are crawled at the same time.", _count)
    newsroom: str | None = _setting(
        "", "Base URL of an embedded newsroom, the only loopback address that is let through.", _web
    )
    replay: str | None = _setting(
        "", "Folder with replay.tsv: answer every request from it instead of the network.", _maybe
    )
    quarantine: str = _setting("quarantine", "Folder for pages of articles that lack a required field.")
    archive: str | None = _setting(
        "", "Folder of WARC files in which every fetched page is kept; empty: none is.", _maybe
    )
    notify: str = _setting("", "Who hears of findings and alerts: apprise URLs, or a file of apprise's.")
    archive_mb: float = _setting(
        "1000", "Megabytes after which a file of the archive is full and the next begins.", _megabytes
    )
    sinks: str = _setting("sinks.toml", "File that names where `thoisu deliver` sends changes (docs/deliver.md).")
    log_level: str = _setting("WARNING", "DEBUG, INFO, WARNING or ERROR.", _level)

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, dotenv: Path = DOTENV) -> Settings:
        """The settings of the environment (by default this process's), else of the file, else the defaults.

        Raises `BadInput` with one sentence when a value or the file cannot be read.
        """
        environ, filed = os.environ if environ is None else environ, _filed(dotenv)
        values = {}
        for one in fields(cls):
            name = variable_of(one.name)
            text = environ.get(name) or filed.get(name) or one.metadata["default"]
            values[one.name] = one.metadata["read"](name, text)
        return cls(**values)

    @property
    def user_agent(self) -> str:
        """Who asks: product, version and contact."""
        try:
            number = version("thoisu")
        except PackageNotFoundError:  # run from a checkout that nobody installed
            number = "0"
        return f"thoisu/{number} (+{self.contact})" if self.contact else f"thoisu/{number} (no contact given)"


def variable_of(name: str) -> str:
    """The environment's name of a field of `Settings`."""
    return f"THOISU_{name.upper()}"


def secret(name: str) -> str | None:
    """What another file refers to by name, from the environment or `.env`; None when it is not set."""
    return os.environ.get(name) or _filed(DOTENV).get(name)


def _filed(dotenv: Path) -> dict[str, str]:
    try:
        lines = dotenv.read_text(encoding="utf-8").splitlines() if dotenv.is_file() else []
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"cannot read {dotenv}: {error}") from None
    pairs = (line.removeprefix("export ").split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, value in pairs}


_GUARDED, _REPLAYED = "crawler.fetch.guard.GuardedHandler", "crawler.fetch.replay.ReplayHandler"


def _handlers(settings: Settings) -> dict[str, str | None]:
    handler = _REPLAYED if settings.replay else _GUARDED
    return {"http": handler, "https": handler, "data": None, "file": None, "ftp": None, "s3": None}


_ASKED: dict[str, Callable[[Settings], Any]] = {
    "USER_AGENT": lambda settings: settings.user_agent,
    "LOG_LEVEL": lambda settings: settings.log_level,
    "ROBOTSTXT_OBEY": lambda settings: settings.replay is None,
    "DOWNLOAD_HANDLERS": _handlers,  # only http and https, and only through the guard
}
_OURS = {variable_of(one.name): one.name for one in fields(Settings)}


def __getattr__(name: str) -> Any:
    if name in _ASKED:
        return _ASKED[name](Settings.load())
    if name in _OURS:
        return getattr(Settings.load(), _OURS[name])
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *_ASKED, *_OURS]


ARTICLE_MAXSIZE = 10 * 2**20  # bytes of a page, before and after decompression
READ_SECONDS = 20.0  # seconds of processor time for the reading of one page or source
ROBOTS_MAXSIZE = 2**19  # bytes that are obeyed; RFC 9309, section 2.5, asks for at least 500 KiB
CRAWL_DELAY_MAX = 60.0  # seconds; a robots.txt that asks for more gets one request a minute
BACKOFF_FIRST = 15.0  # seconds after the first 429 or 503 without Retry-After, doubled each time
BACKOFF_MAX = 600.0  # seconds; a site that asks for more is left until the next run
FAILURES_MAX = 5  # network failures in a row after which a site is left until the next run
LISTING_PAGES = 10  # pages of one listing that one look follows at most
TRIES_MAX = 5  # runs after which a page that fails is given up
AUDIT_EVERY = 10  # every so many looks a source is asked without its validators
REVISIT_DAYS = 3  # how far back a revisit asks known articles again

BOT_NAME = "thoisu"
SPIDER_MODULES = ["spiders"]
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "vi,en;q=0.5",
}

# Politeness. A site is one crawler with one download slot, so one request at a time is one for the whole site.
ROBOTSTXT_USER_AGENT = "thoisu"
CONCURRENT_REQUESTS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
CONCURRENT_ITEMS = 1  # a page gives one item; Scrapy starts this many tasks for every answer
DOWNLOAD_DELAY = 2.0
DOWNLOAD_DELAY_JITTER = 0
AUTOTHROTTLE_ENABLED = False
COOKIES_ENABLED = True  # some sites answer their feeds only to a visitor who carries the home page's cookie

# Limits.
DOWNLOAD_TIMEOUT = 60  # seconds for a whole answer, dripping bodies included
DOWNLOAD_MAXSIZE = 50 * 2**20  # bytes of a source, before and after decompression
DOWNLOAD_WARNSIZE = 0
REDIRECT_MAX_TIMES = 5
RETRY_TIMES = 1  # in the same run; the store remembers failures over runs
RETRY_HTTP_CODES = [408, 500, 502, 504, 522, 524]  # 429 and 503 are the back-off's
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"

# Where requests may go.
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
TWISTED_DNS_RESOLVER = "crawler.fetch.guard.GuardedResolver"
HTTPPROXY_ENABLED = False  # a proxy would look names up behind the guard's back

DOWNLOADER_MIDDLEWARES = {
    "crawler.archive.middleware.ArchiveMiddleware": 40,  # the last to see an answer: after redirects, retries, walls
    "crawler.fetch.middlewares.SiteMiddleware": 50,
    "crawler.fetch.robots.RobotsMiddleware": 100,
    "crawler.fetch.middlewares.BackoffMiddleware": 540,
    "crawler.fetch.middlewares.DecodingMiddleware": 590,
    "crawler.fetch.middlewares.HopMiddleware": 600,
    "crawler.fetch.cookies.SmallJarMiddleware": 700,
    "crawler.fetch.budget.AccountMiddleware": 900,  # the last to see a request: what passes it goes out
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
}
SPIDER_MIDDLEWARES = {  # none is needed, and each wraps every answer: the spider names statuses, and asks no referrer
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
ITEM_PIPELINES = {"crawler.pipelines.StorePipeline": 500}
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"  # the store gives the newest first, and so it is asked
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # the store knows what has been asked
EXTENSIONS = {"scrapy.extensions.logstats.LogStats": None}
TELNETCONSOLE_ENABLED = False  # both consoles run any code that reaches them
REMOTE_CONTROL_ENABLED = False
STATS_DUMP = False
WARN_ON_GENERATOR_RETURN_VALUE = False

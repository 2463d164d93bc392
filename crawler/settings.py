"""The one settings module: Scrapy's settings, ours, and the only reader of the environment.

A `.env` file in the current folder is read first; a variable that is really set wins over it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit

from crawler.errors import BadInput


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of ours, as a person sets it in the environment or in `.env`."""

    name: str
    default: str
    help: str


SETTINGS: tuple[Setting, ...] = (
    Setting("THOISU_DATABASE_URL", "sqlite:///thoisu.db", "Where articles are stored, as an SQLAlchemy URL."),
    Setting("THOISU_CONTACT", "", "Mail address or URL that the user agent gives to the sites. Set it before a crawl."),
    Setting("THOISU_DELAY", "", "Seconds between two requests to a site, for every site; empty: as each site says."),
    Setting("THOISU_BUDGET", "", "Requests a day to a site, all told, for every site; empty: as each site says."),
    Setting("THOISU_SITES_AT_ONCE", "8", "How many sites are crawled at the same time."),
    Setting("THOISU_NEWSROOM", "", "Base URL of an embedded newsroom, the only loopback address that is let through."),
    Setting("THOISU_REPLAY", "", "Folder with replay.tsv: answer every request from it instead of the network."),
    Setting("THOISU_QUARANTINE", "quarantine", "Folder for pages of articles that lack a required field."),
    Setting("THOISU_ARCHIVE", "", "Folder of WARC files in which every fetched page is kept; empty: none is."),
    Setting("THOISU_NOTIFY", "", "Whom findings and watched words are told: apprise URLs, or a file of apprise's."),
    Setting("THOISU_ARCHIVE_MB", "1000", "Megabytes after which a file of the archive is full and the next begins."),
    Setting("THOISU_SINKS", "sinks.toml", "File that names where `thoisu deliver` sends changes (docs/deliver.md)."),
    Setting("THOISU_LOG_LEVEL", "WARNING", "DEBUG, INFO, WARNING or ERROR."),
)


def read_env(environ: Mapping[str, str], dotenv: Path) -> dict[str, str]:
    """The value of every setting of ours: from `environ`, else from the file `dotenv`, else its default.

    Raises `BadInput` when the file cannot be read as UTF-8.
    """
    filed = _filed(dotenv)
    return {item.name: environ.get(item.name) or filed.get(item.name) or item.default for item in SETTINGS}


def variable(name: str) -> str | None:
    """A secret that another file refers to by name, from the environment or `.env`; None when it is not set."""
    return os.environ.get(name) or _filed(Path(".env")).get(name)


def _filed(dotenv: Path) -> dict[str, str]:
    try:
        lines = dotenv.read_text(encoding="utf-8").splitlines() if dotenv.is_file() else []
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"cannot read {dotenv}: {error}") from None
    pairs = (line.removeprefix("export ").split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, value in pairs}


def _number(name: str) -> float:
    try:
        value = float(_ENV[name])
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise BadInput(f"{name} must be a number of at least 0, not {_ENV[name]!r}")
    return value


def _web(name: str) -> str | None:
    try:
        good = not _ENV[name] or urlsplit(_ENV[name]).scheme in ("http", "https")
    except ValueError:
        good = False
    if not good:
        raise BadInput(f"{name} must be an http address, not {_ENV[name]!r}")
    return _ENV[name] or None


def _user_agent(contact: str) -> str:
    try:
        number = version("thoisu")
    except PackageNotFoundError:  # run from a checkout that nobody installed
        number = "0"
    if not (contact.isascii() and contact.isprintable()):
        raise BadInput(f"THOISU_CONTACT must be a mail address or URL in plain ASCII, not {contact!r}")
    return f"thoisu/{number} (+{contact})" if contact else f"thoisu/{number} (no contact given)"


_ENV = read_env(os.environ, Path(".env"))

THOISU_DATABASE_URL = _ENV["THOISU_DATABASE_URL"]
THOISU_CONTACT = _ENV["THOISU_CONTACT"]
THOISU_DELAY = _number("THOISU_DELAY") if _ENV["THOISU_DELAY"] else None
THOISU_BUDGET = max(1, int(_number("THOISU_BUDGET"))) if _ENV["THOISU_BUDGET"] else None
THOISU_SITES_AT_ONCE = max(1, int(_number("THOISU_SITES_AT_ONCE")))
THOISU_NEWSROOM = _web("THOISU_NEWSROOM")
THOISU_REPLAY = _ENV["THOISU_REPLAY"] or None
THOISU_QUARANTINE = _ENV["THOISU_QUARANTINE"]
THOISU_ARCHIVE = _ENV["THOISU_ARCHIVE"] or None
THOISU_NOTIFY = _ENV["THOISU_NOTIFY"]
THOISU_ARCHIVE_MB = max(0.001, _number("THOISU_ARCHIVE_MB"))
THOISU_SINKS = _ENV["THOISU_SINKS"]
THOISU_LOG_LEVEL = _ENV["THOISU_LOG_LEVEL"].upper()
if THOISU_LOG_LEVEL not in ("DEBUG", "INFO", "WARNING", "ERROR"):
    raise BadInput(f"THOISU_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR, not {THOISU_LOG_LEVEL!r}")

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
USER_AGENT = _user_agent(THOISU_CONTACT)
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "vi,en;q=0.5",
}

# Politeness. A site is one crawler with one download slot, so one request at a time is one for the whole site.
ROBOTSTXT_OBEY = THOISU_REPLAY is None
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

# Where requests may go: only http and https, and only through the guard.
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
TWISTED_DNS_RESOLVER = "crawler.fetch.guard.GuardedResolver"
_HANDLER = "crawler.fetch.replay.ReplayHandler" if THOISU_REPLAY else "crawler.fetch.guard.GuardedHandler"
DOWNLOAD_HANDLERS = {
    "http": _HANDLER, "https": _HANDLER, "data": None, "file": None, "ftp": None, "s3": None,
}  # fmt: skip
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
LOG_LEVEL = THOISU_LOG_LEVEL
STATS_DUMP = False
WARN_ON_GENERATOR_RETURN_VALUE = False

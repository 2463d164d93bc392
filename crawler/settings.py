"""Scrapy's settings of this project, each with its reason; the same in every environment.

Our own (`THOISU_…`) stand in `crawler/configuration`, with their defaults and meanings; the add-on below puts them and
USER_AGENT and LOG_LEVEL here, from the environment and `.env`, and takes saved pages when THOISU_REPLAY is set.
"""

from pathlib import Path

from scrapy.settings import default_settings

ADDONS = {"crawler.configuration.FromEnvironment": 0}
BOT_NAME = "thoisu"
SPIDER_MODULES = ["spiders"]
SPIDER_LOADER_CLASS = "crawler.commands.loader.OwnSpiderLoader"  # also the folder of THOISU_SITES
NEWSPIDER_MODULE = "spiders"
COMMANDS_MODULE = "crawler.commands"
TEMPLATES_DIR = str(Path(__file__).parent / "commands" / "templates")  # `scrapy genspider` makes a spider of ours
FEED_EXPORT_ENCODING = "utf-8"
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "vi,en;q=0.5",
}

# Politeness. A site is one crawler with one download slot, so one request at a time is one for the whole site.
ROBOTSTXT_OBEY = True
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
_HANDLER = "crawler.fetch.guard.GuardedHandler"
DOWNLOAD_HANDLERS = {
    "http": _HANDLER, "https": _HANDLER, "data": None, "file": None, "ftp": None, "s3": None,
}  # fmt: skip
HTTPPROXY_ENABLED = False  # it takes any that the environment names; THOISU_PROXY goes through the guard

DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.ArchiveMiddleware": 40,  # the last to see an answer: after redirects, retries, walls
    "crawler.middlewares.SiteSlotMiddleware": 50,
    "crawler.middlewares.RobotsMiddleware": 100,
    "crawler.middlewares.BackoffMiddleware": 540,
    "crawler.middlewares.PageRedirectMiddleware": 580,
    "crawler.middlewares.DecompressionMiddleware": 590,
    "crawler.middlewares.SiteRedirectMiddleware": 600,
    "crawler.middlewares.CookieLimitMiddleware": 700,
    "crawler.middlewares.RequestBudgetMiddleware": 900,  # the last to see a request: what passes it goes out
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
# Both consoles run any code that reaches them; Scrapy loads even what is switched off, and these two are large.
_CONSOLES = ("scrapy.extensions.telnet.TelnetConsole", "scrapy.extensions.remote_control.RemoteControl")
EXTENSIONS_BASE = {path: order for path, order in default_settings.EXTENSIONS_BASE.items() if path not in _CONSOLES}
EXTENSIONS = {"scrapy.extensions.logstats.LogStats": None}
STATS_DUMP = False
WARN_ON_GENERATOR_RETURN_VALUE = False

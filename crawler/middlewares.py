"""The downloader middlewares, in the order in which a request meets them; its answer meets the last first.

- `ArchiveMiddleware` (40) keeps each page and source that was answered, as the spider will see it.
- `SiteSlotMiddleware` (50) puts all requests of a site into one download slot, with the longer of its delays.
- `RobotsMiddleware` (100) waits for the host's robots.txt and refuses what it forbids.
- Scrapy's own DownloadTimeout (350), DefaultHeaders (400) and UserAgent (500).
- `BackoffMiddleware` (540) lets the whole site wait after 429 and 503, and ends its run when it asks for too much.
- Scrapy's own Retry (550), once, for network failures and the other 5xx.
- `PageRedirectMiddleware` (580) follows pages that do nothing but send their reader on, by the rules of redirects.
- `DecompressionMiddleware` (590) undoes Content-Encoding, within the limits to size.
- `SiteRedirectMiddleware` (600) follows redirects that stay inside the site.
- `CookieLimitMiddleware` (700) keeps the few cookies that some sites need.
- `RequestBudgetMiddleware` (900) counts what goes out, and refuses what the day does not pay for.
- Behind them `crawler.fetch.guard.GuardedHandler` opens connections to public addresses only.

Of Scrapy's own these are switched off in `crawler.settings`:

- RobotsTxt: a robots.txt that cannot be had opens the site to it, and it asks again in each run.
- HttpCompression, Cookies, Redirect: those above are the same with limits.
- MetaRefresh: it follows to any host, and reads pages that are more than a redirect; ours is above.
- Offsite: sources are asked of their own site only, and redirects are judged above.
- HttpAuth: no site is asked with a password.
- HttpProxy: it takes any proxy that the environment names; that of THOISU_PROXY is the guard's.
- DownloaderStats: counts that nobody reads, at every page.
"""

from __future__ import annotations

from crawler.archive.middleware import ArchiveMiddleware
from crawler.fetch.cookies import CookieLimitMiddleware
from crawler.fetch.middlewares import (
    BackoffMiddleware,
    DecompressionMiddleware,
    PageRedirectMiddleware,
    RequestBudgetMiddleware,
    SiteRedirectMiddleware,
    SiteSlotMiddleware,
)
from crawler.fetch.robots import RobotsMiddleware

__all__ = [
    "ArchiveMiddleware",
    "BackoffMiddleware",
    "CookieLimitMiddleware",
    "DecompressionMiddleware",
    "PageRedirectMiddleware",
    "RequestBudgetMiddleware",
    "RobotsMiddleware",
    "SiteRedirectMiddleware",
    "SiteSlotMiddleware",
]

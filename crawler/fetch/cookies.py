"""Cookies as far as some sites need them: few, small, and judged without asking anybody."""

from __future__ import annotations

from collections.abc import Iterable
from http.cookiejar import Cookie
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.cookies import CookiesMiddleware
from scrapy.http import Response
from scrapy.http.cookies import CookieJar
from tldextract import TLDExtract

COOKIES_MAX = 50
"""Cookies kept of a site; RFC 6265, section 6.1, asks browsers for as many."""
HEADER_MAX = 8192
"""Bytes of the Cookie header; many servers take no longer line."""
# The list in the package: the default loads it from two web sites, past the guard and with the loop standing still.
_SUFFIXES = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


class CookieLimitMiddleware(CookiesMiddleware):
    """Scrapy's cookies with a limit to number and size."""

    def process_request(self, request: Request, spider: Any = None) -> None:  # noqa: ARG002, Scrapy's signature
        """Set the Cookie header, without the cookies for which there is no room."""
        super().process_request(request)
        header = request.headers.get("Cookie")
        if header and len(header) > HEADER_MAX:
            request.headers["Cookie"] = header[: HEADER_MAX + 1].rpartition(b"; ")[0]

    def process_response(self, request: Request, response: Response, spider: Any = None) -> Request | Response:  # noqa: ARG002
        """Keep what the answer sets."""
        return super().process_response(request, response) if "Set-Cookie" in response.headers else response

    def _process_cookies(self, cookies: Iterable[Cookie], *, jar: CookieJar, request: Request) -> None:
        host = (urlsplit(request.url).hostname or "").lower()
        for cookie in cookies:
            if len(cookie.name) + len(cookie.value or "") > HEADER_MAX:
                continue
            domain = cookie.domain.removeprefix(".")
            if cookie.domain_specified and not _SUFFIXES(domain).domain:
                # A cookie for all of a public suffix (RFC 6265, section 5.3, step 5).
                if domain != host:
                    continue
                cookie.domain = host
            known = jar._cookies.get(cookie.domain, {}).get(cookie.path, {})
            if cookie.name in known or len(jar) < COOKIES_MAX:
                jar.set_cookie_if_ok(cookie, request)

"""robots.txt as RFC 9309 reads it: what cannot be asked is closed, what is not there is open, what is long is cut."""

from __future__ import annotations

import asyncio
import re
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured, StopDownload
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser, RobotParser

from crawler.errors import Refusal
from crawler.fetch.guard import Denied
from crawler.fetch.middlewares import reason_of
from crawler.fetch.spider import spider_of
from crawler.text import INVISIBLE, decode, nfc

_ADDRESSED = re.compile(
    r"^([ \t]*(?:dis)?allow[ \t]*:[ \t]*)(?:https?://[^/\s#]+/?|(?=[^\s/*#$]))([^\s#]*)", re.IGNORECASE | re.MULTILINE
)
# A product token, whatever version, remark or quotation mark stands round it (section 2.2.1).
_AGENT = re.compile(
    r"^([ \t]*user[ -]?agent[ \t]*:[ \t]*)[\"']?(\*(?=[\"'\s]|\Z)|[a-z][\w.-]*)[^#\r\n]*", re.IGNORECASE | re.MULTILINE
)
_DELAY = re.compile(
    r"^([ \t]*crawl-delay[ \t]*:[ \t]*[0-9]{1,9})(?:[.,]([0-9]{1,3}))?[^#\r\n]*", re.IGNORECASE | re.MULTILINE
)
_FIRST = 1000  # priority of the request: before what waits for it


class HostClosed(Denied):
    """Nothing may be asked of a host in this run, since its robots.txt cannot be had (section 2.3.1.4)."""


class RobotsMiddleware:
    """Asks the robots.txt of each host once a run, on schedule once a day; refuses what it forbids with ROBOTS."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._crawler = crawler
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._maxsize = crawler.settings.getint("THOISU_ROBOTS_MAXSIZE")
        self._hosts: dict[str, asyncio.Future[RobotParser | Denied]] = {}
        self._received = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Wait for the host's robots.txt; raises `Denied` with ROBOTS, or the reason for which the host is closed."""
        if request.meta.get("dont_obey_robotstxt"):
            return
        parts = urlsplit(request.url)
        if parts.netloc not in self._hosts:
            self._hosts[parts.netloc] = asyncio.ensure_future(self._ask(f"{parts.scheme}://{parts.netloc}", request))
        rules = await self._hosts[parts.netloc]
        if isinstance(rules, Denied):
            raise HostClosed(rules.reason, rules.detail)
        if not rules.allowed(request.url, self._agent):
            raise Denied(Refusal.ROBOTS, request.url)

    async def _ask(self, origin: str, request: Request) -> RobotParser | Denied:
        spider = spider_of(self._crawler)
        text = spider.cached_robots(origin) if spider else None
        if text is None:
            answer = await self._answer(origin)
            if isinstance(answer, Denied):
                return answer
            text = answer
            if spider:
                spider.cache_robots(origin, text)
        rules = self._rules(text)
        await self._crawler.signals.send_catch_log_async(
            signal=signals.robots_parsed, robotparser=rules, request=request
        )
        return rules

    async def _answer(self, origin: str) -> bytes | Denied:
        url = f"{origin}/robots.txt"
        asked = Request(url, priority=_FIRST, meta={"dont_obey_robotstxt": True}, callback=NO_CALLBACK)
        # A receiver of this signal costs time with every piece of every page, so it does not stay.
        self._received = 0
        self._crawler.signals.connect(self._cut, signal=signals.bytes_received)
        try:
            response = await self._crawler.engine.download_async(asked)
        except Exception as error:
            reason = reason_of(error) or Refusal.UNREADABLE
            return b"" if reason.opens_robots else Denied(reason, f"{url} cannot be had: {error}")
        finally:
            self._crawler.signals.disconnect(self._cut, signal=signals.bytes_received)
        if response.status >= 500:
            return Denied(Refusal.SERVER_ERROR, f"{response.status} from {url}")
        return self._text(response)

    def _cut(self, data: bytes, request: Request) -> None:
        if request.meta.get("dont_obey_robotstxt"):
            self._received += len(data)
            if self._received > self._maxsize:
                raise StopDownload(fail=False)

    def _text(self, response: Response) -> bytes:
        """What is to be obeyed: nothing of an error page; of a long file the lines within the limit."""
        if response.status != 200:
            return b""
        if len(response.body) <= self._maxsize:
            return response.body
        return response.body[: self._maxsize].rpartition(b"\n")[0]

    def _rules(self, text: bytes) -> RobotParser:
        parser: Any = ProtegoRobotParser
        rules: RobotParser = parser.from_crawler(self._crawler, readable(text))
        return rules


def readable(text: bytes) -> bytes:
    """A robots.txt in UTF-8 and NFC, whatever it was written in, its paths beginning where paths begin.

    Some name their own address before the path, or leave its slash out (section 2.2.2 asks for it), call a reader by
    more than its name ("thoisu/1.0"), give a delay its unit ("10s"), or carry signs that nobody sees: what they mean to
    forbid is forbidden.
    """
    plain = text.decode() if text.isascii() and b"\0" not in text else INVISIBLE.sub("", nfc(decode(text).text))
    plain = _AGENT.sub(r"\1\2", plain)
    plain = _DELAY.sub(lambda delay: f"{delay[1]}.{delay[2]}" if delay[2] else delay[1], plain)
    return _ADDRESSED.sub(r"\1/\2", plain).encode("utf-8", "replace")

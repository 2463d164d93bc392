"""`scrapy crawl`: what cannot be meant is one line on standard error and exit code 2, and a stop is one of ours."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any

from scrapy.commands import crawl
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings
from scrapy.spiderloader import get_spider_loader

from crawler.configuration import FromEnvironment
from crawler.crawl import RunSpider
from crawler.crawl.run import end_gently
from crawler.errors import BadInput
from crawler.fetch import replay
from crawler.process import answering
from crawler.store import Store


class Command(crawl.Command):
    """As Scrapy's, which shows the stack of whatever a spider raises while it is made.

    Scrapy's own stop waits for whatever is under way, for minutes where a server is slow or wants long pauses.
    """

    def process_options(self, args: list[str], opts: Namespace) -> None:
        """As Scrapy's; raises `UsageError` also for a setting, a spider, an argument or a store that cannot be used."""
        super().process_options(args, opts)
        assert self.settings is not None  # noqa: S101, for the type checker
        settings = self.settings.copy()
        try:
            FromEnvironment.load(settings).apply_to(settings)
            if len(args) == 1:
                _check(settings, args[0], opts.spargs)
        except BadInput as error:
            raise UsageError(str(error), print_help=False) from None

    def run(self, args: list[str], opts: Namespace) -> None:
        """As Scrapy's; SIGTERM and Ctrl-C end the crawl as they end `thoisu crawl`, a second one at once."""
        process = self.crawler_process
        assert process is not None  # noqa: S101, for the type checker
        start, stops = process.start, set[asyncio.Task[None]]()

        async def end() -> None:
            await end_gently(process.crawlers)
            process._stop_reactor()

        def ask() -> None:
            from twisted.internet import reactor

            running: Any = reactor
            running.callFromThread(lambda: stops.add(asyncio.ensure_future(end())))

        # The only place where Scrapy's command leaves room for other handlers than its own.
        process.start = partial(start, install_signal_handlers=False)  # type: ignore[method-assign]
        with answering(ask):
            super().run(args, opts)


def _check(settings: BaseSettings, name: str, given: dict[str, str]) -> None:
    loader = get_spider_loader(settings)
    if name not in loader.list():
        near = get_close_matches(name, loader.list())
        hint = f"did you mean {' or '.join(near)}?" if near else "`scrapy list` names them"
        raise BadInput(f"no spider is called {name!r}; {hint}")
    spider = loader.load(name)
    if issubclass(spider, RunSpider):
        spider.check_arguments(given)
        Store.open(settings["THOISU_DATABASE_URL"]).close()
    if folder := settings["THOISU_REPLAY"]:
        replay.load(Path(folder))

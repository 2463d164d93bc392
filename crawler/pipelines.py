"""From the spider to the store."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from itertools import chain

from scrapy.crawler import Crawler
from sqlalchemy import Connection

from crawler.crawl import RunSpider
from crawler.crawl.own_address import subjects_of_addresses, under_its_address
from crawler.errors import Refused, StoreFailed
from crawler.items import Article, Fetched
from crawler.sites import Site
from crawler.store import Outcome
from crawler.store.articles import save, subjects_of


class StorePipeline:
    """Stores each article in one transaction with its change and its link; what follows it gets the article."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StorePipeline:
        return cls(crawler)

    def process_item(self, item: Fetched) -> Article:
        """Save, and count what became of it. Raises TypeError for a spider that is no `RunSpider`."""
        spider = self._crawler.spider
        if not isinstance(spider, RunSpider):
            raise TypeError(f"{spider!r} is no RunSpider")
        run, article, link = spider.run, item.article, item.link.canonical_url
        try:
            article, outcome = run.store.write(
                partial(_save, article, link, run.site, item.at),
                chain(subjects_of(article, item.at, link), subjects_of_addresses(article, link, run.site)),
                article.site,
                item.at,
            )
        except StoreFailed as failure:
            run.end(str(failure))
        except Refused as refused:
            spider.articles.failed(item.link, refused.reason)
        else:
            if run.agenda:
                run.agenda.revisits.note(item.link, item.at, changed=outcome.event == "revised")
            run.report.count(outcome.event)
            run.progress()
        return article


def _save(article: Article, link: str, site: Site, at: datetime, connection: Connection) -> tuple[Article, Outcome]:
    article = under_its_address(connection, article, link, site, at)
    return article, save(connection, article, at, link)

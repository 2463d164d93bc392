"""From the spider to the store."""

from __future__ import annotations

from typing import Any

from scrapy.crawler import Crawler

from crawler.errors import Refused, StoreFailed
from crawler.items import Article, Fetched


class StorePipeline:
    """Stores each article in one transaction with its change and its link; what follows it gets the article."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StorePipeline:
        return cls(crawler)

    def process_item(self, item: Fetched) -> Article:
        """Save, and count what became of it."""
        spider: Any = self._crawler.spider
        try:
            outcome = spider.store.save(item.article, item.at, link=item.link.canonical_url)
        except StoreFailed as failure:
            spider.end(str(failure))
        except Refused as refused:
            spider.articles.refused(item.link, refused.reason)
        else:
            if spider.agenda:
                spider.agenda.revisits.note(item.link, item.at, changed=outcome.event == "revised")
            spider.report.count(outcome.event)
            spider.progress()
        return item.article

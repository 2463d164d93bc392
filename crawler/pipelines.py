"""From the spider to the store."""

from __future__ import annotations

from scrapy.crawler import Crawler

from crawler.crawl import NewsSpider
from crawler.crawl.own_address import under_its_address
from crawler.errors import Refused, StoreFailed
from crawler.items import Article, Fetched
from crawler.store.articles import save


class StorePipeline:
    """Stores each article in one transaction with its change and its link; what follows it gets the article."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> StorePipeline:
        return cls(crawler)

    def process_item(self, item: Fetched) -> Article:
        """Save, and count what became of it. Raises TypeError for a spider that is no `NewsSpider`."""
        spider = self._crawler.spider
        if not isinstance(spider, NewsSpider):
            raise TypeError(f"{spider!r} is no NewsSpider")
        run, article, link = spider.run, item.article, item.link.canonical_url
        try:
            with run.store.writing_of(article.site, item.at) as connection:
                article = under_its_address(connection, article, link, run.site, item.at)
                outcome = save(connection, article, item.at, link)
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

"""What a file of `spiders` is written as: a name and a site. Scrapy's spider is made of it where one is to run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from crawler.sites import Site


class NewsSpider:
    """A site that can be crawled: its `name`, and what it says of itself.

    Whoever lists sites, reads pages or looks addresses up needs no more than this, and loads no Scrapy for it. A crawl
    makes its spider of the site (`crawler.crawl.run`), Scrapy's own commands one of the class (`crawler.commands`).
    """

    name: str
    site: Site

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "site" in vars(cls):
            cls.site = replace(cls.site, name=cls.name)

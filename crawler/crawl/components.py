"""The classes that Scrapy loads by their names when a crawl begins."""

from __future__ import annotations

import re

from scrapy.settings import BaseSettings
from scrapy.utils.misc import load_object

_LISTS = ("DOWNLOADER_MIDDLEWARES", "EXTENSIONS", "ITEM_PIPELINES", "SPIDER_MIDDLEWARES")
_CLASS = re.compile(r"(?:crawler|queuelib|scrapy)\.[\w.]+\.[A-Z]\w+")


def load_components(settings: BaseSettings) -> None:
    """Import what a crawl with these settings imports later: for a process of which those of crawls are forked."""
    for name in _LISTS:
        for path in settings.getwithbase(name):
            load_object(path)
    for value in settings.values():
        if isinstance(value, str) and _CLASS.fullmatch(value):
            load_object(value)

"""Finds spiders for Scrapy's own commands: of the project, of the folder of THOISU_SITES, and of plug-ins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader

from crawler.configuration import FromEnvironment
from crawler.crawl import NewsSpider, RunSpider
from crawler.sites import load_sites
from crawler.sites.registry import OWN, offer, plugin_modules


class OwnSpiderLoader(SpiderLoader):
    """Scrapy's loader, with a package more where the user has sites of their own, and the modules of plug-ins.

    Raises `BadSite` when THOISU_SITES names no folder.
    """

    def __init__(self, settings: BaseSettings) -> None:
        modules = list(settings.getlist("SPIDER_MODULES"))
        # `scrapy list` loads no add-on, so that the environment is asked here.
        folder = settings.get("THOISU_SITES") or (
            FromEnvironment.load(settings).sites if settings.get("ADDONS") else None
        )
        if folder:
            offer(Path(folder))
            modules.append(OWN)
        modules += plugin_modules(load_sites(Path(folder) if folder else None))
        warn_only = settings.getbool("SPIDER_LOADER_WARN_ONLY")
        # The settings of a crawler are frozen; of them a loader looks at these two.
        super().__init__(BaseSettings({"SPIDER_MODULES": modules, "SPIDER_LOADER_WARN_ONLY": warn_only}))

    def _load_spiders(self, module: ModuleType) -> None:
        super()._load_spiders(module)  # what is written as a spider of Scrapy's
        for spider in spiders_of(module):
            self._found[spider.name].append((module.__name__, spider.__name__))
            self._spiders[spider.name] = spider


def spiders_of(module: ModuleType) -> Iterator[type[RunSpider]]:
    """Scrapy's spiders of the sites that a module defines."""
    for value in list(vars(module).values()):
        if isinstance(value, type) and issubclass(value, NewsSpider) and value.__module__ == module.__name__:
            yield type(value.__name__, (value, RunSpider), {"__module__": module.__name__, "__doc__": value.__doc__})

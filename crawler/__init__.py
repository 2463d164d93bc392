"""Thời sự: a monitor of Vietnamese government news.

    from crawler import articles, crawl, extract, fetch

are its functions for a program (`crawler.api`, docs/python.md), loaded when they are first used.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crawler.api import articles, crawl, extract, fetch

__all__ = ["articles", "crawl", "extract", "fetch"]


def _function(name: str) -> Any:
    def get(_: ModuleType) -> Any:
        return getattr(import_module("crawler.api"), name)

    def ignore(_: ModuleType, package: ModuleType) -> None:
        """A package of the same name, which Python sets here when it is loaded; `sys.modules` has it."""

    return property(get, ignore)


class _Functions(ModuleType):
    """This package: three of its functions are called like packages in it, and are what these names give."""

    articles = _function("articles")
    crawl = _function("crawl")
    extract = _function("extract")
    fetch = _function("fetch")


sys.modules[__name__].__class__ = _Functions

"""Scrapy's command as a process that has everything loaded when it begins."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pkgutil import iter_modules

import scrapy.commands
from scrapy.cmdline import execute

import crawler.commands
from crawler.cli import warm


def load() -> None:
    """What Scrapy's commands import."""
    warm.load()
    for package in (scrapy.commands, crawler.commands):
        for module in iter_modules(package.__path__, f"{package.__name__}."):
            import_module(module.name)


def run(out: int, errors: int, folder: str, *arguments: str) -> None:
    """`scrapy` with these arguments in a folder."""
    os.dup2(out, 1)
    os.dup2(errors, 2)
    os.chdir(folder)
    sys.path.insert(0, folder)
    execute(["scrapy", *arguments])

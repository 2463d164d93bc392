"""`scrapy runspider`: also for a file that is written as those of `spiders` are."""

from __future__ import annotations

from argparse import Namespace
from contextlib import suppress
from pathlib import Path

from scrapy.commands import runspider

from crawler.commands.loader import spiders_of


class Command(runspider.Command):
    """As Scrapy's, which looks for spiders of Scrapy's in the module of the file."""

    def run(self, args: list[str], opts: Namespace) -> None:
        """Run the spider; raises `UsageError` as Scrapy's."""
        for name in args[:1]:
            with suppress(ImportError, ValueError):  # which is told below
                module = runspider._import_file(Path(name))
                for spider in spiders_of(module):
                    setattr(module, spider.__name__, spider)
        super().run(args, opts)

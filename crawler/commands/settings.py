"""`scrapy settings`: with what the environment and `.env` set."""

from __future__ import annotations

from argparse import Namespace

from scrapy.commands import settings
from scrapy.exceptions import UsageError

from crawler.configuration import FromEnvironment
from crawler.errors import BadInput


class Command(settings.Command):
    """As Scrapy's, whose own looks before the add-ons have done their part."""

    def run(self, args: list[str], opts: Namespace) -> None:
        """Print the value; raises `UsageError` for a setting that cannot be meant."""
        assert self.settings is not None  # noqa: S101, for the type checker
        try:
            FromEnvironment.update_pre_crawler_settings(self.settings)
        except BadInput as error:
            raise UsageError(str(error), print_help=False) from None
        super().run(args, opts)

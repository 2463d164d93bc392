"""What every command does alike: a value is given once where one is taken, and Ctrl-C ends it with a sentence."""

from __future__ import annotations

import logging
from collections import Counter
from contextlib import suppress
from typing import Any

from typer.core import TyperCommand, TyperGroup

from crawler.cli.help import SpokenGroupHelp, SpokenHelp
from crawler.cli.language import respoken
from crawler.configuration import doubts
from crawler.errors import BadInput
from crawler.process.output import say

_ANEW = "the same command begins anew"
_NEXT = {
    "crawl": "what was read is stored, and the next crawl goes on with the rest",
    "backfill": "what was read is stored, and the same command goes on with the rest",
    "relate": "what was compared is kept, and the same command goes on with the rest",
    "reindex": "what was hashed is kept, and the same command goes on with the rest",
    "reread": "what --yes has written is kept, and the same command does the rest",
    "deliver": "what was delivered is noted, and the next run goes on with the rest",
    "run": "what was sent is noted, and the next run sends the rest",
    "schedule": "what the job has done is kept, and its next run goes on with the rest",
    "backup": "nothing of it is left, and the same command begins anew",
    "restore": "the store is as it was",
    "downgrade": "the store is as it was",
    "demo": "the demo asked nobody, and begins anew",
}
"""What a person wants to know who has stopped a command before its end."""


class Stopped(Exception):
    """Ctrl-C or SIGTERM came before a command was done; the message says what is done, and what becomes of the rest."""


class _Alike:
    def parse_args(self: Any, ctx: Any, args: list[str]) -> list[str]:
        """As Typer's, which takes the last of several values in silence."""
        given = Counter(self.make_parser(ctx).parse_args(args=list(args))[2])
        for parameter, times in given.items():
            single = parameter.param_type_name == "option" and not (parameter.multiple or parameter.is_flag)
            if times > 1 and single:
                ctx.fail(f"{parameter.opts[0]} is given {'twice' if times == 2 else f'{times} times'} and takes one")
        rest: list[str] = super().parse_args(ctx, args)  # type: ignore[misc]
        return rest


class Command(_Alike, SpokenHelp, TyperCommand):
    """A sub-command."""

    def invoke(self, ctx: Any) -> Any:
        """Run it; raises `Stopped` when it is interrupted."""
        # What started a child has said it, and the doctor says it in his report.
        if ctx.params.get("due") or ctx.params.get("child"):
            logging.getLogger("crawler.sites.plugins").setLevel(logging.ERROR)
        elif self.name != "doctor":
            _warn_of_settings()
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Stopped(f"stopped; {_NEXT.get(self.name or '', _ANEW)}") from None


def _warn_of_settings() -> None:
    """Say on standard error what is set and may be a slip; what is plainly wrong ends the command that reads it."""
    with suppress(BadInput):
        for doubt in doubts():
            say(f"thoisu: {respoken(doubt)}")


class Group(_Alike, SpokenGroupHelp, TyperGroup):
    """A group of sub-commands."""

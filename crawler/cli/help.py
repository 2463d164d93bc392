"""What `--help` shows: it stands in English at the command, and is looked up by its paragraphs."""

from __future__ import annotations

import inspect
from typing import Any

from crawler.cli.language import respoken, spoken

_RAW = "\b"  # in front of lines that are not wrapped


class SpokenHelp:
    """A mixin for a command or a group of Typer's, whose words it replaces by ours."""

    def format_usage(self: Any, ctx: Any, formatter: Any) -> None:
        """The line with what can be given."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), f"{spoken('Usage')}: ")

    def format_help_text(self: Any, ctx: Any, formatter: Any) -> None:  # noqa: ARG002, as Typer calls it
        """What it does, and examples."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text("\n\n".join(map(_told, inspect.cleandoc(self.help or "").split("\n\n"))))

    def format_options(self: Any, ctx: Any, formatter: Any) -> None:
        """Arguments and options."""
        for kind, heading in (("argument", "Arguments"), ("option", "Options")):
            found = (one.get_help_record(ctx) for one in self.get_params(ctx) if one.param_type_name == kind)
            if rows := [(name, _told_option(text)) for name, text in filter(None, found)]:
                with formatter.section(spoken(heading)):
                    formatter.write_dl(rows)

    def get_short_help_str(self: Any, limit: int = 0) -> str:  # noqa: ARG002, as Typer calls it
        """What it does, in a line."""
        return _told(inspect.cleandoc(self.help or "").partition("\n\n")[0])


class SpokenGroupHelp(SpokenHelp):
    """The same for a group."""

    def format_options(self: Any, ctx: Any, formatter: Any) -> None:
        """Options and commands."""
        super().format_options(ctx, formatter)
        with formatter.section(spoken("Commands")):
            formatter.write_dl([(name, one.get_short_help_str()) for name, one in self.commands.items()])


def _told(paragraph: str) -> str:
    """A paragraph; of lines that are not wrapped the heading, and what a line says after the command in it."""
    first, *lines = paragraph.split("\n")
    if first != _RAW:
        return respoken(" ".join(paragraph.split()))
    told = []
    for line in lines:
        command, gap, text = line.rpartition("  ")
        told.append(f"{command}{gap}{respoken(text)}" if command.strip() or not gap else line)
    return "\n".join((first, *told))


def _told_option(text: str) -> str:
    """What an option does, and in brackets what Typer knows of it."""
    does, gap, more = text.partition("  [")
    for word in ("default", "required"):
        more = more.replace(word, spoken(word))
    return f"{respoken(does)}{gap}{more}"

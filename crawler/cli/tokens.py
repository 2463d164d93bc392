"""`thoisu token`: who is let in by `thoisu serve`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from crawler.cli.command import Command, Group
from crawler.cli.common import StoreOption, local, open_store, typed
from crawler.cli.language import spoken
from crawler.cli.lists import Column, Row, cell, print_rows
from crawler.errors import BadInput
from crawler.process import shown
from crawler.process.output import console, print_json, say, write

_LONGEST = 100
app = typer.Typer(
    name="token",
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="""Let programs and people in by `thoisu serve`.

    The store keeps a hash of each token, never the token.

    \b
    Examples:
      thoisu token add dashboard
      thoisu token list
      thoisu token revoke dashboard
    """,
)


@app.command(cls=Command)
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose it is.")],
    write_: Annotated[bool, typer.Option("--write", help="It may also add and remove alerts.")] = False,
    store: StoreOption = None,
) -> None:
    """Make a token and print it, this once.

    A program sends it as `Authorization: Bearer TOKEN`; a browser that asks for
    a password takes it as one, with any name.

    \b
    Examples:
      thoisu token add dashboard
      thoisu token add desk --write > desk.token
    """
    from crawler.store import tokens

    about = typed(name).strip()
    if not about or len(about) > _LONGEST or not about.isprintable():
        raise BadInput(f"a token's name has 1 to {_LONGEST} characters that can be printed")
    with open_store(store, reading=False) as opened, opened.writing() as connection:
        token = tokens.add(connection, about, datetime.now(UTC), writes=write_)
    write(token)
    say(spoken("it is shown this once; the store has only its hash"))


@app.command("list", cls=Command)
def list_(
    store: StoreOption = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a token.")] = False,
) -> None:
    """List the tokens: whose each is, what it may do, since when.

    \b
    Examples:
      thoisu token list
      thoisu token list --json
    """
    from crawler.store import tokens

    with open_store(store) as opened, opened.reading() as connection:
        rows = tokens.list_tokens(connection)
    if json_:
        for row in rows:
            print_json(asdict(row))
        return
    columns = [Column("name", whole=True), Column("may"), Column("since", whole=True)]
    lines = [Row((row.name, cell("reads and writes" if row.writes else "reads"), local(row.added_at))) for row in rows]
    print_rows(columns, lines, "there is no token")


@app.command(cls=Command)
def revoke(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As `thoisu token list` shows it.")],
    store: StoreOption = None,
) -> None:
    """End a token; who has it is let in no more.

    \b
    Examples:
      thoisu token revoke dashboard
    """
    from crawler.store import tokens

    about = typed(name).strip()
    with open_store(store, reading=False) as opened, opened.writing() as connection:
        tokens.revoke(connection, about)
    console().print(shown(spoken("{name} is let in no more", name=about)), soft_wrap=True)

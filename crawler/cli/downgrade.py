"""`thoisu downgrade`: the store as an older version of this program knows it."""

from __future__ import annotations

from typing import Annotated

import typer

from crawler.cli.common import StoreOption, open_store
from crawler.cli.language import respoken, spoken, spoken_of_many
from crawler.process.output import console

_TABLE = "table {name}: {n} row lost", "table {name}: {n} rows lost"
_COLUMN = "column {name}: {n} value lost", "column {name}: {n} values lost"


def downgrade(
    schema: Annotated[str, typer.Argument(metavar="SCHEMA", help="Number of the schema, as 0002.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, only say what would be lost.")] = False,
    store: StoreOption = None,
) -> None:
    """Take the store back to an older schema.

    For going back to an older thoisu, which names the schema that it knows when
    it refuses the store. Stop every process that uses the store, do this with
    the newer thoisu, then install the older. Articles, revisions, copies and
    changes stay; opened by the newer thoisu again, the store is upgraded again.

    \b
    Examples:
      thoisu downgrade 0002
      thoisu downgrade 0002 --yes
    """
    from crawler.store import migrate

    screen = console()
    with open_store(store, reading=False) as opened, opened.writing() as connection:
        steps = migrate.steps_back(connection, schema)
        for name, lost in steps:
            screen.print(f"{name}  {respoken(lost)}", soft_wrap=True)
        for name, count in migrate.lost_by(connection, schema) if steps else ():
            texts = _COLUMN if "." in name else _TABLE
            screen.print(f"      {spoken_of_many(*texts, count, name=name)}", soft_wrap=True)
        if not steps:
            text = "schema {schema} is this version's own"
        elif yes:
            migrate.downgrade(connection, schema)
            text = "the store has schema {schema}; the next command of this thoisu would upgrade it again"
        else:
            text = "nothing was done; with --yes the store goes back to schema {schema}"
        screen.print(spoken(text, schema=schema))

"""When each site was proved last, and with which verdict: a table of the checkout, which docs/sites.md shows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from crawler.errors import BadInput

_HEAD = "site\tproved\tverdict"


def table_of_checkout() -> Path:
    """`docs/proofs.tsv` of the checkout; raises `BadInput` when this is an installed package."""
    docs = Path(__file__).parents[2] / "docs"
    if not docs.is_dir():
        raise BadInput("--write-proof notes verdicts in a checkout, and this is an installed package")
    return docs / "proofs.tsv"


def read_table(file: Path) -> dict[str, tuple[str, str]]:
    """Day and verdict of each site; empty when nothing has been noted. Raises `BadInput` for another table."""
    if not file.is_file():
        return {}
    lines = file.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines[1:] if line]
    if lines[:1] != [_HEAD] or any(len(row) != 3 for row in rows):
        raise BadInput(f"{file} is no table of proofs: it begins with {_HEAD!r}")
    return {site: (day, verdict) for site, day, verdict in rows}


def write_table(file: Path, rows: Mapping[str, tuple[str, str]]) -> None:
    """Write the table, its sites in alphabetical order; raises `BadInput` when it cannot be written."""
    lines = [_HEAD, *("\t".join((site, *rows[site])) for site in sorted(rows))]
    try:
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise BadInput(f"cannot write to {file}: {error.strerror or error}") from None

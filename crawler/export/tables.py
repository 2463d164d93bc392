"""CSV that a spreadsheet opens by double click, and Excel workbooks."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import IO

from crawler.errors import BadInput
from crawler.export.cells import plain
from crawler.export.rows import COLUMNS, ExportRow

BOM = "\ufeff"
"""By which a spreadsheet knows UTF-8."""
MOST_ROWS = 1_048_576
"""Of a sheet, its header among them (Microsoft, Excel specifications and limits)."""
_WIDTHS = {"title": 60, "lead": 40, "body": 60, "url": 40, "published_at": 18, "first_seen_at": 18, "publisher": 20}


def csv_line(values: Iterable[object]) -> str:
    """One line of RFC 4180, texts in quotes; times read as 2026-03-02 08:01:00."""
    text = io.StringIO()
    cells = (f"{cell:%Y-%m-%d %H:%M:%S}" if isinstance(cell, datetime) else cell for cell in map(plain, values))
    csv.writer(text, quoting=csv.QUOTE_NONNUMERIC).writerow(cells)
    return text.getvalue()


def write_csv(rows: Iterable[ExportRow], file: IO[bytes]) -> None:
    """Write UTF-8 with a byte order mark and a header."""
    file.write((BOM + csv_line(COLUMNS)).encode())
    for row in rows:
        file.write(csv_line(getattr(row, name) for name in COLUMNS).encode())


def write_xlsx(rows: Iterable[ExportRow], file: IO[bytes]) -> None:
    """Write a workbook of one sheet, row by row. Raises BadInput for more than a sheet takes."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet("articles")
    sheet.freeze_panes = "A2"
    for place, name in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS.get(name, 12)

    def cell(value: object) -> object:
        if not isinstance(value, str):
            return value
        made = WriteOnlyCell(sheet, value)
        made.data_type = "s"  # whatever it looks like
        return made

    sheet.append(COLUMNS)
    try:
        for count, row in enumerate(rows, 1):
            if count >= MOST_ROWS:
                raise BadInput(f"a sheet takes {MOST_ROWS - 1} articles; narrow the choice, or write .csv or .parquet")
            sheet.append([cell(plain(getattr(row, name))) for name in COLUMNS])
    finally:
        sheet.close()  # what it has begun it cannot leave open
    book.save(file)

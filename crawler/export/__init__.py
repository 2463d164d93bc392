"""Export: stored articles in one file for a person's own tools, an article a row with its current text.

rows.py       what stands in a row, read from the store some articles at a time
cells.py      a value as a cell of a spreadsheet, which runs nothing
tables.py     CSV and Excel workbooks
documents.py  JSON Lines and Markdown
parquet.py    a folder of Parquet files, one or more for each day of publication
files.py      which kind a path names; a file stands whole or not at all
"""

from __future__ import annotations

from crawler.export.files import export, kind_of
from crawler.export.rows import COLUMNS, TEXTS, ExportRow, read_rows
from crawler.export.tables import csv_line

__all__ = ["COLUMNS", "TEXTS", "ExportRow", "csv_line", "export", "kind_of", "read_rows"]

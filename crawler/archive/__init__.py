"""The archive: every fetched page as it came, in WARC 1.1 files (ISO 28500:2017), to be read again later.

records.py      one page as one WARC record, and back
warc_store.py   where the files lie: in a folder, and in an object store
index.py        which record holds which page; can be made again from the files
writer.py       the one file that a process writes
middleware.py   the hook in Scrapy
pruning.py      files that are too old or too many
reader.py       the pages of an archive, the last of each address
page_reading.py from a record to the article on it, in a reader process; not imported here
reread.py       its pages read by today's layouts, against what the store holds of them; not imported here
warc_files.py   anybody's WARC files: plain, packed, inside WACZ, listed
record_stream.py  the records of such a file, whatever is wrong with it
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.process.later import load_later

if TYPE_CHECKING:
    from crawler.archive.reader import Archive
    from crawler.archive.records import Damaged, Fetch

__all__ = ["Archive", "Damaged", "Fetch"]

# Every crawl imports this package, for the hook; most keep no archive, and need none of what reads and writes one.
__getattr__ = load_later(__name__, {"Archive": "reader", "Damaged": "records", "Fetch": "records"})

"""Room for the store and the archive: what is free, for how long that will do, and what a year brings."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from crawler.archive.warc_store import WarcStore
from crawler.configuration import Settings
from crawler.errors import ArchiveFailed, BadInput
from crawler.maintenance import quiet
from crawler.maintenance.diagnosis import Diagnosis, error, ok, warning
from crawler.maintenance.growth import Growth, folder_growth, store_growth
from crawler.maintenance.retention import archive_bytes
from crawler.maintenance.sizes import free_bytes
from crawler.monitor import folders_of
from crawler.monitor.own_checks import FREE
from crawler.process import masked_address
from crawler.store import Store

SOON = timedelta(days=30)
"""Until a disk is full, from which on it is said."""
_LARGEST = 5  # tables named
_LONG = 3650  # days, from which on nobody counts them


def room(store: Store, settings: Settings, now: datetime) -> Iterator[Diagnosis]:
    """How full the disks are, and how the store and the archive grow."""
    grown = store_growth(store, settings, now)
    every = [grown[0]] if grown else []
    if settings.archive is not None and settings.archive_url is None:  # else nothing stays in the folder
        most = archive_bytes(settings)
        every.append(folder_growth("archive", settings.archive, settings.keep_pages, most, now))
    yield from _disks(store, settings, {one.name: one for one in every})
    yield from _objects(settings)
    if grown is None:
        yield ok("growth", "too young a store to tell; ask again in two days")
    for one in every:
        yield ok("growth", _told(one), figures=_figures(one))
    for table in (grown[1] if grown else [])[:_LARGEST]:
        rows = f", {table.rows} rows" if table.rows is not None else ""
        yield ok("growth", f"table {_told(table)}{rows}", figures=_figures(table))
    with store.reading() as connection:
        free, size = free_bytes(connection)
    if quiet.is_worth(free, size):
        text = f"{free / 1e6:.0f} of {size / 1e6:.0f} MB of the store's file are free, and used again by what comes"
        yield ok("free pages", text, "thoisu prune --vacuum gives them back to the disk" * (size >= quiet.LARGE))


def _disks(store: Store, settings: Settings, grows: dict[str, Growth]) -> Iterator[Diagnosis]:
    """Each disk once, with what lies on it."""
    on_disk: dict[int, dict[str, Path]] = defaultdict(dict)
    for name, folder in folders_of(store.url, settings.archive).items():
        place = next((path for path in (folder.absolute(), *folder.absolute().parents) if path.is_dir()), None)
        if place is not None:
            on_disk[os.stat(place).st_dev][name] = place
    for folders in on_disk.values():
        names = " and ".join(folders)
        free = shutil.disk_usage(next(iter(folders.values()))).free
        a_day = sum(grows[key].net for name in folders if (key := _of_folder(name)) in grows)
        days = free / a_day if a_day >= 1 else None
        enough = "" if days is None else f", enough for {days:.0f} days" if days < _LONG else ", enough for ten years"
        text = f"{free / 1e9:.1f} GB free for {names}{enough}"
        figures: dict[str, int] = {"free": free} | ({"days": round(days)} if days is not None else {})
        if free < FREE:
            advice = "make room now: old files of the archive can be moved away; THOISU_KEEP_PAGES"
            yield error("disk", text, advice, figures=figures)
        elif days is not None and days < SOON.days:
            yield warning(
                "disk", text, "make room, or keep less: THOISU_KEEP_PAGES, THOISU_ARCHIVE_TOTAL_MB", figures=figures
            )
        else:
            yield ok("disk", text, figures=figures)


def _objects(settings: Settings) -> Iterator[Diagnosis]:
    """Whether the object store of the archive answers, and what waits to be moved there."""
    if settings.archive is None or settings.archive_url is None:
        return
    try:
        every, here = (WarcStore(settings.archive, url).sizes() for url in (settings.archive_url, None))
    except (BadInput, ArchiveFailed) as fault:
        yield error(
            "archive", str(fault), fault.advice if isinstance(fault, ArchiveFailed) else "mend THOISU_ARCHIVE_URL"
        )
        return
    size, waiting = sum(every.values()) / 1e6, sum(here.values()) / 1e6
    where = masked_address(settings.archive_url)
    yield ok("archive", f"{len(every)} files, {size:.1f} MB, finished ones at {where}; {waiting:.1f} MB are still here")


def _of_folder(name: str) -> str:
    return "store" if name == "database" else name


def _told(one: Growth) -> str:
    return (
        f"{one.name}: {one.bytes / 1e6:.1f} MB, {one.bytes_a_day / 1e6:.2f} MB a day, in a year {one.year / 1e6:.0f} MB"
    )


def _figures(one: Growth) -> dict[str, float | str]:
    return {"name": one.name, "bytes": one.bytes, "bytes_a_day": round(one.bytes_a_day), "year": one.year}

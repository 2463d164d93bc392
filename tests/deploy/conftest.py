"""A store with one of everything, for whoever asks a running part for something."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.store import Store

pytest.importorskip("fastapi", reason="DEPLOYMENT NOT TESTED: pip install 'thoisu[web]'")
from tests.web.asking import Asker, fill


@pytest.fixture
def filled(tmp_path: Path, sqlite_template: Path) -> Iterator[Store]:
    """A store with one of everything."""
    folder = tmp_path / "store"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "room.db")
    with Store.open(f"sqlite:///{folder / 'room.db'}") as opened:
        fill(opened)
        yield opened


@pytest.fixture
def asker(filled: Store) -> Asker:
    return Asker(filled)

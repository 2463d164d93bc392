"""A store in which there is one of everything, and who asks for its pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.store import Store

pytest.importorskip("fastapi", reason="PAGES NOT TESTED: pip install 'thoisu[web]'")
from tests.web.asking import Asker, fill


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with Store.open(f"sqlite:///{tmp_path / 'room.db'}") as opened:
        yield opened


@pytest.fixture
def filled(room: Store) -> Store:
    """The same with one of everything."""
    fill(room)
    return room


@pytest.fixture
def asker(filled: Store) -> Asker:
    return Asker(filled)

"""What a year brings, told from a store's own figures."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crawler.configuration import DEFAULTS
from crawler.maintenance.growth import Growth, store_growth
from crawler.maintenance.sizes import WHOLE
from crawler.store import Store, quarantine
from tests.support import article, at, keep_page


def grown(store: Store, days: int) -> dict[str, Growth]:
    found = store_growth(store, DEFAULTS, at(0) + timedelta(days=days))
    assert found is not None
    tables = {table.name: table for table in found[1]}
    if WHOLE in tables:
        pytest.skip("this SQLite does not measure tables")
    return tables


def test_pages_for_repair_take_no_more_than_is_kept_of_a_site(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "PAGES", 4)
    for day in range(10):
        store.save(article(day + 1, f"bài {day}"), at(0) + timedelta(days=day))
    keep_page(store, 1)
    keep_page(store, 2)
    half = grown(store, 10)
    assert half["quarantine"].year == 2 * half["quarantine"].bytes
    assert half["articles"].year > 2 * half["articles"].bytes, "which is never cut"
    keep_page(store, 3)
    keep_page(store, 4)
    full = grown(store, 10)["quarantine"]
    assert (full.rows, full.year) == (4, full.bytes)

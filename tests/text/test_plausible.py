"""Times and numbers that somebody else gave: what is believed of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.text import LONGEST_WAIT, bounded, not_after, not_ahead, retry_after, validator

NOW = datetime(2026, 8, 3, 12, 0, tzinfo=UTC)


@given(st.text() | st.from_regex(r"\A[0-9]{1,40}\Z") | st.datetimes().map(lambda at: f"{at:%a, %d %b %Y %H:%M:%S GMT}"))
def test_no_header_makes_anybody_wait_for_long(said: str) -> None:
    wait = retry_after(said, NOW)
    assert wait is None or 0 <= wait <= LONGEST_WAIT


@pytest.mark.parametrize(("asked", "given"), [(1e30, 60), (inf, 60), (-inf, 0), (-5, 0), (nan, None), (7.5, 7.5)])
def test_seconds_are_bounded(asked: float, given: float | None) -> None:
    assert bounded(asked, 60) == given


def test_a_time_of_something_past_does_not_lie_in_the_future() -> None:
    assert not_ahead(None, NOW) is None
    for year in (1, 1990, 2026):
        assert not_ahead(NOW.replace(year=year), NOW) == NOW.replace(year=year)
    assert not_ahead(NOW + timedelta(hours=14), NOW) is not None, "a zone that was mistaken"
    assert not_ahead(NOW + timedelta(days=2), NOW) is None
    assert not_ahead(NOW.replace(year=9999), NOW) is None
    assert not_after(NOW.replace(year=2082), NOW) == NOW
    assert not_after(NOW - timedelta(days=1), NOW) == NOW - timedelta(days=1)


def test_a_validator_is_kept_unless_it_fills_the_store() -> None:
    assert validator(None) is None
    assert validator('W/"0a1b"') == 'W/"0a1b"'
    assert validator("x" * 2**20) is None

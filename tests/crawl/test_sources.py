"""One poll of a source: what is asked, what is believed, what follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.crawl import poll as polls
from crawler.crawl.poll import Poll
from crawler.crawl.report import SiteReport
from crawler.discover import Discovery
from crawler.items import Link
from crawler.sites import Feed, Listing, Sitemap
from crawler.store import SourceState
from crawler.text import charset

NOW = datetime(2026, 8, 6, 1, 0, tzinfo=UTC)


def found(*paths: str, cut: bool = False) -> Discovery:
    return Discovery("feed", tuple(Link(f"https://bao.vn/{path}") for path in paths), cut=cut)


KNOWN = SourceState(
    url="https://bao.vn/rss", etag='"1"', last_modified="Mon", body_hash=polls.digest(found("old").links), polls=3
)


def poll(state: SourceState, *, every: int = 10) -> Poll:
    return polls.open_poll(state.url, Feed(state.url), state, every)


def test_a_known_source_is_asked_with_its_validators_and_audited_now_and_then() -> None:
    asked = [poll(replace(KNOWN, polls=number)) for number in range(20)]
    assert [number for number, one in enumerate(asked) if one.audit] == [9, 19]
    assert asked[0].validators() == {"If-None-Match": '"1"', "If-Modified-Since": "Mon"}
    assert asked[9].validators() == {}


def test_a_source_that_lied_is_never_believed_again() -> None:
    audit = poll(replace(KNOWN, polls=9))
    same = {"etag": '"1"', "last-modified": "Mon"}
    state = polls.answered(audit, same, found("new"), NOW)
    assert (state.trusted, state.lies, state.audits) == (False, 1, 1)
    for number in range(40):
        assert poll(replace(state, polls=number)).validators() == {}
        assert not poll(replace(state, polls=number)).audit


@pytest.mark.parametrize(
    ("headers", "listed"),
    [
        ({"etag": '"1"', "last-modified": "Mon"}, "old"),
        ({"etag": '"2"', "last-modified": "Mon"}, "new"),
        ({"etag": '"1"', "last-modified": "Tue"}, "new"),
    ],
)
def test_an_honest_source_passes_its_audit(headers: dict[str, str | None], listed: str) -> None:
    state = polls.answered(poll(replace(KNOWN, polls=9)), headers, found(listed), NOW)
    assert (state.trusted, state.lies, state.polls) == (True, 0, 10)


def test_a_full_answer_to_a_conditional_request_proves_no_lie() -> None:
    state = polls.answered(poll(KNOWN), {"etag": '"1"', "last-modified": "Mon"}, found("new"), NOW)
    assert state.trusted


def test_what_is_cut_off_was_not_listed_whole() -> None:
    whole = polls.answered(poll(KNOWN), {}, found("new"), NOW)
    later = polls.answered(poll(whole), {}, found("newer", cut=True), NOW + timedelta(hours=1))
    assert (whole.whole_at, later.whole_at, later.checked_at) == (NOW, NOW, NOW + timedelta(hours=1))


def test_a_source_without_validators_needs_no_audit() -> None:
    assert not poll(SourceState(url="https://bao.vn/rss", polls=9)).audit


def test_failures_are_counted_and_keep_what_is_known() -> None:
    state = polls.failed(polls.failed(KNOWN, "timeout", NOW), "not_found", NOW + timedelta(hours=1))
    assert (state.failures, state.last_status, state.etag) == (2, "not_found", '"1"')
    assert state.failing_since == NOW
    assert polls.unchanged(state, NOW).failures == 0


def test_a_series_shows_the_shard_just_closed_until_it_was_seen_after_its_end() -> None:
    source = Sitemap("https://bao.vn/sitemaps/{Y}-{m}-{d1}-{d2}.xml")
    [(current, none), (last, since)] = polls.shards(source, NOW)
    assert (current, none) == ("https://bao.vn/sitemaps/2026-8-6-10.xml", None)
    assert (last, since) == ("https://bao.vn/sitemaps/2026-8-1-5.xml", date(2026, 8, 6))
    assert polls.is_due(SourceState(url=last), since)
    # 23:30 of the fifth in Vietnam, then 00:30 of the sixth.
    assert polls.is_due(SourceState(url=last, checked_at=datetime(2026, 8, 5, 16, 30, tzinfo=UTC)), since)
    assert not polls.is_due(SourceState(url=last, checked_at=datetime(2026, 8, 5, 17, 30, tzinfo=UTC)), since)
    assert polls.shards(source, NOW + timedelta(days=1)) == [(current, None)]


@pytest.mark.parametrize("source", [Feed("https://bao.vn/a"), Listing("https://bao.vn/a"), Sitemap("https://bao.vn/a")])
def test_other_sources_have_one_address(source: Feed | Listing | Sitemap) -> None:
    assert polls.shards(source, NOW) == [("https://bao.vn/a", None)]


def child(name: str, day: int | None = None) -> Link:
    at = datetime(2026, 3, day, tzinfo=UTC) if day else None
    return Link(f"https://bao.vn/{name}.xml", modified_at=at)


def chosen(children: list[Link], *, first: bool) -> list[str]:
    state = SourceState(url="https://bao.vn/sitemap.xml", body_hash=None if first else "x")
    return [
        link.url.rpartition("/")[2].removesuffix(".xml")
        for link in polls.recent_children(children, polls.open_poll(state.url, None, state, 10), NOW)
    ]


def test_children_are_chosen_by_lastmod_measured_from_the_newest() -> None:
    children = [child(f"d{day}", day) for day in (1, 12, 20, 16, 17)] + [child("categories")]
    assert chosen(children, first=False) == ["d20", "d17", "d16"]
    assert chosen(children, first=True) == ["d20", "d17", "d16", "d12"]


def test_children_without_lastmod_are_chosen_by_name() -> None:
    children = [child(name) for name in ("2026-7", "2026-8", "2026-08-05", "2026-18", "2025-8", "google-news", "tags")]
    assert chosen(children, first=True) == ["2026-8", "2026-08-05", "google-news"]
    assert chosen([child("post-1"), child("post-2"), child("post-3")], first=True) == ["post-1", "post-3"]
    assert chosen([child("post-1")], first=True) == ["post-1"]


@given(st.lists(st.integers(1, 28), min_size=1, max_size=60))
def test_children_are_few_and_the_newest_is_among_them(days: list[int]) -> None:
    names = chosen([child(f"d{day}", day) for day in days], first=True)
    assert 1 <= len(names) <= 12
    assert names[0] == f"d{max(days)}"


def test_the_digest_of_a_source_knows_only_what_it_lists() -> None:
    links = [Link("https://bao.vn/1", title="Một"), Link("https://bao.vn/2", title="Hai")]
    assert polls.digest(links) == polls.digest(list(links))
    assert polls.digest(links) != polls.digest(links[::-1])
    assert polls.digest(links) != polls.digest([links[0], replace(links[1], title="Hai, sửa")])
    assert polls.digest([Link("https://bao.vn/\ud800")])


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("text/html; charset=utf-8", "utf-8"),
        ('text/html;Charset="windows-1258"', "windows-1258"),
        ("text/html", None),
        ("text/html; charset=", None),
    ],
)
def test_the_declared_charset(header: str, name: str | None) -> None:
    assert charset(header) == name


def test_a_report_counts_by_event() -> None:
    report = SiteReport(site="songda")
    for event in ("created", "created", "revised", None):
        report.count(event)  # type: ignore[arg-type]
    assert (report.created, report.revised, report.unchanged) == (2, 1, 1)

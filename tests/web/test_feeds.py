"""Feeds out, by the rules of RFC 4287, of the W3C's feed validator and of jsonfeed.org."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from lxml import etree

from crawler.store import Store
from tests.support import article, at
from tests.web.asking import HERE, NOW, Asker
from tests.web.test_hostile import nasty

ATOM = "{http://www.w3.org/2005/Atom}"
# RFC 8141; the validator takes no other signs, among them neither "?" nor "/".
URN = re.compile(r"urn:[a-z0-9][a-z0-9-]{1,30}[a-z0-9]:(?:[A-Za-z0-9()+,.:=@;$_!*'-]|%[0-9A-F]{2})+")
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ONE_EACH = ("id", "title", "updated")
FILTERS = (
    "", "?site=bao", "?edited=1", "?withdrawn=1&site=bao", "?q=cau&site=dai&site=bao", "?section=khong+co",
    f"?q={quote('cầu OR mưa')}&lang=en",
)  # fmt: skip


@pytest.fixture
def full(filled: Store) -> Asker:
    filled.save(nasty(7, "Bẩy cầu", section="<b>&"), at(7))
    return Asker(filled)


def texts(element: etree._Element, name: str) -> list[str]:
    return [found.text or "" for found in element.findall(f"{ATOM}{name}")]


def check_times(entry: etree._Element) -> None:
    times = [*texts(entry, "updated"), *texts(entry, "published")]
    assert all(RFC3339.fullmatch(time) for time in times)
    assert all(datetime(1990, 1, 1, tzinfo=UTC) < datetime.fromisoformat(time) for time in times)


def test_a_title_says_what_was_asked_for(full: Asker) -> None:
    def title(asked: str) -> str:
        feed = etree.fromstring(full.get(f"/feeds/articles.atom?{asked}", {"Accept-Language": "en"}).content)
        return texts(feed, "title")[0]

    assert title("") == "Thời sự"
    assert title("kind=photo&section=Y+te&withdrawn=1") == "Thời sự · Y te · photo · withdrawn"
    assert title("q=cau&author=An&since=2026-03-01&until=2026-03-09") == "Thời sự · cau · An · 2026-03-01–2026-03-09"


@pytest.mark.parametrize("asked", FILTERS)
def test_atom_is_what_the_rules_ask_for(full: Asker, asked: str) -> None:
    answer = full.get(f"/feeds/articles.atom{asked}")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = etree.fromstring(answer.content)
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    for one in (feed, *entries):
        assert [len(texts(one, name)) for name in ONE_EACH] == [1, 1, 1]
        assert URN.fullmatch(texts(one, "id")[0])
        check_times(one)
    own, page = feed.findall(f"{ATOM}link")
    assert (own.get("rel"), own.get("href")) == ("self", f"{HERE}/feeds/articles.atom{asked}")
    assert page.get("rel") == "alternate"
    ids = [texts(entry, "id")[0] for entry in entries]
    assert len(ids) == len(set(ids))
    assert bool(ids) == ("khong" not in asked)
    for entry in entries:
        assert [link.get("rel") for link in entry.findall(f"{ATOM}link")] == ["alternate", "related"]
        assert all(link.get("href").startswith("http") for link in entry.findall(f"{ATOM}link"))
        assert [name.text for name in entry.findall(f"{ATOM}author/{ATOM}name")] != [""]
        assert len(texts(entry, "content")) == 1
        assert len(texts(entry, "summary")) <= 1
    assert texts(feed, "updated")[0] == max(
        (texts(entry, "updated")[0] for entry in entries),
        default=NOW.replace(hour=0).astimezone(UTC).strftime("%Y-%m-%dT%H:00:00Z"),
    )


@pytest.mark.parametrize("asked", FILTERS)
def test_json_feed_is_what_the_rules_ask_for(full: Asker, asked: str) -> None:
    answer = full.get(f"/feeds/articles.json{asked}")
    assert answer.headers["content-type"] == "application/feed+json; charset=utf-8"
    feed = json.loads(answer.text)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert (feed["title"] != "", feed["feed_url"]) == (True, f"{HERE}/feeds/articles.json{asked}")
    ids = [item["id"] for item in feed["items"]]
    assert all(isinstance(one, str) for one in ids)
    assert len(ids) == len(set(ids))
    for item in feed["items"]:
        assert item["content_text"]
        assert item["url"].startswith("http")
        assert RFC3339.fullmatch(item["date_modified"])
        assert all(author["name"] for author in item["authors"])
    atom = etree.fromstring(full.get(f"/feeds/articles.atom{asked}").content)
    assert ids == [texts(entry, "id")[0] for entry in atom.findall(f"{ATOM}entry")]


def test_a_filter_has_one_id_however_it_is_written(full: Asker) -> None:
    def of(asked: str) -> str:
        return texts(etree.fromstring(full.get(f"/feeds/articles.atom{asked}").content), "id")[0]

    assert of("?site=bao&q=cau") == of("?q=cau&site=bao&lang=en")
    assert of("?site=bao") != of("?site=dai")


def test_a_feed_that_has_not_changed_is_not_sent_again(full: Asker) -> None:
    for path in ("/feeds/articles.atom?site=bao", "/feeds/articles.json", "/feeds/articles.atom?section=khong+co"):
        first = full.get(path)
        again = full.get(path, {"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    full.state.store.save(article(20, "Một bài cầu nữa"), at(9))
    path = "/feeds/articles.atom?site=bao"
    changed = full.get(path, {"If-None-Match": full.get("/feeds/articles.json").headers["etag"]})
    assert changed.status_code == 200


def test_what_was_taken_down_says_so_and_counts_as_updated(filled: Store) -> None:
    asker = Asker(filled)
    gone = article(2)
    for asked in ("", "?withdrawn=1"):
        items = asker.get(f"/feeds/articles.json{asked}").json()["items"]
        (item,) = (one for one in items if one["url"] == gone.canonical_url)
        assert item["title"] == f"[đã gỡ] {gone.title}"
        taken_down = at(5).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        assert (item["date_modified"], item["_thoisu"]["withdrawn_at"]) == (taken_down, taken_down)
        assert f"<title>[đã gỡ] {gone.title}</title>" in asker.get(f"/feeds/articles.atom{asked}").text
    assert all("withdrawn_at" not in one["_thoisu"] for one in items if one["url"] != gone.canonical_url)


def test_an_edit_leads_to_what_it_changed(filled: Store) -> None:
    (item,) = Asker(filled).get("/feeds/articles.json?edited=1").json()["items"]
    assert item["_thoisu"]["about"].endswith("/articles/1/diff")


@pytest.mark.parametrize("asked", ["sit=bao", "limit=3", "edited=perhaps", "author=An"])
def test_a_feed_of_a_filter_that_says_nothing_is_refused(full: Asker, asked: str) -> None:
    assert full.get(f"/feeds/articles.atom?{asked}").status_code == 422


def test_a_filter_that_is_switched_off_is_none(full: Asker) -> None:
    everything = full.get("/feeds/articles.json").json()["items"]
    assert full.get("/feeds/articles.json?edited=0&withdrawn=false").json()["items"] == everything

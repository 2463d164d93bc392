"""The API: lists page by page, in three forms; objects; problems; waiting for changes."""

from __future__ import annotations

import csv
import io
import json
import threading
from typing import Any

import pytest

from crawler.compare.relate import Relater
from crawler.sites import Sites
from crawler.store import Store
from tests.support import article, at
from tests.web.asking import LISTS, WORDS, Asker


def every(asker: Asker, path: str, limit: int) -> list[dict[str, Any]]:
    found, cursor = [], ""
    for _ in range(1000):
        page = asker.get(f"{path}{'&' if '?' in path else '?'}limit={limit}{cursor}").json()
        assert len(page["items"]) <= limit
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"
    raise AssertionError("it never ends")


def test_a_list_is_the_same_however_it_is_cut(room: Store) -> None:
    for n in range(1, 24):
        same_time = {"published_at": at(n // 5)}
        room.save(article(n, f"Bài {n}", site=("bao", "dai", "tin")[n % 3], **same_time), at(n))
    asker = Asker(room)
    whole = asker.get("/api/v1/articles?limit=500").json()
    assert (len(whole["items"]), whole["next"]) == (23, None)
    for query in (
        "",
        "?site=bao",
        "?site=bao&site=dai",
        "?kind=article",
        "?since=2026-03-02T08:02:00&until=2026-03-03",
    ):
        path = f"/api/v1/articles{query}"
        assert every(asker, path, 4) == every(asker, path, 500)
    assert every(asker, "/api/v1/stories", 5) == every(asker, "/api/v1/stories", 100)
    numbers = [item["id"] for item in whole["items"]]
    assert numbers == [row.id for row in room.articles(limit=None)]


def test_a_search_is_the_same_however_it_is_cut(room: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(1, 24):
        room.save(article(n, f"Nước sạch {n}", title="Nước sạch" if n % 5 == 0 else f"Bài {n}"), at(n))
    for n in (3, 7, 20):
        room.save(article(n, f"Nước sạch {n}, đã sửa", title="Sửa"), at(30))
    monkeypatch.setattr("crawler.web.search._WINDOW", 6)
    asker = Asker(room)

    def found(query: str, limit: int) -> list[int]:
        return [item["id"] for item in every(asker, f"/api/v1/search?q=nuoc sach{query}", limit)]

    assert found("", 4) == found("", 500) == list(range(23, 0, -1))
    best = found("&order=best", 500)
    assert (best[:4], found("&order=best", 3)) == ([15, 10, 5, 23], best)
    assert found("&edited=true", 2) == found("&edited=true", 5) == [20, 7, 3]
    item = asker.get("/api/v1/search?q=nuoc sach&limit=1").json()["items"][0]
    assert (item["sentence"], item["marked"]) == ("Nước sạch 23", [[0, 9]])


def test_a_story_stands_where_its_newest_article_of_the_list_does(room: Store) -> None:
    for n in range(1, 6):
        fields = {"site": "dai", "kind": "article"} if n == 4 else {"kind": "photo"}
        room.save(article(n, WORDS + " và thế" * n if n in (1, 4) else f"Tin {n}", **fields), at(n))
    assert list(Relater(room).relate())
    asker = Asker(room)

    def found(query: str, limit: int) -> list[int]:
        return [item["id"] for item in every(asker, f"/api/v1/stories{query}", limit)]

    assert found("", 1) == found("", 50) == [5, 1, 3, 2]
    for query in ("?kind=photo", "?site=bao", "?until=2026-03-02T08:04:00"):
        assert found(query, 1) == found(query, 50) == [5, 3, 2, 1][query.startswith("?until") :]


def test_a_filter_takes_what_it_says(asker: Asker) -> None:
    def ids(query: str) -> set[int]:
        return {item["id"] for item in asker.get(f"/api/v1/articles?{query}").json()["items"]}

    assert ids("edited=true") == {1}
    assert ids("withdrawn=true") == {2}
    assert ids("kind=photo") == {2}
    assert ids("section=Thời tiết") == {2}
    assert ids("since=2026-03-02T08:02:00") == {2, 3}
    assert ids("until=2026-03-02T08:02:00%2B07:00") == {1}
    assert ids("tier=press") == set()
    assert ids("site=bao&edited=true&kind=photo") == set()


def test_a_tier_takes_its_sites(filled: Store, asker: Asker) -> None:
    from dataclasses import replace

    from tests.support import PAPER

    asker.state.sites = Sites([replace(PAPER, name="bao")])
    assert {item["id"] for item in asker.get("/api/v1/articles?tier=press").json()["items"]} == {1, 2}
    assert asker.get("/api/v1/articles?tier=ministry").json()["items"] == []


def test_a_list_is_a_table_for_whom_wants_one(asker: Asker) -> None:
    answer = asker.get("/api/v1/articles?limit=2", {"Accept": "text/html;q=0.1, text/csv"})
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert answer.text.startswith("\ufeff")
    assert (rows[0][:3], len(rows)) == (["id", "canonical_url", "site"], 3)
    assert rows[1][rows[0].index("first_seen_at")] == "2026-03-02 08:06:00"
    assert answer.headers["link"].startswith("</api/v1/articles?limit=2&cursor=")
    assert answer.headers["content-disposition"] == 'attachment; filename="articles.csv"'
    lines = asker.get("/api/v1/articles", {"Accept": "application/x-ndjson"}).text.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [3, 2, 1]


@pytest.mark.parametrize("path", LISTS)
def test_every_list_has_three_forms(asker: Asker, path: str) -> None:
    kinds = ("application/json", "application/x-ndjson", "text/csv")
    answers = [asker.get(path, {"Accept": kind}) for kind in kinds]
    assert [answer.headers["content-type"].partition(";")[0] for answer in answers] == list(kinds)
    assert [answer.status_code for answer in answers] == [200] * 3
    rows = len(answers[0].json()["items"])
    assert len(answers[1].text.splitlines()) == rows


def test_an_article_has_its_past(asker: Asker) -> None:
    found = asker.get("/api/v1/articles/1").json()
    assert found["text"]["body"].startswith("Khởi công cầu mới\nVốn")
    assert [row["number"] for row in found["revisions"]] == [1, 2]
    assert [row["site"] for row in found["copies"]] == ["dai"]
    assert [row["event"] for row in found["changes"]] == ["created", "copied", "revised"]
    assert asker.get("/api/v1/articles/1/revisions/1").json()["body"] == "Khởi công cầu mới theo 336/2025/NĐ-CP"
    assert asker.get("/api/v1/articles/1/diff").json()["changed"] == ["body", "numbers"]


def test_a_document_has_the_articles_that_name_it(asker: Asker) -> None:
    found = asker.get("/api/v1/documents?name=336/2025/nđ-cp").json()["items"]
    assert [(one["name"], one["articles"]) for one in found] == [("336/2025/NĐ-CP", 1)]
    assert [one["id"] for one in asker.get("/api/v1/documents/1/articles").json()["items"]] == [1]
    assert asker.get("/api/v1/documents?name=1/2020/QH14").json()["items"] == []


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/api/v1/articles/99", 404, "there is no article 99"),
        ("/api/v1/articles/1/revisions/9", 404, "article 1 has no revision 9"),
        ("/api/v1/articles/2/diff", 404, "article 2 has no revision before 1"),
        ("/api/v1/articles/99999999999999999999", 422, "id"),
        ("/api/v1/articles?limt=3", 422, "limt"),
        ("/api/v1/articles?since=yesterday", 422, "is written 2026-08-01"),
        ("/api/v1/articles?cursor=x", 422, "cursor"),
        ("/api/v1/search?q=cau&cursor=x", 422, "cursor"),
        ("/api/v1/search?q=%22cau", 404, "quotation mark"),
        ("/api/v1/search?q=%13", 404, "neither letters nor digits"),
        ("/api/v1/search?q=cau&cursor=1.1", 404, "no cursor of this search"),
        ("/api/v1/articles?site=boa", 404, "did you mean bao?"),
        ("/api/v1/sites/nosuch", 404, "nosuch"),
        ("/api/v1/documents/9", 404, "there is no document 9"),
        ("/api/v1/nosuch", 404, "Not Found"),
    ],
)
def test_what_cannot_be_answered_is_a_problem(asker: Asker, path: str, status: int, said: str) -> None:
    answer = asker.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    body = answer.json()
    assert (body["type"], body["status"]) == ("about:blank", status)
    assert said in body["detail"]


@pytest.mark.parametrize("since", ["0001-01-01", "9999-12-31T23:59:60Z", "2026-03-02T08:00:00.123456789+14:00"])
def test_times_at_the_ends_of_time_are_times(asker: Asker, since: str) -> None:
    assert asker.get("/api/v1/articles", None).status_code == 200
    assert asker.get(f"/api/v1/articles?since={since.replace('+', '%2B')}").status_code == 200


def test_changes_go_on_from_where_they_were(asker: Asker) -> None:
    first = asker.get("/api/v1/changes?limit=2").json()
    assert ([row["seq"] for row in first["items"]], first["next"]) == ([1, 2], 2)
    rest = asker.get("/api/v1/changes?after=2").json()
    assert [row["seq"] for row in rest["items"]] == [3, 4, 5, 6]
    assert asker.get("/api/v1/changes?after=6").json() == {"items": [], "next": 6}
    assert [row["seq"] for row in asker.get("/api/v1/changes?event=withdrawn").json()["items"]] == [5]
    assert asker.get("/api/v1/changes?site=dai").json()["next"] == 6


def test_who_waits_hears_of_the_next_change(filled: Store, asker: Asker) -> None:
    threading.Timer(0.3, lambda: filled.save(article(9, "Tin mới"), at(9))).start()
    answer = asker.get("/api/v1/changes?after=6&wait=8").json()
    assert [row["event"] for row in answer["items"]] == ["created"]
    assert answer["next"] == 7


def test_who_waits_is_let_go_when_the_server_ends(asker: Asker) -> None:
    asker.state.stopping.set()
    assert asker.get("/api/v1/changes?after=6&wait=8").json() == {"items": [], "next": 6}


def test_the_description_names_every_path_and_calls_errors_problems(asker: Asker) -> None:
    described = asker.get("/api/v1/openapi.json").json()
    assert {path.partition("?")[0] for path in LISTS if "1" not in path.removeprefix("/api/v1")} <= described[
        "paths"
    ].keys()
    for operations in described["paths"].values():
        for operation in operations.values():
            assert operation["description"]
            problem = operation["responses"]["422"]["content"]
            assert list(problem) == ["application/problem+json"]


def test_who_is_ahead_of_the_store_is_told_its_end(asker: Asker) -> None:
    assert asker.get("/api/v1/changes?after=99&wait=8").json() == {"items": [], "next": 6}


def test_what_cannot_be_done_names_what_can(asker: Asker) -> None:
    for path, allowed in (
        ("/api/v1/alerts", "GET, POST"),
        ("/api/v1/alerts/1", "DELETE, GET"),
        ("/api/v1/sinks", "GET"),
    ):
        for method in ("OPTIONS", "TRACE", "PATCH"):
            answer = asker.ask(method, path)
            assert (answer.status_code, answer.headers["allow"]) == (405, allowed)

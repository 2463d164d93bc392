"""The pages: what each shows, in both languages; what an empty one says; feeds, metrics and health."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import html
from prometheus_client.parser import text_string_to_metric_families

from crawler.alerts import alerts
from crawler.schedule import agenda, enrol
from crawler.sites import Sites
from crawler.store import Store, findings, heartbeats
from crawler.store.findings import Observation
from tests.support import PAPER, article, at
from tests.web.asking import FEEDS, NOW, PAGES, WORDS, Asker


def seen(answer: object) -> str:
    return " ".join(html.fromstring(answer.text).text_content().split())  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_is_whole_in_both_languages(asker: Asker, path: str, language: str) -> None:
    answer = asker.get(path, {"Accept-Language": language})
    assert answer.status_code == 200
    tree = html.fromstring(answer.text)
    assert tree.get("lang") == language
    assert len(tree.xpath("//h1")) == 1
    assert len(tree.xpath("//main")) == 1
    assert not re.search(r"(?<!/)\{\w+\}", tree.text_content())
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    for field in tree.xpath("//input|//select"):
        assert field.xpath("ancestor::label")
    for link in tree.xpath("//a"):
        assert link.text_content().strip()


@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_a_page_leads_somewhere(asker: Asker, path: str) -> None:
    for address in dict.fromkeys(html.fromstring(asker.get(path).text).xpath("//a/@href|//link/@href|//script/@src")):
        if address.startswith("/"):
            assert asker.get(address).status_code in (200, 303), address


def test_a_language_is_chosen_once(asker: Asker) -> None:
    chosen = asker.get("/?lang=en", {"Accept-Language": "vi"})
    assert "Search" in seen(chosen)
    cookie = chosen.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "Search" in seen(asker.get("/", {"Accept-Language": "vi", "Cookie": cookie.partition(";")[0]}))
    assert "set-cookie" not in asker.get("/?lang=xx").headers


def test_today_has_one_line_a_story(room: Store) -> None:
    room.save(article(1, WORDS), at(1))
    room.save(article(2, WORDS, site="dai", title="Cầu"), at(2))
    room.save(article(3, "Tin khác"), at(3))
    text = asked_of(room, "/")
    assert text.count("Tiêu đề 3") == text.count("Tiêu đề 1") == 1
    assert "2 trang đăng, 2 báo" in text
    assert "đầu tiên: bao" in text


def asked_of(store: Store, path: str) -> str:
    return seen(Asker(store).get(path))


def test_words_on_the_first_page_lead_to_the_search(asker: Asker) -> None:
    found = asker.get("/?q=cau+moi&edited=1")
    assert (found.status_code, found.headers["location"]) == (303, "/search?q=cau+moi&edited=1")


def test_a_search_shows_the_sentence_with_the_words_marked(room: Store) -> None:
    room.save(article(1, "Sáng nay tạnh mưa. Nước sạch về tới bản, nước sạch đủ dùng. Hết."), at(1))
    room.save(article(2, "Không có gì.", title="Nước sạch", section="Đời sống", authors=("Lê Na",)), at(0))
    page = html.fromstring(Asker(room).get("/search?q=nuoc+sach").text)
    assert [one.text_content() for one in page.xpath("//p[@class='sentence']")][1:] == [
        "Nước sạch về tới bản, nước sạch đủ dùng."
    ]
    assert page.xpath("//mark/text()") == ["Nước sạch", "Nước sạch", "nước sạch"]
    for query, titles in (
        ("order=best", ["Nước sạch", "Tiêu đề 1"]),
        ("section=doi+song", ["Nước sạch"]),
        ("author=le+na", ["Nước sạch"]),
        ("author=le", []),
    ):
        page = html.fromstring(Asker(room).get(f"/search?q=nuoc+sach&{query}").text)
        assert page.xpath("//a[@class='title']/text()") == titles


def test_a_query_that_cannot_be_read_is_said_beside_its_field(asker: Asker) -> None:
    for query in ('q="cau', "q=cau&cursor=x"):
        answer = asker.get(f"/search?{query}")
        assert answer.status_code == 422
        tree = html.fromstring(answer.text)
        assert tree.xpath("//p[@class='note bad']")
        assert tree.xpath("//input[@name='q']/@value")[0].endswith("cau")
    assert asker.get('/feeds/articles.atom?q="cau').status_code == 422


def test_a_search_takes_what_its_filter_does(asker: Asker) -> None:
    assert "Tiêu đề 1" in seen(asker.get("/search?q=cau+moi"))
    assert "Tiêu đề 1" in seen(asker.get("/search?q=cau+moi&edited=1&site=bao"))
    for query in ("kind=photo", "withdrawn=1", "section=x", "until=2026-03-01", "site=dai"):
        assert "Tiêu đề" not in seen(asker.get(f"/search?q=cau+moi&{query}"))


def test_an_article_shows_its_past(asker: Asker) -> None:
    text = seen(asker.get("/articles/1", {"Accept-Language": "en"}))
    for words in ("Khởi công cầu mới", "revision 2", "what changed", "336/2025/NĐ-CP", "dai", "08:03 02/03"):
        assert words in text
    assert "gone on 08:05 02/03" in seen(asker.get("/articles/2", {"Accept-Language": "en"}))


def test_a_diff_marks_words_and_folds_what_stayed(room: Store) -> None:
    lines = [f"Đoạn {n} giữ nguyên." for n in range(12)]
    room.save(article(1, "\n".join(["Vốn là 500 tỷ đồng cho cầu.", *lines])), at(1))
    room.save(article(1, "\n".join(["Vốn là 700 tỷ đồng cho cầu.", *lines, "Xong năm 2027."])), at(2))
    tree = html.fromstring(Asker(room).get("/articles/1/diff").text)
    assert [element.text for element in tree.iter("del")] == ["500"]
    assert [element.text for element in tree.iter("ins")] == ["700", "Xong năm 2027."]
    assert len(tree.xpath("//details//p")) == 10
    assert [element.text for element in tree.xpath("//div[contains(@class,'texts')]/p[@class='kept']")] == [
        lines[0],
        lines[-1],
    ]


def test_a_story_says_who_followed_whom(room: Store) -> None:
    room.save(article(1, WORDS), at(1))
    room.save(article(2, WORDS, site="dai"), at(2))
    text = seen(Asker(room).get("/stories/1", {"Accept-Language": "en"}))
    assert "bao had it first, at 08:01 02/03." in text
    assert "follows bao, 100% in common" in text
    assert "the same text" in text


def test_a_story_counts_the_pages_that_it_does_not_compare(room: Store) -> None:
    for n in range(1, 64):
        room.save(article(n, WORDS, site=f"bao{n}"), at(n))
    text = seen(Asker(room).get("/stories/1", {"Accept-Language": "en"}))
    assert "63 pages carry this text." in text
    assert "Only the first 60 pages are compared." in text
    story = Asker(room).get("/api/v1/stories/1").json()
    assert (story["pages"], len(story["members"])) == (63, 60)


def test_a_paragraph_that_moved_is_neither_gone_nor_new(room: Store) -> None:
    lines = [f"Đoạn {n} nói về việc thứ {n} của tỉnh." for n in range(6)]
    room.save(article(1, "\n".join(lines)), at(1))
    room.save(article(1, "\n".join([*lines[1:5], lines[0], lines[5]])), at(2))
    page = Asker(room).get("/articles/1/diff", {"Accept-Language": "en"})
    tree = html.fromstring(page.text)
    assert tree.xpath("//ins|//del") == []
    assert "1 paragraph changed" in seen(page)
    assert seen(page).count("moved here") == seen(page).count("moved away from here") == 1
    assert tree.xpath("//p[@class='moved']")[0].text_content().endswith(lines[0])


def test_a_name_leads_to_its_document(asker: Asker) -> None:
    found = asker.get("/documents?name=336/2025/NĐ-CP")
    assert (found.status_code, found.headers["location"]) == (303, "/documents/1")
    assert "9/9999" in seen(asker.get("/documents?name=9/9999/X"))


@pytest.mark.parametrize("query", ["until=9999-12-31", "since=0001-01-01", "until=9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize("path", ["/", "/search", "/feeds/articles.atom", "/api/v1/articles"])
def test_the_first_and_the_last_of_all_days_can_be_asked_for(asker: Asker, path: str, query: str) -> None:
    assert asker.get(f"{path}?{query}").status_code == 200


def test_an_empty_page_says_what_to_do(room: Store) -> None:
    asker = Asker(room)
    for path, command in (
        ("/", "thoisu crawl"), ("/documents", "thoisu crawl"), ("/sites", "thoisu schedule"),
        ("/alerts", "thoisu alerts add"), ("/sinks", "thoisu deliver"), ("/search", "336/2025/NĐ-CP"),
        ("/search?q=x", "thoisu alerts add"),
    ):  # fmt: skip
        answer = asker.get(path)
        assert (answer.status_code, command in answer.text) == (200, True), path
    assert all(asker.get(path).status_code == 200 for path in (*FEEDS[:3], "/metrics", "/readyz"))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/articles/99", 404), ("/articles/x", 422), ("/?site=nosuch", 404), ("/?since=x", 422), ("/?cursor=x", 422),
        ("/?tier=x", 422), ("/stories/99", 404), ("/sites/nosuch", 404), ("/nosuch", 404), ("/articles/1/copies/9", 404),
        ("/articles/3/diff", 404), ("/static/nosuch", 404), ("/static/..%2fapp.py", 404),
    ],
)  # fmt: skip
def test_a_page_that_is_none_says_so(asker: Asker, path: str, status: int) -> None:
    answer = asker.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert len(html.fromstring(answer.text).xpath("//h1")) == 1


def schedule(store: Store, minutes: float) -> None:
    """The site is polled next in so many minutes, as a scheduler that runs has planned."""
    enrol(Sites([replace(PAPER, name="bao")]), store, NOW - timedelta(days=2))
    with store.writing() as connection:
        polled = {"polled_at": NOW - timedelta(minutes=9), "outcome": "200", "why": "it has never been polled"}
        entries = [
            replace(one, next_at=NOW + timedelta(minutes=minutes), **polled) for one in agenda.entries(connection)
        ]
        agenda.keep(connection, entries)
        heartbeats.beat(connection, NOW)
        heartbeats.begin(connection, NOW - timedelta(days=1))


def test_the_board_says_when_and_why_and_what_is_late(filled: Store) -> None:
    schedule(filled, 12)
    text = seen(Asker(filled).get("/sites"))
    assert "9 phút trước" in text
    assert "sau 12 phút" in text
    assert "chưa hỏi lần nào" in text
    schedule(filled, -180)
    late = Asker(filled).get("/sites", {"Accept-Language": "en"})
    assert html.fromstring(late.text).xpath("//td[@class='bad']")
    assert "due 3 hours ago" in seen(late)


def test_a_site_shows_what_is_wrong_and_what_to_do(filled: Store) -> None:
    with filled.writing() as connection:
        seen_now = Observation("bao", "lead", at(1), "9 of 10 pages", ("https://bao.example/bai-1.html",))
        findings.note(connection, "coverage", seen_now, None, at(2))
    text = seen(Asker(filled).get("/sites/bao", {"Accept-Language": "en"}))
    for words in ("A field is missing", "9 of 10 pages", "To do: compare a page", "since 08:01 02/03"):
        assert words in text
    assert asker_metric(Asker(filled), "thoisu_findings_open") == {("coverage", "bao"): 1.0}


def test_an_alert_shows_what_it_found(filled: Store) -> None:
    alerts.add(filled, "gao OR mua", ["nhandan", "bao"], [], at(0))
    filled.save(article(8, "Giá gạo tăng mạnh"), at(8))
    alerts.write_messages(filled, NOW, ())
    asker = Asker(filled)
    asker.state.sites = Sites([replace(PAPER, name="bao")])
    text = seen(asker.get("/alerts"))
    assert "gao OR mua" in text
    assert "nhandan, Báo Mẫu" in text
    assert "Giá gạo tăng mạnh" in text


def test_every_alert_stands_on_one_of_the_pages(filled: Store) -> None:
    for n in range(45):
        alerts.add(filled, f"tin {n}", [], [], at(0))
    asker, path, found = Asker(filled), "/alerts", list[str]()
    while path:
        page = html.fromstring(asker.get(path).text)
        found += page.xpath("//section/h2/text()")
        path = next((f"/alerts{address}" for address in page.xpath("//a[@rel='next']/@href")), "")
    assert found == [f"tin {n}" for n in range(45)]


def test_a_sink_shows_how_far_it_is(filled: Store, tmp_path: Path) -> None:
    path = tmp_path / "sinks.toml"
    path.write_text('[archive]\nurl = "jsonl:feed/"\n', "utf-8")
    asker = Asker(filled, sinks=path)
    assert "archive" in seen(asker.get("/sinks"))
    assert asker.get("/api/v1/sinks").json()["items"][0]["behind"] == 6
    assert asker_metric(asker, "thoisu_sink_behind_changes") == {("archive",): 6.0}
    path.write_text("nonsense", "utf-8")
    assert "không đọc được" in seen(Asker(filled, sinks=path).get("/sinks"))
    assert Asker(filled, sinks=path).get("/api/v1/sinks").status_code == 422


def asker_metric(asker: Asker, name: str) -> dict[tuple[str, ...], float]:
    """The samples of a metric by their labels' values, in the order of the labels' names."""
    families = text_string_to_metric_families(asker.get("/metrics").text)
    return {
        tuple(value for _, value in sorted(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
        if sample.name == name
    }


def test_metrics_count_what_the_store_has(filled: Store) -> None:
    schedule(filled, -30)
    asker = Asker(filled)
    assert asker_metric(asker, "thoisu_changes_total") == {
        ("created", "bao"): 2.0, ("revised", "bao"): 1.0, ("withdrawn", "bao"): 1.0, ("copied", "dai"): 1.0,
        ("created", ""): 1.0,
    }  # fmt: skip
    assert asker_metric(asker, "thoisu_poll_overdue_seconds") == {("bao",): 1800.0}
    assert asker_metric(asker, "thoisu_scheduler_heartbeat_timestamp_seconds") == {(): NOW.timestamp()}
    filled.save(article(9, "Mới"), at(9))
    with filled.reading() as connection:
        assert asker.state.counts.of_changes(connection)["bao", "created"] == 3


def test_ready_is_red_when_polls_are_overdue(filled: Store) -> None:
    assert Asker(filled).get("/readyz").status_code == 200
    schedule(filled, 10)
    assert Asker(filled).get("/readyz").status_code == 200
    schedule(filled, -180)
    late = Asker(filled).get("/readyz")
    assert (late.status_code, "bao: due 3 hours ago" in late.text) == (503, True)
    with filled.writing() as connection:
        heartbeats.beat(connection, NOW - timedelta(hours=3))
    assert "Nobody polls" not in late.text
    assert "2 polls are due" in Asker(filled).get("/readyz").text
    assert Asker(filled).get("/healthz").status_code == 200


def test_an_edit_is_an_entry_of_its_own(filled: Store) -> None:
    def ids() -> list[str]:
        return [item["id"] for item in json.loads(Asker(filled).get("/feeds/articles.json?edited=1").text)["items"]]

    before = ids()
    assert before[0].endswith(":article:1:revision:2")
    filled.save(article(1, "Lại sửa"), at(9))
    assert ids() != before

"""Keyword alerts: how queries are read, what they find, and that each page is told once, on both databases."""

from __future__ import annotations

import json
import re
import threading
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.alerts import alerts, digest, notify, status, targets
from crawler.catalogue import said
from crawler.errors import BadInput
from crawler.items import Link
from crawler.monitor import BY_NAME
from crawler.newsroom import words
from crawler.store import SourceState, Store, findings, frontier, messages
from crawler.store.findings import Observation
from crawler.text import without_marks
from crawler.text.matching import SearchedText, around, match
from crawler.text.query import LONGEST, All, Either, Node, Not, Phrase, hints, parse
from crawler.text.query import written as as_understood
from crawler.text.words import words_of
from tests.support import T0, article, at

SYLLABLES = sorted({word for place in words.PLACES for word in place.lower().split() if word.isalpha()})
PHRASES = st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=3).map(" ".join)


def found(query: str, body: str, title: str = "Tiêu đề", lead: str | None = None) -> str | None:
    return match(parse(query), SearchedText.of(article(1, body, title=title, lead=lead)))


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("nước sạch", "Dự án nước sạch."),
        ("nước sạch", "Dự án NƯỚC\u00a0 SẠCH."),
        ("nuoc sach", "Dự án nước sạch."),
        ("NUOC SACH", "Dự án nước sạch."),
        ("hoà bình", "Hòa bình lập lại."),
        ("hòa bình", unicodedata.normalize("NFD", "Hoà bình lập lại.")),
        ("đường", "Con đường mới."),
        ("duong", "Con Đường mới."),
        ("85/NQ-CP", "Nghị quyết số 85/NQ-CP."),
        ("covid 19", "Dịch Covid-19."),
        ("giá điện", "Giá “điện” tăng."),
        ('"nước sạch" Huế', "Ở Huế có nước sạch."),
        ("nước sạch AND Huế", "Ở Huế có nước sạch."),
        ("giá vàng OR nước sạch", "Có nước sạch."),
        ("nước sạch NOT Hà Nội", "Ở Huế có nước sạch."),
        ("(giá vàng OR nước sạch) (Huế OR Vinh)", "Ở Vinh có nước sạch."),
        ("“nước sạch”", "Có nước sạch."),
        ('"OR" nước', "Nước và OR."),
        ("or", "Chữ or viết thường."),
        ("nước\u200b sạch", "Có nước\u00ad sạch."),
    ],
)
def test_is_found(query: str, body: str) -> None:
    assert found(query, body) is not None


@pytest.mark.parametrize(
    "unit",
    ["….", '." ', "a. ", '".”) ', "! ", ".  \u00a0 ", "TP. ", "1. ", "(“(", "A.B.", "?!…\n", "con đê "],
)
def test_a_text_without_an_end_is_read_once(unit: str) -> None:
    # Each of these took minutes, or hours, when every full stop had the text before it read again.
    filling = unit * (300_000 // len(unit))
    sentence = found("nước sạch", f"{filling} có nước sạch {filling}")
    assert sentence is not None
    assert "nước sạch" in sentence
    assert len(sentence) < 320
    assert found(f'"{"con đê " * 60}nước"', filling) is None


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("nước sạch", "Dự án nuoc sach."),
        ("nước sạch", "Dự án nước sách."),
        ("ước sạch", "Dự án nước sạch."),
        ("nước sạ", "Dự án nước sạch."),
        ("cho phép", "Chợ phép tắc."),
        ("nước sạch", "Hết nước. Sạch bóng."),
        ("nước sạch", "Có nước, sạch sẽ."),
        ("nước sạch", "Hết nước\nSạch bóng"),
        ("85/NQ-CP", "Nghị quyết số 86/NQ-CP."),
        ("bà", "Bá Thước."),
        ("nước sạch AND Huế", "Có nước sạch."),
        ("nước sạch NOT Hà Nội", "Ở Hà Nội có nước sạch."),
        ("nước sạch NOT (Huế OR Hà Nội)", "Ở Huế có nước sạch."),
        ('"nước Huế"', "Ở Huế có nước."),
    ],
)
def test_is_not_found(query: str, body: str) -> None:
    assert found(query, body) is None


def test_title_and_lead_count_and_the_sentence_comes_from_the_text() -> None:
    assert found('"nước sạch" Huế', "Tỉnh khởi công. Cả Huế mừng.", "Nước sạch về làng") == "Cả Huế mừng."
    assert found("nước sạch", "Tỉnh khởi công.", "Nước sạch về làng") == "Nước sạch về làng"
    assert found("nước sạch", "Có nước sạch.", "Tin", "Sáng nay, nước sạch đã về.") == "Sáng nay, nước sạch đã về."
    assert found("làng khởi công", "Khởi công.", "Về làng") is None, "a phrase does not go on from title to text"


@pytest.mark.parametrize(
    ("text", "word", "sentence"),
    [
        ("Một câu. Hai từ khóa đây. Ba.", "khóa", "Hai từ khóa đây."),
        ("Tại TP. Hồ Chí Minh, khóa học mở. Hết.", "khóa", "Tại TP. Hồ Chí Minh, khóa học mở."),
        ("Ông Nguyễn A. Tuấn mở khóa. Hết.", "khóa", "Ông Nguyễn A. Tuấn mở khóa."),
        ("Giá 3.500 đồng, khóa 2. Hết.", "khóa", "Giá 3.500 đồng, khóa 2. Hết."),
        ('Ông nói: "Xong rồi!" Bà mở khóa? Hết.', "khóa", "Bà mở khóa?"),
        ("đầu\nMở khóa\ncuối.", "khóa", "Mở khóa"),
        ("khóa", "khóa", "khóa"),
    ],
)
def test_the_sentence_around_a_word(text: str, word: str, sentence: str) -> None:
    place = text.index(word)
    assert around(text, place, place + len(word)) == sentence


def test_a_long_sentence_is_cut_at_words() -> None:
    text = "một hai ba " * 100 + "khóa " + "bốn năm sáu " * 100
    cut = around(text, text.index("khóa"), text.index("khóa") + 4)
    assert "khóa" in cut
    assert cut.startswith("… ") and cut.endswith(" …")  # noqa: PT018
    assert len(cut) <= 310
    assert set(cut.strip("… ").split()) <= set(text.split())


@given(st.text(max_size=80), st.data())
def test_a_sentence_holds_its_place_and_stays_in_its_line(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    if "\n" in text[start:end]:
        return
    sentence = around(text, start, end)
    assert " ".join(text[start:end].split()) in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("", "the query is empty; write the words to look for"),
        ("  ", "the query is empty; write the words to look for"),
        ('"nước sạch', "a quotation mark is not closed before 'nước sạch'"),
        ("(nước", "a parenthesis is not closed"),
        ("nước)", "a parenthesis is closed that was not opened"),
        ("()", "words are missing behind ("),
        ("nước OR", "words are missing behind OR"),
        ("AND nước", 'words are missing at the beginning, before AND; "AND" in quotes is a word'),
        ("NOT nước", "'NOT nước' names nothing that a page must have; a NOT needs words beside it"),
        ("nước OR NOT Huế", "'nước OR NOT Huế' names nothing that a page must have; a NOT needs words beside it"),
        ("!!!", "'!!!' has neither letters nor digits"),
        ('""', "'' has neither letters nor digits"),
        ("(" * 50 + "nước" + ")" * 50, "parentheses and NOTs stand more than 20 deep"),
        ("nước " * 200, f"a query has {LONGEST} characters at most, not 1000"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused_with_one_line(query: str, reason: str) -> None:
    with pytest.raises(BadInput) as error:
        parse(query)
    assert str(error.value) == reason


@given(st.text(alphabet='ướđabc AND OR NOT()" -/\n', max_size=60))
def test_any_query_is_read_or_refused_with_one_line(query: str) -> None:
    try:
        parse(query)
    except BadInput as error:
        lines = str(error).splitlines()
    else:
        lines = ["it is read"]
    assert len(lines) == 1


NODES: st.SearchStrategy[Node] = st.recursive(
    PHRASES.map(lambda text: parse(f'"{text}"')),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Either(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=6,
)


def written(node: Node) -> str:
    match node:
        case Phrase(parts):
            return f'"{" ".join(parts)}"'
        case All(parts):
            return f"({' AND '.join(map(written, parts))})"
        case Either(parts):
            return f"({' OR '.join(map(written, parts))})"
        case Not(part):
            return f"NOT {written(part)}"


def holds(node: Node, text: str) -> bool:
    """The meaning of a query, said another way: over a line of syllables parted by single blanks."""
    match node:
        case Phrase(parts, marked):
            line = text if marked else without_marks(text)
            return f" {' '.join(parts)} " in f" {line} "
        case All(parts):
            return all(holds(part, text) for part in parts)
        case Either(parts):
            return any(holds(part, text) for part in parts)
        case Not(part):
            return not holds(part, text)


@given(NODES, st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=12).map(" ".join))
def test_a_query_means_what_it_says(node: Node, text: str) -> None:
    assert node.holds(SearchedText(text)) is holds(node, " ".join(words_of(text).exact.split()))


@given(NODES)
def test_a_query_is_read_as_it_is_written(node: Node) -> None:
    try:
        again = parse(written(node))
    except BadInput as error:
        assert "names nothing" in str(error)  # noqa: PT017
    else:
        assert again == node


@given(PHRASES, st.lists(st.sampled_from(SYLLABLES), max_size=5), st.lists(st.sampled_from(SYLLABLES), max_size=5))
def test_words_without_marks_find_those_with_them(phrase: str, before: list[str], after: list[str]) -> None:
    text = " ".join([*before, phrase, *after])
    assert found(phrase, text) is not None
    assert found(without_marks(phrase), text) is not None


# --- alerts over the change feed ------------------------------------------------------------------------------------


class Post(HTTPServer):
    """Takes the messages of apprise's json:// on loopback; refuses while `broken`."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.tries = 0
        self.broken = False
        super().__init__(("127.0.0.1", 0), _Taker)

    @property
    def target(self) -> str:
        return f"json://127.0.0.1:{self.server_port}/?cto=60&rto=60"  # seconds: apprise gives up after four


class _Taker(BaseHTTPRequestHandler):
    server: Post

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.tries += 1
        if not self.server.broken:
            self.server.taken.append(json.loads(body))
        self.send_response(503 if self.server.broken else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def post() -> Iterator[Post]:
    server = Post()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def told(store: Store, post: Post, minutes: int = 0) -> list[str]:
    """The bodies of the messages of one round."""
    before = len(post.taken)
    alerts.write_messages(store, at(minutes), [post.target])
    notify.flush(store, at(minutes), [post.target])
    return [message["message"] for message in post.taken[before:]]


def test_what_is_new_is_told_once_with_its_sentence(store: Store, post: Post) -> None:
    store.save(article(1, "Cũ: có nước sạch."), T0)
    alerts.add(store, "nước sạch", [], [], T0)
    assert told(store, post) == [], "what was there before is not news"
    store.save(article(2, "Một. Ở Huế có nước sạch. Ba."), T0)
    store.save(article(3, "Khác hẳn."), T0)
    assert told(store, post) == [
        "Tiêu đề 2\nỞ Huế có nước sạch.\nnew · bao · 02/03/2026 08:02\nhttps://bao.example/bai-2.html"
    ]
    assert post.taken[0]["title"] == "thoisu: nước sạch: 1 page"
    assert told(store, post) == []
    store.save(article(2, "Một. Ở Huế đã có nước sạch. Ba."), T0)
    assert told(store, post) == [], "an article is told once"
    store.save(article(3, "Nay có nước sạch."), T0)
    (message,) = told(store, post)
    assert "Nay có nước sạch.\nrevised, now revision 2 · bao · " in message, "a revision can bring the words"
    store.withdraw(article(3).canonical_url, at(5))
    store.save(article(3, "Nay có nước sạch."), at(6))
    store.save(article(4, "Nay có nước sạch."), at(7))
    assert told(store, post) == [], "neither a return nor an exact copy is told again"


def test_sites_and_targets_of_an_alert(store: Store, post: Post) -> None:
    other = Post()
    threading.Thread(target=other.serve_forever, args=(0.01,), daemon=True).start()
    try:
        alerts.add(store, "nuoc sach", ["hai"], [other.target], T0)
        store.save(article(1, "Có nước sạch ở một.", site="bao"), T0)
        store.save(article(2, "Có nước sạch ở hai.", site="hai"), T0)
        store.save(article(3, "Có nước sạch ở một.", site="hai"), T0)
        assert told(store, post) == []
        (message,) = other.taken
        assert "ở hai" in message["message"]
        assert "bai-3" in message["message"], "a copy on a site of the alert tells of the article"
    finally:
        other.shutdown()
        other.server_close()


def test_a_clock_that_was_ahead_puts_no_message_off(store: Store, post: Post) -> None:
    alerts.add(store, "nước sạch", [], [], T0)
    post.broken = True
    store.save(article(1, "Có nước sạch."), T0)
    assert told(store, post, 60 * 24 * 365) == []
    post.broken = False
    assert len(told(store, post, 1)) == 1


def test_a_target_that_fails_is_tried_again_later_and_nothing_is_lost(store: Store, post: Post) -> None:
    alerts.add(store, "nước sạch", [], [], T0)
    post.broken = True
    for number in range(1, 4):
        store.save(article(number, f"Có nước sạch {number}."), T0)
        assert told(store, post, number) == []
    assert post.tries == 1, "it is left alone for a while, with all that waits behind"
    told(store, post, 6)
    assert post.tries == 2
    with store.reading() as connection:
        assert [(about, count) for about, count, _, error in messages.stuck(connection, 2) if error] == [("watch-1", 1)]
    post.broken = False
    assert told(store, post, 7) == [], "the pause has grown"
    assert [body.splitlines()[1] for body in told(store, post, 60)] == [f"Có nước sạch {n}." for n in (1, 2, 3)]
    assert told(store, post, 600) == []


def test_an_article_that_cannot_be_searched_is_passed_over_by_name(
    store: Store, post: Post, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    usual = alerts.match

    def poisoned(query: Node, text: SearchedText) -> str | None:
        while any("độc" in line for line in text.lines):
            pass
        return usual(query, text)

    monkeypatch.setattr(alerts, "match", poisoned)
    monkeypatch.setattr(alerts, "SECONDS", 0.1)
    alerts.add(store, "nước sạch", [], [], T0)
    for number, body in enumerate(("Có nước sạch.", "Có nước sạch độc.", "Có nước sạch nữa.")):
        store.save(article(number + 1, body), T0)
    assert len(told(store, post)) == 1
    assert [
        record.getMessage().split(" is ")[1][:23] for record in caplog.records if record.name == alerts.__name__
    ] == ["not searched for alerts"]


def test_without_a_target_hits_wait_for_one(store: Store, post: Post) -> None:
    alerts.add(store, "nước sạch", [], [], T0)
    store.save(article(1, "Có nước sạch."), T0)
    assert alerts.write_messages(store, T0, []) == 0
    assert len(told(store, post)) == 1


def test_many_hits_come_in_messages_of_a_size(store: Store, post: Post) -> None:
    alerts.add(store, "nước sạch", [], [], T0)
    for number in range(alerts.PAGES + 1):
        store.save(article(number, f"Có nước sạch {number}."), T0)
    assert [body.count("https://") for body in told(store, post)] == [alerts.PAGES, 1]


@pytest.mark.parametrize("batch", [1, 2, 200])
def test_alerts_that_came_at_different_times_see_all_of_their_time(
    store: Store, post: Post, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:  # fmt: skip
    monkeypatch.setattr(alerts, "BATCH", batch)
    for number in range(1, 5):
        alerts.add(store, "nước sạch", [], [], T0)
        store.save(article(number, f"Có nước sạch {number}."), T0)
    told(store, post)
    with store.reading() as connection:
        assert alerts.totals(connection) == {1: (4, 4), 2: (3, 3), 3: (2, 2), 4: (1, 1)}


def test_a_crash_between_search_and_message_repeats_nothing(
    store: Store, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    alerts.add(store, "nước sạch", [], [], T0)
    store.save(article(1, "Có nước sạch."), T0)
    with monkeypatch.context() as patched:
        patched.setattr(messages, "put", _crash)
        with pytest.raises(KeyboardInterrupt):
            told(store, post)
    with monkeypatch.context() as patched:
        patched.setattr(alerts, "_note_written", _crash)
        with pytest.raises(KeyboardInterrupt):
            told(store, post)
    assert len(told(store, post)) == 1
    assert told(store, post) == []


def backfilled(store: Store, *numbers: int) -> None:
    """Have a backfill list articles."""
    urls = [article(number).canonical_url for number in numbers]
    with store.writing() as connection:
        frontier.save_backfill_page(
            connection, "https://bao.example/s.xml", "s", {url: Link(url) for url in urls}, "bao", T0
        )


def shown(store: Store, *numbers: int) -> None:
    """Have a scheduled source show articles."""
    state = SourceState(url="https://bao.example/rss", checked_at=T0)
    store.save_source(state, [Link(article(number).canonical_url) for number in numbers], "bao")


def pages(messages: list[str]) -> list[int]:
    return [int(number) for message in messages for number in re.findall(r"bai-(\d+)", message)]


def test_what_a_backfill_brings_is_no_news_unless_a_poll_has_shown_it(store: Store, post: Post) -> None:
    alerts.add(store, "nước sạch", [], [], T0)
    shown(store, 1)
    backfilled(store, 1, 2, 3, 4)
    shown(store, 3)
    for number in (1, 2, 3, 4):
        store.save(article(number, f"Có nước sạch {number}."), at(number))
    shown(store, 2)
    assert pages(told(store, post)) == [1, 3], "what a poll has shown, before the backfill or after it"
    store.save(article(2, "Nay vẫn có nước sạch."), at(9))
    assert pages(told(store, post)) == [2], "an edit that a poll shows is news"


def test_an_archive_does_not_take_back_what_a_poll_has_shown(store: Store, post: Post) -> None:
    alerts.add(store, "nước sạch", [], [], T0)
    backfilled(store, 1, 2)
    shown(store, 1)
    for number in (1, 2):
        store.save(article(number, f"Có nước sạch {number}."), at(number))
    with store.writing() as connection:
        frontier.mark_from_backfill(connection, [article(number).canonical_url for number in (1, 2)], new=False)
    assert pages(told(store, post)) == [1]


def test_a_page_that_names_another_address_is_of_the_past_as_its_link_was(store: Store, post: Post) -> None:
    alerts.add(store, "nước sạch", [], [], T0)
    backfilled(store, 1)
    shown(store, 2)
    store.save(article(11, "Có nước sạch một."), at(1), link=article(1).canonical_url)
    store.save(article(12, "Có nước sạch hai."), at(1), link=article(2).canonical_url)
    assert pages(told(store, post)) == [12]


def test_an_old_page_that_a_poll_shows_is_news(store: Store, post: Post) -> None:
    alerts.add(store, "nước sạch", [], [], T0)
    store.save(article(1, "Có nước sạch.", published_at=T0 - timedelta(days=900)), T0)
    assert pages(told(store, post)) == [1]


def _crash(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_removed_alert_is_gone_and_its_number_too(store: Store, post: Post) -> None:
    number = alerts.add(store, "nước sạch", [], [], T0)
    store.save(article(1, "Có nước sạch."), T0)
    told(store, post)
    alerts.remove(store, number)
    with pytest.raises(BadInput, match=f"there is no alert {number}"):
        alerts.remove(store, number)
    assert alerts.add(store, "nước sạch", [], [], T0) > number


def test_a_message_to_a_target_that_is_no_more_is_dropped(store: Store, post: Post) -> None:
    number = alerts.add(store, "nước sạch", [], ["json://127.0.0.1:9/"], T0)
    store.save(article(1, "Có nước sạch."), T0)
    alerts.write_messages(store, T0, [])
    alerts.remove(store, number)
    assert notify.flush(store, T0, [post.target]) == (0, 0)
    with store.reading() as connection:
        assert messages.unsent(connection) == []


@pytest.mark.parametrize(
    ("target", "fault"),
    [
        ("nirgends", "a target is a file of apprise's or an address that apprise knows, such as mailto:// or tgram://"),
        ("", "a target is a file of apprise's or an address that apprise knows, such as mailto:// or tgram://"),
        ("gibtsnicht://geheim", "'gibtsnicht' begins no address that apprise knows, such as mailto:// or tgram://"),
        ("json://", "what follows json:// is not as apprise knows it; see https://appriseit.com/services/json/"),
        ("mailto://u:geheim@", "what follows mailto:// is not as apprise knows it; see https://appriseit.com/services/email/"),
        ("tgram://geheim/1", "what follows tgram:// is not as apprise knows it; see https://appriseit.com/services/telegram/"),
    ],
)  # fmt: skip
def test_what_apprise_does_not_know_is_refused_by_what_is_wrong(target: str, fault: str) -> None:
    with pytest.raises(BadInput) as error:
        targets.opened(target)
    assert str(error.value) == fault


def test_the_setting_is_validated_as_a_whole() -> None:
    assert notify.validated("") == ()
    assert notify.validated("json://a json://b") == ("json://a", "json://b")
    with pytest.raises(BadInput, match="THOISU_NOTIFY: what follows json"):
        notify.validated("json://a json://")


def test_targets_of_the_setting(tmp_path: Any) -> None:
    assert notify.split("") == ()
    assert notify.split("json://a  json://b") == ("json://a", "json://b")
    config = tmp_path / "apprise config.yml"
    config.write_text("urls:\n  - json://localhost\n")
    assert notify.split(str(config)) == (str(config),)
    targets.opened(str(config))
    config.write_text("nothing")
    with pytest.raises(BadInput, match="names no address"):
        targets.opened(str(config))


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("json://127.0.0.1:18099/?+X-Auth-Token=GEHEIM", "json://127.0.0.1:18099/… (TAG)"),
        ("jsons://u:GEHEIM@bao.example/path/GEHEIM2", "jsons://bao.example/… (TAG)"),
        ("ntfy://GEHEIM", "ntfy://… (TAG)"),
        ("tgram://123456789:abcdefg_hijklmnop/12315544/", "tgram://… (TAG)"),
        ("mailto://ai:GEHEIM@bao.example", "mailto:ai@bao.example"),
        ("mailtos://ai:GEHEIM@bao.example/an@dai.example/lan@dai.example", "mailto:an@dai.example,lan@dai.example"),
        ("gibtsnicht://GEHEIM", "gibtsnicht://… (TAG)"),
    ],
)
def test_of_a_target_only_what_is_no_secret_is_shown(target: str, shown: str) -> None:
    assert targets.masked(target) == shown.replace("TAG", targets.key(target)[:4])


def test_the_reason_is_what_apprise_says_without_secrets() -> None:
    said = ["Failed to send to http://127.0.0.1:9/a/GEHEIM%2F1, token GEHEIM/1"]
    assert targets.reason("json://127.0.0.1:9/a/GEHEIM%2F1", said) == (
        "Failed to send to http://127.0.0.1:9/a/…, token …"
    )
    assert targets.reason("json://127.0.0.1:9/", []) == "apprise gives no reason"


def test_what_is_logged_of_a_try_is_the_reason_and_goes_nowhere_else(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with pytest.raises(notify.Undelivered) as error:
        notify.send("json://127.0.0.1:9/GEHEIM?+X=GEHEIM", "Tin", "Có nước sạch.")
    assert str(error.value) == (
        "A Connection error occurred sending JSON notification to 127.0.0.1. (Connection refused)"
    )
    assert "GEHEIM" not in caplog.text


# --- how far it has come --------------------------------------------------------------------------------------------


def status_of(store: Store, number: int, setting: str = "") -> status.AlertStatus:
    with store.reading() as connection:
        return status.alert_statuses(connection, [setting])[number]


def test_what_is_sent_and_what_waits_is_counted_by_page_with_the_reason(store: Store, post: Post) -> None:
    broken = "json://127.0.0.1:9/GEHEIM"
    one, two = (alerts.add(store, "nước sạch", [], notify, T0) for notify in ([], [broken, post.target]))
    for number in range(alerts.PAGES + 2):
        store.save(article(number, f"Có nước sạch {number}."), T0)
    post.broken = True
    told(store, post)
    waiting = status_of(store, one, post.target)
    assert (waiting.found, waiting.sent, waiting.waiting) == (22, 0, 22)
    (target,) = waiting.targets
    assert (target.target, target.messages, target.pages) == (targets.masked(post.target), 2, 22)
    assert "503" in str(target.reason)
    post.broken = False
    assert len(told(store, post, 10)) == 4
    assert status_of(store, one, post.target) == status.AlertStatus(found=22, sent=22, waiting=0, targets=())
    half = status_of(store, two)
    assert (half.found, half.sent, half.waiting) == (22, 0, 22), "one of two targets has them"
    assert [(one.messages, one.pages) for one in half.targets] == [(2, 22)]
    assert "GEHEIM" not in str(half)


def test_pages_without_a_target_wait(store: Store) -> None:
    number = alerts.add(store, "nước sạch", [], [], T0)
    store.save(article(1, "Có nước sạch."), T0)
    alerts.write_messages(store, T0, [])
    assert status_of(store, number) == status.AlertStatus(found=1, sent=0, waiting=1, targets=())


def test_pages_for_a_target_that_is_no_more_go_to_the_one_in_its_place(store: Store, post: Post) -> None:
    number = alerts.add(store, "nước sạch", [], [], T0)
    store.save(article(1, "Có nước sạch."), T0)
    alerts.write_messages(store, T0, ["json://127.0.0.1:9/"])
    assert told(store, post, 1) == []
    assert status_of(store, number, post.target).waiting == 1
    assert len(told(store, post, 2)) == 1
    assert status_of(store, number, post.target).sent == 1


def test_what_one_of_two_targets_has_is_not_told_again_when_the_other_is_no_more(
    store: Store, post: Post
) -> None:  # fmt: skip
    alerts.add(store, "nước sạch", [], [], T0)
    store.save(article(1, "Có nước sạch."), T0)
    both = [post.target, "json://127.0.0.1:9/"]
    alerts.write_messages(store, T0, both)
    for days in (0, 40, 80):
        notify.flush(store, T0 + timedelta(days=days), both)
    assert len(post.taken) == 1
    assert told(store, post, 81 * 24 * 60) == told(store, post, 82 * 24 * 60) == []


# --- what a query means ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "understood"),
    [
        ("Nước  sạch", '"nước sạch"'),
        ('"nước sạch" NOT "giá điện"', '"nước sạch" AND NOT "giá điện"'),
        ("nước sạch (Huế OR Vinh) OR 85/NQ-CP", '("nước sạch" AND ("huế" OR "vinh")) OR "85 nq cp"'),
        ("nước NOT (Huế OR Vinh)", '"nước" AND NOT ("huế" OR "vinh")'),
        ("hoà bình not giá", '"hòa bình not giá"'),
    ],
)
def test_a_query_is_repeated_as_it_was_understood(query: str, understood: str) -> None:
    assert understood == as_understood(parse(query))


@given(NODES)
def test_what_was_understood_is_understood_again(node: Node) -> None:
    try:
        again = parse(as_understood(node))
    except BadInput as error:
        assert "names nothing" in str(error)  # noqa: PT017
    else:
        assert again == node


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("nước sạch OR Huế", []),
        ('"85/NQ-CP" "Covid-19" (đường NOT hòa\u0300)', []),
        ('nước "and" sạch', []),
        ("nước and sạch or Huế", ['"and", "or" is looked for as a word; AND, OR and NOT are written in capitals']),
        ("nước* | 😀", ["signs are not looked for: | 😀"]),
    ],
)
def test_what_may_have_been_meant_otherwise_is_said(query: str, said: list[str]) -> None:
    assert list(hints(query)) == said


# --- findings in messages -------------------------------------------------------------------------------------------


def note(store: Store, name: str, site: str | None = "bao", minutes: int = 0) -> None:
    with store.writing() as connection:
        findings.note(
            connection, name, Observation(site, "", T0, "3 of 4", ("https://bao.example/1",)), None, at(minutes)
        )


def end(store: Store, minutes: int) -> None:
    with store.writing() as connection:
        findings.close(connection, [one.id for one in findings.opened(connection)], at(minutes))


def sent(store: Store, post: Post, minutes: int) -> list[str]:
    before = len(post.taken)
    digest.write_messages(store, at(minutes), [post.target])
    notify.flush(store, at(minutes), [post.target])
    return [message["title"] for message in post.taken[before:]]


def test_a_finding_is_told_once_and_its_end_once(store: Store, post: Post) -> None:
    note(store, "layout")
    assert sent(store, post, 0) == ["thoisu: 1 new"]
    assert "3 of 4" in post.taken[0]["message"]
    assert "To do: " in post.taken[0]["message"]
    assert sent(store, post, 3000) == []
    end(store, 3001)
    assert sent(store, post, 3002) == ["thoisu: 1 over"]
    assert sent(store, post, 9000) == []


def test_messages_are_written_in_the_language_that_is_asked_for(store: Store, post: Post) -> None:
    alerts.add(store, "nước sạch", [], [], T0)
    store.save(article(2, "Ở Huế có nước sạch."), T0)
    note(store, "layout")
    alerts.write_messages(store, at(0), [post.target], language="vi")
    digest.write_messages(store, at(0), [post.target], "vi")
    notify.flush(store, at(0), [post.target])
    end(store, 1)
    digest.write_messages(store, at(1441), [post.target], "vi")
    notify.flush(store, at(1441), [post.target])
    page, opened, ended = post.taken
    assert page["title"] == "thoisu: nước sạch: 1 trang đăng"
    assert page["message"].splitlines()[2] == "mới · bao · 02/03/2026 08:02"
    assert opened["title"] == "thoisu: 1 mới"
    assert opened["message"].splitlines()[0] == "layout bao, từ 02/03/2026 08:00"
    assert "\nCần làm: " in opened["message"]
    assert said(BY_NAME["layout"].says, "vi") in opened["message"]
    assert ended["title"] == "thoisu: 1 đã hết"
    assert ended["message"] == "đã hết: layout bao, từ 02/03/2026 08:00 đến 02/03/2026 08:01"


def test_a_digest_a_day_and_urgent_ones_within_the_hour(store: Store, post: Post) -> None:
    note(store, "layout")
    assert sent(store, post, 0) == ["thoisu: 1 new"]
    note(store, "coverage", minutes=10)
    note(store, "disk", None, minutes=10)
    assert sent(store, post, 20) == ["thoisu: 1 new"], "the urgent one alone"
    note(store, "silence", minutes=30)
    assert sent(store, post, 40) == [], "not twice in an hour"
    assert sent(store, post, 81) == ["thoisu: 1 new"]
    assert sent(store, post, 24 * 60 - 1) == []
    assert sent(store, post, 24 * 60) == ["thoisu: 1 new"], "what was left for the next day"


def test_what_is_over_before_anybody_heard_of_it_is_not_told(store: Store, post: Post) -> None:
    note(store, "layout")
    sent(store, post, 0)
    end(store, 1)
    sent(store, post, 24 * 60)
    note(store, "coverage", minutes=24 * 60 + 1)
    end(store, 24 * 60 + 2)
    assert sent(store, post, 48 * 60) == []
    assert timedelta(minutes=48 * 60) > digest.DAY

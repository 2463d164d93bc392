"""The catalogue has every text of the pages, and its two languages say the same with the same values."""

from __future__ import annotations

import ast
import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.backfill.gaps import Cause
from crawler.catalogue import _ABOUT, _sections, chosen, entries, retold, said, said_of_many
from crawler.compare import EDIT_KINDS, RelationKind
from crawler.deliver.sink import SinkReason
from crawler.errors import BadInput, Refusal
from crawler.items import Event, Kind
from crawler.learn.proof import Fault
from crawler.monitor import CHECKS
from crawler.sites import Tier
from crawler.text.query import parse
from tests.sayings import SENTENCE, VALUE, is_known, literals, name_of, samples, tree_of
from tests.support import ROOT

ERRORS = frozenset({
    "BadInput", "BadSite", "Damaged", "LockTaken", "NotLearned", "Poisoned", "SinkFailed", "StoreFailed", "Stopped",
})  # fmt: skip
"""What is shown to a person as the sentence that it was raised with; and what a doctor, a proof or a site's pages said."""
REPORTS = [
    path
    for names in ("maintenance/doctor.py", "maintenance/room.py", "monitor/*_checks.py", "schedule/reasons.py",
                  "learn/closed.py", "learn/ex*.py", "learn/learned.py", "learn/witnesses.py", "repair/*.py")
    for path in (ROOT / "crawler").glob(names)
]  # fmt: skip
NOT_TOLD = frozenset({"exec_driver_sql", "info"})
PUT_TOGETHER = {
    "{n} min",
    f"Of sites of this tier ({', '.join(get_args(Tier))}). Repeatable.",
    f"One of {', '.join(get_args(Kind))}.",
    f"Of {', '.join(get_args(Event))}, only this. Repeatable.",
    "Show this message and exit.",
}
"""What has an entry and stands nowhere in one piece; the last is Typer's."""
WEB = ROOT / "crawler" / "web"
SPOKEN = re.compile(r"""(?:\b_|page|about)\(\s*("[^"]+"|'[^']+')(?!\s*~)""")
COUNTED = re.compile(r"""many\(\s*"[^"]+",\s*"([^"]+)\"""")


def test_every_text_of_the_pages_has_an_entry() -> None:
    texts = [path.read_text("utf-8") for path in (*WEB.glob("*.py"), *WEB.glob("templates/*.html"))]
    said_there = {found[1:-1] for text in texts for found in SPOKEN.findall(text)}
    said_there |= {found for text in texts for found in COUNTED.findall(text)}
    assert len(said_there) > 100
    assert said_there - entries() == set()


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ("tier", get_args(Tier)), ("kind", get_args(Kind)), ("event", get_args(Event)), ("edit", EDIT_KINDS),
        ("relation", get_args(RelationKind)), ("refusal", tuple(Refusal)), ("sink", ("new", "ok", *get_args(SinkReason))), ("fault", get_args(Fault)),
        ("gap", get_args(Cause)),
    ],
)  # fmt: skip
def test_every_word_has_an_entry_and_there_is_no_other(about: str, words: tuple[str, ...]) -> None:
    assert {text for text in entries() if text.startswith(f"{about}: ")} == {f"{about}: {word}" for word in words}


def test_every_entry_stands_in_the_code() -> None:
    files = (path for name in ("alerts", "cli", "monitor", "web") for path in (ROOT / "crawler" / name).rglob("*"))
    code = " ".join(
        word for path in files if path.suffix in (".py", ".html") for word in path.read_text("utf-8").split()
    )
    unused = {text for text in entries() if not _ABOUT.match(text) and " ".join(text.split()) not in code}
    assert unused == PUT_TOGETHER


def test_every_check_has_an_entry() -> None:
    assert {text for check in CHECKS for text in (check.says, check.advice)} - entries() == set()
    parts = [text for check in CHECKS for text in (check.reads, check.bound, check.within)]
    assert [text for text in parts if SENTENCE.search(text) and not is_known(text)] == []


def test_every_error_has_its_vietnamese() -> None:
    raised = {
        f"{path.name}:{call.lineno}: {text}"
        for path in (ROOT / "crawler").rglob("*.py")
        if path.parent.name not in ("newsroom", "web")
        for call in ast.walk(tree_of(path))
        if isinstance(call, ast.Call) and name_of(call) in ERRORS
        for given in call.args
        for text in samples(given)
        if SENTENCE.search(text.replace(VALUE, "")) and not (is_known(text) or is_known(f"{VALUE} {text}"))
    }
    assert raised == set()


def test_what_is_seen_of_sites_and_of_the_store_has_its_vietnamese() -> None:
    """These texts are put together of pieces, each of which stands in a text of the catalogue."""
    texts = "\n".join(text for _, section in _sections() for text in section)
    missing = {
        f"{path.name}:{node.lineno}: {text}"
        for path in REPORTS
        for node in literals(tree_of(path), NOT_TOLD)
        for text in samples(node)
        for piece in re.split(rf"{VALUE}|\{{[^}}]*\}}|; ", text)
        if SENTENCE.search(piece) and piece.strip(" ;,:()") not in texts
    }
    assert missing == set()


def test_a_translation_names_the_values_of_the_text_and_no_others() -> None:
    def names(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", text))

    pairs = [
        (text, words if isinstance(words, str) else words[1])
        for _, section in _sections()
        for text, words in section.items()
    ]
    assert [text for text, words in pairs if names(text) != names(words)] == []


def test_a_text_with_a_number_has_two_forms_in_english_and_one_in_vietnamese() -> None:
    assert [said_of_many("{n} page", "{n} pages", n, "en") for n in (1, 2)] == ["1 page", "2 pages"]
    assert [said_of_many("{n} page", "{n} pages", n, "vi") for n in (1, 2)] == ["1 trang đăng", "2 trang đăng"]


def test_english_is_said_without_reading_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.catalogue._texts", pytest.fail)
    assert (said("nothing new", "en"), said_of_many("{n} page", "{n} pages", 2, "en")) == ("nothing new", "2 pages")


def test_a_decimal_has_a_comma_in_vietnamese() -> None:
    assert said("every {span}", "vi", span="2.5") == "mỗi 2,5"
    assert [retold(text, "vi") for text in ("99.5%", "1.2.3")] == ["99,5%", "1.2.3"]


@given(st.text("a; :7x", max_size=400))
def test_whatever_was_written_is_retold_or_left(text: str) -> None:
    assert retold(f"{text} nobody", "vi").endswith(" nobody")


def test_a_word_without_an_entry_stands_for_itself() -> None:
    assert said("refusal: of_tomorrow", "vi") == "of_tomorrow"
    assert said("no such text", "vi") == "no such text"


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ("2.5 articles are expected by then, at 0.4 an hour", "dự kiến 2,5 bài đến lúc đó, 0,4 bài mỗi giờ"),
        ("due 3 hours ago, 60 minutes are let pass: never polled", "quá hạn 3 giờ, cho phép 60 phút: chưa hỏi lần nào"),
        ("there is no article 7", "không có bài số 7"),
        ("article 7 has no revision before 1", "bài số 7 không có bản nào trước bản thứ 1"),
        ("no site is called 'bao'; did you mean dai?", "không có báo nào tên 'bao'; có phải dai?"),
        ("nobody wrote this {n}", "nobody wrote this {n}"),
        # A number is no words; a pattern of one clause fits no text of several; what none fits is taken apart.
        ("there is no store at x.db yet; fill one: thoisu crawl nhandan",
         "chưa có kho tại x.db; hãy thu thập lần đầu: thoisu crawl nhandan"),
        ("too young a store to tell; ask again in two days", "kho còn quá mới để biết; hãy hỏi lại sau hai ngày"),
        ("'x' is no date; write 2026-08-01 or 2026-08-01T06:30, or the number of a change",
         "'x' không phải ngày; hãy viết 2026-08-01 hoặc 2026-08-01T06:30, hoặc số của một thay đổi"),
        ("Input should be greater than or equal to 1; see thoisu --help", "phải từ 1 trở lên; xem thoisu --help"),
        ("disk_full: no space; make room, and the same command goes on",
         "đĩa đầy: no space; dọn chỗ trống rồi chạy lại lệnh này để làm tiếp"),
        ("of nobody: nobody's; nothing new", "of nobody: nobody's; chưa có tin"),
    ],
)  # fmt: skip
def test_what_was_kept_in_english_is_retold(english: str, vietnamese: str) -> None:
    assert (retold(english, "en"), retold(english, "vi")) == (english, vietnamese)


@pytest.mark.parametrize("query", ["x" * 501, " ", "-a", "...", 'a "b', "a)", "(a", "(" * 30 + "a", "a OR", "OR a", "a AND OR b",
                                   "a* b", "a*"])  # fmt: skip
def test_what_is_wrong_with_a_query_is_said_in_vietnamese_too(query: str) -> None:
    with pytest.raises(BadInput) as wrong:
        parse(query)
    assert retold(str(wrong.value), "vi") != str(wrong.value)


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("", "vi"), ("en-GB,en;q=0.9,vi;q=0.8", "en"), ("vi-VN,vi;q=0.9,en;q=0.8", "vi"), ("fr", "vi"),
        ("vi;q=0.5,en;q=0.7", "en"), ("en;q=x", "vi"), ("en_US.UTF-8", "en"),
    ],
)  # fmt: skip
def test_the_language_that_is_asked_for_most_is_taken(asked: str, language: str) -> None:
    assert chosen(asked) == language

"""What an edit changed: the way from text to text, its kind, and what is no edit at all."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console

from crawler.cli.diff import print_diff
from crawler.cli.main import main
from crawler.compare import EDIT_KINDS, DiffBlock, align, compare
from crawler.compare.align import matches
from crawler.compare.diff import compare_paragraphs, compare_words
from crawler.compare.spelling import respelt
from crawler.extract import extract
from crawler.items import Article
from crawler.store import Store
from crawler.text import content_hash
from spiders.tuoitre import Tuoitre
from tests.support import GOLDEN

T0 = datetime(2026, 3, 2, 1, tzinfo=UTC)
TITLE = "Lâm Đồng khởi công hồ chứa nước"
LEAD = "Sáng 2/3, tỉnh Lâm Đồng khởi công hồ chứa nước Ta Hoét."
BODY = (
    "Tổng vốn là 80 tỷ đồng, thực hiện trong ba năm.\n"
    "Theo Nghị quyết 85/NQ-CP, tỉnh phải đền bù xong trước mùa mưa.\n"
    "Chủ tịch tỉnh Trần Hồng Thái yêu cầu nhà thầu giữ đúng tiến độ đã hứa với người dân.\n"
    "Hồ sẽ tưới cho các xã quanh vùng."
)


def article(title: str = TITLE, lead: str | None = LEAD, body: str = BODY, **fields: Any) -> Article:
    url = "https://bao.example/bai-1.html"
    return Article(
        url=url, canonical_url=url, site="bao", title=title, lead=lead, body=body, layout="made-up",
        content_hash=content_hash(lead, body), **fields,
    )  # fmt: skip


def changed(old: str, new: str) -> set[str]:
    """The words for an edit of the body that turns `old` into `new`."""
    assert BODY.count(old) == 1
    return set(compare(article(), article(body=BODY.replace(old, new))).changed)


# Aligning

_SMALL = st.lists(st.integers(0, 3), max_size=12)


@given(_SMALL, _SMALL)
def test_the_longest_common_subsequence_is_found(a: list[int], b: list[int]) -> None:
    best = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            best[i + 1][j + 1] = best[i][j] + 1 if x == y else max(best[i][j + 1], best[i + 1][j])
    assert_matches(a, b, matches(a, b))
    assert len(matches(a, b)) == best[-1][-1]


@given(st.lists(st.integers(0, 30), max_size=60), st.lists(st.integers(0, 30), max_size=60))
def test_without_steps_left_anchors_hold_the_sides_together(a: list[int], b: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(align, "_ONE_SEARCH", 3)
        found = matches(a, b)
    assert_matches(a, b, found)


def assert_matches(a: list[int], b: list[int], found: list[tuple[int, int]]) -> None:
    assert all(a[i] == b[j] for i, j in found)
    assert all(p < q and r < s for (p, r), (q, s) in pairwise(found))


def test_the_work_is_bounded_on_long_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two texts of 40,000 words, every third word changed: the anchors still find most of what is common."""
    old = [f"w{n * n % 19_973}" if n % 4 else "và" for n in range(40_000)]
    new = [word if n % 3 else f"x{n}" for n, word in enumerate(old)]
    cells: list[int] = []
    search = align._Search._longest

    def counted(self: align._Search, rows: Sequence[int], columns: Sequence[int]) -> list[tuple[int, int]] | None:
        left = self._left
        found = search(self, rows, columns)
        cells.append(left - self._left)
        return found

    monkeypatch.setattr(align._Search, "_longest", counted)
    found = matches(old, new)
    assert len(found) > 0.9 * sum(one == other for one, other in zip(old, new, strict=True))
    assert sum(cells) <= align._ALL_SEARCHES


# The way from one text to the other

_PARAGRAPHS = st.lists(st.text("aăâ bcdđ,.12\u0301\t", max_size=30), max_size=6)


def old_and_new(before: list[str], blocks: list[dict[str, Any]]) -> tuple[list[str], list[str]]:
    """Both sides as the blocks have them; what was kept comes from `before`."""
    old: list[str] = []
    new: list[str] = []
    for block in blocks:
        if block["change"] == "kept":
            new += before[len(old) : len(old) + block["count"]]
            old += before[len(old) : len(old) + block["count"]]
            continue
        sides = [
            "".join(piece["text"] for piece in block["pieces"] if piece["mark"] != other)
            for other in ("added", "removed")
        ]
        old += [sides[0]] * (block["change"] != "added")
        new += [sides[1]] * (block["change"] != "removed")
    return old, new


@given(_PARAGRAPHS, _PARAGRAPHS)
@example(["một hai ba bốn năm sáu"], ["một hai ba", "bốn năm sáu"])
@example(["a  b"], ["a b"])
def test_blocks_lead_from_the_old_to_the_new(before: list[str], after: list[str]) -> None:
    blocks = json.loads(json.dumps([asdict(block) for block in compare_paragraphs(before, after)]))
    assert old_and_new(before, blocks) == (before, after)


@given(st.data())
def test_an_edited_text_is_reached_from_its_words(data: st.DataObject) -> None:
    words = st.lists(st.sampled_from(["xã", "nước", "hồ", "85", "của", ",", "1,5"]), max_size=40)
    old = data.draw(words)
    new = list(old)
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(new)))
        new[at : at + data.draw(st.integers(0, 2))] = data.draw(st.lists(st.sampled_from(["đập", "86"]), max_size=2))
    pieces = compare_words(" ".join(old), " ".join(new))
    assert "".join(piece.text for piece in pieces if piece.mark != "added") == " ".join(old)
    assert "".join(piece.text for piece in pieces if piece.mark != "removed") == " ".join(new)
    assert all(one.mark != other.mark for one, other in pairwise(pieces))


@given(st.text(), st.none() | st.text(), st.text())
def test_a_text_against_itself_is_no_difference(title: str, lead: str | None, body: str) -> None:
    difference = compare(article(title, lead, body), article(title, lead, body))
    assert difference.changed == ()
    assert {block.change for block in difference.blocks} <= {"kept"}


@given(*[st.text("aA àă.\n1Đ", max_size=20)] * 4)
def test_every_difference_has_a_kind(lead: str, body: str, other_lead: str, other_body: str) -> None:
    kinds = compare(article("", lead, body), article("", other_lead, other_body)).changed
    assert bool(kinds) == ((lead, body) != (other_lead, other_body))
    assert list(kinds) == [word for word in EDIT_KINDS if word in kinds]
    assert "spelling" not in kinds or kinds == ("spelling",)


def test_words_are_marked_not_paragraphs() -> None:
    after = BODY.replace("80 tỷ", "95 tỷ").replace("Hồ sẽ", "Đoạn mới hẳn.\nHồ sẽ")
    blocks = compare(article(), article(body=after)).blocks
    assert [(block.part, block.change, block.count) for block in blocks] == [
        ("title", "kept", 1), ("lead", "kept", 1), ("body", "changed", 1), ("body", "kept", 2), ("body", "added", 1),
        ("body", "kept", 1),
    ]  # fmt: skip
    assert [(piece.mark, piece.text) for piece in blocks[2].pieces] == [
        ("kept", "Tổng vốn là "), ("removed", "80"), ("added", "95"), ("kept", " tỷ đồng, thực hiện trong ba năm."),
    ]  # fmt: skip


def test_numbers_and_dates_change_as_a_whole() -> None:
    pieces = compare_words("Từ 12/8/2026, giá 1,5 triệu", "Từ 13/8/2026, giá 1,25 triệu")
    assert [piece.text for piece in pieces] == [
        "Từ ", "12/8/2026", "13/8/2026", ", giá ", "1,5", "1,25", " triệu",
    ]  # fmt: skip


def test_a_word_that_two_rewritten_clauses_share_does_not_split_them() -> None:
    old, new = "Hội nghị bàn về nông nghiệp của vùng cao", "Hội nghị quyết định đầu tư đô thị của thành phố Huế"
    pieces = compare_words(old, new)
    assert [piece.mark for piece in pieces] == ["kept", "removed", "added"]


def changes_of(before: list[str], after: list[str]) -> list[str]:
    return [block.change for block in compare_paragraphs(before, after)]


def test_paragraphs_are_paired_by_what_they_share() -> None:
    first, second, third = BODY.split("\n")[:3]
    assert changes_of([first, second], [third, first + " Hết.", second + " Hết."]) == ["added", "changed", "changed"]
    assert changes_of([first], [third]) == ["removed", "added"]
    grown = third + " Ngay sau lễ khởi công, máy móc đã vào vị trí, công nhân chia ba ca, làm cả ngày lễ, " * 3
    assert changes_of([third], [grown]) == ["changed"]
    assert changes_of([second, first], [first, second]) in (["added", "kept", "removed"], ["removed", "kept", "added"])


# What kind of change it is


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ("80 tỷ", "95 tỷ", {"body", "numbers"}),
        ("80 tỷ", "8 tỷ", {"body", "numbers"}),
        ("80 tỷ", "tám mươi tỷ", {"body", "numbers"}),
        ("Hồ sẽ", "Đến 30/6, hồ sẽ", {"body", "numbers"}),
        ("85/NQ-CP", "86/NQ-CP", {"body", "numbers", "documents"}),
        ("Theo Nghị quyết 85/NQ-CP, tỉnh", "Tỉnh", {"body", "numbers", "documents"}),
        ("85/NQ-CP", "85/NQ-TTg", {"body", "documents"}),
        ("Trần Hồng Thái", "Trần Hồng Hà", {"body", "names"}),
        ("Trần Hồng Thái", "Trần Hồng Thải", {"body", "names"}),
        ("phải đền bù", "không phải đền bù", {"body"}),
        ("giữ đúng", "tăng", {"body"}),
        ("Hồ sẽ", "PHÁT BIỂU TẠI LỄ KHỞI CÔNG\nHồ sẽ", {"body"}),
        ("\nHồ sẽ tưới cho các xã quanh vùng.", "", {"body"}),
    ],
)
def test_what_changed_in_the_body(old: str, new: str, kinds: set[str]) -> None:
    assert changed(old, new) == kinds


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tiến độ", "tiến đô"),  # a slip: "đô" is a syllable, and so this is another word
        ("xã quanh", "xạ quanh"),
        ("tỷ đồng", "tỷ đông"),
    ],
)
def test_a_mark_makes_another_word(old: str, new: str) -> None:
    assert changed(old, new) == {"body"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tiến độ", "tiến đô\u0323"),  # the same letters, composed otherwise
        ("nhà thầu", "nhà thầuu"),
        ("nhà thầu", "nhà htầu"),
        ("nhà thầu", "nhàthầu"),
        ("yêu cầu", "yeu cầu"),
        ("80 tỷ", "80 tỉ"),
        ("sẽ tưới", "sẻ tưới"),
        ("Chủ tịch tỉnh", "chủ tịch Tỉnh"),
        ("đã hứa với", "đã hứa, với"),
        ("mưa.\nChủ", "mưa. Chủ"),
        ("Hồng Thái", "Hồng Tháii"),
        ("xong trước", "song trước"),
    ],
)
def test_spelling_stands_alone(old: str, new: str) -> None:
    assert changed(old, new) == {"spelling"}


def test_spelling_next_to_another_change_is_not_told() -> None:
    after = article(body=BODY.replace("nhà thầu", "nhà htầu").replace("80", "81"))
    assert compare(article(), after).changed == ("body", "numbers")


def test_title_and_lead_are_told_apart() -> None:
    title = article(title="Lâm Đồng khởi công công trình thủy lợi lớn")
    assert compare(article(), title).changed == ("title",)
    assert compare(article(), replace(title, lead="Chiều 2/3, tỉnh khởi công hồ Ta Hoét.")).changed == (
        "title", "lead", "names",
    )  # fmt: skip
    assert compare(article(), article(title=TITLE.upper())).changed == ("spelling",)
    assert "lead" in compare(article(), article(lead=None)).changed


def test_a_paragraph_that_moved_takes_its_numbers_along() -> None:
    first, second, *rest = BODY.split("\n")
    moved = "\n".join([second.replace("tỉnh phải", "các tỉnh đều phải"), *rest, first])
    assert compare(article(), article(body=moved)).changed == ("body",)


def test_numbers_that_changed_places_count() -> None:
    old, new = (f"Có {a} xã tăng và {b} xã giảm so với năm trước." for a, b in ((5, 3), (3, 5)))
    assert compare(article(body=old), article(body=new)).changed == ("body", "numbers")


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("sữa chữa", "sửa chữa", True),
        ("tăng", "giảm", False),
        ("15", "1 5", False),
        ("m2", "m3", False),
        ("Bá", "Bà", False),
        ("kỹ sư", "kĩ sư", True),
        ("Trần Sỹ", "Trần Sĩ", False),
        ("đường", "duong", True),
        ("Trump", "Putin", False),
        ("triển khai", "chiển khai", True),
        ("dành", "giành", True),
        ("", "không", False),
        ("của", "của của", False),
    ],
)
def test_which_wordings_differ_in_spelling_alone(old: str, new: str, same: bool) -> None:
    assert respelt(old, new) is respelt(new, old) is same


# What is no edit


def test_boilerplate_tags_and_layout_make_no_revision(tmp_path: Path) -> None:
    folder = GOLDEN / "tuoitre" / "article"
    page = (folder / "page.html").read_text("utf-8")
    url = json.loads((folder / "origin.json").read_text("utf-8"))["url"]
    box = '<div class="VCSortableInPreviewMode" type="RelatedOneNews"><a class="OneNewsTitle" href="/x.htm">Tin khác</a></div>'
    last = page.rindex("<p>", 0, page.index("Tags</span>"))
    others = {
        "tags": page.replace('title="x">sáng chế', 'title="x">nuôi tôm'),
        "related": page[:last] + box + page[last:],
        "picture": page.replace("cạnh cống ngăn triều", "trên bờ kênh"),
        "author": page.replace('href="/tac-gia.htm">Tuấn Kiệt', 'href="/tac-gia.htm">Minh Anh'),
        "markup": page.replace("<p>", '<p class="mới" style="color:#111"><span>').replace("</p>", "</span></p>"),
        "footer": page.replace("Cơ quan chủ quản", "Bản quyền 2027. Cơ quan chủ quản"),
    }
    site = Tuoitre.site
    with Store.open(f"sqlite:///{tmp_path / 'news.db'}") as store:
        first = extract(page, url, site=site)
        assert store.save(first, T0).event == "created"
        for name, other in others.items():
            assert other != page, name
            read = extract(other, url, site=site)
            assert store.save(read, T0 + timedelta(hours=1)).event is None, name
        assert store.save(replace(first, layout="fallback", section="Khác"), T0).event is None
        assert [row.event for row in store.changes()] == ["created"]
        edited = extract(page.replace("76 ngày", "67 ngày"), url, site=site)
        assert store.save(edited, T0).event == "revised"
        assert compare(store.revision(1, 1), store.revision(1, 2)).changed == ("body", "numbers")


# The command

Thoisu = Callable[..., tuple[int, str, str]]


@pytest.fixture
def thoisu(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Thoisu:
    """Runs the command on a store with an article of three revisions, withdrawn and back, and one of a single one."""
    monkeypatch.setenv("COLUMNS", "80")
    address = f"sqlite:///{tmp_path / 'news.db'}"
    with Store.open(address) as store:
        store.save(article(), T0)
        store.save(article(body=BODY.replace("80 tỷ", "95 tỷ")), T0 + timedelta(hours=1))
        store.withdraw(article().canonical_url, T0 + timedelta(hours=2))
        store.save(article(title="Nhan đề mới", body="Đoạn mở.\n" + BODY), T0 + timedelta(hours=3))
        other = "https://bao.example/bai-2.html"
        store.save(replace(article(body="Bài khác hẳn."), url=other, canonical_url=other), T0)

    def run(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([*map(str, arguments), "--store", address])
        return int(ended.value.code or 0), *capsys.readouterr()

    return run


def test_diff_shows_two_revisions(thoisu: Thoisu) -> None:
    code, out, err = thoisu("diff", 1, 2)
    assert (code, err) == (0, "")
    assert "Tổng vốn là [-80-]{+95+} tỷ đồng" in out
    assert "changed: body, numbers\n" in out
    assert "… 2 paragraphs unchanged" in out
    assert "… 3 paragraphs unchanged" in out
    assert max(map(len, out.splitlines())) <= 80
    last = thoisu("diff", 1)
    assert "title: [-" in last[1]
    assert "{+Đoạn mở.+}" in last[1]
    assert last == thoisu("diff", 1, 3) == thoisu("diff", 1, 2, 3)
    assert "[-95-]{+80+}" in thoisu("diff", 1, 2, 1)[1]
    assert "changed: nothing" in thoisu("diff", 1, 2, 2)[1]


def test_diff_as_json_is_one_object(thoisu: Thoisu) -> None:
    row = json.loads(thoisu("diff", 1, 1, 3, "--json")[1])
    assert (row["article_id"], row["before"]["revision"], row["after"]["revision"]) == (1, 1, 3)
    assert row["after"]["fetched_at"] == "2026-03-02T04:00:00+00:00"
    assert row["changed"] == ["title", "body"]
    body = [block for block in row["blocks"] if block["part"] == "body"]
    assert old_and_new(BODY.split("\n"), body)[1] == ["Đoạn mở.", *BODY.split("\n")]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((9,), "there is no article 9; `thoisu articles` lists them"),
        ((2,), "article 2 has only one revision; nothing has changed in it"),
        ((2, 1), "revision 1 of article 2 is the first; there is none before it"),
        ((1, 4), "article 1 has no revision 4; the last is 3"),
        ((1, 0), "article 1 has no revision 0; the last is 3"),
        ((1, 1, 7), "article 1 has no revision 7; the last is 3"),
    ],
)
def test_diff_says_in_one_line_why_there_is_none(thoisu: Thoisu, arguments: tuple[int, ...], message: str) -> None:
    assert thoisu("diff", *arguments) == (2, "", f"thoisu: {message}\n")


def test_show_tells_of_take_downs_returns_and_the_last_edit(thoisu: Thoisu) -> None:
    out = thoisu("show", 1)[1]
    past = out.partition("\nchanges\n")[2].splitlines()
    assert [line.split("  ")[-1] for line in past[:5]] == [
        "created", "revised 2", "withdrawn: the page is gone", "restored: the page is back", "revised 3",
    ]  # fmt: skip
    assert out.partition("revision 3 against the one before")[2].startswith("\nchanged: title, body, numbers\n")


def test_a_terminal_gets_colours_instead_of_signs() -> None:
    screen = Console(
        force_terminal=True, color_system="standard", no_color=False, width=80, file=io.StringIO(), record=True
    )
    print_diff(compare(article(), article(body=BODY.replace("80", "95"))), screen)
    told = screen.export_text(styles=True)
    assert "\x1b[9;31m80\x1b[0m\x1b[32m95\x1b[0m" in told
    assert "[-" not in told


def test_a_page_cannot_steer_the_terminal() -> None:
    screen = Console(width=80, file=io.StringIO(), record=True)
    print_diff(compare(article(), article(title=f"{TITLE} \x1b]0;x\x07")), screen)
    assert "\x1b" not in screen.export_text()


def test_a_block_holds_its_paragraphs() -> None:
    assert compare_paragraphs(["a", "b"], ["a", "b"]) == [DiffBlock("body", "kept", 2)]

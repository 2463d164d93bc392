"""Fingerprints, the comparison of two texts, and the stories that verified pairs make: the pure parts."""

from __future__ import annotations

import sys
import unicodedata
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.compare import ComparedText, RelationKind
from crawler.compare.candidates import MOST, candidates, days_around, utc_day_number
from crawler.compare.copies import WINDOW, compare
from crawler.compare.gaps import gaps
from crawler.compare.minhash import HASHES, Fingerprint, fingerprint, packed, restored, shingles, syllables
from crawler.compare.stories import Edge, PageText, build_story, clusters
from crawler.newsroom import words
from crawler.newsroom.grammar import Voice, die
from tests.support import ROOT

T0 = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SYLLABLE = st.sampled_from("hòa bình thủy điện năm ngoái tăng cường kiểm tra xã vùng cao 85 1,5 nghị quyết".split())
WORDS = st.lists(SYLLABLE, min_size=1, max_size=60)


def report(seed: int, paragraphs: int = 6) -> list[str]:
    voice = Voice(die("test", seed), "5/3")
    return [voice.paragraph() for _ in range(paragraphs)]


def relation(first: list[str] | str, second: list[str] | str, apart: timedelta = timedelta(hours=1)) -> RelationKind:
    one, two = ("\n".join(text) if isinstance(text, list) else text for text in (first, second))
    verdict = compare(ComparedText(None, one), ComparedText(None, two), apart)
    if apart:
        assert compare(ComparedText(None, two), ComparedText(None, one), -apart).jaccard == verdict.jaccard
    return verdict.kind


# --- shingles -------------------------------------------------------------------------------------------------------


def test_hashes_are_the_same_on_every_machine_and_for_ever() -> None:
    assert shingles(syllables("Thủ tướng Chính phủ")) == [3205146005139272955, 15710801118745694053]
    found = fingerprint(shingles(syllables("Ủy ban nhân dân tỉnh Hà Giang ký quyết định 85/QĐ-UBND ngày 5/3")))
    assert (found.size, found.bands[0], found.bands[31]) == (14, 8565825462593021506, -1180004096970476182)


@given(WORDS, st.sampled_from(["NFC", "NFD"]), st.sampled_from([" ", "  ", "\u00a0", ", ", " – "]))
def test_spelling_leaves_the_fingerprint_alone(some: list[str], form: str, space: str) -> None:
    text = unicodedata.normalize(form, space.join(some).replace("hòa", "hoà").upper())  # type: ignore[arg-type]
    assert shingles(syllables(text)) == shingles(syllables(" ".join(some)))


@given(WORDS)
def test_one_other_digit_is_another_shingle(some: list[str]) -> None:
    assert set(shingles([*some, "85"])) != set(shingles([*some, "86"]))


@given(WORDS)
def test_a_fingerprint_comes_back_from_what_is_stored(some: list[str]) -> None:
    found = fingerprint(shingles(some))
    assert restored(found.size, found.minhash, packed(found.sample)) == found
    assert all(-(2**63) <= key < 2**63 for key in (*found.bands, *found.sample))


def test_an_empty_text_is_like_no_other() -> None:
    assert shingles(syllables(" … ")) == []
    empty = fingerprint([])
    assert (empty.size, empty.bands, empty.sample) == (0, (), ())
    assert restored(0, b"", b"") == empty


@pytest.mark.parametrize("size", [60, 400, 2000])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_minhash_estimates_jaccard(size: int, share: float) -> None:
    rng = Random(7)  # noqa: S311
    errors = []
    for _ in range(40):
        both = [rng.getrandbits(64) for _ in range(round(size * share))]
        rest = [[rng.getrandbits(64) for _ in range((size - len(both)) // 2)] for _ in range(2)]
        sides = [fingerprint(both + own).minhash for own in rest]
        same = sum(sides[0][at : at + 4] == sides[1][at : at + 4] for at in range(0, 4 * HASHES, 4))
        errors.append(same / HASHES - len(both) / (len(both) + 2 * len(rest[0])))
    assert abs(sum(errors) / len(errors)) < 0.04
    assert max(map(abs, errors)) < 0.3


def test_sample_of_a_cut_text_stands_in_the_whole() -> None:
    whole = [syllable for seed in range(4) for line in report(seed) for syllable in syllables(line)]
    cut = whole[200:500]
    inside, around = set(fingerprint(shingles(cut)).sample), set(fingerprint(shingles(whole)).sample)
    assert len(inside - around) <= 1  # the key at the cut reaches beyond it
    assert len(inside) > 8


# --- candidates -----------------------------------------------------------------------------------------------------


def made(size: int = 20) -> Fingerprint:
    return Fingerprint(size=100, minhash=b"", bands=(), sample=tuple(range(size)))


def test_one_band_or_a_share_of_the_sample_makes_a_candidate() -> None:
    samples = [[1, 2, 3]] * 2 + [[2, 3]] * 3 + [[3]] * 5
    assert candidates(made(), [[9], []], samples, {1: 20, 2: 40, 3: 12}) == [3, 2, 9]
    assert candidates(made(), [], samples, {1: 8, 2: 40, 3: 400}) == [3, 2, 1]


def test_no_text_is_compared_with_more_than_enough() -> None:
    assert candidates(made(), [range(100)], [], {}) == list(range(MOST))


@given(st.integers(-(10**6), 10**6), st.integers(-72, 72))
def test_days_around_hold_the_whole_window(start: int, hours: int) -> None:
    at = T0 + timedelta(minutes=start)
    assert utc_day_number(at + timedelta(hours=hours)) in days_around(at)
    assert len(days_around(at)) == 7


# --- two texts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_cut_extended_and_rewritten_texts_are_the_same_text(seed: int) -> None:
    text = report(seed, 9)
    box = "Tin liên quan: Kon Tum giải ngân 12,7 tỷ đồng; đường dây nóng 1800 555; bạn đọc gửi phản hồi về tòa soạn."
    assert relation(text, text) == "copy"
    assert relation(text, text[:5]) == "abridged"
    assert relation(text[:5], text) == "extended"
    assert relation(text, [*text, *report(99, 1)]) in ("copy", "extended")
    assert relation(text, [*text[:3], box, *text[3:]]) == "copy"
    assert relation(text, [box, *text[:5]]) == "abridged"
    lead = "Câu chuyện lại nóng lên khi lãnh đạo nhiều nơi cùng ngồi lại trong một buổi chiều mưa để bàn cách làm."
    assert relation(text, [lead, *text[1:]]) == "copy"


BASE = (
    "Ngày 5/3, Bộ Nội vụ công bố quyết định bổ nhiệm ông Nguyễn Văn An giữ chức Cục trưởng theo Quyết định "
    "85/QĐ-TTg. Theo đó, ông nhận nhiệm vụ từ tháng sau. Tại buổi lễ, lãnh đạo bộ đề nghị tân Cục trưởng sớm nắm bắt "
    "công việc, giữ gìn đoàn kết và hoàn thành tốt 12 nhiệm vụ được giao. Giá dịch vụ tăng 1,5% so với cùng kỳ."
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("5/3", "6/3"), ("Nguyễn Văn An", "Trần Thị Bình"), ("Văn An", "Văn Anh"), ("85/QĐ-TTg", "86/QĐ-TTg"),
        ("85/QĐ-TTg", "85/QĐ-BNV"), ("12 nhiệm vụ", "15 nhiệm vụ"), ("1,5%", "15%"), ("1,5%", "5,1%"),
        ("tăng", "giảm"), ("Bộ Nội vụ", "Bộ Tư pháp"), ("tháng sau", "tháng 9"),
    ],
)  # fmt: skip
def test_one_other_fact_makes_a_template(old: str, new: str) -> None:
    assert relation(BASE, BASE.replace(old, new)) == ("copy" if new == "tháng 9" else "template")
    # The same, in a text that is longer and has something of its own on top.
    other = report(3, 1)[0] + "\n" + BASE.replace(old, new)
    if new != "tháng 9":
        assert relation(BASE, other) == "template"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Ngày 5/3", "Ngày 5-3"), ("Ngày 5/3", "Ngày 05/3/2026"), ("Ngày 5/3", "Hôm nay"), ("Ngày 5/3", "Ngày 5 tháng 3"),
        ("1,5%", "1.5%"), ("ông Nguyễn Văn An", "đồng chí Nguyễn Văn An"),
        ("Theo đó", "Cụ thể"), ("Bộ Nội vụ", "BNV"), ("Nội vụ", "nội vụ"), ("Quyết định 85", "quyết định số 85"),
        ("nắm bắt", "nắm\u00ad bắt"),
    ],
)  # fmt: skip
def test_another_way_to_say_it_does_not(old: str, new: str) -> None:
    assert relation(BASE, BASE.replace(old, new)) == "copy"


def test_small_numbers_may_be_words() -> None:
    text = BASE.replace("12 nhiệm", "3 nhiệm")
    assert relation(text, text.replace("3 nhiệm", "ba nhiệm")) == "copy"
    assert relation(text, text.replace("3 nhiệm", "bốn nhiệm")) == "template"


def test_what_a_clause_adds_contradicts_nothing() -> None:
    added = BASE.replace("Giá dịch vụ tăng", "Giá dịch vụ theo khảo sát ở 34 tỉnh tăng")
    assert relation(added, BASE + "\n" + report(3, 1)[0]) == "extended"
    assert relation(BASE, added) == "copy"


def test_a_lead_written_anew_may_leave_a_number_out_and_keep_a_phrase() -> None:
    old = (
        "Sau gần 34 tháng kiên trì thực hiện trên diện rộng, đề án chuyển đổi số đã đi được nửa chặng đường, "
        "theo lời lãnh đạo tỉnh."
    )
    new = (
        "Cả một buổi chiều mưa 15 chủ tịch xã ngồi bàn về đề án chuyển đổi số, điều mà bà con mong mỏi "
        "bấy lâu nay, cùng lãnh đạo tỉnh."
    )
    assert relation([old, *report(1)], [new, *report(1)]) == "copy"


def test_a_table_of_other_prices_is_a_template() -> None:
    text = report(1, 5)
    rows = [
        [f"Vàng {brand} {price},2 {price},7 {price + 1},1" for brand in ("SJC", "DOJI", "PNJ", "Phú Quý")]
        for price in (85, 88)
    ]
    assert relation([*text, *rows[0]], [*text, *rows[1]]) == "template"


def test_copies_are_timely() -> None:
    text = report(2)
    assert relation(text, text, WINDOW) == "copy"
    assert relation(text, text, WINDOW + timedelta(seconds=1)) == "none"


def test_different_texts_and_empty_ones_are_none() -> None:
    assert relation(report(1), report(2)) == "none"
    assert relation("", "") == "none"
    assert relation("Tin vắn", "Tin vắn") == "copy"


SENTENCES = st.lists(st.sampled_from([line for seed in range(4) for line in report(seed)]), min_size=1, max_size=6)


@settings(max_examples=60)
@given(SENTENCES, SENTENCES)
def test_relation_and_reverse_agree(one: list[str], two: list[str]) -> None:
    back = {"abridged": "extended", "extended": "abridged"}
    there, here = relation(one, two), relation(two, one)
    assert here == back.get(there, there)


@settings(max_examples=100)
@given(st.lists(SYLLABLE, max_size=25), st.lists(SYLLABLE, max_size=25))
def test_gaps_hold_what_differs_and_the_rest_is_equal(a: list[str], b: list[str]) -> None:
    i = j = 0
    for gap in [*gaps(a, b), None]:
        i_next, j_next = (gap.i, gap.j) if gap else (len(a), len(b))
        assert a[i:i_next] == b[j:j_next]
        if gap:
            i, j = gap.i_end, gap.j_end


# --- stories --------------------------------------------------------------------------------------------------------


def test_stories_follow_verified_edges_only() -> None:
    edges = [Edge(2, 1, "copy"), Edge(3, 2, "abridged"), Edge(4, 3, "template"), Edge(6, 5, "extended")]
    assert clusters(range(1, 8), edges) == [{1, 2, 3}, {4}, {5, 6}, {7}]


def test_a_digest_does_not_make_one_story_of_its_parts() -> None:
    parts = [Edge(9, 1, "extended"), Edge(9, 2, "extended")]
    assert clusters([1, 2, 9], parts) == [{1}, {2}, {9}]
    assert clusters([1, 2, 9], [*parts, Edge(2, 1, "abridged")]) == [{1, 2, 9}]


def page_text(n: int, paragraphs: list[str], site: str, dateline: str | None = None) -> PageText:
    return PageText(
        url=f"https://{site}.example/{n}", site=site, title=f"Tin {n}", dateline=dateline,
        at=T0 + timedelta(minutes=n), paragraphs=tuple(paragraphs),
    )  # fmt: skip


def test_a_story_tells_who_was_first_and_what_the_others_did() -> None:
    text = report(5, 4)
    changed = text[2].replace(" ", "  ", 1).replace(text[2].split()[3], "khác", 1)
    story = build_story([
        page_text(3, [*text[:2], changed, "Thêm một đoạn mới."], "hai", "(TTXVN)"),
        page_text(1, text, "một", "NDO -"),
        page_text(2, [line.replace("hòa", "hoà") for line in text], "ba", "TTXVN"),
    ])  # fmt: skip
    assert story.members[0].site == "một"
    assert story.wire == "TTXVN"
    same, other = story.members[1:]
    assert (same.added, same.dropped, same.changed) == ((), (), ())
    assert (other.added, other.dropped, other.changed) == (
        ("Thêm một đoạn mới.",), (text[3],), ((text[2], changed),),
    )  # fmt: skip


def test_the_wire_of_one_site_is_that_of_the_first() -> None:
    assert (
        build_story([page_text(2, ["b"], "hai", "VOV"), page_text(1, ["a"], "một", "(Chinhphu.vn)")]).wire
        == "Chinhphu.vn"
    )
    assert build_story([page_text(1, ["a"], "một")]).wire is None


# --- labelled pairs -------------------------------------------------------------------------------------------------


def test_labelled_pairs_are_told_right() -> None:
    sys.path.insert(0, str(ROOT / "bench"))
    try:
        from pairs import OTHER, SAME, pairs
    finally:
        sys.path.pop(0)
    assert len(words.PLACES) > 40
    wrong = []
    for pair in pairs(seed=5, each=8):
        one, two = (ComparedText(draft.lead, "\n".join(draft.body)) for draft in (pair.first, pair.second))
        if (compare(one, two, timedelta()).kind in ("copy", "abridged", "extended")) != pair.same:
            wrong.append(pair.kind)
    assert len(wrong) <= 0.02 * 8 * (len(SAME) + len(OTHER))
    assert not set(wrong) & set(OTHER)

"""The passes on plain text, and the small judgements behind them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract import clean_text
from crawler.extract.boilerplate import split_dateline
from crawler.extract.byline import names, signature
from crawler.extract.captions import is_credit
from crawler.extract.reader import fold_line

SEEDS = sorted((Path(os.environ.get("THOISU_CORPUS") or "nowhere").parent / "seeds").glob("*.txt"))
FIRST = "Sáng 5/3, Bộ Nội vụ họp với các địa phương về phương án tiền lương mới cho cán bộ cấp xã sau sắp xếp."
SECOND = "Theo dự thảo, mức phụ cấp được tính theo vùng và theo khối lượng công việc thực tế của từng vị trí."
TEXT = f"""Bộ Nội vụ họp về tiền lương

NDO - Phương án tiền lương mới được bàn trong một ngày tại Hà Nội.
Quang cảnh hội nghị. (Ảnh: Lê Minh)
Quang cảnh hội nghị. (Ảnh: Lê Minh)

{FIRST}

Đọc thêm:
Lương tối thiểu vùng tăng từ tháng bảy

{SECOND}

Minh An và nhóm PV, BTV

Có thể bạn quan tâm

Hội đồng Tiền lương họp phiên thứ hai
Phiên họp bàn về mức tăng và thời điểm áp dụng trong năm tới.
"""


def test_text_is_taken_apart() -> None:
    clean = clean_text(TEXT)
    assert clean.title == "Bộ Nội vụ họp về tiền lương"
    assert clean.lead == "Phương án tiền lương mới được bàn trong một ngày tại Hà Nội."
    assert clean.body == (FIRST, SECOND)
    assert clean.captions == ("Quang cảnh hội nghị. (Ảnh: Lê Minh)",)
    assert clean.authors == ("Minh An và nhóm PV, BTV",)


def test_every_line_is_kept_or_named_as_dropped() -> None:
    clean = clean_text(TEXT)
    kept = {
        clean.title,
        f"NDO - {clean.lead}",
        *clean.body,
        *clean.captions,
        *clean.authors,
        *(d.text for d in clean.dropped),
    }
    assert {line for line in TEXT.splitlines() if line} - kept == set()
    assert all(item.rule for item in clean.dropped)


@pytest.mark.skipif(
    not SEEDS, reason="the user's texts are not read: set THOISU_CORPUS to the corpus folder beside them"
)
@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_users_texts_lose_their_boilerplate_and_nothing_else(path: Path) -> None:
    text = path.read_text("utf-8")
    clean = clean_text(text)
    article, _, rest = text.partition("Có thể bạn quan tâm")
    paragraphs = [line for line in article.splitlines() if len(line) > 200]
    assert [line for line in paragraphs if line.strip() not in (clean.lead, *clean.body)] == []
    assert [line for line in rest.splitlines() if line.strip() and line.strip() in clean.body] == []
    assert len(set(clean.captions)) == len(clean.captions)
    assert not set(clean.captions) & set(clean.body)


@pytest.mark.parametrize(
    ("lead", "mark", "rest"),
    [
        ("(Chinhphu.vn) - Sáng nay, họp", "(Chinhphu.vn)", "Sáng nay, họp"),
        ("(Chinhphu.vn) Sáng nay", "(Chinhphu.vn)", "Sáng nay"),
        ("VOV.VN - Sáng nay", "VOV.VN", "Sáng nay"),
        ("QĐND Online – Sáng nay", "QĐND Online", "Sáng nay"),
        ("BNEWS Ngày 5/3, giá", "BNEWS", "Ngày 5/3, giá"),
        ("(ĐTM) - Sáng nay", "(ĐTM)", "Sáng nay"),
        ("(BSĐ) Ngày 5/3, giá", "(BSĐ)", "Ngày 5/3, giá"),
        ("(Sông Đà) - Sáng nay", "(Sông Đà)", "Sáng nay"),
        ("(SongDaTimes) – Sáng nay", "(SongDaTimes)", "Sáng nay"),
        ("(Baosongda.com.vn)- 19 giờ ngày 5/3", "(Baosongda.com.vn)", "19 giờ ngày 5/3"),
        ("(Hà Nội) - Sáng nay", None, "(Hà Nội) - Sáng nay"),
        ("(Ảnh) - Sáng nay", None, "(Ảnh) - Sáng nay"),
        ("(Tiếp theo) - Sáng nay", None, "(Tiếp theo) - Sáng nay"),
        ("EVN - đơn vị thi công", None, "EVN - đơn vị thi công"),
        ("ASEAN - Nhật Bản họp", None, "ASEAN - Nhật Bản họp"),
        ("Hà Nội - Sáng nay", None, "Hà Nội - Sáng nay"),
        ("TTXVN đưa tin sáng nay", None, "TTXVN đưa tin sáng nay"),
        ("Vovinam - môn võ Việt", None, "Vovinam - môn võ Việt"),
    ],
)
def test_dateline_is_cut_only_where_it_is_one(lead: str, mark: str | None, rest: str) -> None:
    assert split_dateline(lead) == (mark, rest)


def test_publishers_own_mark_is_a_dateline() -> None:
    assert split_dateline("Báo Sông Đà - Sáng nay", ("Báo Sông Đà",)) == ("Báo Sông Đà", "Sáng nay")
    assert split_dateline("Báo Sông Đà - Sáng nay") == (None, "Báo Sông Đà - Sáng nay")
    assert split_dateline("BSD – Sáng nay", ("www.bsd.edu.vn", "bsd")) == ("BSD", "Sáng nay")
    assert split_dateline("Em bé - con ông An - đã khỏe", ("e",)) == (None, "Em bé - con ông An - đã khỏe")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Tâm Hằng (TTXVN)", ("Tâm Hằng",)),
        ("NHẬT XUÂN - NGHI VŨ", ("NHẬT XUÂN", "NGHI VŨ")),
        ("PV/VOV.VN", ("PV",)),
        ("Bài và ảnh: Lê An", ("Lê An",)),
        ("Theo Hồ Hương", ("Hồ Hương",)),
        ("Theo TTXVN", ()),
        ("(TTXVN/Vietnam+)", ()),
        ("Tâm HằngTTXVN", ("Tâm Hằng",)),
        ("Lê An và Mai Bình", ("Lê An", "Mai Bình")),
        ("Nhóm PV", ("Nhóm PV",)),
        ("Lê An 05/03/2026 08:00", ("Lê An",)),
        ("Lê An le.an@bao.example.vn", ("Lê An",)),
    ],
)
def test_names_come_without_their_paper(line: str, found: tuple[str, ...]) -> None:
    assert names(line) == found


@pytest.mark.parametrize(
    "line", ["Hội nghị kết thúc lúc 17 giờ.", "Ông nói gì?", "Giá vàng hôm nay tăng nhẹ", "Điều 5", ""]
)
def test_sentence_or_heading_is_no_signature(line: str) -> None:
    assert signature(line) is None


@pytest.mark.parametrize(
    ("line", "credit"),
    [("Quang cảnh. (Ảnh: Lê Minh/VGP)", True), ("Quang cảnh - Ảnh: H.Y.T.", True), ("Ảnh minh hoạ", True), ("(Ảnh có tính minh họa)", True),
     ("Bức ảnh: một kỷ niệm không quên của người lính già, ông kể lại.", False), ("Ông xem ảnh.", False)],
)  # fmt: skip
def test_caption_is_told_by_its_credit(line: str, credit: bool) -> None:
    assert is_credit(line) is credit


@given(st.text(max_size=300))
def test_any_text_is_taken_apart_and_folding_is_stable(text: str) -> None:
    clean = clean_text(text)
    assert all(line.strip() for line in clean.body)
    assert fold_line(fold_line(text)) == fold_line(text)


@pytest.mark.parametrize("mark", ["\ufeff", "\u200b", "\u00ad", "\u2060"])
def test_plain_text_has_no_marks_that_nobody_sees(mark: str) -> None:
    clean = clean_text(mark + TEXT.replace("n", "n" + mark))
    assert clean == clean_text(TEXT)


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85", "\r\n"])
def test_plain_text_ends_its_lines_in_any_way(end: str) -> None:
    assert clean_text(TEXT.replace("\n", end)) == clean_text(TEXT)

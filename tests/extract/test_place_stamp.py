"""Place names that stand in a stamp before the first sentence."""

from __future__ import annotations

import pytest

from crawler.extract import extract

URL = "https://bao.example.vn/hop-ve-tien-luong-123456.html"
TITLE = "Bộ Nội vụ họp về tiền lương"
LEAD = "Phương án tiền lương mới được bàn trong một ngày với các địa phương cả nước."
TEXT = "Sáng 5/3, Bộ Nội vụ họp với các địa phương về phương án tiền lương mới cho cán bộ cấp xã sau sắp xếp."


def page(lead: str, first: str = TEXT, after: str = "") -> str:
    return f"""<html><head><title>{TITLE}</title></head><body><div><h1 class=article__title>{TITLE}</h1>{lead}
    <div class=article__body><p>{first}</p><p>{TEXT[::-1]}</p></div></div>{after}</body></html>"""


@pytest.mark.parametrize(
    "stamp",
    [
        "<span class=location-stamp>Hà Nội</span>",
        "<span class=location-stamp>Hà Nội</span> ",
        "<b class=dateline>Hà Nội</b> - ",
        "<span class='txt dateline'>Hà Nội – </span>",
    ],
)
def test_place_in_a_stamp_is_the_dateline(stamp: str) -> None:
    article = extract(page(f"<p class=article__sapo>{stamp}{LEAD}</p>"), URL)
    assert (article.dateline, article.lead) == ("Hà Nội", LEAD)


def test_stamp_may_open_the_text_where_there_is_no_lead() -> None:
    article = extract(page("", f"<span class=location-stamp>Hà Nội</span>{TEXT}"), URL)
    assert (article.dateline, article.lead, article.body.split("\n")[0]) == ("Hà Nội", None, TEXT)


def test_stamp_of_another_story_and_a_bare_place_are_none() -> None:
    other = "<div><p><span class=location-stamp>Phương án</span>Tin khác.</p></div>"
    article = extract(page(f"<p class=article__sapo>{LEAD}</p>", after=other), URL)
    assert (article.dateline, article.lead) == (None, LEAD)
    assert extract(page(f"<p class=article__sapo>Hà Nội - {LEAD}</p>"), URL).dateline is None


def test_wires_mark_behind_a_stamp_is_cut_as_well() -> None:
    article = extract(page(f"<p class=article__sapo><span class=location-stamp>Hà Nội</span>(TTXVN) - {LEAD}</p>"), URL)
    assert (article.dateline, article.lead) == ("Hà Nội", LEAD)

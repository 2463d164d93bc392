"""Forty queries over the newsroom: the search finds what a reader would, nothing else, and the alerts find the same.

What a reader would find is told by regular expressions over the stories as they were written; they are stored in other
spellings of the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import timedelta

import pytest

from crawler.alerts import alerts
from crawler.newsroom import World
from crawler.store import Store
from crawler.store.search import MOST, search
from tests.support import T0, article

Finds = Callable[[str], bool]
_GAP = r"[\s\-‑–/“”\"'’]+"
_PLAIN = str.maketrans("đĐ", "dD")
_TONES = {"òa": "oà", "óa": "oá", "ủy": "uỷ", "Ủy": "Uỷ", "úy": "uý", "ỏe": "oẻ"}
_WIDE = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789NQTĐCPX" if sign.isascii()}
SPELLINGS: list[Callable[[str], str]] = [
    str,
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: text.replace("Đ", "\u00d0"),
    lambda text: re.sub(rf"(?:{'|'.join(_TONES)})\b", lambda found: _TONES[found[0]], text),
    lambda text: text.translate(_WIDE),
    str.upper,
]


def bare_of(text: str) -> str:
    return re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", text)).translate(_PLAIN)


def has(words: str, *, end: str = r"(?!\w)") -> Finds:
    """The words in a row, with their diacritics."""
    pattern = re.compile(rf"(?<!\w){_GAP.join(map(re.escape, re.split(_GAP, words)))}{end}", re.I)
    return lambda text: any(map(pattern.search, text.split("\n")))


def bare(words: str, *, end: str = r"(?!\w)") -> Finds:
    """The same with any diacritics."""
    inner = has(words, end=end)
    return lambda text: inner(bare_of(text))


def matches(pattern: str) -> Finds:
    return lambda text: re.search(pattern, text, re.I) is not None


def every(*parts: Finds) -> Finds:
    return lambda text: all(part(text) for part in parts)


def some(*parts: Finds) -> Finds:
    return lambda text: any(part(text) for part in parts)


def no(part: Finds) -> Finds:
    return lambda text: not part(text)


QUERIES: dict[str, Finds] = {
    "thủy lợi": has("thủy lợi"),
    "thuỷ lợi": has("thủy lợi"),
    "thuy loi": bare("thuy loi"),
    "THỦY LỢI": has("thủy lợi"),
    "thủy": has("thủy"),
    "hóa": has("hóa"),
    "hoá đơn điện tử": has("hóa đơn điện tử"),
    "hoa": bare("hoa"),
    "Ðắk Lắk": has("đắk lắk"),
    unicodedata.normalize("NFD", "Đắk Lắk"): has("đắk lắk"),
    "dak lak": bare("dak lak"),
    "ĐẮK LẮK -\"Hòa Bình\"": every(has("đắk lắk"), no(has("hòa bình"))),
    "Hòa Bình NOT \"Khánh Hòa\"": every(has("hòa bình"), no(has("khánh hòa"))),
    "Hoà Bình": has("hòa bình"),
    "Khanh Hoa OR Kien Giang": some(bare("khanh hoa"), bare("kien giang")),
    "\"y tế\" \"đất đai\"": every(has("y tế"), has("đất đai")),
    "\"y tế\" AND \"đất đai\"": every(has("y tế"), has("đất đai")),
    "\"y tế cơ sở\" OR \"nhà ở xã hội\" OR \"mùa khô\"": some(has("y tế cơ sở"), has("nhà ở xã hội"), has("mùa khô")),
    "(\"Gia Lai\" OR \"Kon Tum\") \"tỷ đồng\"": every(some(has("gia lai"), has("kon tum")), has("tỷ đồng")),
    "(\"Gia Lai\" OR \"Kon Tum\") -(\"thủy lợi\" OR \"y tế\")": every(
        some(has("gia lai"), has("kon tum")), no(some(has("thủy lợi"), has("y tế")))
    ),
    "bảo hiểm xã hội": has("bảo hiểm xã hội"),
    "bao hiem": bare("bao hiem"),
    "bảo hiêm": has("bảo hiêm"),
    "bân bám biển": has("bân bám biển"),
    "bám biển": has("bám biển"),
    "phòng cháy chữa cháy": has("phòng cháy chữa cháy"),
    "phòng cháy": has("phòng cháy"),
    "giám sát": has("giám sát"),
    "giảm sát": has("giảm sát"),
    "rừng*": has("rừng", end=""),
    "nghi* ": bare("nghi", end=""),
    "đầu tư cô*": has("đầu tư cô", end=""),
    "héc-ta": has("héc ta"),
    "ki lo met": bare("ki lo met"),
    "１４/２０２６/NĐ-CP": has("14/2026/nđ-cp"),
    "14/2026/nd-cp": bare("14/2026/nd-cp"),
    "nghị định 14": matches(r"(?<!\w)14/\d{4}/NĐ-|nghị định (số )?14(?!\w)"),
    "quyết định số 372": matches(r"(?<!\w)372/(\d{4}/)?QĐ-|quyết định (số )?372(?!\w)"),
    "thông tư 54/2023": matches(r"(?<!\w)54/2023/TT-|thông tư (số )?54/2023(?!\w)"),
    "không có gì như vậy": has("không có gì như vậy"),
}  # fmt: skip


@pytest.fixture
def stored(store: Store) -> dict[int, str]:
    """The stories of a newsroom by the number of their article, each as it was written; the alerts wait for them."""
    for query in QUERIES:
        alerts.add(store, query, (), (), T0)
    found = {}
    for n, story in enumerate(World(seed=8, sites=4, articles=16).all_stories()):
        spelt = SPELLINGS[n % len(SPELLINGS)]
        title, lead, body = map(spelt, (story.title, story.lead, "\n".join(story.lines)))
        page = article(n, body, title=title, lead=lead, site=story.paper.name, content_hash=f"v1:{n}")
        outcome = store.save(page, story.visible_from)
        found[outcome.article_id] = "\n".join((story.title, story.lead, *story.lines))
    return found


def test_forty_queries_find_all_that_there_is_and_nothing_else(store: Store, stored: dict[int, str]) -> None:
    assert len(QUERIES) == 40
    truth = {query: {n for n, text in stored.items() if finds(text)} for query, finds in QUERIES.items()}
    assert sum(map(bool, truth.values())) > 32, "most of the queries have something to find"
    with store.reading() as connection:
        for query, numbers in truth.items():
            assert {hit.article_id for hit in search(connection, query, limit=MOST)} == numbers, query
    alerts.write_messages(store, T0 + timedelta(days=365), ())
    with store.reading() as connection:
        for alert in alerts.list_alerts(connection):
            told = {hit.article_id for hit in alerts.last_hits(connection, alert.id, 1000)}
            assert told == truth[alert.query], alert.query

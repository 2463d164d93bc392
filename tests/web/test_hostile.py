"""Whatever a site sends is shown as text: in every page, feed, table and answer."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html
from sqlalchemy import insert

from crawler.alerts import alerts
from crawler.items import Article, Image
from crawler.store import Store, findings, quarantine
from crawler.store.findings import Observation
from crawler.store.quarantine import EXAMPLE, PageContent
from crawler.web.text import cell, cut, visible, web_address
from tests.support import article, at, keep_page
from tests.web.asking import FEEDS, LISTS, OBJECTS, PAGES, Asker

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)>{{7*7}}"
TURNED = "\u202egpj.exe\u202c\u200b\u0085\u009b31m\x07\x1b]0;x\x07\u2066\ufeff\U000e0041"
RUNS = '=HYPERLINK("https://evil.example")'
NASTY = f"{SCRIPT} {TURNED} {RUNS}"
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]")


def nasty(n: int, words: str, **fields: object) -> Article:
    values: dict[str, object] = {
        "title": f"{RUNS} {NASTY}", "lead": NASTY, "dateline": NASTY, "authors": (NASTY,), "credit": NASTY,
        "section": NASTY, "tags": (NASTY,), "published_raw": NASTY, "documents": (NASTY, "1/2025/NĐ-CP"),
        "images": (Image("javascript:alert(1)", NASTY), Image("https://evil.example/a.jpg", NASTY)), "layout": NASTY,
    }  # fmt: skip
    return article(n, f"{words}\n{NASTY}", **{**values, **fields})  # type: ignore[arg-type]


@pytest.fixture
def hostile(room: Store) -> Asker:
    room.save(nasty(1, "Một", canonical_url="javascript:alert(document.domain)//1"), at(1))
    room.save(nasty(5, "Một", site=SCRIPT), at(2))
    room.save(nasty(1, "Hai " + SCRIPT, canonical_url="javascript:alert(document.domain)//1"), at(3))
    room.save(nasty(2, "Ba", title="T" * 5_000_000, lead="L" * 2_000_000), at(4))
    number = alerts.add(room, f'"{SCRIPT[:40]}"'.replace('"', ""), ["bao"], [], at(4))
    with room.writing() as connection:
        row = {"alert_id": number, "article_id": 1, "seq": 1, "url": "javascript:alert(1)", "site": SCRIPT}
        row |= {"title": NASTY, "sentence": NASTY, "found_at": at(5)}
        connection.execute(insert(alerts.hits), row)
        seen = Observation("bao", NASTY, at(1), NASTY, ("javascript:alert(1)", NASTY))
        findings.note(connection, "layout", seen, None, at(5))
    return Asker(room)


@pytest.mark.parametrize("path", [*PAGES, "/articles/2", f"/search?q={SCRIPT[:30]}"])
def test_no_page_has_markup_of_a_site(hostile: Asker, path: str) -> None:
    answer = hostile.get(path)
    assert answer.status_code == 200
    assert len(answer.content) < 100_000
    assert UNSEEN.findall(answer.text) == []
    tree = html.fromstring(answer.text)
    assert [element.get("src") for element in tree.iter("script")] == [
        address for address in [next(tree.iter("script")).get("src")] if address.startswith("/static/page.js")
    ]
    pictures = [element.get("src") for element in tree.iter("img")]
    assert pictures == (["https://evil.example/a.jpg"] if path.endswith("pictures=1") else [])
    for element in tree.iter(etree.Element):
        names = {name.lower() for name in element.keys()}  # noqa: SIM118, an element has no other way
        assert not any(name.startswith("on") or name in ("style", "srcdoc", "formaction") for name in names)
        for name in ("href", "src", "action"):
            assert re.match(r"(?:/|\?|#|https?://|$)", (element.get(name) or "").lower()), element.get(name)
        if (element.get("href") or "").startswith("http"):
            assert element.get("rel") == "noopener nofollow noreferrer external"
    assert "49" not in re.findall(r"\{\{7\*7\}\}|49", tree.text_content())


def test_pictures_are_loaded_only_when_somebody_asks(hostile: Asker) -> None:
    without, asked = (
        hostile.get(path).headers["content-security-policy"] for path in ("/articles/1", "/articles/1?pictures=1")
    )
    assert "img-src 'self';" in without
    assert "img-src 'self' https: http:;" in asked


@pytest.mark.parametrize("path", LISTS)
def test_no_cell_of_a_table_is_run_by_a_spreadsheet(hostile: Asker, path: str) -> None:
    answer = hostile.get(path, {"Accept": "text/csv"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv")
    for row in csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"), newline="")):
        for one in row:
            assert not one.lstrip().startswith(("=", "+", "-", "@", "|")), one
            assert not UNSEEN.search(one)


@pytest.mark.parametrize("path", [*LISTS, *OBJECTS])
def test_json_says_what_it_is_and_turns_nothing_round(hostile: Asker, path: str) -> None:
    answer = hostile.get(path)
    assert answer.status_code == 200
    assert (answer.headers["content-type"], answer.headers["x-content-type-options"]) == ("application/json", "nosniff")
    assert not re.search("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]", answer.text)
    json.loads(answer.text)


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_is_well_formed_and_has_no_markup(hostile: Asker, path: str) -> None:
    answer = hostile.get(path)
    assert answer.status_code == 200
    assert UNSEEN.findall(answer.text) == []
    if "json" in path:
        addresses = [item["url"] for item in json.loads(answer.text)["items"]]
    else:
        tree = etree.fromstring(answer.content)
        assert {element.tag.rpartition("}")[2] for element in tree.iter()}.isdisjoint({"script", "img", "svg"})
        addresses = [link.get("href") for link in tree.iter("{*}link")]
    assert addresses
    assert all(address.startswith(("http://", "https://")) for address in addresses)


def test_the_source_of_a_capture_is_text(hostile: Asker) -> None:
    assert hostile.get("/articles/1/capture").status_code == 404  # no archive is kept


def test_a_record_of_megabytes_is_shown_without_what_does_not_fit(room: Store) -> None:
    room.save(article(1, "Một", tags=tuple(f"thẻ {n}" * 50 for n in range(20_000))), at(1))
    answer = Asker(room).get("/articles/1")
    assert answer.status_code == 200
    assert "Một" in answer.text


def test_texts_that_are_too_long_are_not_compared(room: Store) -> None:
    for n in (1, 2):
        room.save(article(1, f"{n} " + "chữ " * 200_000), at(n))
    answer = Asker(room).get("/articles/1/diff")
    assert answer.status_code == 404
    assert "quá dài" in answer.text


def test_a_page_that_is_kept_for_repair_is_shown_as_text(room: Store) -> None:
    keep_page(room, 1, body=NASTY.encode(), reason=SCRIPT)
    content = PageContent(b"", {})
    with room.writing() as connection:
        about = {"reason": EXAMPLE, "detail": SCRIPT}
        quarantine.keep(connection, "bao", "javascript:alert(1)", SCRIPT, content, at(2), **about)
        name = quarantine.listed(connection, ["bao"], reason=SCRIPT)[0].name
    answer = Asker(room).get("/sites/bao")
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert 'href="javascript' not in answer.text
    assert f'href="/sites/bao/kept/{name}"' in answer.text
    source = Asker(room).get(f"/sites/bao/kept/{name}")
    assert source.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert source.text == visible(NASTY)
    assert Asker(room).get("/sites/dai/kept/no-such-page").status_code == 404


@given(st.text())
def test_nothing_unseen_is_left_in_a_text(text: str) -> None:
    shown = visible(text)
    assert not UNSEEN.search(shown)
    assert visible(shown) == shown
    shown.encode()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Hà Nội\tmưa\n", "Hà Nội\tmưa\n"),
        ("a\u202eb", "a⟦U+202E⟧b"),
        ("a\u200db", "a⟦U+200D⟧b"),
        ("👨\u200d👩", "👨\u200d👩"),
        ("e" + "\u0301" * 50, "e" + "\u0301" * 4),
        ("\ud800", "⟦U+D800⟧"),
    ],
)
def test_what_is_seen_stays(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.one_of(st.text(), st.integers(), st.none()))
def test_a_cell_is_text_to_every_spreadsheet(value: object) -> None:
    row = next(csv.reader(io.StringIO(cell(value), newline="")), [""])
    assert len(row) == 1
    assert not row[0].lstrip(" \u00a0\u3000").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "|", "%"))


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//evil.example", " https://a.example", None,
     "java\nscript:alert(1)", "https://a.example/\r\nx", "vbscript:x", "", "file:///etc/passwd"],
)  # fmt: skip
def test_only_web_addresses_lead_out(url: str | None) -> None:
    assert web_address(url) is None


def test_a_text_is_cut_at_its_length() -> None:
    assert [cut("abcdef", 6), cut("abcdef", 4), cut(None, 4)] == ["abcdef", "abc…", ""]

"""JSON-LD as pages write it: wrapped, slipped, in other types, of another story."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract import extract
from crawler.extract.linked_data import own_article, things

URL = "https://so.example.gov.vn/tin-tuc/hop-ve-tien-luong-123456.html"
TITLE = "Bộ Nội vụ họp về tiền lương"
STORY: dict[str, Any] = {
    "@type": "NewsArticle",
    "headline": TITLE,
    "datePublished": "2026-03-05T09:15:42+07:00",
    "author": {"@type": "Person", "name": "Trần Minh An"},
}
OTHER: dict[str, Any] = {
    "@type": "NewsArticle",
    "headline": "Phân luồng giao thông dịp lễ",
    "url": "https://so.example.gov.vn/tin-tuc/phan-luong-999999.html",
    "datePublished": "2025-01-01T01:01:01+07:00",
    "author": {"@type": "Person", "name": "Lê Văn Khác"},
}
JSON = json.dumps(STORY, ensure_ascii=False, indent=1)
TEXT = "Sáng 5/3, Bộ Nội vụ họp với các địa phương về phương án tiền lương mới cho cán bộ cấp xã sau sắp xếp."


def page(*scripts: str) -> str:
    blocks = "".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)
    return f"""<html><head><title>{TITLE}</title>{blocks}</head><body><h1>{TITLE}</h1>
    <div class=noi-dung><p>{TEXT}</p><p>{TEXT[::-1]}</p></div></body></html>"""


@pytest.mark.parametrize(
    "script",
    [
        JSON,
        f"//<![CDATA[\n{JSON}\n//]]>",
        f"//<![CDATA[ {json.dumps(STORY)} //]]>",
        f"/*<![CDATA[*/{JSON}/*]]>*/",
        f"<!--\n{JSON}\n-->",
        f"\ufeff{JSON};",
        f"// the article\n{JSON}",
        JSON.replace("\n}", ",\n}"),
        JSON.replace("{\n", "{,\n"),
        JSON.replace('42+07:00",', '42+07:00",,'),
        JSON.replace('42+07:00",', '42+07:00"'),
        JSON.replace("họp về", r"họp \'kín\' về"),
        JSON.replace("họp về", 'họp "kín" về'),
        JSON.replace("họp", "họp\n"),
        JSON.replace('"', "&quot;"),
        JSON.replace('"', "&#34;"),
        JSON.replace('"', "”"),
        JSON.replace('"', "'"),
        re.sub(r'"(\w+)":', r"\1:", JSON),
        json.dumps({"@type": "Organization", "name": "Sở"}) + json.dumps(STORY),
        json.dumps([None, [STORY], None]),
        json.dumps({"@graph": [{"@type": "Organization", "name": "Sở"}, STORY]}),
        json.dumps({"@type": "WebPage", "mainEntity": STORY}),
        json.dumps({**STORY, "@type": ["http://schema.org/ReportageNewsArticle"]}),
        json.dumps({**STORY, "@type": "BlogPosting"}),
        json.dumps({**STORY, "@type": "newsarticle"}),
        json.dumps({**STORY, "@type": "SocialMediaPosting"}),
        json.dumps({**STORY, "@type": "ItemPage"}),
        json.dumps({**STORY, "datePublished": [None, {"@value": STORY["datePublished"]}]}),
    ],
)
def test_article_is_read_through_wrappings_and_slips(script: str) -> None:
    article = extract(page(script), URL)
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2026-03-05T09:15:42+07:00"
    assert article.authors == ("Trần Minh An",)


def test_web_page_tells_the_time_where_no_article_is_described() -> None:
    stated = {"@type": "WebPage", "datePublished": "2026-03-05T09:15:42+07:00"}
    assert own_article([stated], [URL], [TITLE]) == stated
    assert own_article([stated, STORY], [URL], [TITLE]) == STORY
    assert own_article([{**stated, "url": "https://so.example.gov.vn/"}], [URL], [TITLE]) == {}


def test_live_blog_has_its_own_time_and_kind_and_not_those_of_its_entries() -> None:
    entry = {"@type": "BlogPosting", "headline": "Khai mạc", "datePublished": "2026-03-05T08:00:00+07:00"}
    live = {**STORY, "@type": "LiveBlogPosting", "liveBlogUpdate": [entry]}
    article = extract(page(json.dumps(live)), URL)
    assert article.kind == "live"
    assert article.published_at is not None
    assert article.published_at.minute == 15
    assert extract(page(JSON, json.dumps({**STORY, "@type": "LiveBlogPosting"})), URL).kind == "live"


@pytest.mark.parametrize(
    "said",
    [
        {"mainEntityOfPage": URL},
        {"url": URL + "?ref=home", "headline": "Cuộc làm việc quan trọng sáng nay"},
        {"mainEntityOfPage": {"@type": "WebPage", "@id": URL}},
        {},
    ],
)
def test_related_story_that_stands_first_is_not_the_article(said: dict[str, Any]) -> None:
    own = {**STORY, **said}
    assert own_article([OTHER, own], [URL], [TITLE]) == own


def test_address_of_the_page_weighs_more_than_its_headline() -> None:
    own = {**STORY, "url": URL, "headline": "Cuộc làm việc quan trọng sáng nay"}
    assert own_article([{**OTHER, "url": None, "headline": TITLE}, own], [URL], [TITLE]) == own


def test_numbers_of_a_query_tell_two_addresses_apart() -> None:
    shared = "https://so.example.gov.vn/tin?id="
    own = {"@type": "NewsArticle", "url": shared + "1234"}
    assert own_article([{**own, "url": shared + "998"}, own], [shared + "1234&utm_id=7"], [TITLE]) == own


def test_likest_headline_is_the_pages() -> None:
    like = {**OTHER, "headline": "Bộ Nội vụ họp về biên chế giáo viên", "url": None}
    assert own_article([like, STORY], [URL], [TITLE]) == STORY


def test_article_of_another_address_and_headline_alone_is_none() -> None:
    assert own_article([OTHER], [URL], [TITLE]) == {}
    assert own_article([{**OTHER, "headline": TITLE.upper()}], [URL], [TITLE]) != {}
    assert own_article([{**OTHER, "url": "https://so.example.gov.vn/"}], [URL], [TITLE]) != {}


@pytest.mark.parametrize(
    ("author", "names"),
    [
        (["Trần Minh An", "Lê Văn Ví"], ("Trần Minh An", "Lê Văn Ví")),
        ("Trần Minh An", ("Trần Minh An",)),
        ({"@id": "#an"}, ("Trần Minh An",)),
        ([{"@type": ["Person"], "name": "Trần Minh An"}, {"@type": "NewsMediaOrganization", "name": "Báo Mẫu"}],
         ("Trần Minh An",)),
        ({"@type": "Person", "name": ["Trần Minh An", "Lê Văn Ví"]}, ("Trần Minh An", "Lê Văn Ví")),
        ("Sở Nội vụ tỉnh Mẫu", ()),
        ("Ban Mai", ("Ban Mai",)),
        ([[None, "Trần Minh An"], ["Lê Văn Ví"]], ("Trần Minh An", "Lê Văn Ví")),
        ("#an", ("Trần Minh An",)),
        ({"@type": "Role", "author": {"@id": "#an"}}, ("Trần Minh An",)),
        ({"@type": "Person", "familyName": "Trần", "givenName": "Minh An"}, ("Trần Minh An",)),
        ({"@type": "Person", "name": {"@language": "vi", "@value": "Trần Minh An"}}, ("Trần Minh An",)),
        ({"@type": "Person", "name": "Super User"}, ()),
        ("https://so.example.gov.vn/tac-gia/an", ()),
        ({"@id": "#nobody"}, ()),
        (None, ()),
    ],
)  # fmt: skip
def test_authors_are_persons_however_they_are_stated(author: Any, names: tuple[str, ...]) -> None:
    graph = {"@graph": [{**STORY, "author": author}, {"@type": "Person", "@id": "#an", "name": "Trần Minh An"}]}
    assert extract(page(json.dumps(graph)), URL).authors == names


def test_creator_and_every_author_of_the_metadata_are_taken_where_no_other_is_named() -> None:
    made = {**STORY, "author": {"@type": "Organization", "name": "Sở"}, "creator": "Trần Minh An"}
    assert extract(page(json.dumps(made)), URL).authors == ("Trần Minh An",)
    metas = "".join(f'<meta property="article:author" content="{name}">' for name in ("Lê An", "Trần Ví"))
    assert extract(page("{}").replace("<script", metas + "<script"), URL).authors == ("Lê An", "Trần Ví")


def test_section_of_the_linked_data_is_taken_where_the_page_shows_none() -> None:
    assert extract(page(json.dumps({**STORY, "articleSection": ["Tin tức", "Thời sự"]})), URL).section == "Thời sự"


@given(st.text(alphabet='{}[]",:\\/*<!-> \n@typeNewsArticle', max_size=80))
def test_any_script_is_read_or_passed_over(script: str) -> None:
    assert all(isinstance(thing, dict) for thing in things(script))


def test_a_surrogate_without_its_other_half_reaches_no_field() -> None:
    half = "\\ud800"
    said = {
        **STORY, "headline": f"{TITLE} {half}", "datePublished": f"2026-03-05T09:15:42+07:00{half}",
        "author": {"@type": "Person", "name": f"Trần {half} Minh An"}, "articleSection": f"Nội {half}vụ",
        "keywords": [f"tiền {half}lương"], "image": f"https://so.example.gov.vn/{half}.jpg",
    }  # fmt: skip
    text = json.dumps(said, ensure_ascii=False).replace("\\\\ud800", "\\ud800")
    article = extract(page(text).replace(f"<h1>{TITLE}</h1>", ""), URL)
    assert json.dumps(article.to_dict(), ensure_ascii=False).encode("utf-8")

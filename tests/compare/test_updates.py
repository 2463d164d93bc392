"""Later states of a story in the store, and the page that each page of a story is nearest to."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.compare import story_queries
from crawler.compare.stories import Edge, PageText, build_story, clusters
from crawler.store import Store
from tests.compare.test_relate import body, found, grouped, page, run, save
from tests.support import T0

BEFORE = "Vụ sạt lở sáng nay làm 12 người chết, nhiều ngôi nhà bị vùi lấp hoàn toàn."
AFTER = "Vụ sạt lở sáng nay làm 13 người chết, nhiều ngôi nhà bị vùi lấp hoàn toàn."
NEWS = (
    "Cây cầu vừa thông xe lúc bình minh trước sự chứng kiến đông đảo bà con hai bờ sông, khép lại nửa thế kỷ lụy đò.",
    "Cụ Tư, tám mươi tuổi, bước những bước đầu tiên qua nhịp giữa, rưng rưng bảo chờ ngày này từ thuở thiếu thời.",
)


def test_a_later_state_is_an_update_and_not_lost(store: Store) -> None:
    text = body(1, 6)
    save(store, page(1, [BEFORE, *text]), page(2, [AFTER, *text], 90, "hai"), page(3, [BEFORE, *text[:5]], 30, "ba"))
    run(store)
    assert found(store) == {(2, 1): "update", (3, 1): "copy", (2, 3): "update"}
    assert grouped(store) == [[1, 3]]
    with store.reading() as connection:
        view, later = story_queries.view(connection, 1), story_queries.view(connection, 2)
    assert view is not None
    assert later is not None
    assert [(row.article_id, row.because) for row in view.updates] == [(2, "12 ≠ 13")]
    assert view.look_alikes == ()
    assert [row.article_id for row in later.updates] == [1, 3]


def test_what_a_paper_puts_in_front_of_its_own_background_is_an_update(store: Store) -> None:
    text = body(1, 6)
    save(
        store,
        page(1, text),
        page(2, [*NEWS, *text], 90),
        page(3, [*NEWS, *body(2, 6)], 95),
        page(4, body(2, 6), 5, "hai"),
    )
    run(store)
    assert found(store) == {(2, 1): "update", (3, 4): "copy"}
    assert grouped(store) == [[3, 4]]


def test_an_update_joins_no_story_by_what_another_paper_has_of_it() -> None:
    edges = [Edge(2, 1, "copy"), Edge(3, 1, "update"), Edge(3, 2, "extended"), Edge(4, 3, "copy")]
    assert clusters(range(1, 5), edges) == [{1, 2}, {3, 4}]
    assert clusters(range(1, 5), [edge for edge in edges if edge.relation != "update"]) == [{1, 2, 3, 4}]


def story_page(n: int, paragraphs: list[str], site: str, minutes: int) -> PageText:
    return PageText(
        url=f"https://{site}.example/{n}", site=site, title=f"Tin {n}", dateline=None, at=T0 + timedelta(minutes=minutes),
        paragraphs=tuple(paragraphs),
    )  # fmt: skip


def test_each_page_knows_the_earlier_page_that_it_is_nearest_to() -> None:
    text, own = body(1, 8), body(9, 3)
    members = build_story([
        story_page(1, text, "một", 0), story_page(2, [*text, *own], "hai", 10), story_page(3, [*text[:3], *own], "ba", 20),
        story_page(4, text[:7], "bốn", 30),
    ]).members  # fmt: skip
    near = [member.nearest for member in members]
    assert near[0] is None
    told = [(one.url[-1], one.relation) for one in near if one]
    assert told == [("1", "copy"), ("2", "abridged"), ("1", "copy")]
    assert near[1] is not None
    assert near[1].containment == 1.0
    assert 0.4 < near[1].jaccard < 0.9


def test_of_a_long_story_the_first_and_the_last_pages_are_looked_at() -> None:
    text = body(1, 6)
    pages = [story_page(n, [*text, *body(100 + n, 1)], f"báo{n}", n) for n in range(80)]
    pages += [
        story_page(80, list(pages[40].paragraphs), "sau", 81),
        story_page(81, list(pages[3].paragraphs), "cuối", 82),
    ]
    near = [member.nearest for member in build_story(pages).members]
    assert near[80] is not None
    assert near[81] is not None
    assert near[80].url.endswith("/40")
    assert near[81].url.endswith("/3")


def test_the_command_shows_both(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from crawler.cli.main import main

    url, text = f"sqlite:///{tmp_path}/stories.db", body(1, 6)
    with Store.open(url) as opened:
        save(
            opened, page(1, [BEFORE, *text]), page(2, [AFTER, *text], 90, "hai"), page(3, [BEFORE, *text[:3]], 30, "ba")
        )
        run(opened)

    def run_command(*words: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main([*words, "--store", url])
        assert ended.value.code == 0
        return capsys.readouterr().out

    shown = run_command("story", "1")
    assert "nearest: https://bao.example/bai-1.html (abridged, " in shown
    assert "another state of the same news\n2  " in shown
    told = json.loads(run_command("story", "1", "--json"))
    assert told["members"][0]["nearest"] is None
    assert told["members"][1]["nearest"]["relation"] == "abridged"
    assert [row["article_id"] for row in told["updates"]] == [2]

"""Relating stored articles, on SQLite and on PostgreSQL: what is found, and that it follows every change."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, inspect, select, text

from crawler.compare import fingerprints as stored
from crawler.compare import relate, story_queries
from crawler.compare.relate import Relater
from crawler.compare.tables import fingerprints, members, relations, shingle_keys
from crawler.items import Article
from crawler.monitor.store_checks import verify
from crawler.newsroom.grammar import Voice, die
from crawler.store import Store
from crawler.text import content_hash, fingerprint
from tests.support import T0, at

DAY = 24 * 60


def body(seed: int, paragraphs: int = 6) -> list[str]:
    voice = Voice(die("relate", seed), "5/3")
    return [voice.paragraph() for _ in range(paragraphs)]


def page(n: int, paragraphs: list[str], minutes: int = 0, site: str = "bao", **fields: object) -> Article:
    url, text = f"https://{site}.example/bai-{n}.html", "\n".join(paragraphs)
    values: dict[str, object] = {
        "url": url, "canonical_url": url, "site": site, "title": f"Tiêu đề {n}", "lead": None, "body": text,
        "content_hash": content_hash(None, text), "layout": "made-up", "published_at": at(minutes),
    }  # fmt: skip
    return Article(**{**values, **fields})  # type: ignore[arg-type]


def save(store: Store, *pages: Article) -> list[int]:
    return [store.save(one, T0 + timedelta(days=30)).article_id for one in pages]


def run(store: Store, batch: int = 200) -> None:
    for _ in Relater(store).relate(batch):
        pass


def found(store: Store) -> dict[tuple[int, int], str]:
    with store.reading() as connection:
        rows = connection.execute(select(relations.c.article_id, relations.c.other_id, relations.c.relation))
        return {(row.article_id, row.other_id): row.relation for row in rows}


def grouped(store: Store) -> list[list[int]]:
    with store.reading() as connection:
        rows = connection.execute(select(members.c.story_id, members.c.article_id).order_by(members.c.article_id))
        groups: dict[int, list[int]] = {}
        for story, article in rows:
            groups.setdefault(story, []).append(article)
    return sorted(groups.values())


def listed(store: Store, **how: object) -> list[tuple[int, int]]:
    with store.reading() as connection:
        rows = story_queries.list_stories(
            connection, how.get("sites", ()), how.get("since"), how.get("least", 2), how.get("limit")
        )  # type: ignore[arg-type]
        return [(row.id, len(row.pages)) for row in rows]


@pytest.mark.parametrize("batch", [1, 3, 200])
def test_copies_abridgements_and_templates_are_found(store: Store, batch: int) -> None:
    text, other = body(1, 9), body(2)
    bulletin = [*other[:2], "Giá vàng SJC sáng nay ở mức 85,2 triệu đồng một lượng, tăng 300 nghìn đồng."]
    save(
        store,
        page(1, text), page(2, text[:4], 60, "hai"), page(3, [*text, *body(3, 1)], 30, "ba"), page(4, body(4)),
        page(5, bulletin), page(6, [*other[:2], bulletin[2].replace("85,2", "86,4")], DAY),
    )  # fmt: skip
    run(store, batch)
    assert found(store) == {
        (2, 1): "abridged", (3, 1): "copy", (2, 3): "abridged", (6, 5): "template",
    }  # fmt: skip
    assert grouped(store) == [[1, 2, 3]]
    assert listed(store) == [(1, 3)]
    with store.reading() as connection:
        assert story_queries.story_of(connection, 3) == 1
        assert story_queries.story_of(connection, 4) == 4
        assert story_queries.story_of(connection, 99) is None
        assert [(row.article_id, row.because) for row in story_queries.look_alikes(connection, 5)] == [
            (6, "85,2 ≠ 86,4")
        ]


def test_exact_copies_make_a_story_and_may_be_its_first_page(store: Store) -> None:
    text = body(1)
    save(store, page(1, text, 60, dateline="TTXVN"), page(2, text, 0, "hai", dateline="(TTXVN)"), page(3, body(2)))
    run(store)
    assert listed(store) == [(1, 2)]
    with store.reading() as connection:
        view = story_queries.view(connection, 1)
    assert view is not None
    assert view.story.first == view.story.members[0].url
    assert view.story.wire == "TTXVN"
    assert [member.site for member in view.story.members] == ["hai", "bao"]
    assert view.story.members[1].added == ()


def test_the_same_text_days_later_is_another_story(store: Store) -> None:
    text = body(1)
    save(store, page(1, text), page(2, [*text, *body(3, 1)], 3 * DAY), page(3, [*text, *body(4, 1)], 7 * DAY + 1))
    run(store)
    assert found(store) == {(2, 1): "copy"}


def test_a_revision_leaves_its_story_and_finds_another(store: Store) -> None:
    one, two = body(1, 8), body(2, 8)
    save(store, page(1, one), page(2, one[:6], 5), page(3, one[:7], 9), page(4, two, 3))
    run(store)
    assert grouped(store) == [[1, 2, 3]]
    save(store, page(2, two[:7], 5))
    run(store)
    assert grouped(store) == [[1, 3], [2, 4]]
    assert (2, 1) not in found(store)
    with store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(fingerprints)) == 4
        of_two = connection.scalar(select(func.count()).where(shingle_keys.c.article_id == 2))
        kept = stored.stored(connection, [2])[2]
        assert kept.revision == 2
        assert of_two == len(kept.keys)


def test_an_edit_is_no_copy_of_what_it_was(store: Store) -> None:
    text = body(1, 8)
    save(store, page(1, text))
    run(store)
    save(store, page(1, [*text, "Tòa soạn bổ sung một đoạn."]))
    run(store)
    assert found(store) == {}


def test_an_article_between_two_stories_joins_them_under_the_lower_number(store: Store) -> None:
    text = body(1, 10)
    save(store, page(1, text[:5], 10), page(2, text[5:], 20))
    run(store)
    assert grouped(store) == []
    save(store, page(3, text, 0))
    run(store)
    assert grouped(store) == [[1, 2, 3]]
    # A digest is later than its parts, and joins nothing.
    save(store, page(4, body(5), 0), page(5, body(6), 1), page(6, body(5) + body(6), 50))
    run(store)
    assert grouped(store) == [[1, 2, 3]]
    assert found(store)[6, 4] == "extended"


def test_any_order_and_any_batch_give_the_same_stories(address: str, tmp_path: Path) -> None:
    rng = Random(3)  # noqa: S311
    pages = []
    for seed in range(8):
        text = body(seed, 8)
        pages += [
            page(10 * seed, text, seed),
            page(10 * seed + 1, text[:6], seed + 30),
            page(10 * seed + 2, text[:3], 99),
        ]
    results = []
    for number, batch in enumerate((2, 7, 200)):
        rng.shuffle(pages)
        url = address if number == 0 else f"sqlite:///{tmp_path}/{number}.db"
        with Store.open(url) as opened:
            save(opened, *pages)
            run(opened, batch)
            names = {row.id: row.canonical_url for row in opened.articles(limit=None)}
            results.append(sorted(sorted(names[text] for text in group) for group in grouped(opened)))
            assert verify(opened) == []
    assert results[0] == results[1] == results[2]
    assert [len(group) for group in results[0]] == [3] * 8


def test_lists_by_site_and_time(store: Store) -> None:
    one, two = body(1, 8), body(2, 8)
    save(store, page(1, one), page(2, one[:7], 5, "hai"), page(3, two, DAY), page(4, two, DAY + 5, "ba"))
    run(store)
    assert listed(store) == [(3, 2), (1, 2)]
    assert listed(store, limit=1) == [(3, 2)]
    assert listed(store, sites=["hai"]) == [(1, 2)]
    assert listed(store, sites=["ba"]) == [(3, 2)]
    assert listed(store, sites=["bao"]) == [(3, 2), (1, 2)]
    assert listed(store, sites=["khac"]) == []
    assert listed(store, since=at(DAY)) == [(3, 2)]


def test_a_killed_run_goes_on_where_it_was(store: Store) -> None:
    text = body(1, 8)
    save(store, page(1, text), page(2, text[:7], 5), page(3, body(2)), page(4, text[:6], 8))
    steps = Relater(store).relate(batch=1)
    assert [next(steps).seq, next(steps).seq] == [1, 2]
    steps.close()
    assert [step.seq for step in Relater(store).relate(batch=1)] == [3, 4]
    assert grouped(store) == [[1, 2, 4]]
    assert list(Relater(store).relate()) == []


def test_of_two_at_once_each_batch_is_written_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    text = body(1, 8)
    save(store, page(1, text), page(2, text[:7], 5))
    prepare, other = Relater._prepare, Relater(store)

    def overtaken(self: Relater, *args: object) -> object:
        work = prepare(self, *args)  # type: ignore[arg-type]
        monkeypatch.setattr(Relater, "_prepare", prepare)
        assert [step.seq for step in other.relate()] == [2]
        return work

    monkeypatch.setattr(Relater, "_prepare", overtaken)
    assert list(Relater(store).relate()) == []
    assert grouped(store) == [[1, 2]]


def test_pages_without_words_or_time_are_no_trouble(store: Store) -> None:
    save(store, page(1, ["…"]), page(2, ["!"]), page(3, ["Tin vắn"], published_at=None))
    run(store)
    assert found(store) == {}
    assert list(Relater(store).reindex()) == []


def test_reindex_makes_anew_what_older_rules_made(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    text = body(1, 8)
    save(store, page(1, text), page(2, text[:7], 5), page(3, body(2)), page(4, text, 9, "hai"))
    run(store)
    before = found(store), grouped(store)
    for module in (relate, stored):
        monkeypatch.setattr(module, "VERSION", "m2")
    assert (relate.waiting(store), Relater(store).outdated()) == (0, 3)
    steps = Relater(store).reindex(batch=1)
    next(steps)
    steps.close()
    assert (relate.waiting(store), Relater(store).outdated()) == (0, 2)
    assert (found(store), grouped(store)) == before
    assert sum(step.articles for step in Relater(store).reindex(batch=1)) == 2
    assert (found(store), grouped(store)) == before
    with store.reading() as connection:
        assert set(connection.scalars(select(fingerprints.c.version))) == {"m2"}
        kept = stored.stored(connection, [1, 2, 3])
        assert connection.scalar(select(func.count()).select_from(shingle_keys)) == sum(
            len(k.keys) for k in kept.values()
        )


def test_another_normal_form_makes_no_revision(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = page(1, body(1)), page(2, body(2))
    copy = page(3, body(1), 5, "hai")
    save(store, one, two, copy)
    save(store, replace(one, body=body(9)[0], content_hash=content_hash(None, body(9)[0])))
    monkeypatch.setattr(fingerprint, "VERSION", "v2")
    # Fetched again before the re-hash: the same page, and nothing is new.
    assert save_events(store, page(2, body(2)), page(3, body(1), 5, "hai")) == [None, None]
    for _ in Relater(store).reindex(batch=1):
        pass
    assert save_events(store, page(1, [body(9)[0]]), page(4, body(2), 8, "ba")) == [None, "copied"]
    stored = store.article(1)
    assert stored is not None
    assert {row.content_hash[:3] for row in (*stored.revisions, *stored.copies, *stored.changes)} == {"v2:"}


def save_events(store: Store, *pages: Article) -> list[str | None]:
    return [store.save(one, T0 + timedelta(days=31)).event for one in pages]


def test_a_store_from_before_is_upgraded_with_its_data(fresh: object) -> None:
    from alembic import command

    from crawler.store import database
    from crawler.store.migrate import scripts

    url = fresh()  # type: ignore[operator]
    with Store.open(url) as opened:
        save(opened, page(1, body(1, 8)), page(2, body(1, 8)[:7], 5))
        run(opened)
    engine = database.engine_for(url)
    with database.transaction(database.writer(engine)) as connection:
        command.downgrade(scripts(connection), "0001")
    engine.dispose()
    with Store.open(url) as opened:
        assert grouped(opened) == []
        run(opened)
        assert grouped(opened) == [[1, 2]]
        assert verify(opened) == []


@pytest.fixture
def command_store(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/stories.db"
    text = body(1, 8)
    with Store.open(url) as opened:
        save(opened, page(1, text, dateline="TTXVN"), page(2, [*text[:6], "Đoạn thêm."], 5, "hai"), page(3, body(2)))
    return url


def test_the_commands_show_it(command_store: str, capsys: pytest.CaptureFixture[str]) -> None:
    import json

    from crawler.cli.main import main

    def run_command(*words: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main([*words, "--store", command_store])
        assert ended.value.code == 0
        said = capsys.readouterr()
        return said.out or said.err  # what is no row is said beside the rows

    assert json.loads(run_command("relate", "--json")) == {"changes": 3, "articles": 3, "pairs": 1}
    assert "0 changes" in run_command("relate")
    assert [page["site"] for page in json.loads(run_command("stories", "--pages", "2", "--json"))["pages"]] == [
        "bao",
        "hai",
    ]
    every = [json.loads(line) for line in run_command("stories", "--json").splitlines()]
    assert {row["id"]: len(row["pages"]) for row in every} == {1: 2, 3: 1}
    assert "bao,hai" in run_command("stories", "--since", "2026-03-01", "--site", "hai")
    assert "no story" in run_command("stories", "--site", "vnexpress")
    with pytest.raises(SystemExit) as ended:
        main(["stories", "--site", "khac", "--store", command_store])
    assert ended.value.code == 2
    assert "no site is called 'khac'" in capsys.readouterr().err
    told = json.loads(run_command("story", "2", "--json"))
    assert (told["id"], told["wire"], told["first"]) == (1, "TTXVN", "https://bao.example/bai-1.html")
    assert told["members"][1]["added"] == ["Đoạn thêm."]
    assert "+ Đoạn thêm." in run_command("story", "1")
    assert "nothing was made by older rules" in run_command("reindex")


def contents(store: Store) -> dict[str, list[tuple[object, ...]]]:
    with store.reading() as connection:
        # The index of words has no rows that could be read.
        names = [name for name in inspect(connection).get_table_names() if not name.startswith("search_words")]
        return {name: sorted(map(tuple, connection.execute(text(f"SELECT * FROM {name}"))), key=repr) for name in names}  # noqa: S608


@pytest.mark.parametrize("command", [("stories",), ("stories", "--json"), ("story", "2"), ("story", "2", "--json")])
def test_reading_writes_nothing_and_says_what_is_not_compared(
    address: str,
    capsys: pytest.CaptureFixture[str],
    command: tuple[str, ...],
) -> None:
    from crawler.cli.main import main

    with Store.open(address, reading=True) as opened:
        save(opened, page(1, body(1)), page(2, [*body(1), "Đoạn thêm."], 5, "hai"))
        before = contents(opened)
        for wanted in (before, None):
            with pytest.raises(SystemExit) as ended:
                main([*command, "--store", address])
            assert ended.value.code == 0
            shown = capsys.readouterr()
            said = "2 articles are not compared yet; do it with: thoisu relate\n"
            assert shown.err == (said if wanted else "")
            assert "Tiêu đề" in shown.out
            if wanted:
                assert contents(opened) == wanted
                counts = relate.relate(opened)
                assert (counts.changes, counts.articles, counts.pairs) == (2, 2, 1)
                assert contents(opened) != wanted


def test_relating_can_be_stopped_between_batches(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Relater.relate, "__defaults__", (1,))
    save(store, page(1, body(1)), page(2, [*body(1), "Đoạn thêm."], 5, "hai"), page(3, body(2)))
    batches: list[int] = []
    first = relate.relate(store, stop=lambda: True, on_batch=lambda batch: batches.append(batch.seq))
    assert (first.changes, first.articles, first.pairs, batches) == (1, 1, 0, [1])
    assert relate.waiting(store) == 2
    rest = relate.relate(store)
    assert (rest.changes, rest.articles, rest.pairs) == (2, 2, 1)
    assert relate.relate(store).changes == relate.waiting(store) == 0

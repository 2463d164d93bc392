"""A reader who wants each story once: alerts and sinks pass over the pages that only repeat another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crawler.alerts import alerts
from crawler.alerts.alerts import hits
from crawler.alerts.wording import AGAIN
from crawler.compare.relate import relate
from crawler.deliver import read_routes
from crawler.errors import BadInput
from crawler.items import Article
from crawler.sites import Sites
from crawler.store import Store
from crawler.store.messages import messages
from tests.deliver.test_deliver import Deliverer, Shelf, Time, route
from tests.support import T0, article, at

WIRE = (
    "Sáng nay, tại xã Ea Kar, Bộ Xây dựng và tỉnh khởi công nhà máy nước sạch có công suất mười lăm nghìn mét khối một ngày.",
    "Nhà máy lấy nước hồ Krông, cấp cho bốn xã ở phía đông, nơi mùa khô nào dân cũng phải mua nước chở bằng xe bồn.",
    "Chủ đầu tư cam kết hoàn thành đường ống chính trước mùa mưa, các tuyến nhánh do địa phương làm bằng vốn của mình.",
    "Lãnh đạo tỉnh yêu cầu các xã bàn giao mặt bằng đúng hẹn, không để nhà thầu phải chờ như ở hai dự án năm ngoái.",
)
MORE = (
    "Cùng ngày, đoàn công tác thăm trạm bơm cũ, nơi hai máy đã hỏng từ lâu mà chưa ai sửa, và hứa tìm vốn để thay mới.",
    "Người dân nói họ chỉ mong có nước đều đặn, vì giá nước chở bằng xe đã gấp ba lần giá mà nhà máy dự kiến thu sau này.",
)


OTHER = (
    "Giá nước sạch ở thành phố giữ nguyên đến hết năm, theo quyết định mà Ủy ban nhân dân vừa ký chiều qua.",
    "Sở Tài chính cho biết phương án mới sẽ được trình vào quý tới, sau khi lấy ý kiến của Hội đồng nhân dân.",
)


def page(n: int, site: str, *paragraphs: str) -> Article:
    return article(n, "\n".join(paragraphs), site=site, lead=None, published_at=at(n))


@pytest.fixture
def wire(store: Store) -> Store:
    """A story of four pages: the wire's, two that repeat it, one that adds to it; and a page of its own."""
    alerts.add(store, "nước", [], [], T0)
    store.save(page(1, "bao", *WIRE), at(1))
    store.save(page(2, "dai", *WIRE[:2]), at(2))
    store.save(page(3, "so", WIRE[0].replace("Sáng nay, tại", "Tại"), *WIRE[1:]), at(3))
    store.save(page(4, "tap-chi", *WIRE, *MORE), at(4))
    store.save(page(5, "so", *OTHER), at(5))
    return store


def written(store: Store) -> list[str]:
    with store.reading() as connection:
        return list(connection.scalars(select(messages.c.body).order_by(messages.c.id)))


def test_an_alert_tells_the_first_page_of_a_story_and_what_adds_to_it(wire: Store) -> None:
    told = alerts.write_messages(wire, at(9), ["json://127.0.0.1:9/"])
    (message,) = written(wire)
    assert [line for line in message.splitlines() if "https://" in line] == [
        "https://bao.example/bai-1.html",
        "https://bao.example/bai-4.html",
        "https://bao.example/bai-5.html",
    ]
    assert told == 3


def test_a_message_says_how_many_pages_carry_a_story(wire: Store) -> None:
    alerts.write_messages(wire, at(9), ["json://127.0.0.1:9/"])
    first, second, last = written(wire)[0].split("\n\n")
    assert "\nnew · bao · " in first
    assert f"\n{AGAIN} · tap-chi · " in second
    assert first.endswith("bai-1.html\n4 pages carry it")
    assert last.endswith("bai-5.html")


def test_a_page_that_repeats_one_of_an_earlier_message_is_told_with_it(wire: Store) -> None:
    alerts.write_messages(wire, at(9), ["json://127.0.0.1:9/"])
    wire.save(page(6, "dai", *WIRE), at(20))
    wire.save(page(7, "dai", *WIRE[:2], MORE[0]), at(21))
    assert alerts.write_messages(wire, at(30), ["json://127.0.0.1:9/"]) == 0
    assert len(written(wire)) == 1
    with wire.reading() as connection:
        assert not connection.scalars(select(hits.c.article_id).where(hits.c.notified_at.is_(None))).all()
        query = select(hits.c.article_id, hits.c.notified_at)
        when = {row[0]: row[1] for row in connection.execute(query)}
    assert set(when.values()) == {at(9)}


def test_another_alert_has_been_told_nothing_yet(wire: Store) -> None:
    alerts.write_messages(wire, at(9), ["json://127.0.0.1:9/"])
    alerts.add(wire, "Ea Kar", ["dai"], [], T0)
    wire.save(page(6, "dai", *WIRE[:3], "Nhà thầu đã đưa máy đến chân công trình từ tuần trước."), at(20))
    alerts.write_messages(wire, at(30), ["json://127.0.0.1:9/"])
    assert "bai-6" in written(wire)[-1]


def delivered(store: Store, **filters: Any) -> list[tuple[str, int]]:
    shelf, time = Shelf(), Time()
    wanted = replace(route(shelf, **filters), stories=True)
    Deliverer(store, wanted, time.pause, time.now).once(lambda _: None)
    return [(row.event, row.article_id) for row in shelf.rows]


def test_a_sink_gets_the_first_page_of_a_story_and_what_adds_to_it(wire: Store) -> None:
    relate(wire)
    assert delivered(wire) == [("created", 1), ("created", 4), ("created", 5)]


def test_a_sink_is_given_nothing_that_has_not_been_compared(wire: Store) -> None:
    assert delivered(wire) == []
    relate(wire)
    wire.save(page(6, "dai", *MORE, *OTHER), at(20))
    assert [article for _, article in delivered(wire)] == [1, 4, 5]


def test_what_a_sink_does_not_get_repeats_nothing_for_it(wire: Store) -> None:
    relate(wire)
    assert delivered(wire, sites={"dai", "so"}) == [("created", 2), ("created", 3), ("created", 5)]


def test_exact_copies_are_passed_over_and_what_is_gone_is_told(wire: Store) -> None:
    wire.save(page(8, "dai", *WIRE), at(10))
    wire.withdraw(article(2).canonical_url, at(11))
    relate(wire)
    assert delivered(wire) == [("created", 1), ("created", 4), ("created", 5), ("withdrawn", 2)]


def test_stories_is_a_truth_value(tmp_path: Path) -> None:
    (tmp_path / "sinks.toml").write_text('[a]\nurl = "jsonl:feed"\nstories = true\n', "utf-8")
    (one,) = read_routes(tmp_path / "sinks.toml", lambda: Sites({}), {}.get)
    assert one.stories
    (tmp_path / "sinks.toml").write_text('[a]\nurl = "jsonl:feed"\nstories = "yes"\n', "utf-8")
    with pytest.raises(BadInput, match=r"\[a\]: stories is true or false, not 'yes'"):
        read_routes(tmp_path / "sinks.toml", lambda: Sites({}), {}.get)

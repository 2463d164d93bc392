"""`thoisu search`: hits as lines and as JSON, filters, and what cannot be asked."""

from __future__ import annotations

from pathlib import Path

from crawler.store import Store
from tests.support import Thoisu, article, at


def test_search_lists_hits_with_their_sentences(thoisu: Thoisu, tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'a.db'}") as store:
        store.save(article(1, "Mở đầu. Giá nước sạch tăng."), at(1))
        store.save(article(2, "Nuoc sach", site="nhandan", title="Nước sạch"), at(2))
    held = ("--store", "sqlite:///a.db")
    out = thoisu("search", "nước sạch", *held).out
    assert "Giá nước sạch tăng." in out
    assert "Tiêu đề 1" in out
    (best, other) = thoisu("search", "nuoc sach", *held, "--best", "--json").rows
    assert (best["article_id"], best["score"], other["article_id"]) == (2, 1, 1)
    assert [row["article_id"] for row in thoisu("search", "nuoc", *held, "--tier", "central", "--json").rows] == [2]
    assert [row["article_id"] for row in thoisu("search", "nuoc", *held, "--site", "bao", "--json").rows] == [1]
    assert "is of tier central" in thoisu("search", "nuoc", *held, "--tier", "central", "--site", "bao").err
    assert "no article matches" in thoisu("search", "điện", *held).err
    assert "no tier is called 'x'; there are central" in thoisu("search", "nuoc", *held, "--tier", "x").err
    assert "--kind is one of article" in thoisu("search", "nuoc", *held, "--kind", "x").err
    assert "is no cursor" in thoisu("search", "nuoc", *held, "--before", "x").err


def test_until_a_day_takes_the_whole_day_in_each_command(thoisu: Thoisu, tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'a.db'}") as store:
        store.save(article(1, "nước"), at(1))
        store.save(article(2, "nước và nước", published_at=at(24 * 60)), at(2))
    options = ("--since", "2026-03-02", "--until", "2026-03-02", "--store", "sqlite:///a.db", "--json")
    assert [row["article_id"] for row in thoisu("search", "nước", *options).rows] == [1]
    assert [row["id"] for row in thoisu("articles", *options).rows] == [1]
    assert thoisu("search", "nước", *options, "--until", "2026-03-02T08:00").rows == []

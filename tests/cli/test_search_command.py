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
    assert thoisu("search", "nuoc", *held, "--tier", "central", "--site", "bao", "--json").rows == []
    assert "no article matches" in thoisu("search", "điện", *held).out
    assert "--tier is one of central" in thoisu("search", "nuoc", *held, "--tier", "x").err
    assert "is no cursor" in thoisu("search", "nuoc", *held, "--before", "x").err

"""What is chosen in the place of what gives nothing any more."""

from __future__ import annotations

import pytest

from crawler.items import Link
from crawler.learn import Answer, Exploration
from crawler.learn.samples import sample
from crawler.repair.choosing import choose
from crawler.repair.troubles import Trouble
from crawler.sites import EPI, AddressForm, Feed, Site
from tests.support import GOLDEN, at

HOME = "https://baomau.example.vn/"
SITE = Site(
    name="baomau", publisher="Báo Mẫu", home=HOME, tier="press", sources=(Feed(HOME + "home.rss"),),
    article=r"^/tin/[a-z0-9-]+-\d{5}\.htm$", layout=EPI,
)  # fmt: skip


@pytest.mark.parametrize(("query", "taken"), [("", True), ("?id=7", False)])
def test_a_form_of_address_that_calls_known_articles_otherwise_is_not_taken(query: str, taken: bool) -> None:
    """With `id` kept, what has been stored without it would be asked and stored once more."""
    former = [f"{HOME}tin/bai-so-{n}-cua-bao-1000{n}.htm{query}" for n in range(5)]
    new = [f"{HOME}tin-tuc-20261.aspx?id=9{n}003{n}" for n in range(9)]
    page = (GOLDEN / "nhandan" / "article" / "page.html").read_bytes()
    known = Exploration(home=Answer(HOME, body=b"<p>"), links=[])
    known.listed = {url: Link(url, "Tiêu đề của một bài báo") for url in (*former, *new)}
    known.others = dict.fromkeys([f"{HOME}gioi-thieu", f"{HOME}lien-he.aspx", f"{HOME}chuyen-muc.aspx?cat=3"])
    known.samples = [sample(Answer(new[0], 200, "text/html", page), Link(new[0]))]
    chosen = choose(known, SITE, [Trouble("addresses", "", at(0), "")], lambda _: set())
    assert [isinstance(one.by, AddressForm) for one in chosen] == [True] * taken

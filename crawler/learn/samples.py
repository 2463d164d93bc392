"""A page that is known to be an article, with what independent witnesses say is on it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bs4 import BeautifulSoup, Tag

from crawler.errors import Refused
from crawler.extract import Dropped, extract
from crawler.items import Article, Link
from crawler.learn.asking import Answer
from crawler.sites import Site
from crawler.text import charset

ELSE = frozenset(("title", "head", "a", "option", "script"))
"""Elements that hold the headlines of other pages, or the page's own name."""
_SQUEEZED = re.compile(r"[\s\xa0​]+")


@dataclass(eq=False)
class Sample:
    """An article's page. `article` is the reading without a layout, behind which no layout may fall."""

    answer: Answer
    link: Link
    """What the source said of it that named it."""
    article: Article
    dropped: list[Dropped] = field(default_factory=list)
    """The blocks that the reading left out, each with the rule."""

    @property
    def soup(self) -> BeautifulSoup:
        """The page."""
        return self.answer.soup

    @cached_property
    def title(self) -> str:
        """The headline, squeezed: what the source calls it where the page shows the same, else what was read."""
        said = squeezed(self.link.title or "")
        shown = len(said) > 8 and any(
            self.text(tag) == said for tag in self.soup.find_all(True) if tag.name not in ELSE
        )
        return said if shown else squeezed(self.article.title)

    @cached_property
    def lines(self) -> list[str]:
        """Lead and paragraphs, squeezed."""
        return [squeezed(line) for line in (self.article.lead or "", *self.article.body.split("\n")) if line]

    @cached_property
    def texts(self) -> dict[int, str]:
        """The squeezed text of each element, by its identity."""
        found: dict[int, str] = {}
        for tag in self.soup.find_all(True):
            found[id(tag)] = squeezed(tag.get_text())
        return found

    def text(self, tag: Tag) -> str:
        """The squeezed text of an element."""
        return self.texts.get(id(tag)) or squeezed(tag.get_text())

    def read(self, site: Site) -> Article | None:
        """What the page says when it is read as one of `site`; None when it cannot be read."""
        try:
            return extract(self.answer.text, self.answer.url, site=site)
        except Refused:
            return None


def sample(answer: Answer, link: Link) -> Sample:
    """A page as a sample; raises `Refused` when it is no article that can be read."""
    dropped: list[Dropped] = []
    article = extract(answer.body, answer.url, declared=charset(answer.content_type), explain=dropped)
    return Sample(answer, link, article, dropped)


def squeezed(text: str) -> str:
    """A text without white space and case, by which places of one text are compared."""
    return _SQUEEZED.sub("", text).casefold()


def overlap(one: Sequence[str], other: Sequence[str]) -> float:
    """How much two texts, as lists of lines, agree: F1 over the characters of lines that both have, 0 to 1."""
    if not one or not other:
        return 0.0
    left, right = set(one), set(other)
    shared = sum(map(len, left & right))
    return 2 * shared / ((sum(map(len, left)) + sum(map(len, right))) or 1)

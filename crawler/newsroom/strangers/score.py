"""How well a crawl of a stranger agrees with the truth: what was found, what is no article, field by field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from crawler.items import Article
from crawler.newsroom.papers import Paper
from crawler.newsroom.strangers.routes import story_at
from crawler.newsroom.strangers.stranger import Stranger
from crawler.newsroom.world import World

RECENT = timedelta(days=60)
"""Age up to which an article counts as published: a source shows the newest."""
FIELDS = ("f1", "title", "time", "authors", "section", "tags")
"""What is compared; the first is the mean F1 of the texts, the others are shares of the articles."""


@dataclass(slots=True)
class Score:
    """What a crawl of one stranger came to."""

    published: int = 0
    found: int = 0
    false: list[str] = field(default_factory=list)
    """Stored addresses that are no article, or a second address of one."""
    right: Counter[str] = field(default_factory=Counter)
    """Of each of `FIELDS`, how many of the found articles have it right; the sum of the F1 of the texts."""
    wrong: dict[str, str] = field(default_factory=dict)
    """Of each field that is wrong anywhere, the first such case in words."""

    def ratio(self, name: str) -> float:
        """Of a field of `FIELDS`, or "discovery"; 1.0 where there was nothing to find."""
        if name == "discovery":
            return self.found / self.published if self.published else 1.0
        return self.right[name] / self.found if self.found else 1.0

    def __iadd__(self, other: Score) -> Score:
        """Both together."""
        self.published += other.published
        self.found += other.found
        self.false += other.false
        self.right += other.right
        return self


def score(world: World, stranger: Paper, stored: Mapping[str, Article]) -> Score:
    """Compare what is stored, by canonical address, with what the stranger has published in the last days.

    An address counts as the article's in every spelling in which the stranger serves it, its twins apart.
    """
    told = Score()
    matched: dict[int, tuple[dict[str, Any], Article]] = {}
    for url, article in stored.items():
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        if isinstance(stranger, Stranger):
            story, view = story_at(world, stranger, target)
        else:
            story, view = world.at(stranger, parts.path), ""
        if story is None or view or story.number in matched:
            told.false.append(url)
        else:
            matched[story.number] = (world.truth(story), article)
    listed = [story for story in world.visible(stranger) if story.published > world.now - RECENT]
    told.published = len(listed)
    told.found = sum(story.number in matched for story in listed)
    numbers = {story.number for story in listed}
    for number, (truth, article) in matched.items():
        if number in numbers:
            _compare(told, truth, article)
    return told


def _compare(told: Score, truth: dict[str, Any], article: Article) -> None:
    agreed = f1(
        "\n".join(filter(None, (truth["lead"], truth["body"]))), "\n".join(filter(None, (article.lead, article.body)))
    )
    told.right["f1"] += agreed  # type: ignore[assignment]
    if agreed < 0.99:
        told.wrong.setdefault("f1", f"{agreed:.3f} at {article.canonical_url}: {_difference(truth, article)}")
    for name, (wanted, read) in _fields(truth, article).items():
        if wanted == read:
            told.right[name] += 1
        else:
            told.wrong.setdefault(name, f"{read!r} for {wanted!r} at {article.canonical_url}")


def _fields(truth: dict[str, Any], article: Article) -> dict[str, tuple[object, object]]:
    """Wanted and read of each field that is right or wrong."""
    minute: Callable[[datetime], datetime] = lambda at: at.replace(second=0, microsecond=0)  # noqa: E731
    read = article.published_at
    return {
        "title": (truth["title"], article.title),
        "time": (minute(datetime.fromisoformat(truth["published_at"])), minute(read) if read else None),
        "authors": (truth["authors"], list(article.authors)),
        "section": (truth["section"], article.section),
        "tags": (truth["tags"], list(article.tags)),
    }


def _difference(truth: dict[str, Any], article: Article) -> str:
    """The first line that is missing or too many."""
    wanted, read = _lines(truth["lead"], truth["body"]), _lines(article.lead, article.body)
    for line in wanted:
        if line not in read:
            return f"without {line[:60]!r}"
    return next((f"with {line[:60]!r}" for line in read if line not in wanted), "in another order")


def _lines(lead: str | None, body: str) -> list[str]:
    return [*([lead] if lead else []), *body.split("\n")]


def f1(wanted: str, read: str) -> float:
    """The F1 of the words of two texts, each as often as it stands there."""
    one, other = Counter(wanted.split()), Counter(read.split())
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 1.0


def failures(told: Score) -> Iterator[str]:
    """What is wrong, in words, worst first."""
    if told.found < told.published:
        yield f"{told.published - told.found} of {told.published} not found"
    if told.false:
        yield f"{len(told.false)} no article, as {told.false[0]}"
    for name in FIELDS:
        if name in told.wrong:
            yield f"{name} {told.ratio(name):.3f}: {told.wrong[name]}"

"""The simulated world: papers, their articles, a clock, and what editors do to articles later.

Everything follows from the seed: two worlds with the same arguments publish the same words at the same times.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, Literal

from crawler.newsroom import families
from crawler.newsroom.families import FAMILIES
from crawler.newsroom.grammar import die
from crawler.newsroom.papers import Paper, slugify
from crawler.newsroom.story import PaperStory, compose, revise
from crawler.text import VIETNAM

_START = datetime(2026, 8, 3, tzinfo=VIETNAM)
A_DAY = 25
"""Articles of one paper."""
_COPIED = 0.06  # share of articles that are another paper's text


class World:
    """`sites` papers with `articles` articles each, published from `start` on at 25 a day.

    `papers` are other ones than the first `sites` of the families. `times`, by paper, are other times of publication,
    an article each (`crawler.newsroom.tempo`). `now` stands after the last article unless it is given; with
    `real_clock` it is the machine's time. An article is visible when its time has come and it has not been withdrawn.
    """

    def __init__(
        self,
        seed: int = 1,
        sites: int = len(FAMILIES),
        articles: int = 200,
        start: datetime = _START,
        *,
        papers: Sequence[Paper] | None = None,
        times: Mapping[str, Sequence[datetime]] | None = None,
        now: datetime | None = None,
        real_clock: bool = False,
    ) -> None:
        self.seed = seed
        self.port: int | None = None
        """Port in every address; the server sets it."""
        self.papers: tuple[Paper, ...] = families.papers(sites) if papers is None else tuple(papers)
        self.stories: dict[str, list[PaperStory]] = {paper.name: [] for paper in self.papers}
        """Every story by paper, oldest first, published or not."""
        self._designs: dict[str, list[datetime]] = defaultdict(list)
        self.version = 0
        """Grows with every change but the clock's."""
        self._by_path: dict[tuple[str, str], PaperStory] = {}
        self._build({paper.name: self._even(paper, articles, start) for paper in self.papers} | dict(times or {}))
        last = max((story.visible_from for story in self.all_stories()), default=start)
        self._now = None if real_clock else now or last + timedelta(hours=1)

    def _even(self, paper: Paper, articles: int, start: datetime) -> list[datetime]:
        rng = die(self.seed, paper.name, "times")
        moments = []
        for number in range(articles):
            day = start.date() + timedelta(days=number // A_DAY)
            moment = datetime.combine(day, time(5, 30), VIETNAM) + timedelta(seconds=rng.randrange(17 * 3600))
            moments.append(max(moment, start))
        return moments

    def _build(self, times: Mapping[str, Sequence[datetime]]) -> None:
        slots = [(moment.replace(microsecond=0), paper) for paper in self.papers for moment in times[paper.name]]
        slots.sort(key=lambda slot: (slot[0], slot[1].name))
        rng = die(self.seed, "wire")
        wire: list[PaperStory] = []
        for published, paper in slots:
            recent = [story for story in wire[-12:] if story.paper is not paper]
            original = rng.choice(recent) if recent and rng.random() < _COPIED else None
            story = self._add(compose(paper, len(self.stories[paper.name]) + 1, published, self.seed, original))
            if original:
                wire.remove(original)
            elif story.kind == "article":
                wire.append(story)

    def _add(self, story: PaperStory) -> PaperStory:
        shelf = self.stories[story.paper.name]
        shelf.insert(bisect_left(shelf, story.published, key=lambda other: other.published), story)
        if (story.paper.name, story.path) in self._by_path:
            # As systems do whose addresses are made of the title alone.
            story.path = f"{story.path.rstrip('/')}-{story.number}{'/' if story.path.endswith('/') else ''}"
        self._by_path[story.paper.name, story.path] = story
        self.version += 1
        return story

    @property
    def now(self) -> datetime:
        """The world's time."""
        return self._now or datetime.now(VIETNAM)

    @now.setter
    def now(self, moment: datetime) -> None:
        self._now = moment

    def advance(self, **delta: float) -> datetime:
        """Move a simulated clock: `advance(hours=2)`. The new time."""
        self.now = self.now + timedelta(**delta)
        return self.now

    def paper(self, name: str) -> Paper:
        """The paper of a name or host; KeyError when there is none."""
        name = name.split(":")[0].removesuffix(".localhost").removeprefix("www.")
        found = (paper for paper in self.papers if name == paper.name or name in paper.aliases)
        return next(found, None) or _unknown(name)

    def all_stories(self) -> list[PaperStory]:
        """Every story of every paper, published or not."""
        return [story for shelf in self.stories.values() for story in shelf]

    def visible(self, paper: Paper, section: str | None = None) -> list[PaperStory]:
        """What the paper shows now, newest first; `section` is a slug."""
        now = self.now
        return [
            story
            for story in reversed(self.stories[paper.name])
            if story.visible_from <= now and not story.gone and section in (None, story.section.slug)
        ]

    def newest(self, paper: Paper, count: int) -> list[PaperStory]:
        """The first `count` of `visible`, found without a walk through all."""
        now, shelf = self.now, self.stories[paper.name]
        found: list[PaperStory] = []
        for place in range(bisect_right(shelf, now, key=lambda story: story.published) - 1, -1, -1):
            story = shelf[place]
            if story.visible_from <= now and not story.gone:
                found.append(story)
                if len(found) == count:
                    break
        return found

    def at(self, paper: Paper, path: str) -> PaperStory | None:
        """The story at a path, if its time has come; it may be gone."""
        story = self._by_path.get((paper.name, path))
        return story if story and story.visible_from <= self.now else None

    def related(self, story: PaperStory, count: int) -> list[PaperStory]:
        """Older stories of the same paper, always the same ones for the same story."""
        shelf = self.stories[story.paper.name]
        place = bisect_left(shelf, story.published, key=lambda other: other.published)
        return shelf[max(place - count, 0) : place]

    def root(self, paper: Paper) -> str:
        """`http://songda.localhost:8080`, without a slash at the end."""
        return f"http://{paper.host}" + (f":{self.port}" if self.port else "")

    def url(self, story: PaperStory) -> str:
        """Address of a story."""
        return self.root(story.paper) + story.path

    def edit(self, story: PaperStory) -> PaperStory:
        """The desk adds a paragraph."""
        revise(story, self.now)
        self.version += 1
        return story

    def withdraw(self, story: PaperStory, status: Literal[404, 410] = 410) -> None:
        """The desk takes the story down."""
        story.gone = status
        self.version += 1

    def restore(self, story: PaperStory) -> None:
        """The story is back as it was."""
        story.gone = None
        self.version += 1

    def publish(self, name: str, *, age: timedelta = timedelta()) -> PaperStory:
        """A new story now, dated `age` ago: a late item stands deep in every list that is sorted by time."""
        paper = self.paper(name)
        story = compose(paper, len(self.stories[paper.name]) + 1, self.now.replace(microsecond=0) - age, self.seed)
        story.modified = story.published
        story.visible_from = self.now
        return self._add(story)

    def publish_late(self, name: str, days: float = 2) -> PaperStory:
        """A story that appears now with an old time."""
        return self.publish(name, age=timedelta(days=days))

    def silence(self, name: str, hours: float) -> list[PaperStory]:
        """The stories that the paper was to publish in the next hours are never published."""
        end = self.now + timedelta(hours=hours)
        shelf = self.stories[self.paper(name).name]
        lost = [story for story in shelf if self.now < story.visible_from <= end]
        for story in lost:
            shelf.remove(story)
            del self._by_path[story.paper.name, story.path]
        self.version += 1
        return lost

    def set_clock(self, name: str, hours: float) -> None:
        """From now on the paper dates its stories by a clock that is so many hours ahead."""
        shelf = self.stories[self.paper(name).name]
        for story in shelf:
            if story.visible_from > self.now:
                story.published += timedelta(hours=hours)
                story.modified += timedelta(hours=hours)
        shelf.sort(key=lambda story: story.published)
        self.version += 1

    def readdress(self, name: str, pattern: str) -> None:
        """Stories that are published from now on have other addresses: {slug}, {section}, {number}."""
        for story in self.stories[self.paper(name).name]:
            if story.visible_from > self.now:
                del self._by_path[story.paper.name, story.path]
                number = 4_000_000 + story.number
                story.path = pattern.format(slug=slugify(story.title), section=story.section.slug, number=number)
                self._by_path[story.paper.name, story.path] = story
        self.version += 1

    def redesign(self, name: str, at: datetime | None = None) -> None:
        """From now on, or from a later time on, the paper's pages bear other class names."""
        self._designs[self.paper(name).name].append(at or self.now)
        self.version += 1

    def design(self, paper: Paper) -> int:
        """How often a paper has been redesigned."""
        now = self.now
        return sum(moment <= now for moment in self._designs[paper.name])

    def truth(self, story: PaperStory) -> dict[str, Any]:
        """What a reader of the page should find, under the names of `crawler.items.Article`."""
        paper, root = story.paper, self.root(story.paper)
        told: dict[str, Any] = {
            "url": self.url(story),
            "canonical_url": self.url(story),
            "site": paper.name,
            "title": story.title,
            "lead": story.lead,
            "body": "\n".join(story.lines),
            "dateline": story.dateline,
            "authors": list(story.authors),
            "published_at": story.published.isoformat(),
            "modified_at": story.modified.isoformat() if paper.says_modified else None,
            "section": story.section.name,
            "tags": list(story.tags),
            "kind": story.kind,
            "images": [{"url": root + picture.path, "caption": picture.caption} for picture in story.images],
            "documents": story.documents,
            "layout": paper.family,
            "copy_of": self.url(story.copy_of) if story.copy_of else None,
        }
        return told | {name: [] if isinstance(told[name], list) else None for name in paper.silent}

    def record(self) -> dict[str, list[dict[str, Any]]]:
        """The truth of everything visible now, by site, newest first; of a closed paper nothing is."""
        return {
            paper.name: [] if paper.closed else [self.truth(story) for story in self.visible(paper)]
            for paper in self.papers
        }


def _unknown(name: str) -> Paper:
    raise KeyError(f"no paper {name!r} in this world")

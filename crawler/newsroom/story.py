"""One simulated article with the whole truth about itself, and how it is made up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Literal, Protocol

from crawler.items import Kind
from crawler.newsroom import templates, words
from crawler.newsroom.grammar import DOCUMENT, Voice, byline, die, person
from crawler.newsroom.papers import Paper, Section, slugify

BlockKind = Literal["p", "h2", "list", "note", "question", "answer", "moment"]
KIND_SECTIONS: dict[Kind, Section] = {
    "photo": Section("Ảnh", "anh", 901),
    "video": Section("Video", "video", 902),
    "emagazine": Section("E-Magazine", "emagazine", 903),
    "interview": Section("Phỏng vấn", "phong-van", 904),
    "live": Section("Tường thuật trực tiếp", "tuong-thuat-truc-tiep", 905),
}


@dataclass(frozen=True, slots=True)
class StoryBlock:
    """A part of the text; each line is one line of `Article.body`."""

    kind: BlockKind
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture's path on the paper's host, and its caption."""

    path: str
    caption: str | None


@dataclass(slots=True, eq=False)
class PaperStory:
    """What a paper published, and when it can be seen."""

    paper: Paper
    number: int
    title: str
    lead: str
    dateline: str | None
    blocks: tuple[StoryBlock, ...]
    authors: tuple[str, ...]
    section: Section
    tags: tuple[str, ...]
    kind: Kind
    published: datetime
    modified: datetime
    visible_from: datetime
    path: str
    cover: Photo | None = None
    figures: dict[int, Photo] = field(default_factory=dict)
    """Pictures in the text, by the number of the block that they follow."""
    gallery: tuple[tuple[Photo, ...], ...] = ()
    """A photo story's groups; the pictures of a group share one caption."""
    copy_of: PaperStory | None = None
    revision: int = 1
    gone: Literal[404, 410] | None = None
    """Status with which it answers once it has been taken down."""

    @property
    def lines(self) -> list[str]:
        """The lines of the body; a photo story's text is its captions, each once."""
        if self.gallery:
            return [group[0].caption or "" for group in self.gallery]
        return [line for block in self.blocks for line in block.lines]

    @property
    def images(self) -> list[Photo]:
        """Every picture in the order of the page."""
        cover = [self.cover] if self.cover else []
        return (
            cover + [self.figures[key] for key in sorted(self.figures)] + [p for group in self.gallery for p in group]
        )

    @property
    def documents(self) -> list[str]:
        """Legal instruments named in lead and body, in order of first mention."""
        return list(dict.fromkeys(DOCUMENT.findall("\n".join((self.lead, *self.lines)))))


class Press(Protocol):
    """What a page must know of the world around its story."""

    def root(self, paper: Paper) -> str:
        """Scheme, host and port of a paper, without a slash at the end."""

    def url(self, story: PaperStory) -> str:
        """Address of a story."""

    def related(self, story: PaperStory, count: int) -> list[PaperStory]:
        """Older stories of the same paper, always the same ones for the same story."""


def compose(
    paper: Paper, number: int, published: datetime, seed: int, original: PaperStory | None = None
) -> PaperStory:
    """Make up a story; with `original`, the wire copy of it: same lead and body under another title."""
    rng = die(seed, paper.name, number)
    voice = Voice(rng, f"{published.day}/{published.month}")
    kind: Kind = "article" if original else _kind(paper, rng)
    title = original.title if original else voice.one(templates.TITLES)
    while original and title == original.title:
        title = voice.one(templates.OTHER_TITLES)
    section = KIND_SECTIONS.get(kind) or rng.choice(paper.sections)
    identity = 100_000 + number * 3
    stamp = f"102{published:%y%m%d%H%M%S}{number % 1000:03}"
    if not paper.seconds:
        published = published.replace(second=0)
    modified = published + timedelta(seconds=rng.choice((0, 0, 46, 180))) if paper.says_modified else published
    blocks = original.blocks if original else _blocks(kind, voice)
    gallery = _gallery(paper, identity, voice) if kind == "photo" else ()
    pictures = 0 if kind in ("photo", "video") else rng.choice((0, 1, 1, 2, 2, 3))
    drawn = [_picture(paper, identity, number_, voice.one(templates.CAPTIONS)) for number_ in range(pictures)]
    if drawn and rng.random() < 0.2:
        drawn[0] = replace(drawn[0], caption=None)
    places = sorted(rng.sample(range(len(blocks)), min(max(pictures - 1, 0), len(blocks))))
    return PaperStory(
        paper=paper,
        number=number,
        title=title,
        kind=kind,
        section=section,
        published=published,
        modified=modified,
        lead=original.lead if original else voice.one(templates.LEADS),
        dateline=paper.mark if rng.random() < 0.75 else None,
        blocks=() if gallery else blocks,
        gallery=gallery,
        authors=() if original else tuple(dict.fromkeys(byline(rng) for _ in range(rng.choice((0, 1, 1, 1, 2))))),
        tags=tuple(rng.sample(words.TOPIC_TAGS, rng.choice((2, 3, 4)))),
        cover=drawn[0] if drawn else None,
        figures=dict(zip(places, drawn[1:], strict=False)),
        visible_from=modified,
        copy_of=original,
        path=paper.address.format(
            slug=slugify(title),
            id=identity,
            section=section.slug,
            stamp=stamp,
            at=published,
            zone=section.zone,
            small=identity // 3 - 33_000,
            hex=f"{identity * 0x9E3779B97F4A7C15F39CC060 % 2**96:024x}",
        ),
    )


def revise(story: PaperStory, at: datetime) -> None:
    """A later edit: one paragraph more and, where the page says so, a later time of change."""
    rng = die("edit", story.paper.name, story.number, story.revision)
    voice = Voice(rng, f"{at.day}/{at.month}")
    if story.gallery:
        story.lead = voice.one(templates.LEADS)
    else:
        story.blocks += (StoryBlock("p", (voice.paragraph(),)),)
    story.revision += 1
    story.modified = at.replace(microsecond=0)


def _kind(paper: Paper, rng: Random) -> Kind:
    return rng.choice(paper.kinds) if paper.kinds and rng.random() < 0.12 else "article"


def _picture(paper: Paper, identity: int, number: int, caption: str | None) -> Photo:
    return Photo(f"/images/{paper.name}/{identity}/{number}-{identity * 7919 % 99991}.jpg", caption)


def _gallery(paper: Paper, identity: int, voice: Voice) -> tuple[tuple[Photo, ...], ...]:
    groups, number = [], 0
    for size in voice.rng.choices(paper.gallery, k=voice.rng.randint(4, 8)):
        caption = voice.paragraph()
        groups.append(tuple(_picture(paper, identity, number + offset, caption) for offset in range(size)))
        number += size
    return tuple(groups)


def _blocks(kind: Kind, voice: Voice) -> tuple[StoryBlock, ...]:
    rng = voice.rng
    if kind == "photo":
        return ()
    if kind == "video":
        return tuple(StoryBlock("p", (voice.paragraph(),)) for _ in range(rng.randint(2, 4)))
    blocks = [StoryBlock("p", (voice.paragraph(),)) for _ in range(rng.randint(6, 20))]
    if kind == "interview":
        for question in rng.sample(templates.QUESTIONS, rng.randint(2, 4)):
            blocks.append(StoryBlock("question", (f"Bạn đọc {person(rng)}", voice.fill(question))))
            blocks.append(StoryBlock("answer", (f"{rng.choice(words.POSTS)} {person(rng)}", voice.paragraph())))
        return tuple(blocks[3:])
    if kind == "live":
        minute = 8 * 60 + rng.randint(0, 40)
        for _ in range(rng.randint(4, 9)):
            minute += rng.randint(4, 25)
            head = f"{minute // 60:02}:{minute % 60:02} - {voice.one(templates.MOMENTS)}"
            blocks.append(StoryBlock("moment", (head, voice.paragraph())))
        return tuple(blocks[4:])
    for place in sorted(rng.sample(range(1, len(blocks)), rng.choice((0, 0, 1, 2, 3))), reverse=True):
        blocks.insert(place, StoryBlock("h2", (voice.one(templates.HEADINGS),)))
    if rng.random() < 0.25:
        items = tuple(voice.fill(item) for item in rng.sample(templates.ITEMS, 3))
        blocks.insert(rng.randrange(1, len(blocks)), StoryBlock("list", items))
    if rng.random() < 0.2:
        blocks.insert(rng.choice((0, len(blocks) // 2)), StoryBlock("note", tuple(map(voice.fill, templates.NOTES))))
    return tuple(blocks)

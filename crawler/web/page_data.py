"""What the pages of articles show, as values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, cast

from markupsafe import Markup
from sqlalchemy import Connection

from crawler.compare import Diff, Piece
from crawler.items import Article
from crawler.store import listings
from crawler.text import VIETNAM
from crawler.web import plots
from crawler.web.render import Page

HOURS = 24
_SITES = 12  # whose counts are shown
MOST_TEXT = 40_000
"""Characters of a text on a page, which stays below 100 KB with all around it."""
_AROUND = 1  # unchanged paragraphs that are shown beside a changed one
_FEW = 3  # so many are not worth hiding


@dataclass(frozen=True, slots=True)
class SiteCount:
    """How many articles a site has published."""

    name: str
    count: int
    plot: Markup


@dataclass(frozen=True, slots=True)
class Counts:
    """What has come in the last hours."""

    total: int
    plot: Markup
    sites: list[SiteCount]


def counts(connection: Connection, page: Page, only: Collection[str] = ()) -> Counts:
    """The articles of the last day, by hour and by site."""
    end = page.now.astimezone(VIETNAM).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    start = end - timedelta(hours=HOURS)
    by_hour, by_site = Counter[int](), Counter[str]()
    for site, hour, count in listings.hours(connection, start, end, only):
        by_hour[int((hour - start) // timedelta(hours=1))] += count
        by_site[site or ""] += count
    values = [by_hour[hour] for hour in range(HOURS)]
    labels = [
        page.many("{at}: {n} article", "{at}: {n} articles", value, at=f"{start + timedelta(hours=hour):%H}:00")
        for hour, value in enumerate(values)
    ]
    ticks = [(hour, f"{start + timedelta(hours=hour):%H}") for hour in range(HOURS) if (start.hour + hour) % 6 == 0]
    said = page("Articles by hour; most at {at}", at=f"{start + timedelta(hours=values.index(max(values))):%H}:00")
    most = max(by_site.values(), default=1)
    return Counts(
        total=by_site.total(),
        plot=plots.bars(values, labels, said, ticks),
        sites=[SiteCount(name, count, plots.strip(count / most)) for name, count in by_site.most_common(_SITES)],
    )


Change = Literal["kept", "changed", "removed", "added", "left", "moved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownBlock:
    """A block of a diff with the paragraphs around it."""

    change: Change
    """`left` and `moved` are the places from which and to which a paragraph went as it was."""
    part: str
    pieces: tuple[Piece, ...] = ()
    head: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    tail: tuple[str, ...] = ()


def shown_blocks(diff: Diff, after: Article) -> list[ShownBlock]:
    """A diff to be read: unchanged paragraphs stand beside changed ones, the others are folded away."""
    texts: dict[str, Iterator[str]] = {
        "title": iter([after.title]),
        "lead": iter((after.lead or "").split("\n") if after.lead else []),
        "body": iter(after.body.split("\n")),
    }
    found, left, moved = [], MOST_TEXT, diff.moved
    changes = dict.fromkeys(moved, "left") | dict.fromkeys(moved.values(), "moved")
    for number, block in enumerate(diff.blocks):
        if block.change == "kept":
            kept = tuple(next(texts[block.part], "") for _ in range(block.count))
            if block.part == "title":
                continue
            head = _AROUND if number and diff.blocks[number - 1].change != "kept" else 0
            tail = _AROUND if number + 1 < len(diff.blocks) and diff.blocks[number + 1].change != "kept" else 0
            if len(kept) <= max(_FEW, head + tail):
                shown = ShownBlock(change="kept", part=block.part, head=kept)
            else:
                end = len(kept) - tail
                shown = ShownBlock(
                    change="kept", part=block.part, head=kept[:head], hidden=kept[head:end], tail=kept[end:]
                )
        else:
            if block.change != "removed":
                next(texts[block.part], None)
            change = cast("Change", changes.get(number, block.change))
            shown = ShownBlock(change=change, part=block.part, pieces=block.pieces)
        left -= sum(map(len, (*shown.head, *shown.hidden, *shown.tail))) + sum(len(one.text) for one in shown.pieces)
        if left < 0:
            break
        found.append(shown)
    return found


def paragraphs(text: Article) -> tuple[list[str], int]:
    """The body by paragraphs, as far as a page takes it, and how many characters are left out."""
    body = text.body[:MOST_TEXT]
    return [line for line in body.split("\n") if line.strip()], len(text.body) - len(body)

"""The look of a stranger's pages, drawn once for each design: after a redesign another is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Literal, get_args

from crawler.newsroom.grammar import die
from crawler.newsroom.strangers.clocks import Clock, drawn_clock
from crawler.newsroom.strangers.hooks import Hooks, Style
from crawler.newsroom.strangers.stranger import Stranger

Frame = Literal["divs", "semantic", "tables", "nested", "blog", "app"]
Paragraphs = Literal["p", "div", "br", "mso"]
Captions = Literal["figure", "table", "line", "blog", "italic"]
Byline = Literal["before", "labelled", "after", "right", "last-paragraph", "none"]
Leads = Literal["own", "heading", "strong-in-body", "first-in-body", "repeated"]
Wedge = Literal["advertisement", "player", "poll", "subscription"]
Insets = Literal["box", "lines", "cards", "none"]

BOX_HEADINGS = (
    "Có thể bạn quan tâm", "Tin liên quan", "Xem thêm", "Bài liên quan", "Đọc thêm", "Tin cùng dòng sự kiện",
)  # fmt: skip
MORE_LABELS = (">> ", ">>> Xem thêm: ", "Xem thêm: ", "Đọc thêm: ", "→ ", "")
BELOW_HEADINGS = (
    "Các tin khác",
    "Tin cùng chuyên mục",
    "Tin đã đưa",
    "Cùng chuyên mục",
    "Tin mới hơn",
    "Bài viết khác",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What all article pages of one design have in common."""

    frame: Frame
    hooks: Hooks
    clock: Clock
    title_tag: str
    lead_place: Leads
    byline: Byline
    joint: str
    """What stands between two names."""
    paragraphs: Paragraphs
    captions: Captions
    insets: Insets
    inset_heading: str
    inset_first: bool
    """The box of links opens the text instead of standing in its midst."""
    more_label: str
    """What a line that leads to another story begins with."""
    below_heading: str
    wedges: tuple[Wedge, ...]
    """Further things inside the text that are none of it."""
    source: str
    """A last line that names the source, "" for none."""
    logo_heading: bool
    """The name of the site is a first-rank heading of every page."""
    sticky: bool
    """A hidden bar repeats the title."""
    crumbs: bool
    tags: bool
    title_form: str
    """Of the title element, with {title}, {section} and {site}."""
    graph: Literal["full", "no-title", "site-title", "none"]
    """Which Open Graph properties there are."""
    linked: Literal["news", "graph", "page-only", "none"]
    """What JSON-LD tells of."""
    canonical: bool
    weight: bool
    """Its pages carry inline styles and scripts that make up most of them."""
    visit_clock: bool
    """The header shows the day of the visit."""
    print_twin: bool
    amp_twin: bool
    tools_first: bool
    """A bar of tools stands between the title and the text."""
    comments: bool


@lru_cache(1024)
def design_of(stranger: Stranger, number: int) -> Design:
    """The design that a stranger has after so many redesigns."""
    rng = die(stranger.seed, stranger.name, "design", number)
    frame: Frame = rng.choice(("divs", "divs", "semantic", "tables", "nested", "blog", "app"))
    return Design(
        frame=frame,
        hooks=Hooks(rng, _style(rng, frame)),
        clock=drawn_clock(rng),
        title_tag=rng.choice(("div", "span", "h1") if frame in ("tables", "nested") else ("h1", "h1", "h1", "h2")),
        lead_place=rng.choice(("own", "own", "heading", "strong-in-body", "first-in-body", "repeated")),
        byline="none" if "authors" in stranger.silent else _byline(rng),
        joint=rng.choice((" - ", ", ", "; ", " – ")),
        paragraphs=rng.choice(_PARAGRAPHS[frame]),
        captions=rng.choice(_CAPTIONS[frame]),
        insets=rng.choice(("box", "box", "lines", "lines", "cards", "none")),
        inset_heading=rng.choice(BOX_HEADINGS),
        inset_first=rng.random() < 0.2,
        more_label=rng.choice(MORE_LABELS),
        below_heading=rng.choice(BELOW_HEADINGS),
        crumbs="section" not in stranger.silent,
        tags="tags" not in stranger.silent,
        title_form=rng.choice(_TITLES),
        graph=rng.choice(("full", "full", "full", "no-title", "site-title", "none")),
        linked=rng.choice(("news", "news", "graph", "page-only", "none")),
        canonical=rng.random() < 0.7,
        weight=rng.random() < 0.4,
        visit_clock=rng.random() < 0.35,
        print_twin=rng.random() < 0.4,
        amp_twin=rng.random() < 0.15,
        tools_first=rng.random() < 0.5,
        comments=rng.random() < 0.4,
        wedges=tuple(wedge for wedge in get_args(Wedge) if rng.random() < 0.15),
        source=rng.choice(("", "", "", "", f"Nguồn: {stranger.title}", "Theo TTXVN", "(Nguồn: baochinhphu.vn)")),
        logo_heading=rng.random() < 0.2,
        sticky=rng.random() < 0.15,
    )


_TITLES = (
    "{title} | {site}", "{title} - {site}", "{site} - {title}", "{title}", "{title} - {section} - {site}", "{site}",
)  # fmt: skip
_PARAGRAPHS: dict[Frame, tuple[Paragraphs, ...]] = {
    "divs": ("p", "p", "div"),
    "semantic": ("p",),
    "tables": ("br", "mso", "p", "div"),
    "nested": ("mso", "p", "div"),
    "blog": ("p",),
    "app": ("p", "p", "div"),
}
_CAPTIONS: dict[Frame, tuple[Captions, ...]] = {
    "divs": ("figure", "line", "italic"),
    "semantic": ("figure",),
    "tables": ("table", "italic"),
    "nested": ("table", "line", "italic"),
    "blog": ("blog", "figure"),
    "app": ("figure",),
}


def _style(rng: Random, frame: Frame) -> Style:
    match frame:
        case "app":
            return rng.choice(("utility", "hashed", "styled"))
        case "nested":
            return "controls"
        case "tables":
            return rng.choice(("vietnamese", "english", "controls"))
        case "blog":
            return "english"
    return rng.choice(("english", "vietnamese", "bem", "hashed"))


def _byline(rng: Random) -> Byline:
    return rng.choice(("before", "labelled", "after", "right", "right", "last-paragraph"))

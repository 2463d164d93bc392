"""RSS as the papers really write it: each paper has a dialect of dates, encodings and small mistakes of its own."""

from __future__ import annotations

import codecs
from datetime import datetime

from crawler.newsroom.markup import esc, numeric, us_time
from crawler.newsroom.papers import Dialect, Paper
from crawler.newsroom.story import PaperStory
from crawler.newsroom.world import World

LENGTH = 40
"""Items in a feed."""
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ZONES: dict[Dialect, str] = {"colon": "+07:00", "gmt7": "GMT+7", "two-digit-zone": "+07"}


def feed_date(moment: datetime, dialect: Dialect) -> str:
    """A time as the dialect writes it; "us" has month first, no zone, and U+202F before AM or PM."""
    if dialect == "us":
        return us_time(moment, "\u202f")
    year = f"{moment:%y}" if dialect == "two-digit-year" else f"{moment.year}"
    day = f"{_DAYS[moment.weekday()]}, {moment.day:02} {_MONTHS[moment.month - 1]} {year}"
    return f"{day} {moment:%H:%M:%S} {_ZONES.get(dialect, '+0700')}"


def feed(world: World, paper: Paper, stories: list[PaperStory], name: str = "Trang chủ") -> bytes:
    """The feed of these stories, newest first, in the paper's dialect."""
    items = "".join(_item(world, story) for story in stories[:LENGTH])
    built = feed_date(stories[0].published, paper.dialect) if stories else ""
    channel = (
        f'<rss version="2.0"><channel><title>{name} - {paper.title}</title><link>{world.root(paper)}/</link>'
        f"<description>{paper.title}</description><lastBuildDate>{built}</lastBuildDate>\n{items}</channel></rss>\n"
    )
    declaration = '<?xml version="1.0" encoding="utf-8"?>\n'
    match paper.dialect:
        case "us":
            return channel.encode()  # no declaration
        case "gmt7":
            return codecs.BOM_UTF16_LE + (declaration.replace("utf-8", "utf-16") + channel).encode("utf-16-le")
        case "two-digit-zone":
            return codecs.BOM_UTF8 + (declaration + channel).encode()
    return (declaration + channel).encode()


def _item(world: World, story: PaperStory) -> str:
    paper, url = story.paper, world.url(story)
    title, text = esc(story.title), esc(f'<a href="{url}"><img src="/thumb.jpg"></a>{story.lead}')
    match paper.dialect:
        case "colon":
            title, text = f"<![CDATA[{story.title}]]>", f"<![CDATA[<a href='{url}'></a>{story.lead}]]>"
        case "us":
            title = esc(numeric(story.title))  # a letter is "&amp;#7897;": escaped twice
        case "two-digit-year":
            url += "?utm_source=rss&utm_medium=feed"  # the ampersand is not escaped
        case "two-digit-zone":
            title = f"\n   {title}\n  "
    date = feed_date(story.published, paper.dialect)
    return (
        f"<item><title>{title}</title><description>{text}</description><link>{url}</link>"
        f'<guid isPermaLink="true">{url}</guid><pubDate>{date}</pubDate></item>\n'
    )

"""What stands around every page of a stranger: head, menus, columns at the side, footer."""

from __future__ import annotations

from crawler.newsroom.grammar import die
from crawler.newsroom.markup import WEEKDAYS, dead_weight, esc
from crawler.newsroom.papers import Section, slugify
from crawler.newsroom.story import PaperStory
from crawler.newsroom.strangers.design import Design
from crawler.newsroom.strangers.stranger import Stranger
from crawler.newsroom.words import TOPIC_TAGS
from crawler.newsroom.world import World

DEAD_FEED = "/rss-cu.xml"
"""A feed that is announced and answers with a page."""
STATICS = ("Lịch sử hình thành", "Cơ cấu tổ chức", "Chức năng, nhiệm vụ", "Ban lãnh đạo", "Liên hệ", "Sơ đồ cổng")
"""Pages about the office."""
CLIPS = (
    "Bản tin truyền hình tổng hợp trong tuần số {n}",
    "Phóng sự: Nhịp sống mới ở vùng cao kỳ {n}",
    "Chuyên mục Pháp luật và đời sống số {n}",
    "Toàn cảnh lễ hội đầu xuân phần {n}",
)
"""Titles of the video library, which read like headlines."""
DOCUMENTS = (
    "Quyết định số {n}/QĐ-UBND về việc ban hành quy chế làm việc",
    "Công văn số {n} về tăng cường công tác phòng, chống thiên tai",
    "Kế hoạch số {n}/KH-UBND triển khai nhiệm vụ trọng tâm quý tới",
)
"""Titles of the library of documents."""


def section_path(stranger: Stranger, section: Section) -> str:
    """Address of a section's first page."""
    return stranger.scheme.section.format(slug=section.slug, zone=section.zone)


def statics(stranger: Stranger) -> dict[str, str]:
    """The pages about the office: titles by path."""
    return {
        stranger.scheme.others.static.format(slug=slugify(name), n=951 + number): name
        for number, name in enumerate(STATICS)
    }


def library(stranger: Stranger) -> dict[str, str]:
    """Videos and documents: titles by path. None is an article."""
    rng = die(stranger.seed, stranger.name, "library")
    found = {}
    for pattern, titles in ((stranger.scheme.others.clip, CLIPS), (stranger.scheme.others.document, DOCUMENTS)):
        for title in titles:
            number = rng.randrange(21, 900)
            text = title.format(n=number)
            found[pattern.format(slug=slugify(text), n=number)] = text
    return found


def topics(stranger: Stranger) -> dict[str, str]:
    """Pages of topics, tags and authors: titles by path."""
    scheme, found = stranger.scheme, {}
    for number, name in enumerate(TOPIC_TAGS):
        found[scheme.others.tag.format(slug=slugify(name), n=301 + number)] = name.capitalize()
    for number, name in enumerate(TOPIC_TAGS[:5]):
        title = f"Đẩy mạnh công tác {name} giai đoạn mới"
        found[scheme.others.topic.format(slug=slugify(title), n=501 + number)] = title
    return found


def tag_path(stranger: Stranger, tag: str) -> str:
    """Address of a tag's page."""
    return stranger.scheme.others.tag.format(slug=slugify(tag), n=301 + TOPIC_TAGS.index(tag))


def author_path(stranger: Stranger, name: str) -> str:
    """Address of an author's page."""
    return stranger.scheme.others.author.format(slug=slugify(name), n=sum(map(ord, name)))


def anchors(paths: dict[str, str], item: str = '<li><a href="{path}">{title}</a></li>') -> str:
    """`item` for each of the paths."""
    return "".join(item.format(path=esc(path), title=esc(title)) for path, title in paths.items())


def document(world: World, stranger: Stranger, design: Design, head: str, inner: str) -> str:
    """A whole page: `head` is what the head holds beside the character set."""
    hooks, charset = design.hooks, {"latin-1": "iso-8859-1"}.get(stranger.charset, stranger.charset)
    declared = f'<meta charset="{charset}">' if design.frame != "tables" else (
        f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">'
    )  # fmt: skip
    weight = dead_weight(stranger) if design.weight else ""
    form = '<form method="post" action="./" id="aspnetForm">\n' if design.frame == "nested" else ""
    return (
        f'<!DOCTYPE html>\n<html lang="vi">\n<head>\n{declared}\n{head}{weight}</head>\n<body>\n{form}'
        f"<div{hooks.attr('shell')}>\n{_header(world, stranger, design)}{inner}{_footer(stranger, design)}</div>\n"
        f"{'</form>' if form else ''}</body>\n</html>\n"
    )


def _header(world: World, stranger: Stranger, design: Design) -> str:
    hooks, now = design.hooks, world.now
    links = {"/": "Trang chủ"} | {section_path(stranger, section): section.name for section in stranger.shelves}
    visit = f"<span>{WEEKDAYS[now.weekday()]}, {now:%d/%m/%Y}</span>" if design.visit_clock else ""
    logo = f'<a href="/"><img src="/images/logo.png" alt="{esc(stranger.title)}"></a>'
    if design.logo_heading:
        logo = f'<h1{hooks.attr("logo")}><a href="/">{esc(stranger.title)}</a></h1>'
    inner = (
        f"{logo}{visit}"
        f"<ul{hooks.attr('menu')}>{anchors(links)}{anchors(statics(stranger))}</ul>"
        f"<div{hooks.attr('ticker')}>{anchors(dict(list(topics(stranger).items())[-5:]), _PLAIN)}</div>"
    )
    if design.frame in ("semantic", "app", "blog"):
        return f"<header{hooks.attr('header')}><nav>{inner}</nav></header>\n"
    if design.frame == "tables":
        return f'<table width="1000"{hooks.attr("header")}><tr><td>{inner}</td></tr></table>\n'
    return f"<div{hooks.attr('header')}>{inner}</div>\n"


_PLAIN = '<a href="{path}">{title}</a> '


def _footer(stranger: Stranger, design: Design) -> str:
    feeds = stranger.feeds
    link = f'<a href="{feeds.page}">RSS</a>' if feeds and feeds.announced == "page" else ""
    text = (
        f"<p>Cơ quan chủ quản: {esc(stranger.title)}</p><p>Giấy phép số 21/GP-TTĐT cấp ngày 12/05/2024</p>"
        f"<p>Ghi rõ nguồn “{esc(stranger.title)}” khi phát hành lại thông tin từ trang này.</p>{link}"
    )
    tag = "footer" if design.frame in ("semantic", "app", "blog") else "div"
    return f"<{tag}{design.hooks.attr('footer')}>{text}</{tag}>\n"


def side(world: World, stranger: Stranger, design: Design) -> str:
    """The column beside: the newest, most of it headlines, the video library and documents."""
    hooks = design.hooks
    newest = "".join(item(world, story, design, brief=True) for story in newest_listed(world, stranger, 6))
    tag = "aside" if design.frame in ("semantic", "app", "blog") else "div"
    return (
        f"<{tag}{hooks.attr('side')}><div{hooks.attr('box')}><h3>Đọc nhiều</h3>{newest}</div>"
        f"<div{hooks.attr('box')}><h3>Video - Văn bản</h3><ul>{anchors(library(stranger))}</ul></div>"
        f"<div{hooks.attr('box')}><h3>Chủ đề</h3><ul>{anchors(topics(stranger))}</ul></div></{tag}>\n"
    )


def newest_listed(world: World, stranger: Stranger, count: int) -> list[PaperStory]:
    """The newest stories, none where a script fills the lists or there are none."""
    hidden = stranger.lists.empty or stranger.lists.api or stranger.closed == "no-articles"
    return [] if hidden else world.newest(stranger, count)


def item(world: World, story: PaperStory, design: Design, *, brief: bool = False) -> str:
    """One story of a list."""
    hooks, url, title = design.hooks, esc(world.url(story)), esc(story.title)
    tag = "li" if design.frame in ("divs", "nested") else "article" if design.frame in ("semantic", "blog") else "div"
    if brief:
        return f'<{tag}><a href="{url}" title="{title}">{title}</a></{tag}>\n'
    return (
        f'<{tag}{hooks.attr("item")}><a href="{url}"><img src="/images/nho.jpg" alt=""></a>'
        f'<h3{hooks.attr("headline")}><a href="{url}">{title}</a></h3>'
        f"<span{hooks.attr('stamp')}>{story.published:%d/%m/%Y %H:%M}</span>"
        f"<p{hooks.attr('summary')}>{esc(story.lead)}</p></{tag}>\n"
    )

"""The page of a stranger's article: head, article and what stands around it, in the frame of its design."""

from __future__ import annotations

from typing import Any

from crawler.newsroom.markup import esc, ld_json, lead, meta, news_article
from crawler.newsroom.story import PaperStory
from crawler.newsroom.strangers.bodies import body, signed
from crawler.newsroom.strangers.chrome import author_path, document, section_path, side, tag_path
from crawler.newsroom.strangers.clocks import stated
from crawler.newsroom.strangers.design import Design, design_of
from crawler.newsroom.strangers.stranger import Stranger
from crawler.newsroom.world import World

_COMMENTS = (
    ("Nguyễn Văn Bạn Đọc", "Thông tin rất hữu ích, mong cơ quan chức năng sớm triển khai trên diện rộng."),
    ("Trần Độc Giả", "Cần công khai tiến độ để người dân theo dõi và giám sát."),
)


def page(world: World, stranger: Stranger, story: PaperStory) -> str:
    """The page as it is served now."""
    design = design_of(stranger, world.design(stranger))
    head = _head(world, stranger, story, design)
    return document(world, stranger, design, head, _frame(world, stranger, story, design))


def print_page(world: World, stranger: Stranger, story: PaperStory) -> str:
    """The twin for printers: the article alone."""
    design = design_of(stranger, world.design(stranger))
    head = f'<title>{esc(story.title)}</title>\n<meta name="robots" content="noindex">\n'
    inner = f"<h1>{esc(story.title)}</h1><p>{design.clock.text(story, world.now)}</p>{body(world, story, design)}"
    link = f'<link rel="canonical" href="{esc(world.url(story))}">\n'
    return f'<!DOCTYPE html><html><head><meta charset="utf-8">{head}{link}</head><body>{inner}</body></html>\n'


def _head(world: World, stranger: Stranger, story: PaperStory, design: Design) -> str:
    url, clock = world.url(story), design.clock
    title = design.title_form.format(title=story.title, site=stranger.title, section=story.section.name)
    pairs = [("description", story.lead)]
    if design.graph != "none":
        pairs += [("og:site_name", stranger.title), ("og:url", url), ("og:description", story.lead)]
    if design.graph in ("full", "site-title"):
        pairs.append(("og:title", story.title if design.graph == "full" else stranger.title))
    if time := stated(clock.meta, story.published):
        pairs.append(("article:published_time", time))
    links = f'<link rel="canonical" href="{esc(url)}">\n' if design.canonical else ""
    if design.amp_twin:
        links += f'<link rel="amphtml" href="{esc(twin(world, story, "amp"))}">\n'
    feeds = stranger.feeds
    if feeds and feeds.announced == "alternate" and feeds.home:
        links += f'<link rel="alternate" type="application/rss+xml" href="{feeds.home}">\n'
    return f"<title>{esc(title)}</title>\n{meta(pairs)}{links}{_linked(world, story, design)}"


def twin(world: World, story: PaperStory, view: str) -> str:
    """Address of the print or AMP page of a story."""
    return f"{world.root(story.paper)}/{view}{story.path}"


def _linked(world: World, story: PaperStory, design: Design) -> str:
    if design.linked == "none":
        return ""
    if design.linked == "page-only":
        return ld_json({"@context": "https://schema.org", "@type": "WebSite", "name": story.paper.title})
    time = stated(design.clock.linked, story.published)
    article: dict[str, Any] = news_article(world, story)
    if design.byline == "none":
        article["author"] = {"@type": "Organization", "name": story.paper.title}
    elif not story.authors:
        del article["author"]
    else:
        article["author"] = [{"@type": "Person", "name": name} for name in story.authors]
    del article["dateModified"]
    article["datePublished"] = time
    if time is None:
        del article["datePublished"]
    if design.linked == "graph":
        site = {"@type": "WebSite", "name": story.paper.title}
        return ld_json({"@context": "https://schema.org", "@graph": [site, article]})
    return ld_json(article)


def _frame(world: World, stranger: Stranger, story: PaperStory, design: Design) -> str:
    hooks = design.hooks
    text = body(world, story, design)
    head = _opening(world, stranger, story, design)
    after = _closing(world, stranger, story, design)
    column = side(world, stranger, design)
    match design.frame:
        case "tables":
            return (
                f'<table width="1000"><tr><td width="660" valign="top"{hooks.attr("main")}>\n'
                f"<table{hooks.attr('article')}><tr><td>{head}</td></tr>\n"
                f"<tr><td{hooks.attr('body')}>{text}</td></tr>\n<tr><td>{after}</td></tr></table>\n"
                f'</td><td valign="top">{column}</td></tr></table>\n'
            )
        case "nested":
            zone = '<div class="ms-webpart-zone"><div class="ms-webpart-chrome"><div class="ms-WPBody"><div>'
            return (
                f'<div id="s4-workspace"><div id="s4-bodyContainer"><div{hooks.attr("main")}>{zone}\n'
                f"<div{hooks.attr('article')}>{head}<div{hooks.attr('body')}>{text}</div>\n{after}</div>"
                f"</div></div></div></div></div>\n{zone}{column}</div></div></div></div></div></div>\n"
            )
        case "semantic" | "blog":
            post = ' class="post type-post hentry"' if design.frame == "blog" else hooks.attr("article")
            return (
                f"<main{hooks.attr('main')}><article{post}><header>{head}</header>\n"
                f"<div{hooks.attr('body')}>{text}</div>\n</article>\n{after}</main>\n{column}"
            )
        case "app":
            return (
                f'<div id="__next"><main{hooks.attr("main")}><div{hooks.attr("article")}>{head}'
                f"<div{hooks.attr('body')}>{text}</div></div>{after}</main>{column}</div>\n"
            )
    return (
        f"<div{hooks.attr('main')}><div{hooks.attr('article')}>{head}<div{hooks.attr('body')}>{text}</div>\n"
        f"{after}</div></div>\n{column}"
    )


def _opening(world: World, stranger: Stranger, story: PaperStory, design: Design) -> str:
    """From the path to the section down to the lead."""
    hooks, section = design.hooks, story.section
    crumbs = (
        f'<div{hooks.attr("crumbs")}><a href="/">Trang chủ</a> &gt; '
        f'<a href="{esc(section_path(stranger, section))}">{esc(section.name)}</a></div>\n'
        if design.crumbs
        else ""
    )
    tag = design.title_tag
    title = f"<{tag}{hooks.attr('title')}>{esc(story.title)}</{tag}>\n"
    summary = ""
    if design.lead_place in ("own", "heading", "repeated"):
        element = "h2" if design.lead_place == "heading" else "p"
        summary = f"<{element}{hooks.attr('lead')}>{esc(lead(story))}</{element}>\n"
    bar = (
        f'<div{hooks.attr("sticky")} style="display:none"><h2>{esc(story.title)}</h2></div>\n' if design.sticky else ""
    )
    tools = _tools(world, story, design) if design.tools_first else ""
    return f"{bar}{crumbs}{title}{_info(world, stranger, story, design)}{tools}{summary}"


def _info(world: World, stranger: Stranger, story: PaperStory, design: Design) -> str:
    hooks, clock = design.hooks, design.clock
    text = esc(clock.text(story, world.now))
    if clock.has_datetime:
        time = f'<time{hooks.attr("time")} datetime="{story.published.isoformat()}">{text}</time>'
    else:
        time = f"<span{hooks.attr('time')}>{text}</span>"
    author = ""
    if story.authors and design.byline in ("before", "labelled"):
        names = signed(story.authors, design)
        if design.byline == "before" and len(story.authors) == 1:
            names = f'<a href="{esc(author_path(stranger, story.authors[0]))}">{names}</a>'
        label = "Tác giả: " if design.byline == "labelled" else ""
        author = f" <span{hooks.attr('author')}>{label}{names}</span>"
    return f"<div{hooks.attr('info')}>{time}{author}</div>\n"


def _tools(world: World, story: PaperStory, design: Design) -> str:
    link = (
        f'<a href="{esc(twin(world, story, "print"))}">In bài viết</a>' if design.print_twin else "<a>In bài viết</a>"
    )
    return f"<div{design.hooks.attr('tools')}><a>Chia sẻ</a> <a>Gửi email</a> {link} <a>A-</a> <a>A+</a></div>\n"


def _closing(world: World, stranger: Stranger, story: PaperStory, design: Design) -> str:
    """What follows the text: who wrote it, tags, other stories, comments."""
    hooks = design.hooks
    parts = []
    if story.authors and design.byline == "after":
        parts.append(f"<p{hooks.attr('author')}>{signed(story.authors, design)}</p>\n")
    if not design.tools_first:
        parts.append(_tools(world, story, design))
    if design.tags:
        tags = "".join(f'<a href="{esc(tag_path(stranger, tag))}">{esc(tag)}</a> ' for tag in story.tags)
        parts.append(f"<div{hooks.attr('tags')}><span>Từ khóa:</span> {tags}</div>\n")
    older = "".join(
        f'<li><a href="{esc(world.url(other))}">{esc(other.title)}</a> <i>({other.published:%d/%m/%Y})</i></li>'
        for other in world.related(story, 6)
    )
    parts.append(f"<div{hooks.attr('below')}><h3>{design.below_heading}</h3><ul>{older}</ul></div>\n")
    if design.comments:
        said = "".join(f"<li><b>{name}</b> <i>{world.now:%d/%m/%Y}</i><p>{text}</p></li>" for name, text in _COMMENTS)
        parts.append(f"<div{hooks.attr('comments')}><h3>Ý kiến bạn đọc (2)</h3><ul>{said}</ul></div>\n")
    return "".join(parts)

"""Family A: hooks `cms-*` and blocks `article__*`; lazy pictures, empty ad slots, byline inside the body."""

from __future__ import annotations

from crawler.newsroom.family import Family, ListingStyle
from crawler.newsroom.markup import (
    BLANK,
    WEEKDAYS,
    esc,
    footer,
    head,
    ld_json,
    lead,
    linked,
    menu,
    meta,
    news_article,
    picture,
    story_links,
)
from crawler.newsroom.papers import Paper, sections
from crawler.newsroom.story import PaperStory, Photo, Press, StoryBlock
from crawler.sites import EPI

_STORY = (
    '<article class="story" data-id="{id}"><figure class="story__thumb"><a class="cms-link" href="{url}" '
    f'title="{{title}}"><img class="lazyload" src="{BLANK}" alt="{{title}}"></a></figure>'
    '<h2 class="story__heading"><a class="cms-link" href="{url}">{title}</a></h2></article>'
)
_SHARE = (
    '<div class="features article__social"><a class="item bookmark" data-id="{0}">Lưu tin</a>'
    '<a class="item" href="/print.html?id={0}">In bài viết</a><a class="item">Gửi email</a>'
    '<span class="item">Chia sẻ</span></div>'
)
_RELATE = '<a class="cms-relate" href="/chu-de/tin-cu">'
_SLOT = '<div class="sda_middle"><div id="sdaWeb_AdsMiddle{0}" class="rennab fyi" data-platform="1"></div></div>'


def render(press: Press, story: PaperStory) -> str:
    """The whole page."""
    stamp = story.published.isoformat()
    extra = meta([
        ("og:type", "article"), ("article:published_time", stamp),
        ("article:modified_time", story.modified.isoformat()),
        ("article:section", f"{story.section.name},Tin tức"), ("article:tag", ",".join(story.tags)),
        ("keywords", ",".join((*story.tags, "tin nóng"))), ("author", story.paper.title),
    ])  # fmt: skip
    extra += ld_json(news_article(press, story))
    extra += ld_json({"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": [
        {"@type": "ListItem", "position": 1, "item": {"name": story.section.name}}]})  # fmt: skip
    if story.kind == "video":
        extra += ld_json({"@context": "https://schema.org", "@type": "VideoObject", "name": story.title})
    visible = f"{WEEKDAYS[story.published.weekday()]}, ngày {story.published:%d/%m/%Y - %H:%M}"
    author = "".join(f'<p class="name">{esc(name)}</p>' for name in story.authors)
    source = '<div class="article__source"><div class="source"><span class="name">TTXBM</span></div></div>'
    body = (
        f'<div class="{_body_class(story)}" itemprop="articleBody">{_body(press, story)}'
        f'<div class="article__author">{author}</div>{source if story.copy_of else ""}</div>'
    )
    return (
        f'{head(press, story, extra)}<body class="detail-{"normal" if story.kind == "article" else story.kind}">\n'
        f'<div id="sdaWeb_Top" class="rennab"></div>\n<header class="site-header">{menu(story.paper, "menu-heading")}'
        f"</header>\n"
        f'<div class="site-body"><div class="container"><div class="article article--{story.kind}">\n'
        '<div class="breadcrumb breadcrumb-detail"><h2 class="main"><a href="/">Trang chủ</a></h2><h2 class="main">'
        f'<a class="active" href="/{story.section.slug}/">{esc(story.section.name)}</a></h2></div>\n'
        f"{_player(press, story)}"
        f'<div class="article__header"><h1 class="article__title cms-title">{esc(story.title)}</h1>\n'
        f'<div class="article__sapo cms-desc"><p>{esc(lead(story))}</p></div></div>\n'
        f'<div class="col"><div class="main-col content-col"><div class="article__meta">'
        f'<time class="time" datetime="{stamp}" data-time="{int(story.published.timestamp())}" '
        f'data-friendly="false">{visible}'
        f'</time><meta class="cms-date" itemprop="datePublished" content="{stamp}">{_SHARE.format(story.number)}'
        f"</div>\n"
        f"{_cover(press, story)}{body}\n"
        '<div class="article-footer"><div class="related-news"><h3 class="box-heading">Tin liên quan</h3>'
        f'<div class="box-content" data-source="related-news">{story_links(press, press.related(story, 4), _STORY)}'
        f"</div></div>\n"
        f'<div class="article__tag"><h3 class="box-heading">Từ khóa</h3>{_tags(story)}</div>'
        f'<div id="comment{story.number}" class="wrap-comment" data-id="{story.number}"></div></div></div>\n'
        '<div class="sub-col sidebar-right"><h3 class="box-heading">Tin đọc nhiều</h3><div data-source="mostread-news">'
        f"{story_links(press, press.related(story, 7)[:3], _STORY)}</div></div></div></div></div>\n"
        '<div class="many-pack"><h3 class="box-heading">Có thể bạn quan tâm</h3><div data-source="recommendation-1">'
        f"{story_links(press, press.related(story, 9)[:5], _STORY)}</div></div></div>\n"
        f"{footer(story.paper, 'site-footer')}</body>\n</html>\n"
    )


def _body_class(story: PaperStory) -> str:
    return "e-magazine__body cms-body" if story.kind == "emagazine" else "article__body zce-content-body cms-body"


def _tags(story: PaperStory) -> str:
    return "".join(f'<a class="link" href="/tag/{number}">{esc(tag)}</a>' for number, tag in enumerate(story.tags))


def _player(press: Press, story: PaperStory) -> str:
    if story.kind != "video":
        return ""
    stream = f"{press.root(story.paper)}/video/{story.number}.m3u8"
    return (
        f'<div class="article__avatar"><video poster="/poster.jpg"><source src="{stream}" type="application/x-mpegURL">'
        f"</video></div>"
    )


def _figure(press: Press, story: PaperStory, image: Photo, css: str) -> str:
    caption = esc(image.caption or "")
    img = picture(press, story, image, f'cms-photo-caption="{caption}" data-image-id="{story.number}"').replace(
        'class="lazyload"', 'class="lazyload cms-photo"'
    )
    return f'<figure class="{css}">{img}<figcaption>{caption}</figcaption></figure>\n'


def _cover(press: Press, story: PaperStory) -> str:
    return _figure(press, story, story.cover, "article__avatar") if story.cover else ""


def _body(press: Press, story: PaperStory) -> str:
    out: list[str] = []
    if story.kind == "video":
        out.append(f"<p>{esc(lead(story))}</p>\n")
    for group in story.gallery:
        images = "".join(f"<figure>{picture(press, story, image)}</figure>" for image in group)
        out.append(
            f'<div class="layout-image-{len(group)}">{images}<figcaption>{esc(group[0].caption or "")}</figcaption>'
            f"</div>\n"
        )
    for number, block in enumerate(story.blocks):
        out.append(_block(block, number))
        if number in story.figures:
            out.append(_figure(press, story, story.figures[number], "picture"))
        if number % 4 == 2:
            out.append(_SLOT.format(number))
    older = press.related(story, 2)
    if older and story.number % 2:
        card = f'<div class="article-relate" data-source="related-news">{story_links(press, older[:1], _STORY)}</div>\n'
        out.insert(len(out) // 2, card)
    return "".join(out)


def _block(block: StoryBlock, number: int) -> str:
    first, rest = block.lines[0], block.lines[1:]
    match block.kind:
        case "h2":
            return f"<h2>{esc(first)}</h2>\n"
        case "list":
            return "<ul>" + "".join(f"<li>{esc(line)}</li>" for line in block.lines) + "</ul>\n"
        case "note":
            text = "".join(f"<p>{esc(line)}</p>" for line in rest)
            return f'<div class="notebox align-center cms-note"><p><strong>{esc(first)}</strong></p>{text}</div>\n'
        case "question":
            return (
                f'<div class="meeting__question"><div class="meeting__putter"><span class="cms-name">{esc(first)}'
                f'</span></div>'
                + "".join(f'<p class="cms-question">{esc(line)}</p>' for line in rest) + "</div>\n"
            )  # fmt: skip
        case "answer":
            return (
                f'<div class="meeting__answer"><div class="meeting__respondent"><span class="cms-name">{esc(first)}'
                f'</span></div>'
                + "".join(f'<p class="cms-answer">{esc(line)}</p>' for line in rest) + "</div>\n"
            )  # fmt: skip
        case "moment":
            text = "".join(f"<p>{esc(line)}</p>" for line in rest)
            return (
                f'<div id="timeline{number}" class="timeline__event"><h4>{esc(first)}</h4>'
                f'<div class="timeline__content">{text}</div></div>\n'
            )
    if number in (1, 4):
        return f"<p>{linked(first, _RELATE)}</p>\n"
    return f"<p>{esc(first)}</p>\n"


FAMILY = Family(
    paper=Paper(
        name="songda",
        title="Báo Sông Đà",
        mark="SĐO",
        family="epi",
        tier="central",
        sections=sections("Chính trị", "Kinh tế", "Xã hội", "Đời sống nông thôn", "Tin tức", zone=1171),
        address="/{slug}-post{id}.html",
        article=r"^/[a-z0-9-]+-post\d+\.html$",
        feed="/rss/home.rss",
        dialect="colon",
        shards="month",
        says_modified=True,
        seconds=True,
        kinds=("photo", "video", "emagazine", "interview", "live"),
        gallery=(1, 1, 2),
    ),
    layout=EPI,
    render=render,
    listing=ListingStyle(
        item=(
            '<article class="story"><figure class="story__thumb"><a class="cms-link" href="{url}">'
            '<img alt="{title}"></a></figure>'
            '<h2 class="story__heading"><a class="cms-link" href="{url}">{title}</a></h2>'
            '<div class="story__summary">{lead}</div>'
            "</article>\n"
        ),
        container='<div class="timeline content-list">{}</div>',
        links=".timeline.content-list .story__heading a",
        top="/{slug}/",
        page="/{slug}/?page={n}",
    ),
    section_feed="/rss/{slug}-{zone}.rss",
    any_feed=True,
)

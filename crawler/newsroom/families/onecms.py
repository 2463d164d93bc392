"""Family D: `sc-longform-*` heads and `b-maincontent`; on long forms the head stands inside the body."""

from __future__ import annotations

from crawler.newsroom.family import Family, ListingStyle
from crawler.newsroom.markup import (
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
from crawler.sites import ONECMS

_GRID = (
    '<div class="b-grid" data-id="{id}"><div class="b-grid__img"><a href="{url}">'
    '<img src="/thumb/{id}.webp" alt="{title}"></a></div>'
    '<h3 class="b-grid__title"><a href="{url}">{title}</a></h3><div class="b-grid__desc">{lead}</div></div>'
)
_INLINE = '<a data-auto-link-id="77" href="/chu-de.html">'
_TOOLS = (
    '<div class="c-sticky-share"><span>Chia sẻ</span><span>Cỡ chữ</span><span>Mặc định</span></div>'
    '<div class="c-powered">Powered by <a href="/">mô phỏng</a></div>'
)


def render(press: Press, story: PaperStory) -> str:
    """The whole page."""
    stamp = story.published.isoformat()
    extra = meta([
        ("og:type", "article"), ("article:published_time", stamp),
        ("article:modified_time", story.modified.isoformat()),
        ("keywords", ",".join(story.tags)),
    ])  # fmt: skip
    extra += ld_json(news_article(press, story, author={"@type": "Organization", "name": story.paper.title}))
    older = press.related(story, 9)
    heading = (
        f'<div class="sc-longform-header"><div class="sc-longform-header-meta">'
        f'<a class="block-sc-cate-name" href="/{story.section.slug}">'
        f'{esc(story.section.name)}</a></div>\n<h1 class="sc-longform-header-title block-sc-title">{esc(story.title)}'
        f"</h1>\n"
        f'<span class="sc-longform-header-author block-sc-author">{esc(", ".join(story.authors))}</span>'
        f'<span class="sc-longform-header-date block-sc-publish-time">{story.published:%d/%m/%Y - %H:%M}</span>\n'
        f'<p class="sc-longform-header-sapo block-sc-sapo">{esc(lead(story))}</p></div>\n'
    )
    inside, before = (heading, "") if story.kind == "emagazine" else ("", heading)
    return (
        f'{head(press, story, extra)}<body class="onecms__detail {story.kind}">\n<header>{menu(story.paper, "c-menu")}'
        f"</header>\n"
        f'<div class="c-news-detail">{_TOOLS}{before}<div class="b-maincontent">{inside}{_body(press, story)}</div>\n'
        f'<div class="c-tag"><span>Từ khóa:</span>{_tags(story)}</div>\n'
        f'<div class="c-related-posts"><h3>Tin cùng chuyên mục</h3>{story_links(press, older[:4], _GRID)}</div></div>\n'
        f'<aside class="c-box"><h3>Đừng bỏ lỡ</h3>{story_links(press, older[4:], _GRID)}</aside>\n'
        f'<div class="c-mobile-menu" hidden>{menu(story.paper, "c-menu-mobile")}</div>'
        f"{footer(story.paper, 'c-footer')}</body>\n</html>\n"
    )


def _tags(story: PaperStory) -> str:
    return "".join(f'<a href="/tag/{number}.html">{esc(tag)}</a>' for number, tag in enumerate(story.tags))


def _figure(press: Press, story: PaperStory, image: Photo, *, twice: bool) -> str:
    caption = f"<figcaption>{esc(image.caption)}</figcaption>" if image.caption else ""
    again = f'<p style="text-align:center"><em>{esc(image.caption)}</em></p>\n' if image.caption and twice else ""
    return f'<figure class="b-image">{picture(press, story, image)}{caption}</figure>\n{again}'


def _body(press: Press, story: PaperStory) -> str:
    out = [_figure(press, story, story.cover, twice=story.number % 2 == 0)] if story.cover else []
    out += [_figure(press, story, image, twice=False) for group in story.gallery for image in group]
    for number, block in enumerate(story.blocks):
        out.append(_block(block, number))
        if number in story.figures:
            out.append(_figure(press, story, story.figures[number], twice=False))
    older = press.related(story, 2)
    if older and story.number % 2:
        box = f'<div class="c-news-related"><h4>Bài liên quan</h4>{story_links(press, older, _GRID)}</div>\n'
        out.insert(len(out) // 2, box)
        out.append(
            f'<div class="sc-empty-layer"></div><div class="sc-hightlight-box">{story_links(press, older[:1], _GRID)}'
            f"</div>\n"
        )
    return "".join(out)


def _block(block: StoryBlock, number: int) -> str:
    first, rest = block.lines[0], block.lines[1:]
    match block.kind:
        case "h2":
            return f"<h3>{esc(first)}</h3>\n"
        case "list":
            return "<ul>" + "".join(f"<li><p>{esc(line)}</p></li>" for line in block.lines) + "</ul>\n"
        case "note":
            text = "".join(f"<p>{esc(line)}</p>" for line in rest)
            return f"<blockquote><p><strong>{esc(first)}</strong></p>{text}</blockquote>\n"
    if number % 5 == 2:
        return f"<p>{linked(first, _INLINE)}</p>\n"
    return f"<p>{esc(first)}</p>\n"


FAMILY = Family(
    paper=Paper(
        name="bachdang",
        title="Báo Bạch Đằng",
        mark="BĐO",
        family="onecms",
        tier="province",
        sections=sections("Thời sự", "Đô thị", "Văn hóa", "Môi trường", zone=7),
        address="/{slug}-{id}.html",
        article=r"^/[a-z0-9-]+-\d{6}\.html$",
        feed="/rss/tin-moi",
        dialect="two-digit-zone",
        shards="day",
        says_modified=True,
        seconds=False,
        kinds=("photo", "emagazine"),
    ),
    layout=ONECMS,
    render=render,
    listing=ListingStyle(
        item=(
            '<li><div class="b-grid"><h3 class="b-grid__title"><a href="{url}">{title}</a></h3>'
            "<p>{lead}</p></div></li>\n"
        ),
        container='<ul class="onecms__loading">{}</ul>',
        links="ul.onecms__loading h3.b-grid__title a",
        top="/{slug}",
        page="/{slug}?trang={n}",
    ),
    section_feed="/rss/{slug}",
)

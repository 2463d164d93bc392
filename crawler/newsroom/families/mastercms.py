"""Family C: pictures and related articles in tables, the text a second time for the printer, no linked data."""

from __future__ import annotations

from crawler.newsroom.family import Family, ListingStyle
from crawler.newsroom.markup import decomposed, esc, footer, head, lead, linked, menu, meta, picture, story_links
from crawler.newsroom.papers import Paper, sections
from crawler.newsroom.story import PaperStory, Photo, Press, StoryBlock
from crawler.sites import MASTERCMS

_OTHER = (
    '<div class="article"><a class="article-thumb" href="{url}"><img src="/stores/thumb/{id}.jpg" alt="{title}"></a>'
    '<h3 class="article-title"><a class="article-link" href="{url}">{title}</a></h3><div class="article-desc">{lead}'
    "</div></div>"
)
_TABLE_ROW = (
    '<tr><td><a href="{url}" title="{title}"><img src="/stores/thumb/{id}.jpg" alt="{title}"></a></td><td>'
    '<a href="{url}">{title}</a></td></tr>'
)
_INLINE = '<a href="/tag/tin-cu.tag">'


def render(press: Press, story: PaperStory) -> str:
    """The whole page."""
    extra = meta([("og:type", "article"), ("keywords", ",".join(story.tags)), ("author", story.paper.title)])
    older = press.related(story, 9)
    text = _body(press, story)
    author = "".join(f'<span class="article-detail-author">{esc(name)}</span>' for name in story.authors)
    source = '<div class="article-detail-source">Nguồn: TTXBM</div>' if story.copy_of else ""
    return (
        f'{head(press, story, extra)}<body class="__page_detail">\n'
        f'<div class="bx-header">{menu(story.paper, "menu-top")}</div>\n'
        '<div class="bx-grid-8"><div class="breadcrumb-list"><a href="/">Trang chủ</a>'
        f'<a href="/{story.section.slug}">{esc(story.section.name)}</a></div>\n'
        f'<h1 class="article-detail-title">{esc(story.title)}</h1>\n'
        f'<div class="bx-time"><span class="format_time">{story.published:%H:%M}</span> | '
        f'<span class="format_date">{story.published:%d/%m/%Y}</span></div>\n'
        '<div class="bx-share"><a>Chia sẻ</a> <a>Sao chép liên kết</a> <a>Cỡ chữ</a></div>\n'
        f'<div class="article-detail-desc">{esc(lead(story, "–"))}</div>\n'
        f'<div class="article-detail-content __MASTERCMS_CONTENT"><div class="__MASTERCMS_CONTENT_BODY">{text}</div>'
        f"</div>\n"
        f'{author}{source}<div class="article-detail-tags"><span>Từ khóa:</span>{_tags(story)}</div>\n'
        f'<div class="__MB_CONTENT_FOR_PRINTER" style="display:none"><h1>{esc(story.title)}</h1>{text}</div>\n'
        f'<div class="article-detail-similar"><h3>Tin liên quan</h3>{story_links(press, older[:4], _OTHER)}</div>\n'
        f'<div class="article-detail-other"><h3>Các tin khác</h3>{story_links(press, older[4:], _OTHER)}</div></div>\n'
        f"{footer(story.paper, 'bx-footer')}</body>\n</html>\n"
    )


def _tags(story: PaperStory) -> str:
    return "".join(f'<a href="/tag/{number}.tag">{esc(tag)}</a>' for number, tag in enumerate(story.tags))


def _table(press: Press, story: PaperStory, image: Photo) -> str:
    img = picture(press, story, image).replace('class="lazyload"', 'class="__img_mastercms lazyload"')
    caption = f'<tr><td class="media-caption"><p>{esc(image.caption)}</p></td></tr>' if image.caption else ""
    return f'<table class="MASTERCMS_TPL_TABLE"><tbody><tr><td>{img}</td></tr>{caption}</tbody></table>\n'


def _body(press: Press, story: PaperStory) -> str:
    out = [_table(press, story, story.cover)] if story.cover else []
    for number, block in enumerate(story.blocks):
        out.append(_block(block, number))
        if number in story.figures:
            out.append(_table(press, story, story.figures[number]))
    older = press.related(story, 3)
    if older:
        rows = story_links(press, older, _TABLE_ROW)
        out.insert(
            len(out) // 2,
            f'<table class="__MB_ARTICLE_A"><tbody><tr><td colspan="2">TIN LIÊN QUAN</td></tr>{rows}</tbody></table>\n',
        )
        if story.number % 3 == 0:
            out.append(story_links(press, older[:1], '<p>&gt;&gt;&gt; Xem thêm: <a href="{url}">{title}</a></p>\n'))
    return "".join(out)


def _block(block: StoryBlock, number: int) -> str:
    first, rest = block.lines[0], block.lines[1:]
    match block.kind:
        case "h2":
            return f"<p><strong>{esc(first)}</strong></p>\n"
        case "list":
            return "<ul>" + "".join(f"<li>{esc(line)}</li>" for line in block.lines) + "</ul>\n"
        case "note":
            rows = "".join(f"<p>{esc(line)}</p>" for line in rest)
            return (
                f'<table class="__mb_box_note"><tbody><tr><td><p><strong>{esc(first)}</strong></p>{rows}</td></tr>'
                f"</tbody>"
                f"</table>\n"
            )
    if number % 5 == 1:
        return f"<p>{linked(first, _INLINE)}</p>\n"
    if number % 5 == 3:
        return f'<p style="text-align: justify;">{esc(decomposed(first))}</p>\n'
    return f"<p>{esc(first)}</p>\n"


FAMILY = Family(
    paper=Paper(
        name="truongson",
        title="Báo Trường Sơn",
        mark="(TSO)",
        family="mastercms",
        tier="ministry",
        sections=sections("Công nghiệp", "Thương mại", "Năng lượng", "Hội nhập", zone=41),
        address="/{slug}-{id}.html",
        article=r"^/[a-z0-9-]+-\d{6}\.html$",
        feed="/rss_feed/",
        dialect="gmt7",
        shards="flat",
        says_modified=False,
        seconds=False,
    ),
    layout=MASTERCMS,
    render=render,
    listing=ListingStyle(
        item=(
            '<div class="article"><h3 class="article-title"><a class="article-link" href="{url}">{title}</a></h3>'
            '<div class="article-desc">{lead}</div></div>\n'
        ),
        container='<div class="bx-cat-content">{}</div>',
        links=".bx-cat-content a.article-link",
        top="/{slug}",
        page="/{slug}&s_cond=&BRSR={offset}",
    ),
    section_feed="/rss_feed/{slug}",
    has_sitemap=False,
    has_listing=True,
)

"""Family B: `data-role` hooks and `VCSortableInPreviewMode` objects, some of which are text and some are not."""

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
    numeric,
    split_word,
    story_links,
)
from crawler.newsroom.papers import Paper, sections
from crawler.newsroom.story import PaperStory, Photo, Press, StoryBlock
from crawler.sites import VCCORP

_RELATED = (
    '<li class="kbwscwlrl" data-date="{time}" data-id="{id}" data-url="{url}" data-title="{title}">'
    '<p class="kbwscwlrl-label">Tham khảo thêm</p><h4 class="kbwscwlrl-title"><a href="{url}">{title}</a></h4></li>'
)
_BELOW = (
    '<div class="box-category-item" data-id="{id}"><a class="box-category-avatar" href="{url}">'
    '<img src="/thumb/{id}.jpg" '
    'alt="{title}"></a><h3><a class="box-category-link-title" data-linktype="newsdetail" href="{url}">{title}</a></h3>'
    '<span class="time-ago" title="{time}">{time}</span></div>'
)
_INLINE = '<a class="link-inline-content" href="/tim-kiem.htm">'
_BROKEN = '<p id":"17724","anchoroffset":37 class="MsoNormal">'  # an editor's dump: no legal attribute name


def render(press: Press, story: PaperStory) -> str:
    """The whole page."""
    stamp = story.published.isoformat()
    extra = meta([("og:type", "website"), ("keywords", ""), ("author", story.paper.title)])
    extra += f'<meta property="article:published_time" content="{stamp.replace("+", "&#x2B;")}" />\n'
    extra += (
        f'<meta property="article:modified_time" content="{story.modified.isoformat().replace("+", "&#x2B;")}" />\n'
    )
    extra += ld_json(
        news_article(press, story, headline=numeric(numeric(story.title)), description=numeric(story.lead))
    )
    if story.kind == "video":
        extra += ld_json({"@context": "https://schema.org", "@type": "VideoObject", "name": numeric(story.title)})
    older = press.related(story, 8)
    below = story_links(press, older[:4], _BELOW)
    author = f'<p class="name" data-role="author">{esc(story.authors[0])}</p>' if len(story.authors) == 1 else ""
    if len(story.authors) > 1:
        author = f'<div class="detail-author twoauthor">{esc(story.authors[0])} và 1 tác giả khác</div>'
    bottom = "".join(f'<a class="name" href="/tac-gia/{n}.htm">{esc(name)}</a>' for n, name in enumerate(story.authors))
    return (
        f'{head(press, story, extra)}<body class="detail-page detail-{story.kind}">\n'
        f'<div id="admwrapper" data-role="page">\n'
        f'<div class="header">{menu(story.paper, "menu-top")}</div>\n'
        '<div class="main"><div class="detail__page"><div class="detail__pmain"><div class="detail-container">\n'
        '<div class="detail-scroll"><div class="detail-social"><a href="javascript:;">Chia sẻ</a>'
        '<a href="/print/1.htm">In bài '
        'viết</a><span class="size">aA</span></div></div>\n<div class="detail-mcontent">'
        '<div class="detail-breadcrumb"><ul>'
        '<li><a data-role="cate-name" href="/thoi-su.htm">Thời sự</a></li>'
        f'<li><a class="active" href="/{story.section.slug}.htm">{esc(story.section.name)}</a></li></ul></div>\n'
        f'<h1 class="detail-title" data-role="title">{numeric(story.title)}</h1>\n'
        f'<div class="detail-info"><div class="detail-author-top">{author}</div><div class="detail-time">'
        f'<div data-role="publishdate">'
        f'{story.published:%d/%m/%Y %H:%M}\n<span class="icon"><svg width="18" height="14"></svg></span></div></div>'
        f"</div>\n"
        f'<h2 class="detail-sapo" data-role="sapo">{esc(lead(story))}</h2>\n'
        f'{_cover(press, story)}<div class="detail-content afcbc-body" data-role="content">{_body(press, story)}'
        f"</div>\n"
        f'<div class="detail-author-bot">{bottom}</div>\n'
        f'<div class="detail-tab"><span>Từ khóa:</span>{_tags(story)}</div>\n'
        '<div class="detail__related" data-marked-zoneid="tinlienquan"><h3>Tin liên quan</h3>'
        f'{below}</div>\n<div id="loadDetailBottom"></div><zone id="zone-{story.number}"></zone></div>\n'
        '<div id="objectPopupBody" style="display:none"><div class="detail-content afcbc-body" data-role="content">'
        "</div></div>\n"
        f'<div class="detail__foru"><h3>Có thể bạn quan tâm</h3>{story_links(press, older[4:], _BELOW)}</div>'
        f'</div></div></div></div>\n<input type="hidden" id="hdZoneId" value="{story.section.zone}" />\n'
        f"{footer(story.paper, 'footer')}</div></body>\n</html>\n"
    )


def _tags(story: PaperStory) -> str:
    return "".join(
        f'<a href="/tag-{number}.htm" title="{esc(tag)}">{esc(tag)}</a>' for number, tag in enumerate(story.tags)
    )


def _photo(press: Press, story: PaperStory, image: Photo, number: int, box: str = "Photo") -> str:
    source = press.root(story.paper) + image.path
    words = (
        f'<p data-placeholder="Nhập chú thích ảnh">{esc(image.caption)}</p>'
        if image.caption
        else '<p class="NLPlaceholderShow"></p>'
    )
    return (
        f'<figure class="VCSortableInPreviewMode alignCenter" type="{box}"><div>'
        f'<img src="{source}" data-original="{source}" '
        f'w="640" h="426" photoid="{story.number}{number}" rel="lightbox" '
        f'loading="lazy" alt="{esc(story.title)}- Ảnh {number}." '
        f'title="{esc(story.title)}- Ảnh {number}."></div><figcaption class="PhotoCMS_Caption">{words}</figcaption>'
        f"</figure>\n"
    )


def _cover(press: Press, story: PaperStory) -> str:
    if not story.cover:
        return ""
    source, caption = press.root(story.paper) + story.cover.path, esc(story.cover.caption or "")
    return (
        f'<div class="detail-cover"><div class="media VCSortableInPreviewMode">'
        f'<img src="{source}" data-original="{source}" '
        f'alt="{caption}"></div><div class="PhotoCMS_Caption">{caption}</div></div>\n'
    )


def _body(press: Press, story: PaperStory) -> str:
    out = ['<div data-check-position="body_start"></div>\n']
    photos = 1
    for group in story.gallery:
        for image in group:
            out.append(_photo(press, story, image, photos))
            photos += 1
    if story.kind == "video":
        out.append('<div class="VCSortableInPreviewMode" type="VideoStream" data-vid="clip.mp4"></div>\n')
    for number, block in enumerate(story.blocks):
        out.append(_block(block, number))
        if number in story.figures:
            out.append(_photo(press, story, story.figures[number], photos))
            photos += 1
    older = press.related(story, 5)
    if older and story.number % 3:
        box = (
            '<div class="VCSortableInPreviewMode" type="RelatedNewsBox" relatednewsboxtype="type-6">'
            '<div class="kbwscwl-relatedbox">'
            f'<ul class="kbwscwlr-list">{story_links(press, older, _RELATED)}</ul></div></div>\n'
        )
        out.insert(1 + len(out) // 2, box)
    if older and story.number % 4 == 1:
        item = (
            '<div class="VCSortableInPreviewMode" type="RelatedOneNews"><a class="OneNewsTitle" href="{url}">{title}'
            "</a>"
            '<p class="VCObjectBoxRelatedNewsItemSapo">{lead}</p></div>\n'
        )
        out.append(story_links(press, older[:1], item))
    out.append(
        "<!-- eonewsrelation Sun Mar 01 2026 09:51:10 GMT+0700 (Indochina Time) -->"
        '<div data-check-position="body_end"></div>'
    )
    return "".join(out)


def _block(block: StoryBlock, number: int) -> str:
    first, rest = block.lines[0], block.lines[1:]
    match block.kind:
        case "h2":
            return f"<h2><b>{esc(first)}</b></h2>\n" if number % 2 else f"<h3>{numeric(first)}</h3>\n"
        case "list":
            return (
                "<ul>"
                + "".join(f'<li><span style="font-size:12pt">{esc(line)}</span></li>' for line in block.lines)
                + "</ul>\n"
            )
        case "note":
            text = "".join(f"<p>{esc(line)}</p>" for line in rest)
            return f'<div class="VCSortableInPreviewMode" type="content"><div><h3>{esc(first)}</h3>{text}</div></div>\n'
    match number % 6:
        case 1:
            return f"<p>{linked(first, _INLINE)}</p>\n"
        case 2:
            return f'<p class="MsoNormal">{split_word(first)}</p>\n'
        case 3:
            return f"<p>{numeric(first)}</p>\n"
        case 4:
            return f"{_BROKEN}{esc(first)}</p>\n"
    return f"<p>{esc(first)}</p>\n"


FAMILY = Family(
    paper=Paper(
        name="hongha",
        title="Báo điện tử Hồng Hà",
        mark="(Hongha.vn)",
        family="vccorp",
        tier="central",
        sections=sections("Chính sách mới", "Chỉ đạo, điều hành", "Kinh tế", "Y tế", "Khoa giáo", zone=1021110),
        address="/{slug}-{stamp}.htm",
        article=r"^/[a-z0-9-]+-\d{17,18}\.htm$",
        feed="/home.rss",
        dialect="us",
        shards="five-days",
        says_modified=True,
        seconds=True,
        kinds=("photo", "video"),
    ),
    layout=VCCORP,
    render=render,
    listing=ListingStyle(
        item=(
            '<div class="box-stream-item" data-id="{id}"><a class="box-stream-link-with-avatar" href="{url}">'
            '<img alt="{title}"></a>'
            '<h2><a class="box-stream-link-title" data-linktype="newsdetail" href="{url}">{title}</a></h2>'
            '<span class="time-ago" title="{us}">{time}</span><p class="box-stream-sapo">{lead}</p></div>\n'
        ),
        container='<div class="box-stream timeline_list">{}</div>',
        links="a.box-stream-link-title",
        top="/{slug}.htm",
        page="/timelinelist/{zone}/{n}.htm",
        fragments=True,
    ),
    section_feed="/{slug}.rss",
    has_listing=True,
)

"""Family E: `post-*` classes, pictures in `imageBox` tables, the byline as last right-aligned paragraph."""

from __future__ import annotations

from crawler.newsroom.family import Family, ListingStyle
from crawler.newsroom.markup import WEEKDAYS, esc, footer, head, lead, linked, menu, meta, story_links
from crawler.newsroom.papers import Paper, sections
from crawler.newsroom.story import PaperStory, Photo, Press, StoryBlock
from crawler.sites import DNN

_POST = (
    '<article class="item"><a class="img" href="{url}"><img src="/thumb/{id}.jpg" alt="{title}"></a><h3>'
    '<a href="{url}" title="{title}">'
    '{title}</a></h3><p class="hidden-xs">{lead}</p></article>'
)
_INLINE = '<a target="_blank" href="/tim-kiem">'


def render(press: Press, story: PaperStory) -> str:
    """The whole page."""
    extra = meta([("og:type", "article"), ("keywords", ", ".join(story.tags)), ("generator", "DotNetNuke")])
    older = press.related(story, 8)
    moment = f"{WEEKDAYS[story.published.weekday()]}, {story.published:%d/%m/%Y %H:%M} (GMT+7)"
    author = (
        f'<p style="text-align: right;"><strong>{esc(", ".join(story.authors))}</strong></p>\n' if story.authors else ""
    )
    return (
        f'{head(press, story, extra)}<body id="Body">\n<form method="post" action="/" id="Form">\n'
        f'<input type="hidden" name="__VIEWSTATE" value="{"dDwtMTY" * 300}" />\n'
        f'<div class="nav">{menu(story.paper, "menu-ngang")}</div>\n'
        f'<div class="breadcrumb"><a rel="v:url" href="/">Trang chủ</a> » <a rel="v:url" href="/{story.section.slug}">'
        f'{esc(story.section.name)}</a></div>\n<h1 class="post-title">{esc(story.title)}</h1>\n'
        f'<span class="post-subinfo"><span>{moment}</span></span><div class="share"><a>Gửi email</a> <a>In bài viết'
        f"</a></div>\n"
        f'<div class="post-summary"><h2>{esc(lead(story))}</h2></div>\n'
        f'<div class="post-content"><div itemprop="articleBody">{_body(press, story)}{author}</div></div>\n'
        '<div class="author-info"><p>Ý kiến bạn đọc gửi về tòa soạn</p></div>\n'
        f'<div class="related-post"><h4>Tin cùng chuyên mục</h4>{story_links(press, older[:4], _POST)}</div>\n'
        f'<div class="ctrangc3"><h4>Đọc nhiều</h4>{story_links(press, older[4:], _POST)}</div>\n'
        f"{footer(story.paper, 'footer')}</form></body>\n</html>\n"
    )


def _box(press: Press, story: PaperStory, image: Photo, *, twice: bool) -> str:
    source, caption = press.root(story.paper) + image.path, esc(image.caption or "")
    row = f'<tr><td><p class="PCaption">{caption}</p></td></tr>' if image.caption else ""
    again = f'<p style="text-align: center;"><em>{caption}</em></p>\n' if image.caption and twice else ""
    return (
        f'<table class="imageBox" align="center"><tbody><tr><td>'
        f'<img class="imgtelerik" src="{source}" alt="{caption}" /></td></tr>'
        f"{row}</tbody></table>\n{again}"
    )


def _body(press: Press, story: PaperStory) -> str:
    out = [_box(press, story, story.cover, twice=story.number % 2 == 0)] if story.cover else []
    for number, block in enumerate(story.blocks):
        out.append(_block(block, number))
        if number in story.figures:
            out.append(_box(press, story, story.figures[number], twice=False))
    older = press.related(story, 2)
    if older and story.number % 2:
        out.insert(
            len(out) // 2,
            f'<div class="related-post"><ul>{story_links(press, older, "<li><a href={url}>{title}</a></li>")}</ul>'
            f"</div>\n",
        )
        out.append('<div class="box-banner"></div>')
    return "".join(out)


def _block(block: StoryBlock, number: int) -> str:
    first, rest = block.lines[0], block.lines[1:]
    match block.kind:
        case "h2":
            return f"<p><b>{esc(first)}</b></p>\n"
        case "list":
            return "<ul>" + "".join(f"<li>{esc(line)}</li>" for line in block.lines) + "</ul>\n"
        case "note":
            text = "".join(f"<p>{esc(line)}</p>" for line in rest)
            return f'<div class="box-note"><p><b>{esc(first)}</b></p>{text}</div>\n'
    if number % 6 == 1:
        return f"<p>{linked(first, _INLINE)}</p>\n"
    if number % 6 == 4:
        return f'<p class="ExternalClass">&nbsp;{esc(first)}&#8203;</p>\n<p>&nbsp;</p>\n'
    return f"<p>{esc(first)}</p>\n"


FAMILY = Family(
    paper=Paper(
        name="biencuong",
        title="Báo Biên Cương",
        mark="Biên Cương Online",
        family="dnn",
        tier="ministry",
        sections=sections("Quốc phòng", "Giáo dục", "Đối ngoại", "Pháp luật", zone=1),
        address="/{section}/{slug}-{id}",
        article=r"^/[a-z-]+/[a-z0-9-]+-\d{6}$",
        feed="/rss/cate/tin-moi-0.rss",
        dialect="two-digit-year",
        shards="year",
        says_modified=False,
        seconds=False,
    ),
    layout=DNN,
    render=render,
    listing=ListingStyle(
        item='<article><h3><a href="{url}" title="{title}">{title}</a></h3><p class="hidden-xs">{lead}</p></article>\n',
        container='<div class="list-news-category">{}</div>',
        links=".list-news-category h3 a",
        top="/{slug}",
        page="/{slug}/p/{n}",
    ),
    section_feed="/rss/cate/{slug}-{zone}.rss",
)

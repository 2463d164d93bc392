"""A broadcaster on Drupal: `itemprop=articleBody` on the wrapper of everything, nested articles, no linked data."""

from __future__ import annotations

from crawler.newsroom.family import Family, ListingStyle
from crawler.newsroom.markup import WEEKDAYS, decomposed, esc, footer, head, lead, linked, menu, meta, story_links
from crawler.newsroom.papers import Paper, sections
from crawler.newsroom.story import PaperStory, Photo, Press, StoryBlock
from crawler.sites import Layout

_CARD = (
    '<article class="inner-article"><a href="{url}"><picture><img src="/styles/{id}.jpg" alt="{title}"></picture></a>'
    '<div class="article-card"><h5><a href="{url}"><h2>{title}</h2></a></h5><p>{lead}</p></div></article>\n'
)
_LIST = '<div class="views-row"><h3 class="card-title"><a class="vovvn-title" href="{url}">{title}</a></h3></div>'
_INLINE = '<a href="/chu-de">'
_LAYOUT = Layout(
    name="vov",
    title=("h1.article-title",),
    body=(".article-content .text-long",),
    lead=(".article-summary h2 > div",),
    time=(".article-date .col-md-4",),
    authors=(".article-author a",),
    section=("li.breadcrumb-item-first a",),
    drop=("article.inner-article",),
)


def render(press: Press, story: PaperStory) -> str:
    """The whole page."""
    extra = meta([
        ("og:type", "article"), ("article:published_time", story.published.isoformat()),
        ("article:section", story.section.name), *(("article:tag", tag) for tag in (*story.tags, story.tags[0])),
    ])  # fmt: skip
    older = press.related(story, 6)
    rows = story_links(press, older, _LIST)
    moment = f"{WEEKDAYS[story.published.weekday()]}, {story.published:%H:%M, %d/%m/%Y}"
    names = "".join(
        f'<a href="/tac-gia/{n}">{esc(name)}/{story.paper.mark}</a>' for n, name in enumerate(story.authors)
    )
    return (
        f'{head(press, story, extra)}<body class="path-node">\n<header>{menu(story.paper, "navbar-nav")}</header>\n'
        '<article class="detail" itemprop="articleBody"><ol class="breadcrumb">'
        '<li class="breadcrumb-item breadcrumb-item-first">'
        f'<a href="/{story.section.slug}">{esc(story.section.name)}</a></li></ol>\n'
        f'<div class="row article-title"><div class="col"><h1 class="article-title">{esc(story.title)}</h1></div>'
        f"</div>\n"
        f'<div class="row article-date"><div class="col-md-4 mb-3">{moment}</div><div class="col-md-8"><a>Chia sẻ</a>'
        '<span class="toast">Copy link thành công!</span></div></div>\n'
        f'<div class="row article-summary"><div class="col"><h2><div>{esc(lead(story))}<br><br></div></h2></div>'
        f"</div>\n"
        f'<div class="ads-top"></div><div class="row article-content"><div class="col">'
        f'<div class="text-long">{_body(press, story)}</div>'
        f'</div></div>\n<div class="row article-author">{names}</div><div class="article-tags"></div>\n'
        f"<p>Mời quý độc giả theo dõi {story.paper.mark} trên</p>\n"
        '<div class="comments"><h4>Bình luận</h4><form><input placeholder="Mời bạn bình luận"></form></div>\n'
        f'<div class="field-related-article d-desktop"><h4>Tin liên quan</h4>{rows}</div>'
        f'<div class="field-related-article d-mobile"><h4>Tin liên quan</h4>{rows}</div></article>\n'
        f"{footer(story.paper, 'footer')}</body>\n</html>\n"
    )


def _figure(press: Press, story: PaperStory, image: Photo) -> str:
    source, caption = press.root(story.paper) + image.path, esc(image.caption or "")
    return (
        f'<figure class="gallery-embed"><div><article class="media"><div><picture>'
        f'<img src="{source}" alt="anh minh hoa" '
        f'title="tin moi"></picture></div></article></div><figcaption>{caption}</figcaption></figure>\n'
    )


def _body(press: Press, story: PaperStory) -> str:
    out = [_figure(press, story, story.cover)] if story.cover else []
    for number, block in enumerate(story.blocks):
        out.append(_block(block, number))
        if number in story.figures:
            out.append(_figure(press, story, story.figures[number]))
    older = press.related(story, 1)
    if older and story.number % 3:
        out.append(story_links(press, older, _CARD))
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
            return f"<blockquote><p><strong>{esc(first)}</strong></p>{text}</blockquote>\n"
    match number % 7:
        case 1:
            return f"<p>{linked(first, _INLINE)}</p>\n"
        case 3:
            return (
                f'<p class="ads-detail-center">{esc(first)}</p>\n'  # a paragraph of the story, whatever its class says
            )
        case 5:
            return f"<p>{esc(decomposed(first))}</p>\n"
    return f"<p>{esc(first)}</p>\n"


FAMILY = Family(
    paper=Paper(
        name="cuulong",
        title="Đài Tiếng nói Cửu Long",
        mark="TNCL.VN",
        family="vov",
        tier="central",
        sections=sections("CHÍNH TRỊ", "XÃ HỘI", "KINH TẾ", "THẾ GIỚI", zone=1),
        address="/{section}/{slug}-post{id}.tncl",
        article=r"^/[a-z-]+/[a-z0-9-]+-post\d+\.tncl$",
        feed="/rss.xml",
        dialect="rfc822",
        shards="month-folder",
        says_modified=False,
        seconds=True,
    ),
    layout=_LAYOUT,
    render=render,
    listing=ListingStyle(
        item=(
            '<div class="article-card"><a class="vovvn-title" href="{url}">'
            '<h3 class="card-title">{title}</h3></a></div>\n'
        ),
        container='<div class="taxonomy-content">{}</div>',
        links=".taxonomy-content a.vovvn-title",
        top="/{slug}",
        page="/{slug}?page={n}",
        first=1,
    ),
    section_feed="/rss/{slug}.xml",
    has_listing=True,
)

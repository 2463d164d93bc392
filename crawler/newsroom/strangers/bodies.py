"""The text of a stranger's article as its editors' tools leave it: paragraphs, captions, and what is wedged between."""

from __future__ import annotations

from collections.abc import Iterable

from crawler.newsroom.markup import esc, lead, linked, picture, split_word
from crawler.newsroom.story import PaperStory, Photo, Press, StoryBlock
from crawler.newsroom.strangers.chrome import tag_path
from crawler.newsroom.strangers.design import Design, Wedge
from crawler.newsroom.strangers.stranger import Stranger

_WEDGES: dict[Wedge, str] = {
    "advertisement": "<span>Quảng cáo</span>",
    "player": "<button>Nghe bài viết</button> <span>0:00 / 3:45</span>",
    "poll": "<h4>Thăm dò ý kiến</h4><ul><li>Rất hài lòng</li><li>Hài lòng</li><li>Chưa hài lòng</li></ul>",
    "subscription": "<h4>Đăng ký nhận tin</h4><p>Nhập địa chỉ thư điện tử để nhận bản tin mỗi sáng.</p>",
}


def body(press: Press, story: PaperStory, design: Design) -> str:
    """Everything inside the container of the text."""
    parts = _photos(press, story, design) if story.gallery else _running(press, story, design)
    older = press.related(story, 5)
    if older and design.insets != "none" and len(parts) > 3:
        parts.insert(0 if design.inset_first else len(parts) // 2, _inset(press, older, design))
        if design.insets == "lines" and len(older) > 3:
            parts.append(_more(press, older[3], design))
    for number, wedge in enumerate(design.wedges):
        parts.insert(min(number + 1, len(parts)), f"<div{design.hooks.attr('wedge')}>{_WEDGES[wedge]}</div>\n")
    if design.lead_place == "repeated":
        parts.insert(0, _paragraph(esc(story.lead), design))
    if design.lead_place == "strong-in-body":
        parts.insert(0, _paragraph(f"<strong>{esc(lead(story))}</strong>", design))
    elif design.lead_place == "first-in-body":
        parts.insert(0, f"<div{design.hooks.attr('lead')}>{esc(lead(story))}</div>\n")
    if story.authors:
        _sign(parts, story, design)
    if design.source:
        parts.append(f'<p style="text-align: right;"><em>{esc(design.source)}</em></p>\n')
    return "".join(parts)


def _running(press: Press, story: PaperStory, design: Design) -> list[str]:
    parts = [_figure(press, story, story.cover, design)] if story.cover else []
    if story.kind == "video":
        parts.insert(0, '<div class="player"><video controls poster="/images/khung.jpg"></video></div>\n')
    topic = esc(tag_path(story.paper, story.tags[0])) if isinstance(story.paper, Stranger) else "/"
    for number, block in enumerate(story.blocks):
        parts.append(_block(block, number, design, f'<a href="{topic}">'))
        if number in story.figures:
            parts.append(_figure(press, story, story.figures[number], design))
    return parts


def _photos(press: Press, story: PaperStory, design: Design) -> list[str]:
    parts = []
    for group in story.gallery:
        pictures = "".join(picture(press, story, photo) for photo in group)
        caption = esc(group[0].caption or "")
        parts.append(f"<figure{design.hooks.attr('figure')}>{pictures}<figcaption>{caption}</figcaption></figure>\n")
    return parts


def _block(block: StoryBlock, number: int, design: Design, anchor: str) -> str:
    """Its markup; some paragraphs have words that are an `anchor`."""
    first, rest = block.lines[0], block.lines[1:]
    match block.kind:
        case "h2":
            if design.paragraphs == "p":
                return f"<h2>{esc(first)}</h2>\n"
            return _paragraph(f"<b>{esc(first)}</b>", design)
        case "list":
            return "<ul>" + "".join(f"<li>{esc(line)}</li>" for line in block.lines) + "</ul>\n"
        case "note":
            text = "".join(f"<p>{esc(line)}</p>" for line in rest)
            return f'<blockquote class="box-info"><p><b>{esc(first)}</b></p>{text}</blockquote>\n'
        case "question" | "answer" | "moment":
            return _paragraph(f"<strong>{esc(first)}</strong>", design) + "".join(
                _paragraph(esc(line), design) for line in rest
            )
    if number % 6 == 1:
        return _paragraph(linked(first, anchor), design)
    if number % 9 == 5 and design.paragraphs == "mso":
        return _paragraph(split_word(first), design)
    return _paragraph(esc(first), design)


def _paragraph(inner: str, design: Design) -> str:
    match design.paragraphs:
        case "div":
            return f"<div>{inner}</div>\n"
        case "br":
            return f"{inner}<br />\n<br />\n"
        case "mso":
            return f'<p class="MsoNormal" style="text-align:justify"><span style="font-size:13pt">{inner}</span></p>\n'
    return f"<p>{inner}</p>\n"


def _figure(press: Press, story: PaperStory, photo: Photo, design: Design) -> str:
    hooks, image = design.hooks, picture(press, story, photo)
    caption = esc(photo.caption or "")
    match design.captions:
        case "table":
            row = f"<tr><td{hooks.attr('caption')}><p>{caption}</p></td></tr>" if caption else ""
            return (
                f'<table align="center"{hooks.attr("figure")}><tbody><tr><td>{image}</td></tr>{row}</tbody></table>\n'
            )
        case "line":
            line = f'<p{hooks.attr("caption")} style="text-align:center">{caption}</p>\n' if caption else ""
            return f'<p style="text-align:center">{image}</p>\n{line}'
        case "italic":
            line = f'<p style="text-align:center"><em>{caption}</em></p>\n' if caption else ""
            return f'<p style="text-align:center">{image}</p>\n{line}'
        case "blog":
            text = f'<p class="wp-caption-text">{caption}</p>' if caption else ""
            return f'<div class="wp-caption aligncenter">{image}{text}</div>\n'
    text = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f"<figure{hooks.attr('figure')}>{image}{text}</figure>\n"


def _inset(press: Press, older: list[PaperStory], design: Design) -> str:
    hooks = design.hooks
    if design.insets == "lines":
        return _more(press, older[0], design)
    if design.insets == "cards":
        cards = "".join(
            f'<div><a href="{press.url(other)}"><img src="/images/nho.jpg" alt=""></a>'
            f'<h4><a href="{press.url(other)}">{esc(other.title)}</a></h4><p>{esc(other.lead)}</p></div>'
            for other in older[:2]
        )
        return f"<div{hooks.attr('inset')}><h3>{design.inset_heading}</h3>{cards}</div>\n"
    rows = "".join(f'<li><a href="{press.url(other)}">{esc(other.title)}</a></li>' for other in older[:3])
    return f"<div{hooks.attr('inset')}><strong>{design.inset_heading}</strong><ul>{rows}</ul></div>\n"


def _more(press: Press, other: PaperStory, design: Design) -> str:
    label = esc(design.more_label)
    return f'<p{design.hooks.attr("more")}><em>{label}<a href="{press.url(other)}">{esc(other.title)}</a></em></p>\n'


def signed(names: Iterable[str], design: Design) -> str:
    """The names as they stand in a byline."""
    return esc(design.joint.join(names))


def _sign(parts: list[str], story: PaperStory, design: Design) -> None:
    names = signed(story.authors, design)
    if design.byline == "right":
        parts.append(f'<p style="text-align: right;"><strong>{names}</strong></p>\n')
    elif design.byline == "last-paragraph":
        inner = f"<br /><strong>{names}</strong>"
        last = next((n for n in range(len(parts) - 1, -1, -1) if parts[n].endswith("</p>\n")), None)
        if last is None or design.hooks.attr("more") in parts[last] or "<img" in parts[last]:
            parts.append(f"<p><strong>{names}</strong></p>\n")
        else:
            parts[last] = parts[last].removesuffix("</p>\n") + inner + "</p>\n"

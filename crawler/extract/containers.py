"""Which containers inside a text are not the article's: those that a layout or the common list names, with two doubts.

A name like "player" or "banner" counts only for a small part of the text. And what is hidden is mostly no text, but on
some pages the second half of the article is, until a reader asks for more.

A post of a social network that is embedded in the text is left out as a whole, words and names: it is not the paper's
text, its script replaces it in the browser, and the next fetch may find it gone.
"""

from __future__ import annotations

import re
from functools import lru_cache

from selectolax.lexbor import LexborNode

from crawler.extract.page import tidy
from crawler.sites import HIDDEN, NOISE, Layout, any_of

_LARGE = 400  # characters; what holds more is no notice, player or advertisement
_SHARE = 0.4  # of the whole text; what holds more is the text
_BEGINNING = 4000  # characters, blanks included, of which a share is mostly more than the above
_PARAGRAPH = 60  # characters
# Names in lower case behind a blank; all begin with a letter of their own, which makes the search quick.
_NAMED = re.compile(
    r"(?P<post>(?:twitter|tweet|instagram|tiktok|fb|facebook|threads|text-post|bluesky|reddit|mastodon|telegram|zalo"
    r"|tumblr|imgur|iframely|embedly|social)-(?:embed|post|tweet|video|media|card|page)"
    r"|embed-(?:social|twitter|tweet|facebook|instagram|tiktok|threads))"
    r"|cookie|consent|gdpr|cc-window|audio|player|plyr|mejs-|vjs-|[ _-]tts(?![a-z])|voice|speech|subscri|newsletter"
    r"|paywall|login|dangnhap|dang-nhap|popup|modal|toolbar|banner|advert|sponsor|quangcao|quang-cao"
    r"|[ _-]tags?(?![a-z\d])"
    r"|[ _-](?:shar(?:e|ing)|qc|ads?(?:box|zone|slot|wrap|unit|block|area)?)(?![a-z\d])"
)
_NETWORK = re.compile(
    r"^(?:https?:)?//(?:[\w-]+\.)*(?:(?:twitter|x)\.com/(?:i/web|\w+)/status(?:es)?/"
    r"|facebook\.com/(?:groups/)?[\w.-]+/(?:posts|videos|photos|permalink)/"
    r"|facebook\.com/(?:permalink|photo|story|watch|reel|share)|fb\.watch/|instagram\.com/(?:p|reel)/"
    r"|tiktok\.com/(?:@|music/)|v[mt]\.tiktok\.com/"
    r"|threads\.(?:net|com)/@|t\.me/\w+/\d|bsky\.app/profile/)",
    re.I,
)
_MORE = re.compile(r"more|collaps|expand|readm|full|rest\b|toggle|xem-?them|doc-?tiep|con-?lai|noi-?dung|content", re.I)
_NEVER = re.compile(
    r"print|popup|modal|form|comment|relat|copy|share|login|subscri|tooltip|slide|player|caption|menu|ad-?block|notice"
    r"|survey|khao-?sat|vote|rating",
    re.I,
)
_OPENS = re.compile(r"(?:xem|đọc|hiển thị|mở|bấm)\s+(?:thêm|tiếp|toàn|đầy đủ|hết|rộng|tất cả|chi tiết)\b", re.I)
_END = re.compile(r"[.!?…:;][\"”'’)]*$")


@lru_cache(maxsize=256)
def _selector(layout: Layout | None) -> str:
    return any_of((*HIDDEN, *NOISE, *(layout.drop if layout else ())))


@lru_cache(maxsize=256)
def _named(layout: Layout | None) -> str:
    return any_of((*NOISE, *(layout.drop if layout else ())))


def left_out(root: LexborNode, layout: Layout | None) -> dict[int, LexborNode]:
    """The containers in `root` that selectors name, and what is hidden and no part of the text, by their `mem_id`."""
    found = {node.mem_id: node for node in root.css(_selector(layout))}
    if continued := [node.mem_id for node in found.values() if is_hidden(node) and _reads_on(node)]:
        named = {node.mem_id for node in root.css(_named(layout))}
        for key in continued:
            if key not in named:
                del found[key]
    if layout and layout.keep:
        for node in root.css(", ".join(layout.keep)):
            found.pop(node.mem_id, None)
    found.pop(root.mem_id, None)
    return found


def explained(found: dict[int, LexborNode], root: LexborNode, layout: Layout | None) -> list[tuple[str, str]]:
    """The text of each container that `left_out` found, with the selector that named it."""
    left, said = dict(found), []
    for css in (*(layout.drop if layout else ()), *NOISE, *HIDDEN):
        for node in root.css(css):
            if node.mem_id in left and (text := tidy(node.text(separator=" "))):
                said.append((text, css))
                del left[node.mem_id]
    return said


def foreign(node: LexborNode, attributes: dict[str, str | None], root: LexborNode) -> str | None:
    """What a container in the text is by its name, where it is no part of it: a notice, a player, a network's post."""
    name, id_ = attributes.get("class"), attributes.get("id")
    if (name or id_) and (found := _NAMED.search(f" {name or ''} {id_ or ''}".lower())):
        if found["post"]:
            return "post of a network"
        if _is_small(node, root):
            return found[0]
    if node.tag == "blockquote" and _is_post(node, attributes):
        return "post of a network"
    return None


def _is_small(node: LexborNode, root: LexborNode) -> bool:
    size = len(tidy(node.text()))
    if size >= _LARGE:
        return False
    whole = root.text()
    # The beginning of a long text is enough, where nothing behind it changes how it is read.
    if "&" not in whole and "<" not in whole and size < _SHARE * len(tidy(whole[:_BEGINNING])):
        return True
    return size < _SHARE * len(tidy(whole))


def _is_post(node: LexborNode, attributes: dict[str, str | None]) -> bool:
    """A quotation that ends in the address of a post, as what a network offers to embed does."""
    if _NETWORK.match(attributes.get("cite") or ""):
        return True
    links = node.css("a")
    return bool(links) and bool(_NETWORK.match(links[-1].attributes.get("href") or ""))


def is_hidden(node: LexborNode) -> bool:
    """Whether the page does not show an element, or not yet."""
    attributes = node.attributes
    return "hidden" in attributes or "display" in (attributes.get("style") or "").lower()


def _reads_on(node: LexborNode) -> bool:
    """Whether what is hidden is the article's next part: paragraphs, behind a button or under a name that says so."""
    attributes = node.attributes
    name = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    if _NEVER.search(name) or node.tag in ("form", "dialog"):
        return False
    texts = [tidy(paragraph.text()) for paragraph in node.css("p")] or [tidy(node.text())]
    running = [text for text in texts if len(text) >= _PARAGRAPH and _END.search(text)]
    linked = sum(len(tidy(link.text())) for link in node.css("a"))
    if not running or linked > 0.3 * sum(map(len, texts)):
        return False
    return len(running) > 1 or bool(_MORE.search(name)) or _is_opened(node) or _is_one_of_many(node)


def _is_one_of_many(node: LexborNode) -> bool:
    """Whether it is a paragraph, and the one before or behind it is hidden as well."""
    beside = (_element_beside(node, forward=forward) for forward in (True, False))
    return node.tag == "p" and any(one is not None and one.tag == "p" and is_hidden(one) for one in beside)


def _is_opened(node: LexborNode) -> bool:
    """Whether a button beside it opens what is hidden."""
    return any(_button(_element_beside(node, forward=forward)) for forward in (True, False))


def _element_beside(node: LexborNode, *, forward: bool) -> LexborNode | None:
    """What stands next to an element, blanks passed over."""
    beside = node.next if forward else node.prev
    if beside is not None and beside.tag == "-text" and not (beside.text_content or "").strip():
        beside = beside.next if forward else beside.prev
    return beside


def _button(beside: LexborNode | None) -> bool:
    return beside is not None and bool(_OPENS.match(tidy(beside.text())[:80]))

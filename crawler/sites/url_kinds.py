"""What an address says by its words alone: the kind of an article, or what it is instead of one."""

from __future__ import annotations

import re

from crawler.errors import Refusal
from crawler.items import Kind

_KINDS: tuple[tuple[Kind, str], ...] = (
    ("podcast", r"/(?:podcasts?|audio)[/-]"),
    ("infographic", r"/infographics?[/-]|//infographics?\."),
    ("emagazine", r"/(?:e-?magazine|mega-?story|long-?form)s?[/-]|/special/|//(?:mega|special|e-?magazine)\."),
    ("photo", r"/(?:photos?|photo-story|anh|chum-anh|phong-su-anh|tin-anh)/|/(?:photo|chum-anh)-"),
    ("video", r"/(?:videos?|tv)/|/video-|//(?:video|tv)\."),
    ("interview", r"/(?:giao-luu|phong-van)-truc-tuyen[/-]"),
    ("live", r"/(?:tuong-thuat-)?truc-tiep/|/tuong-thuat-truc-tiep-"),
)


# Most addresses are labelled with none, which one search tells.
_ANY_KIND = re.compile("|".join(pattern for _, pattern in _KINDS), re.I)


def kind_by_address(address: str) -> Kind:
    """The kind of article that an address ("//host/path" will do) is labelled with; "article" when with none."""
    if not _ANY_KIND.search(address):
        return "article"
    return next(kind for kind, pattern in _KINDS if re.search(pattern, address, re.I))


# Only read for what the site's own pattern does not take, hence so broad.
_REFUSALS: tuple[tuple[Refusal, str], ...] = (
    (Refusal.DOCUMENT, r"\.(?:pdf|docx?|xlsx?|pptx?|rtf|odt|zip|rar|7z)$"),
    (Refusal.MEDIA, r"\.(?:jpe?g|png|gif|webp|svg|mp[34]|m3u8|wav|webm|ogg)$"),
    (Refusal.PRINT_EDITION, r"/(?:bao|tap-chi|so-bao|(?>[a-z-]+?-(?:cuoi-tuan|hang-thang)\b))\b[^/]*-so-\d"),
    (Refusal.PRINT_EDITION, r"/(?:bao-in|bao-giay|doc-bao-in|e-?paper|an-pham)(?:[/.]|$)"),
    (Refusal.TOPIC, r"/(?:chu-de|topics?|tags?|events?|su-kien|dong-su-kien|tu-khoa|hashtag)[/.]"),
    (Refusal.TOPIC, r"-(?:e|event)\d+\.html?$"),
    (Refusal.DOCUMENT, r"//(?:van-?ban|cong-?bao|vbpq|csdl)\.|/(?:van-?ban|vbpq)/|/chi-tiet-(?:van-ban|chi-dao)"),
    (Refusal.NOT_ARTICLE, r"/(?:tim-kiem|search|rss|feeds?|api|login|dang-nhap|lien-he|gioi-thieu)(?:[/.]|$)"),
    (Refusal.NOT_ARTICLE, r"/(?:quang-cao|rao-vat|views_ads|sitemaps?|print|timeline\w*)(?:[/.-]|$)"),
    (Refusal.NOT_ARTICLE, r"\.(?:xml|rss|json|js|css)$"),
    (Refusal.MEDIA, r"/(?:videos?|tv|truyen-hinh|podcasts?|audio|photos?|anh|infographics?|lf)(?:[/.]|$)"),
    (Refusal.MEDIA, r"/(?:e-?magazine|multimedia|media|long-?form|mega-?story)(?:[/.]|$)|/chi-tiet-video(?:/|$)"),
)
# A section's address is short words; a story's, even one that the site's pattern misses, is long or numbered.
_SECTION = re.compile(
    r"(?:/[\w%]+(?:-+[\w%]+){0,7}?(?:-[cdz]?\d{1,4}(?:ct\d+)?)?)?"
    r"(?:/[\w%]+(?:-+[\w%]+){0,7}){0,2}"
    r"(?:/(?:p|page|trang)[/-]?\d+)?(?:\.\w{2,4})?/?(?:&[\w&=]*)?",
    re.I,
)


def refusal_by_address(address: str) -> Refusal:
    """The reason to refuse an address, "//host/path", that a site's own pattern does not take."""
    path = "/" + address.removeprefix("//").partition("/")[2]
    for reason, pattern in _REFUSALS:
        if re.search(pattern, address, re.I):
            return reason
    if path == "/" or (_SECTION.fullmatch(path) and not re.search(r"\d{5,}", path)):
        return Refusal.SECTION
    return Refusal.NOT_ARTICLE

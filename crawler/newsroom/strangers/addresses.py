"""How strangers number and name their pages: the schemes of addresses that content management systems have.

Each scheme says where articles, sections and everything that looks like one of them stand. A regular expression can
tell the articles of each from the rest; that it needs a second look is the point.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from crawler.newsroom.story import PaperStory


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """Addresses of pages that are neither article nor section, with {slug} and {n}."""

    tag: str
    topic: str
    author: str
    static: str
    """A page about the office: its history, its organisation."""
    clip: str
    """A page of the video library: a player and a caption, no article."""
    document: str
    """A page of the library of documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """Patterns of paths with queries."""

    article: str
    """As `Paper.address`."""
    pattern: str
    """As `Site.article`."""
    section: str
    """With {slug} and {zone}."""
    others: Others
    paging: tuple[str, ...]
    """What may stand behind a section's address for its page {n}; a leading "=" replaces the ending."""
    keep_query: tuple[str, ...] = ()
    keep_slash: bool = False
    named_by: str | None = None
    """The parameter whose value names the article."""
    exclude: str | None = None
    """As `Site.exclude`."""

    def listing(self, slug: str, zone: int, form: str, number: int) -> str:
        """Address of the page `number`, from 1, of a section, by one of the forms of `paging`."""
        first = self.section.format(slug=slug, zone=zone)
        if number == 1:
            return first
        tail = form.format(n=number)
        if tail.startswith("="):
            stem, dot, ending = first.rstrip("/").rpartition(".")
            return f"{stem}{tail[1:]}.{ending}" if dot and "/" not in ending else first.rstrip("/") + tail[1:]
        if tail.startswith("?") and "?" in first:
            tail = "&" + tail[1:]
        return (first.rstrip("/") if tail.startswith("/") else first) + tail


def _ended(end: str, clips: str = "/video/") -> Others:
    """Of a site whose pages end in `end`."""
    return Others(
        tag="/tag/{slug}" + end,
        topic="/chu-de/{slug}-{n}" + end,
        author="/tac-gia/{slug}-{n}" + end,
        static="/gioi-thieu/{slug}" + end,
        clip=clips + "{slug}-{n}" + end,
        document="/van-ban/{slug}-{n}" + end,
    )


_ASPX = Others(
    tag="/timkiem/Pages/ket-qua.aspx?tukhoa={slug}",
    topic="/chuyende/Pages/{slug}.aspx",
    author="/tacgia/Pages/{slug}.aspx",
    static="/gioithieu/Pages/{slug}.aspx",
    clip="/thuvien/Pages/video.aspx?VideoID={n}",
    document="/vanban/Pages/chi-tiet.aspx?VBID={n}",
)
_QUERY = Others(
    tag="/tim-kiem?q={slug}",
    topic="/chu-de?id={n}",
    author="/tac-gia?id={n}",
    static="/gioi-thieu?trang={slug}",
    clip="/thu-vien-video?id={n}",
    document="/van-ban?id={n}",
)
_MARKED = Others(
    tag="/{slug}-tag{n}.html",
    topic="/{slug}-cd{n}.html",
    author="/{slug}-u{n}.html",
    static="/{slug}-p{n}.html",
    clip="/{slug}-v{n}.html",
    document="/{slug}-vb{n}.html",
)
_TABS = Others(
    tag="/Default.aspx?tabid=77&tag={slug}",
    topic="/Default.aspx?tabid=78&TopicID={n}",
    author="/Default.aspx?tabid=79&AuthorID={n}",
    static="/Default.aspx?tabid={n}",
    clip="/Default.aspx?tabid=80&VideoID={n}",
    document="/Default.aspx?tabid=81&DocID={n}",
)
_WORDPRESS = Others(
    tag="/tag/{slug}/",
    topic="/chuyen-de/{slug}/",
    author="/author/{slug}/",
    static="/{slug}/",
    clip="/video/{slug}/",
    document="/tai-lieu/{slug}/",
)
_ENDED_PAGES = ("?page={n}", "=/trang-{n}", "=-p{n}", "?trang={n}")
_FOLDER_PAGES = ("page/{n}/", "?page={n}", "?paged={n}")
_BARE_PAGES = ("?page={n}", "/trang-{n}", "/page/{n}", "?p={n}")
_QUERY_PAGES = ("?page={n}", "?trang={n}", "?Page={n}")

SCHEMES: tuple[Scheme, ...] = (
    Scheme(
        article="/{slug}-{id}.html", pattern=r"-\d{6}\.html$", section="/{slug}-{zone}.html",
        paging=_ENDED_PAGES, others=_ended(".html"),
    ),
    Scheme(
        article="/{slug}-a{id}.html", pattern=r"-a\d+\.html$", section="/{slug}-c{zone}.html",
        paging=_ENDED_PAGES, others=_MARKED,
    ),
    Scheme(
        article="/{section}/{slug}-{stamp}.htm", pattern=r"-\d{18}\.htm$", section="/{slug}.htm",
        paging=_ENDED_PAGES, others=_ended(".htm"),
    ),
    Scheme(
        article="/{section}/{at:%Y%m}/{slug}-{hex:.7}/", pattern=r"^/[a-z-]+/\d{6}/[^/]+/$", section="/{slug}/",
        paging=_FOLDER_PAGES, keep_slash=True, others=_ended("/"),
    ),
    Scheme(
        article="/{at:%Y}/{at:%m}/{at:%d}/{slug}/", pattern=r"^/\d{4}/\d\d/\d\d/[^/]+/$",
        section="/category/{slug}/", paging=_FOLDER_PAGES, keep_slash=True, others=_WORDPRESS,
    ),
    Scheme(
        article="/{slug}/", pattern=r"^/(?:[a-z0-9]+-){6,}[a-z0-9]+/$", section="/category/{slug}/",
        paging=_FOLDER_PAGES, keep_slash=True, others=_WORDPRESS,
    ),
    Scheme(
        article="/tin-tuc/{slug}", pattern=r"^/tin-tuc/[^/]+$", section="/chuyen-muc/{slug}",
        paging=_BARE_PAGES, others=_ended(""),
    ),
    Scheme(
        article="/{section}/{slug}", pattern=r"^/[a-z-]+/(?:[a-z0-9]+-){6,}[a-z0-9]+$", section="/{slug}",
        exclude=r"^/(?:video|van-ban|chu-de)/", paging=_BARE_PAGES, others=_ended(""),
    ),
    Scheme(
        article="/chi-tiet?id={id}", pattern=r"^/chi-tiet\?id=\d+", section="/danh-muc?id={zone}",
        paging=_QUERY_PAGES, keep_query=("id",), named_by="id", others=_QUERY,
    ),
    Scheme(
        article="/tintuc/Pages/{section}.aspx?ItemID={small}",
        pattern=r"^/tintuc/pages/[\w-]+\.aspx\?ItemID=\d+",
        section="/tintuc/Pages/{slug}.aspx", paging=_QUERY_PAGES,
        keep_query=("ItemID",), named_by="itemid", others=_ASPX,
    ),
    Scheme(
        article="/Default.aspx?tabid={zone}&NewsID={small}",
        pattern=r"^/default\.aspx\?NewsID=\d+",
        section="/Default.aspx?tabid={zone}", paging=_QUERY_PAGES,
        keep_query=("NewsID",), named_by="newsid", others=_TABS,
    ),
    Scheme(
        article="/index.php?nv=news&op={section}/{slug}-{small}", pattern=r"[?&]op=[a-z0-9-]+/[a-z0-9-]+-\d+",
        section="/index.php?nv=news&op={slug}", paging=("?page={n}",), keep_query=("nv", "op"), named_by="op",
        others=Others(tag="/index.php?nv=news&op=tag/{slug}", topic="/index.php?nv=news&op=topic/{slug}",
        author="/index.php?nv=users&op={slug}", static="/index.php?nv=about&op={slug}",
        clip="/index.php?nv=videos&op={slug}", document="/index.php?nv=laws&op=detail-{n}"),
    ),
    Scheme(
        article="/vi/news/{section}/{slug}-{small}.html", pattern=r"^/vi/news/[a-z-]+/[a-z0-9-]+-\d+\.html$",
        section="/vi/news/{slug}/", paging=("page-{n}/", "?page={n}"),
        others=Others(tag="/vi/news/tag/{slug}/", topic="/vi/news/topic/{slug}/", author="/vi/users/{slug}/",
        static="/vi/about/{slug}.html", clip="/vi/videoclips/{slug}-{n}.html", document="/vi/laws/{slug}-{n}.html"),
    ),
    Scheme(
        article="/chi-tiet-tin/{id}/{slug}.htm", pattern=r"^/chi-tiet-tin/\d+/",
        section="/danh-sach-tin/{zone}/{slug}.htm",
        paging=_ENDED_PAGES, others=_ended(".htm", "/chi-tiet-video/"),
    ),
    Scheme(
        article="/{slug}.{id}.html", pattern=r"\.\d{6}\.html$", section="/{slug}.{zone}.html",
        paging=("?page={n}", "?trang={n}"), others=_ended(".html"),
    ),
    Scheme(
        article="/{section}/{id}/{slug}", pattern=r"^/[a-z-]+/\d{6}/[^/]+$", section="/{slug}",
        paging=_BARE_PAGES, others=_ended(""),
    ),
    Scheme(
        article="/{slug}-{id}.chn", pattern=r"-\d{6}\.chn$", section="/{slug}.chn",
        paging=("=/trang-{n}", "?page={n}"), others=_ended(".chn"),
    ),
    Scheme(
        article="/post/{hex}", pattern=r"^/post/[0-9a-f]{24}$", section="/category/{slug}",
        paging=_BARE_PAGES, others=_ended(""),
    ),
    Scheme(
        article="/web/guest/w/{slug}", pattern=r"^/web/guest/w/[^/]+$", section="/web/guest/{slug}",
        paging=("?page={n}", "?p={n}"), others=Others(tag="/web/guest/tag/{slug}", topic="/web/guest/chuyen-de/{slug}",
        author="/web/guest/tac-gia/{slug}", static="/web/guest/gioi-thieu/{slug}", clip="/web/guest/video/{slug}",
        document="/web/guest/van-ban/{slug}"),
    ),
    Scheme(
        article="/p{id}c{zone}/{slug}.htm", pattern=r"^/p\d+c\d+/", section="/c{zone}/{slug}.htm",
        paging=_ENDED_PAGES, others=_ended(".htm"),
    ),
    Scheme(
        article="/news/{id}", pattern=r"^/news/\d+$", section="/news/category/{zone}",
        paging=_BARE_PAGES, others=Others(tag="/news/tag/{slug}", topic="/news/topic/{n}", author="/news/author/{n}",
        static="/about/{slug}", clip="/clips/{n}", document="/documents/{n}"),
    ),
    Scheme(
        article="/{section}/{slug}_{id}.html", pattern=r"_\d{6}\.html$", section="/{slug}/",
        paging=("?page={n}", "/trang-{n}.html"), others=_ended(".html"),
    ),
    Scheme(
        article="/{section}/{id}.html", pattern=r"^/[a-z-]+/\d{6}\.html$", section="/{slug}.html",
        paging=_ENDED_PAGES, others=_ended(".html"),
    ),
)  # fmt: skip


def identity(path: str, named_by: str | None) -> str:
    """What is left of an article's address when case and further parameters do not count."""
    parts = urlsplit(path)
    if named_by is None:
        return parts.path
    values = {name.lower(): value for name, value in parse_qsl(parts.query)}
    return f"{parts.path.lower()}?{values.get(named_by, '')}"


def find(stories: Iterable[PaperStory], target: str, named_by: str | None) -> PaperStory | None:
    """The story whose address `target` is, in whatever spelling."""
    wanted = identity(target, named_by)
    return next((story for story in stories if identity(story.path, named_by) == wanted), None)

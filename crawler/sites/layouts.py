"""Where a CMS family keeps the parts of an article, and what it wedges between them.

A layout is data: lists of CSS selectors tried in order. What all pages share (scripts, ad shells, captions in
`figcaption`, the byline as last right-aligned line …) is the reader's business and not repeated here.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, get_args

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from crawler.errors import BadSite
from crawler.items import Kind

Css = tuple[str, ...]
_EMPTY = LexborHTMLParser("<p>")
_OF_CLASS = re.compile(r"[\w-]*(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """CSS selectors of one CMS family; of each tuple the first that finds text wins.

    Raises `BadSite` when a name, title or body is missing.
    """

    name: str
    title: Css
    body: Css
    """Containers of the text; of several matches of one selector the longest is taken."""
    lead: Css = ()
    time: Css = ()
    """Elements whose text, `datetime` or `content` tells when it was published."""
    authors: Css = ()
    """Each match is a byline."""
    section: Css = ()
    """The last match is the article's own section."""
    tags: Css = ()
    cover: Css = ()
    """Pictures outside the body that belong to the article."""
    caption: Css = ()
    """Captions that are no `figcaption`."""
    drop: Css = ()
    """Containers inside the body that are not the article's."""
    keep: Css = ()
    """Containers inside the body that the common rules would drop."""
    marks: tuple[tuple[Kind, str], ...] = ()
    """Kinds of page beside the plain article, each with the selector by which its markup tells it."""

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            if field.name in ("name", "marks"):
                continue
            value = getattr(self, field.name)
            if not isinstance(value, tuple) or not all(isinstance(css, str) for css in value):
                raise BadSite(f"layout {self.name!r}: {field.name} must be a tuple of selectors, not {value!r}")
            if fault := next(filter(None, map(selector_fault, value)), None):
                raise BadSite(f"layout {self.name!r}: {field.name}: {fault}")
        for mark in self.marks:
            known = isinstance(mark, tuple) and len(mark) == 2 and mark[0] in get_args(Kind)
            if not known or selector_fault(mark[1]):
                raise BadSite(f"layout {self.name!r}: {mark!r} must be a kind of page with the selector that tells it")
        if not (self.name and self.title and self.body):
            raise BadSite(f"layout {self.name!r}: name, title and body are required")

    def replace(self, **changes: Any) -> Layout:
        """The same layout with other fields: `EPI.replace(name="epi-2019", lead=(".sapo",))`."""
        if unknown := changes.keys() - {field.name for field in dataclasses.fields(self)}:
            raise BadSite(f"layout {self.name!r} has no {', '.join(sorted(unknown))} to replace")
        return dataclasses.replace(self, **changes)


def selector_fault(css: str) -> str | None:
    """What is wrong with a CSS selector; None when nothing is."""
    try:
        _EMPTY.css_first(css)
    except (SelectolaxError, ValueError):
        return f"{css!r} is no CSS selector"
    return None


def any_of(selectors: Iterable[str]) -> str:
    """One selector for what any of them takes; most elements have no class, and are not asked for each."""
    every = tuple(selectors)
    of_class = [css for css in every if _OF_CLASS.fullmatch(css)]
    others = [css for css in every if css not in of_class]
    return ", ".join([*others, f"[class]:is({', '.join(of_class)})"] if of_class else others)


NOISE: Css = tuple(
    """
    ins.adsbygoogle|[id^=adsWeb]|[id^=adsMobile]|[id^=sdaWeb]|.rennab|.admzone|.adsbox|.ads_middle|[id^=dablewidget_]
    .related|.related-news|.related-post|.related-posts|.relate-news|.news-relate|.news-related|.box-relate|.box-related
    .box-news-relate|.detail-relate|.detail-related|.detail__related|.tin-lien-quan|.box-tinlienquanv2|.inner-article
    [data-source^=recommendation]|[data-source=related-news]|[data-source=mostread-news]|.knc-relate-wrapper
    .list-news.hidden|.list_link|article.vnn-template-noneditable|.box-tag|.detail-tags|.tags|.tag-list|.author-info
    .share|.social|.socials|.socials-share|.social-share|.detail-social|.sharemxh|.kbw-social|.fb-like
    .the-article-credit|.the-article-tags|.zalo-share-button|.comment-wrapper|.comments|.breadcrumb|footer|.copyright
    .article-business|.relationnews|.link-source-detail
    """.strip()
    .replace("\n", "|")
    .replace("    ", "")
    .split("|")
)
"""Containers inside a body that are never the article's, whatever the CMS."""
HIDDEN: Css = ("[hidden]", "[style*='display:none' i]", "[style*='display: none' i]")
"""Containers that a page does not show, or not yet."""
CAPTIONS: Css = (
    "figcaption", ".PhotoCMS_Caption", "td.caption", ".media-caption", "td.image_desc", "p.Image", "td.Image",
    ".caption", "p.PCaption", ".image-caption", ".img-caption", ".pic-caption", ".photo-caption",
    ".VideoCMS_Caption", ".wp-caption-text", ".chu-thich", ".chuthich", ".desc_image",
)  # fmt: skip
"""Captions, whatever the CMS."""

EPI = Layout(
    name="epi",
    title=("h1.article__title", "h1.article__header", "h1.cms-title", ".cms-title"),
    body=("div.article__body", "div.cms-body", ".zce-content-body", ".e-magazine__body", "#abody",
          ".article__content > .content"),
    lead=(".article__sapo", ".cms-desc", ".article__summary"),
    time=(".article__meta time[datetime]", "meta.cms-date[content]", ".article__meta .time", "time.time"),
    authors=(".article__author .name", ".wrap-author .author", ".cms-author"),
    section=(".breadcrumb-detail h2.main a", ".breadcrumbs a"),
    tags=(".article__tag a",),
    cover=("figure.article__avatar",),
    caption=("td.caption", "td.image_desc", ".box-desc", "span.fig"),
    drop=(".article-relate", ".article__related-inline", ".other-story", "table.article__related", ".article__story",
          ".article__author", ".article__source", ".article__tag", ".related-news", ".article-poll", ".poll"),
    marks=(
        ("live", "#livestream, .timeline__event, .timeline__item"),
        ("interview", ".meeting__question, .interview-listing, .interview__item"),
        ("emagazine", ".e-magazine__body, .e-magazine"),
        ("video", ".article__avatar video, .article--video"),
    ),
)  # fmt: skip
VCCORP = Layout(
    name="vccorp",
    title=("[data-role=title]", "h1.detail-title", ".detail-main h1.title"),
    body=("[data-role=content]", "div.detail-content.afcbc-body", ".detail-cmain", "#mainContent"),
    lead=("[data-role=sapo]", ".detail-sapo", "h2.sapo", "p.sapo"),
    time=("[data-role=publishdate]", ".detail-time", "p.days[datetime]", "span.pdate"),
    authors=(".detail-author-bot a.name", ".author-item-name a.name", "[data-role=author]", "p.author",
             ".detail-author-top .name"),
    section=(".detail-breadcrumb a.active", "[data-role=cate-name]", ".detail-cate a"),
    tags=(".detail-tab a", ".tagdetail .row2 a", ".detail-tag-list a"),
    cover=(".media.VCSortableInPreviewMode", ".detail-cover"),
    caption=(".PhotoCMS_Caption",),
    drop=("[type=RelatedNewsBox]", "[type=RelatedOneNews]", ".kbwscwl-relatedbox", ".box-news-relate", ".tindnd",
          "#listNewsInContent", "#reactRelate", ".chisochungkhoan", ".link-source-wrapper", ".link-content-footer",
          "[type=Vote]"),
)  # fmt: skip
EPI_PAST = EPI.replace(  # as it was until 2022 (box-*), until 2019 and in 2020
    title=("h1.box-title-detail", "div.item-container h3", ".titledetail"),
    body=("div.detail-content-body", "div.item-content", ".post-content"),
    lead=(*EPI.lead, ".box-des-detail", "div.item-container div.sapo", ".desnews"),
    time=(*EPI.time, "div.box-date", "h5.date-created", ".timepost"),
    authors=(*EPI.authors, "div.item-container p.author"),
)
VCCORP_PAST = VCCORP.replace(  # as it was until 2023, and until 2021
    title=("h1.title_detail", ".article-header h1"),
    body=("#entry-body", ".noidung", ".article-body.cmscontents"),
    lead=(*VCCORP.lead, ".article-header .summary"),
    time=(*VCCORP.time, ".article-header p.meta"),
    drop=(*VCCORP.drop, "p:has(> a.link-inline-content)"),
)
MASTERCMS = Layout(
    name="mastercms",
    title=("h1.article-detail-title", "h1.post-title", "h1.detail-title"),
    body=("div.__MASTERCMS_CONTENT", ".__MASTERCMS_CONTENT_BODY", ".item-content.__MB_MASTERCMS_EL",
          ".article-detail-content", ".post-content", "#articleBody"),
    lead=(".article-detail-desc", ".post-desc", ".article-desc", "p.detail-sapo"),
    time=("*:has(> span.format_date)", "span.format_time", ".article-publish-time",
          ".article-detail-date", ".article-date", ".bx-time"),
    authors=(".article-detail-author", ".article-member", "span.cms-author", ".post-author", ".article-publisher"),
    section=(".breadcrumb-list a", "li.menu-alias a"),
    tags=(".article-detail-tags a",),
    caption=("table.MASTERCMS_TPL_TABLE td.media-caption", "table.MASTERCMS_TPL_TABLE tr + tr td"),
    drop=("table.__MB_ARTICLE_A", "table.__mb_article_in_image", ".article-detail-similar", ".article-detail-other",
          ".article-detail-tags"),
)  # fmt: skip
ONECMS = Layout(
    name="onecms",
    title=("h1.block-sc-title", "h1.c-detail-head__title"),
    body=("div.b-maincontent", "article.entry", "div.entry"),
    lead=("p.block-sc-sapo", ".block-sc-sapo"),
    time=(".block-sc-publish-time", ".c-detail-head__time"),
    authors=(".block-sc-author", ".c-detail-head__author"),
    section=(".block-sc-cate-name", ".c-detail-head__cate a"),
    tags=(".c-tag a",),
    drop=(".c-sticky-share", ".c-news-related", ".c-tag", ".sc-longform-header", ".sc-hightlight-box", ".c-box",
          ".c-related-posts"),
    marks=(("emagazine", ".b-maincontent .sc-longform-header"),),
)  # fmt: skip
DNN = Layout(
    name="dnn",
    title=("h1.post-title",),
    body=("div.post-content [itemprop=articleBody]", ".post-content .noidung", "div.post-content"),
    lead=("div.post-summary",),
    time=("span.post-subinfo > span", ".post-date", ".lbPublishedDate"),
    authors=(".tacgia", ".author-top .author"),
    section=("a[rel='v:url']",),
    caption=("table.imageBox p.PCaption",),
    drop=(".related-post", ".author-info", ".box-banner"),
)
LIFERAY = Layout(
    name="liferay",
    title=("h1.asset-title", "h3.asset-title", ".asset-full-content .header-title", "h1.title", "h1"),
    body=("div.journal-content-article", ".asset-full-content .asset-content", ".asset-full-content"),
    lead=(".asset-summary", ".journal-content-article .sapo"),
    time=(".asset-full-content .publish-date", ".metadata-publish-date", "span.time", ".news-time"),
    authors=(".asset-full-content .author",),
    section=(".breadcrumb a",),
    drop=(".asset-links", ".taglib-ratings", ".related-assets", ".social-bookmarks"),
)
SHAREPOINT = Layout(
    name="sharepoint",
    title=("h1#contenttitle", "#news-title", "#divArticleDescription3 h1", "h1"),
    body=("#news-detail", ".divNoiDungTinBai", "#divArticleDescription2", "[id$=RichHtmlField]", ".ms-rtestate-field"),
    lead=("#news-des", "#divArticleDescription1", "#description"),
    time=("#ngaytao", ".News_Time_Post", ".ques-infor", "[id$=pnHide] span"),
    authors=("#tacgia",),
    section=(".breadcrumb a",),
)
NEWSCONTENTS = Layout(
    name="newscontents",
    title=("h1.fw700", "h1.title"),
    body=("#newscontents", "div.content-fck-font-size", "div.content-fck"),
    lead=(".detail-sapo", ".sapo"),
    time=(".detail-time", "time[datetime]", ".date"),
    authors=("p.author",),
    section=(".breadcrumb a",),
    drop=(".news-relate", ".box-relate", ".detail-related", ".sharemxh", ".detail-fb-like-share"),
)
TAGDIV = Layout(
    name="tagdiv",
    title=(".detail-main-title h1.title", "h1.title", "h1.entry-title"),
    body=("div.td-post-content",),
    lead=(".detail-main-title .sapo", ".td-post-content .sapo"),
    time=(".td-post-date time", ".detail-main-title .date", ".td-post-date"),
    authors=(".td-post-content .author",),
    section=(".td-crumb-container a", ".breadcrumb a"),
    drop=(".td-post-sharing", ".related-post", ".box-tag"),
)
FAMILIES: tuple[Layout, ...] = (EPI, VCCORP, MASTERCMS, ONECMS, DNN)
"""The layouts that a page of an unknown host tries; those of portals, with their bare h1, would take any page."""

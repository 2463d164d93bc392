"""The names that strangers' markup bears: what a style sheet, and so a selector, knows each part of a page by.

A style is drawn once for a design: readable names in English or Vietnamese, blocks and elements (BEM), ids of a
server's controls, classes of utilities, or names that a build tool hashed.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from types import MappingProxyType
from typing import Literal

Role = Literal[
    "shell", "header", "menu", "ticker", "main", "article", "side", "footer", "crumbs", "title", "lead", "info",
    "time", "author", "body", "figure", "caption", "inset", "more", "below", "tags", "tools", "comments", "list",
    "item", "headline", "summary", "stamp", "pager", "box", "wedge", "sticky", "logo",
]  # fmt: skip
Style = Literal["english", "vietnamese", "bem", "controls", "utility", "hashed", "styled"]

_ENGLISH: Mapping[Role, str] = MappingProxyType({
    "shell": "wrapper page-wrap site container-main", "header": "top-header site-header banner-top masthead",
    "menu": "mainmenu nav-top primary-menu topnav", "ticker": "hot-ticker breaking headline-run",
    "main": "content-left col-main main-column primary", "article": "single-news news-view story-view entry-wrap",
    "side": "content-right col-aside sidebar-right rightbar", "footer": "bottom-info site-bottom foot-wrap",
    "crumbs": "path-way you-are-here bread-nav navigator", "title": "news-title single-title story-headline art-title",
    "lead": "news-intro standfirst story-summary art-brief", "info": "news-meta story-info art-meta posted-info",
    "time": "news-date posted-on story-clock art-date", "author": "news-author writer story-by art-writer",
    "body": "news-content story-text art-body single-content", "figure": "pic-box img-holder media-frame photo-wrap",
    "caption": "pic-note img-legend media-note photo-text", "inset": "inner-links see-also linked-box story-links",
    "more": "read-on more-line also-read", "below": "other-news older-list same-cate next-news",
    "tags": "keyword-list topic-words label-list", "tools": "news-tools action-bar utilities",
    "comments": "feedback-area reader-voice talkback", "list": "news-list story-list cate-list items",
    "item": "news-item story-row cate-item entry-row", "headline": "item-title row-head name-link",
    "summary": "item-desc row-text brief", "stamp": "item-date row-date when", "pager": "pagination paging page-nav",
    "box": "widget side-box block-news", "wedge": "mid-slot insert-zone extra-unit",
    "sticky": "float-head fixed-line", "logo": "brand sitename",
})  # fmt: skip
_VIETNAMESE: Mapping[Role, str] = MappingProxyType({
    "shell": "khung-trang toan-trang bao-ngoai", "header": "dau-trang phan-dau", "menu": "thuc-don menu-chinh",
    "ticker": "tin-chay chu-chay", "main": "cot-trai cot-chinh", "article": "chi-tiet-tin xem-tin bai-viet",
    "side": "cot-phai cot-phu", "footer": "chan-trang cuoi-trang", "crumbs": "duong-dan vi-tri",
    "title": "tieu-de-tin ten-bai tieude", "lead": "tom-tat trich-dan mo-dau", "info": "thong-tin-bai dong-thong-tin",
    "time": "ngay-dang thoi-gian ngaythang", "author": "nguoi-viet tac-gia-bai but-danh",
    "body": "noi-dung-tin ndung noidung-chitiet", "figure": "khung-anh anh-bai", "caption": "ghi-chu-anh loi-anh",
    "inset": "tin-kem lien-ket-trong", "more": "dong-xem-them", "below": "tin-cung-muc cac-tin-khac",
    "tags": "tu-khoa-bai cac-the", "tools": "cong-cu tien-ich", "comments": "y-kien-ban-doc phan-hoi",
    "list": "danh-sach-tin ds-tin", "item": "mot-tin dong-tin", "headline": "ten-tin tieude-nho",
    "summary": "tomtat-nho gioi-thieu-tin", "stamp": "ngay-nho ngay", "pager": "phan-trang trang-so",
    "box": "hop-tin khoi-tin", "wedge": "chen-giua vung-chen", "sticky": "dong-noi thanh-noi",
    "logo": "bieu-trung ten-trang",
})  # fmt: skip
_UTILITY: Mapping[Role, str] = MappingProxyType({
    "shell": "min-h-screen bg-white antialiased", "header": "sticky top-0 z-50 shadow", "menu": "flex gap-6 py-2",
    "ticker": "truncate text-red-600 h-8", "main": "lg:w-2/3 px-4 grow", "article": "max-w-3xl mx-auto pt-4",
    "side": "lg:w-1/3 px-4 shrink-0", "footer": "bg-gray-100 mt-12 py-8", "crumbs": "flex uppercase text-xs gap-1",
    "title": "text-3xl font-bold leading-snug", "lead": "text-lg font-semibold my-4",
    "info": "flex justify-between border-b", "time": "text-sm text-gray-500 whitespace-nowrap",
    "author": "text-sm font-medium text-blue-700", "body": "prose prose-lg max-w-none", "figure": "my-6 rounded",
    "caption": "text-center italic text-gray-600", "inset": "border-l-4 pl-4 my-6", "more": "pl-2 italic",
    "below": "grid grid-cols-2 gap-4 mt-8", "tags": "flex flex-wrap gap-2 mt-6", "tools": "flex gap-3 print:hidden",
    "comments": "mt-10 border-t", "list": "divide-y", "item": "flex gap-4 py-4", "headline": "font-bold text-xl",
    "summary": "line-clamp-3 text-gray-700", "stamp": "text-xs text-gray-400", "pager": "flex justify-center mt-8",
    "box": "mb-8 border rounded-lg", "wedge": "my-8 bg-gray-50 p-4",
    "sticky": "fixed inset-x-0 truncate", "logo": "font-black tracking-tight",
})  # fmt: skip
_SALT = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CONTROLLED = {"title", "lead", "time", "author", "body", "crumbs", "tags"}


class Hooks:
    """The names of one design."""

    def __init__(self, rng: Random, style: Style) -> None:
        self.style = style
        self._ids: dict[Role, str] = {}
        self._classes: dict[Role, str] = {}
        words = _VIETNAMESE if style in ("vietnamese", "controls") else _ENGLISH
        block = rng.choice(("c-news", "detail", "b-story", "xem-tin", "ArticleView", "nd"))
        prefix = rng.choice(("ctl00_PlaceHolderMain_ctl05_", "ContentPlaceHolder1_ctl00_", "dnn_ctr412_View_"))
        for role, names in words.items():
            name = rng.choice(names.split())
            match style:
                case "bem":
                    self._classes[role] = f"{block}__{role}"
                case "controls":
                    if role in _CONTROLLED:
                        self._ids[role] = f"{prefix}lbl{name.title().replace('-', '')}"
                    else:
                        self._classes[role] = name
                case "utility":
                    self._classes[role] = _UTILITY[role]
                case "hashed":
                    self._classes[role] = f"{block.title().replace('-', '')}_{role}__{_salt(rng, 5)}"
                case "styled":
                    self._classes[role] = f"sc-{_salt(rng, 8).lower()}-{rng.randrange(9)} {_salt(rng, 6)}"
                case _:
                    self._classes[role] = name

    def attr(self, role: Role) -> str:
        """The attribute of an element of that role, with a blank before it."""
        return f' id="{self._ids[role]}"' if role in self._ids else f' class="{self._classes[role]}"'

    def css(self, role: Role) -> str:
        """The selector of the elements of that role."""
        if role in self._ids:
            return f"#{self._ids[role]}"
        return "".join("." + word.replace(":", r"\:").replace("/", r"\/") for word in self._classes[role].split())


def _salt(rng: Random, length: int) -> str:
    return rng.choice(_SALT[:40]) + "".join(rng.choice(_SALT) for _ in range(length - 1))

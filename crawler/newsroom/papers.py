"""The simulated papers: one table from which the world, the pages, the sources and the `Site` values are made."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import timedelta, timezone
from typing import Literal

from crawler.sites.site import Tier

Family = Literal["epi", "vccorp", "mastercms", "onecms", "dnn", "vov"]
Dialect = Literal["colon", "us", "gmt7", "two-digit-zone", "two-digit-year", "rfc822"]
Shards = Literal["month", "five-days", "flat", "day", "year", "month-folder"]

VIETNAM = timezone(timedelta(hours=7))
"""Asia/Ho_Chi_Minh; it has kept this offset since 1975, without summer time."""


def slugify(text: str) -> str:
    """The words of a title as they stand in an address: no diacritics, lower case, hyphens."""
    plain = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a paper."""

    name: str
    slug: str
    zone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One simulated publisher and the habits of its content management system."""

    name: str
    """Name of its `Site` and first part of its host."""
    title: str
    mark: str
    """The wire's mark that opens a lead."""
    family: Family
    tier: Tier
    sections: tuple[Section, ...]
    address: str
    """Path of an article, with {slug}, {id}, {section} and {stamp}."""
    article: str
    """Regular expression of `address`, as `Site.article` wants it."""
    feed: str
    dialect: Dialect
    shards: Shards
    says_modified: bool
    """Its pages tell when they were changed."""
    seconds: bool
    """Its pages tell the second of publication; otherwise the minute."""

    @property
    def host(self) -> str:
        """Host without port; every name under localhost is the loopback interface (RFC 6761, 6.3)."""
        return f"{self.name}.localhost"


def _sections(*names: str, zone: int) -> tuple[Section, ...]:
    return tuple(Section(name, slugify(name), zone + number) for number, name in enumerate(names))


_SONGDA = Paper(
    name="songda", title="Báo Sông Đà", mark="SĐO", family="epi", tier="central",
    sections=_sections("Chính trị", "Kinh tế", "Xã hội", "Đời sống nông thôn", "Tin tức", zone=1171),
    address="/{slug}-post{id}.html", article=r"^/[a-z0-9-]+-post\d+\.html$",
    feed="/rss/home.rss", dialect="colon", shards="month", says_modified=True, seconds=True,
)  # fmt: skip
_HONGHA = Paper(
    name="hongha", title="Báo điện tử Hồng Hà", mark="(Hongha.vn)", family="vccorp", tier="central",
    sections=_sections("Chính sách mới", "Chỉ đạo, điều hành", "Kinh tế", "Y tế", "Khoa giáo", zone=1021110),
    address="/{slug}-{stamp}.htm", article=r"^/[a-z0-9-]+-\d{17,18}\.htm$",
    feed="/home.rss", dialect="us", shards="five-days", says_modified=True, seconds=True,
)  # fmt: skip
_TRUONGSON = Paper(
    name="truongson", title="Báo Trường Sơn", mark="(TSO)", family="mastercms", tier="ministry",
    sections=_sections("Công nghiệp", "Thương mại", "Năng lượng", "Hội nhập", zone=41),
    address="/{slug}-{id}.html", article=r"^/[a-z0-9-]+-\d{6}\.html$",
    feed="/rss_feed/", dialect="gmt7", shards="flat", says_modified=False, seconds=False,
)  # fmt: skip
_BACHDANG = Paper(
    name="bachdang", title="Báo Bạch Đằng", mark="BĐO", family="onecms", tier="province",
    sections=_sections("Thời sự", "Đô thị", "Văn hóa", "Môi trường", zone=7),
    address="/{slug}-{id}.html", article=r"^/[a-z0-9-]+-\d{6}\.html$",
    feed="/rss/tin-moi", dialect="two-digit-zone", shards="day", says_modified=True, seconds=False,
)  # fmt: skip
_BIENCUONG = Paper(
    name="biencuong", title="Báo Biên Cương", mark="Biên Cương Online", family="dnn", tier="ministry",
    sections=_sections("Quốc phòng", "Giáo dục", "Đối ngoại", "Pháp luật", zone=1),
    address="/{section}/{slug}-{id}", article=r"^/[a-z-]+/[a-z0-9-]+-\d{6}$",
    feed="/rss/cate/tin-moi-0.rss", dialect="two-digit-year", shards="year", says_modified=False, seconds=False,
)  # fmt: skip
_CUULONG = Paper(
    name="cuulong", title="Đài Tiếng nói Cửu Long", mark="TNCL.VN", family="vov", tier="central",
    sections=_sections("CHÍNH TRỊ", "XÃ HỘI", "KINH TẾ", "THẾ GIỚI", zone=1),
    address="/{section}/{slug}-post{id}.tncl", article=r"^/[a-z-]+/[a-z0-9-]+-post\d+\.tncl$",
    feed="/rss.xml", dialect="rfc822", shards="month-folder", says_modified=False, seconds=True,
)  # fmt: skip
TABLE: tuple[Paper, ...] = (_SONGDA, _HONGHA, _TRUONGSON, _BACHDANG, _BIENCUONG, _CUULONG)


def papers(count: int) -> tuple[Paper, ...]:
    """The first `count` papers; beyond the table its rows return as local editions (`songda2` …)."""
    editions: list[Paper] = []
    for number in range(count):
        round_, row = divmod(number, len(TABLE))
        paper = TABLE[row]
        if round_:
            paper = replace(paper, name=f"{paper.name}{round_ + 1}", title=f"{paper.title} số {round_ + 1}")
        editions.append(paper)
    return tuple(editions)

"""What is proved of a described site: what each part of its definition gives today, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from crawler.learn.samples import Sample
from crawler.sites import Site, Source

SourceWord = Literal[
    "gives", "moved", "gone", "html for feed", "empty", "home feed again", "old items only", "no children",
    "other site", "walled", "robots", "unreachable", "unreadable", "not asked",
]  # fmt: skip
Fault = Literal[
    "home moved", "source moved", "source gone", "html for feed", "source empty", "home feed again", "old items only",
    "no children", "other site", "source walled", "source closed by robots", "source unreachable", "source unreadable",
    "pattern too narrow", "pattern too wide", "layout does not match", "pages unread", "title disagrees",
    "time zone wrong", "time disagrees", "time lost", "lead lost", "authors lost", "section lost", "tags lost",
    "text disagrees", "lead selector does not match", "time selector does not match",
    "section selector does not match", "tags selector does not match",
    "moved away", "robots", "walled", "unreachable", "script-built",
]  # fmt: skip
"""What can be wrong; the last five are of the site as a whole, which is refused by them."""
_READ_ANYWAY = "does not match"  # ends what the fallback makes good

Part = Literal["site", "sources", "addresses", "layout", "text", "title", "time", "lead", "authors", "section", "tags"]
Verdict = Literal["works", "works by the fallback", "needs mending", "refused"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    fault: Fault
    part: Part
    text: str
    """The sentence for a person."""
    url: str | None = None
    """The source, or a page that shows it."""


@dataclass(slots=True)
class SourceProof:
    """What one source gave."""

    source: Source
    url: str
    """The address that was asked: of a series the shard of today."""
    word: SourceWord = "not asked"
    items: int = 0
    """Links that it lists, or sitemaps that an index names."""
    newest: datetime | None = None
    moved_to: str | None = None
    links: tuple[str, ...] = ()
    """The articles' addresses as it writes them."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the article pattern takes."""

    listed: int = 0
    """Addresses that the sources list and that are articles by all that is known."""
    taken: int = 0
    """Those of them that the pattern takes."""
    others: int = 0
    """Addresses that the navigation links."""
    wrong: tuple[str, ...] = ()
    """Those of them that the pattern takes."""

    @property
    def share(self) -> float:
        """The part of the listed articles that the pattern takes; 1 when nothing is listed."""
        return self.taken / self.listed if self.listed else 1.0


@dataclass(slots=True)
class Proof:
    """What was proved of a site."""

    site: Site
    sources: list[SourceProof] = field(default_factory=list)
    coverage: Coverage = Coverage()
    layouts: dict[str, int] = field(default_factory=dict)
    """Name of the layout that read a sample page, "fallback" or "unread", and how many pages it was."""
    agreement: float | None = None
    """How much of the text by the layout the density finds, the least of all pages, 0 to 1; None without pages."""
    findings: list[Finding] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    better: Site | None = None
    """The definition with a better answer for what is wrong; None where there is none."""
    requests: int = 0

    @property
    def refusal(self) -> Finding | None:
        """Why nothing of the site can be had; None when something can."""
        return next((one for one in self.findings if one.part == "site" and one.fault != "home moved"), None)

    @property
    def verdict(self) -> Verdict:
        """What becomes of the site as it is described."""
        if self.refusal is not None:
            return "refused"
        if not all(one.fault.endswith(_READ_ANYWAY) for one in self.findings):
            return "needs mending"
        return "works by the fallback" if self.findings else "works"

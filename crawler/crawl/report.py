"""What a crawl did, site by site."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from crawler.errors import Refusal
from crawler.items import Event
from crawler.store.tallies import ASKED, LIES


@dataclass(slots=True, kw_only=True)
class SiteReport:
    """Counts of one site in one crawl; they grow while it runs."""

    site: str
    sources: int = 0
    """Feeds, sitemaps and first pages of listings that were asked."""
    not_modified: int = 0
    """Of these, answered 304."""
    distrusted: int = 0
    """Of these, found to answer 304 although they had changed."""
    links: int = 0
    """Links to articles in what the sources answered, each source for itself."""
    new: int = 0
    """Of these, addresses not known before."""
    pages: int = 0
    """Articles that were asked."""
    created: int = 0
    revised: int = 0
    copied: int = 0
    withdrawn: int = 0
    restored: int = 0
    unchanged: int = 0
    """Pages with the text that is stored already."""
    refused: Counter[Refusal] = field(default_factory=Counter)
    """Pages, links and sources that were not taken, by reason."""
    seconds: float = 0.0
    error: str | None = None
    """Why the site's run ended early or gave nothing; None when it went through."""

    def count(self, event: Event | None) -> None:
        """Count what became of a page; None is a text that was known."""
        name = event or "unchanged"
        setattr(self, name, getattr(self, name) + 1)

    def __str__(self) -> str:
        """One line for a person: what came, what was refused, why it ended early."""
        return f"{self.site}: {self.gave()}" + (f"; {self.error}" if self.error else "")

    def gave(self) -> str:
        """What came and what was refused, for a person."""
        came = {"new": self.created, "revised": self.revised, "copied": self.copied, "withdrawn": self.withdrawn,
                "restored": self.restored, "unchanged": self.unchanged}  # fmt: skip
        parts = [f"{number} {name}" for name, number in came.items() if number]
        parts += [f"refused {reason} {number}" for reason, number in self.refused.most_common()]
        return ", ".join(parts) or "nothing new"

    def answers(self) -> dict[str, int]:
        """What is tallied of a run: requests for sources and pages, and how many were refused for each reason."""
        counts = {ASKED: self.sources + self.pages, LIES: self.distrusted}
        counts |= {str(reason): number for reason, number in self.refused.items() if reason.of_an_answer}
        return {what: number for what, number in counts.items() if number}

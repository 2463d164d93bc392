"""What is asked of a site that is to be learned, what it answers, and why a site cannot be learned."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from bs4 import BeautifulSoup

from crawler.errors import Refusal
from crawler.extract import Overdue, deadline, hostile
from crawler.text import charset, decode

Why = Literal["home page", "robots.txt", "list of feeds", "feed", "sitemap", "section", "article"]
Unlearned = Literal["script-built", "robots", "walled", "login", "moved-away", "parked", "no-articles", "unreachable"]
"""Why a site was not adopted: a script makes its pages; its robots.txt forbids them; a wall stands before them; it asks
for a login; it redirects to another site; its name is for sale; it lists no articles; nothing answers."""
WALLS = frozenset((Refusal.CHALLENGE, Refusal.FORBIDDEN, Refusal.RATE_LIMITED))
"""Why an answer was refused where a wall stands before a site."""
_SECONDS = 5.0  # of processor time for the markup of one page
_SHELL = 300  # characters of text on a page that a script fills
_LARGEST = 3_000_000  # bytes of a page that is read at leisure; the longest home pages have one


@dataclass(frozen=True, slots=True)
class Ask:
    """An address that is wanted, and what for."""

    url: str
    why: Why


@dataclass(frozen=True)
class Answer:
    """What came of an `Ask`."""

    url: str
    """The address after redirects."""
    status: int = 200
    content_type: str = ""
    body: bytes = b""
    refused: Refusal | None = None
    """Why nothing came; None when something did."""

    @property
    def is_good(self) -> bool:
        """Whether there is something to read."""
        return self.refused is None and self.status == 200 and bool(self.body)

    @cached_property
    def text(self) -> str:
        """The answer decoded."""
        return decode(self.body, charset(self.content_type)).text

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The markup parsed; empty for what is too large, too deep, or no markup."""
        text = self.text if len(self.body) <= _LARGEST else ""
        if not text or hostile(text):
            return BeautifulSoup("", "lxml")
        try:
            with deadline(_SECONDS):
                return BeautifulSoup(text, "lxml")
        except (Overdue, RecursionError):
            return BeautifulSoup("", "lxml")

    @property
    def is_shell(self) -> bool:
        """Whether a page holds scripts and hardly a word beside them."""
        # The text of a whole page is without that of its scripts.
        if not self.is_good or self.soup.find("script") is None:
            return False
        return len(" ".join(self.soup.get_text(" ").split())) < _SHELL


class NotLearned(Exception):
    """A site that cannot be learned, with the reason for a program and the sentence for a person."""

    def __init__(self, reason: Unlearned, sentence: str, *, moved_to: str | None = None) -> None:
        super().__init__(sentence)
        self.reason: Unlearned = reason
        self.sentence = sentence
        self.moved_to = moved_to
        """The home page's address on the host to which the site has moved."""

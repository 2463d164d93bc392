"""The objects of the API. What the store returns stands there under its own names; the rest is here."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from crawler.compare import DiffBlock
from crawler.compare.stories import Member
from crawler.items import Change, Event, Kind
from crawler.sites import Tier
from crawler.store import ArticleRow, CopyRow, RevisionRow
from crawler.store.rows import LookAlike
from crawler.store.search import Order
from crawler.text.query import LONGEST
from crawler.web.parameters import Cursor, Limit, Moment
from crawler.web.search import CURSOR

T = TypeVar("T")
Names = Annotated[
    list[Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,60}$")]],
    Field(max_length=50, description="Of this site; of any of them when repeated.", examples=[["nhandan"]]),
]
TierName = Annotated[Tier | None, Field(description="Of the sites of this tier.")]
Query = Annotated[
    str, Field(min_length=1, max_length=LONGEST, description="Words to look for.", examples=["nước sạch"])
]


class Parameters(BaseModel):
    """What a query may say; a parameter that is misspelt is an error, and not passed over."""

    model_config = ConfigDict(extra="forbid")


class PageParameters(Parameters):
    """Of every list."""

    limit: Limit = 50
    cursor: Cursor | None = None


class ArticleParameters(PageParameters):
    """Of lists of articles."""

    site: Names = []
    tier: TierName = None
    kind: Annotated[Kind | None, Field(description="What the page is.")] = None
    section: Annotated[str | None, Field(max_length=200, description="As the paper calls it.")] = None
    since: Annotated[Moment | None, Field(description="Published, or first seen, at this time or later.")] = None
    until: Annotated[Moment | None, Field(description="Before this time.")] = None
    edited: Annotated[bool, Field(description="Those alone whose text has changed after it was first read.")] = False
    withdrawn: Annotated[bool, Field(description="Those alone whose page is gone.")] = False


class SearchParameters(ArticleParameters):
    """Of a search."""

    q: Query
    author: Annotated[str | None, Field(max_length=200, description="Who signed it.")] = None
    order: Annotated[Order, Field(description="By time, or what has the words in its title first.")] = "newest"
    cursor: Annotated[str | None, Field(pattern=CURSOR, description="Where to go on: `next` of the page before.")] = (
        None
    )


class ChangeParameters(Parameters):
    """Of the change feed."""

    after: Annotated[int, Field(ge=0, le=2**62, description="The last change that is known; 0 for none.")] = 0
    wait: Annotated[
        int, Field(ge=0, le=8, description="Seconds to wait for a change when there is none yet (long poll).")
    ] = 0
    limit: Limit = 100
    site: Names = []
    event: Annotated[list[Event], Field(max_length=5, description="Only these events.")] = []


class GapParameters(Parameters):
    """Of the gaps of a site."""

    site: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,60}$", examples=["nhandan"])]
    days: Annotated[int, Field(ge=1, le=366, description="Up to today.")] = 30


class SiteParameter(Parameters):
    """Of lists that may be of some sites alone."""

    site: Names = []


class DiffParameters(Parameters):
    """Of a comparison of two revisions; without numbers, the last two."""

    before: Annotated[int | None, Field(ge=1, le=2**31 - 1)] = None
    after: Annotated[int | None, Field(ge=1, le=2**31 - 1)] = None


class DocumentParameters(PageParameters):
    """Of the list of documents."""

    name: Annotated[
        str | None,
        Field(min_length=1, max_length=200, description="The one of this name.", examples=["336/2025/NĐ-CP"]),
    ] = None


class AlertToAdd(Parameters):
    """An alert that is added."""

    query: Annotated[str, Field(min_length=1, max_length=LONGEST, examples=['"nước sạch" NOT "giá điện"'])]
    site: Names = []


class Problem(BaseModel):
    """Why a request was not answered (RFC 9457)."""

    type: str = "about:blank"
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["there is no article 99"])
    errors: list[dict[str, str]] | None = Field(
        default=None, description="Of each parameter that is wrong, its name as `parameter`, and what is as `detail`."
    )


class Listed(BaseModel, Generic[T]):
    """A page of a list."""

    items: list[T]
    next: str | None = Field(
        description="The cursor of the next page; null at the end.", examples=["1772413200000000-7"]
    )


class SearchItem(BaseModel):
    """An article that has what was looked for, and the sentence that shows it."""

    id: int
    canonical_url: str
    site: str | None
    title: str
    section: str | None
    kind: Kind
    published_at: datetime | None
    first_seen_at: datetime
    revision: int
    withdrawn_at: datetime | None
    sentence: str
    marked: list[tuple[int, int]] = Field(
        description="Where the words stand in the sentence, from one character to before another."
    )


class ArticleText(BaseModel):
    """A text that an article has, or had; texts of megabytes are cut."""

    model_config = ConfigDict(extra="allow")
    url: str
    title: str
    lead: str | None
    body: str = Field(description="One paragraph a line.")
    documents: list[str]
    content_hash: str


class WholeArticle(BaseModel):
    """An article with its text and its past."""

    article: ArticleRow
    text: ArticleText
    revisions: list[RevisionRow]
    copies: list[CopyRow]
    changes: list[Change]
    story: int = Field(description="The number of its story; its own when it is in none.")


class ChangeList(BaseModel):
    """Changes in their order."""

    items: list[Change]
    next: int = Field(description="`after` of the next request.")


class StoryItem(BaseModel):
    """A story in a list."""

    id: int
    title: str
    first_at: datetime
    first_site: str | None
    first_url: str
    last_at: datetime
    pages: int
    sites: list[str]


class WholeStory(BaseModel):
    """A text and everyone who published it."""

    id: int
    pages: int = Field(description="On how many pages it stands.", examples=[3])
    wire: str | None = Field(description="The dateline that two sites or more have in common, else that of the first.")
    first: str = Field(description="Address of the page that was published first.")
    members: list[Member] = Field(description="In the order of publication; of many pages, the first.")
    look_alikes: list[LookAlike] = Field(description="Articles on the same template that say something else.")
    updates: list[LookAlike] = Field(description="Articles that tell another state of the same news.")


class SiteItem(BaseModel):
    """A site."""

    name: str
    publisher: str
    tier: Tier | None
    home: str | None
    scheduled: bool
    polled_at: datetime | None
    next_at: datetime | None
    why: str | None
    overdue: bool
    spent: int
    budget: int | None
    findings: int


class LedgerDay(BaseModel):
    """What is known of a site's articles of a day."""

    day: date
    claimed: int
    stored: int


class WholeSite(SiteItem):
    """A site with what is known of it."""

    sources: list[dict[str, Any]]
    days: list[LedgerDay]
    open_findings: list[FindingItem]


class FindingItem(BaseModel):
    """Something that is wrong."""

    id: int
    name: str
    site: str | None
    subject: str
    since: datetime
    evidence: str
    examples: list[str]
    says: str
    advice: str


class GapItem(BaseModel):
    """Days of a route of which something is missing."""

    model_config = ConfigDict(extra="allow")
    site: str
    route: str
    reason: str


class AlertItem(BaseModel):
    """Words of which somebody is notified."""

    id: int
    query: str
    sites: list[str]
    notify: list[str] = Field(description="Without what is secret in them.")
    added_at: datetime
    found: int
    sent: int
    waiting: int


class SinkItem(BaseModel):
    """A receiver of the change feed."""

    model_config = ConfigDict(extra="allow")
    name: str
    url: str
    behind: int
    behind_seconds: float


class DiffView(BaseModel):
    """What changed from one revision to another, by paragraph and by word."""

    article_id: int
    before: int
    after: int
    changed: list[str]
    blocks: list[DiffBlock]

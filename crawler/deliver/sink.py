"""What a sink is: the contract between the deliverer and whoever takes its changes.

A sink is built from its section of the configuration, opened by one thread, given batches in the order of `seq`, and
closed by that thread. It is never asked to write two batches at once. Others add one by an entry point of the group
`thoisu.sinks`, named after the scheme of its URLs (`crawler.deliver.config`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from crawler.errors import ThoisuError, store_reason
from crawler.items import Change
from crawler.process import masked

if TYPE_CHECKING:
    from crawler.configuration import Settings
    from crawler.sites import Site, Tier
    from crawler.store import FeedItem

SinkReason = Literal[
    "unreachable",  # no name, no route, no connection, broken TLS
    "timeout",  # connected, and no whole answer in time
    "closed",  # hung up half-way
    "refused",  # the credentials or the address are not accepted
    "rate_limited",  # 429, or another "not so fast"
    "server_error",  # 5xx, or an answer nobody expects
    "gone",  # 410: the other side wants no more of it
    "disk_full",
    "read_only",  # no right to write there
    "locked",  # somebody else holds it
    "poisoned",  # one record after the other is not taken
    "damaged",  # what stands there cannot be gone on with
    "failed",  # anything else; the detail says what
]
"""Why a sink takes nothing at the moment: the state that `thoisu sinks` shows."""
OF_SITE = ("publisher", "tier", "story")
_OF_CHANGE = tuple(field.name for field in fields(Change))


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery(Change):
    """A change as a consumer needs it: under a key, with what stood at the page."""

    key: str
    """The idempotency key, `<store>:<seq>`: whatever comes twice comes with the same one."""
    publisher: str | None = None
    """The name of the site that a reader knows; None, like `tier`, for a site that is not described."""
    tier: Tier | None = None
    story: int | None = None
    """The story of the article as far as texts had been compared by then; an article that is alone is its own."""
    published_at: datetime | None
    """Of `article`, with the offset of the page."""
    article: dict[str, Any] | None
    """`Article.to_dict()` of what stood at `url` when this happened; for a copy its own. None when the store no longer
    holds it: the text of a copy that another has replaced since, by a later change of the same `url`."""

    @classmethod
    def of(cls, store_id: str, item: FeedItem, site: Site | None, story: int | None) -> Delivery:
        """A change of the feed of a store (`crawler.store.sink_cursors.store_id`), with its site and story."""
        change, article = item.change, item.article
        return cls(
            key=f"{store_id}:{change.seq}",
            **{name: getattr(change, name) for name in _OF_CHANGE},
            publisher=site.publisher if site else None,
            tier=site.tier if site else None,
            story=story,
            published_at=article.published_at if article else None,
            article=article.to_dict() if article else None,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: key, the fields of `Change`, whose it is, time and article; times as ISO 8601."""
        row = {name: getattr(self, name) for name in ("key", *_OF_CHANGE, *OF_SITE, "published_at", "article")}
        for name in ("at", "published_at"):
            row[name] = row[name].isoformat() if row[name] else None
        return row


class NotTaken(ThoisuError):
    """A batch was not taken to its end: `through` is the last `seq` of it that is durably there, None for nothing."""

    def __init__(self, message: str, through: int | None) -> None:
        super().__init__(message)
        self.through = through


class SinkFailed(NotTaken):
    """The sink as a whole takes nothing now; the same is tried again later, not before `retry_after` seconds."""

    def __init__(
        self, reason: SinkReason, detail: str, *, retry_after: float | None = None, through: int | None = None
    ) -> None:
        detail = masked(detail)
        super().__init__(f"{reason}: {detail}", through)
        self.reason = reason
        self.detail = detail
        self.retry_after = retry_after

    @classmethod
    def of(cls, error: OSError) -> SinkFailed:
        """What an error of the file system means."""
        where = f"{error.filename}: " if error.filename else ""
        return cls(store_reason(error), f"{where}{error.strerror or error}")


class Poisoned(NotTaken):
    """The sink takes others, but not the record `seq`."""

    def __init__(self, seq: int, detail: str, *, through: int | None = None) -> None:
        detail = masked(detail)
        super().__init__(f"record {seq}: {detail}", through)
        self.seq = seq
        self.detail = detail


class Sink(ABC):
    """Where changes go. Keyword-only parameters of `__init__` are the further keys of its section."""

    BATCH: ClassVar[int] = 500
    """Changes given to `write` at most; also what SIGTERM waits for."""

    @abstractmethod
    def __init__(self, name: str, url: str, **options: Any) -> None:
        """Look at the configuration and nothing else; BadInput with one line when it cannot be meant."""

    def attach(self, own: Settings) -> None:  # noqa: B027, optional
        """Learn before `open` from our settings who sends; BadInput for what cannot be. Most sinks need nothing."""

    @abstractmethod
    def open(self, rewinds: int) -> str | None:
        """Make ready, mend what a crash has torn, and give the `key` of the last change that is durably there.

        What is not after it is not written again. None when nothing is there, or when the sink cannot tell; then the
        last batch may come twice. `rewinds` counts how often delivery was set back by `thoisu sinks rewind`: what
        was written under a lower number does not count, since it is wanted again. Raises SinkFailed. Called again after
        every failure and after `close`.
        """

    @abstractmethod
    def write(self, batch: Sequence[Delivery]) -> None:
        """Take the changes in their order; returns when they are durable. Raises SinkFailed or Poisoned."""

    @abstractmethod
    def close(self) -> None:
        """Let go of everything; never raises. May be called without `open`."""

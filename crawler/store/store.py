"""`Store`: a database that is open, and the operations of an article's way through it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Self, TypeVar

from sqlalchemy import URL, Connection, Engine

from crawler.errors import BadInput, Refusal, StoreFailed
from crawler.items import Article, Change, Link, PendingLink
from crawler.store import articles, changes, frontier, numbering, queries, sink_cursors, subjects
from crawler.store.changes import FeedItem
from crawler.store.database import (
    beside,
    engine_for,
    may_be_repeated,
    settle,
    share,
    transaction,
    unwritable,
    writer,
)
from crawler.store.locks import lock
from crawler.store.migrate import upgrade
from crawler.store.rows import ArticleRow, Outcome, SourceSaved, SourceState, StoredArticle, StoredPage
from crawler.store.search_fill import fill

T = TypeVar("T")
_TRIES = 5  # of a transaction that others were in the way of


class Store:
    """Articles with their past, the change feed, and the frontier, in SQLite or PostgreSQL.

    Every method but `reading`, `writing`, `writing_beside` and `lock` is one transaction, safe from any thread and
    beside other processes. Each raises `StoreFailed`, with nothing written, when the database cannot; times given must
    have a zone (ValueError), times returned are UTC.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = writer(engine)
        self._beside = beside(engine)
        self._sites: set[str] = set()

    @classmethod
    def open(cls, url: str, *, reading: bool = False, make: bool = True) -> Self:
        """Open the store at a database address, made or brought to this version's schema when needed.

        For `reading`, an SQLite file that cannot be written, or whose folder cannot, will do. Without `make` a
        database that is none of ours stays as it is: it may be another program's.

        Raises BadInput with one line when there is no way to: a missing folder, a file that is no database, a schema
        of a newer version, no such server, without `make` no store.
        """
        engine = engine_for(url)
        try:
            upgrade(engine, make=make)
            fill(engine)
            if engine.dialect.name != "sqlite":
                numbering.catch_up(engine)
        except StoreFailed as failure:
            engine.dispose()
            if reading and (other := unwritable(engine.url)) is not None:
                try:
                    return cls.open(other, make=make)
                except BadInput as error:
                    if not isinstance(error.__cause__, StoreFailed):
                        raise
            shown = engine.url.render_as_string(hide_password=True)
            of_a_file = failure.reason == "unreachable" and engine.dialect.name == "sqlite"
            advice = "let this user read the file and write in its folder" if of_a_file else failure.advice
            raise BadInput(f"cannot open the store {shown}: {failure.detail} ({failure.reason}); {advice}") from failure
        except BaseException:
            engine.dispose()
            raise
        return cls(engine)

    @property
    def url(self) -> URL:
        """The address of the database."""
        return self._engine.url

    def close(self) -> None:
        """Give back the connections; the store must not be used after."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- the database ---

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction that reads, for functions that take a connection."""
        with transaction(self._engine) as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """One transaction that reads one state of the store throughout, which is that after some change of the feed.

        Others write meanwhile. On PostgreSQL it begins while nobody does, which is a moment, and when every change has
        its number; StoreFailed when that cannot be had.
        """
        if self._engine.dialect.name == "sqlite":  # whose transactions see the state at their first reading
            with self.reading() as connection:
                yield connection
            return
        engine = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        for _ in range(_TRIES):
            numbering.catch_up(self._engine)
            with ExitStack() as held:
                with self.writing():
                    connection = held.enter_context(transaction(engine))
                    numbered = not numbering.is_left(connection)
                if numbered:
                    yield connection
                    return
        raise StoreFailed("locked", "changes come faster than they are numbered")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that holds the write lock for itself: nobody else writes while it is open."""
        with self._writing(self._writer) as connection:
            yield connection

    @contextmanager
    def writing_beside(self, *held: int) -> Iterator[Connection]:
        """One transaction beside which others may write, on PostgreSQL, but for those that hold one of its subjects.

        It must hold what it decides about (`crawler.store.subjects`): these here, and what it takes itself.
        """
        with self._writing(self._beside) as connection:
            share(connection, sorted(held))
            yield connection

    @contextmanager
    def _writing(self, engine: Engine) -> Iterator[Connection]:
        with transaction(engine) as connection:
            yield connection
            stepped = numbering.finish(connection)
        if stepped:
            numbering.number_rest(self._engine)

    @contextmanager
    def _writing_of(self, site: str | None, at: datetime, held: Collection[int]) -> Iterator[Connection]:
        """A transaction beside others in which the site has its row."""
        with self.writing_beside(*held) as connection:
            if site is not None and site not in self._sites:
                frontier.ensure_site(connection, site, at)
            yield connection
        if site is not None:
            self._sites.add(site)

    def write(self, work: Callable[[Connection], T], held: Iterable[int], site: str | None, at: datetime) -> T:
        """What `work` gives in a transaction beside others, in which its site has its row.

        It is begun again when it and others have waited for each other in a circle, so `work` must change nothing but
        the store.
        """
        # On SQLite nothing needs to be held, nor to be found out.
        held = () if self._engine.dialect.name == "sqlite" else tuple(held)
        tries_left = _TRIES
        while True:
            tries_left -= 1
            try:
                with self._writing_of(site, at, held) as connection:
                    return work(connection)
            except StoreFailed as failure:
                if not tries_left or not may_be_repeated(failure):
                    raise

    def lock(self, job: str) -> AbstractContextManager[Callable[[], None]]:
        """Hold the lock of a job that one process at a time may do with this store (`crawler.store.locks`)."""
        return lock(self._engine, job)

    def settle(self) -> None:
        """Make what has been read safe from a power cut, before it is handed on as a fact."""
        settle(self._engine)

    def identity(self) -> str:
        """The store's own name, made with it; a copy of the database bears the same."""
        with self.reading() as connection:
            return sink_cursors.store_id(connection)

    # --- the way of an article into the store ---

    def source(self, url: str) -> SourceState:
        """What is remembered of a feed, sitemap or listing; a fresh state when it is new."""
        with self.reading() as connection:
            return frontier.source(connection, url)

    def save_source(
        self,
        state: SourceState,
        links: Iterable[Link],
        site: str,
        *,
        revisit: bool = False,
        window: bool = False,
        also: Callable[[Connection, SourceSaved], None] | None = None,
    ) -> int:
        """Keep a source's state together with the links found there, and return how many of these are new.

        Refused links, and those whose address is none, are passed over; each is kept under its canonical address. With
        `revisit`, a stored page that the source lists as modified after its last fetch becomes pending again. With
        `window` the source shows its newest items only: when none is left of those it has shown before, a gap is noted.
        `also` is done with it.
        """
        at = state.checked_at or datetime.now(UTC)
        with self._writing_of(site, at, [subjects.site(site)]) as connection:
            kept = frontier.save_source(connection, state, links, site, at, revisit=revisit, window=window)
            if also is not None:
                also(connection, kept)
        return kept.new

    def pending(self, site: str, limit: int | None = None) -> list[PendingLink]:
        """Links of a site that are not yet read, newest first."""
        with self.reading() as connection:
            return frontier.pending(connection, site, limit)

    def revisit(self, site: str, since: datetime) -> list[PendingLink]:
        """Links of the pages of a site stored already and published (or, without a time, first read) since."""
        with self.reading() as connection:
            return frontier.revisit(connection, site, since)

    def seen(self, canonical_urls: Iterable[str]) -> set[str]:
        """Those of the addresses that are known: pending, stored or refused."""
        with self.reading() as connection:
            return set(frontier.seen(connection, canonical_urls))

    def begin(self, canonical_urls: Sequence[str], reserve: Callable[[Connection, int], int]) -> int:
        """Note that links are about to be asked: what this run neither reads nor refuses keeps the reason
        UNFINISHED.

        `reserve` says, in the same transaction, how many of them may be; so many of the first are, and are returned.
        """
        with self.writing_beside() as connection:
            granted = reserve(connection, len(canonical_urls))
            frontier.begin(connection, canonical_urls[:granted])
        return granted

    def save(self, article: Article, fetched_at: datetime, *, link: str | None = None) -> Outcome:
        """Store what a page says, its change, and that its link is done.

        A new address with a new text is an article (`created`); with a text that some article has or had, a copy of
        the first of these (`copied`), and it stays one when that article is revised later; a known address with
        another text is a new revision (`revised`), or, for a copy, an article of its own or a copy of another. A
        withdrawn page that answers again is `restored`; if its text is another, a `revised` follows and is returned.
        The same text again changes nothing but the link. `link` is the pending address that was asked, when the page
        names another as its own. Raises Discard for an address longer than 2,000 bytes.
        """
        held = articles.subjects_of(article, fetched_at, link)
        work = partial(articles.save, article=article, at=fetched_at, link=link)
        return self.write(work, held, article.site, fetched_at)

    def refuse(self, canonical_url: str, reason: Refusal, *, final: bool, tries: int = 1) -> None:
        """Note why a pending link gave nothing; when `final` it is never asked again, else later.

        It counts as so many more `tries`: 0 where this one was counted before, -1 where that was none after all.
        """
        with self.writing_beside() as connection:
            frontier.refuse(connection, canonical_url, reason, final=final, tries=tries)

    def withdraw(self, canonical_url: str, at: datetime) -> Outcome | None:
        """Note that a stored page answered 404 or 410; its text stays. None when it is unknown or withdrawn already."""
        work = partial(articles.withdraw, url=canonical_url, at=at)
        return self.write(work, [subjects.page(canonical_url)], None, at)

    def page(self, canonical_url: str) -> StoredPage | None:
        """The current text of the page, article or copy, of a link's address; None when there is none."""
        with self.reading() as connection:
            return articles.stored_page(connection, canonical_url)

    def pages(self, canonical_urls: Iterable[str]) -> dict[str, StoredPage]:
        """The same of several addresses, by each of them."""
        with self.reading() as connection:
            return articles.stored_pages(connection, canonical_urls)

    def amend(self, article: Article, fetched_at: datetime, link: str) -> Outcome | None:
        """Store what an archived page, fetched then, says when it is read again.

        Another text is a revision, as in `save`; the same text with other metadata corrects the current revision in
        place, without a change. None, with nothing written, when a later fetch gave the text that is stored, or when
        the page is withdrawn and the text would be another.
        """
        held = articles.subjects_of(article, fetched_at, link)
        work = partial(articles.amend, article=article, at=fetched_at, link=link)
        return self.write(work, held, article.site, fetched_at)

    # --- what is in it ---

    def articles(
        self,
        *,
        sites: Collection[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
        texts: Collection[str] = (),
        limit: int | None = 50,
    ) -> list[ArticleRow]:
        """Articles, newest first; `since` is the first moment of publication or, where that is unknown, of the first
        fetch, and `until` the first that is too late.

        Of these `sites`; none is all. Each of the `texts` is looked for in title, lead and body, in any case; without
        diacritics it also finds words with them.
        """
        with self.reading() as connection:
            return queries.list_articles(connection, sites, since, texts, limit, until)

    def article(self, article_id: int) -> StoredArticle | None:
        """An article with its revisions, copies and changes; None when there is none of this number."""
        with self.reading() as connection:
            return queries.article(connection, article_id)

    def revision(self, article_id: int, number: int) -> Article:
        """One text that an article has had, from 1; BadInput when there is none of this number."""
        with self.reading() as connection:
            return queries.revision(connection, article_id, number)

    def changes(self, since: int = 0, limit: int | None = 100) -> list[Change]:
        """The changes after `since` in order; whoever has seen one has seen all before it, for ever."""
        with self.reading() as connection:
            return queries.list_changes(connection, since, limit)

    def last_change(self) -> int:
        """The number of the last change, 0 when there is none."""
        with self.reading() as connection:
            return changes.last_change(connection)

    def feed(
        self, since: int = 0, limit: int = 100, *, sites: Collection[str] | None = None, text: str | None = None
    ) -> tuple[list[FeedItem], int]:
        """Changes after `since` with what stood at their pages, and the last `seq` that was read."""
        with self.reading() as connection:
            return changes.read(connection, since, limit, sites=sites, text=text)

    def counts(self) -> dict[str, dict[str, int]]:
        """For each site the numbers of articles, copies, revisions, withdrawn, pending and refused."""
        with self.reading() as connection:
            return queries.counts(connection)

"""`thoisu demo`: the whole job on the embedded newsroom, shown to a person; every number is read from what happened."""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.common import local
from crawler.cli.crawl import progress_of, summary
from crawler.cli.diff import print_diff
from crawler.cli.language import respoken, spoken, word_of
from crawler.cli.scenes import Missing, delivered, expect, need, next_polls, plain_stories, related_between
from crawler.configuration import Settings
from crawler.process import shown
from crawler.process.output import console
from crawler.sites import Sites

if TYPE_CHECKING:
    from rich.console import Console

    from crawler.crawl import SiteReport
    from crawler.items import Change
    from crawler.newsroom import Newsroom
    from crawler.store import Store, StoredArticle

_SEED, _SITES, _ARTICLES, _BUDGET = 4, 6, 25, 200
_WIDTH = 80


def demo(
    keep: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Keep store and change feed in this folder.")
    ] = None,
) -> None:
    """Show the whole job on a simulated newsroom, offline.

    It takes some seconds and leaves nothing behind.

    Exit code 1 when something that should have happened did not.

    \b
    Examples:
      thoisu demo
      thoisu demo --keep demo
    """
    screen = console()
    screen.width = min(screen.width, _WIDTH)
    try:
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            play(screen, keep)
        else:
            with tempfile.TemporaryDirectory(prefix="thoisu-") as folder:
                play(screen, Path(folder))
    except Missing as missing:
        console(stderr=True).print(f"thoisu: {spoken('the demo failed: {why}', why=missing)}")
        raise typer.Exit(1) from None


def play(screen: Console, folder: Path) -> None:
    """The story from a first crawl to the change feed, in `folder`; raises when a chapter has nothing to show."""
    from crawler.newsroom import Newsroom, World
    from crawler.store import Store
    from crawler.text import VIETNAM

    database = f"sqlite:///{folder / 'thoisu.db'}"
    yesterday = datetime.combine(datetime.now(VIETNAM).date() - timedelta(days=1), time(), VIETNAM)
    world = World(_SEED, _SITES, _ARTICLES, yesterday, real_clock=True)
    with Newsroom(world) as room, Store.open(database) as store:
        chapters = _Chapters(screen, folder, database, room, store)
        chapters.newsroom()
        chapters.first_crawl()
        chapters.second_crawl()
        chapters.boilerplate()
        chapters.copy()
        chapters.later_changes()
        chapters.next_polls()
        chapters.feed()
        chapters.what_next()
        chapters.pages()


class _Chapters:
    """What happens, in order."""

    def __init__(self, screen: Console, folder: Path, database: str, room: Newsroom, store: Store) -> None:
        from crawler.newsroom import newsroom_sites
        from crawler.schedule import enrol

        self._screen, self._folder, self._database = screen, folder, database
        self._room, self._world, self._store = room, room.world, store
        sites = newsroom_sites(room.url, len(room.world.papers))
        self._sites = Sites(replace(site, budget=_BUDGET) for site in sites.values())
        enrol(self._sites, store, datetime.now(UTC))
        self._chapter = 0

    def newsroom(self) -> None:
        """Who publishes."""
        self._heading("A newsroom opens on this machine")
        count = len(self._sites)
        self._say("It simulates {n} papers, each with the markup and the feeds of a real CMS family:", n=count)
        for paper in self._world.papers:
            about = spoken("{n} articles, markup of {family}", n=len(self._world.visible(paper)), family=paper.family)
            self._screen.print(f"  {paper.name:<10} {paper.title:<24} {about}")

    def first_crawl(self) -> None:
        """Everything arrives."""
        self._heading("The first crawl: articles arrive, site by site")
        reports = self._crawl()
        summary(reports, self._screen)
        published = sum(len(self._world.visible(paper)) for paper in self._world.papers)
        counts = self._store.counts().values()
        stored, copies = (sum(row[name] for row in counts) for name in ("articles", "copies"))
        expect(stored + copies == published, f"{published} articles published, {stored} and {copies} copies stored")
        self._screen.print()
        text = "Published: {n}. Stored: {stored} articles and {copies} copies. The newest:"
        self._say(text, n=published, stored=stored, copies=copies)
        for row in self._store.articles(limit=4):
            self._line(f"  {row.site:<10} {row.title}")

    def second_crawl(self) -> None:
        """Nothing is asked twice."""
        self._heading("Looking again costs one conditional request a source")
        self._room.forget_requests()
        reports = self._crawl()
        asked = [request for request in self._room.requests if request.path != "/robots.txt"]
        statuses = Counter(request.status for request in asked)
        sources = sum(report.sources for report in reports)
        expect(len(asked) == sources == statuses[304], f"{sources} sources, but these answers: {dict(statuses)}")
        text = "{sources} sources, {n} requests, {same} times “304 Not Modified”; no article asked."
        self._say(text, sources=sources, n=len(asked), same=statuses[304])

    def boilerplate(self) -> None:
        """What stands between the paragraphs goes."""
        self._heading("What is not the article is stripped, and says by which rule")
        scene = need(related_between(self._room, self._sites), "no page had related links between its paragraphs")
        article = scene.article
        for text in (article.title, article.url):
            self._line(text)
        self._say("The page as it came; “-” marks what was taken out between two paragraphs:")
        kept = set(article.body.split("\n"))
        for line in scene.lines:
            mark, style = (" ", "") if line in kept else ("-", "red")
            self._line(f"  {mark} {line}", style=style)
        self._say("The rule: {rule}", rule=scene.rule)
        self._say("(thoisu extract URL --explain shows them all)")

    def copy(self) -> None:
        """One text under two addresses."""
        self._heading("The same text in two papers is one article and a copy")
        found = self._article_of(
            next((change for change in self._store.changes(0, None) if change.event == "copied"), None)
        )
        for name, row in (("article", found.row), ("copy", found.copies[0])):
            self._screen.print(f"  {spoken(name):<8}{local(row.published_at)}  {row.site}")
            self._line(f"          {row.title}")
        self._say("One text under two headlines, both with the fingerprint {hash}…", hash=found.row.content_hash[:15])
        self._say("The page that is read first counts as the article.")

    def later_changes(self) -> None:
        """An edit, a take-down, and news."""
        from crawler.compare import compare

        self._heading("The papers change their minds: an edit and a take-down")
        edited, gone = plain_stories(self._world)[:2]
        self._world.edit(edited)
        self._world.withdraw(gone)
        fresh = self._world.publish(self._world.papers[0].name)
        self._crawl(revisit=True)
        since = {change.url: change for change in self._store.changes(self._seq, None)}
        events = {name: since.get(self._world.url(item)) for name, item in
                  (("revised", edited), ("withdrawn", gone), ("created", fresh))}  # fmt: skip
        for name, change in events.items():
            expect(change is not None and change.event == name, f"no change {name!r} was recorded")
        for name, item in (("created", fresh), ("withdrawn", gone), ("revised", edited)):
            self._line(f"  {word_of('event', name):<10} {item.title}")
        found = self._article_of(events["revised"])
        before, after = (self._store.revision(found.row.id, row.number) for row in found.revisions[-2:])
        self._say("Both texts of the edited one are kept (thoisu diff {n}); what is new in it:", n=found.row.id)
        print_diff(compare(before, after), self._screen)

    def next_polls(self) -> None:
        """When it pays to poll again."""
        self._heading("When to poll next with {n} requests a day, and why", n=_BUDGET)
        for entry in need(next_polls(self._store) or None, "nothing is planned"):
            self._screen.print(f"  {entry.site:<10} {local(entry.next_at)[-5:]}  {shown(respoken(entry.why))}")

    def feed(self) -> None:
        """What a reader of the store gets."""
        self._heading("All of it is one feed, in order, for whoever needs it")
        path = self._folder / "changes.jsonl"
        rows = delivered(self._store, path)
        events = Counter(row["event"] for row in rows)
        expect(rows and [row["seq"] for row in rows] == list(range(1, len(rows) + 1)), "the feed is out of order")
        numbers = ", ".join(f"{count} {word_of('event', event)}" for event, count in events.most_common())
        text = "{file}: {n} lines ({numbers}). The first and the last, without their articles:"
        self._say(text, file=path.name, n=len(rows), numbers=numbers)
        for row in (rows[0], rows[-1]):
            del row["article"]
            self._screen.print(json.dumps(row, ensure_ascii=False), style="dim", overflow="fold")

    def what_next(self) -> None:
        """Where to look."""
        self._heading("Next")
        self._say("In the checkout, `. .venv/bin/activate` first puts thoisu on the path.")
        for command, meaning in (
            ("thoisu crawl nhandan", "the same on a live site (set THOISU_CONTACT first)"),
            ("thoisu articles", "what has been stored"),
            ("thoisu schedule", "polls again and again; thoisu status shows it"),
            ("thoisu newsroom", "this newsroom, to try things on"),
            ("thoisu serve", "pages, an API and feeds of what is stored"),
            ("thoisu --help", "all commands; docs/ tells the rest"),
        ):
            self._screen.print(f"  {command:<22} {spoken(meaning)}")

    def pages(self) -> None:
        """The same for a browser, until somebody has seen enough."""
        from crawler.cli.serve import serving
        from crawler.errors import BadInput
        from crawler.web.options import ServerOptions

        self._heading("All of it as pages")
        try:
            with serving(self._store, self._sites, ServerOptions(), 0) as url:
                waits = self._screen.is_terminal and sys.stdin is not None and sys.stdin.isatty()
                self._say(
                    "{url} shows it; Enter ends the demo" if waits else "{url} shows it, while this runs", url=url
                )
                if waits:
                    with suppress(KeyboardInterrupt):
                        sys.stdin.readline()
        except BadInput as error:
            self._screen.print(spoken("not shown: {why}", why=respoken(str(error))), soft_wrap=True)

    def _article_of(self, change: Change | None) -> StoredArticle:
        change = need(change, "no such change was recorded")
        return need(self._store.article(change.article_id), f"article {change.article_id} is not in the store")

    def _line(self, text: str, style: str = "") -> None:
        self._screen.print(shown(text), style=style, no_wrap=True, overflow="ellipsis")

    def _say(self, text: str, **values: Any) -> None:
        self._screen.print(spoken(text, **values))

    def _heading(self, text: str, **values: Any) -> None:
        self._chapter += 1
        self._screen.print(f"\n{self._chapter}. {spoken(text, **values)}", style="bold cyan")

    def _crawl(self, *, revisit: bool = False) -> list[SiteReport]:
        from crawler.crawl import crawl

        changes = self._store.changes(0, None)
        self._seq = changes[-1].seq if changes else 0
        quiet = nullcontext(None)  # on a terminal alone is there anything to see in these few seconds
        with progress_of(len(self._sites)) if self._screen.is_terminal else quiet as progress:
            reports = crawl(
                self._sites, store_url=self._database, newsroom=self._room.url, revisit=revisit, on_progress=progress,
                own=Settings(),
            )  # fmt: skip
        if any(report.error == "stopped" for report in reports):
            raise KeyboardInterrupt
        failed = next((report for report in reports if report.error), None)
        expect(failed is None, f"{failed.site}: {failed.error}" if failed else "")
        return reports

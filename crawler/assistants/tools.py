"""What an assistant can ask of the store; each answer is text for its context window, and nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from crawler.assistants.quoting import answer, line
from crawler.compare import compare, story_queries
from crawler.errors import BadInput
from crawler.export import read_rows
from crawler.monitor.status import agendas, site_status
from crawler.process import stripped
from crawler.sites import Sites
from crawler.store import ArticleRow, Store, StoredArticle, findings
from crawler.text import YEARS, Moment, local_time, parse_date

MOST = 20
"""Rows of an answer."""
PART = 8_000
"""Characters of a text that are given at once."""
_LONGEST_QUERY = 200


class Tools:
    """The tools over one store; each method's docstring is what the assistant reads of it. They raise `BadInput` with
    one line for what cannot be meant, and StoreFailed.
    """

    def __init__(self, store: Store, sites: Sites, budget: int | None = None) -> None:
        self._store, self._sites, self._budget = store, sites, budget

    def search(
        self,
        query: str = "",
        sites: list[str] | None = None,
        since: str | None = None,
        until: str | None = None,
        limit: int = 10,
    ) -> str:
        """Find articles whose title, lead or body have a text, the newest first; at most 20.

        Words without Vietnamese diacritics find words with them. An empty query lists the newest articles. `sites` are
        names as `site_health` gives them; `since` and `until` are dates like 2026-08-01, in Viet Nam's time.
        """
        if len(query) > _LONGEST_QUERY:
            raise BadInput(f"a query has {_LONGEST_QUERY} characters at most")
        for name in sites or ():
            if name not in self._sites and name not in agendas(self._store):
                raise BadInput(f"no site is called {line(name, 50)!r}; site_health lists them")
        rows = self._store.articles(
            sites=sites or (),
            since=_date(since).at if since else None,
            until=_date(until).end if until else None,
            texts=[query] if query.strip() else (),
            limit=_bounded(limit),
        )
        if not rows:
            return "No article matches."
        head = f"{len(rows)} articles, newest first: number, time in Viet Nam, site, title; `article` gives a text."
        return answer(head, map(self._listed, rows))

    def article(self, id: int, revision: int | None = None, offset: int = 0) -> str:  # noqa: A002, the tool's parameter
        """Give an article: its text, when and by whom it was published, its revisions and copies.

        `revision` gives an older text. A long text comes in parts; `offset` is where to go on.
        """
        found = self._stored(id)
        text = self._store.revision(id, revision) if revision is not None else found.article
        number = revision or found.row.revision
        (row,) = read_rows(self._store, self._sites, [id])
        whole = stripped("\n".join(part for part in (text.lead, text.body) if part))
        part = whole[max(0, offset) :][:PART]
        end = max(0, offset) + len(part)
        head = (
            f"Article {id}, revision {number} of {found.row.revision}, story {row.story},"
            f" {len(found.copies)} exact copies, first read {local_time(found.row.first_seen_at)}."
        )
        if found.row.withdrawn_at:
            head += f" Its page was gone on {local_time(found.row.withdrawn_at)}."
        more = f"The text goes on: offset {end} of {len(whole)}." if end < len(whole) else ""
        facts = [
            ("title", text.title), ("publisher", row.publisher or row.site), ("published", _time(text.published_at)),
            ("authors", ", ".join(text.authors)), ("stated source", text.credit), ("section", text.section),
            ("documents", ", ".join(text.documents[:MOST])), ("address", text.canonical_url),
        ]  # fmt: skip
        lines = [f"{name}: {line(value)}" for name, value in facts if value]
        return answer(head, [*lines, "", *part.split("\n")], more)

    def diff(self, id: int, old: int | None = None, new: int | None = None) -> str:  # noqa: A002
        """Say what an edit changed in an article: what went as [-…-], what came as {+…+}.

        Without `old` and `new`, the last revision against the one before it.
        """
        found = self._stored(id)
        last = new if new is not None else found.row.revision
        first = old if old is not None else last - 1
        if first < 1:
            return f"Article {id} has only one revision; nothing has changed in it."
        difference = compare(self._store.revision(id, first), self._store.revision(id, last))
        head = f"Article {id}, revision {first} to {last}; changed: {', '.join(difference.changed) or 'nothing'}."
        lines = []
        for block in difference.blocks:
            if block.change == "kept":
                lines.append(f"({block.count} paragraphs unchanged)")
                continue
            signs = {"removed": ("[-", "-]"), "added": ("{+", "+}"), "kept": ("", "")}
            text = "".join(f"{signs[one.mark][0]}{one.text}{signs[one.mark][1]}" for one in block.pieces)
            lines.append(f"{block.part}: {line(text, 2000)}")
        return answer(head, lines)

    def story(self, id: int) -> str:  # noqa: A002
        """Say who published a text first and who carried it, by the number of a story or of any article in it."""
        with self._store.reading() as connection:
            found = story_queries.view(connection, id)
        if found is None:
            raise BadInput(f"there is no article {id}; search lists them")
        members = found.story.members
        lines = []
        for member in members[:MOST]:
            what = f"{len(member.added)} paragraphs more, {len(member.dropped)} less, {len(member.changed)} changed"
            near = f"; {member.nearest.relation} of {line(member.nearest.url)}; {what}" if member.nearest else "; first"
            source = f"; stated source {line(member.credit, 60)}" if member.credit else ""
            name = self._name(member.site)
            lines.append(
                f"{local_time(member.at)}  {name}  {line(member.title, 200)}  {line(member.url)}{near}{source}"
            )
        lines += [
            f"another state of the news: {one.article_id}  {line(one.title, 200)}" for one in found.updates[:MOST]
        ]
        more = f"{len(members) - MOST} more pages carry it." if len(members) > MOST else ""
        return answer(f"Story {found.id}, {len(members)} pages, in the order of publication.", lines, more)

    def changes(self, since: int = 0, limit: int = 20) -> str:
        """Say what changed in the record after a change number: articles created, revised, copied, withdrawn, restored.

        With `since` 0, the last changes. Ask again with the number that the answer names, to miss nothing.
        """
        last = self._store.last_change()
        limit = _bounded(limit)
        items, reached = self._store.feed(since if since > 0 else max(0, last - limit), limit)
        if not items:
            return f"Nothing changed after {max(since, last)}."
        lines = [
            f"{item.change.seq}  {local_time(item.change.at)}  {item.change.event}"
            f"{f' {item.change.revision}' if item.change.revision else ''}  article {item.change.article_id}"
            f"  {self._name(item.change.site)}  {line(item.article.title if item.article else '', 200)}"
            for item in items
        ]
        head = f"{len(items)} changes: number, time, event, article, site, title; the last of all is {last}."
        return answer(head, lines, f"What follows: since {reached}.")

    def site_health(self, site: str | None = None) -> str:
        """Say how the sites are: last and next poll, articles of today, completeness, what is wrong and what to do.

        Of one site by its name, or of all, a line each.
        """
        known = agendas(self._store)
        if site is not None and site not in known:
            name = line(site, 50)
            raise BadInput(
                f"{name} is not scheduled" if site in self._sites else f"no site is called {name!r}; ask without a name"
            )
        now = datetime.now(UTC)
        lines = []
        for name in [site] if site is not None else sorted(known):
            one = site_status(self._store, name, known[name], now, self._budget)
            share = "unknown" if one.completeness is None else f"{one.completeness:.1%}"
            lines.append(
                f"{name} ({self._name(name)}): last poll {_time(one.polled_at) or 'never'}, gave {one.came} new;"
                f" today {one.today}; next {local_time(one.next_at)}; complete {share}; open findings {one.findings}"
            )
        lines += self._findings(site)
        return answer(f"{len(known)} sites are scheduled.", lines) if lines else "No site is scheduled."

    def _findings(self, site: str | None) -> Iterator[str]:
        with self._store.reading() as connection:
            found = findings.opened(connection, None if site is None else [site])
        for one in found[:MOST]:
            place = " ".join(part for part in (one.site, one.subject) if part)
            yield f"open: {one.name} {line(place)} since {local_time(one.since)}: {line(one.evidence)}"
        if len(found) > MOST:
            yield f"{len(found) - MOST} more are open"

    def _stored(self, id_: int) -> StoredArticle:
        found = self._store.article(id_) if 0 < id_ < 2**63 else None
        if found is None:
            raise BadInput(f"there is no article {id_}; search lists them")
        return found

    def _listed(self, row: ArticleRow) -> str:
        marks = [f"revision {row.revision}"] * (row.revision > 1) + ["withdrawn"] * bool(row.withdrawn_at)
        about = f" [{', '.join(marks)}]" if marks else ""
        at = local_time(row.published_at or row.first_seen_at)
        return f"{row.id}  {at}  {self._name(row.site)}  {line(row.title, 200)}{about}"

    def _name(self, site: str | None) -> str:
        known = self._sites.get(site or "")
        return known.publisher if known else line(site or "no site", 60)


def _bounded(limit: int) -> int:
    return max(1, min(limit, MOST))


def _time(at: datetime | None) -> str | None:
    return local_time(at) if at else None


def _date(text: str) -> Moment:
    found = parse_date(text[:100])
    if found is None:
        raise BadInput(f"{line(text, 50)!r} is no date of {YEARS[0]} to {YEARS[-1]}; write 2026-08-01")
    return found

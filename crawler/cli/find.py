"""`thoisu sites`, `which` and `discover`: whom we know, whose an address is, what a source yields."""

from __future__ import annotations

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.common import all_sites, configured, file_url, input_lines, is_url, local, read_input, site_for
from crawler.cli.language import spoken, spoken_of_many, word_of
from crawler.cli.lists import Column, Row, note, piped, print_rows, print_tabbed
from crawler.errors import BadInput, Discard, Refusal, Refused
from crawler.items import DENSITY
from crawler.process import shown
from crawler.process.output import console, print_json
from crawler.sites import Feed, Site, Sites, Source, written

if TYPE_CHECKING:
    from crawler.discover import Discovery

_WHOLE = 64 * 2**20  # bytes of a list in UTF-16
_FEED_NAMES = (".xml", ".rss", ".atom", ".rdf", ".xml.gz", ".rss.gz", ".atom.gz")


def sites(
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a site.")] = False,
) -> None:
    """List the sites that can be crawled.

    A site is proven when a real page of it has been read right.

    \b
    Examples:
      thoisu sites
      thoisu sites --json
    """
    rows = [describe(site) for site in all_sites().values()]
    if json_:
        for row in rows:
            print_json(row)
        return
    names = ("publisher", "tier", "layout", "sources", "proven")
    lines = [
        Row(
            (
                *(row[name] for name in ("site", "publisher", "tier", "layout")),
                ", ".join(sorted({source["kind"] for source in row["sources"]})),
                "yes" if row["proven"] else "",
            )
        )
        for row in rows
    ]
    print_rows([Column("site", whole=True), *map(Column, names)], lines, "no site is described")
    proven = sum(row["proven"] for row in rows)
    texts = "{n} site, {proven} proven", "{n} sites, {proven} proven"
    note(spoken_of_many(*texts, len(rows), proven=proven), style="bold")


def describe(site: Site) -> dict[str, Any]:
    """What a site's definition says, as plain values."""
    return {
        "site": site.name,
        "publisher": site.publisher,
        "home": site.home,
        "tier": site.tier,
        "layout": site.layout.name if site.layout else DENSITY,
        "sources": [{"kind": type(source).__name__.lower(), "url": source.url} for source in site.sources],
        "archives": [{"kind": type(source).__name__.lower(), "url": source.url} for source in site.archives],
        "proven": site.proven,
    }


def which(
    urls: Annotated[list[str], typer.Argument(metavar="URL...|-", help="Addresses, or - for one a line on stdin.")],
    json_: Annotated[bool, typer.Option("--json", help="One JSON object an address.")] = False,
) -> None:
    """Say which site would take an address, or why none does.

    \b
    Examples:
      thoisu which https://www.nhandan.vn/ten-bai-post976641.html?utm_source=zalo
      thoisu which --json - < addresses.txt
    """
    if "-" in urls and urls != ["-"]:
        raise BadInput("- reads addresses from standard input and stands alone")
    known = all_sites()
    addresses = _lines(input_lines()) if urls == ["-"] else map(written, urls)
    if json_:
        for url in addresses:
            print_json(where(url, known))
        return
    screen = console()
    for row in (where(url, known) for url in addresses):
        if piped():
            print_tabbed(str(row[name] or "") for name in ("url", "site", "kind", "refused", "canonical_url"))
            continue
        refused = spoken("refused: {why}", why=row["refused"])
        taken = spoken("taken as {kind}", kind=word_of("kind", row["kind"])) if row["kind"] else refused
        layout = spoken(", layout {name}", name=describe(known[row["site"]])["layout"]) if row["site"] else ""
        screen.print(shown(row["url"]), style="bold", soft_wrap=True)
        site = row["site"] or spoken("no site")
        screen.print(f"  {site}{layout}; {taken}", style="green" if row["kind"] else "yellow")
        if row["canonical_url"] not in (None, row["url"]):
            screen.print(f"  {shown(row['canonical_url'])}", soft_wrap=True)


def where(url: str, known: Sites) -> dict[str, Any]:
    """Site, canonical form, kind and refusal of an address."""
    from crawler.sites import canonical, judge

    row: dict[str, Any] = {"url": url, "site": None, "canonical_url": None, "kind": None, "refused": None}
    site = known.find(url)
    try:
        row |= {"site": site.name if site else None, "canonical_url": canonical(url, site)}
    except Discard as refusal:
        return row | {"site": None, "refused": refusal.reason}
    if site is None:
        return row | {"refused": Refusal.NO_SITE}
    verdict = judge(url, site)
    return row | {"kind": verdict.kind, "refused": verdict.refused}


def _lines(stream: Iterable[bytes]) -> Iterator[str]:
    """The addresses of a list, blank lines left out, without what copying them has put round or into them."""
    lines = iter(stream)
    for line in lines:
        # As some editors save text; its lines end inside a character.
        if line.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) and b"\0" in line:
            line = _whole(line, lines).decode("utf-16", "replace").encode()
        for part in line.decode("utf-8", "replace").splitlines():
            if text := written(part):
                yield text


def _whole(line: bytes, lines: Iterator[bytes]) -> bytes:
    """All of a list whose lines cannot be told apart before it is decoded."""
    whole = bytearray(line)
    for more in lines:
        whole += more
        if len(whole) > _WHOLE:
            raise BadInput(f"a list in UTF-16 is longer than {_WHOLE // 2**20} MB; save it as UTF-8")
    return bytes(whole)


def discover(
    source: Annotated[str, typer.Argument(metavar="URL|FILE|-", help="A feed, sitemap or listing, live or saved.")],
    url: Annotated[str | None, typer.Option(metavar="URL", help="Where the saved file comes from.")] = None,
    site: Annotated[str | None, typer.Option(metavar="SITE", help="Judge the links by the rules of this site.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a link.")] = False,
) -> None:
    """List the articles that a feed, sitemap or listing names.

    A source that is refused as a whole gives one line with its own address and the word; exit code 1.

    \b
    Examples:
      thoisu discover https://nhandan.vn/rss/home.rss
      thoisu discover section.html --url https://tuoitre.vn/thoi-su.htm --json
    """
    from crawler.discover import Discovery

    try:
        address, found = find_links(source, url, site)
    except Refused as refusal:
        address, found = source, Discovery("listing", refused=refusal.reason, detail=refusal.detail)
    rows: list[dict[str, Any]] = [
        {"url": link.url, "title": link.title, "published_at": link.published_at, "refused": link.refused}
        for link in (*found.links, *found.children)
    ]
    if found.refused:
        rows = [{"url": address, "title": None, "published_at": None, "refused": found.refused}]
    if json_:
        for row in rows:
            print_json(row)
    else:
        _show(source, address, found, rows)
    if found.refused:
        raise typer.Exit(1)


def find_links(source: str, url: str | None, name: str | None) -> tuple[str, Discovery]:
    """The address of a source and what it yields; raises `BadInput` and `Refused` when nothing can be read."""
    from crawler.discover import MAX_BYTES
    from crawler.discover import discover as read

    known = all_sites()
    declared: str | None = None
    expected: Source | None = None
    if is_url(source):
        from crawler.crawl import fetch
        from crawler.extract import verdict
        from crawler.text import charset

        answer = fetch(source, site_for(source, name, known), maxsize=MAX_BYTES, own=configured())
        if answer.status != 200:
            raise Discard(verdict(answer.status, {}, answer.body) or Refusal.SERVER_ERROR, f"status {answer.status}")
        body, declared, address = answer.body, charset(answer.content_type), answer.url
    else:
        if url is not None and not is_url(url):
            raise BadInput(f"--url {url!r} is no absolute address; it begins with https://")
        body, address = read_input(source, MAX_BYTES), url or file_url(source)
        # The name says what it should be, so that an error page saved under it is not read as a listing.
        expected = Feed(address) if Path(source).name.lower().endswith(_FEED_NAMES) else None
    site = site_for(address, name, known)
    return address, read(body, address, declared=declared, site=site, source=expected)


def _show(source: str, address: str, found: Discovery, rows: list[dict[str, Any]]) -> None:
    screen = console()
    if found.refused:
        screen.print(shown(f"{source}: {found.refused}" + (f" ({found.detail})" if found.detail else "")))
        if found.refused is Refusal.EMPTY_SOURCE and not is_url(address):
            screen.print(spoken("a saved listing is read by its address: say where it comes from with --url"))
        return
    if piped():
        for row in rows:
            when = local(row["published_at"]) if row["published_at"] else ""
            print_tabbed((row["url"], when, row["refused"] or "", row["title"] or ""))
    for row in () if piped() else rows:
        when = local(row["published_at"]) if row["published_at"] else ""
        refused = spoken("refused: {why}", why=row["refused"]) if row["refused"] else ""
        facts = "  ".join(part for part in (when, refused) if part)
        if row["title"]:
            screen.print(shown(row["title"]), style="bold")
        screen.print(f"  {shown(row['url'])}", soft_wrap=True)
        if facts:
            screen.print(f"  {facts}", style="yellow" if refused else "dim")
    taken = sum(not row["refused"] for row in rows)
    counts = spoken("{n} to be taken, {refused} refused", n=taken, refused=len(rows) - taken)
    note(f"{found.kind}: {counts}", style="bold")
    if found.next:
        note(spoken("next page: {url}", url=found.next))

"""`thoisu extract` and `thoisu clean`: one page or text in, what it says out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.common import all_sites, configured, file_url, input_lines, is_url, read_input, site_for
from crawler.cli.language import respoken, spoken
from crawler.errors import BadInput, Discard, Refusal, Refused, ThoisuError
from crawler.items import Article, Download
from crawler.process import shown
from crawler.process.output import console, print_json, say, write, write_whole
from crawler.sites import Site, Sites

if TYPE_CHECKING:
    from crawler.extract import Dropped
    from crawler.extract.reader import TextBlock

_TEXT_LIMIT = 50 * 2**20  # bytes of a plain text


def extract(
    page: Annotated[
        str | None, typer.Argument(metavar="FILE|URL|-", help="A saved page (.html, .html.gz), an address, or stdin.")
    ] = None,
    url: Annotated[str | None, typer.Option(metavar="URL", help="Where the saved page comes from.")] = None,
    site: Annotated[str | None, typer.Option(metavar="SITE", help="Read it as a page of this site.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show each dropped block and the rule for it.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="With --explain: the Article with a list `dropped`.")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Read a list of pages from standard input.")] = False,
    format_: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="txt, md or csv instead of json.")
    ] = "json",
) -> None:
    """Read the article on a page and print it as JSON.

    With --format md headings, lists, tables and links are kept; csv has a row for
    each line of the article, txt its lines alone.

    With --jsonl, each line of standard input is an object with id, file and url; for each, one line with the same id
    and the Article comes out, or the id and an error. Exit code 1 when the page is refused.

    \b
    Examples:
      thoisu extract page.html --url https://nhandan.vn/some-title-post976641.html
      thoisu extract https://baochinhphu.vn/ten-bai-102260228093004191.htm
      thoisu extract page.html.gz --explain
      thoisu extract page.html --format md > article.md
      thoisu extract --jsonl < pages.jsonl > articles.jsonl
    """
    if jsonl:
        if page not in (None, "-") or url or site or explain or format_ != "json":
            raise BadInput("--jsonl takes file and url from each line; leave out the other arguments")
        for row in read_lines(input_lines(), all_sites()):
            print_json(row)
        return
    if page is None:
        raise BadInput("name a page: a file, an address or - for standard input; --help shows examples")
    if format_ != "json":
        from crawler.cli.page_formats import FORMATS

        if format_ not in FORMATS:
            raise BadInput(f"--format is one of {', '.join(FORMATS)}, not {format_!r}")
        if explain or json_:
            raise BadInput("--format is for the article alone; leave out --explain and --json")
        _print_as(format_, page, url, site)
        return
    dropped: list[Dropped] = []
    article = read_page(page, url, site, dropped if explain else None)
    if explain and not json_:
        _explain(article.title, dropped)
    else:
        print_json(
            article.to_dict() | ({"dropped": [asdict(block) for block in dropped]} if explain else {}), alone=True
        )


def _print_as(format_: str, page: str, url: str | None, site: str | None) -> None:
    from crawler.cli import page_formats
    from crawler.export.tables import BOM

    lines: list[TextBlock] = []
    answer = load(page, url, site)
    article = read_answer(answer, site_for(answer.url, site, all_sites()), lines=lines)
    if format_ == "csv":
        write_whole(BOM + page_formats.as_csv(article, lines))
    else:
        written = page_formats.as_markdown if format_ == "md" else page_formats.as_text
        write_whole(written(article, lines) + "\n")


def read_page(page: str, url: str | None, site: str | None, explain: list[Dropped] | None = None) -> Article:
    """The article of a file, an address or standard input; raises `BadInput` and `Refused`."""
    answer = load(page, url, site)
    return read_answer(answer, site_for(answer.url, site, all_sites()), explain)


def load(page: str, url: str | None, site: str | None) -> Download:
    """A page, saved or asked for; raises `BadInput` and `Refused`."""
    if is_url(page):
        from crawler.crawl import fetch

        return fetch(page, site_for(page, site, all_sites()), maxsize=configured().article_maxsize, own=configured())
    body = read_input(page, configured().article_maxsize)
    return Download(url or stated_url(body) or file_url(page), 200, "", body)


def stated_url(body: bytes) -> str | None:
    """The address that a page gives as its own."""
    from crawler.extract import Page, hostile
    from crawler.text import decode

    text = decode(body).text
    if hostile(text):
        return None
    page = Page(text, "")
    link = page.tree.css_first("link[rel=canonical][href]")
    stated = (link.attributes.get("href") if link else None) or page.meta_first("og:url")
    return stated if stated and is_url(stated) else None


def read_answer(
    answer: Download,
    site: Site | None,
    explain: list[Dropped] | None = None,
    lines: list[TextBlock] | None = None,
) -> Article:
    """The article on a page, refused by the same words as in a crawl."""
    from crawler.extract import extract as read
    from crawler.extract import verdict
    from crawler.text import charset

    if reason := verdict(answer.status, {"content-type": answer.content_type}, answer.body):
        raise Discard(reason, "" if answer.status == 200 else f"status {answer.status}")
    if answer.url.startswith("file:"):
        raise BadInput("the page does not name its own address; say with --url, or url in a line, where it comes from")
    declared = charset(answer.content_type)
    return read(answer.body, answer.url, site=site, declared=declared, explain=explain, lines=lines)


def read_lines(lines: Iterator[bytes], sites: Sites) -> Iterator[dict[str, Any]]:
    """For each line with id, file and url the id and the Article, or the id and an error; no line ends the work."""
    from crawler.sites import canonical

    limit = configured().article_maxsize
    for line in lines:
        if not line.strip():
            continue
        key: Any = None
        try:
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise BadInput(f"not JSON: {error}") from None
            if not isinstance(row, dict):
                raise BadInput("not a JSON object")
            key = row.get("id")
            if not isinstance(row.get("file"), str):
                raise BadInput("file is missing")
            if not isinstance(row.get("url"), str | None):
                raise BadInput("url must be a string")
            if row.get("url"):
                canonical(row["url"])  # raises BAD_URL, which the page's own faults must not hide
            body = read_input(row["file"], limit)
            answer = Download(row.get("url") or stated_url(body) or file_url(row["file"]), 200, "", body)
            article = read_answer(answer, sites.find(answer.url))
            yield {"id": key, **article.to_dict()}
        except Refused as refused:
            yield {"id": key, "error": str(refused.reason)}
        except ThoisuError as error:
            yield {"id": key, "error": str(error)}
        except Exception as error:  # the pages behind this one must still be read
            say(f"thoisu: {key}: {type(error).__name__}: {error}")
            yield {"id": key, "error": str(Refusal.UNREADABLE)}


def clean(
    text: Annotated[str, typer.Argument(metavar="FILE|-", help="A plain text, or - for standard input.")],
    explain: Annotated[bool, typer.Option("--explain", help="Show each dropped line and the rule for it.")] = False,
    json_: Annotated[
        bool, typer.Option("--json", help="Title, lead, body, captions, authors and dropped as one object.")
    ] = False,
) -> None:
    """Strip boilerplate from plain text extracted by others.

    Prints title, lead and paragraphs, separated by blank lines.

    \b
    Examples:
      thoisu clean article.txt
      thoisu clean article.txt --json
      cat article.txt | thoisu clean - --explain
    """
    from crawler.extract import Dropped, clean_text
    from crawler.text import decode

    body = read_input(text, _TEXT_LIMIT)
    decoded = decode(body)
    if b"\0" in body and not decoded.encoding.startswith(("utf-16", "utf-32")):
        raise BadInput(f"{text} is no plain text")
    given = decoded.text
    if given.lstrip()[:15].lower().startswith(("<!doctype html", "<html")):
        raise BadInput(f"{text} is a web page, not its text; read it with: thoisu extract {text}")
    result = clean_text(given)
    if json_:
        print_json(asdict(result) | {"body": "\n".join(result.body)}, alone=True)
    elif explain:
        _explain(
            result.title, [*result.dropped, *(Dropped(caption, "caption of a picture") for caption in result.captions)]
        )
    else:
        paragraphs = [part for part in (result.title, result.lead, *result.body) if part]
        write("\n\n".join(paragraphs))


def _explain(title: str | None, dropped: list[Dropped]) -> None:
    screen = console()
    if title:
        screen.print(shown(title), style="bold")
    screen.print(spoken("{n} dropped", n=len(dropped)) if dropped else spoken("nothing dropped"), style="dim")
    rule = None
    for block in dropped:
        if block.rule != rule:
            rule = block.rule
            screen.print(f"\n{shown(respoken(rule))}", style="yellow")
        screen.print(f"- {shown(block.text) or spoken('(no text)')}")

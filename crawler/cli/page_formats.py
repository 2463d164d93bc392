"""An article that was just read, as text, Markdown or a table: headings, lists, tables and links as far as each can."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal, get_args

from crawler.export import csv_line
from crawler.export.documents import escaped
from crawler.process import stripped
from crawler.text import local_time

if TYPE_CHECKING:
    from crawler.extract.reader import TextBlock
    from crawler.items import Article

Format = Literal["txt", "md", "json", "csv"]
FORMATS: tuple[Format, ...] = get_args(Format)
_LEVELS = {"h1": 2, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_KINDS = {"text": "paragraph", "caption": "paragraph"}
COLUMNS = ("part", "text", "links")


def as_text(article: Article, lines: Sequence[TextBlock]) -> str:
    """Title, lead and paragraphs, blank lines between; items behind a hyphen, rows with tabs between their cells."""
    parts = [article.title, article.lead or ""]
    parts += ["\n".join(map(_plain, group)) for group in _groups(lines)]
    return "\n\n".join(stripped_rows(part) for part in parts if part)


def as_markdown(article: Article, lines: Sequence[TextBlock]) -> str:
    """A document in Markdown (CommonMark, with the tables of GitHub) that shows what the page says as text."""
    facts = [local_time(article.published_at) if article.published_at else "", *article.authors, article.credit or ""]
    parts = [f"# {escaped(article.title)}", " · ".join(escaped(fact) for fact in facts if fact)]
    parts.append(f"**{escaped(article.lead)}**" if article.lead else "")
    for group in _groups(lines):
        parts.append(_table(group) if group[0].role == "row" and group[0].cells else "\n".join(map(_marked, group)))
    parts += [f"![{escaped(image.caption or '')}]({_target(image.url)})" for image in article.images]
    return "\n\n".join(part for part in parts if part)


def as_csv(article: Article, lines: Sequence[TextBlock]) -> str:
    """A row a line of the article: what it is, its text, the addresses of its links; no cell is calculated."""
    rows: list[Sequence[str]] = [COLUMNS, ("title", article.title, ""), ("lead", article.lead or "", "")]
    for block in lines:
        text = " | ".join(block.cells) if block.cells else block.text
        rows.append((_KINDS.get(block.role, block.role), text, "; ".join(url for _, url in block.anchors)))
    return "".join(csv_line(row) for row in rows)


def stripped_rows(text: str) -> str:
    """The text without control characters, but for line ends and the tabs between cells."""
    return "\t".join(map(stripped, text.split("\t")))


def _groups(lines: Sequence[TextBlock]) -> Iterator[list[TextBlock]]:
    """Items of one list and rows of one table together, each other line by itself."""
    group: list[TextBlock] = []
    for block in lines:
        if group and not (block.role in ("item", "row") and block.role == group[-1].role):
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _plain(block: TextBlock) -> str:
    if block.role == "item":
        return f"- {block.text}"
    return "\t".join(block.cells) if block.cells else block.text


def _marked(block: TextBlock) -> str:
    text = _linked(block)
    if block.role == "heading":
        return f"{'#' * _LEVELS.get(block.tag, 2)} {text}"
    return f"- {text}" if block.role == "item" else text


def _linked(block: TextBlock) -> str:
    """The text with its links, each where its words first stand behind the one before."""
    parts, place = [], 0
    for words, url in block.anchors:
        found = block.text.find(words, place)
        if found >= 0:
            parts += [escaped_part(block.text[place:found]), f"[{escaped(words)}]({_target(url)})"]
            place = found + len(words)
    rest = block.text[place:]
    return "".join([*parts, escaped_part(rest)]) if parts else escaped(block.text)


def escaped_part(text: str) -> str:
    """A part of a line with the blanks at its ends."""
    if not text.strip():
        return " " if text else ""
    return " " * text[:1].isspace() + escaped(text) + " " * text[-1:].isspace()


def _target(url: str) -> str:
    return "".join(f"%{ord(sign):02X}" if sign in " <>()\\\n" else sign for sign in stripped(url))


def _table(group: Sequence[TextBlock]) -> str:
    width = max(len(block.cells) for block in group)
    rows = [[escaped(cell) for cell in block.cells or (block.text,)] for block in group]
    lines = [f"| {' | '.join(row + [''] * (width - len(row)))} |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])

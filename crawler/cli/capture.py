"""`thoisu capture`: a page and what it should say, kept as a golden case."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from crawler.cli.common import all_sites, site_named
from crawler.cli.language import spoken
from crawler.cli.read import load, read_answer
from crawler.errors import BadInput, Refused
from crawler.process.output import console

_NOT_ON_PAGE = frozenset({"url", "site", "content_hash", "layout", "published_raw"})
"""Fields that say nothing of the page which a person could correct."""


def capture(
    site: Annotated[str, typer.Argument(metavar="SITE", help="Name of the site.")],
    page: Annotated[str, typer.Argument(metavar="URL|FILE|-", help="An article's address, or the saved page.")],
    url: Annotated[str | None, typer.Option(metavar="URL", help="Where the saved page comes from.")] = None,
    to: Annotated[Path, typer.Option(metavar="FOLDER", help="Where golden cases are kept.")] = Path("tests/golden"),
    case: Annotated[
        str | None, typer.Option(metavar="NAME", help="Name of the case; default: from the address.")
    ] = None,
    note: Annotated[str, typer.Option(metavar="TEXT", help="What is peculiar about this page.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Overwrite the case when it exists.")] = False,
) -> None:
    """Save a page as a golden case for the tests.

    The case is a folder with page.html, article.json and origin.json. article.json
    is what is read today; a person compares it with the page and corrects it.

    \b
    Examples:
      thoisu capture nhandan https://nhandan.vn/ten-bai-post976641.html
      thoisu capture vov saved.html --url https://vov.vn/ten-bai-post1315698.vov
    """
    from crawler.items import FALLBACK
    from crawler.sites import canonical, judge
    from crawler.store.quarantine import slug

    definition = site_named(site, all_sites())
    if case and (Path(case).name != case or case.startswith(".")):
        raise BadInput(f"{case!r} cannot name a folder")
    if url is not None:
        canonical(url, definition)
    answer = load(page, url, site)
    if answer.url.startswith("file:"):
        raise BadInput("the page does not say where it comes from; add --url")
    verdict = judge(answer.url, definition)
    if verdict.refused and not force:
        raise BadInput(f"{site} does not take {answer.url} ({verdict.refused}); mend `article`, or insist with --force")
    folder = to / site / (case or slug(answer.url))
    try:
        taken = folder.exists() and not force
    except OSError as error:
        raise BadInput(f"cannot write to {folder}: {error.strerror or error}") from None
    if taken:
        raise BadInput(f"{folder} exists; name another with --case, or overwrite it with --force")
    screen = console()
    found: dict[str, Any] = dict.fromkeys(("title", "body", "published_at"))
    try:
        article = read_answer(answer, definition)
    except Refused as refused:
        text = "it cannot be read yet ({why}): fill in article.json, then mend the layout"
        screen.print(spoken(text, why=refused), style="yellow")
    else:
        found = {name: value for name, value in article.to_dict().items() if name not in _NOT_ON_PAGE}
        if article.layout == FALLBACK:
            text = "the layout of {site} does not match this page; it was read without"
            screen.print(spoken(text, site=site), style="yellow")
    captured = datetime.now(UTC).isoformat(timespec="seconds")
    # The address that the page names as its own: another title may have stood in the one that was asked.
    origin = {
        "url": found.get("canonical_url") or answer.url,
        "origin": "captured",
        "captured_at": captured,
        "note": note,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "page.html").write_bytes(answer.body)
        for name, value in (("article.json", found), ("origin.json", origin)):
            (folder / name).write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise BadInput(f"cannot write to {folder}: {error.strerror or error}") from None
    screen.print(spoken("saved {path}", path=folder), style="bold", soft_wrap=True)
    screen.print(spoken("next: compare its article.json with the page and correct it, then run"))
    screen.print(f"  pytest -k {site}")

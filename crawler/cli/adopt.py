"""`thoisu adopt`: a site that nobody described gets its spider."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli.common import all_sites, configured, input_lines
from crawler.cli.find import describe
from crawler.cli.language import respoken, spoken
from crawler.errors import BadInput
from crawler.process import shown
from crawler.process.output import console, print_json, say, write

if TYPE_CHECKING:
    from crawler.adopt import Adoption


def adopt(
    urls: Annotated[
        list[str] | None, typer.Argument(metavar="URL...", help="Addresses of sites; a home page is enough.")
    ] = None,
    name: Annotated[str | None, typer.Option(metavar="N", help="Name of the spider; default: from the host.")] = None,
    list_: Annotated[
        Path | None, typer.Option("--list", metavar="FILE", help="Addresses, one a line; - for standard input.")
    ] = None,
    write_: Annotated[bool, typer.Option("--write", help="Write the spider and golden cases of its pages.")] = False,
    replay: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Answer from saved pages instead of the network.")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object a site.")] = False,
) -> None:
    """Learn a site from a dozen of its pages and print its spider.

    Sources, which addresses are articles, and the layout are told from the home
    page, robots.txt and a few articles, and checked by what does not depend on
    them. Exit code 1 when a site cannot be adopted, 2 when one cannot be written.

    \b
    Examples:
      thoisu adopt https://baomau.example.vn/
      thoisu adopt https://baomau.example.vn/ --name baomau --write
      thoisu adopt --list addresses.txt --json
    """
    from crawler.adopt import adopt as learn
    from crawler.learn import NotLearned

    given = [*(urls or ()), *_listed(list_)]
    if not given:
        raise BadInput("name a site by its address, or a file of addresses with --list")
    if name is not None and not name.isidentifier():
        raise BadInput(f"{name!r} cannot name a spider; take small letters, digits and _")
    code = 0
    for one in learn(given, now=datetime.now(UTC), name=name, replay=replay or configured().replay, own=configured()):
        path = None
        if isinstance(one.came, NotLearned):
            code = code or 1
        elif write_:
            try:
                path = _write(one)
            except BadInput as fault:  # what was learned of it is shown, and the next is written all the same
                say(f"thoisu: {respoken(str(fault))}")
                code = 2
        if json_:
            print_json(_row(one, path))
        else:
            _show(one, path)
    if code:
        raise typer.Exit(code)


def _listed(file: Path | None) -> list[str]:
    """The addresses of a file; the first word of each line, blank lines and comments left out."""
    if file is None:
        return []
    try:
        lines = list(input_lines()) if str(file) == "-" else file.read_bytes().splitlines()
    except OSError as error:
        raise BadInput(f"cannot read {file}: {error.strerror or error}") from None
    texts = (line.decode("utf-8-sig", "replace").split() for line in lines)
    return [words[0] for words in texts if words and not words[0].startswith("#")]


def _write(one: Adoption) -> Path:
    """The spider's file: in the user's own folder of sites if there is one, else in the checkout."""
    from crawler.adopt import write as write_files

    own = configured().sites
    if own is None and one.name in all_sites():
        raise BadInput(f"a spider is called {one.name} already; name the new one with --name")
    if own is not None:
        return write_files(one, own, own / "golden")[0]
    folder = Path(import_module("spiders").__path__[0])
    tests = folder.parent / "tests" / "golden"
    return write_files(one, folder, tests if tests.is_dir() else None)[0]


def _row(one: Adoption, path: Path | None) -> dict[str, Any]:
    from crawler.learn import Learned, spider_file

    row: dict[str, Any] = {"name": one.name, "url": one.url, "adopted": False, "reason": None, "requests": one.requests}
    if not isinstance(one.came, Learned):
        return row | {"reason": one.came.reason, "detail": one.came.sentence, "site": None, "report": [], "path": None}
    site = one.came.site
    about = describe(site) | {
        "article": site.article,
        "exclude": site.exclude,
        "keep_query": list(site.keep_query),
        "keep_slash": site.keep_slash,
    }
    report = [{"part": said.part, "sure": said.sure, "text": said.text} for said in one.came.report]
    return row | {
        "adopted": True,
        "site": about,
        "report": report,
        "file": spider_file(one.came),
        "path": str(path) if path else None,
    }


def _show(one: Adoption, path: Path | None) -> None:
    from crawler.learn import Learned, spider_file

    screen = console()
    if not isinstance(one.came, Learned):
        said = spoken("not adopted, {reason}: {why}", reason=one.came.reason, why=respoken(one.came.sentence))
        screen.print(shown(f"{one.url}: {said}"), style="yellow", soft_wrap=True)
        return
    write(spider_file(one.came).rstrip("\n"))
    screen.print(f"\n{one.name}: {spoken('{n} requests', n=one.requests)}", style="bold")
    sure, doubtful = (f"{word:<7}" for word in (spoken("sure"), spoken("look at")))
    for part in one.came.report:
        line = f"  {sure if part.sure else doubtful}  {respoken(part.part):<9}  {respoken(part.text)}"
        screen.print(shown(line), style=None if part.sure else "yellow", soft_wrap=True)
    if path is not None:
        screen.print(f"\n{spoken('written: {path}', path=path)}", style="bold", soft_wrap=True)
        screen.print(spoken("next: read it, then run"))
        screen.print(f"  thoisu crawl {one.name} --limit 3")
    else:
        screen.print(f"\n{spoken('nothing is written; --write makes it a spider')}")

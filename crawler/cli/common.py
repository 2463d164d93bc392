"""What the commands share: where their input comes from, how values become lines, which sites there are."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, get_args
from urllib.parse import quote, urlsplit

import typer

from crawler.configuration import Settings
from crawler.errors import BadInput
from crawler.process import masked_address
from crawler.process.log_format import FORMATS
from crawler.sites import Site, Sites, Tier
from crawler.text import gunzip

if TYPE_CHECKING:
    from crawler.store import Store, StoredArticle
    from crawler.text import Moment

_PAPER = re.compile(r'<li><a href="http://[\w.-]+\.localhost:')
_STRANGER = re.compile(r'<li class="stranger"><a href="http://[\w.-]+\.localhost:')

LONGEST_LINE = 16 * 2**20
"""Bytes of a line of a list; those with carriage returns alone are one line."""


def local(moment: datetime | None) -> str:
    """A time for a person, on Viet Nam's clock; "-" for None."""
    from crawler.text import local_time

    return local_time(moment) if moment else "-"


def is_url(source: str) -> bool:
    """Whether the argument is a web address rather than a file."""
    return source.lower().startswith(("http://", "https://"))


def file_url(file: str) -> str:
    """An address for a saved page that names none: the file's name alone, since the folder is nobody's business."""
    return f"file:///{quote(Path(file).name)}"


def typed(text: str) -> str:
    """An argument as text; raises `BadInput` when its bytes are not UTF-8."""
    try:
        # What the locale could not decode came as lone surrogates.
        return text if text.isprintable() else os.fsencode(text).decode()
    except UnicodeError:
        raise BadInput(f"{text!r} is not written in UTF-8") from None


def standard_input() -> BinaryIO:
    """Standard input; raises `BadInput` when it is closed."""
    if sys.stdin is None:
        raise BadInput("standard input is closed")
    return sys.stdin.buffer


def input_lines() -> Iterator[bytes]:
    """The lines of standard input; raises `BadInput` when it is closed, and at a line longer than `LONGEST_LINE`."""
    stream, number = standard_input(), 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise BadInput(f"line {number} of standard input is longer than {LONGEST_LINE // 2**20} MB")
        yield line


def read_input(source: str, limit: int) -> bytes:
    """The bytes of a file, or of standard input for "-"; gzip is unpacked.

    Raises `BadInput` for a file that cannot be opened, `Discard` with TOO_LARGE above `limit` bytes or UNREADABLE.
    """
    try:
        if source == "-":
            body = standard_input().read(limit + 1)
        else:
            with Path(source).open("rb") as file:
                body = file.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise BadInput(f"cannot read {source}: {reason}") from None
    return gunzip(body, limit)


@lru_cache(1)
def configured() -> Settings:
    """Our settings, read from the environment once in a call of the command; `BadInput` names a wrong one."""
    return Settings.load()


def all_sites(newsroom: str | None = None) -> Sites:
    """The sites of `spiders` and of THOISU_SITES, and those of the embedded newsroom when one is running for us."""
    return sites_of(configured(), newsroom)


def sites_of(settings: Settings, newsroom: str | None = None) -> Sites:
    """As `all_sites`, by these settings."""
    from crawler.sites import load_sites

    described = load_sites(settings.sites)
    base = newsroom or settings.newsroom
    return described | papers_of(base) if base else described


def papers_of(newsroom: str) -> Sites:
    """The sites that the embedded newsroom at a base URL serves, none for strangers; `BadInput` when none answers."""
    from urllib.request import ProxyHandler, build_opener

    from crawler.newsroom import newsroom_sites

    try:
        base = urlsplit(newsroom)
        if base.scheme != "http" or base.hostname not in ("127.0.0.1", "localhost"):
            raise BadInput(f"{newsroom!r} is no newsroom; it reads like http://127.0.0.1:8080")
        with build_opener(ProxyHandler({})).open(f"http://{base.netloc}/", timeout=5) as answer:
            front = answer.read(2**20).decode("utf-8", "replace")
    except (OSError, ValueError) as error:
        raise BadInput(f"no newsroom answers at {newsroom} ({error}); start one: thoisu newsroom") from None
    count = len(_PAPER.findall(front))
    if not count and not _STRANGER.search(front):
        raise BadInput(f"what answers at {newsroom} is no newsroom; start one: thoisu newsroom")
    return newsroom_sites(newsroom, count)


def site_named(name: str, sites: Mapping[str, Site]) -> Site:
    """The site of a name; `BadInput` with the nearest names when there is none."""
    if name in sites:
        return sites[name]
    near = get_close_matches(name, sites, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else "`thoisu sites` lists them"
    raise BadInput(f"no site is called {name!r}; {hint}")


def site_names(store: Store) -> set[str]:
    """The sites of which the store holds something."""
    from crawler.store import queries

    with store.reading() as connection:
        return set(queries.site_names(connection))


def known_here(names: Iterable[str], known: Collection[str]) -> list[str]:
    """The names, each once; `BadInput` as `site_named` for one that neither the store has `known` nor we do."""
    found = list(dict.fromkeys(names))
    if missing := [name for name in found if name not in known]:
        sites = all_sites()
        for name in missing:
            site_named(name, sites)
    return found


def site_for(url: str, name: str | None, sites: Sites) -> Site | None:
    """The site named by `--site`, else the one that takes the address, else none."""
    return sites.find(url) if name is None else site_named(name, sites)


SitesOption = Annotated[
    list[str] | None, typer.Option("--site", metavar="SITE", help="Of this site; of any of them when repeated.")
]
TiersOption = Annotated[
    list[str] | None,
    typer.Option("--tier", metavar="TIER", help=f"Of sites of this tier ({', '.join(get_args(Tier))}). Repeatable."),
]
SinceOption = Annotated[
    str | None, typer.Option(metavar="DATE", help="Published since 2026-08-01, or 2026-08-01T06:30.")
]
UntilOption = Annotated[
    str | None, typer.Option(metavar="DATE", help="Published until the end of 2026-08-07, or before 2026-08-07T06:30.")
]
TextsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--text",
        metavar="TEXT",
        help="With this in title, lead or body, with each when repeated; diacritics may be left out.",
    ),
]
SitesArgument = Annotated[list[str] | None, typer.Argument(metavar="SITE", help="Names of sites; none is all.")]


def chosen_sites(names: Iterable[str], sites: Sites) -> Sites:
    """The sites of these names, all of `sites` when there are none; `BadInput` as `site_named`."""
    return Sites([site_named(name, sites) for name in dict.fromkeys(names)]) if names else sites


def texts_of(texts: Iterable[str] | None) -> list[str]:
    """What `--text` names, each a query of `crawler.text.query`."""
    return [typed(one) for one in texts or ()]


def chosen_names(store: Store, sites: Iterable[str] | None, tiers: Iterable[str] | None = None) -> list[str]:
    """The names that `--site` and `--tier` choose, none for all.

    `BadInput` as `known_here`, for a word that is no tier, and when no site is of the tiers.
    """
    names = known_here(sites, site_names(store)) if sites else []
    return _of_tiers(names, list(tiers)) if tiers else names


def _of_tiers(names: list[str], tiers: list[str]) -> list[str]:
    sites = all_sites()
    if unknown := next((one for one in tiers if one not in get_args(Tier)), None):
        raise BadInput(f"no tier is called {unknown!r}; there are {', '.join(get_args(Tier))}")
    found = [name for name in names or sites if name in sites and sites[name].tier in tiers]
    if not found:
        of = " or ".join(tiers)
        raise BadInput(f"none of the sites {', '.join(names)} is of tier {of}" if names else f"no site is of tier {of}")
    return found


def open_store(url: str | None, *, reading: bool = True) -> Store:
    """The store that is there; `BadInput` when there is none yet, since looking must not make an empty one."""
    from crawler.store import Store

    url = url or configured().database_url
    if not is_there(url):
        raise BadInput(f"there is no store at {masked_address(url)} yet; fill one: thoisu crawl nhandan")
    return Store.open(url, reading=reading, make=False)


def is_there(url: str) -> bool:
    """Whether there is a store at a database address; of a server, only its answer would tell."""
    path = url.removeprefix("sqlite:///") if url.startswith("sqlite:///") else None
    if not path or path.startswith("file:"):
        return True
    file = Path(path.partition("?")[0])
    return file.exists() and (not file.is_file() or file.stat().st_size > 0)


LogFormatOption = Annotated[
    str | None, typer.Option(metavar="FORMAT", help="Write the log as text or json; default: THOISU_LOG_FORMAT.")
]


def chosen_format(asked: str | None) -> str:
    """How the log is written; `BadInput` for what is no format."""
    if asked is None:
        return configured().log_format
    if asked not in FORMATS:
        raise BadInput(f"--log-format is {' or '.join(FORMATS)}, not {asked!r}")
    return asked


def begin_log(asked: str | None) -> None:
    """Log to standard error as `--log-format`, or our settings, say; `BadInput` for what is no format."""
    from crawler.process.log_format import log_to_stderr
    from crawler.text import VIETNAM

    log_to_stderr(configured().log_level, chosen_format(asked), VIETNAM)


StoreOption = Annotated[str | None, typer.Option(metavar="URL", help="Database; default: THOISU_DATABASE_URL.")]

MOST = 2**63 - 1
"""The greatest number that a database takes."""
_YEAR = re.compile(r"([0-9]{4})-[0-9]{1,2}-[0-9]{1,2}(?![0-9])|[0-9]{1,2}/[0-9]{1,2}/([0-9]{4})(?![0-9])", re.ASCII)


def moment(text: str) -> datetime:
    """A date or time as a person writes it, on Viet Nam's clock when it names no zone."""
    return _date(text).at


def period(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """What `--since` and `--until` name: the first moment, and the first that is too late.

    `BadInput` when the first is behind the last, of which nothing can be.
    """
    begin = None if since is None else moment(since)
    end = None if until is None else _date(until).end
    if begin and end and begin > end:
        raise BadInput(f"--since {since} is after --until {until}")
    return begin, end


def _date(text: str) -> Moment:
    from crawler.text import YEARS, parse_date

    if (found := parse_date(text)) is None:
        year = _YEAR.match(text.strip())
        if year and int(year[1] or year[2]) not in YEARS:
            raise BadInput(f"{text!r} is out of range: the years are {YEARS[0]} to {YEARS[-1]}")
        if year and year.end() == len(text.strip()):
            raise BadInput(f"there is no day {text!r} in the calendar")
        raise BadInput(f"{text!r} is no date; write 2026-08-01 or 2026-08-01T06:30")
    return found


def stored(store: Store, id_: int) -> StoredArticle:
    """All that is held of an article; `BadInput` when there is none of this number."""
    found = store.article(id_) if abs(id_) <= MOST else None
    if found is None:
        raise BadInput(f"there is no article {id_}; `thoisu articles` lists them")
    return found

"""Our own settings: a value that is made when it is asked for, from the environment and a `.env` file.

`Settings()` is what holds when nobody says otherwise; `Settings.load()` is the only reader of the environment. The
command loads it once and hands on what each part needs; Scrapy's commands get it by the add-on `FromEnvironment`.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from difflib import get_close_matches
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.configuration import dotenv, parsers
from crawler.errors import BadInput
from crawler.process import install_log_records

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

logger = logging.getLogger(__name__)
ENV_FILE = Path(".env")
_PROJECT = 20  # scrapy.settings.SETTINGS_PRIORITIES; what has more, as `-s NAME=value`, wins over the environment
_DAY = 86_400.0
_MANY = 1_000_000_000
_REFERENCE = re.compile(r"\$\{(\w+)\}")


def _setting(default: Any, help_: str, read: Callable[[str], Any] = str, unit: str = "") -> Any:
    return field(default=default, metadata={"help": help_, "read": read, "unit": unit})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Each field is set as `THOISU_` and its name in capitals; None and "" stand for "not set"."""

    database_url: str = _setting("sqlite:///thoisu.db", "Where articles are stored, as an SQLAlchemy URL.")
    contact: str = _setting(
        "", "Mail address or URL that the user agent gives to the sites. Set it before a crawl.", parsers.plain_ascii
    )
    delay: float | None = _setting(
        None,
        "Between two requests to a site, for every site; empty: as each site says.",
        parsers.number(0, _DAY),
        "seconds",
    )
    budget: int | None = _setting(
        None,
        "Requests a day to a site, all told, for every site; empty: as each site says.",
        parsers.count(1, _MANY),
        "requests",
    )
    sites_at_once: int = _setting(8, "How many sites are crawled at the same time.", parsers.count(1, 1000), "sites")
    newsroom: str | None = _setting(
        None, "Base URL of an embedded newsroom, the only loopback address that is let through.", parsers.web
    )
    replay: Path | None = _setting(
        None, "Folder with replay.tsv: answer every request from it instead of the network.", Path
    )
    proxy: str | None = _setting(
        None,
        "HTTP proxy through which all sites are asked; docs/deploy.md says what that takes away. Empty: none is.",
        parsers.proxy,
    )
    sites: Path | None = _setting(
        None, "Folder of spiders of your own, beside those that come with thoisu (docs/add-a-site.md).", Path
    )
    archive: Path | None = _setting(
        None, "Folder of WARC files in which every fetched page is kept; empty: none is.", Path
    )
    archive_url: str | None = _setting(
        None,
        "Where finished files of the archive are moved, as s3://bucket/warc; empty: they stay in their folder.",
        parsers.object_url,
    )
    notify: str = _setting("", "Who hears of findings and alerts: apprise URLs, or a file of apprise's.")
    archive_mb: float = _setting(
        1000.0,
        "After which a file of the archive is full and the next begins.",
        parsers.number(0.001, 1_000_000),
        "megabytes",
    )
    archive_total_mb: float | None = _setting(
        None,
        "The most that all files of the archive take; the oldest go first. Empty: no limit.",
        parsers.number(0.001, 1_000_000_000),
        "megabytes",
    )
    keep_pages: timedelta | None = _setting(
        None,
        "How long files of the archive are kept (docs/operations.md), as 90d, 12w or 2y; empty: for ever.",
        parsers.span(1),
    )
    keep_links: timedelta | None = _setting(
        None,
        "How long it is kept what shards of sitemaps have listed, and how polls went; empty: for ever.",
        parsers.span(60),
    )
    keep_refused: timedelta | None = _setting(
        None, "How long refused addresses, and pages for repair, are kept; empty: for ever.", parsers.span(30)
    )
    heartbeat_url: str | None = _setting(
        None,
        "Asked by the scheduler once a minute while all is well, so that its silence is noticed elsewhere.",
        parsers.secret_web,
    )
    sinks: Path = _setting(
        Path("sinks.toml"), "File that names where `thoisu deliver` sends changes (docs/deliver.md).", Path
    )
    lang: str = _setting("en", "What commands, `--help` and messages say: en or vi (docs/cli.md).", parsers.language)
    log_level: str = _setting("WARNING", "DEBUG, INFO, WARNING or ERROR.", parsers.log_level)
    log_format: str = _setting(
        "text", "How what is logged is written: text, or json, an object a line.", parsers.log_format
    )

    article_maxsize: int = _setting(
        10 * 2**20,
        "The most that is taken of a page, before and after decompression.",
        parsers.count(1, 2**31 - 1),
        "bytes",
    )
    read_seconds: float = _setting(
        10.0, "Processor time for the reading of one page or source.", parsers.number(0.1, _DAY), "seconds"
    )
    readers: int = _setting(
        1, "The most processes at once in which one command reads pages and sources.", parsers.count(1, 64), "processes"
    )
    robots_maxsize: int = _setting(
        2**19,
        "How much of a robots.txt is obeyed; RFC 9309, section 2.5, asks for at least 500 KiB.",
        parsers.count(1, 2**31 - 1),
        "bytes",
    )
    crawl_delay_max: float = _setting(
        60.0, "The longest Crawl-delay of a robots.txt that is obeyed in full.", parsers.number(0, _DAY), "seconds"
    )
    backoff_first: float = _setting(
        15.0,
        "Pause after the first 429 or 503 without Retry-After, doubled each time.",
        parsers.number(0, _DAY),
        "seconds",
    )
    backoff_max: float = _setting(
        600.0,
        "The longest wait in a row, all pauses together; a site that asks for more is left until the next run.",
        parsers.number(0, _DAY),
        "seconds",
    )
    failures_max: int = _setting(
        5,
        "Network failures in a row after which a site is left until the next run.",
        parsers.count(1, _MANY),
        "failures",
    )
    listing_pages: int = _setting(
        10, "The most pages of one listing that one poll follows.", parsers.count(1, _MANY), "pages"
    )
    tries_max: int = _setting(5, "Runs after which a page that fails is given up.", parsers.count(1, _MANY), "runs")
    audit_every: int = _setting(
        10, "Every so many polls a source is asked without its validators.", parsers.count(1, _MANY), "polls"
    )
    revisit_days: int = _setting(
        3, "How far back a revisit asks known articles again.", parsers.count(0, 36_500), "days"
    )  # fmt: skip

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, env_file: Path | None = None) -> Settings:
        """From `environ` (default: the process's), else from `env_file` (default: `.env` here), else as it is.

        Raises `BadInput` that names the setting when a value cannot be meant, or the file when it is not UTF-8.
        """
        found, faults = cls.sound(environ, env_file)
        if faults:
            raise BadInput(faults[0])
        return found

    @classmethod
    def sound(
        cls, environ: Mapping[str, str] | None = None, env_file: Path | None = None
    ) -> tuple[Settings, tuple[str, ...]]:
        """As `load`, with the default where a value cannot be meant, and a sentence for each of these.

        Raises `BadInput` when the file cannot be read.
        """
        environ = os.environ if environ is None else environ
        filed = _read(ENV_FILE if env_file is None else env_file)
        values, faults = {}, []
        for setting in SETTINGS:
            if text := (environ.get(setting.name) or filed.get(setting.name) or "").strip():
                try:
                    values[setting.field] = setting.read(text)
                except BadInput as error:
                    faults.append(f"{setting.name} {error}")
        return cls(**values), tuple(faults)

    @property
    def user_agent(self) -> str:
        """Who asks, as each request says."""
        try:
            number = version("thoisu")
        except PackageNotFoundError:  # run from a checkout that nobody installed
            number = "0"
        return f"thoisu/{number} (+{self.contact})" if self.contact else f"thoisu/{number} (no contact given)"

    def apply_to(self, settings: BaseSettings) -> None:
        """Put all of it into Scrapy's settings, with the priority of the project, and what follows from it there."""
        values: dict[str, Any] = {setting.name: getattr(self, setting.field) for setting in SETTINGS}
        values |= {"USER_AGENT": self.user_agent, "LOG_LEVEL": self.log_level}
        if self.replay is not None:
            replay = "crawler.fetch.replay.ReplayHandler"
            handlers = {scheme: path and replay for scheme, path in settings["DOWNLOAD_HANDLERS"].items()}
            values |= {"DOWNLOAD_HANDLERS": handlers, "ROBOTSTXT_OBEY": False, "RETRY_ENABLED": False}
        for name, value in values.items():
            settings.set(name, str(value) if isinstance(value, Path) else value, priority=_PROJECT)


@dataclass(frozen=True, slots=True)
class Setting:
    """One of `Settings`, as a person sets it in the environment or in `.env`."""

    name: str
    field: str
    default: str
    """As it would be written; "" for none."""
    unit: str
    help: str
    read: Callable[[str], Any]
    """Its value from what is written; raises `BadInput` that goes on after the name."""


def _written(default: Any) -> str:
    return "" if default is None else f"{default:g}" if isinstance(default, float) else str(default)


SETTINGS: tuple[Setting, ...] = tuple(
    Setting(f"THOISU_{one.name.upper()}", one.name, _written(one.default), **one.metadata) for one in fields(Settings)
)
DEFAULTS = Settings()
_PREFIX = "THOISU_"
_NAMES = frozenset(one.name for one in SETTINGS)
_OF_TESTS = frozenset({"THOISU_CASES", "THOISU_CORPUS", "THOISU_KILLS"})
"""Of the tests of this project; they are set for a whole shell."""


class FromEnvironment:
    """A Scrapy add-on: the environment and `.env` for Scrapy's own commands; `-s THOISU_…=value` wins over both."""

    @classmethod
    def update_pre_crawler_settings(cls, settings: BaseSettings) -> None:
        """Before any crawler is made, since spiders look at them; raises `BadInput` as `Settings.load`."""
        install_log_records()
        cls.load(settings).apply_to(settings)
        for doubt in doubts({**os.environ, **dict.fromkeys((name for name in settings if _is_slip(str(name))), "")}):
            logger.warning("%s", doubt)

    @staticmethod
    def load(settings: BaseSettings) -> Settings:
        """Our settings for a command of Scrapy's; raises `BadInput` as `Settings.load`."""
        given = {one.name: settings[one.name] for one in SETTINGS if (settings.getpriority(one.name) or 0) > _PROJECT}
        said = {name: "" if value is None else str(value) for name, value in given.items()}
        return Settings.load({**os.environ, **said})


def secret(name: str) -> str | None:
    """What another file refers to by name, from the environment or `.env`; None when it is not set."""
    return os.environ.get(name) or _read(ENV_FILE).get(name)


def filled(text: str, variable: Callable[[str], str | None] = secret) -> str:
    """`text` with what it refers to as `${NAME}`; BadInput names what is not set."""

    def of(match: re.Match[str]) -> str:
        found = variable(match[1])
        if found is None:
            raise BadInput(f"{match[0]} is set neither in the environment nor in .env")
        return found

    return _REFERENCE.sub(of, text)


def doubts(environ: Mapping[str, str] | None = None, env_file: Path | None = None) -> Iterator[str]:
    """What is set and may be a slip, a sentence each: a name of ours that nothing reads, two values for one name,
    an object store for an archive that nobody keeps.

    Raises `BadInput` when the file cannot be read.
    """
    environ = os.environ if environ is None else environ
    env_file = ENV_FILE if env_file is None else env_file
    filed = dotenv.read(env_file)
    for name in sorted(filter(_is_slip, environ)):
        yield f"{name} is set, {_is_none(name)}"
    for name, entries in filed.items():
        if _is_slip(name):
            yield f"{env_file}, line {entries[0].line}, sets {name}, {_is_none(name)}"
        elif len({entry.value for entry in entries}) > 1 and name.startswith(_PREFIX):
            lines = ", ".join(str(entry.line) for entry in entries[:-1])
            yield f"{name} is set in line {lines} of {env_file} and again in line {entries[-1].line}, which counts"
    own, _ = Settings.sound(environ, env_file)
    if own.archive_url and own.archive is None:
        yield "THOISU_ARCHIVE_URL is set and THOISU_ARCHIVE is not: no page is kept; name the folder where files begin"


def _is_slip(name: str) -> bool:
    return name.upper().startswith(_PREFIX) and name not in _NAMES and name not in _OF_TESTS


def _is_none(name: str) -> str:
    near = get_close_matches(name.upper().removeprefix(_PREFIX), [one.removeprefix(_PREFIX) for one in _NAMES], n=1)
    hint = f"did you mean {_PREFIX}{near[0]}?" if near else "docs/settings.md lists them"
    return f"which is none of our settings and changes nothing; {hint}"


def _read(env_file: Path) -> dict[str, str]:
    return {name: entries[-1].value for name, entries in dotenv.read(env_file).items()}

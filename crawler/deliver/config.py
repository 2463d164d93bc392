"""The sinks as a person names them, in one TOML file: a section each, with its URL, filters and options.

Which class takes a URL its scheme says: those of this package by name, all others by the entry-point group
`thoisu.sinks`, which may also put another in the place of one of ours.
"""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, get_args

from crawler.configuration import DEFAULTS, Settings, filled
from crawler.deliver.sink import Sink
from crawler.errors import BadInput
from crawler.sites import Sites, Tier
from crawler.text.query import parse

GROUP = "thoisu.sinks"
"""A scheme → a subclass of `Sink`."""
_MIRROR = "crawler.deliver.sql_mirror:SqlMirror"
_WEBHOOK = "crawler.deliver.webhook:Webhook"
BUILT_IN = {
    "jsonl": "crawler.deliver.jsonl:JsonLines",
    "csv": "crawler.deliver.csv:Csv",
    "parquet": "crawler.deliver.parquet:Parquet",
    **dict.fromkeys(("sqlite", "postgresql", "mysql", "mariadb", "oracle", "mssql"), _MIRROR),
    **dict.fromkeys(("http", "https"), _WEBHOOK),
    "nats": "crawler.deliver.nats:JetStream",
}
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_OWN_KEYS = ("url", "sites", "tiers", "text", "stories")


@dataclass(frozen=True, slots=True)
class Route:
    """A sink by its name, and which changes go to it."""

    name: str
    url: str
    """As the file has it, secrets by their references."""
    sink: Sink
    sites: frozenset[str] | None
    """None for all."""
    text: str | None
    """A query (`crawler.text.query`)."""
    stories: bool = False
    """Of each story the first page, and then those that add something."""
    known: Callable[[], Sites] = Sites
    """All sites that are described: whose publisher and tier is given with what comes from them."""


def read_routes(
    path: Path, sites: Callable[[], Sites], variable: Callable[[str], str | None], own: Settings = DEFAULTS
) -> list[Route]:
    """The sinks of a file, in its order.

    `sites` gives all that there are, and is asked when a filter names some; `variable` gives what stands for `${NAME}`;
    `own` are the settings that the sinks may look at (`Sink.attach`).

    BadInput, with one line that names section and key, for whatever cannot be meant.
    """
    try:
        sections = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(f"there is no {path}; docs/deliver.md tells how to write one") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(f"cannot read {path}: {error}") from None
    routes: list[Route] = []
    for name, section in sections.items():
        try:
            route = _route(name, section, sites, variable)
            if twin := next((one.name for one in routes if one.url == route.url), None):
                # Each would take the other's rows in one file for its own.
                raise BadInput(f"[{twin}] has the same url")
            route.sink.attach(own)
        except BadInput as error:
            raise BadInput(f"{path}, [{name}]: {error}") from error
        routes.append(route)
    return routes


def sink_class(url: str) -> type[Sink]:
    """The class for a URL, by its scheme without the driver after a "+"; BadInput when there is none."""
    scheme = url.partition(":")[0].partition("+")[0].lower()
    known = {name: EntryPoint(name, value, GROUP) for name, value in BUILT_IN.items()}
    known |= {point.name: point for point in entry_points(group=GROUP)}
    if ":" not in url or scheme not in known:
        raise BadInput(f"no sink takes {url.partition(':')[0]!r}; there are {', '.join(sorted(known))}")
    try:
        found = known[scheme].load()
    except ImportError as error:
        raise BadInput(f"{scheme} sinks cannot be used: {error}") from error
    if not (isinstance(found, type) and issubclass(found, Sink)):
        raise BadInput(f"the entry point {scheme!r} of {GROUP} names no sink but {known[scheme].value}")
    return found


def _route(name: str, section: Any, sites: Callable[[], Sites], variable: Callable[[str], str | None]) -> Route:
    if not isinstance(section, dict):
        raise BadInput(f"a sink is a section: [NAME] with url = …, not {name} = {section!r}")
    if not _NAME.fullmatch(name):
        raise BadInput("a name is of a-z, 0-9, - and _, 64 at most")
    if not isinstance(section.get("url"), str):
        raise BadInput('url is missing; it reads like url = "jsonl:feed"')
    values = {key: _filled(value, variable) for key, value in section.items()}
    found = sink_class(values["url"])
    options = {key: value for key, value in values.items() if key not in _OWN_KEYS}
    parameters = inspect.signature(found).parameters.values()
    known = {one.name for one in parameters if one.kind is inspect.Parameter.KEYWORD_ONLY}
    if unknown := sorted(options.keys() - known):
        keys = ", ".join((*_OWN_KEYS, *sorted(known)))
        raise BadInput(f"there is no key {unknown[0]!r}; there are {keys}")
    if missing := sorted(
        one.name for one in parameters if one.name in known - options.keys() and one.default is one.empty
    ):
        raise BadInput(f"{missing[0]} is missing")
    return Route(
        name=name,
        url=section["url"],
        sink=found(name, values["url"], **options),
        sites=_sites(_names(section, "sites"), _names(section, "tiers"), sites),
        text=_text(section.get("text")),
        stories=_stories(section.get("stories")),
        known=sites,
    )


def _filled(value: Any, variable: Callable[[str], str | None]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(one, variable) for key, one in value.items()}
    return filled(value, variable) if isinstance(value, str) else value


def _names(section: Mapping[str, Any], key: str) -> list[str] | None:
    value = section.get(key)
    if value is None:
        return None
    if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
        raise BadInput(f'{key} is a list of names: {key} = ["…"], not {value!r}')
    return value


def _sites(
    names: Collection[str] | None, tiers: Collection[str] | None, sites: Callable[[], Sites]
) -> frozenset[str] | None:
    if names is None and tiers is None:
        return None
    known = sites()
    if unknown := sorted(set(names or ()) - known.keys()):
        raise BadInput(f"no site is called {unknown[0]!r}; `thoisu sites` lists them")
    if unknown := sorted(set(tiers or ()) - set(get_args(Tier))):
        raise BadInput(f"there is no tier {unknown[0]!r}; there are {', '.join(get_args(Tier))}")
    return frozenset(
        name
        for name, site in known.items()
        if (names is None or name in names) and (tiers is None or site.tier in tiers)
    )


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadInput(f"text is a query, not {value!r}")
    parse(value)
    return value


def _stories(value: Any) -> bool:
    if value is not None and not isinstance(value, bool):
        raise BadInput(f"stories is true or false, not {value!r}")
    return bool(value)

"""Sites that installed packages bring along, by entry points of the group `thoisu.sites`.

An entry point names a package, or a module, of spiders: `baomau = "baomau_sites"`. What cannot be loaded is left out
with a sentence in the log, and the rest is there.
"""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import NamedTuple

logger = logging.getLogger(__name__)
GROUP = "thoisu.sites"
_SAID_MAX = 300  # letters of what an error says


class Offered(NamedTuple):
    """A module of spiders, and the distribution that brought it."""

    distribution: str
    module: ModuleType


@cache
def offered() -> tuple[Offered, ...]:
    """The modules of spiders that installed packages offer and that can be loaded, in the order of their names."""
    found: dict[str, Offered] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        distribution = point.dist.name if point.dist else point.name
        for module in _modules(point, distribution):
            found.setdefault(module.__name__, Offered(distribution, module))
    return tuple(found.values())


def left_out(distribution: str, what: str, error: BaseException | str) -> None:
    """Say that something of an installed package is not used, and why."""
    why = " ".join(f"{type(error).__name__}: {error}".split() if isinstance(error, BaseException) else error.split())
    logger.warning("%s of the installed package %s is left out: %s", what, distribution, why[:_SAID_MAX])


def _modules(point: EntryPoint, distribution: str) -> Iterator[ModuleType]:
    package = _loaded(point.module, distribution)
    if package is None:
        return
    yield package
    try:
        names = [info.name for info in pkgutil.iter_modules(getattr(package, "__path__", ()), f"{package.__name__}.")]
    except Exception as error:
        left_out(distribution, package.__name__, error)
        return
    for name in names:
        if (module := _loaded(name, distribution)) is not None:
            yield module


def _loaded(name: str, distribution: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:  # whatever somebody else's code raises ends nothing but itself
        left_out(distribution, name, error)
        return None

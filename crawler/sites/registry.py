"""Every site that somebody has described: the spiders of the package `spiders`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from crawler.errors import BadSite
from crawler.sites.site import Site


def load_sites() -> dict[str, Site]:
    """Every site of the `spiders` package by the name of its spider, in alphabetical order.

    Raises `BadSite` when a spider's file cannot be read, or two spiders share a name or a host.
    """
    sites: dict[str, Site] = {}
    hosts: dict[str, str] = {}
    for name, site in sorted(_walk(), key=lambda found: found[0]):
        if name in sites:
            raise BadSite(f"two spiders are called {name!r}")
        sites[name] = site
        for host in site.all_hosts:
            if hosts.setdefault(host, name) != name:
                raise BadSite(f"{name} and {hosts[host]} both claim the host {host}")
    return sites


def _walk() -> Iterator[tuple[str, Site]]:
    package = importlib.import_module("spiders")  # SPIDER_MODULES: loaded by name, as Scrapy does
    for info in pkgutil.iter_modules(package.__path__, "spiders."):
        try:
            module = importlib.import_module(info.name)
        except (SyntaxError, TypeError, NameError, ImportError, AttributeError) as error:
            raise BadSite(f"{info.name.replace('.', '/')}.py: {error}") from error
        for value in vars(module).values():
            site = getattr(value, "site", None)
            if isinstance(value, type) and isinstance(site, Site) and value.__module__ == module.__name__:
                yield value.name, site  # type: ignore[attr-defined]

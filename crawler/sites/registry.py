"""The sites that somebody has described, by name and address: of `spiders`, of plug-ins, of a user's own folder."""

from __future__ import annotations

import importlib.util
import os
import pkgutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType

from crawler.errors import BadInput, BadSite
from crawler.sites import plugins
from crawler.sites.layouts import Layout
from crawler.sites.site import Site
from crawler.sites.urls import host_of


class Sites(Mapping[str, Site]):
    """Sites by name, in the order in which they were given.

    Raises `BadSite` when one has no name, or two share a name or a host.
    """

    def __init__(self, sites: Iterable[Site] = ()) -> None:
        self._by_name: dict[str, Site] = {}
        self._by_host: dict[str, Site] = {}
        for site in sites:
            self._add(site)

    def _add(self, site: Site) -> None:
        if not site.name:
            raise BadSite(f"{site.publisher} has no name; its spider gives it one")
        if site.name in self._by_name:
            raise BadSite(f"two spiders are called {site.name!r}")
        for host in site.all_hosts:
            if (other := self._by_host.get(host, site)) is not site:
                raise BadSite(f"{site.name} and {other.name} both claim the host {host}")
        self._by_name[site.name] = site
        self._by_host |= dict.fromkeys(site.all_hosts, site)

    def __getitem__(self, name: str) -> Site:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def __or__(self, others: Sites) -> Sites:
        """All of both; of two with one name that of `others`, in the place of the first."""
        return Sites({**self, **others}.values())

    def find(self, url: str) -> Site | None:
        """The site whose host is the most specific above that of `url`; None when there is none."""
        host = host_of(url)
        while host:
            if site := self._by_host.get(host):
                return site
            host = host.partition(".")[2]
        return None


OWN = "own_spiders"
"""The package as which a folder of the user's own spiders is imported."""


def load_sites(own: Path | None = None) -> Sites:
    """Every site of the `spiders` package, of the folder `own` and of plug-ins, in alphabetical order.

    Raises `BadSite` when a spider's file cannot be read, or two spiders share a name or a host; what is wrong with a
    plug-in leaves out its site (`crawler.sites.plugins`).
    """
    packages = ["spiders"]
    if own is not None:
        offer(own)
        packages.append(OWN)
    sites = Sites(site for name in packages for site in _walk(name))
    for distribution, module in plugins.offered():
        try:
            found = list(_sites_of(module))
        except Exception as error:
            plugins.left_out(distribution, module.__name__, error)
            continue
        for site in found:
            try:
                sites._add(site)
            except BadSite as clash:
                plugins.left_out(distribution, f"the site {site.name}", str(clash))
    return Sites(sorted(sites.values(), key=lambda site: site.name))


def offer(folder: Path) -> None:
    """Make the spiders of a folder importable, as modules of the package `OWN`; raises `BadSite` when it is none."""
    try:
        listed = folder.is_dir() and os.access(folder, os.R_OK | os.X_OK)
    except PermissionError:
        listed = False
    if not listed:
        raise BadSite(f"THOISU_SITES names {folder}, which is no folder that this user may read")
    package = ModuleType(OWN)
    package.__path__ = [str(folder)]
    sys.modules[OWN] = package


def site_folders(own: Path | None) -> list[str]:
    """The folders from which `load_sites` takes the sites; plug-ins lie where libraries are installed."""
    spec = importlib.util.find_spec("spiders")
    return [*(spec.submodule_search_locations or () if spec else ()), *([str(own)] if own else [])]


def plugin_modules(sites: Sites) -> list[str]:
    """The modules of plug-ins whose spiders are all among `sites`, by name."""
    return [
        module.__name__
        for _, module in plugins.offered()
        # Of a package, Scrapy would also load the modules that cannot be.
        if not hasattr(module, "__path__") and all(sites.get(site.name) is site for site in _sites_of(module))
    ]


def spider_path(name: str) -> Path | None:
    """The file in which the spider of a site stands: in the user's own folder, ours, or a plug-in; None without one."""
    packages = [sys.modules.get(OWN), sys.modules.get("spiders"), *(module for _, module in plugins.offered())]
    for package in packages:
        for folder in getattr(package, "__path__", ()):
            file = Path(folder) / f"{name}.py"
            if name.isidentifier() and file.is_file():
                return file
    return None


def _walk(name: str) -> Iterator[Site]:
    package = importlib.import_module(name)  # SPIDER_MODULES: loaded by name, as Scrapy does
    for info in pkgutil.iter_modules(package.__path__, f"{name}."):
        try:
            module = importlib.import_module(info.name)
        except (SyntaxError, TypeError, NameError, ImportError, AttributeError) as error:
            raise BadSite(f"{info.name.replace('.', '/')}.py: {error}") from error
        yield from _sites_of(module)


def _sites_of(module: ModuleType) -> Iterator[Site]:
    for value in vars(module).values():
        if isinstance(value, type) and value.__module__ == module.__name__:
            site = getattr(value, "site", None)
            if isinstance(site, Site):
                yield site


def read_file(file: Path) -> Sites | Layout:
    """The sites of a spider's file or, where there is no spider in it, its `LAYOUT`; the file is run as a module.

    Raises `BadInput` when it cannot be read, or holds neither.
    """
    spec = importlib.util.spec_from_file_location("tried_spider", file)
    if spec is None or spec.loader is None:
        raise BadInput(f"{file} is no file of Python")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (OSError, SyntaxError, TypeError, NameError, ImportError, AttributeError, BadSite) as error:
        raise BadInput(f"{file} cannot be read: {error}") from error
    if found := list(_sites_of(module)):
        return Sites(found)
    layout = getattr(module, "LAYOUT", None)
    if not isinstance(layout, Layout):
        raise BadInput(f"{file} holds neither a spider nor a LAYOUT")
    return layout

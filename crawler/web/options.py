"""How a server is told to be; needs nothing of the extra `web`."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """How a server was told to be."""

    host: str = "127.0.0.1"
    """The address that it listens at."""
    names: tuple[str, ...] = ()
    """Host names by which it is asked, beside "localhost" and addresses."""
    public: bool = False
    """Whether anybody may read, not only who has a token; of a server on loopback anybody on the machine may."""
    rate: int | None = None
    """Requests a minute of one client; None is `guard.RATE`, and no limit for a client on this machine."""
    budget: int | None = None
    """The daily budget set for all sites, if there is one."""
    sinks: Path | None = None
    """The file that names the sinks."""
    notify: str = ""
    """Who hears of alerts that name nobody."""
    archive: Path | None = None
    """The folder of WARC files, if pages are kept."""
    archive_url: str | None = None
    """The object store to which finished ones are moved."""

    @property
    def is_loopback(self) -> bool:
        """Whether it can be asked from this machine alone."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False

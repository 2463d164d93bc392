"""Which class takes a URL: those of this package by name, all others by the entry-point group `thoisu.sinks`."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

from crawler.deliver.sink import Sink
from crawler.errors import BadInput

GROUP = "thoisu.sinks"
"""A scheme → a subclass of `Sink`."""
_MIRROR = "crawler.deliver.sql_mirror:Mirror"
_WEBHOOK = "crawler.deliver.webhook:Webhook"
BUILT_IN = {
    "jsonl": "crawler.deliver.jsonl:JsonLines",
    "csv": "crawler.deliver.csv:Csv",
    "parquet": "crawler.deliver.parquet:Parquet",
    **dict.fromkeys(("sqlite", "postgresql", "mysql", "mariadb", "oracle", "mssql"), _MIRROR),
    **dict.fromkeys(("http", "https"), _WEBHOOK),
    "nats": "crawler.deliver.nats:JetStream",
}


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

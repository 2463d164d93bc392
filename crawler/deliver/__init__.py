"""Deliver: the change feed to every sink.

Around every sink.
sink.py         what a sink is: the contract between the deliverer and whoever takes its changes
config.py       the sinks as a person names them, in one TOML file: a section each, with its URL, filters and options
run.py          all sinks of a store at once, each in a thread of its own, so that none waits for another
deliverer.py    delivers the change feed to one sink: in order, at least once, and with the cursor in the store
text_filter.py  a sink's text filter over the feed, with the texts over which the search breaks set aside
outlet.py       a sink with all that it may do wrong: opened when first needed, its errors by name
status.py       how far each sink is and what is wrong with it, as values that a command prints and a page shows

The sinks, each loaded when its address is named.
jsonl.py        the sink `jsonl`: one JSON object a line, in files (jsonlines.org)
csv.py          the sink `csv`: RFC 4180 in UTF-8, a header in each file
row_files.py    files that grow by rows: the half that JSON Lines and CSV share
objects.py      the folder of an object store for such files
parquet.py      Parquet files, partitioned by day
sql_mirror.py   a mirror table in another database
webhook.py      one signed POST for each change
http_post.py    a connection over which one POST after another is sent, none of which takes longer than its time
nats.py         one message of NATS JetStream for each change
"""

from __future__ import annotations

from crawler.deliver.config import Route, read_routes
from crawler.deliver.deliverer import Deliverer, DeliveryBatch
from crawler.deliver.outlet import deliveries
from crawler.deliver.run import deliver, stopping
from crawler.deliver.sink import Delivery, Poisoned, Sink, SinkFailed
from crawler.deliver.status import SinkStatus, sink_status

__all__ = [
    "Deliverer",
    "Delivery",
    "DeliveryBatch",
    "Poisoned",
    "Route",
    "Sink",
    "SinkFailed",
    "SinkStatus",
    "deliver",
    "deliveries",
    "read_routes",
    "sink_status",
    "stopping",
]

"""What a process is to who runs it: how it ends, and what reaches his terminal and his logs.

stops.py     how SIGTERM and Ctrl-C end a process at every moment, and how it ends with who began it
output.py    the one module that prints; not imported here, since it loads what draws tables
log_format.py  how what is logged is written: lines, or JSON
fork_server.py  processes that begin with everything loaded; not imported here, since few commands begin any
forks.py     what runs in their server
later.py     what a package loads when it is asked for
terminal.py  what of a text from outside, and of a secret, may be shown
"""

from __future__ import annotations

from crawler.process.stops import answering, before_force, end_with_input, listening
from crawler.process.terminal import install_log_records, masked, masked_address, shown, stripped

__all__ = [
    "answering",
    "before_force",
    "end_with_input",
    "install_log_records",
    "listening",
    "masked",
    "masked_address",
    "shown",
    "stripped",
]

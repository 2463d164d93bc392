"""A process of the schedule that tells what it had to import."""

from __future__ import annotations

import atexit
import os
import sys

from crawler.cli import warm


def run(out: int, *words: str) -> None:
    """As `warm.run`; at its end the modules that were not loaded when it began, in a line."""
    before = set(sys.modules)
    atexit.register(lambda: os.write(out, (" ".join(sorted(set(sys.modules) - before)) + "\n").encode()))
    warm.run(words)

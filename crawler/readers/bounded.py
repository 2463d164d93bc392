"""Work on a text that is stored already, within limits: here while it is of a usual size, else in a reader process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from crawler.errors import Discard
from crawler.extract import deadline
from crawler.readers.pool import Readers

USUAL = 200_000
"""Characters up to which a text is worked on in this process; the longest articles have half of it."""
SECONDS = 20.0
"""Of processor time for the work on one article."""
T = TypeVar("T")


class Bounded:
    """Calls within limits. `careful` makes all of them in a reader: one of them may end its process."""

    def __init__(self, *, careful: bool = False) -> None:
        self._careful = careful

    def run(self, size: int, function: Callable[..., T], *args: Any, seconds: float = SECONDS) -> T:
        """What `function`, a module's own, gives for `args`, texts of `size` characters in all.

        Raises what it raises, and `Discard` with UNREADABLE for what passes a limit.
        """
        if self._careful or size > USUAL:
            return Readers(1).wait(seconds, function, *args)
        with deadline(seconds):
            return function(*args)


def why(error: Exception) -> str:
    """The reason for which a text could not be worked on, in a line."""
    said = error.detail if isinstance(error, Discard) else str(error)
    name = "" if isinstance(error, Discard) else type(error).__name__
    return ": ".join(" ".join(part.split()) for part in (name, said) if part) or type(error).__name__

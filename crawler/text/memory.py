"""What is made of each stretch of a text, remembered: of a page nearly all have been met before."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import filterfalse

_MANY = 1 << 16  # stretches that are remembered
_LONG = 40  # characters; a longer one is no word and will not come again


class Memory:
    """What is made of stretches without white space: the syllables of the language, names and numbers of some days.

    Of each there is a string in every form. Threads may share it.
    """

    def __init__(self, make: Callable[[Sequence[str]], Iterable[Sequence[str]]], forms: int = 1) -> None:
        """`make` gives for each form what comes of every stretch, in their order; it is asked for at least one."""
        self._make = make
        self._known: list[dict[str, str]] = [{} for _ in range(forms)]

    def joined(self, stretches: Collection[str], form: int = 0) -> str:
        """What comes of all of them in one form, in their order."""
        every = self._known
        known = every[form]
        try:
            return "".join(map(known.__getitem__, stretches))
        except KeyError:
            rare = self._learn(list(set(filterfalse(known.__contains__, stretches))), every)
        if not rare:
            return "".join(map(known.__getitem__, stretches))
        new = rare[form]
        return "".join([new[stretch] if stretch in new else known[stretch] for stretch in stretches])

    def forget(self) -> None:
        """Begin anew, as it does by itself when it holds too much."""
        self._known = [{} for _ in self._known]  # another thread may be reading the old ones

    def _learn(self, stretches: Sequence[str], every: list[dict[str, str]]) -> list[dict[str, str]]:
        """Add what is made of the stretches to `every`, []; what is made of them by form, where not all are kept."""
        if not stretches:  # another thread has learned them meanwhile
            return []
        new = [dict(zip(stretches, made, strict=True)) for made in self._make(stretches)]
        if len(every[0]) + len(stretches) <= _MANY and max(map(len, stretches)) < _LONG:
            for known, made in zip(every, new, strict=True):
                known.update(made)
            return []
        short = [stretch for stretch in stretches if len(stretch) < _LONG]
        if len(self._known[0]) + len(short) > _MANY:
            self.forget()
        if len(short) <= _MANY:
            for known, made in zip(self._known, new, strict=True):
                known.update((stretch, made[stretch]) for stretch in short)
        return new

"""Whether two texts that share most of their words open with news of their own.

A report is often little news over much background: two statements on one event, or a paper's next report over what it
told before, share more than a text that was edited does. What tells them apart is in front: a lead that was written
anew says in other words what the other text says as well, so most of its words stand somewhere in it.
"""

from __future__ import annotations

from collections.abc import Sequence

from crawler.compare.facts import ComparedText
from crawler.compare.gaps import WordGap

_KNOWN = 0.65  # share of the words of a lead written anew that stand somewhere in the other text
_NEWS = 24  # words that tell something
_SENTENCE = 12  # words of the least lead
_LITTLE = 60  # shingles in common that may be what a page has on its edge


class Opening:
    """What two texts begin with, up to the first words that both have."""

    def __init__(self, shorter: ComparedText, longer: ComparedText, found: Sequence[WordGap]) -> None:
        first = found[0] if found and found[0].i == found[0].j == 0 else WordGap(0, 0, 0, 0)
        self._texts = shorter, longer
        self._sizes = first.i_end, first.j_end

    def parts(self, shared: int) -> bool:
        """Whether each tells in front what the other tells nowhere, in paragraphs; `shared` shingles are in common.

        Of short texts with little in common one sentence is enough.
        """
        least, lines = (_SENTENCE, 1) if shared < _LITTLE else (_NEWS, 2)
        return all(
            size >= least and len(set(text.words.lines[:size])) >= lines and self._known(number) < _KNOWN
            for number, (text, size) in enumerate(zip(self._texts, self._sizes, strict=True))
        )

    def leads_on(self, later: ComparedText) -> bool:
        """Whether the later text has news in front of what the earlier has told."""
        number = self._texts.index(later)
        size, other = self._sizes[number], self._sizes[1 - number]
        return size >= _SENTENCE and (size >= other + _SENTENCE or self._known(number) < _KNOWN)

    def _known(self, number: int) -> float:
        """Share of the words of one text's opening that the other has somewhere."""
        forms = self._texts[number].words.forms[: self._sizes[number]]
        known = self._texts[1 - number].known
        return sum(form in known for form in forms) / len(forms)

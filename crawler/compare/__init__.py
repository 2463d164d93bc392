"""What two texts have in common: the edit between revisions of an article, the copies of one text in several papers.

Of one article: `compare`.
diff.py           the way from one text to the other, and what kind of edit it is
align.py          which elements of two sequences are the same ones
spelling.py       whether two wordings differ in spelling alone

Of several, found near each other and verified; what is exported here knows no store, which the last five do.
minhash.py        fingerprints by which texts that are alike are found
candidates.py     which texts share enough of a fingerprint to be compared
facts.py          the words of a text with those marked that state a fact
gaps.py           where the words of two texts differ
contradictions.py whether they state other facts there
contraries.py     words that say the contrary, another unit or another time of day
numbers.py        whether two numbers say the same      renderings.py  two names
openings.py       whether each text begins with news of its own
copies.py         whether two texts are one, or one tells what came of the other
stories.py        the stories that verified pairs make
tables.py         what is kept of them      fingerprints.py, story_queries.py  its SQL
additions.py      which pages of a story tell more than others of it
relate.py         brings them up to date behind the change feed
"""

from __future__ import annotations

from crawler.compare.copies import Relation, RelationKind
from crawler.compare.diff import EDIT_KINDS, Diff, DiffBlock, Piece, compare
from crawler.compare.facts import ComparedText

__all__ = [
    "EDIT_KINDS",
    "ComparedText",
    "Diff",
    "DiffBlock",
    "Piece",
    "Relation",
    "RelationKind",
    "compare",
]

"""How well near copies and stories are told, on labelled pairs, beside MinHashLSH and SimHash.

Usage:  python bench/copies.py [PAIRS OF EACH CLASS]      (default 250, which makes 5,000)
        python bench/copies.py --pairs FILE               pairs of real texts with a reader's label, .jsonl or .jsonl.gz

A pair is called the same when our fingerprints make it a candidate and the comparison verifies it. The stories are
made from a stream of all texts as the store makes them. The last line is one JSON object.

A line of FILE is an object: `label`, `hours` between the two, `first` and `second` with `lead` (or null) and `body`.
The label begins with S (the same text, edited, cut or extended), T (one template with other facts), E (the same event
in another report) or D (different); P (most of one text, each with matter of its own) counts on neither side. What
stands behind the letter does not matter: U (news since), F (a fact differs).
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from datasketch import MinHash, MinHashLSH
from pairs import FACTS, OTHER, SAME, Draft, Pair, pairs

from crawler.compare import ComparedText
from crawler.compare.candidates import candidates, days_around, utc_day_number
from crawler.compare.copies import compare
from crawler.compare.minhash import Fingerprint, fingerprint, shingles, syllables
from crawler.compare.stories import COPIES, Edge, clusters

START = datetime(2026, 3, 2, tzinfo=UTC)


class Index:
    """The days around a text, in memory."""

    def __init__(self) -> None:
        self.keys: dict[tuple[int, int], list[int]] = defaultdict(list)
        self.sizes: dict[int, int] = {}

    def near(self, found: Fingerprint, at: datetime) -> list[int]:
        """Those worth a comparison."""
        bands, samples = (
            [self.keys.get((day, key), ()) for key in keys for day in days_around(at)]
            for keys in (found.bands, found.sample)
        )
        return candidates(found, bands, samples, self.sizes)

    def add(self, number: int, found: Fingerprint, at: datetime) -> None:
        """Put a text on its day."""
        self.sizes[number] = len(found.sample)
        for key in (*found.bands, *found.sample):
            self.keys[utc_day_number(at), key].append(number)


def text_of(draft: Draft) -> ComparedText:
    """As the store reads it."""
    return ComparedText(draft.lead, "\n".join(draft.body))


def ours(first: ComparedText, second: ComparedText, apart: timedelta = timedelta(hours=2)) -> str:
    """The relation, or "unseen" for a pair that is no candidate."""
    index = Index()
    index.add(0, fingerprint(first.hashes), START)
    if not index.near(fingerprint(second.hashes), START + apart):
        return "unseen"
    return compare(first, second, apart).kind


def lsh(pair: Pair) -> bool:
    """datasketch's MinHashLSH, 128 permutations, threshold 0.7, over the same shingles."""
    index = MinHashLSH(threshold=0.7, num_perm=128)
    hashes = []
    for draft in (pair.first, pair.second):
        made = MinHash(num_perm=128)
        made.update_batch([value.to_bytes(8, "little") for value in set(shingles(syllables(draft.text)))])
        hashes.append(made)
    index.insert("first", hashes[0])
    return bool(index.query(hashes[1]))


def simhash(pair: Pair) -> bool:
    """64-bit SimHash of the same shingles, at most 3 bits apart (Manku, Jain and Das Sarma, WWW 2007)."""
    marks = []
    for draft in (pair.first, pair.second):
        values = np.array(list(set(shingles(syllables(draft.text)))), dtype=np.uint64)
        bits = (values[:, None] >> np.arange(64, dtype=np.uint64)) & np.uint64(1)
        marks.append(2 * bits.sum(axis=0, dtype=np.int64) > len(values))
    return int((marks[0] != marks[1]).sum()) <= 3


def stories(made: Sequence[Pair]) -> tuple[float, float]:
    """Adjusted Rand index of the stories in a stream of all texts, and texts a second."""
    drafts: list[tuple[Draft, int, datetime]] = []
    truth = 0
    for number, pair in enumerate(made):
        at = START + timedelta(minutes=20 * (number % 1000))
        drafts += [(pair.first, truth, at), (pair.second, truth if pair.same else truth + 1, at + timedelta(hours=2))]
        truth += 2
    drafts.sort(key=lambda row: row[2])
    index, texts, edges = Index(), dict[int, ComparedText](), list[Edge]()
    begin = time.perf_counter()
    for number, (draft, _, at) in enumerate(drafts):
        text = texts[number] = text_of(draft)
        found = fingerprint(text.hashes)
        for other in index.near(found, at):
            edges.append(Edge(number, other, compare(texts[other], text, at - drafts[other][2]).kind))
        index.add(number, found, at)
    seconds = time.perf_counter() - begin
    labels = {text: label for label, cluster in enumerate(clusters(texts, edges)) for text in cluster}
    # Two pairs may have drawn the same bulletin: equal texts are one story in the truth as well.
    by_text: dict[str, int] = {}
    wanted = [by_text.setdefault(draft.text, story) for draft, story, _ in drafts]
    return rand_index(wanted, [labels[number] for number in range(len(drafts))]), len(drafts) / seconds


def rand_index(truth: Iterable[int], found: Iterable[int]) -> float:
    """Hubert and Arabie, Comparing partitions, Journal of Classification 2, 1985."""
    cells = Counter(zip(truth, found, strict=True))
    rows, columns = Counter[int](), Counter[int]()
    for (a, b), count in cells.items():
        rows[a] += count
        columns[b] += count

    def together(counts: Iterable[int]) -> int:
        return sum(count * (count - 1) // 2 for count in counts)

    both, in_rows, in_columns = together(cells.values()), together(rows.values()), together(columns.values())
    expected = in_rows * in_columns / together([sum(rows.values())])
    return (both - expected) / ((in_rows + in_columns) / 2 - expected)


def scores(made: Sequence[Pair], said: Sequence[bool]) -> tuple[float, float]:
    """Precision and recall."""
    right = sum(pair.same and yes for pair, yes in zip(made, said, strict=True))
    return right / max(sum(said), 1), right / sum(pair.same for pair in made)


def measure_labelled(file: Path) -> None:
    """Precision and recall on labelled pairs, with what is wrong by number of line."""
    called: dict[str, Counter[str]] = defaultdict(Counter)
    right = said = true = number = 0
    written = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    for number, line in enumerate(written.splitlines(), 1):
        pair = json.loads(line)
        first, second = (ComparedText(pair[side]["lead"], pair[side]["body"]) for side in ("first", "second"))
        relation = ours(first, second, timedelta(hours=pair["hours"]))
        called[pair["label"]][relation] += 1
        if (kind := pair["label"][0]) == "P":
            continue
        same, yes = kind == "S", relation in COPIES
        right, said, true = right + (same and yes), said + yes, true + same
        if same != yes:
            print(f"line {number}: {pair['label']} is called {relation}")
    for label, counts in sorted(called.items()):
        print(f"{label:4} " + ", ".join(f"{relation} {count}" for relation, count in counts.most_common()))
    print(json.dumps({"pairs": number, "precision": round(right / max(said, 1), 4),
                      "recall": round(right / max(true, 1), 4)}))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("each", nargs="?", type=int, default=250, help="pairs of each class")
    parser.add_argument("--pairs", type=Path, help="labelled pairs to measure instead")
    asked = parser.parse_args()
    if asked.pairs:
        measure_labelled(asked.pairs)
    else:
        measure_made(asked.each)


def measure_made(each: int) -> None:
    """Pairs of each class that are made here, beside other ways to tell them."""
    made = list(pairs(each=each))
    relations = [ours(text_of(pair.first), text_of(pair.second)) for pair in made]
    judged: dict[str, list[bool]] = {"thoisu": [relation in COPIES for relation in relations]}
    others: dict[str, Callable[[Pair], bool]] = {"MinHashLSH": lsh, "SimHash": simhash}
    for name, judge in others.items():
        judged[name] = list(map(judge, made))
    print(f"{len(made)} pairs; share of each class that is told right\n")
    print(f"{'class':28}" + "".join(f"{name:>12}" for name in judged) + "   what thoisu calls them")
    for kind in (*SAME, *OTHER):
        rows = [number for number, pair in enumerate(made) if pair.kind == kind]
        right = [sum(said[number] == made[number].same for number in rows) / len(rows) for said in judged.values()]
        called = ", ".join(f"{word} {count}" for word, count in Counter(relations[n] for n in rows).most_common())
        print(f"{kind:28}" + "".join(f"{share:12.3f}" for share in right) + f"   {called}")
    print()
    for name, said in judged.items():
        precision, recall = scores(made, said)
        print(f"{name:12} precision {precision:.4f}  recall {recall:.4f}")
    ari, speed = stories(made)
    precision, recall = scores(made, judged["thoisu"])
    false = sum(yes and pair.kind in FACTS for pair, yes in zip(made, judged["thoisu"], strict=True))
    print(
        f"\nstories of {2 * len(made)} texts in one stream: adjusted Rand index {ari:.4f}, {speed:.0f} texts a second"
    )
    print(json.dumps({"pairs": len(made), "precision": round(precision, 4), "recall": round(recall, 4),
                      "ari": round(ari, 4), "false_number_merges": false}))  # fmt: skip


if __name__ == "__main__":
    main()

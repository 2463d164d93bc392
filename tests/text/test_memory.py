"""What is made of stretches of a text, remembered."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from crawler.text import memory
from crawler.text.memory import Memory


def noted(asked: list[list[str]]) -> Memory:
    def make(stretches: Sequence[str]) -> list[list[str]]:
        asked.append(sorted(stretches))
        return [[one.upper() for one in stretches], [one[::-1] for one in stretches]]

    return Memory(make, forms=2)


def test_what_is_known_is_made_once_for_all_forms() -> None:
    asked: list[list[str]] = []
    known = noted(asked)
    assert known.joined(["ab", "cd", "ab"]) == "ABCDAB"
    assert known.joined(["cd", "ef"], 1) == "dcfe"
    assert asked == [["ab", "cd"], ["ef"]]


def test_what_is_too_long_to_come_again_is_not_kept() -> None:
    asked: list[list[str]] = []
    known = noted(asked)
    for _ in range(2):
        assert known.joined(["x" * 50, "ab"]) == "X" * 50 + "AB"
    assert asked == [["ab", "x" * 50], ["x" * 50]]


def test_a_memory_that_holds_too_much_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_MANY", 3)
    asked: list[list[str]] = []
    known = noted(asked)
    known.joined(["a", "b"])
    assert known.joined(["a", "c", "d"]) == "ACD"
    assert known.joined(["c", "d"]) == "CD"
    assert known.joined(["a", "b", "c", "e", "f"]) == "ABCEF"  # more at once than are kept
    assert asked == [["a", "b"], ["c", "d"], ["a", "b", "e", "f"]]


def test_what_another_thread_has_learned_meanwhile_is_not_made_again() -> None:
    class Late(dict[str, str]):
        """Knows nothing when it is asked the first time, and all when it is looked at again."""

        def __getitem__(self, stretch: str) -> str:
            if not self:
                self["ab"] = "AB"
                raise KeyError(stretch)
            return super().__getitem__(stretch)

    asked: list[list[str]] = []
    known = noted(asked)
    known._known = [Late(), {}]
    assert known.joined(["ab"]) == "AB"
    assert asked == []

"""Character references: those of HTML, and numbers that are none of a character's."""

from __future__ import annotations

import pytest

from crawler.text import unescape


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a &amp; b", "a & b"),
        ("T&#236;nh h&igrave;nh", "Tình hình"),
        ("&#x1EA1;", "ạ"),
        ("&#0000000065;", "A"),
        (f"&#{'9' * 5000};đê", "\ufffdđê"),
        (f"&amp;#{'9' * 5000}", f"&#{'9' * 5000}"),
        (f"&#{'9' * 5000} &amp; &#{'1' * 9000};", "\ufffd & \ufffd"),
        ("&#", "&#"),
    ],
)
def test_what_stands_for_what(written: str, meant: str) -> None:
    assert unescape(written) == meant

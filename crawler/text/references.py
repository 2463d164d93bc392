"""Character references of HTML (`&amp;`, `&#233;`) as the characters that they stand for."""

from __future__ import annotations

import html
import re

_ENDLESS = re.compile(r"&#[0-9]{1000,};?")  # Python refuses to read a number of more than 4300 digits
_NO_CHARACTER = "\ufffd"


def unescape(text: str) -> str:
    """As `html.unescape`; a number of any length that names no character gives U+FFFD, as HTML wants it."""
    if "&" not in text:
        return text
    return html.unescape(_ENDLESS.sub(_NO_CHARACTER, text) if "&#" in text else text)

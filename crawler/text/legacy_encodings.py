"""The encodings of Vietnamese before Unicode, which old portals and archives still serve.

tcvn3         TCVN 5712:1993 VN3, the ABC fonts of the north; capitals with a tone exist only as a capital font
tcvn5712-1    TCVN 5712:1993 VN1, its superset: the missing capitals in the place of control characters
vni           VNI for Windows, of the south: a letter and after it a byte for hat and tone
vps           Vietnamese Professionals Society, charset x-viet-vps
viscii        VISCII 1.1, RFC 1456
windows-1258  Microsoft: letter with its hat, then the tone as a combining mark
"""

from __future__ import annotations

import codecs
import re

from crawler.text.normalization import nfc

NAMES = ("tcvn3", "windows-1258", "vni", "viscii", "vps", "tcvn5712-1")
"""The most likely first: the order in which equally good readings are preferred."""
_ALIASES = {
    "tcvn3": "abc tcvn tcvn-3 tcvn5712 tcvn-5712 tcvn5712-3 x-tcvn x-viet-tcvn x-viet-tcvn3 x-viet-tcvn5712 vscii vn3",
    "tcvn5712-1": "tcvn-5712-1 tcvn5712-1:1993 vscii-1 vn1",
    "windows-1258": "cp1258 x-cp1258 windows1258",
    "vni": "x-vni x-viet-vni vni-win vni-windows vni-times",
    "viscii": "csviscii viscii1.1-1 x-viscii x-viet-viscii",
    "vps": "x-vps x-viet-vps",
}
LABELS = {label: name for name, labels in _ALIASES.items() for label in (name, *labels.split())}
"""What a page or server may call them, in lower case."""

_TONES = "\u0300\u0301\u0309\u0303\u0323"  # grave, acute, hook, tilde, dot: the order of every list below
_PLAIN = "aăâeêioôơuưy"
VOWELS = [[nfc(base + tone) for tone in _TONES] for base in _PLAIN + _PLAIN.upper()]
LETTERS = frozenset("".join(map("".join, VOWELS)) + "ăâêôơưđĂÂÊÔƠƯĐ")
"""The 134 letters that Vietnamese adds to ASCII."""

# 0x80 to 0xFF, sixteen a row; "·" stands where the code has no letter.
_VN1 = (
    "ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨ"
    "ÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ"
    "\u00a0ĂÂÊÔƠƯĐăâêôơưđẰ"
    "\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴ"
    "ẮẦẨẪẤỀặầẩẫấậèỂẻẽ"
    "éẹềểễếệìỉỄẾỒĩíịò"
    "Ổỏõóọồổỗốộờởỡớợù"
    "ỖủũúụừửữứựỳỷỹýỵỐ"
)
_VISCII = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐ"
    "ỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ"
    "Õắằặấầẩậẽẹếềểễệố"
    "ồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳ"
    "ĐứÒÓÔạỷừửÙÚỹỵÝỡư"
    "àáâãảăữẫèéêẻìíĩỉ"
    "đựòóôõỏọụùúũủýợỮ"
)
_VPS = (
    "ÀẢÃẤẦẨọỗĂếềểệẮẰẲ"
    "Ế\u2018\u2019ỀỂỄỐỒỔỖýỷỵỚỜỞ"
    "\u00a0ắằẳẵặỠớÙờởỡŨỨợỪ"
    "ổỬỲỸÍÌộỈĨÓửữÒỎÕự"
    "ầÁÂấẩẫậđẻÉÊẹỉễịỹ"
    "ƯỦồốÔỏơÈừứÚũưÝẺß"
    "àáâãảạăçèéêẽìíîĩ"
    "ẴĐòóôõöƠụùúủüỶẼỳ"
)
_VN1_CONTROLS = {0x01: "ÚỤ", 0x04: "ỪỬỮ", 0x11: "ỨỰỲỶỸÝỴ"}
_VISCII_CONTROLS = {0x02: "Ẳ", 0x05: "ẴẪ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ"}
_VPS_CONTROLS = {0x02: "ẠẬẶẸỆ", 0x10: "ỊỌỘỢỤỰ", 0x19: "Ỵ", 0x1C: "ẪỮ"}

_ANSI = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256))
_CP1258 = "".join(bytes([byte]).decode("cp1258", "ignore") or chr(byte) for byte in range(256))


def _with_controls(high: str, controls: dict[int, str]) -> str:
    low = list(_ANSI[:0x80])
    for first, letters in controls.items():
        low[first : first + len(letters)] = letters
    return "".join(low) + high


_TABLES = {
    # Pages set in ABC fonts take quotes and dashes from the ANSI code page, where VN1 has capitals.
    "tcvn3": _ANSI[:0xA0] + _VN1[0x20:],
    "tcvn5712-1": _with_controls(_VN1, _VN1_CONTROLS),
    "windows-1258": _CP1258,
    "vni": _ANSI,
    "ansi": _ANSI,
    "viscii": _with_controls(_VISCII, _VISCII_CONTROLS),
    "vps": _with_controls(_VPS, _VPS_CONTROLS),
}

# VNI: the vowel's own byte, then one mark; i and y with a dot have single codes.
_VNI_BASES = {
    "a": "a",
    "ă": "a",
    "â": "a",
    "e": "e",
    "ê": "e",
    "o": "o",
    "ô": "o",
    "ơ": "ô",
    "u": "u",
    "ư": "ö",
    "y": "y",
}
_VNI_PLAIN_MARKS, _VNI_HAT_MARKS, _VNI_BREVE_MARKS = "øùûõï", "àáåãä", "èéúüë"
_VNI_SINGLE = {"ì": "ì", "í": "í", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î", "đ": "ñ", "ơ": "ô", "ư": "ö"}


def _vni_codes() -> dict[str, str]:
    """Letter to the one or two characters that VNI writes for it, as Latin-1."""
    codes = {"â": "aâ", "ê": "eâ", "ô": "oâ", "ă": "aê"} | _VNI_SINGLE
    for vowel, base in _VNI_BASES.items():
        marks = _VNI_HAT_MARKS if vowel in "âêô" else _VNI_BREVE_MARKS if vowel == "ă" else _VNI_PLAIN_MARKS
        for tone, mark in zip(_TONES, marks, strict=True):
            codes.setdefault(nfc(vowel + tone), base + mark)
    return codes | {letter.upper(): code.upper() for letter, code in codes.items()}


_VNI_CODES = _vni_codes()
# Typists mixed the cases ("Aù"): the letter's case counts, the mark's does not.
_VNI_READ = {
    code[0] + mark: letter for letter, code in _VNI_CODES.items() for mark in {code[1:].lower(), code[1:].upper()}
}
_VNI_SEQUENCE = re.compile("[AEOUYÔÖaeouyôö][ÀÁÂÃÄÅÈÉÊËÏÕØÙÚÛÜàáâãäåèéêëïõøùúûü]|[ÆÌÍÎÑÒÓÔÖæìíîñòóôö]")

# Words set in the capital font: ASCII capitals around letters that the code has in lower case only, with the short
# words beside them, which alone could be the start of a sentence ("Bộ").
_LOWER = "".join(sorted(letter for letter in LETTERS if letter.islower()))
_CAPITAL_WORD = f"[{_LOWER}]*[A-ZĂÂĐÊÔƠƯ][A-ZĂÂĐÊÔƠƯ{_LOWER}]*"
_CAPITAL_RUN = re.compile(rf"(?<!\w){_CAPITAL_WORD}(?: {_CAPITAL_WORD})*(?!\w)")
_CAPITAL_FONT = re.compile(rf"[{_LOWER}][A-ZĂÂĐÊÔƠƯ]")


def decode(data: bytes, name: str) -> str:
    """`data` read as `name`, one of `NAMES` or "ansi" (windows-1252, holes filled from Latin-1). Never fails."""
    text = codecs.charmap_decode(data, "replace", _TABLES[name])[0]
    if name == "vni":
        return _VNI_SEQUENCE.sub(_vni_letter, text)
    if name == "tcvn3":
        text = _CAPITAL_RUN.sub(lambda run: run[0].upper() if _CAPITAL_FONT.search(run[0]) else run[0], text)
    return text if name in {"ansi", "viscii", "vps"} else nfc(text)


def _vni_letter(found: re.Match[str]) -> str:
    code = found[0]
    return _VNI_READ.get(code) or _VNI_READ.get(code[0], code[0]) + code[1:]


class _Codes(dict[int, str]):
    """What `str.translate` writes for a letter: its codes as Latin-1, or an HTML reference where there are none."""

    def __missing__(self, char: int) -> str:
        return chr(char) if char < 0x80 else f"&#{char};"


def _codes(name: str) -> _Codes:
    if name == "vni":
        return _Codes({ord(letter): code for letter, code in _VNI_CODES.items()})
    codes = _Codes({ord(char): chr(byte) for byte, char in enumerate(_TABLES[name]) if byte >= 0x80 or char in LETTERS})
    for base, toned in zip(_PLAIN + _PLAIN.upper(), VOWELS, strict=True):
        for tone, vowel in zip(_TONES, toned, strict=True):
            if name == "tcvn3" and vowel.isupper():
                codes.pop(ord(vowel), None)
            elif name == "windows-1258":
                codes.setdefault(ord(vowel), codes.get(ord(base), base) + codes[ord(tone)])
    return codes


_WRITE = {name: _codes(name) for name in NAMES}


def encode(text: str, encoding: str) -> bytes:
    """`text` in one of `NAMES`, an alias of it or any encoding of Python; numeric references for what it lacks.

    LookupError for an unknown name.
    """
    name = LABELS.get(encoding.strip().lower())
    if name is None:
        return text.encode(encoding, "xmlcharrefreplace")
    return nfc(text).translate(_WRITE[name]).encode("latin-1")

"""The spelling of the Vietnamese syllable, to tell Vietnamese from what a wrong code page makes of it.

A written syllable is an onset, a rhyme and one of six tones; a rhyme closed by c, ch, p or t takes only two of
them. Onsets and rhymes are those of the standard orthography (Hoàng Phê, Chính tả tiếng Việt), a few hundred
forms, of which the two lists below are the whole model: every pair is taken, also the few that no word uses.
"""

from __future__ import annotations

from functools import lru_cache
from string import punctuation
from typing import NamedTuple

from crawler.text.normalization import nfc, nfd

_ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph q qu r s t th tr v x"
_RHYMES = """
    a ac ach ai am an ang anh ao ap at au ay ă ăc ăm ăn ăng ăp ăt â âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu
    i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oem oen oeo oet oi om on ong
    ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
    u ua uân uâng uât uây uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông uôt up ut uy uya uych uyên uyêt uynh
    uyt uyu uơ ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
    y yêm yên yêng yêt yêu ynh ych yt
"""
_ONSET_SET = frozenset(_ONSETS.split()) | {""}
_RHYME_SET = frozenset(_RHYMES.split())
_STOPS = ("c", "ch", "p", "t")
_ACUTE, _GRAVE, _HOOK, _TILDE, _DOT = TONES = "\u0301\u0300\u0309\u0303\u0323"


_EDGES = punctuation + "“”‘’„‚«»‹›–—…•·°©®™§"
_ALONE = "àáảởýÀÁẢỞÝ"


@lru_cache(maxsize=16384)
def is_syllable(word: str) -> bool:
    """Whether `word` (NFC letters) is spelt as a Vietnamese syllable in lower, upper or title case."""
    if len(word) > 8 or not (word[1:].islower() or word.isupper() or len(word) == 1):
        return False
    toneless, tone = "", ""
    for char in nfd(word.lower()):
        if char in TONES:
            tone += char
        else:
            toneless += char
    toneless = nfc(toneless)
    if len(tone) > 1 or (toneless.endswith(_STOPS) and tone not in {_ACUTE, _DOT}):
        return False
    return any(toneless[:cut] in _ONSET_SET and toneless[cut:] in _RHYME_SET for cut in range(4))


class Spelling(NamedTuple):
    """How the words of a text that reach beyond ASCII are spelt."""

    right: int
    """Vietnamese syllables of two letters and more."""
    capitals: int
    """Those of them in capitals."""
    alone: int
    """Letters that stand alone and are words ("à", "Ở"); others prove nothing."""
    wrong: int

    @property
    def margin(self) -> float:
        """Capitals and single letters decide between readings that are otherwise equal: few texts shout."""
        return self.right - self.wrong + 0.1 * (self.alone - self.capitals)


def spelling(text: str) -> Spelling:
    """The spelling of `text`, whose words are parted by white space."""
    words = [word for raw in text.split() if not (word := raw.strip(_EDGES)).isascii()]
    right = [word for word in words if len(word) > 1 and is_syllable(word)]
    single = [word for word in words if len(word) == 1]
    capitals = sum(map(str.isupper, right))
    alone = sum(word in _ALONE for word in single)
    return Spelling(len(right), capitals, alone, len(words) - len(right) - len(single))

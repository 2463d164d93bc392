"""One selector for many."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from crawler.sites import CAPTIONS, HIDDEN, NOISE, any_of

PAGE = LexborHTMLParser(
    "<div class='share'><p>1</p><p class='PCaption x'>2</p><p class='y'>3</p></div><span class='PCaption'>4</span>"
    "<div hidden>5</div><div class='list-news'>6</div><div class='list-news hidden'>7</div><footer>8</footer>"
    "<table><tr><td class='caption'>9</td></tr></table><div id='adsWeb3'>10</div><ins class='adsbygoogle'>11</ins>"
)


@pytest.mark.parametrize(
    "selectors", [NOISE, HIDDEN, CAPTIONS, (".share",), ("p", "div > p"), ("p.y, footer", ".share > .y")]
)
def test_one_selector_takes_what_any_of_many_takes(selectors: tuple[str, ...]) -> None:
    taken = {node.mem_id for css in selectors for node in PAGE.css(css)}
    assert taken
    assert {node.mem_id for node in PAGE.css(any_of(selectors))} == taken

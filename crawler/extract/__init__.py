"""From the bytes of a page to an `Article`, with nothing on it that is not the article's.

answers.py      what an answer is before anybody reads it: a page, or an error, a wall, a file
walls.py        what answers in a page's place until its reader has proved something
interstitials.py  redirects written into the markup
missing.py      error pages that answer as if all were well
limits.py       what a page may cost; tree_cost.py  what a parser adds to its tags
page.py         the parsed page and its metadata
linked_data.py  its JSON-LD, and which object of it is the article
article.py      `extract`: the recipe
by_layout.py    the parts of the article by a layout's selectors
generic.py      the parts where no layout fits, by the density of text (density.py), and what a layout leaves open
shown_times.py  where such a page shows its time
listing.py      lists of stories, which are no article
reader.py       the article's subtree as lines of text and pictures
captions.py     which of these lines are captions though no element says so
containers.py   which containers in it are not the article's
pictures.py     where a picture's address stands, and what frames it
boilerplate.py  what is cut out of it, by one vocabulary (boilerplate.toml)
trim.py         the article's own head and byline, cut off its body
sign_off.py     the lines behind a text that sign it
byline.py       names out of a byline
place_stamp.py  the place that is set before the first sentence
credit.py       the source that the page states
times.py        when it was published and last changed
metadata.py     what the page states beside the text: kind, section, tags, address, authors
paging.py       the next page of an article, and its pages as one
plain_text.py   the same cleaning for text that somebody else extracted
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.extract.answers import verdict
from crawler.extract.interstitials import moved_to
from crawler.extract.limits import Overdue, deadline, hostile
from crawler.extract.paging import MOST_PAGES, join, page_number
from crawler.extract.walls import is_wall
from crawler.items import FALLBACK
from crawler.process.later import load_later

if TYPE_CHECKING:
    from crawler.extract.article import extract
    from crawler.extract.boilerplate import Dropped
    from crawler.extract.page import Page
    from crawler.extract.plain_text import clean_text

__all__ = [
    "FALLBACK",
    "MOST_PAGES",
    "Dropped",
    "Overdue",
    "Page",
    "clean_text",
    "deadline",
    "extract",
    "hostile",
    "is_wall",
    "join",
    "moved_to",
    "page_number",
    "verdict",
]

# What reads pages is loaded when it is asked for: a crawl has them read in other processes.
__getattr__ = load_later(
    __name__, {"extract": "article", "Dropped": "boilerplate", "Page": "page", "clean_text": "plain_text"}
)

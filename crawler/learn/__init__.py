"""Learn: from a dozen pages of a site that nobody described to what a spider says of it. Pure: it asks nobody.

asking.py            what is asked of a site, what it answers, why it cannot be learned
exploration.py       the conversation: sources, sections, a few articles
source_addresses.py  where a site may list its articles
unlearned.py         why a site is not learned
moved.py             whether a site has moved to the host to which its home page redirects
page_links.py        the links of a page, each with the place where it stands
addresses.py         which addresses are articles: `Site.article`
samples.py           an article's page with what is known to be on it
selectors.py         selectors as a person would write them
layouts.py           where a CMS keeps the parts of an article: `Layout`
labels.py            where a page shows its section and its tags
learned.py           all of it as a `Site`, with what is sure and what is not
writing.py           the file of its spider
examination.py       the conversation with a described site: what still holds of it
closed.py            why nothing of it can be had
witnesses.py         which fields of its pages disagree with whom
mending.py           a better answer for what is wrong
proof.py             all that is proved of a site, and the verdict
patching.py          the difference that it makes in the file of its spider
"""

from __future__ import annotations

from crawler.learn.asking import Answer, Ask, NotLearned
from crawler.learn.examination import examine
from crawler.learn.exploration import Exploration, explore
from crawler.learn.learned import Learned, learned, name_for
from crawler.learn.patching import patch, patched
from crawler.learn.proof import Finding, Proof
from crawler.learn.samples import Sample, squeezed
from crawler.learn.writing import spider_file

__all__ = [
    "Answer",
    "Ask",
    "Exploration",
    "Finding",
    "Learned",
    "NotLearned",
    "Proof",
    "Sample",
    "examine",
    "explore",
    "learned",
    "name_for",
    "patch",
    "patched",
    "spider_file",
    "squeezed",
]

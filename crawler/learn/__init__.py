"""Learn: from a dozen pages of a site that nobody described to what a spider says of it. Pure: it asks nobody.

asking.py            what is asked of a site, what it answers, why it cannot be learned
exploration.py       the conversation: sources, sections, a few articles
source_addresses.py  where a site may list its articles
page_links.py        the links of a page, each with the place where it stands
addresses.py         which addresses are articles: `Site.article`
samples.py           an article's page with what is known to be on it
selectors.py         selectors as a person would write them
layouts.py           where a CMS keeps the parts of an article: `Layout`
learned.py           all of it as a `Site`, with what is sure and what is not
writing.py           the file of its spider
"""

from __future__ import annotations

from crawler.learn.asking import Answer, Ask, NotLearned
from crawler.learn.exploration import Exploration, explore
from crawler.learn.learned import Learned, Statement, learned, name_for
from crawler.learn.samples import Sample, squeezed
from crawler.learn.writing import spider_file

__all__ = [
    "Answer",
    "Ask",
    "Exploration",
    "Learned",
    "NotLearned",
    "Sample",
    "Statement",
    "explore",
    "learned",
    "name_for",
    "spider_file",
    "squeezed",
]

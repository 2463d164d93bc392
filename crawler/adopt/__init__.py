"""Adopt: a site that nobody described becomes one with a spider, and a described one is proved.

conversation.py   asks a site what an exploration wants to know, as politely as a crawl
adopting.py       from addresses to spiders' files and their golden cases
spider_patch.py   the change of a definition as a patch of its spider's file
proving.py        described sites held against what they answer today
proof_table.py    when each was proved last, and with which verdict: a table of the checkout
"""

from __future__ import annotations

from crawler.adopt.adopting import Adoption, adopt, write
from crawler.adopt.proving import Proven, keep, prove
from crawler.adopt.spider_patch import spider_patch

__all__ = ["Adoption", "Proven", "adopt", "keep", "prove", "spider_patch", "write"]

"""Adopt: a site that nobody described becomes one with a spider.

conversation.py   asks a site what an exploration wants to know, as politely as a crawl
adopting.py       from addresses to spiders' files and their golden cases
"""

from __future__ import annotations

from crawler.adopt.adopting import Adoption, adopt, write

__all__ = ["Adoption", "adopt", "write"]

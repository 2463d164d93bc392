"""Repair: where a part of a site's definition gives nothing any more, it finds what took its place.

troubles.py   what of a site gives nothing any more, by what the store knows
choosing.py   pure: from what a site answered to what stands in
layouts.py    a layout learned anew from pages that the old one does not match
repairing.py  the job: returns, searches, what the store keeps of them
"""

from __future__ import annotations

from crawler.repair.repairing import repair

__all__ = ["repair"]

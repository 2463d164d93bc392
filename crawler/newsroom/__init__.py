"""Simulated government news sites on loopback, for tests, demo and benchmarks.

    with Newsroom(World(seed=1, sites=2, articles=20)) as newsroom:
        sites = newsroom_sites(newsroom.url, count=2)      # {"songda": Site(…), "hongha": Site(…)}
        …crawl them…
        truth = newsroom.world.record()["songda"]          # field by field under the names of `Article`
        newsroom.world.edit(newsroom.world.stories["songda"][3])
        newsroom.misbehave("songda", status=503, retry_after=1, times=2)

Hosts are `songda.localhost:PORT`; a client that does not resolve them asks 127.0.0.1 with that Host header.
Nothing here is a real paper, and every text is made up by `grammar`.
"""

from __future__ import annotations

from crawler.newsroom.server import Newsroom, Request
from crawler.newsroom.sites import newsroom_sites
from crawler.newsroom.world import World

__all__ = ["Newsroom", "Request", "World", "newsroom_sites"]

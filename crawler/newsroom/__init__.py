"""Simulated government news sites on loopback, for tests, demo and benchmarks.

    with Newsroom(World(seed=1, sites=2, articles=20)) as newsroom:
        sites = newsroom_sites(newsroom.url, count=2)      # {"songda": Site(…), "hongha": Site(…)}
        …crawl them…
        truth = newsroom.world.record()["songda"]          # field by field under the names of `Article`
        newsroom.world.edit(newsroom.world.stories["songda"][3])
        newsroom.misbehave("songda", status=503, retry_after=1, times=2)

Hosts are `songda.localhost:PORT`; a client that does not resolve them asks 127.0.0.1 with that Host header.
Nothing here is a real paper, and every text is made up by `grammar`.

world.py       papers, their articles, a clock, and what editors do to articles later
papers.py, story.py, tempo.py        what a paper is, what an article is, how often and when one comes
grammar.py, templates.py, words.py   sentences, made up
family.py, families/                 the CMS families, a file each: docs/add-a-family.md
markup.py, pages.py, listings.py     the markup that families share, a story's page, the pages of a section
feeds.py, sitemaps.py, sources.py, resource.py   the other addresses of a paper, and what stands at each
answers.py, misbehave.py, hostile.py what a request is answered, and what can be wrong with it
server.py      the HTTP server that answers for every paper by the Host header
sites.py       the `Site` of each paper
strangers/     papers of systems that no layout knows
"""

from __future__ import annotations

from crawler.newsroom.server import Newsroom
from crawler.newsroom.sites import newsroom_sites
from crawler.newsroom.world import World

__all__ = ["Newsroom", "World", "newsroom_sites"]

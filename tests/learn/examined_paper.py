"""The newsroom's papers, examined without a server: their answers are handed over in the same process."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from urllib.parse import urlsplit

from crawler.errors import Refusal
from crawler.learn import Answer, Proof, examine
from crawler.newsroom import newsroom_sites
from crawler.newsroom.answers import Answers
from crawler.newsroom.world import World
from crawler.sites import Site

Respond = Callable[[str], Answer]
"""What answers an address."""
PORT = 8080


@cache
def world() -> World:
    """Six papers with two days of stories."""
    made = World(articles=50)
    made.port = PORT
    return made


@cache
def _answers() -> Answers:
    return Answers(world())


def described(paper: str) -> Site:
    """The definition of a paper, with which nothing is wrong."""
    return newsroom_sites(f"http://127.0.0.1:{PORT}")[paper]


@cache
def true_answer(url: str) -> Answer:
    """What the newsroom has at an address."""
    parts = urlsplit(url)
    try:
        paper = world().paper(parts.hostname or "")
    except KeyError:
        return Answer(url, 0, refused=Refusal.UNREACHABLE)
    reply = _answers().answer(paper, target(url), {"host": parts.netloc})
    return Answer(url, reply.status, reply.media_type, reply.body)


def target(url: str) -> str:
    """Path and query of an address."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def examined(site: Site, respond: Respond = true_answer) -> Proof:
    """What an examination comes to when `respond` answers it."""
    questions = examine(site, world().now)
    try:
        ask = next(questions)
        while True:
            ask = questions.send(respond(ask.url))
    except StopIteration as end:
        proof: Proof = end.value
        return proof

"""The CMS families that the newsroom simulates, one file each; docs/add-a-family.md walks through a new one."""

from __future__ import annotations

from dataclasses import replace

from crawler.newsroom.families import dnn, epi, mastercms, onecms, vccorp, vov
from crawler.newsroom.family import Family
from crawler.newsroom.papers import Paper

FAMILIES: tuple[Family, ...] = (
    epi.FAMILY,
    vccorp.FAMILY,
    mastercms.FAMILY,
    onecms.FAMILY,
    dnn.FAMILY,
    vov.FAMILY,
)
"""In the order in which their papers join a newsroom."""
_BY_NAME = {family.paper.family: family for family in FAMILIES}


def family_of(paper: Paper) -> Family:
    """The family whose markup a paper has."""
    return _BY_NAME[paper.family]


def papers(count: int) -> tuple[Paper, ...]:
    """The papers of the first `count` families; beyond the table they return as local editions (`songda2` …)."""
    editions: list[Paper] = []
    for number in range(count):
        round_, row = divmod(number, len(FAMILIES))
        paper = FAMILIES[row].paper
        if round_:
            paper = replace(paper, name=f"{paper.name}{round_ + 1}", title=f"{paper.title} số {round_ + 1}")
        editions.append(paper)
    return tuple(editions)

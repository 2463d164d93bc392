"""Why nothing of a described site can be had: robots.txt, a wall, a script that builds its pages, or no answer."""

from __future__ import annotations

from collections.abc import Mapping

from crawler.errors import Refusal
from crawler.extract import is_wall, verdict
from crawler.learn import source_addresses as places
from crawler.learn.asking import WALLS, Answer
from crawler.learn.proof import Finding, Proof


def closed(proof: Proof, home: Answer, unread: Mapping[str, Refusal], answers: Mapping[str, Answer]) -> Finding | None:
    """Why nothing of a site can be had: what stands before its home page, and all sources, or all its articles.

    `unread` are the articles that could not be read, `answers` all that was answered, by the address that was asked.
    """
    if proof.samples:
        return None
    site, host = proof.site, proof.site.host
    words = [one.word for one in proof.sources if one.word != "not asked"]
    reasons = [*unread.values(), *([reason] if (reason := refusal_of(home)) else [])]
    if not words and not unread and not home.is_good:
        return Finding("unreachable", "site", f"nothing of {host} has been answered", site.home)
    giving = "gives" in words
    closed = reasons and all(reason is Refusal.ROBOTS for reason in unread.values())
    if (unread and closed) or (not giving and (refusal_of(home) is Refusal.ROBOTS or "robots" in words)):
        what = "its articles" if giving else "its pages"
        return Finding("robots", "site", f"robots.txt of {host} forbids {what}; ask its publisher", site.home)
    walls = unread and all(reason in WALLS for reason in unread.values())
    if walls or (
        not giving and (refusal_of(home) in WALLS or is_wall(home.body) or (words and set(words) == {"walled"}))
    ):
        return Finding("walled", "site", f"a wall stands before the pages of {host}", site.home)
    if not giving and home.refused is Refusal.REDIRECTED:
        text = f"{host} redirects to another site, {home.url}; describe it there: thoisu adopt {home.url}"
        return Finding("moved away", "site", text, home.url)
    if not giving and home.is_shell:
        return _script_built(home, f"the pages of {host}")
    if not giving and (reason := refusal_of(home)) is not None and reason is not Refusal.NOT_SAVED:
        return Finding("unreachable", "site", f"{host} gives no page: {reason}", site.home)
    shells = [url for url in unread if answers[url].is_shell]
    if unread and len(shells) == len(unread):
        return _script_built(answers[shells[0]], f"the articles of {host}")
    return None


def _script_built(shell: Answer, what: str) -> Finding:
    return Finding("script-built", "site", f"a script builds {what}{places.behind(shell)}", shell.url)


def refusal_of(answer: Answer) -> Refusal | None:
    """Why an answer is no page; None when it may be one."""
    if answer.refused is not None:
        return answer.refused
    return verdict(answer.status, {"content-type": answer.content_type}, answer.body)

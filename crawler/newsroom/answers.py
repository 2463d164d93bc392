"""What a paper answers to a request: the true page under right validators, or what its rules make of it."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import blake2b
from typing import Any

from crawler.newsroom.misbehave import EVENTS, RULES, Reply, Rule, error_page, happen, instead, spoil
from crawler.newsroom.papers import Paper
from crawler.newsroom.resource import HTML, Resource, moved
from crawler.newsroom.sources import resource
from crawler.newsroom.world import World

_ALTERNATE = b'<link rel="alternate" type="application/rss+xml" href="%s">'
_BUT_ROBOTS = r"^/(?!robots\.txt)"


class Answers:
    """The answers of all papers of a world, with a memory of what was sent before."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._rules: dict[str, list[Rule]] = defaultdict(list)
        self._made: dict[tuple[str, str], tuple[object, Resource | None]] = {}
        self._sent: dict[tuple[str, str], tuple[str, datetime]] = {}
        self._stuck: dict[tuple[str, str], bytes] = {}
        self._lock = threading.Lock()

    def misbehave(
        self,
        host: str,
        *,
        path: str = _BUT_ROBOTS,
        times: int | None = None,
        retry_after: int | str | None = None,
        **what: Any,
    ) -> list[str]:
        """Switch on what `misbehave` lists for a paper; the addresses that editors touched.

        Raises ValueError on a word that is not listed, KeyError when there is no such paper.
        """
        if unknown := sorted(what.keys() - RULES - EVENTS):
            raise ValueError(f"misbehave has no {unknown[0]!r}; it has {', '.join(sorted(RULES | EVENTS))}")
        paper = self.world.paper(host)
        touched: list[str] = []
        wait = None if retry_after is None else str(retry_after)
        with self._lock:
            for reason, value in what.items():
                if reason in EVENTS:
                    touched += happen(self.world, paper, reason, value)
                else:
                    self._rules[paper.name].append(Rule(reason, value, re.compile(path), times, wait))
        return touched

    def behave(self, host: str) -> None:
        """Forget every rule of a paper; what its editors did stays done."""
        self._rules.pop(self.world.paper(host).name, None)

    def answer(self, paper: Paper, target: str, headers: Mapping[str, str]) -> Reply:
        """The answer to a GET; `headers` by lower-case names."""
        if headers.get("host", "").partition(":")[0] in paper.redirects:
            return _as_it_is(moved(self.world.root(paper) + target))
        rules = [rule for rule in self._rules.get(paper.name, ()) if rule.left != 0 and rule.path.search(target)]
        moved_to = next((str(rule.value) for rule in self._rules.get(paper.name, ()) if rule.what == "moved"), None)
        found = self._resource(paper, _before(paper, target, moved_to), endless=any(self._use(rules, "endless")))
        if found and moved_to and target == "/":
            found = replace(found, body=found.body.replace(b"</head>", _ALTERNATE % moved_to.encode() + b"</head>", 1))
        if found and "xml" in found.media_type and any(self._use(rules, "home_feed")):
            found = self._resource(paper, paper.feed)
        media_type = found.media_type if found else HTML
        for rule in rules:
            replaced = instead(rule, self.world.root(paper) + target, media_type, headers.get("cookie", ""))
            if replaced:
                self._count(rule)
                return replaced
        if found is None or found.gone:
            missing = error_page(paper, found.gone if found and found.gone else 404)
            status = 200 if any(self._use(rules, "soft_404")) else missing.gone or 404
            return Reply(status, missing.body)
        if found.status != 200:
            return _as_it_is(found)
        answer = Reply(200, found.body, found.media_type)
        if any(self._use(rules, "stuck")):
            answer.body = self._stuck.setdefault((paper.name, target), answer.body)
        for rule in rules:
            before = (answer.body, answer.media_type, answer.drip)
            spoil(rule, answer)
            if before != (answer.body, answer.media_type, answer.drip):
                self._count(rule)
        return self._validate(paper, target, headers, answer, next(self._use(rules, "validators"), None))

    def _use(self, rules: list[Rule], what: str) -> Iterator[Rule]:
        for rule in rules:
            if rule.what == what:
                self._count(rule)
                yield rule

    def _count(self, rule: Rule) -> None:
        with self._lock:
            if rule.left:
                rule.left -= 1

    def _resource(self, paper: Paper, target: str, *, endless: bool = False) -> Resource | None:
        if endless:
            return resource(self.world, paper, target, endless=True)
        state = (self.world.version, self.world.port, len(self.world.visible(paper)), self.world.design(paper))
        known = self._made.get((paper.name, target))
        if known and known[0] == state:
            return known[1]
        made = resource(self.world, paper, target)
        if made is not None:
            self._made[paper.name, target] = (state, made)
        return made

    def _validate(
        self, paper: Paper, target: str, headers: Mapping[str, str], answer: Reply, lie: Rule | None
    ) -> Reply:
        """Put the validators on, and answer 304 where the request's still hold (RFC 9110, 13.2.2)."""
        key, tag = (paper.name, target), f'"{blake2b(answer.body, digest_size=10).hexdigest()}"'
        with self._lock:
            known = self._sent.get(key)
            if known is None or (known[0] != tag and not (lie and lie.value == "frozen")):
                known = self._sent[key] = (tag, self._changed(paper, known))
        tag, changed = known
        answer.headers = {
            "ETag": tag,
            "Last-Modified": format_datetime(changed, usegmt=True),
            "Cache-Control": "max-age=0",
        }
        asked, since = headers.get("if-none-match"), headers.get("if-modified-since")
        fresh = tag in asked or asked.strip() == "*" if asked else bool(since) and _not_after(changed, since or "")
        if fresh or (lie and lie.value == "always-304" and (asked or since)):
            return Reply(304, b"", headers=answer.headers)
        return answer

    def _changed(self, paper: Paper, before: tuple[str, datetime] | None) -> datetime:
        """When a text that differs from the one sent before was changed: now; the first time, with the newest story."""
        visible = self.world.visible(paper)
        moment = self.world.now if before or not visible else max(story.visible_from for story in visible)
        moment = moment.astimezone(UTC).replace(microsecond=0)
        if before and moment <= before[1]:  # a standing clock: two texts of one second need two times
            moment = before[1] + (datetime.resolution * 1_000_000)
        return moment


def _before(paper: Paper, target: str, moved_to: str | None) -> str:
    """Where that was which is asked now: the home feed, when it has moved."""
    if moved_to is None:
        return target
    return paper.feed if target == moved_to else "/moved-away" if target == paper.feed else target


def _as_it_is(found: Resource) -> Reply:
    return Reply(found.status, found.body, found.media_type, headers=dict(found.headers))


def _not_after(changed: datetime, since: str) -> bool:
    try:
        return changed <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False

"""What can be wrong with a site: rules that a test or a person switches on for one paper.

Editors' doings happen once and at once: `late=3`, `future=1` (stories dated fifty-six years ahead), `edit=2`,
`take_down=1`, `restore=True`, `redesign=True`, `flood=60` (stories at once), `silence=24` (hours without a story),
`clock=-7` (hours by which all later times are off), `readdress="/tin/{slug}-a{number}.htm"` (of all later stories). All
others are rules that stay until `times` answers have been spoilt or the paper is told to behave:

    status=429 (with retry_after=5)   validators="always-304" | "frozen"    drip=0.01 (seconds a piece)
    redirect="loop" | URL             challenge="d1n"                       charset="iso-8859-1" (declared, not used)
    xml="broken" | "bomb" | "external"                                      html_for_feed=True    home_feed=True
    gzip_bomb=100, huge=100 (MB)      soft_404=True                         endless=True (pagination)
    script_in_titles=True             nul=True                              moved="/new.xml" (the home feed)
    stuck=True (what was sent first is sent again)
    hostile="marks" | "tags" | "layers" | "quotes" | "entries" (`crawler.newsroom.hostile`)

`path` is a regular expression, searched in path and query, that limits a rule.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

from crawler.newsroom import hostile
from crawler.newsroom.papers import Paper
from crawler.newsroom.resource import HTML, Resource
from crawler.newsroom.world import World

RULES = frozenset(
    "status validators drip redirect challenge charset xml html_for_feed home_feed gzip_bomb huge soft_404 endless "
    "script_in_titles nul hostile moved stuck".split()
)
EVENTS = frozenset(
    {"late", "future", "edit", "take_down", "restore", "redesign", "flood", "silence", "clock", "readdress"}
)
_MEGABYTE = 1 << 20
_AHEAD = timedelta(days=-20_454)
_CHALLENGE = (
    b'<html><body><script>document.cookie="D1N=7f3a0c95e2b14d68"+"; expires=Fri, 31-Dec-2099 23:59:59 GMT; path=/";'
    b"window.location.reload(true);</script></body></html>"
)
_MAINTENANCE = "<!DOCTYPE html><html><head><title>Lỗi</title></head><body><h1>Trang đang bảo trì</h1></body></html>"


@dataclass(slots=True)
class Rule:
    """One thing that is wrong, where, and how often still; `left` None is for ever."""

    what: str
    value: Any
    path: re.Pattern[str]
    left: int | None = None
    retry_after: str | None = None


@dataclass(slots=True)
class Reply:
    """What goes over the wire: `body` once, or `repeat` times over."""

    status: int
    body: bytes
    media_type: str = HTML
    headers: dict[str, str] = field(default_factory=dict)
    repeat: int = 1
    drip: float = 0.0

    def pieces(self) -> Iterator[bytes]:
        """The body as it is sent: a hundred bytes at a time when it drips."""
        step = 100 if self.drip else max(len(self.body), 1)
        for _ in range(self.repeat):
            yield from (self.body[at : at + step] for at in range(0, len(self.body), step))


def happen(world: World, paper: Paper, what: str, value: Any) -> list[str]:
    """Let the editors act; the addresses that it touches."""
    if what == "redesign":
        world.redesign(paper.name)
        return []
    if what == "readdress":
        world.readdress(paper.name, str(value))
        return []
    if what == "silence":
        return [world.url(story) for story in world.silence(paper.name, float(value))]
    if what == "clock":
        world.set_clock(paper.name, float(value))
        return []
    if what == "flood":
        return [world.url(world.publish(paper.name)) for _ in range(int(value))]
    if what == "late":
        return [world.url(world.publish_late(paper.name, days=2 + number)) for number in range(int(value))]
    if what == "future":
        return [world.url(world.publish(paper.name, age=_AHEAD)) for _ in range(int(value))]
    if what == "restore":
        stories = [story for story in world.stories[paper.name] if story.gone]
        for story in stories:
            world.restore(story)
        return [world.url(story) for story in stories]
    stories = world.visible(paper)[: int(value)]
    for story in stories:
        if what == "edit":
            world.edit(story)
        else:
            world.withdraw(story)
    return [world.url(story) for story in stories]


def instead(rule: Rule, url: str, media_type: str, cookies: str) -> Reply | None:
    """The answer that takes the place of the true one; None when the rule does not concern it."""
    match rule.what, rule.value:
        case "status", code:
            headers = {"Retry-After": rule.retry_after} if rule.retry_after else {}
            return Reply(int(code), b"<html><body><h1>%d</h1></body></html>" % code, headers=headers)
        case "redirect", "loop":
            separator = "&" if "?" in url else "?"
            return Reply(302, b"", headers={"Location": url if "vong=1" in url else f"{url}{separator}vong=1"})
        case "redirect", target:
            return Reply(302, b"", headers={"Location": str(target)})
        case "challenge", _ if "D1N=" not in cookies:
            return Reply(200, _CHALLENGE)
        case "html_for_feed", _ if "xml" in media_type:
            return Reply(200, _MAINTENANCE.encode())
        case "gzip_bomb", size:
            return Reply(200, bomb(int(size)), media_type, {"Content-Encoding": "gzip"})
        case "hostile", "layers":
            return Reply(200, hostile.layered(), media_type, {"Content-Encoding": hostile.LAYERS})
        case "huge", size:
            return Reply(200, b"<p>" + b"a" * (_MEGABYTE - 7) + b"</p>", media_type, repeat=int(size))
    return None


def spoil(rule: Rule, answer: Reply) -> None:
    """Do harm to a true answer."""
    if rule.what == "charset" and answer.media_type.startswith("text/html"):
        answer.media_type = f"text/html; charset={rule.value}"
        answer.body = answer.body.replace(b'<meta charset="utf-8"', b'<meta charset="%s"' % str(rule.value).encode(), 1)
    elif rule.what == "drip":
        answer.drip = float(rule.value)
    elif rule.what == "script_in_titles":
        answer.body = re.sub(rb"(<h1[^>]*>)", rb"\1<script>alert('tieu de')</script>", answer.body)
        answer.body = re.sub(rb"(<title>)(?!<!)", rb"\1&lt;script&gt;alert(1)&lt;/script&gt;", answer.body)
    elif rule.what == "hostile":
        answer.body = hostile.spoilt(str(rule.value), answer.body, answer.media_type)
    elif rule.what == "nul":
        answer.body = re.sub(rb"(<p>|<title>)", b"\\1\0", answer.body)
    elif rule.what == "xml" and "xml" in answer.media_type:
        answer.media_type = "application/xml"
        answer.body = _xml(str(rule.value), answer.body)


def _xml(how: str, body: bytes) -> bytes:
    if how == "broken":
        return body[: len(body) * 2 // 3]
    if how == "external":
        return b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><title>&x;</title></channel></rss>'
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{levels}]><rss><channel><title>&l9;</title></channel>'
        f"</rss>"
    ).encode()


@cache
def bomb(megabytes: int) -> bytes:
    """A gzip stream of a few kilobytes that unpacks to so many megabytes of blanks."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = b" " * _MEGABYTE
    return b"".join(packer.compress(block) for _ in range(megabytes)) + packer.flush()


def error_page(paper: Paper, status: int) -> Resource:
    """The page of a missing story; with status 200 a soft 404."""
    text = (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{paper.title}</title></head><body class="page-404">'
        '<h1>Không tìm thấy trang</h1><p>Trang bạn yêu cầu không tồn tại hoặc đã bị gỡ.</p><a href="/">Về trang chủ'
        "</a></body></html>"
    )
    return Resource(text.encode(), gone=status)

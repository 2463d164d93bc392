# ruff: noqa: ARG005, E501, UP031, UP032
"""Hostile answers of a site, each of a size: what a name's path is answered with, in place of a feed and an article."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Callable
from typing import NamedTuple

import brotli

from crawler.text.content_codings import zstd

HTML = "text/html; charset=utf-8"
RSS = "application/rss+xml"
PARAGRAPH = "<p>Sáng nay, đoàn công tác đã đến thăm các hộ dân ở ven sông và trao đổi về việc sửa lại con đê.</p>"
FEED, ARTICLE, ROBOTS = "/feed.rss", "/de-post1.html", "/robots.txt"
_MEGA = 10**6
_PUBLISHED = "<meta property='article:published_time' content='2026-08-05T08:00:00+07:00'>"


class Reply(NamedTuple):
    """An answer; `headers` beside its type and length."""

    body: bytes
    kind: str = HTML
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


Replies = dict[str, Reply]
"""The answer of each path that does not answer as usual."""


def page(more: str = "", *, title: str = "Con đê đã được sửa", head: str = "", instead: str | None = None) -> bytes:
    """An article's page with something more in its text, its title or its head, or another text."""
    text = PARAGRAPH * 6 if instead is None else instead
    head += _PUBLISHED
    body = f"<h1 class='article__title'>{title}</h1><div class='article__body'>{text}{more}</div>"
    return f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode("utf-8", "surrogatepass")


def feed(base: str, items: str = "", title: str = "Con đê", link: str = ARTICLE, before: str = "") -> bytes:
    """A feed of one article and what else it holds."""
    one = f"<item><title>{title}</title><link>{base}{link}</link></item>"
    return f"<?xml version='1.0'?>{before}<rss><channel><title>Bến Đò</title>{one}{items}</channel></rss>".encode()


def _article(make: Callable[[int], bytes]) -> Callable[[str, int], Replies]:
    return lambda _, size: {ARTICLE: Reply(make(size))}


def _packed(coding: str, pack: Callable[[int], bytes]) -> Callable[[str, int], Replies]:
    return lambda _, size: {ARTICLE: Reply(pack(size), headers=(("Content-Encoding", coding),))}


def _fed(make: Callable[[str, int], bytes], kind: str = RSS) -> Callable[[str, int], Replies]:
    return lambda base, size: {FEED: Reply(make(base, size), kind)}


def _many(unit: str, size: int) -> str:
    return unit * (size // len(unit.encode()))


def _layers(count: int, body: bytes) -> bytes:
    for _ in range(count):
        body = gzip.compress(body)
    return body


def _bomb(size: int) -> bytes:
    packer, block = zlib.compressobj(9, zlib.DEFLATED, 31), b" " * _MEGA
    return b"".join(packer.compress(block) for _ in range(max(size // 20_000, 1))) + packer.flush()


def _marks(size: int) -> str:
    return "a" + "\u0301" * (size // 4) + "\u0323" * (size // 4)


def _items(base: str, size: int) -> str:
    one = "<item><title>Con đê</title><link>{}/de-post{}.html</link></item>"
    return "".join(one.format(base, 10 + number) for number in range(size // 100))


def _linked(value: str) -> str:
    return f"<script type='application/ld+json'>{value}</script>"


def _sitemap(base: str, size: int) -> bytes:
    count = min(50_000, size // 400)
    urls = "".join(f"<url><loc>{base}/{'con-de-' * 45}post{n}.html</loc></url>" for n in range(count))
    return f"<urlset>{urls}</urlset>".encode()


def _json_feed(base: str, size: int) -> bytes:
    items = [{"url": f"{base}{ARTICLE}", "title": "Con đê"}]
    whole = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "B", "items": items})
    return (whole[:-1] + ', "x": ' + "[" * (size // 2) + "]" * (size // 2) + "}").encode()


def _redirect(target: str) -> Callable[[str, int], Replies]:
    return lambda base, size: {
        ARTICLE: Reply(b"", status=302, headers=(("Location", target.format(base, "a" * size)),))
    }


_WORDS = "Con đê ven sông. "
INPUTS: dict[str, Callable[[str, int], Replies]] = {
    "marks in the text": _article(lambda n: page(f"<p>{_marks(n)}</p>")),
    "marks in the title": _article(lambda n: page(title=_marks(n))),
    "marks of a byline": _article(lambda n: page(f"<p><b>{_marks(n)}</b></p>", head=f"<meta name=author content='{_marks(n)}'>")),
    "marks in a feed": _fed(lambda base, n: feed(base, title=_marks(n))),
    "marks in a feed's address": _fed(lambda base, n: feed(base, f"<item><title>a</title><link>{base}/{_marks(n)}-post9.html</link></item>")),
    "other marks in the text": _article(lambda n: page(f"<p>{_many('a' + chr(0x5B0) * 40 + chr(0x591) * 40, n)}</p>")),
    "open formatting": _article(lambda n: page("<p>" + "".join(f"<font id={i}>" for i in range(390)) + "<p>x" * (n // 4))),
    "open formatting, new": _article(lambda n: page("".join(f"<b id={i}><p>" for i in range(n // 12)))),
    "tables in tables": _article(lambda n: page(_many("<table><tr><td>a", n))),
    "options": _article(lambda n: page("<select>" + _many("<option>a", n))),
    "attributes": _article(lambda n: page(f"<p {' '.join(f'a{i}=b' for i in range(n // 9))}>a</p>")),
    "depth": _article(lambda n: page(_many("<div>", n))),
    "entities": _article(lambda n: page(_many("&amp;&#x1F600;&notin", n))),
    "a number of digits": _article(lambda n: page(f"<p>&#{'9' * min(n, 50_000)};</p>", title=f"Đê &#{'9' * 5000};", head=f"<meta property='og:title' content='&#{'9' * 5000};'>")),
    "a number of digits in a feed": _fed(lambda base, n: feed(base, title=f"&amp;#{'9' * min(n, 50_000)};")),
    "UTF-7": lambda _, n: {ARTICLE: Reply(page(_many("+AGE-", n)), "text/html; charset=utf-7")},
    "UTF-16 without a mark": lambda _, n: {ARTICLE: Reply(page(_many(_WORDS, n // 2)).decode().encode("utf-16-le"), "text/html")},
    "a megabyte of meta": _article(lambda n: page(head=_many("<meta name=a content=b>", n))),
    "gzip 21 times": _packed(",".join(["gzip"] * 21), lambda n: _layers(21, page(_many(_WORDS, n)))),
    "gzip bomb": _packed("gzip", _bomb),
    "gzip bomb, unnamed": _article(_bomb),
    "empty members": _packed("gzip", lambda n: gzip.compress(b"") * (n // 20)),
    "zstd bomb": _packed("zstd", lambda n: zstd.compress(bytes(n * 20))),
    "zstd frames": _packed("zstd", lambda n: zstd.compress(b"") * (n // 9)),
    "br bomb": _packed("br", lambda n: bytes(brotli.compress(bytes(n * 20), quality=5))),
    "deflate bomb": _packed("deflate", lambda n: zlib.compress(bytes(n * 20))),
    "entries, every second common": _fed(lambda base, n: feed(base, _items(base, n))),
    "entity declarations": _fed(lambda base, n: feed(base, before=f"<!DOCTYPE rss [{_many('<!ENTITY a %sx%s>' % (chr(34), chr(34)), n)}]>")),
    "XML depth": _fed(lambda base, n: feed(base, _many("<a>", n))),
    "CDATA": _fed(lambda base, n: feed(base, f"<item><description>{_many('<![CDATA[a]]>', n)}</description></item>")),
    "a long sitemap": _fed(_sitemap, "application/xml"),
    "long links": _fed(lambda base, n: feed(base, "".join(f"<item><link>{base}/{'a' * 100_000}-post9.html</link></item>" for _ in range(max(n // 100_000, 1))))),
    "JSON-LD depth": _article(lambda n: page(head=_linked('{"@type":' + "[" * (n // 2) + "]" * (n // 2) + "}"))),
    "JSON-LD graph": _article(lambda n: page(head=_linked('{"@graph":[' + ",".join(['{"@type":"NewsArticle","headline":"a"}'] * (n // 40)) + "]}"))),
    "JSON feed depth": _fed(_json_feed, "application/feed+json"),
    "JSON list, a number": _fed(lambda _, n: ('{"data": [{"id": ' + "9" * n + "}]}").encode(), "application/json"),
    "quotation and dots": _article(lambda n: page(f"<p>{_many('“a”. ', n)}</p>")),
    "numbers": _article(lambda n: page(f"<p>{_many('1.000 ', n)}</p>")),
    "dates": _article(lambda n: page(f"<p>{_many('ngày 5 tháng 8 ', n)}</p>", head=f"<meta property='article:published_time' content='{_many('5/8/', n)}'>")),
    "documents": _article(lambda n: page(f"<p>{_many('1/2025/NĐ-CP-', n)}</p>")),
    "sources": _article(lambda n: page(f"<p>{_many('(Theo A ', n)}</p>")),
    "blanks": _article(lambda n: page(f"<p>a{' ' * n}</p><p>{chr(0xA0) * (n // 2)}</p>")),
    "a long text": _article(lambda n: page(_many(PARAGRAPH, n))),
    "a long line": _article(lambda n: page(f"<p>{_many(_WORDS, n)}</p>")),
    "many lines": _article(lambda n: page(_many("<p>Đê ven sông.</p>", n))),
    "breaks": _article(lambda n: page(_many("đê<br>", n))),
    "pictures": _article(lambda n: page(_many("<figure><img src=a.jpg><figcaption>Đê</figcaption></figure>", n))),
    "anchors": _article(lambda n: page(_many("<a href='/b-post2.html'>con đê ven sông</a>", n))),
    "controls in a title": _article(lambda n: page(title=_many("\x9b31m\u202eđê\u2066", min(n, _MEGA)))),
    "signs of tags in a title": _article(lambda n: page(title=_many("<", min(n, 39_000)), instead=PARAGRAPH)),
    "halves of surrogates": _article(lambda n: page(head=_linked('{"@type":"NewsArticle","articleSection":"%s"}' % _many("\\ud800", n)))),
    "keys that come again": _fed(lambda base, n: ('{"version":"https://jsonfeed.org/version/1.1","items":[{%s"url":"%s%s","title":"Con đê"}]}' % (_many('"url":"a",', n), base, ARTICLE)).encode(), "application/feed+json"),
    "numbers that are none": _fed(lambda base, n: ('{"version":"https://jsonfeed.org/version/1.1","items":[{"url":"%s%s","date_published":NaN,"title":-Infinity,"id":%s}]}' % (base, ARTICLE, "1e999")).encode(), "application/feed+json"),
    "captcha": _article(lambda n: page("<br>".join([_WORDS * 3] * 40), head="<script src='/recaptcha/api.js'></script>", instead="")),
    "address that widens": _article(lambda n: page(head=f"<link rel=canonical href='/{_many(chr(0xFDFA), n)}-post1.html'><base href='//{_many(chr(0xFDFA), n)}/'>")),
    "host that widens": _fed(lambda base, n: feed(base, f"<item><link>http://{_many(chr(0xFDFA), n)}/a-post2.html</link></item>")),
    "address of a picture": _article(lambda n: page(f"<img src='data:image/png;base64,{base64.b64encode(bytes(n // 2)).decode()}'>")),
    "redirect that widens": _redirect("http://{}/".format(chr(0xFDFA) * 500)),
    "redirect of a length": _redirect("{0}/{1}"),
    "redirect loop": _redirect("{0}" + ARTICLE),
    "Retry-After": lambda _, n: {ARTICLE: Reply(b"", status=503, headers=(("Retry-After", "9" * 30),))},
    "Retry-After of a time": lambda _, n: {FEED: Reply(b"", status=503, headers=(("Retry-After", "1763000000"),))},
    "robots.txt of rules": lambda _, n: {ROBOTS: Reply(("User-agent: *\n" + _many("Disallow: /*a*b*c*d*e*f*g$\n", n)).encode(), "text/plain")},
    "robots.txt of stars": lambda _, n: {ROBOTS: Reply(f"User-agent: *\nDisallow: /{'*a' * (min(n, 400_000) // 2)}$\n".encode(), "text/plain")},
    "many headers": lambda _, n: {ARTICLE: Reply(page(), headers=tuple((f"X-{i}", "a" * 500) for i in range(min(n // 500, 5000))))},
    "many cookies": lambda _, n: {FEED: Reply(feed(_), RSS, headers=tuple(("Set-Cookie", f"a{i}={'b' * 50}") for i in range(min(n // 50, 3000))))},
    "an error page": lambda _, n: {ARTICLE: Reply(page(_many("không tìm thấy ", n)), status=404)},
    "a refresh": _article(lambda n: page(head=f"<meta http-equiv=refresh content='0;url={_many(chr(0xFDFA), n)}'>")),
}  # fmt: skip
"""By name: from the site's base address and a size in bytes to what it answers instead of the usual."""

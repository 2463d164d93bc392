"""Strangers that no reader can be made for, each with the one reason for which it has to be refused."""

from __future__ import annotations

from urllib.parse import urlsplit

from crawler.newsroom.markup import esc
from crawler.newsroom.papers import Closed
from crawler.newsroom.resource import TEXT, Resource, page_of
from crawler.newsroom.strangers import lists
from crawler.newsroom.strangers.chrome import library, statics
from crawler.newsroom.strangers.stranger import Stranger
from crawler.newsroom.world import World

_CHALLENGES = (
    '<html><body><script>document.cookie="D1N=9c1e44b07a"+"; path=/";window.location.reload(true);</script></body>'
    "</html>",
    '<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><div id="challenge-form">'
    "<noscript>Enable JavaScript and cookies to continue</noscript></div>"
    '<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script></body></html>',
)
_OPEN = "User-agent: *\nDisallow: /admin/\n"
_SHUT = ("User-agent: *\nDisallow: /\n", "User-agent: Googlebot\nAllow: /\n\nUser-agent: *\nDisallow: /\n")


def resource(world: World, stranger: Stranger, why: Closed, target: str) -> Resource | None:
    """What a stranger that is closed for a reason answers; None for 404."""
    path = urlsplit(target).path
    if path == "/robots.txt":
        return Resource((_SHUT[stranger.variant % 2] if why == "robots" else _OPEN).encode(), TEXT)
    match why:
        case "script-built":
            return _script_built(world, stranger, path)
        case "robots":
            return page_of(lists.home(world, stranger)) if path == "/" else None
        case "walled":
            code = (200, 403)[stranger.variant % 2]
            return Resource(_CHALLENGES[stranger.variant % 2].encode(), status=code)
        case "unreachable":
            return Resource(b"<html><body><h1>502 Bad Gateway</h1></body></html>", status=502)
        case "login":
            return _login(world, stranger, path)
    return _without_articles(world, stranger, target)


def _script_built(world: World, stranger: Stranger, path: str) -> Resource | None:
    """One shell for every address; a script asks the API and draws the page."""
    if path.startswith("/api/"):
        return Resource(lists.answer(world, stranger, 1), "application/json")
    if path.startswith("/static/"):
        script = f'const api="{world.root(stranger)}/api/v1/articles?page=";fetch(api+1).then(r=>r.json()).then(draw);'
        return Resource(script.encode(), "text/javascript")
    if "." in path.rpartition("/")[2]:
        return None
    root = ("root", "app")[stranger.variant % 2]
    return page_of(
        f'<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{esc(stranger.title)}</title>'
        f'<script>window.__CONFIG__={{"api":"/api/v1/articles"}}</script>'
        f'<script type="module" crossorigin src="/static/index-4fae91c2.js"></script></head>'
        f'<body><noscript>You need to enable JavaScript to run this app.</noscript><div id="{root}"></div></body>'
        "</html>"
    )


def _login(world: World, stranger: Stranger, path: str) -> Resource:
    form = page_of(
        f'<!doctype html><html><head><meta charset="utf-8"><title>Đăng nhập - {esc(stranger.title)}</title></head>'
        "<body>"
        '<form method="post" action="/dang-nhap"><label>Tên đăng nhập <input name="user"></label>'
        '<label>Mật khẩu <input type="password" name="password"></label><button>Đăng nhập</button></form></body></html>'
    )
    if stranger.variant % 2:
        return Resource(form.body, status=401)
    if path == "/dang-nhap":
        return form
    return Resource(b"", status=302, headers=(("Location", f"{world.root(stranger)}/dang-nhap?tiep={path}"),))


def _without_articles(world: World, stranger: Stranger, target: str) -> Resource | None:
    """An office's pages about itself and its documents: no news at all."""
    named = statics(stranger) | (library(stranger) if stranger.variant % 2 else {})
    if target == "/":
        return page_of(lists.plain(world, stranger, stranger.title, named, []))
    return page_of(lists.plain(world, stranger, named[target], {}, [])) if target in named else None

"""From the addresses of sites to spiders: explored, learned, written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from crawler.adopt.conversation import Talk, hold
from crawler.configuration import Settings as OwnSettings
from crawler.crawl.run import settings_for
from crawler.errors import BadInput, BadSite, Discard, Refusal
from crawler.fetch.guard import named_inside, of_newsroom
from crawler.fetch.replay import load
from crawler.learn import Exploration, Learned, NotLearned, Sample, explore, learned, name_for, spider_file
from crawler.learn.page_links import bare_host
from crawler.sites import EPI, Listing, Site
from crawler.store.quarantine import slug

_NOT_ON_PAGE = frozenset({"url", "site", "content_hash", "layout", "published_raw"})
"""Fields of an article that say nothing of the page which a person could correct."""
_CASES = 2  # golden cases of a site
_MOVES = 3  # former hosts of a site, each of which leads to the next


@dataclass(frozen=True, slots=True)
class Adoption:
    """What came of one site."""

    name: str
    url: str
    """The address that was given."""
    came: Learned | NotLearned
    samples: tuple[Sample, ...] = ()
    """The articles that it was learned from."""
    requests: int = 0


def adopt(
    urls: Sequence[str], *, now: datetime, name: str | None = None, replay: Path | None = None, own: OwnSettings
) -> list[Adoption]:
    """Explore the sites of `urls`, several at once, and learn a definition of each; one result a site, in their order.

    Addresses of one host are pages of one site, the first its home page. `name` is that of the spider, for one site.
    With `replay` every answer comes from a folder of saved pages. Raises `BadInput` before anything is asked.
    """
    by_host: dict[str, list[str]] = {}
    for url in map(_whole, urls):
        by_host.setdefault(urlsplit(url).netloc.removeprefix("www."), []).append(url)
    if name is not None and len(by_host) > 1:
        raise BadInput(f"--name names one site, not {len(by_host)}")
    saved = list(load(replay)) if replay is not None else []
    settings = settings_for(own, replay=replay)
    settings.update({"ITEM_PIPELINES": {}, "THOISU_BACKOFF_MAX": 30.0, "THOISU_BACKOFF_FIRST": 5.0}, priority="cmdline")
    if (delay := 0.0 if replay is not None else own.delay) is not None:
        settings.set("DOWNLOAD_DELAY", delay, priority="cmdline")
    talks: list[Talk[Exploration]] = []
    for host, pages in by_host.items():
        if named_inside(pages[0]) and not of_newsroom(pages[0], settings.get("THOISU_NEWSROOM")):
            raise BadInput(f"{pages[0]} lies inside a network and is not asked")
        scheme = urlsplit(pages[0]).scheme
        also = [
            *pages[1:],
            *(f"{scheme}://{key}" for key in saved if key.partition("/")[0].removeprefix("www.") == host),
        ]
        talks.append(Talk(_of_host(pages[0]), explore(pages[0], now, also)))
    hold(talks, settings, at_once=own.sites_at_once)
    asked = {bare_host(talk.site.home) for talk in talks}
    former: list[tuple[str, ...]] = [()] * len(talks)
    for _ in range(_MOVES):
        moved: list[Talk[Exploration]] = []
        for place, talk in enumerate(talks):
            if (there := _moved_to(talk)) is not None and bare_host(there) not in asked:
                asked.add(bare_host(there))
                former[place] += (bare_host(talk.site.home),)
                talk.site, talk.questions, talk.came = _of_host(there), explore(there, now, former=former[place]), None
                moved.append(talk)
        if not moved:
            break
        hold(moved, settings, at_once=own.sites_at_once)
    return [
        _result(name or name_for(talk.site.home), pages[0], talk)
        for pages, talk in zip(by_host.values(), talks, strict=True)
    ]


def _moved_to(talk: Talk[Exploration]) -> str | None:
    """Where a site that was asked by a former address is now; None where it has not moved, or not to a plain host."""
    there = talk.came.moved_to if isinstance(talk.came, NotLearned) else None
    try:
        return there if there is not None and _of_host(there) else None
    except Discard:
        return None


def write(adopted: Adoption, spiders: Path, cases: Path | None) -> list[Path]:
    """Write the spider's file and, below `cases`, golden cases of its pages; the files, the spider's first.

    Raises `NotLearned` when there is nothing to be written, `BadInput` when the spider's file exists already or a
    folder cannot be written.
    """
    if isinstance(adopted.came, NotLearned):
        raise adopted.came
    file = spiders / f"{adopted.name}.py"
    if file.exists():
        raise BadInput(f"{file} exists; name the spider with --name, or take the file away")
    written = [file]
    try:
        spiders.mkdir(parents=True, exist_ok=True)
        file.write_text(spider_file(adopted.came), encoding="utf-8")
        for one in adopted.samples[:_CASES]:
            if cases is not None:
                written += write_case(one, adopted.came.site, cases / adopted.name, origin="adopted")
    except OSError as error:
        raise BadInput(f"cannot write to {error.filename}: {error.strerror or error}") from None
    return written


def _result(name: str, url: str, talk: Talk[Exploration]) -> Adoption:
    came = talk.came
    if not isinstance(came, Exploration):
        return Adoption(name, url, came or NotLearned("unreachable", f"nothing came of {url}"))
    try:
        return Adoption(name, url, learned(came, name), tuple(came.samples), came.requests)
    except NotLearned as refusal:
        return Adoption(name, url, refusal, requests=came.requests)


def write_case(one: Sample, site: Site, cases: Path, *, origin: str) -> list[Path]:
    """One golden case: the page, what is read on it today, and where it comes from; for a person to correct.

    Raises `OSError` when a file cannot be written.
    """
    article = one.read(site) or one.article
    folder = cases / slug(one.answer.url)
    folder.mkdir(parents=True, exist_ok=True)
    says = {key: value for key, value in article.to_dict().items() if key not in _NOT_ON_PAGE}
    told = {"url": article.canonical_url, "origin": origin, "note": "not yet corrected by a person"}
    (folder / "page.html").write_bytes(one.answer.body)
    for name, value in (("article.json", says), ("origin.json", told)):
        (folder / name).write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return [folder / name for name in ("article.json", "origin.json", "page.html")]


def _whole(url: str) -> str:
    """An address with its scheme, as people leave it out; raises `BadInput` when it names no host."""
    written = url if "://" in url else f"https://{url}"
    try:
        parts = urlsplit(written)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or "." not in host:
        raise BadInput(f"{url!r} is no address of a site; it reads like https://baomau.example.vn/")
    return urlunsplit(parts._replace(path=parts.path or "/", fragment=""))


def _of_host(url: str) -> Site:
    """Whose hosts may be asked: the host of an address, and those below it."""
    parts = urlsplit(url)
    home = f"{parts.scheme}://{parts.netloc.lower()}/"
    twin = bare_host(url)
    try:
        return Site(
            publisher=twin, home=home, tier="press", sources=(Listing(home),), article=r"\d{4}", layout=EPI,
            hosts=(twin,) if twin != parts.hostname and "." in twin else (),
        )  # fmt: skip
    except BadSite:
        raise Discard(Refusal.BAD_URL, f"{url!r} names no plain host") from None

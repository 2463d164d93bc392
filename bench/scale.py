"""How the readers' work grows with what a site sends: each reader on hostile input of one size and of four times it.

Usage:  python bench/scale.py [--every=N] [CHARACTERS] [READER ...]   (default: every case, 30,000 characters, all readers)

Each case runs in a process of its own under limits on processor time and memory. Told are those whose work grows
faster than the input by the ratio of the two processor times, or that pass a limit; a case that is quick at both
sizes proves nothing and is counted only. The last line is one JSON object.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from crawler.alerts import parse
from crawler.compare import ComparedText, compare
from crawler.compare.copies import compare as compare_copies
from crawler.compare.facts import ComparedText as Facts
from crawler.compare.minhash import fingerprint
from crawler.discover import discover
from crawler.errors import BadInput
from crawler.extract import clean_text, extract, is_wall, moved_to, verdict
from crawler.fetch.robots import readable
from crawler.items import Article
from crawler.sites import canonical, judge, load_sites
from crawler.text import content_hash, decode, documents, normal_form, parse_date, search_form
from crawler.text.matching import SearchedText, match

SECONDS, MEMORY = 30, 2 * 2**30
GROWS = 7.0
"""Times the work for four times the input; 4 is linear, 16 the square."""
QUICK = 0.4
"""Seconds of processor time below which a case proves nothing."""
URL = "https://nhandan.vn/dong-chi-post100001.html"
SITES = load_sites()

UNITS = (
    "a", "a ", "A ", "A", "A.", "a. ", ". ", '." ', '"', '". ', "(", "( ", ")", "((a) ", "1", "1/", "1.", "1,", "1 ", "1-", "1 000 ",
    "12/2025/", "1/NĐ-CP ", "NĐ-", "1/AB-", "05/08/2026 ", "ngày ", "ngày 5 tháng 8 ", "tháng ", "năm 2", "5:", "Ảnh: ", "(Ảnh: ",
    "– ", "-", "- ", "* ", "…", "!?", "Theo ", "PV ", "Nguyễn Văn A ", "NGUYỄN ", "\u200b", "\ufeff", "\u0301\u0323", "a\u0301",
    "&amp;", "&", "&#", "&#9", "&lt;p&gt;", "%", "%25", "%C3", "{", "[", '{"a":', "\\", "\\u0041", "'", "=", "/", "//", "http://", "www.a.",
    "@", "a@", "; ", ": ", ", ", "\n", " \n", "\t", "\u00a0", " ", "ì", "ưư", "òa", "đ", "Đ", "_", "__", "~", "<", ">", "<a", "</", "<!--",
    "<p>", "</p>", "<br>", "<b>", "<a href=x>", "<td>", "<table>", "<![CDATA[", "]]>", "<script>", "<svg>", "<select>", "<li>a",
    "<font color=a>", "<nobr>", "<form>", "<button>", "<template>", "<math><mi>", "<frameset>", "<h2>a</h2>", "<p>a</p>",
    "<p>Tin a. </p>", "<img src=a>", "<figure><img src=a><figcaption>b</figcaption></figure>", "<a href='/b-post1.html'>c d e</a>",
    "<div><a href='/b-post1.html'>c d e f g h</a></div>", "<ul><li><a href=/b>c</a></ul>", "<p><b>A</b></p>", "<meta name=a content=b>",
    "<time>5/8/2026</time>", "<span class=a>5/8/2026 10:11</span>", "<iframe></iframe>", "<table><tr><td>a</table>", "<em>a</em>",
    "<p style='text-align:right'><strong>A B</strong></p>", "<base href=/>", "<title>a</title>", "<link rel=canonical href=/a>",
    "<link rel=next href=/a?page=2>", "<a href='?page=2'>2</a>", "<p>" + "Con đê ven sông đã sửa xong. " * 3 + "</p>",
)  # fmt: skip
TEXT = "Con đê ven sông đã được sửa xong trong tuần, theo Ủy ban nhân dân tỉnh. "


class Case(NamedTuple):
    """One reader on one kind of input; `make` gives the input of so many characters."""

    reader: str
    what: str
    make: Callable[[int], Any]
    read: Callable[[Any], Any]


def filled(unit: str) -> Callable[[int], str]:
    return lambda size: unit * (size // len(unit))


def varied(unit: str) -> Callable[[int], str]:
    """The unit again and again, each with a number of its own."""
    return lambda size: "".join(f"{unit}{number} " for number in range(size // (len(unit) + 6)))


def page(**parts: str) -> str:
    """A page with what is given in its parts, and the usual elsewhere."""
    part = {
        "title": "Sửa xong con đê", "head": "", "h1": "Sửa xong con đê", "time": "05/08/2026 10:11", "byline": "Lê An",
        "before": "", "body": f"<p>{TEXT * 3}</p>" * 4, "after": "", "jsonld": "Sửa xong con đê", "meta": "Con đê",
        "attribute": "a", "lead": TEXT,
    } | parts  # fmt: skip
    return (
        f"<!doctype html><html><head><meta charset=utf-8><title>{part['title']}</title>"
        f'<meta property="og:title" content="{part["meta"]}"><meta name="description" content="{part["meta"]}">'
        f'<meta property="article:published_time" content="{part["meta"]}">{part["head"]}'
        f'<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{part["jsonld"]}",'
        f'"datePublished":"{part["jsonld"]}","author":{{"name":"{part["jsonld"]}"}}}}</script></head>'
        f'<body>{part["before"]}<div class="article"><h1 class="article__title">{part["h1"]}</h1>'
        f'<time class="time">{part["time"]}</time><div class="article__author author">{part["byline"]}</div>'
        f'<div class="article__sapo cms-desc">{part["lead"]}</div>'
        f'<div class="article__body cms-body" {part["attribute"]}>{part["body"]}</div></div>{part["after"]}</body></html>'
    )


def pages(unit: str) -> Iterator[tuple[str, Callable[[int], str]]]:
    fill = filled(unit)
    usual = f"<p>{TEXT * 3}</p>" * 3
    for name in ("title", "h1", "time", "byline", "before", "after", "jsonld", "meta", "lead"):
        yield name, lambda size, name=name: page(**{name: fill(size)})  # type: ignore[misc]
    yield "body", lambda size: page(body=usual + "<p>" + fill(size) + "</p>" + usual)
    yield "paragraphs", lambda size: page(body="".join(f"<p>{unit}{n}</p>" for n in range(size // (len(unit) + 10))))
    yield "same paragraphs", lambda size: page(body=usual + f"<p>{unit * 3}</p>" * (size // (3 * len(unit) + 10)))
    yield "lines", lambda size: page(body="".join(f"{unit}{n}<br>" for n in range(size // (len(unit) + 8))))
    yield "attribute", lambda size: page(attribute=f'title="{fill(size)}"')
    yield (
        "links",
        lambda size: page(
            before="".join(
                f'<a href="/{unit}{n}-post{n}.html">{unit} {n}</a>' for n in range(size // (2 * len(unit) + 40))
            )
        ),
    )
    yield "captions", lambda size: page(
        body=usual + "".join(f"<figure><img src=/{n}.jpg><figcaption>{unit}</figcaption></figure>" for n in range(size // (len(unit) + 60)))
    )  # fmt: skip


def feed(unit: str, size: int) -> bytes:
    entries = "".join(
        f"<item><title><![CDATA[{unit}{n}]]></title><link>https://nhandan.vn/a-post{n}.html</link>"
        f"<pubDate>{unit}</pubDate></item>"
        for n in range(size // (2 * len(unit) + 120) + 1)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{entries}</channel></rss>'.encode()


def sources(unit: str) -> Iterator[tuple[str, Callable[[int], bytes]]]:
    fill = filled(unit)
    rss = '<?xml version="1.0"?><rss version="2.0"><channel><item><title>{0}</title><link>{1}</link><pubDate>{0}</pubDate></item>{2}'
    yield "feed", lambda size: feed(unit, size)
    yield "feed value", lambda size: rss.format(fill(size), fill(size), "").encode()
    yield "feed tail", lambda size: rss.format("a", "https://nhandan.vn/a-post1.html", fill(size)).encode()
    yield "before feed", lambda size: (fill(size) + feed("a", 1000).decode()).encode()
    yield "bare", lambda size: fill(size).encode()
    yield "xml bare", lambda size: ('<?xml version="1.0"?>' + fill(size)).encode()
    yield "doctype", lambda size: ("<!DOCTYPE rss [" + fill(size) + "]><rss><channel></channel></rss>").encode()
    yield "sitemap", lambda size: (
        "<urlset>" + "".join(f"<url><loc>https://nhandan.vn/{unit}{n}</loc><lastmod>{unit}</lastmod></url>" for n in range(size // (2 * len(unit) + 60))) + "</urlset>"
    ).encode()  # fmt: skip
    yield (
        "json",
        lambda size: json.dumps(
            {
                "items": [
                    {"url": f"https://nhandan.vn/{unit}{n}", "title": unit, "date": unit} for n in range(size // 80)
                ]
            }
        ).encode(),
    )
    yield "json feed", lambda size: json.dumps(
        {"version": "https://jsonfeed.org/version/1", "items": [{"url": "https://nhandan.vn/a-post1.html", "title": fill(size), "date_published": fill(size)}]}
    ).encode()  # fmt: skip
    yield (
        "list",
        lambda size: "".join(f"https://nhandan.vn/{unit}{n}\n" for n in range(size // (len(unit) + 26))).encode(),
    )
    for name, make in pages(unit):
        if name in ("before", "links", "title", "paragraphs"):
            yield f"listing {name}", lambda size, make=make: make(size).encode()  # type: ignore[misc]


def article(text: str, title: str = "Con đê") -> Article:
    at = datetime(2026, 8, 5, 10, tzinfo=UTC)
    return Article(
        url=URL, canonical_url=URL, site=None, title=title, lead=None, body=text, published_at=at,
        content_hash=content_hash(None, text), layout="fallback",
    )  # fmt: skip


def _copies(texts: tuple[str, str]) -> Any:
    before, after = (Facts(None, text) for text in texts)
    return compare_copies(before, after, timedelta(hours=1), one_paper=False), fingerprint(before.hashes)


def query_of(text: str) -> object:
    """A query as somebody may type or paste it; one that is refused costs no less."""
    try:
        return parse(text)
    except BadInput as refused:
        return refused


def cases() -> Iterator[Case]:
    site = SITES.find(URL)
    query = parse('"con đê" OR (a AND NOT zz) OR "1 1 1 1 2"')
    texts: dict[str, Callable[[str], Any]] = {
        "normal_form": normal_form, "search_form": search_form, "query": query_of, "parse_date": parse_date,
        "documents": documents, "clean_text": clean_text, "decode": lambda text: decode(text.encode()),
        "decode utf-16": lambda text: decode(text.encode("utf-16-le", "replace")),
        "decode windows": lambda text: decode(text.encode("cp1258", "replace"), "windows-1258"),
        "canonical": lambda text: judge(f"https://nhandan.vn/{text[:100_000]}", site) if site else canonical(text),
        "is_wall": lambda text: is_wall(text.encode()), "moved_to": lambda text: moved_to(f"<script>location={text}".encode(), URL),
        "verdict": lambda text: verdict(200, {}, text.encode()), "robots": lambda text: readable(text.encode()),
        "alerts": lambda text: match(query, SearchedText.of(article(f"{text} con đê {text}"))),
        "title alerts": lambda text: match(query, SearchedText.of(article("a", f"{text} con đê {text}"))),
        "copies": lambda text: _copies((f"{text} a {TEXT}", f"{text} b {TEXT}")),
        "lines copies": lambda text: _copies((f"{text}\n" + TEXT, f"{TEXT}\n{text}")),
        "diff": lambda text: compare(article(f"{text} a {TEXT}"), article(f"{TEXT} b {text}")),
    }  # fmt: skip
    for unit in UNITS:
        for name, read in texts.items():
            yield Case(name, f"{unit!r}", filled(unit), read)
            if len(unit) < 8:
                yield Case(name, f"{unit!r} and a number", varied(unit), read)
        for where, make in pages(unit):
            yield Case("extract", f"{unit!r} in {where}", make, lambda text: refusing(extract, text.encode(), URL))
            yield Case(
                "layout", f"{unit!r} in {where}", make, lambda text: refusing(extract, text.encode(), URL, site=site)
            )
        for where, make_source in sources(unit):
            yield Case(
                "discover", f"{unit!r} in {where}", make_source, lambda body: discover(body, "https://nhandan.vn/rss")
            )
            if where.startswith("listing"):
                yield Case("listing", f"{unit!r} in {where}", make_source,
                           lambda body: discover(body, "https://nhandan.vn/thoi-su", site=site))  # fmt: skip
    assert ComparedText is Facts


def refusing(read: Callable[..., Any], *given: Any, **about: Any) -> Any:
    """What was read, or how it was refused: both are an answer."""
    from crawler.errors import Refused

    try:
        return read(*given, **about)
    except Refused as refusal:
        return refusal


def cost(case: Case, size: int) -> tuple[float, float, str]:
    """Processor seconds and megabytes over the idle process, and what went wrong, "" when nothing."""
    made = case.make(size)
    pid = os.fork()
    if pid == 0:
        begun = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        resource.setrlimit(resource.RLIMIT_CPU, (int(begun) + SECONDS, SECONDS + 5))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        try:
            case.read(made)
        except BaseException as error:
            print(f"  {case.reader} {case.what}: {type(error).__name__}: {error!s:.90}", flush=True)
            os._exit(3)
        os._exit(0)
    _, status, usage = os.wait4(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, {0: "", 3: "raised"}.get(code, f"killed ({-code})")


def main() -> None:
    arguments = sys.argv[1:]
    few = int(arguments.pop(0).removeprefix("--every=")) if arguments and arguments[0].startswith("--every=") else 1
    size = int(arguments.pop(0)) if arguments and arguments[0].isdigit() else 30_000
    count, wrong = 0, []
    gc.freeze()
    idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for number, case in enumerate(cases()):
        if number % few or (arguments and case.reader not in arguments):
            continue
        count += 1
        seconds, megabytes, bad = cost(case, 4 * size)
        if seconds < QUICK and not bad and megabytes - idle < 300:
            continue
        less, _, _ = cost(case, size)
        ratio = seconds / max(less, 0.01)
        if bad or ratio > GROWS or seconds > 5 or megabytes - idle > 300:
            line = {"reader": case.reader, "what": case.what, "seconds": round(seconds, 2), "ratio": round(ratio, 1),
                    "megabytes": round(megabytes - idle), "bad": bad}  # fmt: skip
            wrong.append(line)
            print(
                f"{case.reader:15} {case.what:50} {seconds:6.2f} s  ×{ratio:4.1f}  {megabytes - idle:5.0f} MB {bad}",
                flush=True,
            )
    print(json.dumps({"cases": count, "size": 4 * size, "wrong": wrong}, ensure_ascii=False))


if __name__ == "__main__":
    main()

"""A described site is proved: each fault is named by its own words, and mended where a better answer is to be had."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from crawler.errors import Refusal
from crawler.learn import Answer, patched
from crawler.learn.proof import Fault
from crawler.learn.writing import file_of
from crawler.newsroom.pages import redesigned
from crawler.sites import Feed, Site
from tests.learn.examined_paper import Respond, described, examined, target, true_answer

Harm = Callable[[Site], tuple[Site, Respond]]
"""What makes a definition, or what answers it, faulty."""
PAPERS = ("songda", "hongha", "truongson", "bachdang", "biencuong", "cuulong")
ALL = r"^/(?!robots\.txt)"
STORY = r"-(?:post)?\d{5,}(?:\.html?|\.tncl)?$|-post\d+\.(?:html|tncl)$"
FEED = r"^/(?:rss|home\.rss)"
SITEMAP = r"^/sitemap"
SHELL = (
    b'<!DOCTYPE html><html><head><title>B\xc3\xa1o</title></head><body><div id="app"></div><script src="/app.js">'
    b'</script><script>fetch("/api/v1/bai-moi")</script></body></html>'
)
NOTHING = b'<?xml version="1.0"?><rss version="2.0"><channel><title>B\xc3\xa1o</title></channel></rss>'
MAINTENANCE = "<!DOCTYPE html><html><body><h1>Trang đang bảo trì</h1><p>Xin quay lại sau.</p></body></html>".encode()


def at(path: str, answer: Callable[[str], Answer]) -> Harm:
    """The server answers otherwise where path and query match."""
    return lambda site: (site, lambda url: answer(url) if re.search(path, target(url)) else true_answer(url))


def says(body: bytes, kind: str = "text/html", status: int = 200) -> Callable[[str], Answer]:
    return lambda url: Answer(url, status, kind, body)


def refuses(reason: Refusal, url: str | None = None) -> Callable[[str], Answer]:
    return lambda asked: Answer(url or asked, 0, refused=reason)


def edits(change: Callable[[bytes], bytes]) -> Callable[[str], Answer]:
    def answer(url: str) -> Answer:
        true = true_answer(url)
        return Answer(url, true.status, true.content_type, change(true.body))

    return answer


def answers_from(place: str) -> Callable[[str], Answer]:
    """The true answer after a redirect to another path or, for an address, to another host."""

    def answer(url: str) -> Answer:
        there = place if "://" in place else f"http://{urlsplit(url).netloc}{place}"
        return replace(true_answer(url), url=there)

    return answer


def defined(**fields: object) -> Harm:
    return lambda site: (replace(site, **fields), true_answer)  # type: ignore[arg-type]


def laid_out(**fields: tuple[str, ...]) -> Harm:
    def harm(site: Site) -> tuple[Site, Respond]:
        assert site.layout is not None
        return replace(site, layout=site.layout.replace(**fields)), true_answer

    return harm


def feed_at(path: str) -> Harm:
    return lambda site: (
        replace(site, sources=(Feed(site.home.rstrip("/") + path), *site.sources[1:])),
        true_answer,
    )


def section_feed(site: Site) -> tuple[Site, Respond]:
    """A section's feed beside the home feed, which gives the same."""
    home, section = site.sources[0].url, f"{site.home}rss/kinh-te.rss"
    with_section = replace(site, sources=(site.sources[0], Feed(section), *site.sources[1:]))
    return with_section, lambda url: replace(true_answer(home), url=url) if url == section else true_answer(url)


def foreign(url: str) -> Answer:
    return replace(true_answer("http://cuulong.localhost:8080/rss.xml"), url=url)


def stopped(body: bytes) -> bytes:
    """A feed that has stood still for a year."""
    return body.replace(b"2026", b"2025").replace(b":8080/", b":8080/cu-")


def in_greenwich(body: bytes) -> bytes:
    """A feed that calls its local times UTC."""
    return body.replace(b"+0700", b"+0000").replace(b"+07:00", b"+00:00")


def anew(body: bytes) -> bytes:
    return redesigned(body.decode(), 1).encode()


def childless(body: bytes) -> bytes:
    return re.sub(rb"<sitemap>.*</sitemap>", b"", body, flags=re.S)


NARROW = r"^/[b-m][a-z0-9-]+-post\d+\.html$"
WIDE = r"^/(?!rss|home)[a-z0-9-]{4,}(?:/[a-z0-9-]+)?(?:\.\w+)?$"
FAULTS: list[tuple[str, Harm, Fault, bool]] = [  # paper, what is wrong, its name, whether it can be mended
    ("songda", at(FEED, answers_from("/rss/moi.rss")), "source moved", True),
    ("hongha", feed_at("/cu/cu.rss"), "source gone", True),
    ("songda", at(r"^/rss/home\.rss", says(b"", status=410)), "source gone", True),
    ("bachdang", at(SITEMAP, says(b"", status=404)), "source gone", True),
    ("hongha", at(r"^/tin-moi", says(b"", status=404)), "source gone", True),
    ("bachdang", at(r"^/rss/tin-moi", says(MAINTENANCE)), "html for feed", True),
    ("songda", at(r"^/rss/home", says(NOTHING, "application/rss+xml")), "source empty", True),
    ("bachdang", at(r"^/rss/tin-moi", says(b"", "application/rss+xml")), "source empty", True),
    ("songda", at(r"^/sitemap\.xml", edits(childless)), "no children", True),
    ("songda", at(r"^/sitemaps/", says(b"", status=404)), "no children", True),
    ("songda", at(r"^/rss/home", edits(stopped)), "old items only", True),
    ("songda", at(r"^/rss/home", foreign), "other site", True),
    ("bachdang", section_feed, "home feed again", True),
    ("songda", at(r"^/rss/home", refuses(Refusal.CHALLENGE)), "source walled", False),
    ("songda", at(r"^/rss/home", says(b"", status=503)), "source unreachable", False),
    ("songda", at(r"^/rss/home", refuses(Refusal.ROBOTS)), "source closed by robots", False),
    ("songda", at(r"^/rss/home", says(b"<?xml version='1.0'?><rs")), "source unreadable", True),
    ("songda", defined(article=NARROW), "pattern too narrow", True),
    ("cuulong", defined(article=r"^/bai/\d+\.html$"), "pattern too narrow", True),
    ("bachdang", defined(exclude=r"^/[a-z0-9]+-[a-z]"), "pattern too narrow", True),
    ("bachdang", defined(article=WIDE), "pattern too wide", True),
    ("bachdang", at(STORY, edits(anew)), "layout does not match", True),
    ("bachdang", laid_out(title=("h1.khac",), body=(".khac",)), "layout does not match", True),
    ("bachdang", laid_out(body=(".khac",)), "layout does not match", True),
    ("bachdang", laid_out(title=("footer",)), "title disagrees", True),
    ("bachdang", laid_out(body=(".block-sc-sapo",)), "text disagrees", True),
    ("bachdang", laid_out(lead=(".khac",)), "lead selector does not match", True),
    ("bachdang", laid_out(authors=(".khac",)), "authors lost", True),
    ("bachdang", laid_out(section=(".khac",)), "section lost", True),
    ("songda", laid_out(tags=(".khac",)), "tags selector does not match", True),
    ("songda", at(FEED, edits(in_greenwich)), "time zone wrong", False),
    ("songda", at("^/$", answers_from("https://songda.localhost:8080/")), "home moved", True),
    ("songda", at("^/$", answers_from("http://www.songda.localhost:8080/")), "home moved", True),
    ("songda", at(ALL, refuses(Refusal.REDIRECTED, "https://bao-moi.example.vn/")), "moved away", False),
    ("songda", at(ALL, refuses(Refusal.ROBOTS)), "robots", False),
    ("songda", at(STORY, refuses(Refusal.ROBOTS)), "robots", False),
    ("songda", at(ALL, refuses(Refusal.CHALLENGE)), "walled", False),
    ("songda", at(STORY, says(b"", status=403)), "walled", False),
    ("songda", at(ALL, says(b"<h1>503</h1>", status=503)), "unreachable", False),
    ("songda", at(ALL, refuses(Refusal.UNREACHABLE)), "unreachable", False),
    ("songda", at(ALL, says(SHELL)), "script-built", False),
    ("songda", at(STORY, says(SHELL)), "script-built", False),
]
SITE_FAULTS = {"moved away", "robots", "walled", "unreachable", "script-built"}


@pytest.mark.parametrize("paper", PAPERS)
def test_what_is_well_is_said_to_work(paper: str) -> None:
    proof = examined(described(paper))
    assert (proof.verdict, proof.findings, proof.better) == ("works", [], None)
    assert proof.requests <= 12


@pytest.mark.parametrize(
    ("paper", "harm", "fault", "mendable"),
    FAULTS,
    ids=[f"{number}-{fault.replace(' ', '-')}" for number, (_, _, fault, _) in enumerate(FAULTS)],
)
def test_a_fault_is_named_and_mended(paper: str, harm: Harm, fault: Fault, mendable: bool) -> None:
    site, respond = harm(described(paper))
    proof = examined(site, respond)
    assert [found.fault for found in proof.findings] == [fault]
    assert (proof.verdict == "refused") == (fault in SITE_FAULTS)
    assert proof.requests <= 20
    assert (proof.better is not None) == mendable
    if proof.better is not None:
        written = patched(file_of(site), site, proof.better)
        assert _site_in(written) == _plain(proof.better)
        if "moved" not in fault:  # a server that moves whatever is asked would move it once more
            assert examined(proof.better, respond).verdict == "works"


def test_a_page_with_words_is_not_built_by_its_scripts_however_long_these_are() -> None:
    page = f"<html><body>{'<p>Tin trong ngày của báo.</p>' * 40}<script>{'x' * 9000}</script></body></html>"
    site, respond = at(ALL, says(page.encode()))(described("songda"))
    assert "script-built" not in {found.fault for found in examined(site, respond).findings}


def test_a_source_that_moved_is_followed() -> None:
    site, respond = at(FEED, answers_from("/rss/moi.rss"))(described("songda"))
    better = examined(site, respond).better
    assert better is not None
    assert better.sources[0].url == f"{site.home}rss/moi.rss"


def test_a_home_page_that_moved_is_followed() -> None:
    site, respond = at("^/$", answers_from("https://songda.localhost:8080/"))(described("songda"))
    better = examined(site, respond).better
    assert better is not None
    assert better.home == "https://songda.localhost:8080/"


def test_a_mended_pattern_keeps_what_may_name_older_articles() -> None:
    site, respond = defined(article=rf"{NARROW}|^/luu-tru/\d+\.html$")(described("songda"))
    better = examined(site, respond).better
    assert better is not None
    assert better.article.endswith(r"|^/luu-tru/\d+\.html$")
    assert NARROW not in better.article


def test_a_time_zone_is_told_by_the_hours_it_is_off() -> None:
    site, respond = at(FEED, edits(in_greenwich))(described("songda"))
    (found,) = examined(site, respond).findings
    assert "7 h behind the source" in found.text


def test_what_a_script_calls_is_named() -> None:
    site, respond = at(STORY, says(SHELL))(described("songda"))
    (found,) = examined(site, respond).findings
    assert "/api/v1/bai-moi" in found.text


def _site_in(text: str) -> dict[str, object]:
    """The definition that the file of a spider holds."""
    names: dict[str, object] = {"__name__": "mended"}
    exec(compile(text, "mended", "exec"), names)  # noqa: S102, our own text
    return next(_plain(site) for value in names.values() if isinstance(site := getattr(value, "site", None), Site))


def _plain(site: Site) -> dict[str, object]:
    kept = ("home", "hosts", "sources", "article", "exclude", "keep_query", "keep_slash")
    assert site.layout is not None
    # The file that stands in for a paper's spider names its layout by the site, and no kinds of page.
    return {name: getattr(site, name) for name in kept} | {"layout": site.layout.replace(name="-", marks=())}

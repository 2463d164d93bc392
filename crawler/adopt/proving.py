"""Proves described sites: each examined as politely as in a crawl, kept as a folder that answers the same once more."""

from __future__ import annotations

import csv
import json
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from crawler.adopt.adopting import write_case
from crawler.adopt.conversation import Talk, hold
from crawler.adopt.spider_patch import spider_patch
from crawler.configuration import Settings as OwnSettings
from crawler.crawl.run import settings_for
from crawler.errors import BadInput, Refusal
from crawler.fetch import replay as saved_pages
from crawler.learn import Answer, Ask, Finding, NotLearned, Proof, examine
from crawler.sites import Site, Sites

_RECORD = "answers.jsonl"
_CASES = 2  # golden cases of a site
_ENDINGS = {"text/html": ".html", "application/xhtml+xml": ".html", "application/json": ".json", "text/plain": ".txt"}


@dataclass(slots=True)
class Proven:
    """What was proved of one site, and all that was asked and answered for it."""

    proof: Proof
    answers: list[tuple[Ask, Answer]] = field(default_factory=list)
    patch: str | None = None
    """For the spider's file; None where nothing better is known."""


def prove(
    sites: Sites, *, now: datetime, replay: Path | None = None, newsroom: str | None = None, own: OwnSettings
) -> list[Proven]:
    """Examine the sites, several at once, each with a dozen requests; one result a site, in their order.

    With `replay` every answer comes from a folder: one that `keep` has written answers as the sites did at its time,
    any other holds pages alone. `newsroom` is the base URL of the one loopback server that may be asked. Raises
    `BadInput` before anything is asked.
    """
    if replay is not None:
        saved, at = _saved(replay)
        return [_answered(site, saved, at or now, named=at is None) for site in sites.values()]
    settings = settings_for(own, newsroom=newsroom)
    settings.update({"ITEM_PIPELINES": {}, "THOISU_BACKOFF_MAX": 30.0, "THOISU_BACKOFF_FIRST": 5.0}, priority="cmdline")
    if own.delay is not None:
        settings.set("DOWNLOAD_DELAY", own.delay, priority="cmdline")
    results = [Proven(Proof(site)) for site in sites.values()]
    talks = [Talk(one.proof.site, _recorded(one, now)) for one in results]
    hold(talks, settings, at_once=own.sites_at_once)
    for one, talk in zip(results, talks, strict=True):
        if isinstance(talk.came, Proof):
            one.proof = talk.came
        else:
            text = talk.came.sentence if isinstance(talk.came, NotLearned) else "nothing came of it"
            one.proof.findings = [Finding("unreachable", "site", text, one.proof.site.home)]
        one.patch = _patch(one.proof)
    return results


def keep(proven: Iterable[Proven], folder: Path, now: datetime) -> list[Path]:
    """Save all answers as a folder for `--replay`, with golden cases of the pages below `golden`; the cases.

    Raises `BadInput` when the folder cannot be written.
    """
    cases: list[Path] = []
    try:
        pages = folder / "pages"
        pages.mkdir(parents=True, exist_ok=True)
        record, table = [json.dumps({"at": now.isoformat(timespec="seconds")})], [("url", "file")]
        for one in proven:
            for number, (ask, answer) in enumerate(one.answers, start=1):
                kind = answer.content_type.partition(";")[0].strip().lower()
                name = f"{one.proof.site.name}-{number:02}{_ENDINGS.get(kind, '.xml' if 'xml' in kind else '.bin')}"
                (pages / name).write_bytes(answer.body)
                row = {"asked": ask.url, "url": answer.url, "status": answer.status, "refused": answer.refused}
                record.append(
                    json.dumps(row | {"content_type": answer.content_type, "file": f"pages/{name}"}, ensure_ascii=False)
                )
                if answer.is_good:
                    table += [(url, f"pages/{name}") for url in dict.fromkeys((ask.url, answer.url))]
            for page in one.proof.samples[:_CASES]:
                cases += write_case(page, one.proof.site, folder / "golden" / one.proof.site.name, origin="proved")
        (folder / _RECORD).write_text("\n".join(record) + "\n", encoding="utf-8")
        with (folder / "replay.tsv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, "excel-tab", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n").writerows(table)
    except (OSError, csv.Error) as error:
        raise BadInput(f"cannot write to {folder}: {getattr(error, 'strerror', None) or error}") from None
    return cases


def _recorded(one: Proven, now: datetime, also: Sequence[str] = ()) -> Generator[Ask, Answer, Proof]:
    """The questions of an examination, with what was answered noted."""
    questions = examine(one.proof.site, now, also)
    try:
        ask = next(questions)
        while True:
            answer = yield ask
            one.answers.append((ask, answer))
            ask = questions.send(answer)
    except StopIteration as end:
        proof: Proof = end.value
        return proof


def _saved(folder: Path) -> tuple[Mapping[str, Answer], datetime | None]:
    """The answers of a folder by what was asked, and the time of the proof that has kept them."""
    answers = {}
    for address, path in saved_pages.load(folder).items():
        answers[address] = Answer(f"https://{address}", 200, _kind_of(path), path.read_bytes())
    record = folder / _RECORD
    if not record.is_file():
        return answers, None
    try:
        rows = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
        at = datetime.fromisoformat(rows[0]["at"])
        for row in rows[1:]:
            body = _inside(folder, row["file"]).read_bytes()
            refused = Refusal(row["refused"]) if row["refused"] else None
            answers[row["asked"]] = Answer(row["url"], int(row["status"]), row["content_type"], body, refused)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise BadInput(f"{record} is no record of a proof: {error}") from None
    return answers, at


def _inside(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ValueError(f"{name} lies outside")
    return path


def _kind_of(path: Path) -> str:
    return "text/html" if path.suffix.lower() in (".html", ".htm") else "application/xml"


def _answered(site: Site, saved: Mapping[str, Answer], now: datetime, *, named: bool) -> Proven:
    """An examination whose answers are all there already; with `named` any saved page of the site may be read."""
    one = Proven(Proof(site))
    questions = _recorded(one, now, _of(saved, site) if named else ())
    try:
        ask = next(questions)
        while True:
            known = saved.get(ask.url)
            if known is None and (page := saved.get(saved_pages.key(ask.url))) is not None:
                known = replace(page, url=ask.url)
            ask = questions.send(known or Answer(ask.url, 0, refused=Refusal.NOT_SAVED))
    except StopIteration as end:
        one.proof = end.value
    one.patch = _patch(one.proof)
    return one


def _of(saved: Mapping[str, Answer], site: Site) -> list[str]:
    """The saved addresses of a site."""
    return [answer.url for answer in saved.values() if site.owns(urlsplit(answer.url).hostname or "")]


def _patch(proof: Proof) -> str | None:
    return (spider_patch(proof.site, proof.better) or None) if proof.better is not None else None

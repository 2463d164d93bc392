"""Messages on findings: urgent ones within the hour, the others once a day, and that they are over."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from crawler.alerts.targets import key
from crawler.catalogue import Language, retold, said
from crawler.monitor import BY_NAME
from crawler.store import Store, findings, messages, subjects
from crawler.store.findings import Finding
from crawler.text import local_time

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
_SHOWN = 2  # examples of a finding


def write_messages(store: Store, now: datetime, targets: Collection[str], language: Language = "en") -> int:
    """Write the messages that are due, each finding into one when it opens and into one when it has ended.

    The number of findings in them. A digest a day at most holds all that is new; urgent ones do not wait for it, but
    for an hour since the last message of their kind.
    """
    with store.reading() as connection:
        if not targets or not findings.unnotified(connection):
            return 0
    with store.writing_beside(subjects.job("alerts"), subjects.job("monitor")) as connection:
        new = findings.unnotified(connection)
        for about, interval, wanted in (
            ("digest", DAY, new),
            ("urgent", HOUR, [one for one in new if one.name in BY_NAME and BY_NAME[one.name].urgent]),
        ):
            last = messages.last(connection, about, now)
            if wanted and (last is None or now - last >= interval):
                title, text = _title(wanted, language), compose(wanted, language)
                messages.put(connection, about, map(key, targets), title, text, now)
                findings.note_notified(connection, [one.id for one in wanted], now)
                return len(wanted)
    return 0


def compose(found: Sequence[Finding], language: Language = "en") -> str:
    """The text of a message."""
    return "\n\n".join(_over(one, language) if one.closed_at else _new(one, language) for one in found)


def _title(found: Sequence[Finding], language: Language) -> str:
    over = sum(one.closed_at is not None for one in found)
    counts = (("{n} new", len(found) - over), ("{n} over", over))
    return f"thoisu: {', '.join(said(text, language, n=count) for text, count in counts if count)}"


def _new(one: Finding, language: Language) -> str:
    check = BY_NAME.get(one.name)
    lines = [said("{what}, since {at}", language, what=_what(one), at=local_time(one.since))]
    lines += [f"{said(check.says, language)}."] if check else []
    lines += [retold(one.evidence, language), *one.examples[:_SHOWN]]
    lines += [f"{said('To do:', language)} {said(check.advice, language)}"] if check else []
    return "\n".join(lines)


def _over(one: Finding, language: Language) -> str:
    until = local_time(one.closed_at or one.seen_at)
    return said("over: {what}, from {at} to {end}", language, what=_what(one), at=local_time(one.since), end=until)


def _what(one: Finding) -> str:
    return " ".join(part for part in (one.name, one.site, one.subject) if part)

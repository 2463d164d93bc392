"""What became of the months of `bench/months.py`: whose news was late, which faults were found, what has grown."""

from __future__ import annotations

import sys
from collections import defaultdict
from datetime import datetime, timedelta
from statistics import mean
from typing import TYPE_CHECKING, Any

from crawler.newsroom import World
from crawler.text import VIETNAM

if TYPE_CHECKING:
    from month_faults import Fault
    from months import Months

START = datetime(2026, 8, 3, tzinfo=VIETNAM)
STEP = timedelta(minutes=30)
CHECK = 4
"""Steps between two checks."""
HOUR = timedelta(hours=1)


def growth(values: list[float] | list[int]) -> float:
    """From the mean of the second third to that of the last."""
    third = max(len(values) // 3, 1)
    return round(mean(values[-third:]) - mean(values[-2 * third : -third] or values[-third:]), 1)


def delays(world: World, arrived: dict[str, datetime]) -> dict[str, float]:
    """The longest that the news of each paper took, in hours."""
    longest: dict[str, float] = defaultdict(float)
    for story in world.all_stories():
        if at := arrived.get(world.url(story)):
            longest[story.paper.name] = max(longest[story.paper.name], (at - story.visible_from) / HOUR)
    return longest


def news(months: Months, world: World, usual: dict[str, float], end: datetime) -> dict[str, Any]:
    """How many of the unharmed papers' pages came too late, and which never did."""
    harmed = {fault.site for fault in months.faults}
    windows = [(one.begin, one.end) for one in months.faults if not one.site and one.end]
    late, missing, worst, pages = [], [], 0.0, 0
    for story in world.all_stories():
        name = story.paper.name
        if name in harmed:
            continue
        url, wait = world.url(story), timedelta(hours=usual.get(name, 24.0))
        pages += 1
        last = story.visible_from + wait
        for begin, over in windows:
            if begin <= last and over >= story.visible_from:
                last = max(last, over + wait)
        slack = max(HOUR, wait / 4)
        at = months.arrived.get(url)
        if at is None and last + slack < end:
            missing.append(url)
        elif at:
            worst = max(worst, (at - last) / HOUR)
            late += [(url, round((at - last) / HOUR, 1))] * (at > last + slack)
    for row in (*missing, *late):
        print("missing or late:", row, file=sys.stderr)
    return {"unharmed": len({story.paper.name for story in world.all_stories()} - harmed), "news": pages,
            "late": len(late), "missing": len(missing), "worst_hours_past_usual": round(worst, 1)}  # fmt: skip


def judged(months: Months, end: datetime) -> dict[str, Any]:
    """Which faults were found by their own finding and ended, and which findings belong to none."""
    explained: set[int] = set()
    rows = []
    for fault in months.faults:
        kind = fault.kind
        names = {*kind.also, *([kind.finding[0]] if kind.finding else [])}
        for key, one in months.seen.items():
            if one.site == fault.site and one.name in names and months.open_at[key][0] > fault.begin:
                explained.add(key)
        if kind.finding and (row := _found(months, fault, kind.finding, end)):
            rows.append(row)
    false = [one for key, one in months.seen.items() if key not in explained]
    for row in rows:
        print(" ".join(f"{name}={value}" for name, value in row.items()))
    for one in false:
        print(f"false: {one.name} {one.site} {one.subject} opened {one.opened_at:%d/%m %H:%M}: {one.evidence}")
    return {
        "faults": len(rows), "found": sum(bool(row["within"]) for row in rows),
        "not_closed": sum(not row["closed"] for row in rows), "false_findings": len(false),
        "unnoticed": sum(fault.kind.finding is None for fault in months.faults),
    }  # fmt: skip


def _found(months: Months, fault: Fault, finding: tuple[str, str], end: datetime) -> dict[str, Any] | None:
    """What became of a fault; None when it had no time to be found."""
    kind, name = fault.kind, (finding[0], fault.site, finding[1])
    # One that was open already, as the clock's stays for a day, stands for this as well.
    mine = [key for key, one in months.seen.items() if (one.name, one.site, one.subject) == name
            and months.open_at[key][-1] > fault.begin]  # fmt: skip
    found = min((max(months.open_at[key][0], fault.begin) for key in mine), default=None)
    if found is None and fault.begin + timedelta(hours=kind.within) > end:
        return None
    after = (found - fault.begin) / HOUR if found else None
    same = (other.begin for other in months.faults if other.begin > fault.begin and other.site == fault.site
            and other.kind.finding == finding)  # fmt: skip
    closed = True
    if fault.end and kind.over is not None:
        closes, following = fault.end + timedelta(hours=kind.over + CHECK * STEP / HOUR), next(same, end)
        closed = not any(closes < at < following for key in mine for at in months.open_at[key])
    return {
        "fault": kind.name, "site": fault.site, "day": (fault.begin - START).days, "by": " ".join(finding).strip(),
        "hours": round(after, 1) if after is not None else None, "bound": kind.within,
        "within": after is not None and after <= kind.within + CHECK * STEP / HOUR, "closed": closed,
    }  # fmt: skip

"""Plots as SVG, made here from numbers. What is drawn has its colour by a class of the style sheet, and is said in
words for who does not see it."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

_BAR, _GAP = 8, 2  # of a plot of bars, in its own units
_HEIGHT = 48
SHADES = 5
"""Of heat maps, beside the empty one; the style sheet names them h0 to h5."""


def bars(values: Sequence[float], labels: Sequence[str], said: str, ticks: Sequence[tuple[int, str]] = ()) -> Markup:
    """A bar for each value; a label appears under the pointer, `ticks` stand below."""
    most, width = max(values, default=0) or 1, len(values) * (_BAR + _GAP)
    parts = [
        f'<rect class="bar" x="{n * (_BAR + _GAP)}" y="{_HEIGHT - _tall(value, most):.1f}" width="{_BAR}"'
        f' height="{_tall(value, most):.1f}"><title>{escape(label)}</title></rect>'
        for n, (value, label) in enumerate(zip(values, labels, strict=True))
        if value
    ]
    parts += [
        f'<text class="tick" x="{n * (_BAR + _GAP)}" y="{_HEIGHT + 13}">{escape(text)}</text>' for n, text in ticks
    ]
    base = f'<path class="axis" d="M0 {_HEIGHT + 0.5}H{width}"/>'
    return _svg(width, _HEIGHT + 16, said, [base, *parts], "bars")


def strip(share: float) -> Markup:
    """A bar from the left, 0 to 1, beside a number that says the same."""
    width = max(1.0, 100 * min(max(share, 0.0), 1.0))
    return Markup(  # noqa: S704 - a number
        f'<svg class="strip" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f'<rect class="bar" width="{width:.1f}" height="6"/></svg>'
    )


def shade(value: float, most: float) -> int:
    """The class of a heat map's cell: 0 for nothing, up to `SHADES`."""
    return 0 if value <= 0 or most <= 0 else min(SHADES, 1 + int(SHADES * value / most * 0.999))


def heat_map(
    rows: Sequence[Sequence[float]], names: Sequence[str], titles: Sequence[Sequence[str]], said: str
) -> Markup:
    """Rows of cells, each under its title; `names` stand at the left, the hours below."""
    most, cell, left = max((max(row, default=0) for row in rows), default=0), 12, 30
    parts = [f'<text class="tick" x="0" y="{n * cell + 10}">{escape(name)}</text>' for n, name in enumerate(names)]
    for y, (row, of_row) in enumerate(zip(rows, titles, strict=True)):
        parts += [
            f'<rect class="h{shade(value, most)}" x="{left + x * cell}" y="{y * cell}" width="{cell - 1.5}"'
            f' height="{cell - 1.5}"><title>{escape(title)}</title></rect>'
            for x, (value, title) in enumerate(zip(row, of_row, strict=True))
        ]
    below = len(rows) * cell + 11
    parts += [f'<text class="tick" x="{left + hour * cell}" y="{below}">{hour:02}</text>' for hour in range(0, 24, 6)]
    return _svg(left + 24 * cell, below + 3, said, parts, "heat")


def calendar(days: Sequence[tuple[int, int, str, str]], said: str, months: Sequence[tuple[int, str]]) -> Markup:
    """A square for each day: its week from the left, its weekday from the top, its class and its title."""
    cell, top = 13, 14
    parts = [f'<text class="tick" x="{week * cell}" y="10">{escape(name)}</text>' for week, name in months]
    parts += [
        f'<rect class="{kind}" x="{week * cell}" y="{top + weekday * cell}" width="{cell - 2}" height="{cell - 2}">'
        f"<title>{escape(title)}</title></rect>"
        for week, weekday, kind, title in days
    ]
    weeks = 1 + max((week for week, *_ in days), default=0)
    return _svg(max(weeks * cell, 30), top + 7 * cell, said, parts, "calendar")


def small_heat(rows: Sequence[Sequence[float]], said: str) -> Markup:
    """A heat map for a line of a table: a path for each shade, since a board has many."""
    most = max((max(row, default=0) for row in rows), default=0)
    cells: dict[int, list[str]] = {}
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            if value:
                cells.setdefault(shade(value, most), []).append(f"M{x} {y}h1")
    parts = [f'<path class="s{step}" d="{"".join(path)}"/>' for step, path in sorted(cells.items())]
    return Markup(  # noqa: S704 - as below
        '<svg class="small heat" viewBox="0 -.5 24 7" preserveAspectRatio="none" role="img">'
        f"<title>{escape(said)}</title>"
        f'<path class="s0" d="{"".join(f"M0 {y}h24" for y in range(7))}"/>{"".join(parts)}</svg>'
    )


def small_days(kinds: Sequence[str], said: str) -> Markup:
    """A square for each day, of these classes."""
    parts = (f'<rect class="{kind}" x="{n * 8}" width="7" height="14"/>' for n, kind in enumerate(kinds))
    return Markup(  # noqa: S704 - as below
        f'<svg class="small days" viewBox="0 0 {len(kinds) * 8} 14" role="img"><title>{escape(said)}</title>'
        f"{''.join(parts)}</svg>"
    )


def _tall(value: float, most: float) -> float:
    return max(1.0, _HEIGHT * value / most)


def _svg(width: float, height: float, said: str, parts: Sequence[str], kind: str) -> Markup:
    return Markup(  # noqa: S704 - numbers, classes of ours, and texts that are escaped
        f'<svg class="plot {kind}" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" role="img">'
        f"<title>{escape(said)}</title>{''.join(parts)}</svg>"
    )

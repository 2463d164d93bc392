"""Public holidays of Viet Nam, on which the state's papers publish as on a Sunday.

Labour Code 2019 (45/2019/QH14), article 112: 1 January, five days of Tết, the Hùng Kings' day (10th of the third lunar
month), 30 April and 1 May, 2 September with a day beside it; article 111.3: a holiday on a weekly rest day is made up
for on the next working day.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

SUNDAY = 6
_LUNAR = """
2020 01-25 04-02  2021 02-12 04-21  2022 02-01 04-10  2023 01-22 04-29  2024 02-10 04-18  2025 01-29 04-07
2026 02-17 04-26  2027 02-06 04-16  2028 01-26 04-04  2029 02-13 04-23  2030 02-02 04-12  2031 01-23 04-01
2032 02-11 04-19  2033 01-31 04-09  2034 02-19 04-28  2035 02-08 04-17  2036 01-28 04-06  2037 02-15 04-24
2038 02-04 04-13  2039 01-24 04-03  2040 02-12 04-20  2041 02-01 04-10  2042 01-22 04-29  2043 02-10 04-19
""".split()
_TET = dict(zip(_LUNAR[::3], _LUNAR[1::3], strict=True))
"""First day of the lunar year on Viet Nam's meridian (Hồ Ngọc Đức's astronomical rule; 2030 is not China's date)."""
_HUNG_KINGS = dict(zip(_LUNAR[::3], _LUNAR[2::3], strict=True))
_FIXED = ("01-01", "04-30", "05-01", "09-01", "09-02")
_TET_DAYS = range(-2, 5)
"""Days off around the first: what the government announced for 2022 to 2026 lies in this span or is a weekend at it."""


def weekday(day: date) -> int:
    """0 for Monday to 6 for Sunday; a public holiday is a Sunday."""
    return SUNDAY if day in holidays(day.year) else day.weekday()


@cache
def holidays(year: int) -> frozenset[date]:
    """The days off of a year, those made up for included; years outside 2020 to 2043 lack the lunar ones."""
    days = [date.fromisoformat(f"{year}-{day}") for day in _FIXED]
    if kings := _HUNG_KINGS.get(str(year)):
        days.append(date.fromisoformat(f"{year}-{kings}"))
    off = set(days)
    if tet := _TET.get(str(year)):
        first = date.fromisoformat(f"{year}-{tet}")
        off.update(first + timedelta(days=number) for number in _TET_DAYS)
    for day in sorted(days):
        if day.weekday() >= 5:  # Saturday and Sunday
            instead = day
            while instead in off or instead.weekday() >= 5:
                instead += timedelta(days=1)
            off.add(instead)
    return frozenset(off)

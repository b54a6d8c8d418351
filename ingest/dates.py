"""Dates as Swedish reports print them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = [
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
]
_MONTH = (
    r"(?P<month{n}>jan(?:uari)?|feb(?:ruari)?|mars?|apr(?:il)?|maj|juni?|juli?|aug(?:usti)?|sept?(?:ember)?"
    r"|okt(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?P<day{n}>[0-3]?\d)(?::?e)?"
_DASH = r"\s*(?:[-–—]|och|&|till)\s*(?:den\s+)?"
_YEAR = r"(?:,?\s*(?P<year>(?:19|20)\d\d))?"
_WRITTEN = re.compile(
    rf"(?<![\d.])(?:{_DAY.format(n=1)}(?:\s*{_MONTH.format(n=1)})?{_DASH})?{_DAY.format(n=2)}\s*{_MONTH.format(n=2)}\b{_YEAR}",
    re.I,
)
_ISO = re.compile(
    r"(?<!\d)(?P<year>20\d\d)[-./](?P<month>[01]\d)[-./](?P<day>[0-3]\d)(?:\s*(?:--|–|—|-|till)\s*(?:20\d\d-[01]\d-)?(?P<last>[0-3]\d))?(?!\d)"
)
_SLASHED = re.compile(
    r"(?<![\d/.])(?:(?P<first>[0-3]?\d)\s*[-–]\s*)?(?P<day>[0-3]?\d)(?:/(?P<month>1[0-2]|0?[1-9])[\s,/-]+|\.(?P<month2>1[0-2]|0?[1-9])\.)"
    r"(?P<year>20\d\d)(?!\d)|\bden\s+(?P<day3>[0-3]?\d)/(?P<month3>1[0-2]|0?[1-9])(?![\d/])"
)
_COMPACT = re.compile(r"(?<!\d)(?:20)?(?P<year>[12]\d)(?P<month>[01]\d)(?P<day>[0-3]\d)(?!\d)")


@dataclass(frozen=True)
class FoundDate:
    """Days printed at [start, end) of a text, in order; `year_printed` False where the year comes from elsewhere."""

    days: tuple[date, ...]
    start: int
    end: int
    year_printed: bool = True


def find_dates(text: str, year: int | None = None) -> Iterator[FoundDate]:
    """Dates in reading order. `year` is used for dates printed without one; without it these are left out."""
    found: list[FoundDate] = []
    for match in _ISO.finditer(text):
        last = match.group("last") or match.group("day")
        days = _days(int(match["year"]), int(match["month"]), int(match["day"]), int(match["month"]), int(last))
        if days:
            found.append(FoundDate(days, match.start(), match.end()))
    for match in _SLASHED.finditer(text):
        month = int(match["month"] or match["month2"] or match["month3"])
        day, printed = int(match["day"] or match["day3"]), match["year"]
        days = _days(int(printed or year or 1), month, int(match["first"] or day), month, day)
        taken = any(f.start < match.end() and match.start() < f.end for f in found)
        if days and (printed or year) and not taken:
            found.append(FoundDate(days, match.start(), match.end(), printed is not None))
    for match in _WRITTEN.finditer(text):
        if any(f.start < match.end() and match.start() < f.end for f in found):
            continue
        printed = int(match["year"]) if match["year"] else None
        used = printed or year
        if used is None:
            continue
        month = _month(match["month2"])
        first_month = _month(match["month1"]) if match["month1"] else month
        days = _days(used, first_month, int(match["day1"] or match["day2"]), month, int(match["day2"]))
        if match["day1"] and len(days) == 1 and (match["month1"] or int(match["day1"]) != int(match["day2"])):
            earlier = _days(used, first_month, int(match["day1"]), first_month, int(match["day1"]))
            if earlier:  # two meetings, "3 mars och 9 november"
                found.append(FoundDate(earlier, match.start(), match.start() + len(match["day1"]), printed is not None))
                found.append(FoundDate(days, match.start("day2"), match.end(), printed is not None))
                continue
        if days:
            found.append(FoundDate(days, match.start(), match.end(), printed is not None))
    yield from sorted(found, key=lambda f: f.start)


def find_compact_date(text: str) -> str | None:
    """ISO date of a stamp such as "230914" or "20230914", else None."""
    for match in _COMPACT.finditer(text):
        days = _days(
            2000 + int(match["year"]), int(match["month"]), int(match["day"]), int(match["month"]), int(match["day"])
        )
        if days:
            return days[0].isoformat()
    return None


def _month(name: str) -> int:
    return next(n for n, month in enumerate(MONTHS, 1) if month.startswith(name.casefold()[:3]))


def _days(year: int, first_month: int, first: int, last_month: int, last: int) -> tuple[date, ...]:
    try:
        begin, end = date(year, first_month, first), date(year, last_month, last)
    except ValueError:
        return ()
    if not 0 <= (end - begin).days <= 6:
        return (end,)
    return tuple(begin + timedelta(days=n) for n in range((end - begin).days + 1))


def swedish_date(days: tuple[date, ...]) -> str:
    """ "9 februari 2021", "5-6 februari 2024", "30 september-1 oktober 2024"."""
    first, last = days[0], days[-1]
    end = f"{last.day} {MONTHS[last.month - 1]} {last.year}"
    if first == last:
        return end
    if first.month == last.month:
        return f"{first.day}-{end}"
    return f"{first.day} {MONTHS[first.month - 1]}-{end}"

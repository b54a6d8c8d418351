"""The meeting that a report documents: days, label, theme, form. And dates as Swedish reports print them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ingest.cleaning import close_spaced
from ingest.lines import Line
from ingest.model import Form, Meeting
from ingest.towns import Gazetteer

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
_COMPACT = re.compile(r"(?<!\d)(?:20)?(?P<year>[12]\d)(?P<month>[01]\d)(?P<day>[0-3]\d)(?!\d)")
_LOOSE_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NEXT = re.compile(r"\b(?:nästa|kommande|notera|framtida|boka|inbjudan|reservera|välkommen till)\b", re.I)


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


@dataclass(frozen=True)
class FoundMeeting:
    """The meeting and the lines that tell it: (first, end) line indices of date and theme."""

    meeting: Meeting
    date_lines: tuple[int, int] | None
    theme_lines: tuple[int, int] | None


def read_meeting(
    lines: list[Line], front: list[int], name: str, gazetteer: Gazetteer, warnings: list[str]
) -> FoundMeeting | None:
    """The meeting told by the front pages (`front`: indices of their lines), else by the file's name, else None."""
    form = read_form([lines[i].text for i in front])
    theme, theme_lines = read_theme(lines, front, gazetteer)
    days, date_lines = _meeting_days(lines, front)
    if not days:
        match = re.search(r"(20\d\d)[-_]?(0[1-9]|1[0-2])(?:[-_]?([0-3]\d))?", name)
        if not match:
            return None
        iso = "-".join(part for part in match.groups() if part)
        month = f"{MONTHS[int(match[2]) - 1]} {match[1]}"
        warnings.append(f"Träffens datum står inte i texten; {iso} är taget från filens namn.")
        label = f"{_kind(form)} {f'{int(match[3])} {month}' if match[3] else month}"
        return FoundMeeting(Meeting(iso, (iso,), label, theme, form), None, theme_lines)
    printed = days
    for index in front:
        for found in find_dates(lines[index].text, days[-1].year):
            if found.days[-1] == days[-1] and len(found.days) > len(days) and not _NEXT.search(lines[index].text):
                days = found.days
    meeting = Meeting(
        date=days[-1].isoformat(),
        dates=tuple(day.isoformat() for day in days),
        label=f"{_kind(form)} {swedish_date(printed)}",
        theme=theme,
        form=form,
    )
    return FoundMeeting(meeting, date_lines, theme_lines)


def _kind(form: Form | None) -> str:
    return "Digital Citygroupträff" if form == "digital" else "Citygroupträff"


def _meeting_days(lines: list[Line], front: list[int]) -> tuple[tuple[date, ...], tuple[int, int] | None]:
    """The first date on the front pages that is not announced as the next meeting's."""
    for with_loose_year in (False, True):
        for position, index in enumerate(front):
            text = close_spaced(lines[index].text)
            end = index + 1
            above = lines[front[position - 1]].text if position else ""
            announced = _NEXT.search(above) and next(find_dates(above, 2000), None) is None
            if _NEXT.search(text) or announced:
                continue
            year = None
            if with_loose_year:
                around = " ".join(lines[i].text for i in front[max(0, position - 2) : position + 3])
                years = _LOOSE_YEAR.findall(around)
                year = int(years[0]) if years else None
            found = next((f for f in find_dates(text, year) if f.year_printed or year), None)
            if found is None and position + 1 < len(front):  # "5-6" / "FEBRUARI 2024"
                joined = f"{text} {lines[front[position + 1]].text}"
                found = next((f for f in find_dates(joined) if f.start < len(text) < f.end), None)
                end = front[position + 1] + 1
            if found:
                return found.days, (index, end)
    return (), None


def read_theme(lines: list[Line], front: list[int], gazetteer: Gazetteer) -> tuple[str | None, tuple[int, int] | None]:
    """What follows "TEMA:" on the front pages, else what is named as the theme in their sentences."""
    for position, index in enumerate(front):
        match = re.match(
            r"(?:dagens\s+|vårens\s+|höstens\s+|årets\s+)?tema\s*[:–-]\s*(?P<theme>.*)$",
            close_spaced(lines[index].text),
            re.I,
        )
        if not match:
            continue
        theme, end = match.group("theme").strip(), index + 1
        for later in front[position + 1 : position + 3]:
            line = lines[later]
            goes_on = (
                not theme
                or (line.text[:1].islower() and not line.bullet)
                or (
                    line.caps
                    and lines[index].caps
                    and len(lines[index].text) > 30
                    and not line.bullet
                    and not line.level
                )
            )
            if (
                not goes_on
                or line.page != lines[index].page
                or next(find_dates(line.text, 2000), None)
                or line.blank_before
                and theme
            ):
                break
            theme, end = f"{theme} {line.text}".strip(), later + 1
        if theme:
            return _sentence_case(theme.strip(' ”“".'), gazetteer), (index, end)
    text = "\n".join(lines[i].text for i in front)
    match = re.search(
        r"\btema(?:t)?\b(?:\s+(?:var|är|om|kring))?\s+[”“\"«](?P<theme>[^”“\"»]{4,120})[”“\"»]", text, re.S
    )
    if match:
        return _sentence_case(re.sub(r"\s+", " ", match["theme"]), gazetteer), None
    return None, None


def _sentence_case(text: str, gazetteer: Gazetteer) -> str:
    """Capitals of a heading undone; names of places and short acronyms keep theirs."""
    text = text.strip(" .…")
    if not text.isupper():
        return text
    lower = text.lower()
    lower = re.sub(r"\b(ai|bid|eu|it|ar|vr|qr)\b", lambda m: m.group().upper(), lower)
    for town in gazetteer.known:
        lower = re.sub(rf"\b{re.escape(town.lower())}(?=s?\b)", town, lower)
    return lower[:1].upper() + lower[1:]


def read_form(texts: list[str]) -> Form | None:
    """How the meeting was held, by what the front pages call it; None where they do not say."""
    text = " ".join(texts)
    if re.search(
        r"\b(?:hybrid|blandad\w* form|både (?:på plats|fysiskt) och digitalt|på plats och digitalt)", text, re.I
    ):
        return "blandad"
    digital = _named(text, r"digital\w*|webb|webbsänd\w*|virtuell\w*|online")
    digital += len(re.findall(r"\b(?:via|på|över|i) (?:teams|zoom)\b|digitala grupprum", text, re.I))
    physical = _named(text, r"fysisk\w*") + len(
        re.findall(r"\bträff i [A-ZÅÄÖ]|träffen var förlagd|\bpå plats\b|lunch.till.lunch|stadsvandring", text)
    )
    if digital and (digital >= physical or re.search(r"(?i)^.{0,250}digital", text)):
        return "digital"
    if physical or re.search(r"(?i)\bträff i [a-zåäö]", text):
        return "fysisk"
    return "digital" if digital else None


def _named(text: str, kind: str) -> int:
    return len(re.findall(rf"\b(?:{kind})\s*-?(?:\w+\s+)?(?:citygroup)?\w*träff", text, re.I))

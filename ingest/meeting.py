"""The meeting that a report documents: days, label, theme, form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from ingest.cleaning import close_spaced
from ingest.dates import MONTHS, find_dates, swedish_date
from ingest.lines import Line
from ingest.model import Form, Meeting
from ingest.theme import read_theme
from ingest.towns import Gazetteer

_LOOSE_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_NEXT = re.compile(r"\b(?:nästa|kommande|notera|framtida|boka|inbjudan|reservera|välkommen till)\b", re.I)


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

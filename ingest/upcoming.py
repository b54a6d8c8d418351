"""What a report announces of the next meeting: its days, and the towns that will be its hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ingest.cleaning import clean_text
from ingest.dates import FoundDate, find_dates, swedish_date
from ingest.lines import Line
from ingest.model import FactName, Meeting
from ingest.towns import Gazetteer, split_towns

_ANNOUNCES = re.compile(
    r"\b(?:nästa|kommande)\s+(?:\w+\s+)?(?:nätverks|citygroup|region)?(?:träff|möte)\w*|\bnotera\b.*träff\w*"
    r"|\blunch.till.lunch\b|\bnästa\s+gång\b|\b(?:ses|träffas|möts)\s+vi\b|\bvi\s+(?:ses|träffas|möts)\b"
    r"|\b(?:vårens|höstens)\s+(?:citygroup|nätverks)?träff\w*\s+(?:blir|hålls|äger)",
    re.I,
)
_HOSTS = re.compile(
    r"\b(?:dessa|följande)\s+(?:städer|orter)\s+gäller\b|\bvärd(?:städer|orter)\s+(?:för|vid)\s+nästa", re.I
)
_WILL_HOST = re.compile(
    r"\bvärd(?:ar|städer|orter|stad|ort|kommuner)?(?:na)?\b[^.:]{0,40}?(?::|\bblir\b|\bär\b|\bvara\b)", re.I
)
_OPEN_END = re.compile(r"(?:[,:/\u00ad-]|\b(?:och|samt|i|är|blir|vara))\s*$", re.I)
_WINDOW = 5  # lines below an announcement that may belong to it


@dataclass(frozen=True)
class Announced:
    name: FactName
    value: str
    lines: list[int]


def find_upcoming(
    lines: list[Line], indices: list[int], meeting: Meeting | None, gazetteer: Gazetteer
) -> Iterator[Announced]:
    """What the lines at `indices` (front, closing pages; questions left out) announce, in reading order."""
    for position, index in enumerate(indices):
        text = lines[index].text
        below = [i for i in indices[position + 1 : position + 1 + _WINDOW] if i - index <= _WINDOW]
        if _HOSTS.search(text):
            yield from _listed_hosts(lines, index, below, gazetteer)
        if not _ANNOUNCES.search(text):
            continue
        yield from _days(lines, index, below, meeting)
        yield from _named_hosts(lines, index, below, meeting, gazetteer)


def _days(lines: list[Line], index: int, below: list[int], meeting: Meeting | None) -> Iterator[Announced]:
    text = lines[index].text
    reach = 3 if lines[index].words <= 4 else 1  # a heading announces what stands below it
    for line in [index, *below[:reach]]:
        found = list(_future(lines[line].text, text, meeting))
        for day in found:
            near = [index, line] if lines[line].page == lines[index].page else [line]
            yield Announced("next_meeting", swedish_date(day.days), sorted({*near}))
        if found or (line != index and next(find_dates(lines[line].text, 2000), None)):
            return


def _future(text: str, announcement: str, meeting: Meeting | None) -> Iterator[FoundDate]:
    """Dates after the meeting; one without a year is the next such day, where the announcement names none."""
    years = re.findall(r"(?<!\d)20\d\d(?!\d)", announcement)
    year = int(years[0]) if years else int(meeting.date[:4]) if meeting else None
    sure = bool(years)
    if not years and year and re.search(r"(?i)nästa\s+år", announcement):
        year, sure = year + 1, True
    for found in find_dates(text, year):
        if re.search(r"\binte\s+(?:den\s+)?$", text[: found.start]):
            continue
        days = found.days
        if meeting and not found.year_printed and not sure and days[-1].isoformat()[5:] < meeting.dates[0][5:]:
            days = tuple(date(day.year + 1, day.month, day.day) for day in days if (day.month, day.day) != (2, 29))
        if days and not (meeting and days[-1].isoformat() <= meeting.date):
            yield FoundDate(days, found.start, found.end, found.year_printed)


def _listed_hosts(lines: list[Line], index: int, below: list[int], gazetteer: Gazetteer) -> Iterator[Announced]:
    text = lines[index].text
    own = gazetteer.mentions(text.split(":", 1)[-1]) if ":" in text else []
    line = index if own or not below else below[0]
    towns = split_towns(lines[line].text.split(":", 1)[-1], gazetteer)
    if towns and all(gazetteer.exact(town) for town in towns):
        yield Announced("next_host_towns", ", ".join(towns), [index, line])


def _named_hosts(
    lines: list[Line], index: int, below: list[int], meeting: Meeting | None, gazetteer: Gazetteer
) -> Iterator[Announced]:
    """ "Värdar blir A, B och C", or the towns of the sentence that tells the day."""
    for line in [index, *below]:
        if line != index and (lines[line].level or re.search(r"\?$", lines[line].text)):
            return
        text = lines[line].text
        match = _WILL_HOST.search(text)
        whole, last = text, line
        for after in [i for i in below if i > line and lines[i].page == lines[line].page]:
            if not (_OPEN_END.search(lines[last].raw) or re.match(r"(?:och|samt)\b", lines[after].text)):
                break
            whole, last = clean_text(f"{whole}\n{lines[after].raw}"), after
        if match:
            told = whole[match.end() :]
        elif line == index or next(find_dates(text, 2000), None):
            day = next(_future(text, lines[index].text, meeting), None)
            place = re.search(r"\b[Ii]\s+(?=[A-ZÅÄÖ])", whole[day.end :]) if day else None
            if day is None or place is None:
                continue
            told = whole[day.end + place.end() :]
        else:
            continue
        told = re.split(r"[.!?](?=\s|$)", told)[0]
        towns = [m.town for m in gazetteer.mentions(f"i {told.strip()}")]
        if towns:
            yield Announced("next_host_towns", ", ".join(dict.fromkeys(towns)), list(range(line, last + 1)))
            return

"""Corrections that people make to what was recognised, kept in corrections.yaml beside the reports.

    traff-2022-03.pdf:
      date: 2022-03-03
      theme: Liv på torget
      regions:
        Norr: {pages: [4, 6], host_town: Umeå}
        Syd: {name: Sydost}

A region is looked up by the name that was recognised; `name` gives it another, `remove: true` takes the chapter away
and a name that was not recognised adds one. In a document without pages, `passages: [3, 8]` says which passages, counted
from 1 as they stand, are the region's. What is not mentioned stays as recognised; an empty text (`host_town: ''`,
also of theme and date) takes it away. Applied after reading, so a file is not read again for a correction.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from ingest.errors import CorrectionsError
from ingest.model import Fact, FactName, Meeting, Passage, RegionChapter, Report

FILE = "corrections.yaml"
_HEAD = "# Rättelser av det som lästes ut ur rapporterna. Skrivs av sidan Hantera rapporter och kan ändras för hand.\n"
_FIELDS = {"title", "date", "theme", "regions"}
_REGION_FIELDS = {"name", "pages", "passages", "host_town", "remove"}


@dataclass(frozen=True)
class RegionCorrection:
    """What is corrected of one region's chapter; None: as recognised, "": none.

    `pages` is (first, last), both counted; `passages` likewise, from 1, for a document without pages.
    """

    name: str | None = None
    pages: tuple[int, int] | None = None
    host_town: str | None = None
    remove: bool = False
    passages: tuple[int, int] | None = None


@dataclass(frozen=True)
class Correction:
    """What is corrected of one report; None: as recognised, "": none (without a date there is no meeting).

    `date` is ISO, the meeting's last day; `regions` by recognised name.
    """

    title: str | None = None
    date: str | None = None
    theme: str | None = None
    regions: tuple[tuple[str, RegionCorrection], ...] = ()

    @property
    def empty(self) -> bool:
        return self == Correction()


def load_corrections(folder: Path) -> dict[str, Correction]:
    """Document -> correction. Empty where there is no file. Raises CorrectionsError naming the file and the entry."""
    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CorrectionsError(
            f"{FILE} cannot be read ({error}). Mend it, or remove it to use what is recognised."
        ) from error
    return read_corrections(data)


def read_corrections(data: Any) -> dict[str, Correction]:
    """The same from plain data, as in the file. Raises CorrectionsError."""
    if not isinstance(data, dict):
        raise CorrectionsError(f"{FILE}: expected a report's file name with its corrections")
    return {str(document): _correction(str(document), entry) for document, entry in data.items()}


def plain_corrections(corrections: Mapping[str, Correction]) -> dict[str, Any]:
    """As plain data: what `read_corrections` reads, without empty entries, in the order of the names."""
    return {name: _plain(c) for name, c in sorted(corrections.items()) if not c.empty}


def save_corrections(folder: Path, corrections: Mapping[str, Correction]) -> None:
    """Write the file in one step; without corrections it is removed. Raises OSError."""
    path = folder / FILE
    data = plain_corrections(corrections)
    if not data:
        path.unlink(missing_ok=True)
        return
    text = _HEAD + yaml.safe_dump(data, allow_unicode=True, sort_keys=False, default_flow_style=None)
    handle, name = tempfile.mkstemp(dir=folder, prefix=f".{FILE}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(name, 0o644)
    os.replace(name, path)


def corrections_text(corrections: Mapping[str, Correction], documents: Mapping[str, str]) -> str:
    """Those of the given documents as one line of JSON, to be kept with an index; "" for none."""
    data = plain_corrections({name: c for name, c in corrections.items() if name in documents})
    return json.dumps(data, ensure_ascii=False, sort_keys=True) if data else ""


def corrections_from_text(text: str) -> dict[str, Correction]:
    return read_corrections(json.loads(text)) if text else {}


def apply_correction(report: Report, correction: Correction | None) -> Report:
    """The report as corrected. The words on the pages, and so ids and spans, stay as they are."""
    if correction is None or correction.empty:
        return report
    report = _corrected_meeting(report, correction)
    for name, change in correction.regions:
        report = _corrected_region(report, name, change)
    return replace(report, title=correction.title or report.title)


def _corrected_meeting(report: Report, correction: Correction) -> Report:
    if correction.date is None and correction.theme is None:
        return report
    if correction.date == "":
        return replace(report, meeting=None, date=None, facts=())  # facts are statements about a meeting
    meeting = report.meeting
    if meeting is None:
        if correction.date is None:
            return report
        meeting = Meeting(correction.date, (correction.date,), report.title)
    if correction.date is not None and correction.date != meeting.date:
        days = (correction.date,) if correction.date not in meeting.dates else meeting.dates
        meeting = replace(meeting, date=correction.date, dates=days)
    if correction.theme is not None:
        meeting = replace(meeting, theme=correction.theme or None)
    facts = report.facts
    if correction.theme is not None:
        facts = tuple(f for f in (_told(f, "theme", correction.theme) for f in facts) if f)
    return replace(report, meeting=meeting, kind="meeting", facts=facts)


def _corrected_region(report: Report, name: str, change: RegionCorrection) -> Report:
    known = next((c for c in report.regions if c.region == name), None)
    others = tuple(c for c in report.regions if c.region != name)
    if change.remove:
        passages = tuple(replace(p, region=_region_at(others, p)) if p.region == name else p for p in report.passages)
        facts = tuple(f for f in report.facts if f.region != name)
        return replace(report, regions=others, passages=passages, facts=facts)
    chapter = known or RegionChapter(name, None, (None, None))
    chapter = replace(
        chapter,
        region=change.name or name,
        pages=change.pages or chapter.pages,
        host_town=chapter.host_town if change.host_town is None else change.host_town or None,
    )
    passages = report.passages
    if change.pages:
        passages = tuple(_moved(p, name, change.pages, others) for p in passages)
    if change.passages:
        passages = tuple(_counted(p, n, name, change.passages) for n, p in enumerate(passages, 1))
    passages = tuple(replace(p, region=chapter.region) if p.region == name else p for p in passages)
    chapters = [chapter if c.region == name else c for c in report.regions] if known else [*report.regions, chapter]
    if change.pages:
        chapters.sort(key=lambda c: (c.pages[0] is None, c.pages[0] or 0))
    told = (_told(f, "host_town", change.host_town) if f.region == name else f for f in report.facts)
    facts = tuple(replace(f, region=chapter.region) if f.region == name else f for f in told if f)
    return replace(report, regions=tuple(chapters), passages=passages, facts=facts)


def _moved(passage: Passage, region: str, pages: tuple[int, int], others: tuple[RegionChapter, ...]) -> Passage:
    """In the region whose pages it begins on; on a page that two regions share, what was recognised counts."""
    page = passage.page
    if page is None:
        return passage
    inside = pages[0] <= page <= pages[1]
    shared = any(passage.region == c.region and _holds(c, page) for c in others)
    if inside and not shared:
        return replace(passage, region=region)
    if not inside and passage.region == region:
        return replace(passage, region=_region_at(others, passage))
    return passage


def _counted(passage: Passage, number: int, region: str, numbers: tuple[int, int]) -> Passage:
    """In the region whose passages it is counted among; pages, where there are any, say it better."""
    if passage.page is not None:
        return passage
    if numbers[0] <= number <= numbers[1]:
        return replace(passage, region=region)
    return replace(passage, region=None) if passage.region == region else passage


def _holds(chapter: RegionChapter, page: int) -> bool:
    first, last = chapter.pages
    return first is not None and first <= page <= (last if last is not None else first)


def _region_at(chapters: tuple[RegionChapter, ...], passage: Passage) -> str | None:
    page = passage.page
    return next((c.region for c in chapters if page is not None and _holds(c, page)), None)


def _told(fact: Fact, name: FactName, value: str | None) -> Fact | None:
    """The fact with its corrected value where it is of that name; None where it was taken away."""
    if fact.name != name or value is None:
        return fact
    return replace(fact, value=value) if value else None


# --- reading the file ---


def _correction(document: str, entry: Any) -> Correction:
    where = f"{FILE}, {document}"
    if not isinstance(entry, dict):
        raise CorrectionsError(f"{where}: expected {', '.join(sorted(_FIELDS))}")
    if unknown := set(entry) - _FIELDS:
        raise CorrectionsError(
            f"{where}: unknown {', '.join(sorted(map(str, unknown)))}; use {', '.join(sorted(_FIELDS))}"
        )
    regions = entry.get("regions") or {}
    if not isinstance(regions, dict):
        raise CorrectionsError(f"{where}: regions must be names with their corrections")
    day = entry.get("date")
    return Correction(
        _text(where, "title", entry.get("title")),
        _day(where, day) if day is not None else None,
        _text(where, "theme", entry.get("theme")),
        tuple((str(name), _region(f"{where}, region {name}", change)) for name, change in regions.items()),
    )


def _region(where: str, change: Any) -> RegionCorrection:
    if not isinstance(change, dict) or (set(change) - _REGION_FIELDS):
        raise CorrectionsError(f"{where}: expected {', '.join(sorted(_REGION_FIELDS))}")
    pages, passages = (_range(where, field, change.get(field)) for field in ("pages", "passages"))
    remove = change.get("remove", False)
    if type(remove) is not bool:
        raise CorrectionsError(f"{where}: remove must be true or false")
    name, host = (_text(where, field, change.get(field)) for field in ("name", "host_town"))
    return RegionCorrection(name, pages, host, remove, passages)


def _range(where: str, field: str, value: Any) -> tuple[int, int] | None:
    if value is None:
        return None
    whole = isinstance(value, list | tuple) and len(value) == 2 and all(type(n) is int for n in value)
    if not whole or not 1 <= value[0] <= value[1]:
        raise CorrectionsError(f"{where}: {field} must be the first and the last, for example [4, 6]")
    return (value[0], value[1])


def _text(where: str, field: str, value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise CorrectionsError(f"{where}: {field} must be text, not {value!r}")
    return value


def _day(where: str, value: Any) -> str:
    try:
        return value and date.fromisoformat(str(value)).isoformat()  # YAML reads an unquoted date as a date
    except ValueError as error:
        raise CorrectionsError(f"{where}: {value!r} is not a date; write 2022-03-03") from error


def _plain(correction: Correction) -> dict[str, Any]:
    data: dict[str, Any] = {k: v for k, v in asdict(correction).items() if v is not None and k != "regions"}
    regions = {}
    for name, change in correction.regions:
        kept = {k: v for k, v in asdict(change).items() if v not in (None, False)}
        kept |= {field: list(kept[field]) for field in ("pages", "passages") if field in kept}
        regions[name] = kept
    return {**data, "regions": regions} if regions else data

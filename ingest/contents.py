"""The contents list: which chapter begins on which page, and what it says of hosts, towns and participants."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ingest.attendance import TOWNS_LABEL, find_count, towns_text
from ingest.cleaning import close_spaced, fold
from ingest.lines import Line
from ingest.regions import RegionHeading, read_region_heading
from ingest.towns import Gazetteer, split_towns

_TITLE = re.compile(r"^(?:inneh\w*ll(?:sf\w+rteckning)?|i detta nummer|kapitel)\b", re.I)
_ENTRY = re.compile(
    r"^(?P<title>.*?[^\s.…_·|])(?P<gap>[\s.…_·|]*)(?<!\d)(?:sid(?:an|a)?\.?\s*|s\.\s*)?(?P<page>\d{1,3})$"
)
_FRONT_ENTRY = re.compile(r"^(?:sid(?:an|a)?\.?\s*|s\.\s*)?(?P<page>\d{1,3})[\s.…·:–-]+(?P<title>[^\W\d].*)$")


@dataclass
class Entry:
    """One line of the contents list. `page` as printed there; `lines` are the indices of its lines."""

    title: str
    page: int | None
    heading: RegionHeading | None
    lines: list[int] = field(default_factory=list)
    towns: tuple[str, ...] = ()
    towns_lines: list[int] = field(default_factory=list)
    participants: int | None = None
    participants_line: int | None = None


def read_contents(lines: list[Line], gazetteer: Gazetteer, page_count: int | None) -> tuple[list[Entry], set[int]]:
    """Entries in printed order, and the indices of all lines that belong to the list. Empty where there is none.

    `page_count` None: the document has no pages (its list may still name them).
    """
    start = _find_title(lines)
    if start is None:
        return [], set()
    limit = page_count or 999
    end = _end_of_list(lines, start) if page_count else _end_without_pages(lines, start, gazetteer, limit)
    entries: list[Entry] = []
    pending: list[int] = []
    towns_of: Entry | None = None
    used = {start}
    last_page = 0
    for index in range(start + 1, end):
        line = lines[index]
        text = close_spaced(line.text)
        used.add(index)
        if line.furniture and not text.isdigit():
            continue
        label = TOWNS_LABEL.match(text)
        number = find_count(text)
        if label and entries:
            entries[-1].towns_lines.append(index)
            towns_of = None if number else entries[-1]
            pending = []
            if number:
                _participants(entries[-1], index, number)
            continue
        if number and entries:
            if towns_of is not None and text[: number.start()].strip():
                towns_of.towns_lines.append(index)
            _participants(entries[-1], index, number)
            towns_of, pending = None, []
            continue
        title, page = _entry_of(text, lines, pending, limit, last_page)
        if page is not None:
            pending = _own_lines(lines, pending, title, gazetteer)
            joined = " ".join([*(close_spaced(lines[i].text) for i in pending), title]).strip()
            if re.search(r"[^\W\d]{2}", joined):
                entries.append(Entry(joined, page, read_region_heading(joined, gazetteer), [*pending, index]))
                last_page = page
            towns_of, pending = None, []
            continue
        if towns_of is not None and not read_region_heading(text, gazetteer):
            towns_of.towns_lines.append(index)
            continue
        towns_of = None
        if text.endswith(".") or line.words > 12:
            pending = []
        else:
            heading = read_region_heading(text, gazetteer)
            if (
                heading
                and (heading.host_town or not heading.bare)
                and _no_number_follows(lines, index, end, limit, last_page)
            ):
                entries.append(Entry(text, None, heading, [index]))
                pending = []
            else:
                pending.append(index)
    for entry in entries:
        _read_towns(entry, lines, gazetteer)
    if len(entries) < 2:
        return [], set()
    return entries, used


def _own_lines(lines: list[Line], pending: list[int], title: str, gazetteer: Gazetteer) -> list[int]:
    """Which of the lines above belong to the entry that ends with `title`; the others introduce the list."""
    for first in range(len(pending)):
        heading = read_region_heading(" ".join([*(lines[i].text for i in pending[first:]), title]), gazetteer)
        if heading and not heading.bare:
            return pending[first:]
    if read_region_heading(title, gazetteer) or (title.isupper() and not all(lines[i].caps for i in pending)):
        return []
    return pending


def _find_title(lines: list[Line]) -> int | None:
    for index, line in enumerate(lines):
        if _TITLE.match(close_spaced(line.text)) and line.words <= 4:
            return index
    return None


def _end_of_list(lines: list[Line], start: int) -> int:
    """The list ends with its page, or, without pages, where the next heading comes; it may run on over a page."""
    page = lines[start].page
    end = start + 1
    while end < len(lines) and lines[end].page == page and not (end > start and lines[end].level):
        end += 1
    if end < len(lines) and lines[end].page == page + 1:
        following = [i for i in range(end, len(lines)) if lines[i].page == page + 1]
        entries = [i for i in following if re.search(r"(?:\t|\.{3,}|…|\s{3,})\s*\d{1,3}$", lines[i].raw)]
        loose = [i for i in following if re.search(r"(?i)^region\b.*\D\s\d{1,3}$", lines[i].text)]
        if len(entries) >= 2 or len(loose) >= 2:
            end = following[-1] + 1
    return end


def _end_without_pages(lines: list[Line], start: int, gazetteer: Gazetteer, limit: int) -> int:
    """Without page breaks the list ends before the next heading, or where a chapter's heading repeats an entry's
    region, or where nothing has been an entry for some lines.
    """
    seen: set[str] = set()
    last = start
    for index in range(start + 1, len(lines)):
        text = close_spaced(lines[index].text)
        heading = read_region_heading(text, gazetteer)
        numbered = _entry_of(text, lines, [index - 1], limit, 0)[1] is not None
        if lines[index].level or (heading and not numbered and heading.region in seen) or index - last > 6:
            return index if lines[index].level or heading else last + 1
        if heading and (numbered or not heading.bare or heading.host_town):
            seen.add(heading.region)
        if heading or numbered or TOWNS_LABEL.match(text) or find_count(text):
            last = index
    return last + 1


def _entry_of(text: str, lines: list[Line], pending: list[int], limit: int, last_page: int) -> tuple[str, int | None]:
    number = re.fullmatch(r"(?:sid(?:an|a)?\.?\s*)?(\d{1,3})", text)
    if number and pending:
        page = int(number.group(1))
        return ("", page) if last_page <= page <= limit else (text, None)
    match = _ENTRY.match(text)
    if match and _plausible(match, limit, last_page):
        return match.group("title").strip(" .…_·"), int(match.group("page"))
    match = _FRONT_ENTRY.match(text)
    if match and last_page <= int(match.group("page")) <= limit and read_or_caps(match.group("title")):
        return match.group("title"), int(match.group("page"))
    return text, None


def read_or_caps(title: str) -> bool:
    """A number in front is a page, not the number of a question: the title is in capitals or names a region."""
    return title.isupper() or bool(re.match(r"region\b", title, re.I))


def _plausible(match: re.Match[str], limit: int, last_page: int) -> bool:
    page = int(match.group("page"))
    title, gap = match.group("title"), match.group("gap")
    if not last_page <= page <= limit or page == 0:
        return False
    if gap.strip() or len(gap) > 1:
        return True
    months = r"\b(?:den|kl|ca|cirka|grupp|nr|fråga|jan|feb|mar|apr|maj|jun|jul|aug|sep|okt|nov|dec)\w*\.?$"
    return not re.search(months, title, re.I) and (title.isupper() or title[:1].isupper())


def _no_number_follows(lines: list[Line], index: int, end: int, limit: int, last_page: int) -> bool:
    """No page number follows before the next entry, so that the entry has none."""
    for later in range(index + 1, min(index + 3, end)):
        text = lines[later].text
        if TOWNS_LABEL.match(text) or find_count(text) or re.match(r"(?i)region\b", text):
            return True
        if _entry_of(text, lines, [index], limit, last_page)[1] is not None:
            return False
    return True


def _participants(entry: Entry, index: int, match: re.Match[str]) -> None:
    entry.participants, entry.participants_line = int(match.group("number")), index


def _read_towns(entry: Entry, lines: list[Line], gazetteer: Gazetteer) -> None:
    if not entry.towns_lines:
        return
    text = "\n".join(lines[i].raw.strip() for i in entry.towns_lines)
    entry.towns = split_towns(towns_text(text), gazetteer)


def is_contents_title(text: str) -> bool:
    return bool(_TITLE.match(fold(text)))

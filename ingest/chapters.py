"""Which lines belong to which region.

Every sign is used: contents list, headings, running heads, restarting questions. Where they disagree, a warning
says so.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from ingest.cleaning import fold
from ingest.contents import Entry
from ingest.endings import closing_pages, other_top_headings
from ingest.headings import Head, find_heads, split_listings
from ingest.lines import Line
from ingest.questions import GROUP, Question
from ingest.towns import Gazetteer


@dataclass
class Chapter:
    """Lines [start, end). `region` None: greeting, guest talk, closing pages. `about`: towns a guest talk is about."""

    start: int
    end: int
    region: str | None
    title: str
    host_town: str | None = None
    about: tuple[str, ...] = ()
    entry: Entry | None = None


@dataclass(frozen=True)
class Naming:
    """A region and host town named outside the chapters (cover, contents list)."""

    line: int
    region: str
    host_town: str | None
    place: str  # where, in Swedish, for warnings


@dataclass
class Structure:
    chapters: list[Chapter]
    namings: list[Naming]
    heading_lines: set[int] = field(default_factory=set)  # lines that only name region or host; no passages
    box_starts: set[int] = field(default_factory=set)  # headings with the chapter's text above them on the page
    warnings: list[str] = field(default_factory=list)


def find_chapters(
    lines: list[Line],
    numbers: list[int | None],
    entries: list[Entry],
    contents: set[int],
    questions: list[Question],
    gazetteer: Gazetteer,
    attendance: set[int],
) -> Structure:
    """Chapters in reading order, covering every line. `numbers` are the page numbers by page index.

    `attendance`: lines that only say who came.
    """
    paged = bool(numbers) and numbers[0] is not None
    structure = Structure([], [])
    heads = find_heads(lines, entries, contents, questions, gazetteer, attendance)
    cover, heads = split_listings(lines, heads, contents, attendance)
    for head in cover:
        structure.namings.append(Naming(head.line, head.region, head.host_town, "omslaget"))
        structure.heading_lines |= head.lines
    for entry in entries:
        if entry.heading:
            structure.namings.append(
                Naming(entry.lines[0], entry.heading.region, entry.heading.host_town, "innehållsförteckningen")
            )
    for head in heads:
        structure.heading_lines |= head.lines
    starts = _starts_of_heads(lines, heads, questions, paged)
    if paged:
        starts = _weigh(lines, starts, entries, contents, questions, structure)
    others = [
        *other_top_headings(lines, structure.heading_lines, questions, contents),
        *closing_pages(lines, [s.line for s in starts if s.region], questions, structure.heading_lines),
    ]
    chapters = _cut(lines, starts, others, entries, gazetteer)
    structure.chapters = chapters
    structure.box_starts = _boxes(lines, heads, chapters)
    _check_restarts(lines, numbers, questions, structure, cut=paged and not entries)
    return structure


@dataclass
class _Start:
    line: int
    region: str | None
    title: str
    host_town: str | None = None
    entry: Entry | None = None


def _starts_of_heads(lines: list[Line], heads: list[Head], questions: list[Question], paged: bool) -> list[_Start]:
    """Where each chapter begins, by its own heading: above it where its first question is printed above it."""
    starts: list[_Start] = []
    for head in heads:
        if _names_later(lines, head, heads):
            continue
        if starts and starts[-1].region == head.region:
            starts[-1].host_town = starts[-1].host_town or head.host_town
            continue
        line = head.line
        page = [i for i, other in enumerate(lines) if other.page == lines[head.line].page]
        above = [i for i in page if i < head.line and not lines[i].furniture]
        below = [i for i in page if i > max(head.lines) and not lines[i].furniture]
        first = next((q.start for q in reversed(questions) if q.number == 1 and q.start in above), None)
        next_question = next((q for q in questions if q.start > head.line), None)
        restarts_below = next_question is not None and next_question.number == 1
        if not paged:
            pass
        elif first is not None and not restarts_below and (not starts or first > starts[-1].line):
            group = first - 1
            line = group if group in above and GROUP.match(lines[group].text) else first
            if above and line == above[0]:
                line = page[0]
        elif above and (
            lines[head.line].furniture
            or (not below and _running(lines, head) and not restarts_below)
            or (len(above) <= 2 and all(lines[i].words <= 3 and not lines[i].bullet for i in above))
        ):
            line = page[0]
        starts.append(_Start(line, head.region, lines[head.line].text, head.host_town))
    return starts


def _names_later(lines: list[Line], head: Head, heads: list[Head]) -> bool:
    """A running head, at the top of its page, of a region that begins further down the page."""
    page = lines[head.line].page
    if any(lines[i].page == page and not lines[i].furniture for i in range(max(head.line - 4, 0), head.line)):
        return False
    later = [h for h in heads if h.line > max(head.lines) and h.region == head.region and lines[h.line].page == page]
    between = range(max(head.lines) + 1, later[0].line) if later else range(0)
    return any(not lines[i].furniture and i not in later[0].lines for i in between)


def _running(lines: list[Line], head: Head) -> bool:
    text = fold(lines[head.line].text)
    return sum(fold(line.text) == text for line in lines) >= 2


def _weigh(
    lines: list[Line],
    starts: list[_Start],
    entries: list[Entry],
    contents: set[int],
    questions: list[Question],
    structure: Structure,
) -> list[_Start]:
    """Headings and contents list together. Where they disagree, the page with more signs of a beginning wins."""
    first_line: dict[int, int] = {}
    for index, line in enumerate(lines):
        first_line.setdefault(line.page, index)
    shift = _shift(lines, starts, entries, structure)
    result = list(starts)
    last_region_page = max((e.page or 0 for e in entries if e.heading), default=0)
    first_region_page = min((e.page or 999 for e in entries if e.heading), default=0)
    for entry in entries:
        if entry.page is None:
            continue
        page = entry.page + shift - 1
        if page not in first_line:
            later = [p for p in first_line if p > page]
            if not later:
                continue
            page = min(later)
        if entry.heading is None:
            inside = first_region_page <= entry.page <= last_region_page
            titled = any(
                fold(line.text).startswith(fold(entry.title)[:25])
                for line in lines
                if line.page == page and len(entry.title) > 3
            )
            if (
                re.match(r"(?i)\d|fråga\b", entry.title)
                or (inside and not titled)
                or _lists_question(entry, entries, questions)
            ):
                continue
            if any(s.line == first_line[page] for s in result):
                continue
            result.append(_Start(first_line[page], None, entry.title, entry=entry))
            continue
        region = entry.heading.region
        own = next((s for s in result if s.region == region), None)
        if own is None:
            result.append(_Start(_page_start(lines, page, first_line, questions), region, entry.title, None, entry))
            continue
        own.entry = entry
        found = lines[own.line].page
        if found == page:
            continue
        here = _signs(lines, page, questions) + 1
        there = _signs(lines, found, questions) + 1 + (own.line == first_line[found])
        structure.warnings.append(
            f"Region {region}: innehållsförteckningen anger sida {entry.page + shift}, "
            f"men rubriken står på sida {found + 1}. "
            f"Sida {(page if here > there else found) + 1} används."
        )
        if here > there:
            own.line = first_line[page]
    return sorted(result, key=lambda s: s.line)


def _lists_question(entry: Entry, entries: list[Entry], questions: list[Question]) -> bool:
    """The contents list names the questions or other headings that recur under each region."""
    title = fold(entry.title)
    if sum(fold(other.title) == title for other in entries) >= 2:
        return True
    return len(title) >= 10 and any(title in fold(q.text) for q in questions)


def _page_start(lines: list[Line], page: int, first_line: dict[int, int], questions: list[Question]) -> int:
    return first_line[page]


def _signs(lines: list[Line], page: int, questions: list[Question]) -> int:
    return 2 * any(q.number == 1 and lines[q.start].page == page for q in questions)


def _shift(lines: list[Line], starts: list[_Start], entries: list[Entry], structure: Structure) -> int:
    """How far the file's pages lie from the printed ones: what all headings agree on, 0 where they do not."""
    shifts: Counter[int] = Counter()
    for entry in entries:
        own = next((s for s in starts if entry.heading and s.region == entry.heading.region), None)
        if own and entry.page is not None:
            shifts[lines[own.line].page + 1 - entry.page] += 1
    if len(shifts) != 1:
        return 0
    shift, count = shifts.most_common(1)[0]
    if shift and count >= 2:
        structure.warnings.append(
            f"Sidnumren i innehållsförteckningen är förskjutna {abs(shift)} "
            f"{'sida' if abs(shift) == 1 else 'sidor'} mot filens sidor; filens sidor används."
        )
        return shift
    return 0


def _cut(
    lines: list[Line], starts: list[_Start], others: list[int], entries: list[Entry], gazetteer: Gazetteer
) -> list[Chapter]:
    taken = {s.line for s in starts}
    starts = [*starts, *(_Start(line, None, "") for line in sorted({*others} - taken))]
    starts.sort(key=lambda s: s.line)
    if not starts or starts[0].line > 0:
        starts.insert(0, _Start(0, None, ""))
    chapters = []
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        end = following.line if following else len(lines)
        about = tuple(dict.fromkeys(m.town for m in gazetteer.mentions(start.title))) if start.region is None else ()
        entry = start.entry or next((e for e in entries if e.heading and e.heading.region == start.region), None)
        chapters.append(Chapter(start.line, end, start.region, start.title, start.host_town, about, entry))
    return chapters


def _boxes(lines: list[Line], heads: list[Head], chapters: list[Chapter]) -> set[int]:
    """Lines below a heading that stands under its own chapter's text: a box set beside it, until the page ends."""
    result = set()
    for head in heads:
        chapter = next((c for c in chapters if c.start <= head.line < c.end), None)
        if chapter is None or chapter.region != head.region or lines[head.line].furniture:
            continue
        page = lines[head.line].page
        above = [i for i in range(chapter.start, head.line) if lines[i].page == page and not lines[i].furniture]
        if above:
            result.add(max(head.lines) + 1)
    return result


def _check_restarts(
    lines: list[Line], numbers: list[int | None], questions: list[Question], structure: Structure, cut: bool
) -> None:
    """Questions that begin anew inside a chapter, with no new group, are a sign of a region that was not recognised.

    Where nothing else tells the chapter's end (`cut`) and they do so at the top of a page, what follows is of no known
    region: better none than a wrong one.
    """
    position = -1
    while (position := position + 1) < len(structure.chapters):
        chapter = structure.chapters[position]
        seen = 0
        for question in questions:
            if not chapter.start <= question.start < chapter.end or question.number is None:
                continue
            grouped = any(
                GROUP.match(lines[i].text) for i in range(max(question.start - 4, chapter.start), question.start)
            )
            if question.number == 1 and seen >= 3 and not grouped:
                number = numbers[lines[question.start].page]
                page = lines[question.start].page
                above = [i for i in range(chapter.start, question.start) if lines[i].page == page]
                if cut and chapter.region and all(lines[i].furniture for i in above):
                    begin = above[0] if above else question.start
                    rest = Chapter(begin, chapter.end, None, "")
                    chapter.end = begin
                    structure.chapters.insert(position + 1, rest)
                    structure.warnings.append(
                        f"Frågorna börjar om på sida {number} utan att en ny region nämns; "
                        "innehållet räknas till ingen region. Kontrollera rapporten."
                    )
                    break
                where = f" på sida {number}" if number else ""
                structure.warnings.append(
                    f"Frågorna börjar om{where} utan att en ny region nämns; "
                    f"innehållet räknas till {chapter.region or 'ingen region'}."
                )
            seen = 0 if grouped and question.number == 1 else max(seen, question.number)

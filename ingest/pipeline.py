"""One file becomes one Report: reader, lines, contents, questions, chapters, passages, facts. Each step is a module."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from hashlib import file_digest
from pathlib import Path

from ingest.attendance import Attendance, find_attendance
from ingest.bullets import mark_enumerations
from ingest.chapters import Chapter, Structure, find_chapters
from ingest.contents import Entry, read_contents
from ingest.documents import about_towns, document_date, document_furniture, report_kind, report_title
from ingest.errors import UnreadableFile
from ingest.facts import FactFinder
from ingest.layout import Layout
from ingest.lines import Line, read_lines
from ingest.meeting import FoundMeeting, read_meeting
from ingest.model import Page, Passage, RegionChapter, Report
from ingest.passages import PassageBuilder
from ingest.questions import Question, find_questions
from ingest.readers import SUFFIXES, extract
from ingest.serialize import report_from_dict, report_json, report_to_dict
from ingest.towns import Gazetteer

_NAME = r"[A-ZÅÄÖ][a-zà-ž’-]+"
# Who signed the greeting: names on a line of their own, with or without their posts.
_SIGNATURE = re.compile(
    rf"(?:vd|ordf(?:örande)?|redaktör|text|foto)\b[,:]|(?:{_NAME}\s+){{1,3}}(?:och\s+(?:{_NAME}\s+)?)?{_NAME}"
    rf"(?:,\s*(?:vd|ordf|ordförande|verksamhetsledare|projektledare)\b.*)?$",
)

LISTED = 8  # pages that a warning names
MAX_PASSAGE = 50_000  # letters; beyond that nobody can read it, and embedding it takes minutes

__all__ = ["corpus_files", "file_hash", "read_report", "report_from_dict", "report_json", "report_to_dict"]


def corpus_files(folder: Path) -> list[Path]:
    """The reports in a corpus folder: its top level, sorted by name; README files are about the corpus, not of it."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and path.suffix.lower() in SUFFIXES and not re.match(r"(?i)readme\b|\.", path.name)
    )


def file_hash(path: Path) -> str:
    """What a file is known by: SHA-256 of its bytes, as hex."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def read_report(path: Path, document: str | None = None) -> Report:
    """Everything that is recognised in a file. `document` is its name in the corpus, by default the file's name.

    Raises UnreadableFile with a Swedish reason and the next step.
    """
    document = document or path.name
    extracted = extract(path, document)
    digest = file_hash(path)
    lines = read_lines(extracted)
    numbers = [page.number for page in extracted.pages]
    gazetteer = Gazetteer()
    warnings: list[str] = [*_textless(extracted.pages)]
    entries, contents = read_contents(lines, gazetteer, len(numbers) if numbers[0] is not None else None)
    for entry in entries:
        gazetteer.learn([t for t in entry.towns if gazetteer.exact(t) or " " not in t])
        gazetteer.learn([entry.heading.host_town] if entry.heading and entry.heading.host_town else [])
    questions = find_questions(lines, contents)
    lines = mark_enumerations(lines, questions, extracted.markdown)
    attendance = find_attendance(lines, contents, gazetteer)
    gazetteer.learn(t for block in attendance for t in block.towns if gazetteer.exact(t) or " " not in t)
    attended = {i for block in attendance for i in range(block.start, block.end)}
    structure = find_chapters(lines, numbers, entries, contents, questions, gazetteer, attended)
    gazetteer.learn([c.host_town for c in structure.chapters if c.host_town])
    gazetteer.learn([n.host_town for n in structure.namings if n.host_town])
    is_meeting = _is_meeting(lines, structure)
    front = _front_lines(lines, structure)
    found = read_meeting(lines, front, Path(document).stem, gazetteer, warnings) if is_meeting else None
    facts = FactFinder(extracted.pages, lines, gazetteer)
    facts.meeting(found)
    skip = set(contents)
    regions = (
        _regions(lines, numbers, structure, entries, facts, front, attendance, questions, skip, warnings)
        if is_meeting
        else ()
    )
    if is_meeting:
        facts.regions(regions, structure, entries)
        total = facts.total([i for i in front if i not in contents])
        asked = {i for q in questions for i in range(q.start, q.end)}
        outside = [i for c in structure.chapters if not c.region for i in range(c.start, c.end)]
        told = [i for i in sorted({*front, *outside}) if i not in asked and not lines[i].furniture]
        facts.upcoming(told, found.meeting if found else None)
        _check_total(total, regions, warnings)
        skip |= _cover_lines(lines, numbers, structure, found)
    title = report_title(extracted, lines, found, document)
    kind = report_kind(is_meeting, title, lines)
    about = () if is_meeting else about_towns(lines, title, gazetteer)
    layout = Layout(lines)
    if not is_meeting:
        skip |= document_furniture(lines, title)
    builder = PassageBuilder(
        document, extracted.pages, lines, structure, questions, skip, gazetteer, layout, extracted.markdown, about
    )
    passages = builder.build()
    _check_lengths(document, passages)
    return Report(
        document=document,
        sha256=digest,
        kind=kind,
        title=title,
        pages=extracted.pages,
        meeting=found.meeting if found else None,
        date=found.meeting.date if found else document_date(lines, document),
        about=about,
        regions=regions,
        passages=passages,
        facts=tuple(facts.facts),
        warnings=tuple(dict.fromkeys([*warnings, *structure.warnings])),
    )


def _textless(pages: Sequence[Page]) -> Iterator[str]:
    """A warning of pages that no answer will ever come from."""
    empty = [str(page.number) for page in pages if page.number and not any(map(str.isalpha, page.text))]
    if empty:
        named = ", ".join(empty[:LISTED]) + (" …" if len(empty) > LISTED else "")
        yield (
            f"{len(empty)} av {len(pages)} sidor har ingen text som kan läsas (s. {named}). Är de inskannade, kör filen "
            "genom texttolkning (OCR) och lägg in resultatet."
        )


def _check_lengths(document: str, passages: Sequence[Passage]) -> None:
    longest = max((len(passage.text) for passage in passages), default=0)
    if longest > MAX_PASSAGE:
        raise UnreadableFile(
            document,
            f"filen har ett stycke på {longest} tecken och gränsen är {MAX_PASSAGE}. "
            "Dela in texten i stycken med tomma rader eller punkter och försök igen.",
        )


def _is_meeting(lines: list[Line], structure: Structure) -> bool:
    named = any(re.search(r"citygroup|nätverksträff", line.text, re.I) for line in lines[:60])
    regions = {c.region for c in structure.chapters if c.region}
    return len(regions) >= 2 or (named and bool(regions or structure.namings))


def _front_lines(lines: list[Line], structure: Structure) -> list[int]:
    """Cover, greeting and contents: what stands before the first chapter."""
    end = next((c.start for c in structure.chapters if c.region or c.about), len(lines))
    return list(range(end)) if end else list(range(min(20, len(lines))))


def _regions(
    lines: list[Line],
    numbers: list[int | None],
    structure: Structure,
    entries: list[Entry],
    facts: FactFinder,
    front: list[int],
    attendance: list[Attendance],
    questions: list[Question],
    skip: set[int],
    warnings: list[str],
) -> tuple[RegionChapter, ...]:
    chapters = [c for c in structure.chapters if c.region]
    named: dict[str, str | None] = {}
    for naming in structure.namings:
        named[naming.region] = named.get(naming.region) or naming.host_town
    for chapter in chapters:
        named[chapter.region or ""] = chapter.host_town or named.get(chapter.region or "")
    cancelled = facts.cancelled(front, named)
    for chapter in chapters:  # a chapter that only says that nothing took place
        if chapter.region and chapter.end - chapter.start <= 8:
            own = {chapter.region: named.get(chapter.region)}
            cancelled |= facts.cancelled(list(range(chapter.start, chapter.end)), own, sure=True)
    regions: dict[str, RegionChapter] = {}
    for chapter in chapters:
        region = chapter.region or ""
        first = next((q.start for q in questions if chapter.start <= q.start < chapter.end), chapter.end)
        towns, participants, used = facts.chapter_lines(chapter, attendance, first)
        skip |= used
        entry = chapter.entry
        host = chapter.host_town or (entry.heading.host_town if entry and entry.heading else None) or named.get(region)
        _check_hosts(region, host, chapter, structure, warnings)
        pages = _page_range(lines, numbers, structure, chapter, entries)
        if region in regions:
            earlier = regions[region]
            regions[region] = RegionChapter(
                region, earlier.host_town or host, (earlier.pages[0], pages[1]), earlier.participants, earlier.towns
            )
            continue
        regions[region] = RegionChapter(
            region,
            host,
            pages,
            participants if participants is not None else entry.participants if entry else None,
            tuple(dict.fromkeys(towns or (entry.towns if entry else ()))),
            region in cancelled,
        )
    for region, host in named.items():
        if region in regions:
            continue
        if region in cancelled:
            regions[region] = RegionChapter(region, host, (None, None), cancelled=True)
        else:
            warnings.append(f"Region {region} nämns men har inget eget kapitel.")
    return tuple(regions.values())


def _check_hosts(region: str, host: str | None, chapter: Chapter, structure: Structure, warnings: list[str]) -> None:
    for naming in structure.namings:
        if naming.region == region and naming.host_town and host and naming.host_town != host:
            source = "kapitlets rubrik" if chapter.host_town == host else "innehållsförteckningen"
            warnings.append(
                f"Region {region}: {naming.place} anger {naming.host_town} som värdstad men {source} anger {host}. "
                f"{host} används."
            )


def _page_range(
    lines: list[Line], numbers: list[int | None], structure: Structure, chapter: Chapter, entries: list[Entry]
) -> tuple[int | None, int | None]:
    if numbers[0] is None:
        pages = [e.page for e in entries if e.page is not None]
        first = chapter.entry.page if chapter.entry else None
        later = [page for page in pages if first is not None and page > first]
        return first, (min(later) - 1 if later else None)
    first_page = lines[chapter.start].page
    following = next((c for c in structure.chapters if c.start >= chapter.end and c.end > c.start), None)
    if following is None:
        return numbers[first_page], numbers[-1]
    page = lines[following.start].page
    at_top = not any(lines[i].page == page and not lines[i].furniture for i in range(chapter.start, following.start))
    last = max(first_page, page - 1 if at_top else page)
    return numbers[first_page], numbers[last]


def _check_total(total: int | None, regions: tuple[RegionChapter, ...], warnings: list[str]) -> None:
    counts = [r.participants for r in regions if r.participants is not None]
    if total and counts and len(counts) == sum(not r.cancelled for r in regions) and sum(counts) != total:
        warnings.append(f"Inledningen anger {total} deltagare men regionernas antal blir {sum(counts)} tillsammans.")


def _cover_lines(
    lines: list[Line], numbers: list[int | None], structure: Structure, found: FoundMeeting | None
) -> set[int]:
    """Lines of the cover, which name the meeting and state nothing: all before the first running text."""
    cover: set[int] = set()
    first = next((c.start for c in structure.chapters if c.region), len(lines))
    for index, line in enumerate(lines[:first]):
        if numbers[0] is not None:
            if line.page == 0 and first and lines[min(first, len(lines) - 1)].page > 0:
                cover.add(index)
            continue
        below = lines[index + 1] if index + 1 < first else None
        runs_on = below and line.words >= 7 and below.text[:1].islower() and not below.bullet and not below.blank_before
        if runs_on or (line.words > 14 and re.search(r"[.!?]", line.text)):
            break
        cover.add(index)
    for index in range(first):
        if lines[index].words <= 8 and _SIGNATURE.match(lines[index].text):
            cover.add(index)
    if found and found.date_lines:
        cover.update(i for i in range(*found.date_lines) if lines[i].words <= 14)
    return cover

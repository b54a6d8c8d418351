"""What kind of document a file is, what it is called, which town it is about, and when it was written."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from ingest.cleaning import fold
from ingest.dates import find_compact_date, find_dates
from ingest.lines import Line
from ingest.meeting import FoundMeeting
from ingest.model import ReportKind
from ingest.readers import Extracted
from ingest.towns import Gazetteer


def report_title(extracted: Extracted, lines: list[Line], found: FoundMeeting | None, document: str) -> str:
    if found:
        return f"{found.meeting.label} – {found.meeting.theme}" if found.meeting.theme else found.meeting.label
    if extracted.title and not re.search(
        r"(?i)\.(?:docx?|pdf|indd|pptx?)$|^(?:untitled|namnlös|microsoft word)", extracted.title
    ):
        return extracted.title
    heading = next((i for i, line in enumerate(lines[:15]) if line.level), None)
    if heading is not None:
        whole = lines[heading : heading + 1] + [line for line in lines[heading + 1 : heading + 3] if line.joined]
        return " ".join(line.text for line in whole)
    for line in lines[:8]:
        if 2 <= line.words <= 20 and not line.bullet and not line.text.endswith("."):
            return line.text
    return Path(document).stem


def report_kind(is_meeting: bool, title: str, lines: list[Line]) -> ReportKind:
    if is_meeting:
        return "meeting"
    if re.search(r"strategi(?!sk|er\b)|policy|riktlinje|handlingsplan|styrdokument|\bplan\b", fold(title)):
        return "strategy"
    prose = sum(line.words for line in lines if line.words >= 7)
    return (
        "article" if prose >= 45 and 2 * prose >= sum(line.words for line in lines) and len(lines) < 200 else "document"
    )


def about_towns(lines: list[Line], title: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    """The town that a document is about: named in its title, or far more often than any other."""
    in_title = [m.town for m in gazetteer.mentions(title)]
    counts = Counter(m.town for line in lines for m in gazetteer.mentions(line.text))
    if in_title:
        return tuple(dict.fromkeys(in_title))
    if not counts:
        return ()
    (town, number), *others = counts.most_common(2)
    return (town,) if number >= 3 and number >= 2 * (others[0][1] if others else 0) else ()


def document_date(lines: list[Line], document: str) -> str | None:
    for line in [*lines[:12], *lines[-12:]]:
        found = next(find_dates(line.text), None)
        if found:
            return found.days[-1].isoformat()
    for line in lines:
        if line.words <= 3 and (stamp := find_compact_date(line.text)):
            return stamp
    match = re.search(r"(20\d\d)-(0[1-9]|1[0-2])(?:-([0-3]\d))?", document)
    return "-".join(part for part in match.groups() if part) if match else None


def document_furniture(lines: list[Line], title: str) -> set[int]:
    """Page furniture that stands among the text: short lines in a row, one a figure or the document's own title."""
    furniture: set[int] = set()
    run: list[int] = []
    for index in range(len(lines) + 1):
        line = lines[index] if index < len(lines) else None
        if line and line.words <= 5 and not line.bullet and not line.level and not re.search(r"[.,;:!?]$", line.text):
            run.append(index)
            continue
        marked = any(re.fullmatch(r"\d{1,8}", lines[i].text) for i in run)
        titled = any(fold(lines[i].text) == fold(title) for i in run)
        if len(run) >= 3 and (marked or titled):
            furniture.update(run)
        run = []
    for index, line in enumerate(lines[:6]):
        if fold(line.text) == fold(title):
            furniture.update(range(index + 1))
            break
    return furniture

"""Where a region's chapter ends without another region's beginning: chapters for all, closing pages."""

from __future__ import annotations

import re
from collections import Counter

from ingest.cleaning import fold
from ingest.lines import Line
from ingest.questions import GROUP, Question

# Titles of what follows the regions' chapters.
_CLOSING = re.compile(
    r"(?:till\s+)?(?:nästa|kommande|framtida|vårens|höstens)\s+(?:gång|år|(?:citygroup|nätverks)?träff\w*|möte\w*)|värd(?:städer|orter)\b"
    r"|(?:förslag|idéer|önskemål)\s+(?:på|till|om)\s+(?:\w+\s+)?(?:teman?|värd\w+)|avslut\w*|sammanfatt\w*|slutord|tack\b|kontakt\w*"
    r"|deltagar(?:e|lista|förteckning)\b|om\s+citygroup|kalender|framåt\b|vi\s+ses\b",
    re.I,
)


def other_top_headings(
    lines: list[Line], heading_lines: set[int], questions: list[Question], contents: set[int]
) -> list[int]:
    """Headings of the regions' own level that name no region end a region's chapter.

    Not those that recur, as the headings within the chapters do, and no questions. Where there are pages, such a heading
    begins one.
    """
    levels = [lines[i].level for i in heading_lines if lines[i].level]
    if not levels:
        return []
    usual, number = Counter(levels).most_common(1)[0]
    top = usual if number >= 2 else min(level for level in levels if level)
    tops = {page: i for i, page in reversed([(i, x.page) for i, x in enumerate(lines) if not x.furniture])}
    asked = {i for q in questions for i in range(q.start, q.end)}
    texts = Counter(fold(line.text) for line in lines if line.level)
    return [
        i
        for i, line in enumerate(lines)
        if line.level
        and top
        and line.level <= top
        and i not in heading_lines
        and i not in contents
        and i not in asked
        and not line.joined
        and (line.hard_break or tops.get(line.page) == i)
        and not GROUP.match(line.text)
        and (texts[fold(line.text)] == 1 or line.hard_break)
    ]


def closing_pages(
    lines: list[Line], starts: list[int], questions: list[Question], heading_lines: set[int]
) -> list[int]:
    """Where what is for all regions follows the last region's questions: at the top of a page, by its title."""
    last = max((q.end - 1 for q in questions), default=-1)
    first = max([last, *starts], default=-1)
    if not starts:
        return []
    for index in range(first + 1, len(lines)):
        line = lines[index]
        above = [i for i in range(index - 1, -1, -1) if lines[i].page == line.page and not lines[i].furniture]
        top = heading_lines.issuperset(above) and not line.furniture and line.page > lines[first].page
        apart = line.bold or (line.blank_before and index + 1 < len(lines) and lines[index + 1].blank_before)
        if (top or apart) and line.words <= 7 and not line.bullet and _CLOSING.match(line.text):
            return [min(i for i in range(len(lines)) if lines[i].page == line.page) if top else index]
    return []

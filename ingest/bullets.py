"""Signs that begin the items of a list: the usual ones, those that only this document has, and figures.

A sign of a symbol font is extracted as some letter or control character ("o", "q", "\\x7f"); what tells it is that it
stands alone at the start of several lines. Figures begin an item where they count up and no question stands there.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from ingest.cleaning import clean_text
from ingest.lines import Line
from ingest.questions import Question

_FIGURE = re.compile(r"^(?P<number>\d{1,2})[.)]\s+(?=\S)")


def mark_enumerations(lines: list[Line], questions: list[Question], markdown: bool = False) -> list[Line]:
    """The lines, those that begin an item of a numbered list with the figure as their bullet."""
    asked = {i for q in questions for i in range(q.start, q.end)}
    numbers: list[tuple[int, int]] = []
    for index, line in enumerate(lines):
        match = _FIGURE.match(line.raw)
        if match and index not in asked and not (line.bullet or line.level or line.furniture):
            numbers.append((index, int(match.group("number"))))
    items = set()
    stops = {q.start for q in questions}
    for (first, number), (second, following) in pairwise(numbers):
        if following == number + 1 and not any(first < stop <= second for stop in stops):
            items |= {first, second}
    result = list(lines)
    for index in items:
        line = lines[index]
        match = _FIGURE.match(line.raw)
        assert match
        raw = line.raw[match.end() :]
        result[index] = replace(
            line, start=line.start + match.end(), raw=raw, text=clean_text(raw, markdown), bullet=match.group().strip()
        )
    return result

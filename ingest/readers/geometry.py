"""Where a PDF's lines stand and how they are set, told from the pieces that pypdf hands over while it extracts a page.

The pieces together are exactly the page's text, so that each line's place is known without changing a character. What
comes of it are signs: larger letters make headings, a wider distance makes a paragraph, an indent makes a hanging line.
A page whose pieces do not add up to its text gets no signs.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from ingest.readers.extracted import LineSign

_BOLD = re.compile(r"bold|black|heavy|demi", re.I)
_HEADING_SIZE = 1.14  # times the size of running text
_HEADING_LETTERS = 160  # longer lines are running text, however large
_GAP = 1.28  # times the usual distance of lines
_INDENT_LIMIT = 110.0  # points; what stands further in is centred or a column of its own


@dataclass(frozen=True)
class Piece:
    """Characters of a page in one style; `x`, `y` is where they begin, in points from the page's lower left corner."""

    text: str
    x: float
    y: float
    size: float
    font: str


@dataclass
class _Placed:
    """One line of a page: offset of its start, place, size, share of bold letters."""

    offset: int
    letters: int
    x: float
    y: float
    size: float
    bold: bool
    indent: float = 0.0
    gap: bool = False


def line_signs(texts: list[str], pages: list[list[Piece]]) -> dict[tuple[int, int], LineSign]:
    """Signs by (page index, offset of the line's start in the page's text)."""
    placed = [
        _place(text, pieces) if "".join(p.text for p in pieces) == text else []
        for text, pieces in zip(texts, pages, strict=True)
    ]
    weight: Counter[float] = Counter()
    for line in (line for page in placed for line in page):
        weight[round(line.size * 2) / 2] += line.letters
    if not weight:
        return {}
    body = weight.most_common(1)[0][0]
    levels = _levels(placed, body)
    leading = _leading(placed)
    signs = {}
    for index, page in enumerate(placed):
        _indent(page)
        for before, line in pairwise(page):
            down = before.y - line.y
            line.gap = down > _GAP * leading * max(before.size, line.size) or (down < -line.size and line.x <= before.x)
        for line in page:
            level = levels.get(round(line.size * 2) / 2) if line.letters <= _HEADING_LETTERS else None
            steps = round(line.indent / (0.5 * line.size)) if line.size and line.indent <= _INDENT_LIMIT else 0
            signs[(index, line.offset)] = LineSign(heading=level, bold=line.bold, gap=line.gap, indent=steps)
    return signs


def _place(text: str, pieces: list[Piece]) -> list[_Placed]:
    """Lines with a letter or figure, in the order of the text."""
    styles: list[Piece] = []
    for piece in pieces:
        styles += [piece] * len(piece.text)
    lines, offset = [], 0
    for printed in text.split("\n"):
        at = [i for i in range(offset, offset + len(printed)) if not text[i].isspace()]
        words = [i for i in at if text[i].isalnum()]
        if words:
            sizes = Counter(styles[i].size for i in words)
            bold = all(_BOLD.search(styles[i].font) for i in words)
            first = styles[at[0]]
            lines.append(_Placed(offset, len(words), first.x, styles[words[0]].y, sizes.most_common(1)[0][0], bold))
        offset += len(printed) + 1
    return lines


def _levels(pages: list[list[_Placed]], body: float) -> dict[float, int]:
    """Heading level by size, the largest first; sizes that fill long lines or most lines are no headings."""
    large: Counter[float] = Counter()
    letters: Counter[float] = Counter()
    for line in (line for page in pages for line in page):
        size = round(line.size * 2) / 2
        if size >= _HEADING_SIZE * body:
            large[size] += 1
            letters[size] += line.letters
    sizes = [size for size, number in large.items() if letters[size] / number <= 60]
    return {size: min(level, 6) for level, size in enumerate(sorted(sizes, reverse=True), 1)}


def _leading(pages: list[list[_Placed]]) -> float:
    """Usual distance of two lines of a paragraph, in letter sizes; large where nothing tells it."""
    steps = sorted(
        (before.y - line.y) / line.size
        for page in pages
        for before, line in pairwise(page)
        if before.size == line.size and line.size and 0.9 <= (before.y - line.y) / line.size <= 3
    )
    return steps[len(steps) * 15 // 100] if len(steps) >= 5 else 99.0


def _indent(page: list[_Placed]) -> None:
    """How far each line stands in from the left edge of its column; a column ends where the text goes up again."""
    column: list[_Placed] = []
    for line in [*page, None]:
        if line is None or (column and line.y > column[-1].y + 2 * line.size):
            edges = Counter(round(other.x) for other in column)  # a centred page number is no edge
            left = min((x for x, number in edges.items() if number >= 2), default=min(edges, default=0))
            for other in column:
                other.indent = max(0.0, other.x - left)
            column = []
        if line is not None:
            column.append(line)

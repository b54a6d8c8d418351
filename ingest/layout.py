"""How lines stand on the page, told from their lengths: is a line full, does the next one go on with it.

A length is measured in the usual proportions of a sans-serif face, since that is how most reports are set and plain
characters misjudge a line of narrow letters by a whole word. For a typewriter face the measure is a little less sharp.
"""

from __future__ import annotations

import re

from ingest.lines import Line

_NARROW, _WIDE, _CAPITAL, _USUAL = 0.27, 0.83, 0.68, 0.54
_NARROW_LETTERS = set("iljtfrIJ .,;:!|'’’()[]-/•·")
_WIDE_LETTERS = set("mwMW@%—…")
_WINDOW = 6  # lines above and below that show the width of a column


class Layout:
    """Answers questions on the lines of one document."""

    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines
        self._measures = [
            _measure(line.raw.strip()) + 0.3 * min(line.indent, 8) + (1.0 if line.bullet else 0) for line in lines
        ]
        self._page_width: dict[int, float] = {}
        for line, measure in zip(lines, self._measures, strict=True):
            if not line.furniture:
                self._page_width[line.page] = max(self._page_width.get(line.page, 0), measure)
        self.hanging = self._has_hanging_bullets()

    def _has_hanging_bullets(self) -> bool:
        """Lines that go on with a bullet are indented here, so that an unindented one is a new paragraph."""
        indented = flush = 0
        for before, line in zip(self._lines, self._lines[1:], strict=False):
            if before.bullet and not line.bullet and line.page == before.page and line.text[:1].islower():
                indented += line.indent > before.indent
                flush += line.indent <= before.indent
        return indented >= 3 and indented >= 4 * flush

    def width(self, index: int, side: range | None = None) -> float:
        """Width of the column that the line stands in: the longest line among its neighbours on the page."""
        page = self._lines[index].page
        near = side or range(index - _WINDOW, index + _WINDOW + 1)
        return max(
            (
                self._measures[i]
                for i in near
                if 0 <= i < len(self._lines) and self._lines[i].page == page and not self._lines[i].furniture
            ),
            default=0.0,
        )

    def is_full(self, index: int) -> bool:
        """The line reaches across most of its page."""
        return self._measures[index] >= 0.75 * self._page_width.get(self._lines[index].page, 0)

    def is_wrapped(self, index: int, following: int) -> bool:
        """The next line's first word would not have fitted, so that the line end says nothing.

        Where a narrow column meets a wide one, the line belongs to the one that it fills.
        """
        first = re.match(r"(?:\d+ )*\S+", self._lines[following].text)
        needed = self._measures[index] + _NARROW + (_measure(first.group()) if first else 0)
        whole = self.width(index)
        if needed > 0.96 * whole:
            return True
        for side in (range(index - 3, index), range(index + 1, index + 4)):
            column = self.width(index, side)
            lines = [i for i in side if 0 <= i < len(self._lines) and self._measures[i] > 0.75 * column]
            if (
                column < 0.55 * whole
                and len(lines) >= 2
                and self._measures[index] <= 1.1 * column
                and needed > 0.93 * column
            ):
                return True
        return False

    def is_narrow(self, index: int) -> bool:
        """The line stands in a column much narrower than its page."""
        return self.width(index) < 0.55 * self._page_width.get(self._lines[index].page, 0)

    def side_boxes(self, start: int, end: int, without: set[int]) -> list[list[int]]:
        """Runs of four lines or more in [start, end), last on their page, set in a narrow column below wide text."""
        boxes = []
        for page in sorted({self._lines[i].page for i in range(start, end)}):
            indices = [
                i
                for i in range(start, end)
                if self._lines[i].page == page and i not in without and not self._lines[i].furniture
            ]
            limit = 0.55 * self._page_width.get(page, 0)
            run: list[int] = []
            for index in reversed(indices):
                line = self._lines[index]
                if line.bullet or line.level or line.caps or self._measures[index] > limit:
                    break
                run.insert(0, index)
            if len(run) < 4 or not self._lines[run[0]].text[:1].isupper():
                continue
            longest = max(self._measures[i] for i in run)
            if sum(self._measures[i] > 1.6 * longest for i in indices) >= 3:
                boxes.append(run)
        return boxes


def _measure(text: str) -> float:
    """Width of a text in ems, roughly."""
    total = 0.0
    for letter in text:
        if letter in _NARROW_LETTERS:
            total += _NARROW
        elif letter in _WIDE_LETTERS:
            total += _WIDE
        else:
            total += _CAPITAL if letter.isupper() else _USUAL
    return total

"""How lines stand on the page, told from their lengths: is a line full, does the next one go on with it."""

from __future__ import annotations

from ingest.lines import Line

_WINDOW = 3  # lines above and below that show the width of a column


class Layout:
    """Answers questions on the lines of one document. Lengths are in characters, the only measure all formats have."""

    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines
        self._page_width: dict[int, int] = {}
        for line in lines:
            if not line.furniture:
                self._page_width[line.page] = max(self._page_width.get(line.page, 0), self._length(line))

    @staticmethod
    def _length(line: Line) -> int:
        return len(line.raw.strip()) + (2 if line.bullet else 0) + min(line.indent, 6)

    def width(self, index: int) -> int:
        """Width of the column that the line stands in: the longest of its neighbours on the page."""
        line = self._lines[index]
        near = [
            self._length(other)
            for other in self._lines[max(0, index - _WINDOW) : index + _WINDOW + 1]
            if other.page == line.page and not other.furniture
        ]
        return max(near, default=0)

    def is_full(self, index: int) -> bool:
        return self._length(self._lines[index]) >= 0.75 * self.width(index)

    def is_wrapped(self, index: int, following: int) -> bool:
        """The next line's first word would not have fitted, so that the line end says nothing."""
        first = self._lines[following].text.split(maxsplit=1)[0] if self._lines[following].text else ""
        return self._length(self._lines[index]) + 1 + len(first) > 0.93 * self.width(index)

    def is_narrow(self, index: int) -> bool:
        """The line stands in a column much narrower than its page."""
        width = self._page_width.get(self._lines[index].page, 0)
        return self.width(index) < 0.55 * width

    def side_boxes(self, start: int, end: int, without: set[int]) -> list[list[int]]:
        """Runs of four lines or more in [start, end), last on their page, set in a narrow column below wide text."""
        boxes = []
        pages = sorted({self._lines[i].page for i in range(start, end)})
        for page in pages:
            indices = [
                i
                for i in range(start, end)
                if self._lines[i].page == page and i not in without and not self._lines[i].furniture
            ]
            limit = 0.55 * self._page_width.get(page, 0)
            run: list[int] = []
            for index in reversed(indices):
                line = self._lines[index]
                if line.bullet or line.level or line.caps or self._length(line) > limit:
                    break
                run.insert(0, index)
            wide = [
                i
                for i in indices
                if self._length(self._lines[i]) > 1.6 * max((self._length(self._lines[j]) for j in run), default=1)
            ]
            if len(run) >= 4 and len(wide) >= 3 and self._lines[run[0]].text[:1].isupper():
                boxes.append(run)
        return boxes

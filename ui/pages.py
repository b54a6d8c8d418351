"""A page of a PDF as a picture, with the cited words marked.

The words are looked up by their letters alone: white space, hyphens, bullets and doubled letters do not count, so text
that was hyphenated, wrapped, set in columns or printed in fake bold is found all the same. Places are in points from
the page's lower left corner (PDF) and in pixels from the upper left (picture).
"""

from __future__ import annotations

import io
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image, ImageChops, ImageDraw

MARK = (255, 226, 89)  # multiplied with the page: black text on it stays black
PIXELS = 12_000_000  # of a picture at most; a page that is a narrow strip becomes narrower than asked for
MIN_RUN = 10  # letters; shorter pieces of a quote may stand anywhere on a page

_LOCK = threading.Lock()  # PDFium must not be called from two threads at once


@dataclass(frozen=True)
class Words:
    """Printed words to mark. `earlier`: how often they stand on the page before, as a reader's eye compares them."""

    text: str
    earlier: int = 0


@dataclass(frozen=True)
class Box:
    """A marked line in pixels of the picture, from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class PagePicture:
    """A rendered page as PNG, and the marks on it in reading order."""

    png: bytes
    width: int
    height: int
    boxes: tuple[Box, ...]

    @property
    def mark(self) -> tuple[float, float] | None:
        """Where the marked words begin and how far down they go, in parts of the height."""
        if not self.boxes:
            return None
        return self.boxes[0].top / self.height, max(box.bottom for box in self.boxes) / self.height


def page_count(path: Path) -> int:
    with _LOCK, _opened(path) as document:
        return len(document)


def words_at(page: str, start: int, end: int) -> Words:
    """The words [start, end) of a page's text."""
    words = page[start:end]
    wanted, _ = _letters(words)
    letters, places = _letters(page)
    return Words(words, sum(places[at][-1] < start for at in _occurrences(letters, wanted)) if wanted else 0)


def render_page(path: Path, number: int, quotes: Sequence[Words] = (), width: int = 1100) -> PagePicture:
    """Page `number` (from 1), `width` pixels wide, with every quote that stands on it marked.

    Raises IndexError for a page that the file does not have, pdfium.PdfiumError for a file that is not a PDF.
    """
    with _LOCK, _opened(path) as document:
        if not 1 <= number <= len(document):
            raise IndexError(number)
        page = document[number - 1]
        across, down = page.get_size()
        bitmap = page.render(scale=min(width / across, (PIXELS / (across * down)) ** 0.5))
        position = bitmap.get_posconv(page)
        places = [place for quote in quotes for place in _find(page, quote)]
        boxes = []
        for left, bottom, right, top in places:
            corners = (position.to_bitmap(left, top), position.to_bitmap(right, bottom))
            xs, ys = sorted(c[0] for c in corners), sorted(c[1] for c in corners)
            boxes.append(Box(xs[0], ys[0], xs[1], ys[1]))
        picture = bitmap.to_pil().convert("RGB")
    marked = _mark(picture, boxes)
    buffer = io.BytesIO()
    marked.save(buffer, "PNG", optimize=False, compress_level=4)
    return PagePicture(buffer.getvalue(), marked.width, marked.height, tuple(boxes))


def match_letters(quote: Words, page: str) -> list[int]:
    """Indices of the characters of `page` that carry `quote`, compared by letters and digits alone.

    Where the quote does not stand in one piece (columns read in another order, a footer in between), its longest pieces
    of at least MIN_RUN letters are found one after the other, each as near to the one before as possible.
    """
    wanted, _ = _letters(quote.text)
    letters, places = _letters(page)
    if not wanted:
        return []
    if whole := list(_occurrences(letters, wanted))[: quote.earlier + 1]:
        return [i for letter in range(whole[-1], whole[-1] + len(wanted)) for i in places[letter]]
    found: list[int] = []
    at, last = 0, 0
    while at < len(wanted):
        start, length = _longest(wanted, at, letters, last)
        if length >= min(MIN_RUN, len(wanted)):
            found += range(start, start + length)
            at += length
            last = start + length
        else:
            at += 1
    chosen = sorted(set(found))
    return [i for f in chosen for i in places[f]]


def _longest(wanted: str, at: int, letters: str, last: int) -> tuple[int, int]:
    """The longest run of `wanted` from `at` that stands in `letters`; of equal ones the first after `last`."""
    least = min(MIN_RUN, len(wanted) - at)
    best_start, best_length = 0, 0
    starts = list(_occurrences(letters, wanted[at : at + least])) if least else []
    for start in sorted(starts, key=lambda s: (s < last, abs(s - last))):
        length = least
        limit = min(len(wanted) - at, len(letters) - start)
        while length < limit and wanted[at + length] == letters[start + length]:
            length += 1
        if length > best_length:
            best_start, best_length = start, length
    return best_start, best_length


def _occurrences(text: str, piece: str) -> Iterator[int]:
    start = text.find(piece)
    while start >= 0:
        yield start
        start = text.find(piece, start + 1)


def _letters(text: str) -> tuple[str, list[list[int]]]:
    """Lower-case letters and digits without marks, runs of one letter as one, and the characters behind each."""
    letters: list[str] = []
    places: list[list[int]] = []
    for index, char in enumerate(text):
        for plain in unicodedata.normalize("NFKD", char).lower():
            if not plain.isalnum():
                continue
            if letters and letters[-1] == plain:
                places[-1].append(index)
            else:
                letters.append(plain)
                places.append([index])
    return "".join(letters), places


def _find(page: pdfium.PdfPage, quote: Words) -> list[tuple[float, float, float, float]]:
    """Boxes (left, bottom, right, top) of the lines that carry the quote, in points."""
    text_page = page.get_textpage()
    count = text_page.count_chars()
    chars = "".join(_char(text_page, index) for index in range(count))
    lines: list[list[float]] = []
    previous = -2
    for index in match_letters(quote, chars):
        left, bottom, right, top = text_page.get_charbox(index, loose=True)
        if right <= left or top <= bottom:
            continue
        line = lines[-1] if lines else None
        middle = (bottom + top) / 2
        together = line is not None and line[1] <= middle <= line[3]
        # a gap wider than three letters' height is another column
        if (
            line is not None
            and together
            and (index - previous < 12)
            and left - line[2] < 3 * (top - bottom)
            and right > line[0]
        ):
            line[0], line[1] = min(line[0], left), min(line[1], bottom)
            line[2], line[3] = max(line[2], right), max(line[3], top)
        else:
            lines.append([left, bottom, right, top])
        previous = index
    text_page.close()
    return [(a, b, c, d) for a, b, c, d in lines]


def _char(text_page: pdfium.PdfTextPage, index: int) -> str:
    """One character, exactly one long, so that positions in the text are positions on the page."""
    code = pdfium_c.FPDFText_GetUnicode(text_page, index)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else " "


def _mark(picture: Image.Image, boxes: Sequence[Box]) -> Image.Image:
    if not boxes:
        return picture
    paint = Image.new("RGB", picture.size, (255, 255, 255))
    draw = ImageDraw.Draw(paint)
    for box in boxes:
        draw.rounded_rectangle((box.left - 3, box.top - 1, box.right + 3, box.bottom + 1), radius=4, fill=MARK)
    return ImageChops.multiply(picture, paint)


@contextmanager
def _opened(path: Path) -> Iterator[pdfium.PdfDocument]:
    document = pdfium.PdfDocument(path)
    try:
        yield document
    finally:
        document.close()

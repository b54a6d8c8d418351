"""What a reader hands on: the pages, and the layout signs that plain text cannot hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from ingest.errors import UnreadableFile
from ingest.model import Page


@dataclass(frozen=True)
class LineSign:
    """What the format says of the line that starts at an offset: heading level (1 is the highest), bullet, bold."""

    heading: int | None = None
    bullet: int | None = None  # nesting level of a list item, from 0
    bold: bool = False
    gap: bool = False  # more room above than between the lines of a paragraph
    indent: int = 0  # letters that it stands in from the left edge of its column


@dataclass(frozen=True)
class Extracted:
    """Pages in order; `signs` maps (page index, offset of the line's start) to what the format says of that line."""

    pages: tuple[Page, ...]
    title: str | None = None
    markdown: bool = False
    reflowed: bool = False  # a line is a paragraph (HTML), so that a line end always ends a paragraph
    signs: dict[tuple[int, int], LineSign] = field(default_factory=dict)

    @cached_property
    def bold_stands_out(self) -> bool:
        """Bold lines are the exception, so that they say something."""
        return 2 * sum(sign.bold for sign in self.signs.values()) < len(self.signs)


def decode(data: bytes, document: str) -> str:
    """Text of a text file: UTF-8 (with or without mark), UTF-16 with mark, else Windows' Western encoding.

    Raises UnreadableFile where the bytes are no text.
    """
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        control = sum(ord(c) < 32 and c not in "\t\n\r\f" for c in text)
        if control > len(text) / 100:
            break
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise UnreadableFile(
        document, "filen är ingen textfil trots sitt namn. Öppna den i sitt program och spara den som text eller PDF."
    )

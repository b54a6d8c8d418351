"""Plain text. A form feed starts a new page; without one the document has no pages."""

from __future__ import annotations

from ingest.model import Page
from ingest.readers.extracted import Extracted, decode


def read_plain(data: bytes, document: str) -> Extracted:
    text = decode(data, document)
    parts = text.split("\f")
    if len(parts) == 1:
        return Extracted((Page(None, text),))
    return Extracted(tuple(Page(number, part) for number, part in enumerate(parts, 1)))

"""Files become pages. One module per format; a library's types stay in its module."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ingest.errors import UnreadableFile
from ingest.readers.extracted import Extracted
from ingest.readers.html import read_html
from ingest.readers.markdown import read_markdown
from ingest.readers.pdf import read_pdf
from ingest.readers.plain import read_plain

__all__ = ["SUFFIXES", "Extracted", "extract"]

SUFFIXES: dict[str, Callable[[bytes, str], Extracted]] = {
    ".pdf": read_pdf,
    ".md": read_markdown,
    ".txt": read_plain,
    ".html": read_html,
}

_SIGNATURES = {
    b"%PDF-": (".pdf", "en PDF"),
    b"PK\x03\x04": (None, "en zip-fil eller ett Office-dokument (till exempel Word)"),
    b"\xd0\xcf\x11\xe0": (None, "ett äldre Office-dokument"),
    b"\x89PNG": (None, "en bild"),
    b"\xff\xd8\xff": (None, "en bild"),
    b"GIF8": (None, "en bild"),
    b"{\\rtf": (None, "ett RTF-dokument"),
}


def extract(path: Path, document: str) -> Extracted:
    """Text and layout signs of one file.

    Raises UnreadableFile with a Swedish reason and the next step.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UnreadableFile(
            document,
            f"filtypen {suffix or 'utan ändelse'} kan inte läsas. "
            "Spara dokumentet som PDF, Markdown (.md), text (.txt) eller HTML (.html).",
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(
            document, f"filen går inte att öppna ({error.strerror}). Kontrollera att den finns och får läsas."
        ) from error
    if not data.strip():
        raise UnreadableFile(document, "filen är tom. Hämta eller exportera den på nytt.")
    for signature, (kind, name) in _SIGNATURES.items():
        if data.lstrip()[:1024].startswith(signature) and kind != suffix:
            raise UnreadableFile(
                document,
                f"filen heter {suffix} men innehåller {name}. Ge den rätt ändelse eller exportera den som PDF.",
            )
    extracted = SUFFIXES[suffix](data, document)
    if not any(page.text.strip() for page in extracted.pages):
        raise UnreadableFile(document, "filen innehåller ingen text. Kontrollera att rätt fil lagts in.")
    return extracted

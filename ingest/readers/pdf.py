"""PDF through pypdf. The page text is exactly what `extract_text()` gives, since quotes are checked against it."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Sequence
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from ingest.errors import UnreadableFile
from ingest.model import Page
from ingest.readers.extracted import Extracted
from ingest.readers.geometry import Piece, line_signs

_TRUNCATED = "filen är skadad eller avklippt. Hämta den på nytt, eller öppna den och spara den som ny PDF."


def read_pdf(data: bytes, document: str) -> Extracted:
    """Pages numbered from 1. Raises UnreadableFile: encrypted, damaged, images only, no PDF at all."""
    if b"%PDF-" not in data[:1024]:
        raise UnreadableFile(
            document, "filen heter .pdf men är ingen PDF. Ge den rätt ändelse eller exportera den som PDF."
        )
    logging.getLogger("pypdf").setLevel(logging.ERROR)
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableFile(document, "filen är låst med lösenord. Spara en kopia utan lösenord och lägg in den.")
        texts, pieces = [], []
        for page in reader.pages:
            pieces.append(list[Piece]())
            texts.append(page.extract_text(visitor_text=_collector(pieces[-1])))
        title = reader.metadata.title if reader.metadata else None
        images = not any(text.strip() for text in texts) and any(_has_image(page) for page in reader.pages)
    except UnreadableFile:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, RecursionError) as error:
        # pypdf lets errors of its parser through for damaged files; all of them mean the same to the user.
        raise UnreadableFile(document, _TRUNCATED) from error
    except Exception as error:
        if "cryptography" in str(error).lower() or "aes" in str(error).lower():
            raise UnreadableFile(
                document, "filen är krypterad. Spara en kopia utan kryptering och lägg in den."
            ) from error
        raise
    if not texts:
        raise UnreadableFile(document, _TRUNCATED)
    if images:
        raise UnreadableFile(
            document,
            "filen består bara av bilder (inskannad). Kör den genom texttolkning (OCR) och lägg in resultatet.",
        )
    return Extracted(
        tuple(Page(n, text) for n, text in enumerate(texts, 1)),
        title=(title or "").strip() or None,
        signs=line_signs(texts, pieces),
    )


def _collector(pieces: list[Piece]) -> Callable[..., None]:
    """What pypdf calls for every piece of text: the piece's place is that of its matrix within the page's."""

    def collect(text: str, cm: Sequence[float], tm: Sequence[float], font: dict[str, Any] | None, size: float) -> None:
        if not text:
            return
        try:
            scale = abs((tm[0] * tm[3] - tm[1] * tm[2]) * (cm[0] * cm[3] - cm[1] * cm[2])) ** 0.5
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            pieces.append(Piece(text, x, y, round(float(size) * scale, 2), str((font or {}).get("/BaseFont", ""))))
        except (TypeError, ValueError, IndexError, AttributeError):
            return  # a piece without a place: the page gets no signs, its text stays

    return collect


def _has_image(page: object) -> bool:
    try:
        return len(page.images) > 0  # type: ignore[attr-defined]
    except Exception:  # an image that pypdf cannot decode is an image all the same
        return True

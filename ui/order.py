"""Swedish alphabetical order."""

from __future__ import annotations

_LAST: dict[str, str | int | None] = {"å": "{", "ä": "|", "ö": "}", "é": "e", "ü": "y"}


def swedish_order(name: str) -> str:
    """Sorts å, ä, ö last, in that order, and other accented letters with their own."""
    return name.casefold().translate(str.maketrans(_LAST))

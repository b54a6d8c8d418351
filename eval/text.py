"""Comparing words of answers with words of pages: hyphenation, white space, case, digits, broken letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from ingest.cleaning import fold

_LINE_HYPHEN = re.compile(r"[-\u00ad\u2010]\s*\n\s*")
_DIGIT_GROUPS = re.compile(r"(?<=\d)[ .](?=\d{3}(?!\d))")


@lru_cache(maxsize=50_000)
def as_printed(text: str) -> str:
    """Line-break hyphens removed and white space collapsed, nothing else: what a quote is compared in."""
    return " ".join(_LINE_HYPHEN.sub("", text).split())


@lru_cache(maxsize=50_000)
def plain(text: str) -> str:
    """Lower case, composed letters, no soft hyphens, digit groups joined ("25 000" and "25.000" are 25000)."""
    text = unicodedata.normalize("NFKC", as_printed(text)).replace("\u00ad", "").casefold()
    return _DIGIT_GROUPS.sub("", text)


@lru_cache(maxsize=50_000)
def folded(text: str) -> str:
    """`plain` without the dots and rings that OCR loses, by the same folding as the search's."""
    return fold(plain(text))


def holds(text: str, keys: Iterable[str]) -> bool:
    """True where every key occurs in the text, as `plain` or as `folded`. A number matches whole numbers only."""
    return all(_occurs(plain(key), plain(text)) or _occurs(folded(key), folded(text)) for key in keys)


def same_name(one: str | None, other: str | None) -> bool:
    """Two regions or towns are the same: case aside, and "A/B" is "B/A". None equals only None."""
    return _parts(one) == _parts(other)


def towns(text: str | None) -> frozenset[str]:
    """ "Hudiksvall, Ludvika" as a set of lower-case names; empty for None."""
    return frozenset(part.strip().casefold() for part in (text or "").split(",") if part.strip())


def _parts(name: str | None) -> frozenset[str]:
    name = re.sub(r"^region\s+", "", (name or "").strip().casefold())
    return frozenset(part.strip() for part in name.split("/") if part.strip())


def _occurs(key: str, text: str) -> bool:
    if not key:
        return False
    before = r"(?<!\d)(?<!\d[.,])" if key[0].isdigit() else ""
    after = r"(?![.,]?\d)" if key[-1].isdigit() else ""
    return re.search(before + re.escape(key) + after, text) is not None

"""Swedish words for matching: splitting, stems, and which words of a question carry its topic."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import snowballstemmer

from ingest.cleaning import fold

__all__ = ["content_words", "distance", "fold", "is_stopword", "printed_words", "stem", "stems", "words"]

STOPWORDS = Path(__file__).with_name("stopwords.txt")

_WORD = re.compile(r"[^\W_]+(?:[-:.][^\W_]+)*")
_BETWEEN_PARTS = re.compile(r"(?<!\b[^\W\d_])-|[:.]")


def words(text: str) -> list[str]:
    """The words of a text as they stand, numbers as words; hyphenated parts apart, unless one is a letter (e-handel)."""
    return [part for match in _WORD.findall(text) for part in _BETWEEN_PARTS.split(match) if part]


def printed_words(text: str) -> list[str]:
    """As `words`, and what follows the letter of such a word by itself: who asks for handel is also told of e-handel."""
    found = words(text)
    return found + [word.partition("-")[2] for word in found if "-" in word]


def content_words(question: str) -> list[str]:
    """The words of a question that carry its topic, as typed: neither grammar nor what every question here says."""
    found = []
    for word in words(question):
        folded = fold(word)
        if is_stopword(folded) or (len(folded) < 2 and not folded.isdigit()):
            continue
        if word not in found:
            found.append(word)
    return found


def is_stopword(folded: str) -> bool:
    """Whether a folded word carries no topic in a question."""
    return folded in _stopwords()


@lru_cache(maxsize=65536)
def stem(folded: str) -> str:
    """Stem of a folded word: Snowball's Swedish rules and the endings that they leave, until nothing changes.

    Once is not enough: "marknaden" becomes "marknad", and "marknad" by itself "markn".
    """
    while (shorter := _stem_once(folded)) != folded:
        folded = shorter
    return folded


def _stem_once(folded: str) -> str:
    if len(folded) < 4 or folded.isdigit():
        return folded
    stemmed = _snowball().stemWord(folded)
    for ending, kept, least in _MORE_ENDINGS:
        if stemmed.endswith(ending) and len(stemmed) - len(ending) >= least:
            return stemmed[: len(stemmed) - len(ending)] + kept
    return _CYKEL.sub(r"\1l", stemmed)


def stems(text: str) -> list[str]:
    """Stems of all words of a text, in order."""
    return [stem(fold(word)) for word in words(text)]


def distance(left: str, right: str, limit: int) -> int:
    """Edits between two words (two neighbours swapped count as one), or limit + 1 where there are more."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        last, before, row = before, row, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]


@lru_cache(maxsize=1)
def _stopwords() -> frozenset[str]:
    lines = STOPWORDS.read_text(encoding="utf-8").splitlines()
    return frozenset(fold(word) for line in lines if not line.startswith("#") for word in line.split())


@lru_cache(maxsize=1)
def _snowball():  # type: ignore[no-untyped-def]
    return snowballstemmer.stemmer("swedish")


# Inflection that Snowball leaves (it takes care of -a, -ar, -en, -erna and the like), with the least that must be left.
_MORE_ENDINGS = (
    ("ningar", "ning", 4), ("et", "", 4), ("ln", "l", 4), ("lt", "l", 4), ("an", "", 3), ("mm", "m", 5), ("in", "i", 5),
)  # fmt: skip
_CYKEL = re.compile(r"([bcdfgkpt])el$")  # cykel, cyklar

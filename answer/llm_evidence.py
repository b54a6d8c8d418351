"""What a citation stands for, and looking names, dates and places up in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from answer.llm_figures import Figure, dates, figures
from answer.model import Citation
from answer.question import plain
from answer.swedish import swedish_date
from index.words import fold, stem
from index.words import words as split_words

_CLAUSE = re.compile(r"\b(?:och|men|medan|samt)\b|[;,]")


@dataclass(frozen=True)
class Evidence:
    """All that a citation stands for: the passage with heading and question, and whose it is.

    `printed` is what the model is shown, `text` what counts as support: without what is addressed to a model.
    """

    citation: Citation
    printed: str
    text: str
    context: str  # heading and question
    towns: tuple[str, ...]
    dates: tuple[str, ...]  # ISO, of the meeting
    about: str  # title, label, theme: names that may be said of it
    vector: NDArray[np.float32] | None = None

    @cached_property
    def whole(self) -> str:
        return f"{self.context}\n{self.text}"

    @cached_property
    def own_words(self) -> str:
        """The words of everything that may be said of it, each once: matching takes time for every word."""
        return " ".join(dict.fromkeys(split_words(f"{self.whole} {' '.join(self.towns)} {self.about}")))

    @cached_property
    def figures(self) -> list[Figure]:
        return figures(self.whole)

    @cached_property
    def forms(self) -> frozenset[str]:
        """Folded words of everything that may be said of it."""
        c = self.citation
        own = f"{self.whole} {' '.join(self.towns)} {c.region or ''} {self.about}"
        return frozenset(fold(word) for word in split_words(own))


def has_word(text: str, name: str) -> bool:
    """A name in a text, as a word or the first part of one ("Piteås", "Norrköpingsmodellen")."""
    return re.search(rf"(?<!\w){re.escape(plain(name))}", plain(text)) is not None


def among(folded: str, forms: frozenset[str]) -> bool:
    """A name among the sources' words, inflected or in a compound."""
    bare = folded.removesuffix("s") if len(folded) > 3 else folded
    if folded in forms or bare in forms or f"{folded}s" in forms:
        return True
    stemmed = stem(folded)
    return any(stem(form) == stemmed or (len(bare) > 3 and form.startswith(bare)) for form in forms)


def has_date(evidence: Evidence, month: int, days: Sequence[int], year: int | None) -> bool:
    said, _ = dates(evidence.whole)
    meeting = [tuple(map(int, day.split("-"))) for day in evidence.dates if re.fullmatch(r"\d{4}-\d\d-\d\d", day)]
    years = {m[0] for m in meeting} | {d.year for d in said if d.year} | {int(f.value) for f in evidence.figures}
    if year is not None and year not in years:
        return False
    own_days = {m[2] for m in meeting if m[1] == month and year in (None, m[0])}
    printed_days = {day for d in said if d.month == month for day in d.days}
    if days:
        return set(days) <= own_days or set(days) <= printed_days
    return bool(own_days) or any(d.month == month for d in said)


def in_season(evidence: Evidence, season: str) -> bool:
    months = {"våren": range(1, 7), "sommaren": range(6, 9), "hösten": range(8, 13), "vintern": (12, 1, 2, 3)}[season]
    return season[:-2] in evidence.whole.lower() or any(
        int(day[5:7]) in months for day in evidence.dates if len(day) == 10
    )


def beside(position: int, named: Sequence[tuple[str, int]], words: str) -> str:
    """The name that belongs to a position: the nearest in its clause, else the last before it, else the first after."""
    ends = [match.start() for match in _CLAUSE.finditer(words)]
    start = max((end for end in ends if end <= position), default=0)
    stop = min((end for end in ends if end > position), default=len(words))
    within = [item for item in named if start <= item[1] < stop]
    if within:
        return min(within, key=lambda item: abs(item[1] - position))[0]
    before = [item for item in named if item[1] < position]
    return max(before, key=lambda item: item[1])[0] if before else min(named, key=lambda item: item[1])[0]


def meeting_line(citation: Citation) -> str:
    """How a citation's meeting is named to the model: "9 februari 2021", or the title of another document."""
    return swedish_date(citation.meeting.date) if citation.meeting else citation.title

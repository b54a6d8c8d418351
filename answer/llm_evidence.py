"""What a citation stands for, and looking names up in it."""

from __future__ import annotations

import re
from collections.abc import Collection, Container
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from answer.llm_figures import Figure, dates, figures
from answer.model import Citation
from answer.swedish import swedish_date
from index.words import fold, stem
from index.words import words as split_words


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
        """Numbers of the passage; those of its dates are in `years` and looked up as dates."""
        return figures(dates(self.whole)[1])

    @cached_property
    def years(self) -> frozenset[int]:
        """Years that are the meeting's, the title's or the passage's own."""
        named = {int(year) for year in re.findall(r"\b(?:19|20)\d\d\b", self.about)}
        said = {day.year for day in dates(self.whole)[0] if day.year}
        return frozenset({int(day[:4]) for day in self.dates} | named | said)

    @cached_property
    def forms(self) -> frozenset[str]:
        """Folded words of everything that may be said of it."""
        c = self.citation
        own = f"{self.whole} {' '.join(self.towns)} {c.region or ''} {self.about}"
        return frozenset(fold(word) for word in split_words(own))


def has_name(text: str, name: str, tails: Container[str] = ()) -> bool:
    """A name in a text, with its capital, alone ("Piteås") or before one of the `tails` ("Norrköpingsmodellen")."""
    for match in re.finditer(rf"(?<!\w)({_spaced(name)})(\w*)", text, re.I):
        tail = match[2].lower()
        if match[1][0].isupper() and (tail in ("", "s") or tail in tails or tail.removeprefix("s") in tails):
            return True
    return False


def _spaced(name: str) -> str:
    """A pattern for a name, also over a line's end."""
    return r"\s+".join(map(re.escape, name.split()))


def among(folded: str, forms: Collection[str], tails: Container[str] = ()) -> bool:
    """A name among the sources' words, inflected or before one of the `tails`. All are folded."""
    bare = folded.removesuffix("s") if len(folded) > 3 else folded
    if folded in forms or bare in forms or f"{folded}s" in forms:
        return True
    stemmed = stem(folded)
    return any(stem(form) == stemmed for form in forms) or any(
        form.startswith(bare) and (form[len(bare) :] in tails or form[len(bare) :].removeprefix("s") in tails)
        for form in forms
    )


def meeting_line(citation: Citation) -> str:
    """How a citation's meeting is named to the model: "9 februari 2021", or the title of another document."""
    return swedish_date(citation.meeting.date) if citation.meeting else citation.title

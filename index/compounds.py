"""Swedish compounds: a word is found in longer ones, and a long one through its parts."""

from __future__ import annotations

import bisect
import re
from collections.abc import Mapping
from functools import lru_cache

from wordfreq import top_n_list

from index.words import fold, stem

WHOLE = 1.0  # the same word, inflected or not
PART = 0.85  # begins or ends the compound: presentkort in presentkortsförsäljning, centrumpresentkort
SHORT_PART = 0.7  # the same of a word of three or four letters, where the rest is a known word too
INNER = 0.6  # inside a compound, or in words that scanning ran together
CONTAINED = 0.3  # the other way round: asked for a compound, found one of its parts
LONG = 8  # letters of a first part that are enough to know it, whatever follows
INFLECTION = 4  # letters that an ending has at most
_LOST_E = re.compile(r"([bcdfgkpt])l$")  # what index/words.py makes of -el
LINKS = "seoau"  # letters that join the parts, or that a stem has lost
ENDINGS = frozenset(
    word
    for line in (
        "a e n r s t an ar as at en er es et na or ad are arn ade ens ets ers ars ern nar",
        "arna erna orna ande aren aste else ning het ig iga igt isk iska ska",
    )
    for word in line.split()
)


class Vocabulary:
    """The folded forms of a corpus, searchable as parts of one another. Safe to share between threads."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.counts = dict(counts)
        self.forms = list(counts)
        self.number = {form: number for number, form in enumerate(self.forms)}
        self.stems = frozenset(map(stem, self.forms))
        self._by_stem: dict[str, list[int]] = {}
        for number, form in enumerate(self.forms):
            self._by_stem.setdefault(stem(form), []).append(number)
        self._joined = "\n".join(self.forms)
        self._starts = [0]
        for form in self.forms:
            self._starts.append(self._starts[-1] + len(form) + 1)
        self._sorted = sorted(self.forms)
        self.related = lru_cache(maxsize=4096)(self._related)

    def starts(self, beginning: str) -> bool:
        """Whether a form of the corpus begins so."""
        place = bisect.bisect_left(self._sorted, beginning)
        return place < len(self._sorted) and self._sorted[place].startswith(beginning)

    def knows(self, part: str) -> bool:
        """Whether it is a word of the corpus, perhaps with a linking letter behind it."""
        return part in self.stems or stem(part) in self.stems or (part[-1:] in LINKS and stem(part[:-1]) in self.stems)

    def is_rest(self, part: str) -> bool:
        """Whether it can be what is left of a compound: a word of the corpus or of Swedish, or a compound itself."""
        part = part.removeprefix("s") if not self.knows(part) else part
        return self.knows(part) or part in swedish() or self.splits(part)

    def splits(self, form: str) -> bool:
        """Whether it is a compound of two words of the corpus of at least four letters each."""
        return any(self.knows(form[:cut]) and self.knows(form[cut:]) for cut in range(4, len(form) - 3))

    def _related(self, stemmed: str) -> tuple[tuple[int, float], ...]:
        """Forms that a stem stands in or is made of, by number, with how well they match."""
        found = dict.fromkeys(self._by_stem.get(stemmed, ()), WHOLE)
        candidates: set[int] = set()
        if len(stemmed) >= 4:
            for spelled in _spellings(stemmed):
                place = self._joined.find(spelled)
                while place >= 0:
                    candidates.add(bisect.bisect_right(self._starts, place) - 1)
                    place = self._joined.find(spelled, place + 1)
        elif len(stemmed) == 3:
            place = bisect.bisect_left(self._sorted, stemmed)
            while place < len(self._sorted) and self._sorted[place].startswith(stemmed):
                candidates.add(self.number[self._sorted[place]])
                place += 1
        for cut in range(4, len(stemmed) - 3):
            for part in (stemmed[:cut], stemmed[cut:]):
                candidates.update(self._by_stem.get(stem(part), ()))
                candidates.update(self._by_stem.get(part, ()))
        for number in candidates - found.keys():
            weight = relation(stemmed, self.forms[number], self)
            if weight:
                found[number] = weight
        return tuple(found.items())


def relation(asked: str, form: str, vocabulary: Vocabulary) -> float:
    """How well a form of a text matches the stem asked for: 1 the same word, less within a compound, 0 not at all."""
    other = stem(form)
    if asked == other:
        return WHOLE
    for spelled in _spellings(asked):
        place = form.find(spelled)
        if place >= 0 and (len(spelled) >= 4 or (len(spelled) == 3 and place == 0)):
            return _inside(spelled, form, place, vocabulary)
    if len(other) >= 4 and len(asked) - len(other) >= 3:
        rest = asked[len(other) :].removeprefix("s")
        if asked.startswith(other) and (len(other) >= LONG or vocabulary.knows(rest)):
            return CONTAINED
        if asked.endswith(other) and vocabulary.knows(asked[: -len(other)]):
            return CONTAINED
    return 0.0


def _spellings(stemmed: str) -> tuple[str, ...]:
    """A stem as compounds may spell it: "handl" is "handel" in handelsplats."""
    with_e = _LOST_E.sub(r"\1el", stemmed)
    return (stemmed,) if with_e == stemmed else (stemmed, with_e)


def _inside(asked: str, form: str, place: int, vocabulary: Vocabulary) -> float:
    before, after = form[:place], form[place + len(asked) :]
    if not before and len(after) <= INFLECTION and after not in ENDINGS:
        return 0.0  # another word that begins alike: konst, konstant
    at_edge = not before or len(after) <= INFLECTION
    if len(asked) <= 4:
        rest = before or after
        return SHORT_PART if at_edge and len(rest) >= 4 and vocabulary.is_rest(rest) else 0.0
    if at_edge:
        return PART if len(before) != 1 else 0.0
    return INNER if len(asked) >= 6 else 0.0


@lru_cache(maxsize=1)
def swedish() -> frozenset[str]:
    """The more common Swedish words of four letters or more, folded."""
    return frozenset(fold(word) for word in top_n_list("sv", 60_000) if len(word) >= 4)

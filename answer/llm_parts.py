"""Which words of a sentence are said of which places, so that each place's own sources can be asked for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.words import content_words

_CLAUSE = re.compile(r"\b(?:och|men|medan|samt)\b|[;,]")
_CONTRAST = re.compile(r"\s*\b(?:men|medan)\b")


@dataclass(frozen=True)
class Place:
    """A town or a region named in a text at [start, end)."""

    name: str
    is_region: bool
    start: int
    end: int


@dataclass(frozen=True)
class Part:
    """Words from `start` on that are said of the same places. `before`: the region named last, if none is named here."""

    words: str
    start: int
    places: tuple[Place, ...]
    before: Place | None = None

    @property
    def towns(self) -> tuple[Place, ...]:
        return tuple(place for place in self.places if not place.is_region)

    @property
    def regions(self) -> tuple[Place, ...]:
        own = tuple(place for place in self.places if place.is_region)
        return own or ((self.before,) if self.before else ())

    @property
    def rest(self) -> str:
        """The words with the places blanked out."""
        return without(self.words, self.places, self.start)

    @property
    def bare(self) -> bool:
        """Whether it names places and says nothing of them."""
        return bool(self.places) and not content_words(self.rest)


def without(words: str, places: Sequence[Place], start: int = 0) -> str:
    """The words, which begin at `start`, with the places blanked out."""
    for place in places:
        end = place.end - start
        words = words[: place.start - start] + " " * (place.end - place.start) + words[end:]
    return words


def clauses(words: str, places: Sequence[Place] = ()) -> list[Part]:
    """The words cut before each "och", "medan", comma and the like, but not inside a name."""
    cuts = [m.start() for m in _CLAUSE.finditer(words) if not any(p.start <= m.start() < p.end for p in places)]
    return [
        Part(words[start:end], start, tuple(p for p in places if start <= p.start < end))
        for start, end in zip([0, *cuts], [*cuts, len(words)], strict=True)
    ]


def parts(words: str, places: Sequence[Place]) -> list[Part]:
    """The clauses put together that are said of the same places.

    Words without a place go with what stands before them, or with the first that has one. Of a list of places ("i Lund,
    Umeå och Piteå säljs ...") everything is said that is said beside its last or before its first.
    """
    found: list[Part] = []
    every = clauses(words, places)
    for number, clause in enumerate(every):
        following = next((c for c in every[number + 1 :] if not c.bare), None)
        ends_a_list = clause.bare and not (following and following.places)
        if found and (not clause.places or not found[-1].places or found[-1].bare or ends_a_list):
            last = found[-1]
            found[-1] = replace(last, words=last.words + clause.words, places=(*last.places, *clause.places))
        else:
            found.append(clause)
    region: Place | None = None
    for number, part in enumerate(found):
        if _CONTRAST.match(part.words):
            region = None
        found[number] = replace(part, before=region)
        region = next((p for p in reversed(part.places) if p.is_region), region)
    return found

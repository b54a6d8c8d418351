"""Towns, regions and other names: which a text names, and whether a passage speaks of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from answer.citations import chapter
from answer.llm_evidence import Evidence, among, has_name
from answer.llm_figures import Figure, dates, figures, stated
from answer.llm_forms import Forms
from answer.llm_parts import Place, parts, without
from answer.question import plain, region_parts, same_region
from answer.swedish import sentences
from index.library import Library
from index.words import fold
from index.words import words as split_words
from ingest.towns import Gazetteer


class Places:
    """The places of one library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        counts = Counter(word for p in library.passages for word in split_words(p.text))
        self._vocabulary = frozenset(map(plain, counts))
        self._tails = frozenset(f for w in counts if w[0].islower() and len(w) > 3 for f in (w.lower(), fold(w)))
        towns = {town for p in library.passages for town in p.towns}
        towns |= {town for r in library.reports for c in r.regions for town in (*c.towns, c.host_town) if town}
        self._gazetteer = Gazetteer(towns)
        # What the reports write in small letters more often than not is a word, whatever place is called so.
        ordinary = {w for w in counts if w[0].islower() and counts[w] >= counts[w[0].upper() + w[1:]]}
        every = self._gazetteer.towns
        sure = {town for town in every if not self._gazetteer.doubtful(town)}
        self._forms = Forms(sure, every & self._gazetteer.ambiguous, ordinary, self._tails)
        self._area_forms = Forms(set(self._gazetteer.areas.values()) - every, (), ordinary, self._tails)
        self._towns = lru_cache(maxsize=1024)(self._find_towns)  # sources are looked at again and again
        self._regions = {c.region for r in library.reports for c in r.regions}

    def named(self, text: str) -> list[Place]:
        """Towns and regions that a text names, in reading order."""
        regions = self.regions_in(text)
        open_text = without(text, regions)  # "Stockholm/Mälardalen" is no town
        return sorted([*regions, *self._towns(open_text)], key=lambda place: place.start)

    def towns_in(self, text: str) -> list[str]:
        """Towns that a text names, each once."""
        return list(dict.fromkeys(place.name for place in self._towns(text)))

    def areas_in(self, text: str) -> list[Place]:
        """Provinces and the like that a text names, where they are no towns."""
        return self._area_forms.find(text)

    def added(self, text: str, given: str) -> set[str]:
        """Towns, regions and provinces of a text that is made from another and goes beyond it."""
        forms = {fold(word) for word in split_words(given)}  # questions are often typed without capitals
        return {
            name
            for name in self._names(text) - self._names(given)
            if not any(all(among(fold(word), forms) for word in split_words(part)) for part in name.split("/"))
        }

    def _names(self, text: str) -> set[str]:
        return {*self.towns_in(text), *(place.name for place in (*self.regions_in(text), *self.areas_in(text)))}

    def _find_towns(self, text: str) -> list[Place]:
        named = [Place(m.town, False, m.start, m.end) for m in self._gazetteer.mentions(text)]
        return sorted([*named, *self._forms.find(without(text, named))], key=lambda place: place.start)

    def regions_in(self, text: str) -> list[Place]:
        """Regions of the library that a text names, and the name after "region" where it is none of them."""
        found: list[Place] = []
        open_text = text
        for region in sorted(self._regions, key=len, reverse=True):
            names = [re.escape(name) for name in region.split("/")]
            orders = [names, names[::-1]] if len(names) == 2 else [names]
            pattern = "|".join(r"\s*(?:/|–|-|och|&)\s*".join(order) for order in orders)
            for match in re.finditer(rf"(?i)\b(?P<word>region(?:en|erna)?\s+)?\b(?P<name>{pattern})s?\b", open_text):
                if match["word"] or match["name"][0].isupper():
                    place = Place(region, True, match.start(), match.end())
                    found.append(place)
                    open_text = without(open_text, [place])
        for match in re.finditer(rf"\b[Rr]egion(?:en)?\s+(?P<name>{_CAPITAL}(?:\s+{_CAPITAL})*)", open_text):
            found.append(Place(" ".join(match["name"].split()), True, match.start(), match.end()))
        return found

    def is_of(self, evidence: Evidence, place: Place, words: str) -> bool:
        """Whether a passage speaks of the place; the host and the guests of its meeting only where called so."""
        if place.is_region:  # "Västervik" is not region Väst
            return same_region(place.name, evidence.citation.region) or has_name(evidence.whole, place.name)
        town = place.name
        if town in evidence.towns or any(p.name == town for p in self._towns(evidence.whole)):
            return True
        if town not in self._gazetteer.ambiguous and has_name(evidence.whole, town, self._tails):
            return True
        c = evidence.citation
        own = chapter(self._library.report(c.document), c.region)
        if re.search(r"\bvärd", words, re.I) and town == c.host_town:
            return True
        return bool(own and re.search(r"\b(?:representera|deltog|deltagande ort)", words, re.I) and town in own.towns)

    def says_of(self, evidence: Evidence, figure: Figure, town: str) -> bool:
        """Whether a passage that states a figure may state it of a town: not where it stands beside another town only."""
        beside: list[set[str]] = []
        for sentence in sentences(evidence.text):
            for part in parts(sentence, [place for place in self.named(sentence) if not place.is_region]):
                if stated(figure, figures(dates(part.words)[1])):
                    beside.append({place.name for place in part.places})
        return not beside or any(not towns or town in towns for towns in beside)

    def strange_name(self, words: str, cited: Sequence[Evidence]) -> str | None:
        """A name that none of the sources has: a province, a capital inside a sentence, a first word that looks like a place.

        Towns and regions have been looked up by themselves and are blanked out.
        """
        areas = {place.name for e in cited for place in self.areas_in(e.whole)}
        regions = {part for e in cited for part in region_parts(e.citation.region or "")}
        named = self.areas_in(words)
        for place in named:
            if place.name not in areas and plain(place.name) not in regions:
                return words[place.start : place.end]
        words = without(words, named)
        forms = frozenset().union(*(e.forms for e in cited)) | {"citygroup", "region", "sverige"}
        for match in re.finditer(r"[^\W\d_][\w’'&-]*", words):
            word = match.group()
            before = words[: match.start()].rstrip()
            first = not before or before[-1] in '.!?:…”"“»–-('
            if not word[0].isupper() or (first and not word[1:].isupper() and not self._may_be_place(word)):
                continue
            for part in re.split(r"[-’'&]", word):
                folded = fold(part)
                if len(folded) >= 2 and not among(folded, forms, self._tails):
                    return word
        return None

    def _may_be_place(self, word: str) -> bool:
        """Whether a sentence's first word is a town of the reports, or looks like a place that they do not know."""
        town = self._gazetteer.exact(word)
        if town in self._gazetteer.known:
            return True
        unknown = not {plain(word), plain(word).removesuffix("s")} & self._vocabulary
        return unknown and (town is not None or bool(_PLACE_ENDING.search(word.lower())))


_CAPITAL = r"[A-ZÅÄÖ][\w/–-]*"
_PLACE_ENDING = re.compile(
    r"(?:köping|borg|stad|sund|hamn|vik|berg|fors|ås|holm|sala|bro|torp|sjö|lund|ryd|boda|hult|näs|stav|vall)s?$"
)

"""Towns, regions and other names: which a text names, and whether a passage speaks of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from answer.citations import chapter
from answer.llm_evidence import Evidence, among, has_name
from answer.llm_figures import Figure, dates, figures, stated
from answer.llm_parts import Place, parts, without
from answer.question import plain, same_region
from answer.swedish import sentences
from index.library import Library
from index.words import fold
from index.words import words as split_words
from ingest.towns import Gazetteer


class Places:
    """The places of one library."""

    def __init__(self, library: Library) -> None:
        self._library = library
        printed = {word for p in library.passages for word in split_words(p.text)}
        self._vocabulary = frozenset(map(plain, printed))
        self._tails = frozenset(f for w in printed if w[0].islower() and len(w) > 3 for f in (w.lower(), fold(w)))
        towns = {town for p in library.passages for town in p.towns}
        towns |= {town for r in library.reports for c in r.regions for town in (*c.towns, c.host_town) if town}
        self._gazetteer = Gazetteer(towns)
        self._mentions = lru_cache(maxsize=1024)(self._gazetteer.mentions)  # sources are looked at again and again
        self._regions = {c.region for r in library.reports for c in r.regions}

    def named(self, text: str) -> list[Place]:
        """Towns and regions that a text names, in reading order."""
        regions = self.regions_in(text)
        open_text = without(text, regions)  # "Stockholm/Mälardalen" is no town
        towns = [Place(m.town, False, m.start, m.end) for m in self._mentions(open_text)]
        return sorted([*regions, *towns], key=lambda place: place.start)

    def towns_in(self, text: str) -> list[str]:
        """Towns that a text names, each once."""
        return list(dict.fromkeys(mention.town for mention in self._mentions(text)))

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
        for match in re.finditer(r"\b[Rr]egion(?:en)?\s+(?P<name>[A-ZÅÄÖ][\w/–-]*)", open_text):
            found.append(Place(match["name"], True, match.start(), match.end()))
        return found

    def is_of(self, evidence: Evidence, place: Place, words: str) -> bool:
        """Whether a passage speaks of the place; the host and the guests of its meeting only where called so."""
        if place.is_region:  # "Västervik" is not region Väst
            return same_region(place.name, evidence.citation.region) or has_name(evidence.whole, place.name)
        town = place.name
        if town in evidence.towns or any(m.town == town for m in self._mentions(evidence.whole)):
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
        """A name that none of the sources has: a capital inside a sentence, or a first word that looks like a place.

        Towns and regions have been looked up by themselves and are blanked out.
        """
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


_PLACE_ENDING = re.compile(
    r"(?:köping|borg|stad|sund|hamn|vik|berg|fors|ås|holm|sala|bro|torp|sjö|lund|ryd|boda|hult|näs|stav|vall)s?$"
)

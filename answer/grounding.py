"""Whether a sentence of a language model is carried by what it cites. Decided by code, sentence by sentence.

Every number, date, town, region and name of a sentence must stand in the cited passages or be theirs by page and
chapter, and what the sentence is about must be what the passages are about, by words and by embedding. Passages cited
together do not vouch for each other: what is said of a place is looked up in the passages of that place alone, and what
is said with a figure in those that state it. A false alarm costs a sentence (the passage is still offered to the
reader), a miss costs trust, so doubt counts against the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from answer.instructions import addressed_to_a_model, reports_an_instruction, without_instructions
from answer.llm_evidence import Evidence
from answer.llm_figures import Figure, dates, figures, stated, word_value
from answer.llm_parts import Part, Place, clauses, parts, without
from answer.llm_places import Places
from answer.llm_stated import states, unstated
from answer.llm_text import Sentence, is_swedish
from answer.messages import filled
from answer.model import Answer, Citation
from answer.swedish import sentences
from index.library import Library
from index.words import content_words, fold, stem
from index.words import words as split_words

# Measured on eval/grounding.yaml; see docs/decisions/language-model.md.
ENOUGH_WORDS = 0.5  # share of a sentence's content words, weighted by rarity, that its sources have
NEAR = 3.0  # and how far the source's similarity lies above the mean of all passages, in standard deviations
FEW_WORDS, VERY_NEAR = 0.4, 4.5  # a freer wording stands where the embedding is surer
NEARLY_ALL_WORDS = 0.8  # needs no nearness: one sentence of a long passage lies far from the whole
MANY = 100  # passages; with fewer the spread tells little, and lying above the mean is enough

Overlap = Callable[[str], Callable[[str], float]]  # LexicalIndex.overlap
Encode = Callable[[str], NDArray[np.float32]]  # text -> unit vector (dimensions,)


class Grounding:
    """Checks sentences against the passages of one library. `overlap` and `encode` are the search's own."""

    def __init__(self, library: Library, overlap: Overlap, encode: Encode) -> None:
        self._library, self._overlap, self._encode = library, overlap, encode
        self._places = Places(library)
        self._vocabulary = frozenset(stem(fold(word)) for p in library.passages for word in split_words(p.text))
        self._rows = {p.id: row for row, p in enumerate(library.passages)}

    def evidence(self, answer: Answer) -> dict[int, Evidence]:
        """What each citation of an extractive answer stands for, by its number."""
        return {citation.number: self._evidence(citation, answer) for citation in answer.citations}

    def fault(self, sentence: Sentence, evidence: Mapping[int, Evidence]) -> str | None:
        """Why a sentence does not count (Swedish), or None where it is carried by what it cites."""
        if addressed_to_a_model(sentence.words) and not reports_an_instruction(sentence.words):
            return _reason("instruction")
        if not sentence.numbers:
            return _reason("uncited")
        strange = [number for number in sentence.numbers if number not in evidence]
        if strange:
            return _reason("unknown", numbers=", ".join(f"[{number}]" for number in strange))
        if not self.is_swedish(sentence.words):
            return _reason("language")
        for words, numbers in sentence.segments:
            if fault := self._fault(words, [evidence[number] for number in numbers]):
                return fault
        return None

    def idle(self, sentence: Sentence, evidence: Mapping[int, Evidence]) -> set[int]:
        """Numbers of cited passages that do not carry the sentence, where others do.

        Those are of none of the places that it names, or have less than half of what the best of them has of it and
        nothing that the others lack.
        """
        found: set[int] = set()
        for words, numbers in sentence.segments:
            cited = {number: evidence[number] for number in numbers if number in evidence}
            if len(cited) < 2:
                continue
            places, said = self._places.named(words), figures(dates(words)[1])
            has: dict[int, set[Place | Figure]] = {
                n: {p for p in places if self._places.is_of(e, p, words)} | {f for f in said if states(e, f)}
                for n, e in cited.items()
            }
            of_place = [n for n in cited if has[n].intersection(places)]
            kept = of_place or list(cited)
            score = self._overlap(self._subject(words, list(cited.values())))
            shares = {n: score(cited[n].text) for n in kept}
            for number in sorted(shares, key=lambda n: shares[n]):
                others = [n for n in kept if n != number]
                if (
                    others
                    and shares[number] < max(shares.values()) / 2
                    and not has[number].difference(*(has[n] for n in others))
                    and score(_texts(cited, kept)) <= score(_texts(cited, others))
                ):
                    kept = others
            found |= cited.keys() - set(kept)
        return found if found < set(sentence.numbers) else set()

    def shares(self, words: str, evidence: Mapping[int, Evidence]) -> dict[int, float]:
        """How much of what a text says each passage has, by its words."""
        score = self._overlap(self._subject(words, []))
        return {number: score(e.own_words) for number, e in evidence.items()}

    def adds_names(self, text: str, given: str) -> bool:
        """Whether a text names a town, a region, a date or a figure that is not in what it was made from."""
        months = {day.month for day in dates(text)[0]} - {day.month for day in dates(given)[0]}
        known = figures(given)
        return bool(self._places.added(text, given) or months or any(not stated(f, known) for f in figures(text)))

    def is_swedish(self, text: str) -> bool:
        return is_swedish(text, self._vocabulary)

    def towns_in(self, text: str) -> list[str]:
        """Towns that a text names, each once."""
        return self._places.towns_in(text)

    def _evidence(self, citation: Citation, answer: Answer) -> Evidence:
        report = self._library.report(citation.document)
        said = " ".join(claim.text for claim in answer.claims if citation.number in claim.citations)
        meeting = citation.meeting
        if citation.passage_id:
            passage = self._library.passage(citation.passage_id)
            question = re.sub(r"^\s*\d+\s*[.)]\s*", "", passage.question or "")
            printed, context = passage.text, f"{passage.heading or ''}\n{question}"
            towns, vector = passage.towns, self._library.vectors[self._rows[passage.id]]
        else:  # a structured fact: its sentence was made by the program
            printed, context, towns, vector = said or citation.quote, "", (), None
        if not citation.region:
            towns = tuple(dict.fromkeys((*towns, *report.about)))
        named = f"{meeting.label} {meeting.theme or ''}" if meeting else ""
        about = " ".join((report.title, named, *report.about))
        days = (meeting.date, *meeting.dates) if meeting else ((report.date,) if report.date else ())
        text, context, about = map(without_instructions, (f"{printed}\n{citation.quote}", context, about))
        return Evidence(citation, printed, text, context, towns, tuple(dict.fromkeys(days)), about, vector)

    # --- one segment and the passages that it cites ---

    def _fault(self, words: str, cited: Sequence[Evidence]) -> str | None:
        places = self._places.named(words)
        for place in places:
            if not any(self._places.is_of(e, place, words) for e in cited):
                kind = "region" if place.is_region else "town"
                return _reason(kind, **{kind: place.name})
        if name := self._places.strange_name(without(words, places), cited):
            return _reason("name", name=name)
        fault = unstated(words, cited, cited) or self._content(words, cited)
        if fault:
            return fault
        every = parts(words, places)
        return (
            next((fault for part in every if (fault := self._apart(part, cited, words))), None)
            or next((fault for part in every if (fault := self._of_other_places(part, cited, words))), None)
            or self._figures_of_others(words, cited)
        )

    def _apart(self, part: Part, cited: Sequence[Evidence], words: str) -> str | None:
        """A town and a region, or a town and a figure, that stand together here and in no cited passage."""
        for town in part.towns:
            own = self._own(town, part, cited, words)
            if part.regions and not own:
                return _reason("together", one=town.name, other=f"region {part.regions[0].name}")
            for figure in figures(dates(part.rest)[1]) if len({t.name for t in part.towns}) == 1 else ():
                stating = [e for e in own if stated(figure, e.figures)]
                if stating and not any(self._places.says_of(e, figure, town.name) for e in stating):
                    return _reason("together", one=figure.words, other=town.name)
        return None

    def _own(self, place: Place, part: Part, cited: Sequence[Evidence], words: str) -> list[Evidence]:
        """The passages of a place, where it is a town of one of the regions that it is named with."""
        own = [e for e in cited if self._places.is_of(e, place, words)]
        if place.is_region or not part.regions:
            return own
        return [e for e in own if any(self._places.is_of(e, region, words) for region in part.regions)]

    def _of_other_places(self, part: Part, cited: Sequence[Evidence], words: str) -> str | None:
        """What is said of a place and stands only in passages of other places."""
        for place in part.towns or part.places:
            own = self._own(place, part, cited, words)
            if len(own) == len(cited):
                continue
            strange = self._places.strange_name(part.rest, own)
            fault = _reason("name", name=strange) if strange else unstated(part.rest, own, cited)
            if fault or self._share(part.words, own) < (ENOUGH_WORDS if len(part.places) == 1 else FEW_WORDS):
                said = f"region {place.name}" if place.is_region else place.name
                return _reason("place", place=said, reason=fault or _reason("content"))
        return None

    def _figures_of_others(self, words: str, cited: Sequence[Evidence]) -> str | None:
        """A figure in words that none of the passages that state it carries."""
        for clause in clauses(words) if len(cited) > 1 else ():
            for figure in figures(dates(clause.words)[1]):
                own = [e for e in cited if states(e, figure)]
                if own and self._share(clause.words, own) < FEW_WORDS:
                    return _reason("place", place=figure.words, reason=_reason("content"))
        return None

    # --- what it is about ---

    def _content(self, words: str, cited: Sequence[Evidence]) -> str | None:
        whole = "\n".join(e.whole for e in cited)
        if _DENIES.search(words) and not _MAY_DENY.search(whole):
            return _reason("negation")
        if not _MAY_DENY.search(words) and _DENIES.search(whole) and self._denied(words, cited):
            return _reason("denied")
        if not content_words(self._subject(words, cited)):
            return _reason("empty")
        share = self._share(words, cited)
        if share >= NEARLY_ALL_WORDS:
            return None
        nearness = self._nearness(words, cited) if share >= FEW_WORDS else 0.0
        if nearness is None:
            return None if share >= ENOUGH_WORDS else _reason("content")
        near, very_near = (NEAR, VERY_NEAR) if len(self._library.passages) >= MANY else (0.0, 0.0)
        if (share >= ENOUGH_WORDS and nearness >= near) or (share >= FEW_WORDS and nearness >= very_near):
            return None
        return _reason("content")

    def _denied(self, words: str, cited: Sequence[Evidence]) -> bool:
        """Whether the clause of the sources that has most of the words denies something."""
        score = self._overlap(self._subject(words, cited))
        best = {True: 0.0, False: 0.0}
        for clause in (c.words for e in cited for s in sentences(e.text) for c in clauses(s)):
            denies = _DENIES.search(clause) is not None
            best[denies] = max(best[denies], score(clause))
        return best[True] >= FEW_WORDS and best[True] > best[False]

    def _share(self, words: str, cited: Sequence[Evidence]) -> float:
        """How much of what the words are about the passages have; 1.0 where they are about nothing but places."""
        subject = self._subject(words, cited)
        if not content_words(subject):
            return 1.0
        return self._overlap(subject)(" ".join(e.own_words for e in cited))

    def _nearness(self, words: str, cited: Sequence[Evidence]) -> float | None:
        """How much nearer the nearest cited passage is than passages are, in standard deviations; None without any.

        Relative, since what a cosine means differs between embedding models.
        """
        vectors = [e.vector for e in cited if e.vector is not None]
        if not vectors:
            return None
        sentence = self._encode(words)
        every = self._library.vectors @ sentence
        return float((max(float(v @ sentence) for v in vectors) - every.mean()) / max(float(every.std()), 1e-9))

    def _subject(self, words: str, cited: Sequence[Evidence]) -> str:
        """The words without towns, regions, dates and figures (looked up by themselves) and without reporting words."""
        words = without(words, [p for p in self._places.named(words) if not p.is_region])
        names = {
            fold(part)
            for e in cited
            for name in (*e.towns, e.citation.region or "")
            for part in re.split(r"[/ ]", name)
        }
        _, rest = dates(words)
        kept = [
            word
            for word in split_words(rest)
            if fold(word) not in names | _UNITS
            and stem(fold(word)) not in _REPORTING
            and word_value(word) is None
            and not word.isdigit()
        ]
        return " ".join(kept)


_REPORTING_WORDS = """
    rapport rapporten rapporterna säger berättar berättade nämner nämns beskriver beskrivs uppger anger enligt region
    regionen regionerna ort orten orter stad staden städer kommun kommuner träff träffen tas upp lyfter lyfts exempel
    dessutom också även däremot samtidigt medan bland annat finns handlar gäller flera
"""
_REPORTING = frozenset(stem(fold(word)) for word in _REPORTING_WORDS.split())
_UNIT_WORDS = "mkr mnkr tkr kkr mdkr kr kronor sek procent miljon miljoner miljard miljarder tusen st"
_UNITS = frozenset(_UNIT_WORDS.split())
_DENIES = re.compile(
    r"\b(?:inte(?!\s+(?:bara|enbart|endast|minst)\b)|ej|aldrig|ingen|inget|inga|ingenting|icke|saknar|saknas)\b", re.I
)
_MAY_DENY = re.compile(  # what a source may say where a sentence rightly says "inte"
    r"\b(?:inte|ej|aldrig|ingen|inget|inga|ingenting|icke|utan|saknar|saknas|avsaknad|brist\w*|neka\w*|nej|slut\w*|upphör\w*|"
    r"ned?lag\w*|lagt? ner|lades ner|avveckl\w*|avslut\w*|inställ\w*|ställ\w* in|färre|få|svårt?|tappa\w*|borta|"
    r"stäng\w*|noll|icke\w*|o(?:klar|möjlig|säker|förändra|löst)\w*)\b",
    re.I,
)


def _reason(name: str, /, **values: object) -> str:
    return filled("llm.yaml", f"reason_{name}", **values)


def _texts(evidence: Mapping[int, Evidence], numbers: Sequence[int]) -> str:
    """The words of several passages, each once."""
    return " ".join(dict.fromkeys(word for n in numbers for word in split_words(evidence[n].text)))

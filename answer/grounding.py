"""Whether a sentence of a language model is carried by what it cites. Decided by code, sentence by sentence.

Every number, date, town, region and name of a sentence must stand in the cited passages or be theirs by page and
chapter; towns, regions and figures named together must stand together; and what the sentence is about must be what the
passages are about, by words and by embedding. A false alarm costs a sentence (the passage is still offered to the
reader), a miss costs trust, so doubt counts against the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from answer.citations import chapter
from answer.instructions import addressed_to_a_model, reports_an_instruction, without_instructions
from answer.llm_evidence import Evidence, among, beside, has_date, has_word, in_season
from answer.llm_figures import Figure, dates, figures, pages, stated, word_value
from answer.llm_text import Sentence, is_swedish
from answer.messages import filled
from answer.model import Answer, Citation
from answer.question import plain, same_region
from index.library import Library
from index.words import content_words, fold, stem
from index.words import words as split_words
from ingest.towns import Gazetteer

# Measured on eval/grounding.yaml; see docs/decisions/language-model.md.
ENOUGH_WORDS = 0.5  # share of a sentence's content words, weighted by rarity, that its sources have
NEAR = 3.0  # and how far the source's similarity lies above the mean of all passages, in standard deviations
FEW_WORDS, VERY_NEAR = 0.4, 4.5  # a freer wording stands where the embedding is surer
NEARLY_ALL_WORDS = 0.8  # needs no nearness: one sentence of a long passage lies far from the whole
MANY = 100  # passages; with fewer the spread tells little, and lying above the mean is enough
IDLE = 0.12  # a cited passage with less of the sentence than this does not carry it

Overlap = Callable[[str], Callable[[str], float]]  # LexicalIndex.overlap
Encode = Callable[[str], NDArray[np.float32]]  # text -> unit vector (dimensions,)


class Grounding:
    """Checks sentences against the passages of one library. `overlap` and `encode` are the search's own."""

    def __init__(self, library: Library, overlap: Overlap, encode: Encode) -> None:
        self._library, self._overlap, self._encode = library, overlap, encode
        self._vocabulary = frozenset(plain(word) for p in library.passages for word in split_words(p.text))
        towns = {town for p in library.passages for town in p.towns}
        towns |= {town for r in library.reports for c in r.regions for town in (*c.towns, c.host_town) if town}
        self._gazetteer = Gazetteer(towns)
        self._mentions = lru_cache(maxsize=1024)(self._gazetteer.mentions)  # sources are looked at again and again
        self._regions = {c.region for r in library.reports for c in r.regions}
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
        if not is_swedish(sentence.words):
            return _reason("language")
        for words, numbers in sentence.segments:
            cited = [evidence[number] for number in numbers]
            fault = self._attributes(words, cited) or self._content(words, cited)
            if fault:
                return fault
        return None

    def idle(self, sentence: Sentence, evidence: Mapping[int, Evidence]) -> set[int]:
        """Numbers of cited passages that have nothing of the sentence, where others carry it."""
        found = set()
        for words, numbers in sentence.segments:
            score = self._overlap(self._subject(words, [evidence[n] for n in numbers if n in evidence]))
            for number in numbers:
                if number not in evidence or len(numbers) < 2 or score(evidence[number].text) >= IDLE:
                    continue
                if not any(self._speaks_of(evidence[number], town, words) for town in self.towns_in(words)):
                    found.add(number)
        return found if found < set(sentence.numbers) else set()

    def adds_names(self, text: str, given: str) -> bool:
        """Whether a text names a town, a region, a date or a figure that is not in what it was made from."""
        towns = {mention.town for mention in self._mentions(given)}
        unknown = [t for t in self.towns_in(text) if t not in towns and not has_word(given, t)]
        regions = [region for region, _, _ in self._named_regions(text) if not has_word(given, region.split("/")[0])]
        months = {day.month for day in dates(text)[0]} - {day.month for day in dates(given)[0]}
        known = figures(given)
        return bool(unknown or regions or months or any(not stated(f, known) for f in figures(text)))

    def towns_in(self, text: str) -> list[str]:
        """Towns that a text names, each once."""
        return list(dict.fromkeys(mention.town for mention in self._mentions(text)))

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
        text = without_instructions(f"{printed}\n{citation.quote}")
        return Evidence(citation, printed, text, context, towns, tuple(dict.fromkeys(days)), about, vector)

    # --- towns, regions, names, figures ---

    def _attributes(self, words: str, cited: Sequence[Evidence]) -> str | None:
        regions = self._named_regions(words)
        open_words = words
        for _, start, end in regions:  # "Stockholm/Mälardalen" is no town
            open_words = open_words[:start] + " " * (end - start) + open_words[end:]
        towns = self._mentions(open_words)
        for mention in towns:
            if not any(self._speaks_of(e, mention.town, words) for e in cited):
                return _reason("town", town=mention.town)
        for region, _, _ in regions:
            if not any(self._is_of(e, region) for e in cited):
                return _reason("region", region=region)
        places = [(region, start) for region, start, _ in regions]
        named_towns = {fold(word) for mention in towns for word in split_words(words[mention.start : mention.end])}
        return (
            self._names(words, cited, named_towns)
            or self._dates_and_figures(words, cited, [(m.town, m.start) for m in towns], places)
            or self._apart(words, cited, [(m.town, m.start) for m in towns], places)
        )

    def _speaks_of(self, evidence: Evidence, town: str, words: str) -> bool:
        if town in evidence.towns or any(m.town == town for m in self._mentions(evidence.whole)):
            return True
        if has_word(evidence.whole, town):
            return True
        c = evidence.citation
        report = self._library.report(c.document)
        own = chapter(report, c.region)
        if re.search(r"\bvärd", words, re.I) and town == c.host_town:
            return True
        return bool(own and re.search(r"\b(?:representera|deltog|deltagande ort)", words, re.I) and town in own.towns)

    def _named_regions(self, words: str) -> list[tuple[str, int, int]]:
        """Regions of the library that a text names, and the name after "region" where it is none of them."""
        found: list[tuple[str, int, int]] = []
        open_text = words
        for region in sorted(self._regions, key=len, reverse=True):
            parts = [re.escape(part) for part in region.split("/")]
            orders = [parts, parts[::-1]] if len(parts) == 2 else [parts]
            pattern = "|".join(r"\s*(?:/|–|-|och|&)\s*".join(order) for order in orders)
            for match in list(
                re.finditer(rf"(?i)\b(?P<word>region(?:en|erna)?\s+)?\b(?P<name>{pattern})s?\b", open_text)
            ):
                if match["word"] or match["name"][0].isupper():
                    found.append((region, match.start(), match.end()))
                    open_text = open_text[: match.start()] + " " * len(match.group()) + open_text[match.end() :]
        for match in re.finditer(r"\b[Rr]egion(?:en)?\s+(?P<name>[A-ZÅÄÖ][\w/–-]*)", open_text):
            found.append((match["name"], match.start(), match.end()))
        return found

    def _is_of(self, evidence: Evidence, region: str) -> bool:
        return same_region(region, evidence.citation.region) or has_word(evidence.whole, region)

    def _names(self, words: str, cited: Sequence[Evidence], named_towns: set[str]) -> str | None:
        """A name that none of the sources has: a capital inside a sentence, or a first word that looks like a place."""
        forms = frozenset().union(*(e.forms for e in cited)) | {"citygroup", "region", "sverige"}
        for match in re.finditer(r"[^\W\d_][\w’'&-]*", words):
            word = match.group()
            before = words[: match.start()].rstrip()
            first = not before or before[-1] in '.!?:…”"“»–-('
            if not word[0].isupper() or (first and not word[1:].isupper() and not self._may_be_place(word)):
                continue
            for part in re.split(r"[-’'&]", word):
                folded = fold(part)
                if len(folded) < 2 or folded in named_towns or among(folded, forms):
                    continue
                return _reason("name", name=word)
        return None

    def _may_be_place(self, word: str) -> bool:
        """Whether a sentence's first word is a town of the reports, or looks like a place that they do not know."""
        town = self._gazetteer.exact(word)
        if town in self._gazetteer.known:
            return True
        unknown = not {plain(word), plain(word).removesuffix("s")} & self._vocabulary
        return unknown and (town is not None or bool(_PLACE_ENDING.search(word.lower())))

    def _dates_and_figures(
        self,
        words: str,
        cited: Sequence[Evidence],
        towns: Sequence[tuple[str, int]],
        regions: Sequence[tuple[str, int]],
    ) -> str | None:
        named_dates, rest = dates(words)
        for day in named_dates:
            if not any(has_date(e, day.month, day.days, day.year) for e in cited):
                return _reason("date", date=day.words)
        named_pages, rest = pages(rest)
        for page in named_pages:
            if not any(e.citation.pages and e.citation.pages[0] <= page <= e.citation.pages[1] for e in cited):
                return _reason("number", number=f"s. {page}")
        for season in re.findall(r"\b(våren|hösten|sommaren|vintern)\b(?=\s+(?:19|20)\d\d)", rest, re.I):
            if not any(in_season(e, season.lower()) for e in cited):
                return _reason("date", date=season)
        for figure in figures(rest):
            if not any(self._states(e, figure) for e in cited) and not self._counts(figure, rest, cited):
                return _reason("number", number=figure.words)
            if len(cited) > 1 and towns and any(self._states(e, figure) for e in cited):
                town = beside(figure.start, towns, rest)
                of_town = [e for e in cited if self._speaks_of(e, town, words)]
                if not any(self._states(e, figure) for e in of_town):
                    return _reason("together", one=figure.words, other=town)
        return None

    def _states(self, evidence: Evidence, figure: Figure) -> bool:
        if stated(figure, evidence.figures):
            return True
        years = {int(day[:4]) for day in evidence.dates} | {
            int(y) for y in re.findall(r"\b(?:19|20)\d\d\b", evidence.about)
        }
        return not figure.percent and 1900 <= figure.value < 2100 and figure.value in years

    def _counts(self, figure: Figure, words: str, cited: Sequence[Evidence]) -> bool:
        """ "Tre städer ... [1][4][7]": a count of what is cited, made over again."""
        after = re.match(r"\W*(?:\w+\s+)?(?P<noun>\w+)", words[figure.start + len(figure.words) :])
        following = f"{after.group()}" if after else ""
        if re.search(r"\b(?:orter|städer|kommuner)", following):
            return figure.value == len({town for e in cited for town in e.towns})
        if "regioner" in following:
            return figure.value == len({e.citation.region for e in cited if e.citation.region})
        if re.search(r"\b(?:träffar|möten)", following):
            return figure.value == len({e.citation.meeting.date for e in cited if e.citation.meeting})
        return False

    def _apart(
        self,
        words: str,
        cited: Sequence[Evidence],
        towns: Sequence[tuple[str, int]],
        regions: Sequence[tuple[str, int]],
    ) -> str | None:
        """A town and a region named together that no cited passage has together."""
        if not regions:
            return None
        for town, start in towns:
            region = beside(start, regions, words)
            if not any(self._speaks_of(e, town, words) and self._is_of(e, region) for e in cited):
                return _reason("together", one=town, other=f"region {region}")
        return None

    # --- what it is about ---

    def _content(self, words: str, cited: Sequence[Evidence]) -> str | None:
        whole = "\n".join(e.whole for e in cited)
        if _DENIES.search(words) and not _MAY_DENY.search(whole):
            return _reason("negation")
        subject = self._subject(words, cited)
        if not content_words(subject):
            return _reason("empty")
        share = self._overlap(subject)(" ".join(e.own_words for e in cited))
        if share >= NEARLY_ALL_WORDS:
            return None
        nearness = self._nearness(words, cited) if share >= FEW_WORDS else 0.0
        if nearness is None:
            return None if share >= ENOUGH_WORDS else _reason("content")
        near, very_near = (NEAR, VERY_NEAR) if len(self._library.passages) >= MANY else (0.0, 0.0)
        if (share >= ENOUGH_WORDS and nearness >= near) or (share >= FEW_WORDS and nearness >= very_near):
            return None
        return _reason("content")

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
        mentions = self._mentions(words)
        for mention in reversed(mentions):
            words = words[: mention.start] + words[mention.end :]
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
_PLACE_ENDING = re.compile(
    r"(?:köping|borg|stad|sund|hamn|vik|berg|fors|ås|holm|sala|bro|torp|sjö|lund|ryd|boda|hult|näs|stav|vall)s?$"
)
_UNIT_WORDS = "mkr mnkr tkr kkr mdkr kr kronor sek procent miljon miljoner miljard miljarder tusen st"
_UNITS = frozenset(_UNIT_WORDS.split())
_DENIES = re.compile(r"\b(?:inte|ej|aldrig|ingen|inget|inga|ingenting|icke|saknar|saknas)\b", re.I)
_MAY_DENY = re.compile(  # what a source may say where a sentence rightly says "inte"
    r"\b(?:inte|ej|aldrig|ingen|inget|inga|ingenting|icke|utan|saknar|saknas|avsaknad|brist\w*|neka\w*|nej|slut\w*|upphör\w*|"
    r"ned?lag\w*|lagt? ner|lades ner|avveckl\w*|avslut\w*|inställ\w*|ställ\w* in|färre|få|svårt?|tappa\w*|borta|"
    r"stäng\w*|noll|icke\w*|o(?:klar|möjlig|säker|förändra|löst)\w*)\b",
    re.I,
)


def _reason(name: str, /, **values: object) -> str:
    return filled("llm.yaml", f"reason_{name}", **values)

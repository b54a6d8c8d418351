"""Matching by words: n-grams of characters, inflections, compounds and the thesaurus.

What an embedding blurs (a name, a brand, a figure, a rare compound) this finds, also where it is spelled in another
way or lost its dots over å ä ö in scanning.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from wordfreq import zipf_frequency

from index.compounds import CONTAINED, INFLECTION, Vocabulary, relation, swedish
from index.thesaurus import Phrase, Thesaurus, load_thesaurus
from index.words import content_words, distance, fold, is_stopword, printed_words, stem, words
from ingest.model import Passage

Scores = NDArray[np.float64]  # (passages,), 0 to 1
CHANCE = 4  # letters of a stem that a stop word may share by chance
# A word as common in Swedish as the second Zipf frequency ("hem", "stor") tells little, even where no report has it: it
# counts LEAST of a word as rare as the first.
EVERYDAY = (4.5, 6.0)
LEAST = 0.15
COMMON = 2.0  # Zipf frequency: a word met once in ten million words or more is spelled right

FIELDS = ("own", "heading", "question")


@dataclass(frozen=True)
class Term:
    """A content word of a question, phrases that can stand for it (itself included) with weights, and its rarity."""

    word: str
    alternatives: dict[Phrase, float]
    rarity: float = 1.0


class LexicalIndex:
    """Word matches of every passage for a question. Immutable, safe to share between threads."""

    @classmethod
    def build(cls, passages: Sequence[Passage], thesaurus: Thesaurus | None = None) -> LexicalIndex:
        """`thesaurus` None: the project's own; `Thesaurus()`: none."""
        return cls(passages, load_thesaurus() if thesaurus is None else thesaurus)

    def __init__(self, passages: Sequence[Passage], thesaurus: Thesaurus) -> None:
        self.thesaurus = thesaurus
        self._size = len(passages)
        texts = {
            "own": [passage.text for passage in passages],
            "heading": [passage.heading or "" for passage in passages],
            "question": [passage.question or "" for passage in passages],
        }
        surface: Counter[str] = Counter(
            word.lower() for field in texts.values() for text in field for word in printed_words(text)
        )
        self._surface: dict[str, str] = {}  # folded form -> as the reports mostly write it
        counts: Counter[str] = Counter()
        for word, count in surface.most_common():
            self._surface.setdefault(fold(word), word)
            counts[fold(word)] += count
        self._vocabulary = Vocabulary(counts)
        self._stopwords = {number for form, number in self._vocabulary.number.items() if is_stopword(form)}
        self._occurrences = {name: self._matrix(field) for name, field in texts.items()}
        self._known = self._vocabulary.stems | {stem(fold(word)) for word in thesaurus.vocabulary()}
        whole = [fold("\n".join(parts)) for parts in zip(*texts.values(), strict=True)]
        own = [fold(text) for text in texts["own"]]
        self._ngrams = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, dtype=np.float32)
        if any(text.strip() for text in whole):
            self._whole = self._ngrams.fit_transform(whole)
            self._own = self._ngrams.transform(own)
        else:
            self._whole = self._own = None

    def score(self, query: str) -> dict[str, Scores]:
        """Evidence for each passage by name, arrays (passages,) between 0 and 1:

        ngram, ngram_own: cosine of character n-grams with the passage with its question and heading, or by itself.
        cover: share of the question's content words, weighted by rarity, that passage, heading or question have.
        cover_own, cover_heading, cover_question: the same of one of them. cover_plain: `cover` without the thesaurus.
        rarest: how well the rarest content word is matched anywhere.
        """
        terms = self.terms(query)
        found = {name: np.zeros(self._size) for name in ("cover", "cover_plain", "rarest")}
        found |= {f"cover_{field}": np.zeros(self._size) for field in FIELDS}
        total = sum(term.rarity for term in terms)
        for term in terms:
            by_field = {field: self._match(term.alternatives, field) for field in FIELDS}
            anywhere = np.maximum.reduce(list(by_field.values()))
            plain = np.maximum.reduce([self._match(_itself(term), field) for field in FIELDS])
            share = term.rarity / total
            found["cover"] += share * anywhere
            found["cover_plain"] += share * plain
            for field, scores in by_field.items():
                found[f"cover_{field}"] += share * scores
        if terms:
            found["rarest"] = self._anywhere(max(terms, key=lambda term: term.rarity).alternatives)
        return found | self._ngram_scores(query)

    def content_words(self, question: str) -> list[str]:
        """The words of a question that carry its topic, as typed."""
        return content_words(question)

    def correct(self, word: str) -> str | None:
        """The word of the reports that a misspelled one means; None where it is known or nothing is near enough."""
        folded = fold(word)
        if len(folded) < 5 or not folded.isalpha() or stem(folded) in self._known or self._vocabulary.splits(folded):
            return None
        if zipf_frequency(word, "sv") >= COMMON or folded in swedish():
            return None  # a Swedish word that the reports do not have is not a misspelling of one that they have
        limit = 1 if len(folded) < 9 else 2
        near = []
        for form, count in self._vocabulary.counts.items():
            if len(form) >= 5 and abs(len(form) - len(folded)) <= limit + INFLECTION:
                edits = min(distance(folded, form, limit), distance(stem(folded), stem(form), limit))
                if edits <= limit:
                    near.append((edits, distance(folded, form, 9), -count, form))
        return self._surface[min(near)[-1]] if near else None

    def overlap(self, question: str) -> Callable[[str], float]:
        """A function: the share (0 to 1) of the question's content words, weighted by rarity, that a sentence has."""
        terms = self.terms(question)
        total = sum(term.rarity for term in terms) or 1.0

        def score(sentence: str) -> float:
            forms = [fold(word) for word in words(sentence)]
            return sum(term.rarity * _best(term.alternatives, forms, self._vocabulary) for term in terms) / total

        return score

    def terms(self, question: str) -> list[Term]:
        """The question's content words with what can stand for them: thesaurus, and two words that are one here."""
        typed = content_words(question)
        own = [stem(fold(word)) for word in typed]
        expanded = self.thesaurus.expand(own)
        for place, (left, right) in enumerate(zip(typed, typed[1:], strict=False)):
            joined = fold(left) + fold(right)
            if self._vocabulary.starts(joined):
                for alternatives in expanded[place : place + 2]:
                    alternatives[(stem(joined),)] = 1.0
        terms = []
        for word, itself, alternatives in zip(typed, own, expanded, strict=True):
            every = {**alternatives, (itself,): 1.0}
            hits = int((self._anywhere(every) >= 0.5).sum())
            rarity = math.log(1 + self._size / (hits + 1)) / math.log(2 + self._size)
            terms.append(Term(word, every, max(rarity * _telling(word), 0.02)))
        return terms

    # --- matches ---

    def _matrix(self, texts: Sequence[str]) -> csc_matrix:
        """Which passage has which form, (passages, vocabulary)."""
        rows, columns = [], []
        for number, text in enumerate(texts):
            for form in {fold(word) for word in printed_words(text)}:
                rows.append(number)
                columns.append(self._vocabulary.number[form])
        shape = (self._size, len(self._vocabulary.number))
        return csc_matrix((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=shape)

    def _anywhere(self, alternatives: dict[Phrase, float]) -> Scores:
        return np.maximum.reduce([self._match(alternatives, field) for field in FIELDS])

    def _match(self, alternatives: dict[Phrase, float], field: str) -> Scores:
        """Best match of any of the phrases; all words of a phrase must be there."""
        best = np.zeros(self._size)
        for phrase, weight in alternatives.items():
            together = np.minimum.reduce([self._match_word(word, field, alone=len(phrase) == 1) for word in phrase])
            if weight < 1:  # a part of a word that only stands for the one asked for is too far off
                together = np.where(together > CONTAINED, together, 0.0)
            np.maximum(best, weight * together, out=best)
        return best

    def _match_word(self, stemmed: str, field: str, alone: bool) -> Scores:
        """`alone`: not as part of a phrase. Then a short stem means no stop word that happens to have it (väder, vad)."""
        occurrences, best = self._occurrences[field], np.zeros(self._size)
        chance = alone and len(stemmed) <= CHANCE
        for column, weight in self._vocabulary.related(stemmed):
            if chance and column in self._stopwords:
                continue
            rows = occurrences.indices[occurrences.indptr[column] : occurrences.indptr[column + 1]]
            best[rows] = np.maximum(best[rows], weight)
        return best

    def _ngram_scores(self, query: str) -> dict[str, Scores]:
        if self._whole is None:
            return {"ngram": np.zeros(self._size), "ngram_own": np.zeros(self._size)}
        vector = self._ngrams.transform([fold(" ".join(content_words(query)) or query)])
        return {
            "ngram": (self._whole @ vector.T).toarray().ravel().astype(np.float64),
            "ngram_own": (self._own @ vector.T).toarray().ravel().astype(np.float64),
        }


def _itself(term: Term) -> dict[Phrase, float]:
    return {phrase: weight for phrase, weight in term.alternatives.items() if weight == 1.0}


def _telling(word: str) -> float:
    """How much a word says in any Swedish text: 1, down to LEAST for everyday words."""
    rare, common = EVERYDAY
    share = (zipf_frequency(word, "sv") - rare) / (common - rare)
    return 1 - (1 - LEAST) * min(max(share, 0.0), 1.0)


def _best(alternatives: dict[Phrase, float], forms: Sequence[str], vocabulary: Vocabulary) -> float:
    best = 0.0
    for phrase, weight in alternatives.items():
        together = min(max((relation(word, form, vocabulary) for form in forms), default=0.0) for word in phrase)
        best = max(best, weight * together)
    return best

"""Question -> every passage with its probability of stating something on the topic.

Not a top k: each passage is scored exactly, since where relevance ends is judged within the question's own distribution.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.answerable import question_evidence
from index.calibration import Calibrations, load_calibrations
from index.lexical import LexicalIndex
from index.model import SearchHit, SearchResult
from index.tokens import Tokens, TokenVectors
from index.topics import Topics, evidence
from ingest.model import Passage

Scores = NDArray[np.float64]
Features = dict[str, Scores]
EXPLAINED = 100
LOOKED_AT = 4_000  # passages whose tokens are compared: some 70 ms on two cores


class QueryEncoder(Protocol):
    def encode_query_by_token(self, text: str) -> tuple[NDArray[np.float32], Tokens | None]: ...


def standardised(scores: Scores) -> Scores:
    """Scores in standard deviations from their mean; zeros where all are equal."""
    spread = float(scores.std())
    return (scores - scores.mean()) / spread if spread > 1e-9 else np.zeros_like(scores)


class Searcher:
    """Scores all passages for a question.

    `vectors` is (n, d), unit length, rows as `passages`; `own_vectors` the same of their own words alone, `tokens` those of
    their tokens, if the encoder makes such. `topics` are those of the encoder's model, if it has any.
    """

    def __init__(
        self,
        passages: Sequence[Passage],
        vectors: NDArray[np.float32],
        encoder: QueryEncoder,
        lexical: LexicalIndex,
        calibrations: Calibrations | None = None,
        own_vectors: NDArray[np.float32] | None = None,
        topics: Topics | None = None,
        tokens: TokenVectors | None = None,
    ) -> None:
        self.passages = tuple(passages)
        self.lexical = lexical
        self._vectors = vectors
        self._encoder = encoder
        self._calibrations = calibrations or load_calibrations()
        self._own_vectors = vectors if own_vectors is None else own_vectors
        self._tokens = tokens
        self._topics = topics
        self._shares = topics.of_passages(self._own_vectors) if topics and len(self._own_vectors) else None

    def features(self, text: str, inside: NDArray[np.bool_] | None = None) -> Features:
        """The evidence for each passage, by name; arrays (n,) in the order of `passages`.

        `inside` (n,) marks the passages that the question's filters admit: the best of them is what the others are
        measured by, and how few they are is evidence itself (`narrow`: one who asks a region about a topic expects
        it to have said something).
        """
        question, asked = self._encoder.encode_query_by_token(text)
        cosine = (self._vectors @ question).astype(np.float64)
        own = (self._own_vectors @ question).astype(np.float64)
        if inside is None or not inside.any():
            inside = np.ones(len(cosine), dtype=bool)
        found: Features = {
            "dense": standardised(cosine),
            "dense_gap": (cosine - cosine[inside].max()) * 20,
            "dense_level": (cosine - 0.8) * 20,
            "own": standardised(own),
            "own_gap": (own - own[inside].max()) * 20,
            "late": np.zeros(len(cosine)),
            "late_gap": np.zeros(len(cosine)),
            "late_level": np.zeros(len(cosine)),
            "topic": np.zeros(len(cosine)),
            "narrow": np.full(len(cosine), -np.log10(inside.mean())),
        }
        if self._tokens is not None and asked is not None:
            likeness, found["late"] = self._by_token(asked, cosine)
            found["late_gap"] = (likeness - likeness[inside].max()) * 10
            found["late_level"] = (likeness - 0.5) * 10
        if self._topics is not None and self._shares is not None:
            found["topic"] = evidence(self._shares, self._topics.of_question(question))
        for name, scores in self.lexical.score(text).items():
            found[name] = np.asarray(scores, dtype=np.float64)
        found["ngram_z"] = standardised(found["ngram"])
        found["ngram_own_z"] = standardised(found["ngram_own"])
        # where the question's words stand together with a near meaning; and where no passage has them, meaning alone
        found["cover_dense"] = found["cover"] * np.maximum(found["dense"], 0)
        unmatched = 1 - min(float(found["cover_own"].max(initial=0.0)), 1.0)
        found["unmatched_level"] = unmatched * found["dense_level"]
        found["narrow_question"] = found["narrow"] * found["cover_question"]
        return found

    def _by_token(self, asked: Tokens, cosine: Scores) -> tuple[Scores, Scores]:
        """The likeness of the tokens, and the same standardised, (n,) each.

        Of many passages only the nearest half of LOOKED_AT and a sample as large are looked at; the sample's mean stands
        for the rest.
        """
        assert self._tokens is not None
        count = len(cosine)
        if count <= LOOKED_AT:
            likeness = self._tokens.likeness(asked)
            return likeness, standardised(likeness)
        sample = np.linspace(0, count - 1, LOOKED_AT // 2).astype(int)
        nearest = np.argpartition(-cosine, LOOKED_AT // 2)[: LOOKED_AT // 2]
        of_sample = self._tokens.some(sample).likeness(asked)
        likeness = np.full(count, of_sample.mean())
        likeness[sample] = of_sample
        likeness[nearest] = self._tokens.some(nearest).likeness(asked)
        return likeness, (likeness - of_sample.mean()) / max(float(of_sample.std()), 1e-9)

    def search(self, text: str, inside: NDArray[np.bool_] | None = None) -> SearchResult:
        """All passages, best first; ties by passage id. The evidence is kept for the first EXPLAINED."""
        if not self.passages:
            return SearchResult()
        features = self.features(text, inside)
        probabilities = self._calibrations.passage.probability(features)
        order = sorted(range(len(self.passages)), key=lambda i: (-probabilities[i], self.passages[i].id))
        hits = [SearchHit(self.passages[i], float(probabilities[i])) for i in order]
        for place, i in enumerate(order[:EXPLAINED]):
            parts = {name: float(values[i]) for name, values in features.items()}
            hits[place] = SearchHit(self.passages[i], float(probabilities[i]), parts)
        return SearchResult(tuple(hits), self._answerable(features, inside))

    def _answerable(self, features: Features, inside: NDArray[np.bool_] | None) -> float:
        if inside is None or not inside.any():
            inside = np.ones(len(self.passages), dtype=bool)
        admitted = {name: values[inside] for name, values in features.items()}
        evidence = question_evidence(admitted, self._calibrations.passage.logit(admitted))
        asked = {name: np.array([value]) for name, value in evidence.items()}
        return float(self._calibrations.answerable.probability(asked)[0])

"""Question -> every passage with its probability of stating something on the topic.

Not a top k: each passage is scored exactly, since where relevance ends is judged within the question's own distribution.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.calibration import Calibration, load_calibration
from index.lexical import LexicalIndex
from index.model import SearchHit, SearchResult
from ingest.model import Passage

Features = dict[str, NDArray[np.float64]]
MAJORITY = 0.5


class QueryEncoder(Protocol):
    def encode_query(self, text: str) -> NDArray[np.float32]: ...


def standardised(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores in standard deviations from their mean; zeros where all are equal."""
    spread = float(scores.std())
    return (scores - scores.mean()) / spread if spread > 1e-9 else np.zeros_like(scores)


class Searcher:
    """Scores all passages for a question. `vectors` is (n, d), unit length, rows as `passages`."""

    def __init__(
        self,
        passages: Sequence[Passage],
        vectors: NDArray[np.float32],
        encoder: QueryEncoder,
        lexical: LexicalIndex,
        calibration: Calibration | None = None,
    ) -> None:
        self.passages = tuple(passages)
        self.lexical = lexical
        self._vectors = vectors
        self._encoder = encoder
        self._calibration = calibration or load_calibration()
        self._lists = _lists(self.passages)

    def features(self, text: str) -> Features:
        """The evidence for each passage, by name; arrays (n,) in the order of `passages`."""
        cosine = (self._vectors @ self._encoder.encode_query(text)).astype(np.float64)
        dense = standardised(cosine)
        found: Features = {
            "dense": dense,
            "dense_gap": (cosine - cosine.max()) * 20,
            "dense_level": (cosine - 0.8) * 20,
        }
        for name, scores in self.lexical.score(text).items():
            found[name] = np.asarray(scores, dtype=np.float64)
        found["ngram_z"] = standardised(found["ngram"])
        found["ngram_own_z"] = standardised(found["ngram_own"])
        found["ngram_share"] = found["ngram"] / max(found["ngram"].max(), 0.05)
        found["list_dense"] = self._others_in_list(dense)
        found["agreement"] = np.minimum(np.maximum(dense, 0), np.maximum(found["ngram_z"], 0))
        return found

    def search(self, text: str) -> SearchResult:
        """All passages, best first; ties by passage id."""
        if not self.passages:
            return SearchResult()
        features = self.features(text)
        probabilities = self._calibration.probability(features)
        order = sorted(range(len(self.passages)), key=lambda i: (-probabilities[i], self.passages[i].id))
        return SearchResult(
            tuple(
                SearchHit(
                    self.passages[i],
                    float(probabilities[i]),
                    {name: float(values[i]) for name, values in features.items()},
                )
                for i in order
            )
        )

    def _others_in_list(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Mean score of the other passages under the same heading, or the same question where there is no heading."""
        sums = np.bincount(self._lists, weights=scores)
        counts = np.bincount(self._lists)
        others = counts[self._lists] - 1
        totals = sums[self._lists] - scores
        return np.divide(totals, others, out=np.zeros_like(scores), where=others > 0)


def _lists(passages: Sequence[Passage]) -> NDArray[np.intp]:
    """For each passage the number of the list it stands in."""
    numbers: dict[tuple[object, ...], int] = {}
    keys = ((p.document, p.region, p.group, p.question, p.heading) for p in passages)
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.intp)

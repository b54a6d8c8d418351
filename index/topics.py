"""What the trade talks about: a bridge from a question to passages that share no word and no likeness with it.

The fictional topics of index/training, as vectors: a question lies near questions of some topics, a passage near their
passages. Where both mean the same topic, the passage probably answers. Belongs to one embedding model; any other model
does without.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

FILE = Path(__file__).parent / "adapter" / "topics.npz"
NEAR_QUESTION, NEAR_PASSAGE = 0.01, 0.02  # cosine by which likeness falls to 1/e: questions tell topics apart sharper
KEPT = 16  # topics of a passage; the others' shares are next to nothing
FLOOR = 1e-4  # of the likelihood, so that its logarithm stays within reach of other evidence
ROWS = 2_000  # passages compared at a time

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Topics:
    """Vectors of all topics' questions (q, d) and passages (p, d), unit length, and which topic each belongs to."""

    fingerprint: str
    questions: Vectors
    question_topics: NDArray[np.int32]
    passages: Vectors
    passage_topics: NDArray[np.int32]

    @property
    def count(self) -> int:
        return int(self.question_topics.max(initial=-1)) + 1

    def of_question(self, vector: Vectors) -> NDArray[np.float64]:
        """Likelihood of each topic for a question's vector, (topics,), sum 1."""
        nearest = (
            _nearest(self.questions @ vector[:, None], self.question_topics)
            + _nearest(self.passages @ vector[:, None], self.passage_topics)
        )[:, 0] / 2
        return _shares(nearest[None, :], NEAR_QUESTION)[0]

    def of_passages(self, vectors: Vectors) -> csr_array:
        """Likelihood of each topic for each passage, (n, topics), rows sum to at most 1. Of the passages' own words."""
        blocks = []
        for start in range(0, len(vectors), ROWS):
            rows = vectors[start : start + ROWS]
            shares = _shares(_nearest(self.passages @ rows.T, self.passage_topics).T, NEAR_PASSAGE)
            least = -np.partition(-shares, min(KEPT, self.count) - 1, axis=1)[:, [min(KEPT, self.count) - 1]]
            blocks.append(np.where(shares >= least, shares, 0))
        return csr_array(np.concatenate(blocks) if blocks else np.zeros((0, self.count)))

    def save(self, path: Path = FILE) -> None:
        """One byte a number: unit vectors lose less than a hundredth of their cosine."""
        np.savez_compressed(
            path,
            fingerprint=np.array(self.fingerprint),
            questions=_bytes(self.questions),
            question_topics=self.question_topics.astype(np.int32),
            passages=_bytes(self.passages),
            passage_topics=self.passage_topics.astype(np.int32),
        )


def evidence(shares: csr_array, likelihood: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) log likelihood that passage and question mean the same topic, above the mean of all passages."""
    same = np.log(np.asarray(shares @ likelihood) + FLOOR)
    return same - same.mean() if len(same) else same


def load_topics(fingerprint: str, path: Path = FILE) -> Topics | None:
    """The topics of an embedding model; None where they are another's or there are none."""
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as data:
        if str(data["fingerprint"]) != fingerprint:
            return None
        return Topics(
            fingerprint,
            _unit(data["questions"]),
            data["question_topics"],
            _unit(data["passages"]),
            data["passage_topics"],
        )


def _nearest(likeness: Vectors, topics: NDArray[np.int32]) -> NDArray[np.float64]:
    """The best of each topic, (topics, columns); rows of `likeness` are sorted by topic."""
    starts = np.searchsorted(topics, np.arange(int(topics.max()) + 1))
    return np.maximum.reduceat(likeness, starts, axis=0).astype(np.float64)


def _shares(likeness: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """Softmax by row."""
    shares = np.exp((likeness - likeness.max(axis=1, keepdims=True)) / width)
    return shares / shares.sum(axis=1, keepdims=True)


def _bytes(vectors: Vectors) -> NDArray[np.int8]:
    return np.round(vectors / np.abs(vectors).max(axis=1, keepdims=True) * 127).astype(np.int8)


def _unit(numbers: NDArray[np.int8]) -> Vectors:
    vectors = numbers.astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

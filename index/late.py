"""Late interaction: a question's tokens, each matched with the token of a passage that is nearest to it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


class TokenIndex:
    """The token vectors of all passages, (tokens, dimensions) each, unit length. Immutable."""

    def __init__(self, passages: Sequence[NDArray[np.floating]]) -> None:
        self._lengths = np.array([len(tokens) for tokens in passages], dtype=np.int64)
        if (self._lengths == 0).any():
            raise ValueError("a passage without tokens cannot be matched")
        self._tokens = (
            np.concatenate([tokens.astype(np.float32) for tokens in passages])
            if passages
            else np.zeros((0, 0), np.float32)
        )
        self._starts = np.cumsum(self._lengths) - self._lengths

    def __len__(self) -> int:
        return len(self._lengths)

    def score(self, question: NDArray[np.float32]) -> NDArray[np.float64]:
        """For each passage the mean over the question's tokens of the best cosine, (passages,)."""
        if not len(self):
            return np.zeros(0)
        likeness = self._tokens @ question.T  # (all tokens, question's tokens)
        return np.maximum.reduceat(likeness, self._starts, axis=0).mean(axis=1).astype(np.float64)

    def save(self, path: Path) -> None:
        """Half precision, about 10 KB a passage."""
        with path.open("wb") as file:
            np.savez(file, tokens=self._tokens.astype(np.float16), lengths=self._lengths)

    @classmethod
    def load(cls, path: Path) -> TokenIndex:
        """Raises OSError or ValueError where the file is missing or damaged."""
        with np.load(path, allow_pickle=False) as data:
            ends = np.cumsum(data["lengths"])
            return cls(np.split(data["tokens"], ends[:-1]) if len(ends) else [])

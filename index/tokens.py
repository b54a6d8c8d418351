"""Late interaction: each token of a question against the token of a passage that is most like it.

One vector a text says what it is about as a whole; the tokens' vectors say whether what is asked for is there at all
("presentkort" among ten other matters). Khattab and Zaharia's ColBERT (2020) with learned weights of the tokens. The
head that makes these vectors out of the encoder's states belongs to one embedding model; any other does without.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from ingest.errors import IndexMissing, SettingsError

HEAD = "adapter_tokens.npz"  # in the adapter's folder
TABLE = "tokens.npz"  # in an index generation's
ROWS = 20_000  # tokens compared at a time

Numbers = NDArray[np.float32]
Tokens = NDArray[np.float16]  # of one text, (tokens, size): unit vectors times each token's weight


@dataclass(frozen=True)
class TokenHead:
    """Makes token vectors of the encoder's states (tokens, d): projected to `size` numbers, of unit length, weighted."""

    mean: Numbers  # (d,) of all states: what they have in common says nothing
    projection: Numbers  # (size, d)
    question_weight: Numbers  # (d + 1,), the last one a bias, of a logistic weight
    passage_weight: Numbers  # (d + 1,)

    @property
    def size(self) -> int:
        return len(self.projection)

    def of_passage(self, states: Numbers) -> Tokens:
        """A passage's tokens, each weighted by how much it can mean, 0 to 1."""
        centred = states - self.mean
        return (self._directions(centred) * _weights(centred, self.passage_weight)[:, None]).astype(np.float16)

    def of_question(self, states: Numbers) -> Tokens:
        """A question's tokens, each weighted by how much is asked for by it; the weights' sum is 1."""
        centred = states - self.mean
        weights = _weights(centred, self.question_weight)
        return (self._directions(centred) * (weights / weights.sum())[:, None]).astype(np.float16)

    def _directions(self, centred: Numbers) -> Numbers:
        projected = centred @ self.projection.T
        return projected / np.maximum(np.linalg.norm(projected, axis=1, keepdims=True), 1e-9)

    def save(self, folder: Path) -> None:
        np.savez_compressed(
            folder / HEAD,
            mean=self.mean,
            projection=self.projection.astype(np.float16),
            question_weight=self.question_weight,
            passage_weight=self.passage_weight,
        )


def load_head(folder: Path) -> TokenHead | None:
    """The head beside an adapter; None where it has none. Raises SettingsError where it cannot be read."""
    path = folder / HEAD
    if not path.is_file():
        return None
    try:
        with np.load(path) as data:
            return TokenHead(**{name: data[name].astype(np.float32) for name in data.files})
    except (OSError, ValueError, TypeError, BadZipFile) as error:
        raise SettingsError(f"The token head {path} cannot be used ({error}); run 'python -m index.train'.") from error


def _weights(centred: Numbers, learned: Numbers) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-(centred @ learned[:-1] + learned[-1]))), dtype=np.float32)


@dataclass(frozen=True)
class TokenVectors:
    """The tokens of n passages in one table; those of passage i are the rows from `starts[i]` to `starts[i + 1]`."""

    numbers: Tokens  # (tokens of all passages, size)
    starts: NDArray[np.int64]  # (n + 1,)

    @classmethod
    def of(cls, texts: Sequence[Tokens]) -> TokenVectors:
        """Of the passages' tokens; every passage has at least one."""
        size = texts[0].shape[1] if texts else 0
        starts = np.cumsum([0, *map(len, texts)])
        return cls(np.concatenate(texts) if texts else np.zeros((0, size), np.float16), starts)

    def __getitem__(self, passage: int) -> Tokens:
        return self.numbers[self.starts[passage] : self.starts[passage + 1]]

    def some(self, passages: NDArray[np.int64]) -> TokenVectors:
        """The tokens of some of the passages, in the order given."""
        return TokenVectors.of([self[int(number)] for number in passages])

    def likeness(self, question: Tokens) -> NDArray[np.float64]:
        """How well each passage meets a question's tokens, (n,), -1 to 1: the weighted mean of the best cosines."""
        count = len(self.starts) - 1
        found = np.zeros(count)
        asked = question.astype(np.float32).T
        first = 0
        while first < count:
            last = max(int(np.searchsorted(self.starts, self.starts[first] + ROWS, side="right")) - 1, first + 1)
            rows = self.numbers[self.starts[first] : self.starts[last]].astype(np.float32) @ asked
            best = np.maximum.reduceat(rows, self.starts[first:last] - self.starts[first], axis=0)
            found[first:last] = best.sum(axis=1)
            first = last
        return found

    def save(self, folder: Path, ids: Sequence[str]) -> None:
        """Beside the passages' vectors, with the passages' ids."""
        np.savez(folder / TABLE, numbers=self.numbers, starts=self.starts, ids=np.array(ids))


def read_tokens(folder: Path) -> dict[str, Tokens]:
    """The tokens of an index generation's passages by id. Raises IndexMissing where they cannot be read."""
    path = folder / TABLE
    try:
        with np.load(path) as data:
            every = TokenVectors(data["numbers"], data["starts"])
            return {str(key): every[number] for number, key in enumerate(data["ids"])}
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise IndexMissing(
            f"The token vectors {path} cannot be read ({error}). Rebuild them with: python -m ingest"
        ) from error

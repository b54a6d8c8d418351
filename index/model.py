"""The nouns of searching: what the index holds and what a search finds."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.model import Passage


@dataclass(frozen=True)
class Manifest:
    """What an index was built with; saved beside it and compared when it is opened."""

    model: str  # name, folder, or "bundled" for the model in the project
    fingerprint: str  # hash of model weights and adapter
    dimensions: int
    tokens: int = 0  # numbers of a token's vector; 0 where the model has no head for tokens
    options: dict[str, str] = field(default_factory=dict)
    corpus: dict[str, str] = field(default_factory=dict)  # document -> sha256
    built: str = ""  # ISO time, UTC
    passages: int = 0
    read: dict[str, str] = field(default_factory=dict)  # sha256 -> when such a file first came in (ISO time, UTC)

    def read_at(self, document: str) -> str:
        """When this very file first came into the index; the index' own time where none was kept."""
        return self.read.get(self.corpus.get(document, ""), self.built)


@dataclass(frozen=True)
class SearchHit:
    """A passage and how well it answers the question.

    `probability` is calibrated: of passages given 0.7, about seven in ten state something on the topic.
    `parts` holds the evidence that made it (for explanation and evaluation), by feature name.
    """

    passage: Passage
    probability: float
    parts: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class SearchResult:
    """Every passage that was considered, best first (ties by passage id).

    `answerable`: the calibrated probability that any of those admitted answers at all.
    """

    hits: tuple[SearchHit, ...] = ()
    answerable: float = 1.0

    @property
    def best(self) -> SearchHit | None:
        return self.hits[0] if self.hits else None

    def above(self, threshold: float) -> tuple[SearchHit, ...]:
        return tuple(hit for hit in self.hits if hit.probability >= threshold)

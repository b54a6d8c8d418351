"""A published index opened for reading: its reports, passages and vectors."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from index import generations
from index.build import OWN_WORDS, open_store
from index.embedding import encoder_fingerprint
from index.model import Manifest
from index.tokens import TokenVectors, read_tokens
from ingest.corrections import apply_correction, corrections_from_text
from ingest.errors import IndexMismatch
from ingest.model import Passage, Report
from ingest.pipeline import report_from_dict
from ingest.settings import Settings

Row = TypeVar("Row")


@dataclass(frozen=True)
class Library:
    """What one index generation holds.

    `vectors` is (passages, dimensions), rows as `passages`; `own_vectors` are of the passages' own words alone, without
    heading, towns and question. `tokens` are None where the model has no head for them (index/tokens.py).
    """

    generation: str
    manifest: Manifest
    reports: tuple[Report, ...]
    passages: tuple[Passage, ...]
    vectors: NDArray[np.float32] = field(repr=False)
    own_vectors: NDArray[np.float32] = field(repr=False)
    folder: Path = Path()
    tokens: TokenVectors | None = field(default=None, repr=False)

    def report(self, document: str) -> Report:
        """Raises KeyError for a document that the index does not hold."""
        for report in self.reports:
            if report.document == document:
                return report
        raise KeyError(document)

    def passage(self, passage_id: str) -> Passage:
        """Raises KeyError for an unknown id."""
        for passage in self.passages:
            if passage.id == passage_id:
                return passage
        raise KeyError(passage_id)

    def file(self, document: str) -> Path:
        """The file as it was read, kept with the index."""
        return generations.kept_file(self.folder, document, self.manifest.corpus[document])


def open_library(settings: Settings) -> Library:
    """Open the published index.

    Raises IndexMissing where there is none and IndexMismatch where it was built with another embedding model; both name
    the command that mends it.
    """
    index = settings.index
    name = generations.current(index)
    manifest = generations.read_manifest(index, name)
    rebuild = "Rebuild it with: python -m ingest"
    if manifest.fingerprint != encoder_fingerprint(settings):
        raise IndexMismatch(
            f"The index in {index} was built with the embedding model {manifest.model!r} ({manifest.fingerprint}), "
            f"the settings name {settings.embedding_model or 'bundled'!r}. {rebuild}"
        )
    corrections = corrections_from_text(manifest.options.get("corrections", ""))
    reports = []
    for document, sha in manifest.corpus.items():
        try:
            path = generations.structure_file(index, document, sha, manifest.options["reading"])
            report = report_from_dict(json.loads(path.read_text(encoding="utf-8")))
            reports.append(apply_correction(report, corrections.get(document)))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexMismatch(
                f"The index in {index} lacks the structure of {document} ({error}). {rebuild}"
            ) from error
    passages = tuple(
        {p.id: p for report in sorted(reports, key=lambda r: r.document) for p in report.passages}.values()
    )

    if not passages:
        none = np.zeros((0, manifest.dimensions), np.float32)
        return Library(name, manifest, tuple(reports), passages, none, none, index)

    def in_order(kept: Mapping[str, Row]) -> list[Row]:
        if lacking := [p for p in passages if p.id not in kept]:
            raise IndexMismatch(
                f"The index in {index} lacks the vectors of {len(lacking)} of {len(passages)} passages. {rebuild}"
            )
        return [kept[p.id] for p in passages]

    whole, own = (
        np.stack([vector for _, vector in in_order(open_store(settings, name, view).read())])
        for view in ("", OWN_WORDS)
    )
    tokens = None
    if manifest.tokens:
        tokens = TokenVectors.of(in_order(read_tokens(generations.folder(index, name))))
    return Library(name, manifest, tuple(reports), passages, whole, own, index, tokens)

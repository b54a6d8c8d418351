"""What each part of the search is worth: python -m eval.ablations --index DIR [--index DIR]

Every row is a relevance model of its own, fitted on the tuning split and the fictional worlds that are held back from
training, and measured on the held-back split: mean average precision by kind of question, each against the passages
that its filters admit. First each part alone, then everything without it. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from answer.assemble import open_searcher
from answer.assistant import Assistant
from eval.calibrate import FEATURES, Example, average_precision, fit, of_question_set, of_world, probabilities
from eval.cases import TODAY
from eval.worlds import embedded, open_world, read_worlds
from index.embedding import Encoder, load_bundled, load_encoder
from index.library import open_library
from index.search import standardised
from index.thesaurus import Thesaurus
from ingest.settings import read_settings

KINDS = ("aggregate", "paraphrase", "fact", "region")
DENSE = ("dense", "dense_gap", "dense_level")
OWN = ("own", "own_gap")
TOPICS = ("topic",)
TOKENS = ("late", "late_gap", "late_level")
MIXED = ("cover_dense", "unmatched_level")  # of vectors and words together
WORDS = tuple(name for name in FEATURES if name not in (*DENSE, *OWN, *TOKENS, *TOPICS, *MIXED))


@dataclass(frozen=True)
class Variant:
    """A way to open the search: examples to fit on and held-back ones, over all FEATURES."""

    fitting: list[Example]
    held: list[Example]


def variant(indexes: Sequence[Path], encoder: Encoder, anew: bool, thesaurus: Thesaurus | None = None) -> Variant:
    """Opens everything with an encoder; `anew`: it is not the index' own, so the passages are embedded again."""
    fitting: list[Example] = []
    held: list[Example] = []
    settings = read_settings()
    for index in indexes:
        library = open_library(replace(settings, index=index))
        if anew:
            library = embedded(library.generation, library.reports, library.passages, encoder)
        assistant = Assistant(library, open_searcher(library, encoder, thesaurus), lambda: TODAY)
        fitting += of_question_set(assistant, FEATURES)
        held += of_question_set(assistant, FEATURES, split="held")
    for world in read_worlds("held"):
        fitting += of_world(world, open_world(world, encoder, thesaurus), FEATURES)
    return Variant(fitting, held)


def figures(found: Variant, names: Sequence[str]) -> dict[str, float]:
    """Mean average precision on the held-back split by kind, of a model over some of the features."""
    columns = [FEATURES.index(name) for name in names]
    fitting, held = (
        [replace(e, evidence=e.evidence[:, columns]) for e in part] for part in (found.fitting, found.held)
    )
    model = fit(fitting, np.ones(len(fitting)), names, strength=1.0)
    return _by_kind(held, lambda example: probabilities(model, example, names))


def unfitted(found: Variant) -> dict[str, float]:
    """The same of the plain sum of two standardised scores, of vectors and of n-grams."""
    return _by_kind(
        found.held,
        lambda e: e.evidence[:, FEATURES.index("dense")] + standardised(e.evidence[:, FEATURES.index("ngram")]),
    )


def _by_kind(examples: Sequence[Example], score: Callable[[Example], np.ndarray]) -> dict[str, float]:
    every = [(example.kind, average_precision(score(example), example.labels)) for example in examples]
    return {kind: float(np.nanmean([value for of, value in every if of == kind])) for kind in KINDS}


def without(*parts: Sequence[str]) -> list[str]:
    left_out = {name for part in parts for name in part}
    return [name for name in FEATURES if name not in left_out]


def table(indexes: Sequence[Path]) -> str:
    settings = read_settings()
    encoder = load_encoder(settings)
    ours = variant(indexes, encoder, anew=False)
    plain = variant(indexes, encoder, anew=False, thesaurus=Thesaurus())
    untrained = variant(indexes, load_bundled(None), anew=True)
    words_and_vectors = without(TOKENS, TOPICS)  # these belong to the trained model
    rows = [
        ("vectors, untrained", figures(untrained, DENSE)),
        ("vectors", figures(ours, DENSE)),
        ("vectors of a passage's own words", figures(ours, OWN)),
        ("tokens (late interaction)", figures(ours, TOKENS)),
        ("fictional topics as a bridge", figures(ours, TOPICS)),
        ("words without thesaurus", figures(plain, WORDS)),
        ("words", figures(ours, WORDS)),
        ("**everything**", figures(ours, FEATURES)),
        ("without adapter, tokens and topics", figures(untrained, words_and_vectors)),
        ("without tokens", figures(ours, without(TOKENS))),
        ("without topics", figures(ours, without(TOPICS))),
        ("without vectors of own words", figures(ours, without(OWN))),
        ("without vectors, tokens and topics", figures(ours, WORDS)),
        ("without words", figures(ours, without(WORDS, MIXED))),
        ("without thesaurus", figures(plain, FEATURES)),
        ("without calibration (sum of two scores)", unfitted(ours)),
    ]
    lines = [f"| held-back questions | {' | '.join(f'{kind}s' for kind in KINDS)} |", "|---|" + "---|" * len(KINDS)]
    lines += [f"| {name} | " + " | ".join(f"{found[kind]:.3f}" for kind in KINDS) + " |" for name, found in rows]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m eval.ablations", description="What each part of the search is worth."
    )
    parser.add_argument("--index", type=Path, action="append", help="may be given several times")
    options = parser.parse_args(arguments)
    print(table(options.index or [read_settings().index]))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What each part of the search is worth: features left out, and models measured on questions that they were not fitted on."""

from __future__ import annotations

import numpy as np
import pytest

from eval.ablations import DENSE, KINDS, TOPICS, WORDS, Variant, figures, unfitted, without
from eval.calibrate import FEATURES, Example


def examples(telling: str, count: int = 6) -> list[Example]:
    """Questions of every kind of which one feature alone tells the two answers from eighteen other passages."""
    chance = np.random.default_rng(3)
    labels = np.array([1, 1] + [0] * 18)
    found: list[Example] = []
    for kind in KINDS * count:
        evidence = chance.normal(size=(20, len(FEATURES)))
        evidence[:, FEATURES.index(telling)] += 6 * labels
        found.append(Example(f"{kind} {len(found)}", kind, evidence, labels))
    return found


def test_a_part_that_tells_nothing_is_worth_nothing_alone_and_the_rest_does_without_it() -> None:
    variant = Variant(examples("dense"), examples("dense"))
    alone, rest = figures(variant, TOPICS), figures(variant, without(TOPICS))
    assert all(alone[kind] < 0.5 < 0.9 < rest[kind] for kind in KINDS)
    assert all(figures(variant, without(DENSE))[kind] < 0.5 for kind in KINDS)


def test_figures_are_of_the_held_back_questions() -> None:
    swapped = Variant(examples("dense"), examples("topic"))
    assert all(figures(swapped, FEATURES)[kind] < 0.5 for kind in KINDS)


def test_the_plain_sum_takes_vectors_and_ngrams() -> None:
    assert unfitted(Variant([], examples("dense")))["fact"] == pytest.approx(1.0, abs=0.1)
    assert unfitted(Variant([], examples("topic")))["fact"] < 0.5


def test_every_feature_belongs_to_one_part() -> None:
    assert "cover" in WORDS and not set(WORDS) & set(DENSE)
    assert without(FEATURES) == [] and without() == list(FEATURES)

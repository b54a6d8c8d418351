"""What the relevance model foresees is held against what came."""

from __future__ import annotations

import numpy as np

from eval import plots
from eval.calibrate import Example, reliability


def example(labels: list[int]) -> Example:
    return Example("?", "aggregate", np.zeros((len(labels), 1)), np.array(labels))


def test_reliability_counts_decided_passages_by_their_probability() -> None:
    examples = [example([1, 0, -1]), example([0, 1])]
    scores = [np.array([0.96, 0.06, 0.07]), np.array([0.04, 1.0])]
    (low, states_low, some), (high, states_high, others) = reliability(examples, scores)
    assert (round(low, 6), states_low, some) == (0.05, 0.0, 2)
    assert (round(high, 6), states_high, others) == (0.98, 1.0, 2)


def test_reliability_is_drawn_with_its_axes_and_the_cut() -> None:
    drawing = plots.reliability([(0.05, 0.04, 900), (0.9, 0.8, 20)], "foreseen", "came", (0.4, "weak below"))
    assert drawing.count("<svg") == 1 and all(text in drawing for text in ("foreseen", "came", "weak below"))

"""Evidence as a probability: the formula, its limits, the shipped weights."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from index.answerable import question_evidence
from index.calibration import CLIP, Calibration, Calibrations, load_calibrations
from index.lexical import LexicalIndex
from index.search import Searcher
from ingest.model import Passage
from tests.conftest import CountingEncoder


def test_the_probability_is_the_logistic_of_the_weighted_sum() -> None:
    calibration = Calibration({"a": 2.0, "b": -1.0}, bias=0.5)
    features = {"a": np.array([0.0, 1.0]), "b": np.array([0.0, 3.0])}
    np.testing.assert_allclose(
        calibration.probability(features), [1 / (1 + math.exp(-0.5)), 1 / (1 + math.exp(0.5))], atol=1e-9
    )


def test_an_outlier_counts_no_more_than_the_limit() -> None:
    calibration = Calibration({"a": 1.0}, bias=0.0)
    logit = calibration.logit({"a": np.array([CLIP, 1e6, -1e6])})
    assert logit.tolist() == [CLIP, CLIP, -CLIP]


def test_a_feature_without_a_weight_changes_nothing() -> None:
    calibration = Calibration({"a": 1.0}, bias=0.0)
    alone = calibration.probability({"a": np.array([0.3])})
    assert calibration.probability({"other": np.array([9.0]), "a": np.array([0.3])}) == alone


def test_missing_evidence_is_an_error_and_not_a_zero() -> None:
    with pytest.raises(KeyError, match="a"):
        Calibration({"a": 1.0}, bias=0.0).probability({"b": np.array([1.0])})


def test_saved_weights_are_loaded_again_to_four_places(tmp_path: Path) -> None:
    fitted = Calibrations(Calibration({"b": 1.23456, "a": -2.0}, bias=0.98765), Calibration({"narrow": 1.0}, bias=0.5))
    fitted.save(tmp_path / "c.json")
    assert load_calibrations(tmp_path / "c.json") == Calibrations(
        Calibration({"a": -2.0, "b": 1.2346}, 0.9877), Calibration({"narrow": 1.0}, 0.5)
    )


def test_the_shipped_weights_are_of_features_that_the_search_gives(encoder: CountingEncoder) -> None:
    passage = Passage("p", "d", 0, "bullet", "Piteå säljer presentkort.", "", ())
    vectors = encoder.encode_passages([passage.text])
    features = Searcher([passage], vectors, encoder, LexicalIndex.build([passage])).features("presentkort")
    shipped = load_calibrations()
    assert shipped.passage.weights.keys() <= features.keys()
    assert shipped.answerable.weights.keys() <= question_evidence(features, shipped.passage.logit(features)).keys()

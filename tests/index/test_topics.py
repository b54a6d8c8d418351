"""The bridge over fictional topics: nearness to the same topic, what is kept of it, and whose model it belongs to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.embedding import encoder_fingerprint
from index.topics import Topics, evidence, load_topics
from ingest.settings import Settings

AXES = np.eye(4, dtype=np.float32)


def topics(fingerprint: str = "model-1") -> Topics:
    """Topic 0 is asked for along axis 0 and stated along axis 1; topic 1 along axes 2 and 3."""
    return Topics(fingerprint, AXES[[0, 2]], np.array([0, 1]), AXES[[1, 1, 3]], np.array([0, 0, 1]))


def test_a_passage_of_the_asked_topic_is_found_though_question_and_passage_are_not_alike() -> None:
    bridge = topics()
    question, passages = AXES[0], AXES[[3, 1]]
    assert (passages @ question == 0).all()
    found = evidence(bridge.of_passages(passages), bridge.of_question(question))
    assert found[1] > found[0] + 1


def test_likelihoods_of_a_question_sum_to_one_and_follow_the_nearest_topic() -> None:
    likelihood = topics().of_question(AXES[2])
    assert likelihood.sum() == pytest.approx(1) and likelihood.argmax() == 1


def test_a_passage_near_no_topic_is_no_evidence_for_any_question() -> None:
    bridge = topics()
    even = (AXES[1] + AXES[3]) / np.sqrt(2)
    passages = np.stack([even, even])
    assert evidence(bridge.of_passages(passages), bridge.of_question(AXES[0])) == pytest.approx([0, 0])


def test_saved_topics_come_back_for_their_model_and_for_no_other(tmp_path: Path) -> None:
    path = tmp_path / "topics.npz"
    topics().save(path)
    loaded = load_topics("model-1", path)
    assert loaded is not None and loaded.count == 2
    np.testing.assert_allclose(loaded.questions, topics().questions, atol=0.01)
    np.testing.assert_array_equal(loaded.passage_topics, [0, 0, 1])
    assert load_topics("model-2", path) is None
    assert load_topics("model-1", tmp_path / "missing.npz") is None


def test_no_passages_at_all_give_no_evidence() -> None:
    bridge = topics()
    shares = bridge.of_passages(np.zeros((0, 4), np.float32))
    assert evidence(shares, bridge.of_question(AXES[0])).shape == (0,)


@pytest.mark.model
def test_the_shipped_topics_belong_to_the_shipped_adapter(tmp_path: Path) -> None:
    shipped = load_topics(encoder_fingerprint(Settings(tmp_path, tmp_path)))
    assert shipped is not None, "write them anew: python -m index.train --topics"
    assert shipped.count > 500
    assert (np.diff(shipped.question_topics) >= 0).all() and (np.diff(shipped.passage_topics) >= 0).all()

"""Evidence that a whole question is answered: from the best passages, and from how well its words are met."""

from __future__ import annotations

import numpy as np

from index.answerable import question_evidence

NAMES = (
    "cover",
    "cover_own",
    "cover_plain",
    "rarest",
    "own_gap",
    "dense",
    "topic",
    "ngram_own",
    "dense_level",
    "narrow",
)


def evidence(logits: list[float], **features: list[float]) -> dict[str, float]:
    every = {name: np.array(features.get(name, [0.0] * len(logits))) for name in NAMES}
    return question_evidence(every, np.array(logits))


def test_log_odds_stand_in_order_of_rank() -> None:
    found = evidence([-3.0, 2.0, 0.5, -1.0, -2.0, -4.0])
    assert [found[f"logit_{place}"] for place in (0, 1, 2, 4)] == [2.0, 0.5, -1.0, -3.0]


def test_with_few_passages_the_last_stands_for_those_that_are_not_there() -> None:
    assert evidence([1.0])["logit_4"] == 1.0


def test_words_met_only_in_a_passage_that_is_not_among_the_best_are_told_apart() -> None:
    found = evidence([3.0, 2.0, 1.0, -5.0], rarest=[0.1, 0.2, 0.0, 1.0])
    assert (found["rarest_most"], found["rarest_best"]) == (1.0, 0.2)


def test_the_first_passages_own_likeness_counts_not_the_greatest() -> None:
    assert evidence([0.0, 5.0], dense=[9.0, 4.0])["dense_first"] == 4.0

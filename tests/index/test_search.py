"""Every passage scored: order, ties, evidence within the filters, what the real engine finds in the shipped corpus."""

from __future__ import annotations

import numpy as np
import pytest

from answer.assistant import Assistant
from index.calibration import Calibration, Calibrations
from index.lexical import LexicalIndex
from index.search import EXPLAINED, Searcher, standardised
from index.tokens import TokenVectors
from ingest.model import Passage
from tests.conftest import CountingEncoder

TEXTS = (
    "Piteå säljer presentkort i stadshuset.",
    "Kiruna ordnar lyktvandring varje fredag.",
    "Presentkortet i Umeå gäller i 80 butiker.",
    "Styrelsen har fem ledamöter.",
)


def passages(*texts: str) -> list[Passage]:
    return [Passage(f"p{n}", "d", n, "bullet", text, text, ()) for n, text in enumerate(texts)]


def searcher(*texts: str, calibrations: Calibrations | None = None) -> Searcher:
    encoder, found = CountingEncoder(), passages(*texts)
    vectors = encoder.encode_passages(texts) if texts else np.zeros((0, encoder.dimensions), np.float32)
    return Searcher(found, vectors, encoder, LexicalIndex.build(found), calibrations)


def test_every_passage_is_scored_best_first() -> None:
    result = searcher(*TEXTS).search("presentkort")
    assert {hit.passage.id for hit in result.hits} == {"p0", "p1", "p2", "p3"}
    assert {hit.passage.id for hit in result.hits[:2]} == {"p0", "p2"}
    probabilities = [hit.probability for hit in result.hits]
    assert probabilities == sorted(probabilities, reverse=True)
    assert all(0 < probability < 1 for probability in probabilities)


def test_a_word_of_the_question_is_found_among_many_others_by_token() -> None:
    encoder, found = (
        CountingEncoder(),
        passages("Torget har bord, bänkar, scen, ljus och presentkort.", "Bänkar, bord."),
    )
    vectors, tokens = encoder.encode_passages_by_token([p.text for p in found])
    engine = Searcher(found, vectors, encoder, LexicalIndex.build(found), tokens=TokenVectors.of(tokens))
    evidence = engine.features("presentkort")
    assert evidence["late"][0] > evidence["late"][1] and evidence["late_gap"].tolist()[0] == 0 > evidence["late_gap"][1]
    without = Searcher(found, vectors, encoder, LexicalIndex.build(found)).features("presentkort")
    assert not any(without[name].any() for name in ("late", "late_gap", "late_level"))


def test_of_many_passages_the_nearest_are_compared_by_token_as_if_they_were_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = [f"{word} och {other}" for word in ("torg", "bänk", "ljus", "park") for other in "abcdefghij"]
    encoder, found = CountingEncoder(), passages(*texts)
    vectors, tokens = encoder.encode_passages_by_token(texts)
    engine = Searcher(found, vectors, encoder, LexicalIndex.build(found), tokens=TokenVectors.of(tokens))
    whole = engine.features("ljus i park")
    monkeypatch.setattr("index.search.LOOKED_AT", 20)
    part = engine.features("ljus i park")
    nearest = np.argsort(-whole["dense"])[:10]
    assert part["late_level"][nearest] == pytest.approx(whole["late_level"][nearest])
    same = np.isclose(part["late_level"], whole["late_level"])
    assert same.sum() >= 15 and part["late_level"].argmax() == whole["late_level"].argmax()
    assert part["late"][~same] == pytest.approx(np.zeros((~same).sum()))


def test_ties_stand_in_the_order_of_their_ids() -> None:
    found = searcher(
        *["Samma ord."] * 12, calibrations=Calibrations(Calibration({}, 0.0), Calibration({}, 0.0))
    ).search("ord")
    assert [hit.passage.id for hit in found.hits] == sorted(f"p{n}" for n in range(12))
    assert {hit.probability for hit in found.hits} == {0.5}


def test_the_same_question_gives_the_same_result() -> None:
    engine = searcher(*TEXTS)
    assert engine.search("presentkort i butik") == engine.search("presentkort i butik")


def test_an_index_without_passages_finds_nothing() -> None:
    result = searcher().search("presentkort")
    assert result.hits == () and result.best is None and result.above(0.0) == ()


@pytest.mark.parametrize("text", ["", "?", "och", "xyzzy", "\U0001f642", "ord " * 500])
def test_odd_questions_give_finite_probabilities(text: str) -> None:
    result = searcher(*TEXTS).search(text)
    assert len(result.hits) == 4 and all(np.isfinite(hit.probability) for hit in result.hits)


def test_a_single_passage_is_scored_too() -> None:
    (hit,) = searcher(TEXTS[0]).search("presentkort").hits
    assert np.isfinite(hit.probability)


def test_the_first_hundred_say_what_made_their_probability() -> None:
    hits = searcher(*[f"{text} {n}" for n in range(30) for text in TEXTS]).search("presentkort").hits
    assert len(hits) == 120
    assert all(hit.parts["cover"] >= 0 for hit in hits[:EXPLAINED])
    assert not any(hit.parts for hit in hits[EXPLAINED:])


def test_evidence_is_measured_within_the_filters() -> None:
    engine = searcher(*TEXTS)
    inside = np.array([False, True, False, True])
    everywhere, within = engine.features("presentkort"), engine.features("presentkort", inside)
    assert everywhere["dense_gap"].max() == pytest.approx(0)
    assert within["dense_gap"][inside].max() == pytest.approx(0)
    assert (within["narrow"] == pytest.approx(np.log10(2))) and (everywhere["narrow"] == 0).all()


def test_a_filter_that_admits_nothing_is_no_division_by_zero() -> None:
    features = searcher(*TEXTS).features("presentkort", np.zeros(4, dtype=bool))
    assert all(np.isfinite(values).all() for values in features.values())


def test_standardised_scores_have_no_mean_and_equal_ones_no_spread() -> None:
    assert standardised(np.array([1.0, 3.0])).tolist() == [-1.0, 1.0]
    assert standardised(np.array([2.0, 2.0])).tolist() == [0.0, 0.0]


@pytest.mark.model
@pytest.mark.parametrize("question", ["presentkort", "gåvokort", "vad gör ni med julbelysning?", "ljus i jul"])
def test_what_a_question_names_stands_before_what_it_does_not(shipped_assistant: Assistant, question: str) -> None:
    """On the shipped corpus with the real model: the best passage has a word of the topic, the last has none."""
    stems = ("presentkort", "gåvokort") if "kort" in question else ("jul", "ljus", "belysning")
    hits = shipped_assistant.searcher.search(question).hits

    def on_topic(passage: Passage) -> bool:
        return any(stem in f"{passage.text} {passage.heading} {passage.question}".lower() for stem in stems)

    assert on_topic(hits[0].passage) and hits[0].probability > 0.5
    assert not on_topic(hits[-1].passage) and hits[-1].probability < 0.1

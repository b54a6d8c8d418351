"""Late interaction: likeness by token as defined, what is kept of it, and a head that learns what its data show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index import tokens as tokens_module
from index.embedding import Encoder, load_encoder
from index.tokens import HEAD, TABLE, TokenHead, TokenVectors, load_head, read_tokens
from index.training.data import Asked, World, text_of
from ingest.errors import IndexMissing, SettingsError
from ingest.settings import Settings

CHANCE = np.random.default_rng(3)
STATES = CHANCE.normal(size=(5, 8)).astype(np.float32)


def head() -> TokenHead:
    chance = np.random.default_rng(1)
    numbers = [chance.normal(size=shape).astype(np.float32) for shape in ((8,), (4, 8), (9,), (9,))]
    return TokenHead(*numbers)


def naive(passage: np.ndarray, question: np.ndarray) -> float:
    return sum(max(float(word @ asked) for word in passage.astype(float)) for asked in question.astype(float))


def test_a_questions_tokens_share_a_weight_of_one_and_a_passages_weigh_up_to_one_each() -> None:
    of_question = np.linalg.norm(head().of_question(STATES).astype(float), axis=1)
    of_passage = np.linalg.norm(head().of_passage(STATES).astype(float), axis=1)
    assert of_question.sum() == pytest.approx(1, abs=2e-3)
    assert (of_passage < 1).all() and (of_passage > 0).all()


def test_likeness_is_the_sum_of_each_asked_tokens_best_match_however_the_table_is_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = [head().of_passage(CHANCE.normal(size=(n, 8)).astype(np.float32)) for n in (3, 1, 7, 2, 2)]
    question = head().of_question(STATES)
    expected = [naive(text, question) for text in texts]
    for rows in (1, 4, 8, 100):
        monkeypatch.setattr(tokens_module, "ROWS", rows)
        assert TokenVectors.of(texts).likeness(question) == pytest.approx(expected, abs=1e-4)
    assert TokenVectors.of([]).likeness(question).shape == (0,)


def test_a_saved_head_makes_the_same_tokens(tmp_path: Path) -> None:
    head().save(tmp_path)
    loaded = load_head(tmp_path)
    assert loaded is not None and loaded.size == 4
    np.testing.assert_allclose(loaded.of_passage(STATES), head().of_passage(STATES), atol=5e-3)
    np.testing.assert_allclose(loaded.of_question(STATES), head().of_question(STATES), atol=5e-3)


def test_an_adapter_without_a_head_has_none_and_a_damaged_one_is_named(tmp_path: Path) -> None:
    assert load_head(tmp_path) is None
    (tmp_path / HEAD).write_bytes(b"not an archive")
    with pytest.raises(SettingsError, match=r"index\.train"):
        load_head(tmp_path)


def test_kept_tokens_come_back_by_passage_and_damage_is_named(tmp_path: Path) -> None:
    texts = [head().of_passage(STATES[:n]) for n in (2, 3)]
    TokenVectors.of(texts).save(tmp_path, ["träff å#1", "träff å#2"])
    found = read_tokens(tmp_path)
    assert list(found) == ["träff å#1", "träff å#2"]
    assert all((found[key] == text).all() for key, text in zip(found, texts, strict=True))
    (tmp_path / TABLE).write_bytes((tmp_path / TABLE).read_bytes()[:200])
    with pytest.raises(IndexMissing, match=r"python -m ingest"):
        read_tokens(tmp_path)


class WordStates:
    """States of words by number: one place of eight for each word, the same in questions and passages."""

    def query_states(self, texts: list[str]) -> tuple[np.ndarray, list[np.ndarray]]:
        states = [np.eye(16, dtype=np.float32)[[ord(word) - 97 for word in text.split()]] for text in texts]
        return np.stack([s.mean(axis=0) / np.linalg.norm(s.mean(axis=0)) for s in states]), states

    passage_states = query_states


def test_a_head_learns_which_words_matter() -> None:
    """Every question begins with the same word "p", and every passage that does not answer holds it."""
    torch = pytest.importorskip("torch")
    from index.training.head import train_head

    words = "abcdefgh"
    passages: dict[str, dict[str, Any]] = {
        word: {"text": f"{word} {other}"} for word, other in zip(words, "ijklijkl", strict=True)
    }
    passages |= {f"p{word}": {"text": f"p p {word}"} for word in "mno"}
    asked = tuple(Asked(f"p {word}", frozenset({word}), frozenset()) for word in words)
    encoder: Any = WordStates()
    learnt, losses = train_head(
        encoder, [World("w", passages, asked)], size=8, rounds=60, rate=0.02, scale=20.0, seed=1
    )
    assert losses[-1] < losses[0] / 2
    table = TokenVectors.of(
        [learnt.of_passage(s) for s in encoder.passage_states([text_of(p) for p in passages.values()])[1]]
    )
    for number, question in enumerate(asked):
        likeness = table.likeness(learnt.of_question(encoder.query_states([question.question])[1][0]))
        assert likeness.argmax() == number
    torch.manual_seed(0)


@pytest.fixture(scope="module")
def shipped() -> Encoder:
    return load_encoder(Settings(Path(), Path()))


@pytest.mark.model
def test_the_shipped_head_gives_the_vectors_of_the_plain_way_and_a_token_for_each_piece(shipped: Encoder) -> None:
    texts = ["Piteå säljer presentkort i stadshuset.", "Ja"]
    vectors, tokens = shipped.encode_passages_by_token(texts)
    np.testing.assert_allclose(vectors, shipped.encode_passages(texts), atol=1e-3)
    assert len(tokens) == 2 and len(tokens[0]) > len(tokens[1]) >= 3
    vector, asked = shipped.encode_query_by_token("presentkort?")
    np.testing.assert_allclose(vector, shipped.encode_query("presentkort?"), atol=1e-5)
    assert asked is not None and asked.shape[1] == tokens[0].shape[1]


@pytest.mark.model
def test_by_token_a_matter_is_found_among_others(shipped: Encoder) -> None:
    _, tokens = shipped.encode_passages_by_token(
        [
            "Vi har bytt belysning, städat parken, lagt ny sten på gågatan, startat presentkort och anställt en vaktmästare.",
            "Vi har bytt belysning, städat parken, lagt ny sten på gågatan, startat nyhetsbrev och anställt en vaktmästare.",
        ]
    )
    _, asked = shipped.encode_query_by_token("Vilka städer har ett gemensamt presentkort?")
    assert asked is not None
    one, other = TokenVectors.of(tokens).likeness(asked)
    assert one > other + 0.02

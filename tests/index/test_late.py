"""Late interaction: the score's definition, and that it survives being written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.embedding import ADAPTER, SentenceEncoder, load_bundled
from index.late import TokenIndex
from ingest.errors import SettingsError


def unit(*rows: tuple[float, ...]) -> np.ndarray:
    array = np.array(rows, dtype=np.float32)
    return array / np.linalg.norm(array, axis=1, keepdims=True)


EAST, NORTH, BETWEEN = (1, 0), (0, 1), (1, 1)


def test_each_token_of_the_question_counts_by_its_nearest_in_the_passage() -> None:
    index = TokenIndex([unit(EAST), unit(EAST, NORTH), unit(BETWEEN)])
    np.testing.assert_allclose(index.score(unit(EAST, NORTH)), [0.5, 1.0, np.sqrt(0.5)], atol=1e-6)


def test_order_of_tokens_and_length_of_the_passage_do_not_matter() -> None:
    index = TokenIndex([unit(EAST, NORTH), unit(NORTH, EAST, EAST, EAST)])
    scores = index.score(unit(BETWEEN, EAST))
    assert scores[0] == pytest.approx(scores[1])


def test_no_passages_give_no_scores(tmp_path: Path) -> None:
    TokenIndex([]).save(tmp_path / "tokens.npz")
    assert TokenIndex.load(tmp_path / "tokens.npz").score(unit(EAST)).shape == (0,)


def test_a_passage_without_tokens_is_refused() -> None:
    with pytest.raises(ValueError, match="without tokens"):
        TokenIndex([unit(EAST), np.zeros((0, 2), np.float32)])


def test_scores_are_the_same_after_saving_and_loading(tmp_path: Path) -> None:
    index = TokenIndex([unit(EAST, BETWEEN), unit(NORTH)])
    index.save(tmp_path / "tokens.npz")
    loaded = TokenIndex.load(tmp_path / "tokens.npz")
    assert len(loaded) == 2
    np.testing.assert_allclose(loaded.score(unit((2, 1))), index.score(unit((2, 1))), atol=1e-3)


def test_a_damaged_file_is_an_error_and_not_an_index(tmp_path: Path) -> None:
    (tmp_path / "tokens.npz").write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(Exception, match=r"(?i)zip|file|pickle"):
        TokenIndex.load(tmp_path / "tokens.npz")


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return load_bundled(ADAPTER)


@pytest.mark.model
def test_one_pass_gives_the_vectors_of_the_other_methods_and_tokens(encoder: SentenceEncoder) -> None:
    texts = ["Gåvokortet säljs i tolv butiker.", "Snö.", "Kvällsöppet till 21 i maj, med musik på torget."]
    vectors, tokens = encoder.encode_passages_with_tokens(texts)
    np.testing.assert_allclose(vectors, encoder.encode_passages(texts), atol=1e-5)
    assert len(tokens[0]) > len(tokens[1]) and {array.shape[1] for array in tokens} == {96}
    for array in tokens:
        np.testing.assert_allclose(np.linalg.norm(array.astype(np.float32), axis=1), 1, atol=5e-3)
    vector, asked = encoder.encode_query_with_tokens("presentkort")
    np.testing.assert_allclose(vector, encoder.encode_query("presentkort"), atol=1e-5)
    assert TokenIndex(tokens).score(asked).argmax() == 0


@pytest.mark.model
def test_a_model_without_token_vectors_says_so() -> None:
    encoder = load_bundled(None)
    assert not encoder.has_tokens
    with pytest.raises(SettingsError, match="bundled"):
        encoder.encode_query_with_tokens("presentkort")

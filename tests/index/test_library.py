"""Opening a published index, and what is said where it cannot be opened."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index import generations
from index import library as library_module
from index.build import build_index, open_store
from index.library import Library, open_library
from ingest.corrections import Correction, RegionCorrection, save_corrections
from ingest.errors import IndexMismatch, IndexMissing
from ingest.settings import Settings
from tests.conftest import CountingEncoder

MEETING_FILE = "träff å.md"


@pytest.fixture
def library(settings: Settings, encoder: CountingEncoder) -> Library:
    build_index(settings)
    return open_library(settings)


def test_passages_stand_in_the_order_of_documents_and_pages(library: Library) -> None:
    places = [(p.document, p.order) for p in library.passages]
    assert places == sorted(places) and len(places) == 5


def test_reports_and_passages_are_found_by_name_and_id(library: Library) -> None:
    passage = library.passages[3]
    assert library.passage(passage.id) is passage
    assert passage in library.report(passage.document).passages


@pytest.mark.parametrize("look_up", [Library.report, Library.passage, Library.file])
def test_an_unknown_name_is_a_key_error(library: Library, look_up) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(KeyError):
        look_up(library, "saknas")


def test_the_manifest_tells_what_the_index_was_built_of(library: Library, settings: Settings) -> None:
    manifest = library.manifest
    assert (manifest.model, manifest.fingerprint, manifest.dimensions) == ("bundled", "counting-1", 16)
    assert set(manifest.corpus) == {path.name for path in settings.corpus.iterdir()}
    assert manifest.passages == 5 and manifest.built.endswith("+00:00")


def test_another_embedding_model_is_refused_and_the_command_named(
    library: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_module, "encoder_fingerprint", lambda _: "another")
    with pytest.raises(IndexMismatch, match=r"embedding model 'bundled'.*python -m ingest"):
        open_library(settings)


def test_a_rebuild_with_another_model_embeds_everything_anew(
    library: Library, settings: Settings, encoder: CountingEncoder
) -> None:
    before = sorted(encoder.texts)
    encoder.texts.clear()
    encoder.fingerprint = "counting-2"
    build_index(settings)
    assert before and sorted(encoder.texts) == before
    assert open_library(settings).manifest.fingerprint == "counting-2"


def test_lost_structure_is_named_with_the_document(library: Library, settings: Settings) -> None:
    sha = library.manifest.corpus[MEETING_FILE]
    next((settings.index / "reports").glob(f"{sha}-*")).unlink()
    with pytest.raises(IndexMismatch, match=rf"{MEETING_FILE}.*python -m ingest"):
        open_library(settings)


def test_lost_vectors_never_make_a_smaller_library(library: Library, settings: Settings) -> None:
    open_store(settings, library.generation)._client.delete_collection(f"citygroup-{library.generation}")
    open_store(settings, library.generation).write(
        library.passages[:3], ["a", "b", "c"], np.eye(3, 16, dtype="float32")
    )
    with pytest.raises(IndexMismatch, match=r"2 of 5 passages.*python -m ingest"):
        open_library(settings)
    build_index(settings)
    assert len(open_library(settings).passages) == 5


def test_a_manifest_without_the_reading_code_is_refused(library: Library, settings: Settings) -> None:
    path = generations.folder(settings.index, library.generation) / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"reading"', '"other"'), encoding="utf-8")
    with pytest.raises(IndexMismatch, match="python -m ingest"):
        open_library(settings)


def test_without_an_index_the_command_is_named(tmp_path: Path, settings: Settings, encoder: CountingEncoder) -> None:
    with pytest.raises(IndexMissing, match="python -m ingest"):
        open_library(settings)


def test_corrections_are_in_the_opened_index_after_the_next_run_without_reading_again(
    library: Library, settings: Settings, encoder: CountingEncoder
) -> None:
    save_corrections(
        settings.corpus, {MEETING_FILE: Correction(regions=(("Norr", RegionCorrection(host_town="Kiruna")),))}
    )
    result = build_index(settings)
    assert MEETING_FILE in result.unchanged
    hosts = {c.region: c.host_town for c in open_library(settings).report(MEETING_FILE).regions}
    assert hosts == {"Norr": "Kiruna", "Syd": "Lund"}

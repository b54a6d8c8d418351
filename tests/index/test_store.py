"""One contract over both kinds of vector store: the embedded database and a Chroma server."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index import generations
from index.build import build_index
from index.library import open_library
from index.store import BATCH, ChromaStore
from ingest.errors import IndexMissing, SettingsError
from ingest.model import Passage, Span
from ingest.settings import Settings
from tests.conftest import CountingEncoder

CHROMA = Path(sys.executable).with_name("chroma")
Open = Callable[[str], ChromaStore]


def passages(count: int) -> list[Passage]:
    return [
        Passage(f"id{n}", "möte å.pdf", n, "bullet", f"Stycke {n}", f"Stycke {n}", (Span(None if n % 2 else n, 0, 1),))
        for n in range(count)
    ]


def vectors(count: int, dimensions: int = 8) -> np.ndarray:
    random = np.random.default_rng(7).normal(size=(count, dimensions)).astype(np.float32)
    return random / np.linalg.norm(random, axis=1, keepdims=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Chroma server on this machine."""
    if not (CHROMA.exists() or shutil.which("chroma")):
        pytest.skip("the chroma command is not installed")
    port, folder = free_port(), tmp_path_factory.mktemp("server")
    command = [str(CHROMA) if CHROMA.exists() else "chroma", "run", "--path", str(folder / "data")]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)], cwd=folder, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, (folder / "log").read_text()
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(params=["embedded", "server"])
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens a collection by name, anew each time."""
    if request.param == "embedded":
        return lambda name: ChromaStore(name, tmp_path / "chroma")
    url = request.getfixturevalue("server")
    return lambda name: ChromaStore(name, url=url)


def test_what_was_written_is_read_back(open_store: Open) -> None:
    rows = vectors(3)
    open_store("kept").write(passages(3), ["ett", "två å", "tre\nrader"], rows)
    found = open_store("kept").read()
    assert [(key, text) for key, (text, _) in sorted(found.items())] == [
        ("id0", "ett"),
        ("id1", "två å"),
        ("id2", "tre\nrader"),
    ]
    for number, (_, vector) in enumerate(found[f"id{n}"] for n in range(3)):
        assert vector.dtype == np.float32
        np.testing.assert_allclose(vector, rows[number], atol=1e-6)


def test_more_passages_than_a_batch_are_all_kept(open_store: Open) -> None:
    count = BATCH + 5
    open_store("many").write(passages(count), [f"text {n}" for n in range(count)], vectors(count, 2))
    assert {key: text for key, (text, _) in open_store("many").read().items()} == {
        f"id{n}": f"text {n}" for n in range(count)
    }


def test_a_collection_without_passages_is_there_and_empty(open_store: Open) -> None:
    open_store("empty").write([], [], vectors(0))
    assert open_store("empty").read() == {}


def test_a_collection_that_was_never_written_is_missing(open_store: Open) -> None:
    with pytest.raises(IndexMissing, match=r"'never'.*python -m ingest"):
        open_store("never").read()


def test_a_dropped_collection_is_missing_and_dropping_it_twice_is_no_error(open_store: Open) -> None:
    open_store("gone").write(passages(1), ["ett"], vectors(1))
    open_store("gone").drop()
    open_store("gone").drop()
    with pytest.raises(IndexMissing):
        open_store("gone").read()


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://x", "http://", "vektorer"])
def test_an_address_that_is_none_is_named(url: str) -> None:
    with pytest.raises(SettingsError, match="CITYGROUP_CHROMA_URL"):
        ChromaStore("x", url=url)


def test_a_server_that_does_not_answer_is_an_error_of_ours() -> None:
    with pytest.raises(IndexMissing, match=r"No Chroma server answers at http://127.0.0.1:\d+"):
        ChromaStore("x", url=f"http://127.0.0.1:{free_port()}")


def test_a_folder_that_holds_no_database_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "chroma.sqlite3").write_bytes(b"not a database" * 1000)
    with pytest.raises(IndexMissing, match="python -m ingest"):
        ChromaStore("x", tmp_path).read()


# --- a whole index on a server ---


@pytest.fixture
def served(settings: Settings, server: str) -> Settings:
    return replace(settings, chroma_url=server)


def test_an_index_on_a_server_holds_what_an_embedded_one_does(
    settings: Settings, served: Settings, encoder: CountingEncoder, tmp_path: Path
) -> None:
    build_index(settings)
    build_index(replace(served, index=tmp_path / "served"))
    here, there = open_library(settings), open_library(replace(served, index=tmp_path / "served"))
    assert there.passages == here.passages
    np.testing.assert_allclose(there.vectors, here.vectors, atol=1e-6)
    assert not (generations.folder(tmp_path / "served", there.generation) / "chroma").exists()


def test_on_a_server_too_only_what_changed_is_embedded(served: Settings, encoder: CountingEncoder) -> None:
    build_index(served)
    encoder.texts.clear()
    (served.corpus / "ny.txt").write_text("Ny\n\nKalmar öppnar en lekplats mitt på torget i sommar.\n", "utf-8")
    build_index(served)
    assert len(encoder.texts) == 1
    assert len(open_library(served).passages) == 6


def test_collections_of_old_generations_leave_the_server(served: Settings, encoder: CountingEncoder) -> None:
    names = []
    for number in range(3):
        (served.corpus / f"ny{number}.txt").write_text(
            f"Ny\n\nKalmar öppnar lekplats nummer {number} på torget.\n", "utf-8"
        )
        build_index(served)
        names.append(generations.current(served.index))
    with pytest.raises(IndexMissing):
        ChromaStore(f"citygroup-{names[0]}", url=served.chroma_url).read()
    assert ChromaStore(f"citygroup-{names[1]}", url=served.chroma_url).read()


def test_an_embedded_index_opened_with_a_server_names_the_command(
    settings: Settings, served: Settings, encoder: CountingEncoder
) -> None:
    build_index(settings)
    with pytest.raises(IndexMissing, match="python -m ingest"):
        open_library(served)
    build_index(served)
    assert len(open_library(served).passages) == 5


def test_without_the_server_the_index_says_that_it_does_not_answer(
    settings: Settings, served: Settings, encoder: CountingEncoder
) -> None:
    build_index(served)
    with pytest.raises(IndexMissing, match="No Chroma server answers"):
        open_library(replace(served, chroma_url=f"http://127.0.0.1:{free_port()}"))

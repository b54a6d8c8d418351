"""A closed world for every test: no network beyond this machine, no settings of the developer's own.

And one index of the shipped corpus, built with the real encoder once per run.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from index import build
from index import library as library_module
from index.calibration import Calibration, Calibrations
from index.library import Library
from index.model import Manifest
from ingest.pipeline import read_report
from ingest.settings import Settings

if TYPE_CHECKING:
    from answer.assistant import Assistant

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = ("CORPUS", "INDEX", "CHROMA_URL", "EMBEDDING_MODEL")
LLM_SETTINGS = ("PROVIDER", "MODEL", "BASE_URL", "API_KEY", "TIMEOUT", "CONTEXT", "RECORD", "TRACE")


class OutsideWorld(RuntimeError):
    """A test reached for the network. Not an OSError: code under test must not take it for a failed connection."""


def _is_here(family: int, address: Any) -> bool:
    if family == getattr(socket, "AF_UNIX", None):
        return True
    host = str(address[0])
    try:
        return host == "localhost" or ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def pytest_configure() -> None:
    """Before any module is imported. An empty variable stands above a .env file and means: unset."""
    for name in (*SETTINGS, *(f"LLM_{name}" for name in LLM_SETTINGS)):
        os.environ[f"CITYGROUP_{name}"] = ""
    os.environ["HF_HUB_OFFLINE"] = "1"

    for name in ("connect", "connect_ex"):
        _guard(name, getattr(socket.socket, name))

    resolve = socket.getaddrinfo

    def getaddrinfo(host: Any, *rest: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name and name not in ("0.0.0.0", "::") and not _is_here(socket.AF_INET, (name,)):
            raise OutsideWorld(f"a test looks up {name}")
        return resolve(host, *rest, **options)

    socket.getaddrinfo = getaddrinfo


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Two halves for `make test`'s two processes: what drives a browser and mostly waits for it, and the rest."""
    for item in items:
        half = "browser" if item.get_closest_marker("browser") else "rest"
        item.add_marker(pytest.mark.xdist_group(half))


def _guard(name: str, original: Callable[..., Any]) -> None:
    def guarded(self: socket.socket, address: Any) -> Any:
        if not _is_here(self.family, address):
            raise OutsideWorld(f"a test connects to {address}")
        return original(self, address)

    setattr(socket.socket, name, guarded)


class CountingEncoder:
    """Stands in for the embedding model: a text's vector comes from its letters, its tokens are its words.

    Remembers what it was given.
    """

    name, fingerprint, dimensions = "counting", "counting-1", 16

    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode_passages(self, texts: Sequence[str], progress: object = None) -> np.ndarray:
        self.texts += texts
        return np.stack([self.encode_query(text) for text in texts])

    def encode_passages_by_token(self, texts: Sequence[str]) -> tuple[np.ndarray, list[np.ndarray]]:
        return self.encode_passages(texts), [self.words_of(text) for text in texts]

    def encode_query_by_token(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        words = self.words_of(text)
        return self.encode_query(text), words / len(words)

    def words_of(self, text: str) -> np.ndarray:
        return np.stack([self.encode_query(word) for word in text.split() or [""]]).astype(np.float16)

    def encode_query(self, text: str) -> np.ndarray:
        counts = np.bincount([ord(letter) % self.dimensions for letter in text], minlength=self.dimensions)
        return (counts / max(float(np.linalg.norm(counts)), 1e-9)).astype(np.float32)


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> CountingEncoder:
    """A CountingEncoder in the place of the embedding model, for building and opening an index."""
    counting = CountingEncoder()
    monkeypatch.setattr(build, "load_encoder", lambda settings: counting)
    for module in (build, library_module):
        monkeypatch.setattr(module, "encoder_fingerprint", lambda settings: counting.fingerprint)
    return counting


MEETING = """# Nätverksträff Citygroup 4 maj 2031

## Region Norr – värdstad Luleå

Representerade orter: Luleå, Piteå, Kiruna

1. Vad gör ni för handeln?

- Piteå delar ut ljusslingor till alla butiker. Kontakt: anna.berg@exempel.se eller 070-123 45 67.
- Kiruna ordnar lyktvandring varje fredag i november.

## Region Syd – värdstad Lund

1. Vad gör ni för handeln?

- Ystad lånar ut cyklar till alla besökare.
- Lund säljer presentkort i stadshuset, maila kort@lund.exempel.se för mer om dem.
"""
ARTICLE = """Loppis på torget

Arvika ordnar loppis på torget en lördag i månaden. Skriv till loppis@arvika.exempel.se om du vill vara med.
Arvika säljer presentkort vid loppisen, och föreningarna får var tionde krona.
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A folder with two invented reports, one with å and a space in its name; both hold contact details."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "träff å.md").write_text(MEETING, encoding="utf-8")
    (folder / "artikel.txt").write_text(ARTICLE, encoding="utf-8")
    return folder


@pytest.fixture
def settings(corpus: Path, tmp_path: Path) -> Settings:
    return Settings(corpus=corpus, index=tmp_path / "index")


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The shipped corpus, indexed with the bundled model; read only. Tests that ask for it are marked `model`."""
    found = Settings(corpus=ROOT / "corpus", index=tmp_path_factory.mktemp("shipped") / "index")
    assert build.build_index(found).ok
    return found


@pytest.fixture(scope="session")
def shipped_assistant(shipped: Settings) -> Assistant:
    """The real engine over the shipped corpus, on a fixed day."""
    from answer.assemble import open_assistant  # only here: its libraries take seconds to import

    return open_assistant(shipped, today=lambda: date(2026, 3, 1))


@pytest.fixture(scope="session")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The two invented reports as an opened library, without an index on disk."""
    folder = tmp_path_factory.mktemp("invented")
    reports = []
    for name, text in (("artikel.txt", ARTICLE), ("träff å.md", MEETING)):
        (folder / name).write_text(text, encoding="utf-8")
        reports.append(read_report(folder / name))
    passages = tuple(passage for report in reports for passage in report.passages)
    vectors = CountingEncoder().encode_passages([build.passage_text(passage) for passage in passages])
    return Library("1", Manifest("counting", "counting-1", 16), tuple(reports), passages, vectors, vectors, folder)


@pytest.fixture(scope="session")
def engine_over() -> Callable[[Library], Assistant]:
    """A library -> an assistant that finds passages by their words alone."""
    from answer.assistant import Assistant
    from index.lexical import LexicalIndex
    from index.search import Searcher

    def make(library: Library) -> Assistant:
        by_words = Calibrations(Calibration({"cover": 8.0}, bias=-4.0), Calibration({"logit_0": 1.0}, bias=0.0))
        lexical = LexicalIndex.build(library.passages)
        searcher = Searcher(library.passages, library.vectors, CountingEncoder(), lexical, by_words)
        return Assistant(library, searcher, lambda: date(2031, 9, 1))

    return make


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """One chromium for the run: playwright cannot be started twice in a thread."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        pytest.skip("needs chromium (Debian: apt-get install chromium)")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright to drive chromium")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield started
        started.close()

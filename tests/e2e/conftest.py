"""The real program in a real browser: chromium drives a server of its own over a corpus of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ui.standins import ARTICLE, PDF, TEXT, typeset

ROOT = Path(__file__).resolve().parents[2]

# Invented. Two columns, hyphenation and a page break within a bullet, so that marks have something to get wrong.
REPORT = """
#set page(width: 150mm, height: 120mm, margin: 16mm)
#set text(lang: "sv", hyphenate: true, size: 11pt)
= Dokumentation från Citygroupträff
3 mars 2022

TEMA: LIV PÅ TORGET
#pagebreak()
== REGION NORR
Värdstad Piteå

1. Hur lockar ni besökare på vardagar?
- PITEÅ delar ut lotter till alla som handlar före klockan tolv på lördagar.
- KIRUNA säljer presentkort i en digital plånbok, och försäljningen har fördubblats på två år.
#pagebreak()
== REGION SYD
Värdstad Kalmar

1. Hur lockar ni besökare på vardagar?
#columns(2)[
- KALMAR räknar gästerna med sensorer i entréerna och jämför veckorna med varandra under hela sommarsäsongen.
- VÄXJÖ lånar ut gröna cyklar med presentkort på styret till sommarens kulturkvällar och loppmarknader.
]
"""

NEW = """
#set page(width: 150mm, height: 110mm)
#set text(lang: "sv")
= Dokumentation från Citygroupträff
4 mars 2025

TEMA: LJUS I STADEN
#pagebreak()
== REGION NORR
Värdstad Luleå

1. Hur arbetar ni med ljus?
- LULEÅ hänger upp isformade lyktor i alla träd längs gågatan under vintern.
- BODEN lånar ut reflexvästar till barnfamiljer på julmarknaden.
"""


UNPAGED = """# Dokumentation från Citygroupträff 5 mars 2026

## Region Norr – värdstad Luleå

1. Hur arbetar ni med ljus?

- Luleå hänger upp isformade lyktor i alla träd längs gågatan.
- Boden lånar ut reflexvästar till barnfamiljer på julmarknaden.
- Ystad tänder marschaller på torget varje fredag i advent.
"""


@dataclass(frozen=True)
class Site:
    """A running program. `uploads` holds files that a test can hand in; `root` is the program's own folder."""

    url: str
    root: Path
    corpus: Path
    uploads: Path
    environment: dict[str, str]


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program, so that thumbs, reviews and logins leave nothing in the developer's."""
    return copy_program(tmp_path_factory.mktemp("program") / "program")


def copy_program(root: Path) -> Path:
    root.mkdir(parents=True)
    kept_out = shutil.ignore_patterns("__pycache__", "local", "runs", "secrets.toml")
    for name in ("ingest", "index", "answer", "eval", "ui", "prompts", ".streamlit"):
        shutil.copytree(ROOT / name, root / name, ignore=kept_out)
    shutil.copy(ROOT / "app.py", root)
    return root


@pytest.fixture(scope="session")
def site(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    files = {PDF: typeset(REPORT), TEXT: ARTICLE.encode()}
    with site_over(files, program, tmp_path_factory.mktemp("e2e")) as found:
        (found.uploads / "ljus.pdf").write_bytes(typeset(NEW))
        (found.uploads / "ljus.md").write_text(UNPAGED, encoding="utf-8")
        (found.uploads / "trasig.pdf").write_bytes(b"%PDF-1.4 not much of a PDF")
        yield found


@contextmanager
def site_over(files: dict[str, bytes], program: Path, folder: Path) -> Iterator[Site]:
    """The program over a corpus of these files, served until the block ends."""
    corpus, uploads = folder / "corpus", folder / "uploads"
    corpus.mkdir()
    uploads.mkdir()
    for name, data in files.items():
        (corpus / name).write_bytes(data)
    environment = {
        **os.environ,
        "CITYGROUP_CORPUS": str(corpus),
        "CITYGROUP_INDEX": str(folder / "index"),
        "CITYGROUP_LLM_MODEL": "",
        "OMP_NUM_THREADS": "2",
    }
    subprocess.run([sys.executable, "-m", "ingest"], cwd=program, env=environment, check=True, capture_output=True)
    with served(program, environment, folder / "server.log") as url:
        yield Site(url, program, corpus, uploads, environment)


@contextmanager
def served(root: Path, environment: dict[str, str], log: Path, port: int | None = None) -> Iterator[str]:
    """The program of a folder, served until the block ends; gives its address."""
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    command += ["--server.port", str(port)]
    with log.open("w", encoding="utf-8") as file:
        server = subprocess.Popen(command, cwd=root, env=environment, stdout=file, stderr=file)
        try:
            _wait(f"http://127.0.0.1:{port}", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert server.poll() is None, "the server ended at once"
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server did not start within a minute")

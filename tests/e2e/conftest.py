"""The real program in a real browser: chromium drives a server of its own over a corpus of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
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


@dataclass(frozen=True)
class Site:
    """A running program. `uploads` holds files that a test can hand in."""

    url: str
    corpus: Path
    uploads: Path


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("e2e")
    corpus, uploads = folder / "corpus", folder / "uploads"
    corpus.mkdir()
    uploads.mkdir()
    (corpus / PDF).write_bytes(typeset(REPORT))
    (corpus / TEXT).write_text(ARTICLE, encoding="utf-8")
    (uploads / "ljus.pdf").write_bytes(typeset(NEW))
    (uploads / "trasig.pdf").write_bytes(b"%PDF-1.4 not much of a PDF")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "CITYGROUP_CORPUS": str(corpus),
        "CITYGROUP_INDEX": str(folder / "index"),
        "CITYGROUP_LLM_MODEL": "",
        "OMP_NUM_THREADS": "2",
    }
    subprocess.run([sys.executable, "-m", "ingest"], cwd=ROOT, env=environment, check=True, capture_output=True)
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
    log = (folder / "server.log").open("w", encoding="utf-8")
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url, server)
        yield Site(url, corpus, uploads)
    finally:
        server.terminate()
        server.wait(timeout=20)
        log.close()


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert server.poll() is None, "the server ended at once"
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server did not start within a minute")

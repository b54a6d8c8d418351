"""Pages run against working stand-ins for the engine; nothing is cached from one case to the next."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.ui.standins import StandInAssistant, StandInLibrary

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def library(tmp_path: Path) -> StandInLibrary:
    folder = tmp_path / "files"
    folder.mkdir()
    return StandInLibrary(folder)


@pytest.fixture
def assistant(library: StandInLibrary) -> StandInAssistant:
    return StandInAssistant(library)


@pytest.fixture
def engine(assistant: StandInAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[types.ModuleType]:
    """answer.assemble with the stand-in behind it; its `current_generation` and `open_assistant` can be replaced."""
    module = types.ModuleType("answer.assemble")
    module.current_generation = lambda settings: assistant.library.generation  # type: ignore[attr-defined]
    module.open_assistant = lambda settings: assistant  # type: ignore[attr-defined]
    module.Assistant = StandInAssistant  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "answer.assemble", module)
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    monkeypatch.setenv("CITYGROUP_CORPUS", str(corpus))
    monkeypatch.setenv("CITYGROUP_INDEX", str(tmp_path / "index"))
    st.cache_resource.clear()
    st.cache_data.clear()
    yield module
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def open_app(engine: types.ModuleType) -> Callable[..., AppTest]:
    """Opens the app, optionally at a link's query parameters."""

    def start(**parameters: str) -> AppTest:
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
        for name, value in parameters.items():
            at.query_params[name] = value
        return at.run()

    return start

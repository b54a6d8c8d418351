"""What the pages share."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from ingest.settings import Settings
from ui import state


def test_what_has_been_loaded_is_left_out_when_streamlit_collects_garbage(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = [[] for _ in range(1_000)]  # type: ignore[var-annotated]
    monkeypatch.setattr("answer.assemble.open_assistant", lambda settings: loaded)
    gc.unfreeze()
    try:
        assert state._open("a generation of this test alone", Settings(Path(), Path())) is loaded
        assert gc.get_freeze_count() >= 1_000
        gc.collect()
        assert not any(kept is loaded[0] for kept in gc.get_objects())
    finally:
        gc.unfreeze()

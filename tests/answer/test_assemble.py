"""Opening an index: what is loaded is no garbage, and what an earlier one left behind is."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from answer import assemble
from ingest.settings import Settings

SETTINGS = Settings(Path(), Path())


class Loaded:
    """Refers to itself, so that only garbage collection can free it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    gc.unfreeze()
    yield
    gc.unfreeze()
    gc.enable()


def open_with(monkeypatch: pytest.MonkeyPatch, library: object) -> None:
    monkeypatch.setattr(assemble, "open_library", lambda settings: library)
    monkeypatch.setattr(assemble, "load_encoder", lambda settings: None)
    monkeypatch.setattr(assemble, "open_searcher", lambda library, encoder: None)
    monkeypatch.setattr(assemble, "Assistant", lambda library, *rest: library)
    assert assemble.open_assistant(SETTINGS) is library


def test_what_is_loaded_is_not_looked_through_when_garbage_is_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Loaded()
    open_with(monkeypatch, library)
    assert gc.isenabled() and gc.get_freeze_count() > 0
    gc.collect()
    assert not any(kept is library for kept in gc.get_objects())


def test_an_earlier_index_is_freed_when_the_next_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    earlier = Loaded()
    gone = weakref.ref(earlier)
    open_with(monkeypatch, earlier)
    del earlier
    monkeypatch.undo()
    open_with(monkeypatch, Loaded())
    assert gone() is None


def test_garbage_collection_stays_off_where_it_was_and_comes_back_after_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gc.disable()
    open_with(monkeypatch, Loaded())
    assert not gc.isenabled()
    gc.enable()

    def missing(settings: Settings) -> None:
        raise OSError("gone")

    monkeypatch.setattr(assemble, "open_library", missing)
    with pytest.raises(OSError, match="gone"):
        assemble.open_assistant(SETTINGS)
    assert gc.isenabled()

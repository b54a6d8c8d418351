"""The one place that puts the parts together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from answer.assistant import Assistant
from index import generations
from index.embedding import load_encoder
from index.lexical import LexicalIndex
from index.library import open_library
from index.search import Searcher
from ingest.settings import Settings


def open_assistant(settings: Settings, today: Callable[[], date] = date.today) -> Assistant:
    """An assistant over the published index. Raises IndexMissing and IndexMismatch, which name the command that helps."""
    library = open_library(settings)
    encoder = load_encoder(settings)
    searcher = Searcher(library.passages, library.vectors, encoder, LexicalIndex.build(library.passages))
    return Assistant(library, searcher, today)


def current_generation(settings: Settings) -> str:
    """Name of the published index; changes when a new one is published. Cheap. Raises IndexMissing."""
    return generations.current(settings.index)

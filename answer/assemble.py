"""The one place that puts the parts together."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from answer.assistant import Assistant
from index import generations
from index.embedding import Encoder, load_encoder
from index.lexical import LexicalIndex
from index.library import Library, open_library
from index.search import Searcher
from index.thesaurus import Thesaurus
from index.topics import load_topics
from ingest.settings import LanguageModelSettings, Settings

if TYPE_CHECKING:
    from answer.language_model import Writer


def open_assistant(settings: Settings, today: Callable[[], date] = date.today) -> Assistant:
    """An assistant over the published index. Raises IndexMissing and IndexMismatch, which name the command that helps."""
    with _nothing_collected():
        library = open_library(settings)
        encoder = load_encoder(settings)
        searcher = open_searcher(library, encoder)
        return Assistant(library, searcher, today, _writer(settings.llm, library, searcher, encoder))


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Without garbage collection: loading makes half a million objects that stay.

    They are looked through neither meanwhile nor later, which would take a third of a second each time (Streamlit does it
    after every run of a page), except once, where an earlier index may have become garbage.
    """
    again, enabled = gc.get_freeze_count() > 0, gc.isenabled()
    gc.unfreeze()
    gc.disable()
    try:
        yield
    finally:
        if again:
            gc.collect()
        gc.freeze()
        if enabled:
            gc.enable()


def open_searcher(library: Library, encoder: Encoder, thesaurus: Thesaurus | None = None) -> Searcher:
    """The search over an opened library; `thesaurus` where another than the project's own is wanted."""
    return Searcher(
        library.passages,
        library.vectors,
        encoder,
        LexicalIndex.build(library.passages, thesaurus),
        own_vectors=library.own_vectors,
        topics=load_topics(encoder.fingerprint),
        tokens=library.tokens,
    )


def _writer(settings: LanguageModelSettings, library: Library, searcher: Searcher, encoder: Encoder) -> Writer | None:
    """The language model with its checks, where the settings name one."""
    if settings.model is None:
        return None
    from answer.grounding import Grounding
    from answer.language_model import Writer
    from answer.llm_client import LanguageModel, LlamaIndexModel
    from answer.llm_record import RecordedModel

    model: LanguageModel = LlamaIndexModel(settings)
    if settings.trace is not None:
        from answer.llm_trace import start_tracing

        start_tracing(settings.trace, settings.model)
    if settings.record is not None:
        model = RecordedModel(model, settings.record)
    grounding = Grounding(library, searcher.lexical.overlap, encoder.encode_query)
    return Writer(model, grounding, settings.timeout, settings.context)


def current_generation(settings: Settings) -> str:
    """Name of the published index; changes when a new one is published. Cheap. Raises IndexMissing."""
    return generations.current(settings.index)

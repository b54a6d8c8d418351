"""What the pages share: the opened assistant, and what belongs to one visit."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st

from answer.model import Answer, NoAnswer, Query
from ingest.errors import CitygroupError, IndexBusy, IndexMismatch, IndexMissing, NothingToRead, SettingsError
from ingest.settings import Settings, read_settings
from ui.texts import t

if TYPE_CHECKING:
    from answer.assemble import Assistant
    from ui.drafting import Drafting

logger = logging.getLogger(__name__)


@dataclass
class Exchange:
    """One question of the visit and what came back. `id` tells its widgets and chips from others'.

    `drafting` is set while a language model is at work on the answer; `result` stands until then.
    """

    id: str
    query: Query
    result: Answer | NoAnswer
    drafting: Drafting | None = None


@dataclass(frozen=True)
class Asked:
    """A question that waits for its answer. `replaces` is the id of the exchange whose answer it takes the place of."""

    query: Query
    replaces: str | None = None


@dataclass
class Visit:
    """Everything that a visit remembers. `asked` are answered one by one, the first in this run."""

    exchanges: list[Exchange] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    count: int = 0
    jumps: int = 0  # counted up to bring `jump_to` into view once
    jump_to: str = ""


def visit() -> Visit:
    if "visit" not in st.session_state:
        st.session_state["visit"] = Visit()
    found: Visit = st.session_state["visit"]
    return found


def settings() -> Settings:
    """Raises SettingsError."""
    return read_settings()


def assistant() -> Assistant:
    """The assistant over the index that is published now. A newer index is opened as soon as it is published.

    Raises IndexMissing and IndexMismatch.
    """
    from answer.assemble import current_generation

    now = settings()
    return _open(current_generation(now), now)


@st.cache_resource(max_entries=2, show_spinner=False)
def _open(generation: str, _settings: Settings) -> Any:
    from answer.assemble import open_assistant

    return open_assistant(_settings)


def explain(error: Exception) -> str:
    """What happened and what to do, in Swedish."""
    for kind, key in (
        (IndexMissing, "errors.index_missing"),
        (IndexMismatch, "errors.index_mismatch"),
        (IndexBusy, "errors.index_busy"),
        (NothingToRead, "errors.nothing_to_read"),
    ):
        if isinstance(error, kind):
            return t(key)
    if isinstance(error, SettingsError):
        return t("errors.settings", detail=error)
    if isinstance(error, CitygroupError):
        return t("errors.known", detail=error)
    return t("errors.unknown")


def plain(text: str) -> str:
    """Markdown's signs taken literally, for labels and captions that Streamlit reads as Markdown."""
    return re.sub(r"([\\`*_{}\[\]()#+!$~|<>]|:(?=\w))", r"\\\1", text)


@contextmanager
def explained() -> Iterator[None]:
    """Show an error in Swedish instead of a traceback; the traceback goes to the log."""
    try:
        yield
    except Exception as error:
        if type(error).__module__.startswith("streamlit"):
            raise  # stop and rerun are exceptions of Streamlit
        logger.exception("page failed")
        st.error(plain(explain(error)), icon=":material/error:")

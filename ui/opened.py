"""The source that is open beside an answer, or that came by a link. It is the page's address, so it can be shared."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from ui import bridge, state
from ui.citations import PARAMETERS, SourceRef, read_parameters, read_query, source_panel
from ui.state import visit

if TYPE_CHECKING:
    from answer.assemble import Assistant

OPEN = "open_source"  # (exchange id, number, SourceRef) in the session
SHARED = "shared"  # the exchange id of a source that came by a link


def opened() -> tuple[str, int, SourceRef | None]:
    found: tuple[str, int, SourceRef | None] = st.session_state.get(OPEN, ("", 0, None))
    return found


def take_link() -> None:
    """A shared link opens its source, once."""
    ref = read_parameters(st.query_params.to_dict())
    if ref is not None and opened()[2] is None and ref != st.session_state.get("link_taken"):
        st.session_state[OPEN] = (SHARED, 0, ref)
    st.session_state["link_taken"] = ref


def chip_clicked(click: bridge.Click) -> None:
    ref = read_query(click.query)
    if ref is not None:
        _show(click.exchange, click.number, ref)
        visit().jump_to, visit().jumps = "cg-source", visit().jumps + 1


def _show(exchange_id: str, number: int, ref: SourceRef) -> None:
    st.session_state[OPEN] = (exchange_id, number, ref)
    st.session_state["link_taken"] = ref
    st.query_params.from_dict(ref.parameters)


def _turn(page: int) -> None:
    exchange_id, number, ref = opened()
    if ref is not None:
        _show(exchange_id, number, replace(ref, page=page))


def close_source() -> None:
    exchange_id, number, _ = opened()
    st.session_state.pop(OPEN, None)
    for name in PARAMETERS:
        st.query_params.pop(name, None)
    st.session_state["link_taken"] = None
    if exchange_id and exchange_id != SHARED:
        visit().jump_to, visit().jumps = f"cg-{exchange_id}-{number}-cg-chip", visit().jumps + 1


def panel(assistant: Assistant, ref: SourceRef | None, number: int) -> None:
    def close() -> None:
        close_source()
        st.rerun()

    if ref is not None:
        with state.explained():
            source_panel(ref, assistant.library, _turn, close, number)

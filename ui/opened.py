"""The source that is open beside an answer, or that came by a link. It is the page's address, so it can be shared."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from ui import bridge, state
from ui.citations import PARAMETERS, SourceRef, read_parameters, read_query, source_panel
from ui.state import visit

if TYPE_CHECKING:
    from answer.assemble import Assistant

OPEN = "open_source"  # (exchange id, number, SourceRef) in the session
SETTLES = 1.0  # seconds until the browser's address is what was written
SHARED = "shared"  # the exchange id of a source that came by a link


def opened() -> tuple[str, int, SourceRef | None]:
    found: tuple[str, int, SourceRef | None] = st.session_state.get(OPEN, ("", 0, None))
    return found


def take_link() -> None:
    """The address decides where it is not our own: a shared link opens its source, back and forward follow it."""
    ref = read_parameters(st.query_params.to_dict())
    if ref == st.session_state.get("link_taken"):
        return
    if time.monotonic() - st.session_state.get("link_written", -SETTLES) < SETTLES:
        return  # the browser has not written our own yet
    st.session_state["link_taken"] = ref
    if ref is None:
        st.session_state.pop(OPEN, None)
    else:
        exchange_id, number = st.session_state.get("link_places", {}).get(_mark(ref), ("", 0))
        there = any(exchange.id == exchange_id for exchange in visit().exchanges)
        st.session_state[OPEN] = (exchange_id, number, ref) if there else (SHARED, 0, ref)


def chip_clicked(click: bridge.Click) -> None:
    ref = read_query(click.query)
    if ref is not None:
        _show(click.exchange, click.number, ref)
        visit().jump_to, visit().jumps = "cg-source", visit().jumps + 1


def _show(exchange_id: str, number: int, ref: SourceRef) -> None:
    st.session_state[OPEN] = (exchange_id, number, ref)
    st.session_state.setdefault("link_places", {})[_mark(ref)] = (exchange_id, number)
    st.query_params.from_dict(ref.parameters)
    _written(ref)


def _mark(ref: SourceRef) -> SourceRef:
    """What a source is the same by while its pages are turned."""
    return replace(ref, page=None)


def _written(ref: SourceRef | None) -> None:
    st.session_state["link_taken"] = ref
    st.session_state["link_written"] = time.monotonic()


def _turn(page: int) -> None:
    exchange_id, number, ref = opened()
    if ref is not None:
        _show(exchange_id, number, replace(ref, page=page))


def close_source() -> None:
    exchange_id, number, _ = opened()
    st.session_state.pop(OPEN, None)
    for name in PARAMETERS:
        st.query_params.pop(name, None)
    _written(None)
    if exchange_id and exchange_id != SHARED:
        visit().jump_to, visit().jumps = f"cg-{exchange_id}-{number}-cg-chip", visit().jumps + 1


def panel(assistant: Assistant, ref: SourceRef | None, number: int) -> None:
    def close() -> None:
        close_source()
        st.rerun()

    if ref is not None:
        with state.explained():
            source_panel(ref, assistant.library, _turn, close, number)

"""The sidebar's filters: what the next question is narrowed to, and what there is to choose from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.labels import meeting_name, region_name
from ui.order import swedish_order
from ui.texts import t

if TYPE_CHECKING:
    from answer.assemble import Assistant


def regions(assistant: Assistant) -> list[str]:
    return sorted({c.region for r in assistant.library.reports for c in r.regions}, key=swedish_order)


def meetings(assistant: Assistant) -> dict[str, str]:
    """ISO date -> name, newest first."""
    found = {r.meeting.date: meeting_name(r.meeting) for r in assistant.library.reports if r.meeting}
    return {day: found[day] for day in sorted(found, reverse=True)}


def towns(assistant: Assistant) -> list[str]:
    """Every town that a statement is about, in Swedish order."""
    return sorted({town for r in assistant.library.reports for p in r.passages for town in p.towns}, key=swedish_order)


def filters(assistant: Assistant) -> None:
    """The sidebar. Each choice is kept for the visit, also while another page is shown."""
    names = meetings(assistant)
    everything = towns(assistant)
    with st.sidebar:
        st.subheader(t("filters.title"), anchor=False)
        _filter("filter_region", t("filters.region"), regions(assistant), region_name, t("filters.all_regions"))
        _filter(
            "filter_meeting",
            t("filters.meeting"),
            list(names),
            lambda day: names.get(day, day),
            t("filters.all_meetings"),
        )
        _filter("filter_town", t("filters.town"), everything, str, t("filters.all_towns"))
        _filter(
            "filter_home_town",
            t("filters.home_town"),
            everything,
            str,
            t("filters.no_home_town"),
            t("filters.home_help"),
        )
        if any(st.session_state.get(f"filter_{name}") for name in ("region", "meeting", "town")):
            st.button(t("filters.reset"), on_click=_reset_filters, key="filter-reset", icon=":material/filter_alt_off:")
        st.caption(t("filters.hint"))


def _filter(
    key: str, label: str, options: list[str], name: Callable[[Any], str], placeholder: str, explained: str | None = None
) -> None:
    kept = st.session_state.get(key)  # Streamlit forgets a widget that a page does not show; the plain key stays
    if f"{key}_box" not in st.session_state:
        st.session_state[f"{key}_box"] = kept if kept in options else None
    st.session_state[key] = st.selectbox(
        label,
        options,
        key=f"{key}_box",
        format_func=name,
        placeholder=placeholder,
        help=explained,
    )


def _reset_filters() -> None:
    for name in ("region", "meeting", "town"):
        st.session_state[f"filter_{name}"] = st.session_state[f"filter_{name}_box"] = None

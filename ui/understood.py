"""How a question was understood: shown above its answer, with what narrows it to take away or change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from answer.model import Understanding
from ui.filters import meetings, regions, towns
from ui.labels import region_name, short_date, short_title
from ui.state import Exchange, plain
from ui.texts import t

if TYPE_CHECKING:
    from answer.assemble import Assistant

Again = Callable[[Exchange, Understanding], None]
"""Asks the exchange's question again, read like this."""


def understood(exchange: Exchange, assistant: Assistant, again: Again) -> None:
    read = exchange.result.understanding
    if not (read.topic or read.fact or _constraints(read)):
        return
    words = [
        t("understood.fact")
        if read.fact
        else t("understood.searched", topic=read.topic)
        if read.topic
        else t("understood.all")
    ]
    words += [t("understood.follow_up")] if read.follow_up else []
    words += [t("understood.corrected", typed=a, read=b) for a, b in read.corrections]
    with st.container(horizontal=True, key=f"understood-{exchange.id}", vertical_alignment="center"):
        st.caption(f"{t('understood.label')} {plain('; '.join(words))}", width="content")
        for number, (label, without) in enumerate(_constraints(read)):
            st.button(
                plain(label),
                key=f"without-{exchange.id}-{number}",
                icon=":material/close:",
                icon_position="right",
                help=t("understood.remove"),
                on_click=again,
                args=(exchange, without),
            )
        _change(exchange, read, assistant, again)


def _constraints(read: Understanding) -> list[tuple[str, Understanding]]:
    """What narrows the answer: its label, and the understanding without it."""

    def less(values: tuple[str, ...], value: str) -> tuple[str, ...]:
        return tuple(v for v in values if v != value)

    found = [(t("understood.region", name=v), replace(read, regions=less(read.regions, v))) for v in read.regions]
    found += [
        (t("understood.meeting", name=short_date(v)), replace(read, meetings=less(read.meetings, v)))
        for v in read.meetings
    ]
    found += [(t("understood.town", name=v), replace(read, towns=less(read.towns, v))) for v in read.towns]
    found += [
        (t("understood.excluded", name=v), replace(read, excluded_towns=less(read.excluded_towns, v)))
        for v in read.excluded_towns
    ]
    found += [
        (t("understood.document", name=short_title(v, 30)), replace(read, documents=less(read.documents, v)))
        for v in read.documents
    ]
    return found


def _change(exchange: Exchange, read: Understanding, assistant: Assistant, again: Again) -> None:
    key = exchange.id
    with st.popover(
        t("understood.change"), icon=":material/tune:", help=t("understood.change_help"), key=f"change-{key}"
    ):
        topic = st.text_input(t("understood.topic"), read.topic, key=f"topic-{key}", max_chars=200)
        regions_ = _choice(t("filters.region"), regions(assistant), read.regions, f"region-{key}", region_name)
        meetings_ = _choice(
            t("filters.meeting"),
            list(meetings(assistant)),
            read.meetings,
            f"meeting-{key}",
            lambda day: meetings(assistant).get(day, day),
        )
        towns_ = _choice(t("filters.town"), towns(assistant), read.towns, f"town-{key}", str)
        if st.button(t("understood.ask_again"), key=f"again-{key}", type="primary"):
            changed = replace(
                read,
                regions=regions_,
                meetings=meetings_,
                towns=towns_,
                unknown=(),
            )
            if topic.strip() != read.topic:
                changed = replace(changed, topic=topic.strip(), text=topic.strip(), fact=None)
            again(exchange, changed)
            st.rerun()


def _choice(
    label: str, options: list[str], chosen: tuple[str, ...], key: str, name: Callable[[Any], str]
) -> tuple[str, ...]:
    """None, one or several of the options; what was understood is among them, also under another name."""
    offered = [*options, *(value for value in chosen if value not in options)]
    return tuple(
        st.multiselect(label, offered, list(chosen), key=key, format_func=name, placeholder=t("understood.any"))
    )

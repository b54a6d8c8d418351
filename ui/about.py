"""The page Om: what this is, what it knows, how an answer comes about, what it cannot do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ingest.model import Report
from ui import access, state
from ui.access import Role
from ui.browse import by_time
from ui.labels import report_name
from ui.texts import t, texts

if TYPE_CHECKING:
    from answer.assemble import Assistant


def render(assistant: Assistant) -> None:
    with st.container(key="page"):
        st.title(t("about.title"), anchor=False)
        _part("what")
        st.header(t("about.knows_title"), anchor=False)
        st.markdown("\n".join(_line(report) for report in by_time(assistant.library.reports)))
        _part("how")
        model = state.settings().llm.model
        st.write(t("about.engine_llm", model=state.plain(model)) if model else t("about.engine_plain"))
        st.header(t("about.cannot_title"), anchor=False)
        st.markdown("\n".join(f"- {line}" for line in texts("about.cannot")))
        _part("privacy")
        st.header(t("about.who_title"), anchor=False)
        st.write(_who(access.visitor()))


def _line(report: Report) -> str:
    pages = t("sources.pages", n=len(report.pages)) if report.pages and report.pages[0].number else ""
    counts = ", ".join(filter(None, [pages, t("sources.counts", n=len(report.passages))]))
    return f"- {state.plain(report_name(report))} ({counts})"


def _part(name: str) -> None:
    st.header(t(f"about.{name}_title"), anchor=False)
    st.write(t(f"about.{name}"))


def _who(who: access.Visitor) -> str:
    if not who.login:
        return t("about.who_open")
    names = {Role.READER: "ask", Role.REVIEWER: "review", Role.ADMINISTRATOR: "administer"}
    may = ", ".join(t(f"access.{name}") for role, name in names.items() if who.may(role))
    return t("about.who_role", name=state.plain(who.address or ""), may=may)

"""The page Frågebank: the question set, reviewed by the people who use the answers."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from eval.runner import Assistant
from ingest.errors import QuestionSetError
from ui import access
from ui.question_case import render_case
from ui.question_inbox import render_excel, render_inbox, render_new, waiting
from ui.question_list import render_list
from ui.question_runs import render_runs
from ui.question_state import Bank, load_cases, opened, show_messages
from ui.question_texts import q

VIEWS = ("list", "runs", "inbox", "new", "excel")

_CSS = """
<style>
.st-key-questions { max-width: 84rem; margin-inline: auto; width: 100%; }
.st-key-questions [data-testid="stMetricValue"] { font-size: 1.5rem; }
.st-key-qb-counts { gap: .4rem 1.6rem; }
.st-key-questions :is([class*="st-key-qb-expected-"], [class*="st-key-qb-accepted-"]) button {
  min-height: 1.8rem; padding-block: 0; }
.st-key-questions :is([class*="st-key-qb-expected-"], [class*="st-key-qb-accepted-"]) button p { font-size: .86rem; }
@media (max-width: 640px) {
  .st-key-qb-top > div { max-width: 100%; }
  .st-key-qb-top [data-testid="stButtonGroup"] > div { flex-wrap: wrap; }
  .st-key-qb-filters > div { width: auto !important; flex: 1 1 45% !important; min-width: 0 !important; }
  .st-key-qb-counts [data-testid="stMetric"] { min-width: 6.5rem; }
}
</style>
"""


def render(assistant: Assistant, bank: Bank | None = None) -> None:
    """Draw the page. `bank` names the files to work on; the project's own unless given."""
    documents = tuple(sorted(report.document for report in assistant.library.reports))
    bank = replace(bank or Bank(), documents=documents)
    st.html(_CSS)
    with st.container(key="questions"):
        st.title(q("title"), anchor=False)
        try:
            cases = load_cases(bank)
        except QuestionSetError as error:
            st.error(q("unreadable", reason=error), icon=":material/error:")
            return
        show_messages()
        if opened() is not None:
            render_case(assistant, bank, cases, _reviewer)
            return
        st.markdown(q("intro"))
        new_thumbs = waiting(bank)
        labels = {name: q(f"views.{name}") for name in ("list", "runs", "new", "excel")}
        labels["inbox"] = q("views.inbox", n=new_thumbs) if new_thumbs else q("views.inbox_empty")
        st.session_state.setdefault("qb-view", "list")
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom", key="qb-top"
        ):
            view = st.segmented_control(
                q("views.label"),
                VIEWS,
                format_func=labels.__getitem__,
                required=True,
                key="qb-view",
                label_visibility="collapsed",
                width="content",
            )
            _reviewer()
        if view == "runs":
            render_runs(bank, cases)
        elif view == "inbox":
            render_inbox(bank, cases)
        elif view == "new":
            render_new(assistant, bank, cases)
        elif view == "excel":
            render_excel(bank, cases)
        else:
            render_list(assistant, bank, cases)


def _reviewer() -> None:
    """Who is reviewing; remembered for the visit, also while the field is not shown.

    Whoever has logged in is told by the login: the part before the @, since the question file is no place for addresses.
    """
    address = access.visitor().address
    known = address.partition("@")[0] if address else ""
    st.session_state["qb-me"] = known or st.session_state.get("qb-me", "")
    st.text_input(q("me"), key="qb-me", help=q("me_help"), max_chars=60, width=260, disabled=bool(known))

"""The chat page: questions, answers with their sources beside them, and how each question was understood."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from answer.model import Answer, Citation, NoAnswer, Query, Understanding
from ui import bridge, drafting, state
from ui.actions import answer_actions, conversation_actions
from ui.answers import answer_html, refusal_html
from ui.citations import source_of
from ui.filters import filters
from ui.labels import report_name, short_date, short_title
from ui.opened import SHARED, chip_clicked, close_source, opened, panel, take_link
from ui.state import Exchange, visit
from ui.texts import t, texts
from ui.understood import understood
from ui.writing import evidence, settle, writing_panel

if TYPE_CHECKING:
    from answer.assemble import Assistant

NAMED = 6  # reports on the first page


def render(assistant: Assistant) -> None:
    take_link()
    settle()
    conversation = st.container(key="conversation")
    # in a container of its own, since Streamlit scrolls to the end of a page whose input it has pinned itself
    question = st.container(key="ask").chat_input(t("chat.input"), key="question", max_chars=1000)
    filters(assistant)
    if question and question.strip():
        _ask(_query(question.strip()))
    with conversation:
        if opened()[0] == SHARED:
            st.info(t("chat.link_title"), icon=":material/link:")
            panel(assistant, opened()[2], 0)
        elif not visit().exchanges and not visit().asked:
            _welcome(assistant)
        for exchange in visit().exchanges:
            _exchange(exchange, assistant)
        if visit().asked:
            _answer_first(assistant)
        elif visit().exchanges:
            conversation_actions(visit().exchanges, _clear)
    exchange_id, number, ref = opened()
    current = f"cg-{exchange_id}-{number}-cg-chip" if ref else ""
    bridge.listen(chip_clicked, current, visit().jump_to, visit().jumps, ref.query if ref else "")


# --- asking ---


def _query(question: str) -> Query:
    chosen = st.session_state
    return Query(
        question,
        history=tuple(e.query.question for e in visit().exchanges),
        region=chosen.get("filter_region"),
        meeting=chosen.get("filter_meeting"),
        town=chosen.get("filter_town"),
        home_town=chosen.get("filter_home_town"),
    )


def _ask(query: Query, replaces: str | None = None) -> None:
    """Let this run answer the query, after those that wait already; what is clicked twice is asked once."""
    asked = state.Asked(query, replaces)
    if asked not in visit().asked:
        visit().asked.append(asked)


def _ask_text(question: str) -> None:
    _ask(_query(question))


def _ask_again(exchange: Exchange, read: Understanding) -> None:
    _ask(replace(exchange.query, understanding=read), replaces=exchange.id)


def _answer_first(assistant: Assistant) -> None:
    """Streamlit breaks a run off at any of its calls when the reader goes on: until there is an answer, it waits."""
    now = visit()
    query, replaces = now.asked[0].query, now.asked[0].replaces
    if replaces is None:
        query = replace(query, history=tuple(e.query.question for e in now.exchanges))
        with st.chat_message("user", avatar=":material/person:"):
            st.html(f'<p class="cg-question">{escape(query.question)}</p>')
    with (
        st.chat_message("assistant", avatar=":material/menu_book:"),
        state.explained(),
        st.status(t("chat.working"), expanded=False) as status,
    ):
        now.asked.pop(0)  # a question that fails is not asked again and again
        found = assistant.find(query)
        now.count += 1
        fresh = Exchange(f"s{now.count}", query, found, drafting.begin(assistant, found))
        replaced = next((e for e in now.exchanges if e.id == replaces), None)
        if replaced is not None:
            _stop(replaced)
            now.exchanges[now.exchanges.index(replaced)] = fresh
        else:
            now.exchanges.append(fresh)
        now.jump_to, now.jumps = f"cg-ask-{fresh.id}", now.jumps + 1
        close_source()
        status.update(label=t("chat.done"), state="complete")
        st.rerun()


def _clear() -> None:
    for exchange in visit().exchanges:
        _stop(exchange)
    st.session_state["visit"] = state.Visit()
    close_source()


def _stop(exchange: Exchange) -> None:
    if exchange.drafting is not None:
        exchange.drafting.stop()


# --- what is shown ---


def _welcome(assistant: Assistant) -> None:
    st.title(t("chat.title"), anchor=False)
    st.write(t("chat.intro"))
    names = [report_name(r) for r in assistant.library.reports]
    listed = "; ".join(short_title(name, 90) for name in names[:NAMED]) + (" …" if len(names) > NAMED else "")
    st.caption(state.plain(t("chat.knows", n=len(names), names=listed)))
    st.html(f'<h2 class="cg-examples">{t("chat.examples_title")}</h2>')
    with st.container(key="examples"):
        for number, example in enumerate(examples(assistant)):
            st.button(
                example, key=f"example-{number}", on_click=_ask_text, args=(example,), icon=":material/arrow_forward:"
            )


def examples(assistant: Assistant) -> list[str]:
    """Example questions that these reports can answer."""
    return _examples(assistant.library.generation, assistant)


@st.cache_data(max_entries=2, show_spinner=False)
def _examples(generation: str, _assistant: Assistant) -> list[str]:
    """Kept by `generation`: asking them all takes a second. Nothing is sent to a language model."""
    wanted = int(t("chat.examples_shown"))
    found: list[str] = []
    for question in texts("chat.examples"):
        if len(found) == wanted:
            break
        if isinstance(_assistant.find(Query(question)), Answer):
            found.append(question)
    meetings = [r.meeting for r in _assistant.library.reports if r.meeting]
    if meetings and len(found) < wanted:
        found.append(t("chat.example_theme", date=short_date(max(m.date for m in meetings))))
    return found


def _exchange(exchange: Exchange, assistant: Assistant) -> None:
    with st.chat_message("user", avatar=":material/person:"):
        st.html(f'<p id="cg-ask-{exchange.id}" class="cg-question">{escape(exchange.query.question)}</p>')
    open_in, number, ref = opened()
    if open_in == exchange.id and ref is not None:
        left, right = st.columns([11, 10], gap="medium")
        with left:
            _result(exchange, assistant)
        with right:
            panel(assistant, ref, number)
    else:
        _result(exchange, assistant)


def _result(exchange: Exchange, assistant: Assistant) -> None:
    result = exchange.result

    def href(citation: Citation) -> str:
        return "?" + source_of(citation).query

    with st.chat_message("assistant", avatar=":material/menu_book:"):
        if result.notice:
            st.info(result.notice, icon=":material/info:")
        understood(exchange, assistant, _ask_again)
        writing_panel(exchange)
        if isinstance(result, Answer):
            st.html(answer_html(result, exchange.id, href))
            if result.engine == "llm":
                st.caption(t("answer.engine_llm"))
        else:
            st.html(refusal_html(result, exchange.id, href))
            _suggestions(exchange.id, result)
        evidence(result)
        answer_actions(exchange, assistant)


def _suggestions(exchange_id: str, result: NoAnswer) -> None:
    if not result.suggestions:
        return
    st.caption(t("answer.suggestions"))
    for number, suggestion in enumerate(result.suggestions):
        st.button(
            state.plain(suggestion), key=f"suggest-{exchange_id}-{number}", on_click=_ask_text, args=(suggestion,)
        )

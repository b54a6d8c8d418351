"""What a reader can do with an answer: copy, print, save, and say whether it helped."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from ui.state import Exchange
from ui.texts import t

if TYPE_CHECKING:
    from answer.assemble import Assistant

logger = logging.getLogger(__name__)


def answer_actions(exchange: Exchange, assistant: Assistant) -> None:
    with st.container(horizontal=True, key=f"actions-{exchange.id}", vertical_alignment="center"):
        _feedback(exchange, assistant)


def conversation_actions(exchanges: Sequence[Exchange], on_clear: Callable[[], None]) -> None:
    with st.container(horizontal=True, key="actions-conversation", vertical_alignment="center"):
        st.button(t("chat.clear"), icon=":material/add_comment:", on_click=on_clear, key="clear", type="tertiary")


def _feedback(exchange: Exchange, assistant: Assistant) -> None:
    key = f"thumb-{exchange.id}"
    sent = f"sent-{exchange.id}"
    st.html(f'<span class="cg-sr">{escape(t("feedback.label"))}</span>', width="content")
    thumb = st.feedback("thumbs", key=key, disabled=bool(st.session_state.get(sent)))
    if st.session_state.get(sent):
        st.caption(t("feedback.thanks"))
    elif thumb is not None:
        with st.form(f"comment-{exchange.id}", border=False):
            comment = st.text_input(t("feedback.comment"), key=f"comment-text-{exchange.id}", max_chars=1000)
            if st.form_submit_button(t("feedback.send"), type="primary"):
                _send(exchange, assistant, bool(thumb), comment, sent)


def _send(exchange: Exchange, assistant: Assistant, up: bool, comment: str, sent: str) -> None:
    from eval import feedback

    try:
        feedback.add(exchange.result, "upp" if up else "ned", assistant.library, comment)
    except OSError:
        logger.exception("feedback was not saved")
        st.error(t("feedback.failed"))
        return
    st.session_state[sent] = True
    st.rerun()

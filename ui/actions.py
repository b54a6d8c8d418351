"""What a reader can do with an answer: copy, print, save, and say whether it helped."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from ui import access
from ui.export import to_markdown, to_pdf, to_text, to_word
from ui.state import Exchange, visit
from ui.texts import t

if TYPE_CHECKING:
    from answer.assemble import Assistant

FORMS: tuple[tuple[str, str, str, Callable[..., str | bytes]], ...] = (
    ("word", "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", to_word),
    ("pdf", "pdf", "application/pdf", to_pdf),
    ("markdown", "md", "text/markdown", to_markdown),
)

logger = logging.getLogger(__name__)


def answer_actions(exchange: Exchange, assistant: Assistant) -> None:
    with st.container(horizontal=True, key=f"actions-{exchange.id}", vertical_alignment="center"):
        thumb = _feedback(exchange)
        st.html(_links(to_text([exchange])), width="content")
        _save([exchange], t("actions.save"), t("export.file"), exchange.id)
    if thumb is not None:
        _comment(exchange, assistant, bool(thumb))


def conversation_actions(exchanges: Sequence[Exchange], on_clear: Callable[[], None]) -> None:
    with st.container(horizontal=True, key="actions-conversation", vertical_alignment="center"):
        st.button(t("chat.clear"), icon=":material/add_comment:", on_click=on_clear, key="clear", type="tertiary")
        if len(exchanges) > 1:
            _save(exchanges, t("actions.save_all"), t("export.file_all"), "all")


def _links(text: str) -> str:
    """Copy and print; ui/bridge.py does the work in the browser."""
    copy = (
        f'<button class="cg-action" type="button" data-cg-copy="{escape(text)}" '
        f'data-cg-done="{escape(t("actions.copied"))}" data-cg-failed="{escape(t("actions.copy_failed"))}">'
        f"<span>{escape(t('actions.copy'))}</span></button>"
    )
    shown = f'<button class="cg-action" type="button" data-cg-print="1">{escape(t("actions.print"))}</button>'
    return f'<div class="cg-actions">{copy}{shown}</div>'


def _save(exchanges: Sequence[Exchange], label: str, name: str, key: str) -> None:
    """Files are made when they are asked for."""
    now = datetime.now()
    with st.popover(label, icon=":material/download:", type="tertiary", key=f"save-{key}"):
        for kind, ending, mime, make in FORMS:
            st.download_button(
                t(f"actions.{kind}"),
                data=partial(make, list(exchanges), now),
                file_name=f"{name}.{ending}",
                mime=mime,
                key=f"save-{key}-{kind}",
                on_click="ignore",
                width="stretch",
            )


def _feedback(exchange: Exchange) -> int | None:
    """The thumbs; the one that was given and not sent yet."""
    sent = st.session_state.get(f"sent-{exchange.id}", False)
    st.html(f'<span class="cg-sr">{escape(t("feedback.label"))}</span>', width="content")
    thumb = st.feedback("thumbs", key=f"thumb-{exchange.id}", disabled=sent, on_change=_to_comment, args=(exchange.id,))
    if sent:
        st.caption(t("feedback.thanks"), width="content")
    return None if sent else thumb


def _to_comment(exchange_id: str) -> None:
    """The comment's field would open behind the field for questions."""
    visit().jump_to, visit().jumps = f"cg-comment-{exchange_id}", visit().jumps + 1


def _comment(exchange: Exchange, assistant: Assistant, up: bool) -> None:
    st.html(f'<span id="cg-comment-{exchange.id}" class="cg-sr"></span>')
    with st.form(f"comment-{exchange.id}", border=False):
        comment = st.text_input(t("feedback.comment"), key=f"comment-text-{exchange.id}", max_chars=1000)
        if st.form_submit_button(t("feedback.send"), type="primary"):
            _send(exchange, assistant, up, comment, f"sent-{exchange.id}")


def _send(exchange: Exchange, assistant: Assistant, up: bool, comment: str, sent: str) -> None:
    from eval import feedback

    try:
        feedback.add(
            exchange.result, "upp" if up else "ned", assistant.library, comment, access.visitor().address or ""
        )
    except OSError:
        logger.exception("feedback was not saved")
        st.error(t("feedback.failed"))
        return
    st.session_state[sent] = True
    st.rerun()

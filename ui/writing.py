"""The language model at work, as the reader sees it: the draft while it is written, a stop button, what was checked."""

from __future__ import annotations

from html import escape

import streamlit as st

from answer import model
from answer.model import Answer, NoAnswer
from ui.drafting import Drafting
from ui.state import Exchange, visit
from ui.texts import t

PACE = 0.5  # seconds between two looks at the draft


def settle() -> None:
    """Put the answers that are ready in their places."""
    for exchange in visit().exchanges:
        drafting = exchange.drafting
        if drafting is None:
            continue
        exchange.result = drafting.result or drafting.found
        if drafting.result is not None:
            exchange.drafting = None


def writing_panel(exchange: Exchange) -> None:
    """The draft above the answer that stands until it is ready; nothing where no model is at work."""
    if exchange.drafting is not None:
        with st.container(key=f"writing-{exchange.id}"):
            _progress(exchange, exchange.drafting)


@st.fragment(run_every=PACE)
def _progress(exchange: Exchange, drafting: Drafting) -> None:
    if drafting.result is not None or drafting.found is not exchange.result:
        st.rerun()  # the whole page: the answer changes place
    said = t("writing.rewording") if drafting.rewording else t("writing.writing")
    st.html(f'<p class="cg-soft" role="status">{escape(said)}</p>')  # apart from the draft: it is read out once
    if text := drafting.text.strip():
        st.html(f'<div class="cg-draft"><div>{escape(text)}</div></div>')
    st.button(
        t("writing.stop"),
        key=f"stop-{exchange.id}",
        icon=":material/stop_circle:",
        on_click=drafting.stop,
        width="content",
    )


def evidence(result: Answer | NoAnswer) -> None:
    """The sentences that did not pass, and what was sent to the model and received from it."""
    if isinstance(result, Answer) and result.dropped:
        with st.expander(t("answer.dropped", n=len(result.dropped)), icon=":material/rule:"):
            items = "".join(
                f'<li><p>”{escape(item.text)}”</p><p class="cg-soft">{escape(item.reason)}</p></li>'
                for item in result.dropped
            )
            st.html(f'<p class="cg-soft">{escape(t("answer.dropped_why"))}</p><ul class="cg-dropped">{items}</ul>')
    if result.exchanges:
        with st.expander(t("evidence.show"), icon=":material/receipt_long:"):
            st.html("".join(_turn(place, item) for place, item in enumerate(result.exchanges, 1)))


def _turn(place: int, item: model.Exchange) -> str:
    """One request and its reply, folded."""
    parts = [(t(f"evidence.{role}") if role in ("system", "user") else role, text) for role, text in item.sent]
    parts.append((t("evidence.received"), item.received or t("evidence.nothing")))
    body = "".join(f'<h4>{escape(name)}</h4><pre tabindex="0">{escape(text)}</pre>' for name, text in parts)
    title = escape(t("evidence.turn", place=place, purpose=t(f"evidence.{item.purpose}")))
    return f'<details class="cg-evidence"><summary>{title}</summary>{body}</details>'

"""The citations of the open question's answer: quote, page, and which expected mention each one states."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from answer.model import Answer, Citation, NoAnswer
from eval.cases import Case, Mention
from eval.evaluators import stated_by
from eval.keys import mention_of
from eval.places import Places
from eval.runner import Assistant
from ui import pages
from ui.citations import look_up, marked_text, source_of
from ui.labels import citation_label
from ui.question_mentions import add_mention, place_text
from ui.question_picker import escaped
from ui.question_state import Bank
from ui.question_texts import q

FIRST = 12


def render_sources(assistant: Assistant, bank: Bank, case: Case, result: Answer | NoAnswer, places: Places) -> None:
    citations = result.citations if isinstance(result, Answer) else ()
    if not citations:
        st.caption(q("case.none_expected"))
        return
    stated: dict[int, list[tuple[str, Mention]]] = {}
    for where, mentions in (("states", case.expected), ("states_accepted", case.accepted)):
        for mention in mentions:
            for number in stated_by(mention, result, places):
                stated.setdefault(number, []).append((where, mention))
    everything = len(citations) <= FIRST or st.toggle(f"{q('list.all')} ({len(citations)})", key="qb-case-all-sources")
    for citation in citations if everything else citations[:FIRST]:
        _source(assistant, bank, case, citation, stated.get(citation.number, []), places)


def _source(
    assistant: Assistant, bank: Bank, case: Case, citation: Citation, stated: list[tuple[str, Mention]], places: Places
) -> None:
    key = f"qb-source-{citation.number}"
    with st.container(border=True, key=key, gap="small"):
        st.markdown(f"**\\[{citation.number}\\] {escaped(citation_label(citation))}**")
        st.html(f'<div class="cg-source"><blockquote>{escape(citation.quote)}</blockquote></div>')
        if not places.stands(citation):
            st.error(q("case.not_on_page"), icon=":material/error:")
        elif not places.region_fits(citation):
            st.error(q("case.wrong_region"), icon=":material/error:")
        for where in dict.fromkeys(where for where, _ in stated):
            told = "; ".join(place_text(mention, places) for at, mention in stated if at == where)
            st.caption(f"✓ {escaped(q(f'case.{where}', names=told))}")
        with st.container(horizontal=True, vertical_alignment="center"):
            if not stated:
                st.caption(q("case.states_nothing"))
                _take_buttons(bank, case, citation, places, key)
            shown = st.toggle(q("case.show_page"), key=f"qb-case-page-{citation.number}")
        if shown:
            _page(citation, assistant.library)


def _take_buttons(bank: Bank, case: Case, citation: Citation, places: Places, key: str) -> None:
    report = places.report(citation.document)
    passage = next((p for p in report.passages if p.id == citation.passage_id), None) if report else None
    if passage is None:
        return
    mention = mention_of(passage, places)
    for where, label in (("expected", "case.expect_this"), ("accepted", "case.accept_this")):
        st.button(
            q(label), key=f"{key}-{where}", type="tertiary", on_click=add_mention, args=(bank, case, mention, where)
        )


def _page(citation: Citation, library: Any) -> None:
    """The page with the quote marked, as a picture where the file is a PDF, else as text."""
    shown = look_up(source_of(citation), library)
    if shown is None:
        st.caption(q("none"))
        return
    if citation.page is not None:
        try:
            picture = _picture(
                shown.report.sha256, str(library.file(citation.document)), citation.page, shown.words(citation.page)
            )
            st.image(picture, width="stretch")
            return
        except Exception:  # no file kept, or not a PDF: its text is shown instead
            pass
    try:
        text = shown.report.page_text(citation.page)
    except KeyError:
        st.caption(q("case.not_on_page"))
        return
    spans = sorted((s.start, s.end) for s in shown.spans if s.page == citation.page)
    start = max(0, spans[0][0] - 600) if spans else 0
    end = min(len(text), spans[-1][1] + 600) if spans else min(len(text), 1500)
    st.html(marked_text(text, spans, start, end))


@st.cache_data(max_entries=32, show_spinner=False)
def _picture(sha: str, file: str, page: int, words: tuple[pages.Words, ...]) -> bytes:
    return pages.render_page(Path(file), page, words).png

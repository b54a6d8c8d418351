"""Picking a mention from the passages: search, read the passage, see the proposed keys, take it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

import streamlit as st

from eval.cases import Mention
from eval.keys import mention_of
from eval.places import Places
from eval.runner import Assistant
from eval.text import holds, plain
from ingest.model import Passage
from ui.labels import page_label, region_name, report_name
from ui.order import swedish_order
from ui.question_texts import q

MOST = 40
Take = Callable[[Mention, str], None]  # the mention, and "expected" or "accepted"


def pick_mention(assistant: Assistant, key: str, on_take: Take, text: str = "") -> None:
    """The picker. `text` is what is searched for as long as the reviewer types nothing else."""
    places = Places(assistant.library.reports)
    search = st.text_input(q("pick.search"), placeholder=q("pick.search_hint"), key=f"{key}-search") or text
    first, second = st.columns(2)
    reports = {report.document: report for report in assistant.library.reports}
    document = first.selectbox(
        q("pick.report"),
        ["", *reports],
        format_func=lambda d: report_name(reports[d]) if d else q("pick.any"),
        key=f"{key}-report",
    )
    regions = sorted({p.region for r in reports.values() for p in r.passages if p.region}, key=swedish_order)
    region = second.selectbox(
        q("pick.region"),
        ["", *regions],
        format_func=lambda r: region_name(r) if r else q("pick.any"),
        key=f"{key}-region",
    )
    found = [
        p
        for p in _ranked(assistant, search)
        if (not document or p.document == document) and (not region or p.region == region)
    ][:MOST]
    if not found:
        st.caption(q("pick.none"))
        return
    asked = _short_hash(search, document, region)  # another search starts at its best
    passage = st.selectbox(q("pick.passage"), found, format_func=passage_label, key=f"{key}-passage-{asked}")
    if passage is None:
        return
    st.markdown("> " + escaped(passage.text))
    proposed = mention_of(passage, places)
    own = _short_hash(passage.id)  # each passage has fields of its own
    keys_text = st.text_input(
        q("pick.keys"), value=", ".join(proposed.keys), help=q("pick.keys_help"), key=f"{key}-keys-{own}"
    )
    town = st.text_input(q("pick.town"), value=passage.town or "", help=q("pick.town_help"), key=f"{key}-town-{own}")
    keys = tuple(part.strip() for part in keys_text.split(",") if part.strip())
    wrong = [k for k in keys if len(k.split()) > 2 or not holds(f"{passage.text}\n{passage.heading or ''}", [k])]
    if not 1 <= len(keys) <= 3 or wrong:
        st.warning(q("pick.keys_wrong", keys=", ".join(wrong) or "–"))
        return
    mention = Mention(proposed.document, passage.region, passage.page, town.strip() or None, keys)
    with st.container(horizontal=True):
        st.button(
            q("pick.as_expected"),
            icon=":material/add:",
            key=f"{key}-take-expected",
            on_click=on_take,
            args=(mention, "expected"),
        )
        st.button(
            q("pick.as_accepted"),
            key=f"{key}-take-accepted",
            type="tertiary",
            on_click=on_take,
            args=(mention, "accepted"),
        )


def passage_label(passage: Passage) -> str:
    """ "Region Väst · s. 26 · Falköping: the beginning of the passage …" """
    parts = [
        region_name(passage.region) if passage.region else passage.document,
        page_label(passage.pages),
        passage.town,
    ]
    text = passage.text if len(passage.text) <= 90 else passage.text[:90].rsplit(" ", 1)[0] + " …"
    return f"{' · '.join(part for part in parts if part)}: {text}"


def _short_hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


def _ranked(assistant: Assistant, text: str) -> list[Passage]:
    """Passages that hold all the typed words first, then as the search ranks them."""
    passages = [p for report in assistant.library.reports for p in report.passages]
    words = plain(text).split()
    if not words:
        return passages
    literal = [
        p for p in passages if all(word in plain(f"{p.text} {p.heading or ''} {p.town or ''}") for word in words)
    ]
    searcher = getattr(assistant, "searcher", None)
    ranked = [hit.passage for hit in searcher.search(text).hits] if searcher else []
    return list({p.id: p for p in (*literal, *ranked)}.values())


def escaped(text: str) -> str:
    """Text as it stands: nothing in it is taken for Markdown, HTML, a formula or an icon."""
    text = re.sub(r"([\\`*_{}\[\]<>|$~:#])", r"\\\1", text.replace("\n", " "))
    return re.sub(r"^(\s*\d*)([-+.)])", r"\1\\\2", text)

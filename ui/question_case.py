"""One question opened for review: its answer, the mentions it should hold, its sources, and what a reviewer can do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from answer.model import Answer, Citation, NoAnswer
from eval import names, store
from eval.cases import Case
from eval.places import Places
from eval.runner import Assistant, CaseResult, judge
from eval.tables import share
from ui.answers import answer_html, refusal_html
from ui.citations import source_of
from ui.labels import short_date
from ui.question_mentions import render_mentions
from ui.question_picker import escaped
from ui.question_sources import render_sources
from ui.question_state import (
    Bank,
    Conflict,
    answer,
    broken_rule,
    conflict,
    load_runs,
    open_case,
    opened,
    save,
    save_merged,
    say,
)
from ui.question_texts import q

BADGES = {"förslag": "gray", "granskad": "green", "ifrågasatt": "orange"}


def render_case(assistant: Assistant, bank: Bank, cases: Sequence[Case], reviewer: Callable[[], None]) -> None:
    """The open case. `cases` is the set as it stands, to step through and to see what others changed.

    `reviewer` draws the field for the reviewer's name.
    """
    case = opened()
    assert case is not None
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom", key="qb-top"):
        _navigation(case, cases)
        reviewer()
    current = next((other for other in cases if other.id == case.id), None)
    met = conflict()
    if met is not None:
        _conflict(bank, met)
    elif current is None:
        st.warning(q("case.gone"), icon=":material/delete:")
    elif current.content != case.content:
        _newer(current)
    _head(case)
    _actions(bank, case)
    try:
        with st.spinner(""):
            result = answer(assistant, case)
    except Exception as error:  # a broken answer must not keep the reviewer from the question
        st.error(q("case.answer_missing", reason=f"{type(error).__name__}: {error}"))
        return
    places = Places(assistant.library.reports)
    judged = judge(assistant, case, result, places)
    left, right = st.columns([6, 6], gap="large")
    with left:
        st.subheader(q("case.answer"))
        _answer(result)
    with right:
        found = sum(m.found for m in judged.mentions)
        sources = result.citations if isinstance(result, Answer) else ()
        labels = [f"{q('case.expected')} ({found}/{len(judged.mentions)})", f"{q('case.sources')} ({len(sources)})"]
        mentions_tab, sources_tab = st.tabs(labels)
        with mentions_tab:
            render_mentions(assistant, bank, case, judged, places)
        with sources_tab:
            render_sources(assistant, bank, case, result, places)
    _figures(judged)
    _edit(bank, case)
    _events(case)
    _over_time(bank, case)


def _navigation(case: Case, cases: Sequence[Case]) -> None:
    ids = [other.id for other in cases]
    at = ids.index(case.id) if case.id in ids else -1
    with st.container(horizontal=True, key="qb-navigation", width="content"):
        st.button(q("case.back"), icon=":material/arrow_back:", key="qb-back", on_click=open_case, args=(None,))
        before = cases[at - 1] if at > 0 else None
        after = cases[at + 1] if 0 <= at < len(cases) - 1 else None
        for label, other, icon in (("previous", before, "chevron_left"), ("next", after, "chevron_right")):
            st.button(
                q(f"case.{label}"),
                icon=f":material/{icon}:",
                icon_position="left" if label == "previous" else "right",
                key=f"qb-{label}",
                type="tertiary",
                disabled=other is None,
                on_click=open_case,
                args=(other,),
            )


def _head(case: Case) -> None:
    st.header(escaped(case.question), anchor=False)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.badge(case.status, color=BADGES[case.status])  # type: ignore[arg-type]
        st.badge(names.KINDS[case.kind], color="gray")
        st.badge(names.SPLITS[case.split], color="gray")
    filters = {
        q("pick.region"): case.region,
        q("edit.meeting"): case.meeting,
        q("pick.town"): case.town,
        q("edit.home_town"): case.home_town,
    }
    lines = []
    if case.history:
        lines.append(q("case.history", questions=" → ".join(case.history)))
    if any(filters.values()):
        said = ", ".join(f"{name} {value}" for name, value in filters.items() if value)
        lines.append(q("case.filters", filters=said))
    if case.origin:
        lines.append(q("case.origin", origin=case.origin))
    for line in lines:
        st.caption(escaped(line))
    if not case.answerable:
        st.info(q("case.unanswerable"), icon=":material/do_not_disturb_on:")


def _actions(bank: Bank, case: Case) -> None:
    def change(status: names.Status, event: str) -> None:
        save(bank, replace(case, status=status), q(f"events.{event}"))

    key = f"qb-case-comment-{case.content}"
    with st.container(horizontal=True, key="qb-actions"):
        st.button(
            q("case.approve"),
            icon=":material/check:",
            type="primary",
            key="qb-approve",
            disabled=case.status == "granskad",
            on_click=change,
            args=("granskad", "approved"),
        )
        st.button(
            q("case.question"),
            icon=":material/help:",
            key="qb-question",
            disabled=case.status == "ifrågasatt",
            on_click=change,
            args=("ifrågasatt", "questioned"),
        )
    comment = st.text_area(q("case.comment"), value=case.comment, key=key, height=80)

    def keep() -> None:
        save(bank, replace(case, comment=st.session_state[key].strip()), q("events.commented"))

    if comment.strip() != case.comment:
        st.button(q("case.save_comment"), key="qb-save-comment", on_click=keep)


def _answer(result: Answer | NoAnswer) -> None:
    def href(citation: Citation) -> str:
        return f"./?{source_of(citation).query}"

    html = answer_html(result, "qb", href) if isinstance(result, Answer) else refusal_html(result, "qb", href)
    # a source opens in a window of its own: what is typed here stays
    st.html(html.replace('data-cg-open="qb"', 'target="_blank" rel="noopener"'))


def _figures(judged: CaseResult) -> None:
    with st.expander(q("case.figures"), icon=":material/fact_check:"):
        for name, score in judged.scores.items():
            value = share(score.value) if name in names.SHARES else f"{score.value:.2f}".replace(".", ",")
            st.markdown(f"**{names.FIGURES[name]}: {value}**  \n{escaped(score.reason)}")


def _edit(bank: Bank, case: Case) -> None:
    key = f"qb-case-edit-{case.content}"
    kinds, splits = list(names.KINDS), list(names.SPLITS)

    def keep() -> None:
        value = st.session_state
        changed = replace(
            case,
            question=value[f"{key}-question"].strip(),
            kind=value[f"{key}-kind"],
            split=value[f"{key}-split"],
            answerable=value[f"{key}-answerable"],
            history=tuple(line.strip() for line in value[f"{key}-history"].splitlines() if line.strip()),
            region=value[f"{key}-region"].strip() or None,
            meeting=value[f"{key}-meeting"].strip() or None,
            town=value[f"{key}-town"].strip() or None,
            home_town=value[f"{key}-home_town"].strip() or None,
        )
        wrong = broken_rule(changed)
        if wrong:
            say(wrong, "error")
        elif changed != case:
            save(bank, changed, q("events.edited"))

    with st.expander(q("case.edit"), icon=":material/edit:"), st.form(f"{key}-form", border=False):
        st.text_area(q("edit.question"), value=case.question, key=f"{key}-question", height=80)
        first, second = st.columns(2)
        first.selectbox(
            q("edit.kind"),
            kinds,
            index=kinds.index(case.kind),
            format_func=names.KINDS.__getitem__,
            key=f"{key}-kind",
        )
        second.selectbox(
            q("edit.split"),
            splits,
            index=splits.index(case.split),
            format_func=names.SPLITS.__getitem__,
            key=f"{key}-split",
        )
        st.checkbox(q("edit.answerable"), value=case.answerable, key=f"{key}-answerable")
        st.text_area(q("edit.history"), value="\n".join(case.history), key=f"{key}-history", height=80)
        fields = st.columns(2)
        for number, name in enumerate(("region", "meeting", "town", "home_town")):
            fields[number % 2].text_input(q(f"edit.{name}"), value=getattr(case, name) or "", key=f"{key}-{name}")
        st.form_submit_button(q("edit.save"), key=f"{key}-save", on_click=keep)


def _events(case: Case) -> None:
    with st.expander(f"{q('case.reviews')} ({len(case.reviews)})", icon=":material/history:"):
        if not case.reviews:
            st.caption(q("case.no_reviews"))
        for review in reversed(case.reviews):
            st.markdown(escaped(f"{when(review.when)} {review.who}: {review.what}"))


def _over_time(bank: Bank, case: Case) -> None:
    """The shares of this case, run by run, where there are at least two."""
    rows = []
    for run in load_runs(bank):
        result = run.result(case.id)
        if result is not None:
            shares = {names.FIGURES[n]: s.value for n, s in result.scores.items() if n in names.SHARES}
            rows.append({q("runs.axis_time"): pd.Timestamp(run.when), **shares})
    if len(rows) > 1:
        with st.expander(f"{q('case.runs')} ({len(rows)})", icon=":material/show_chart:"):
            st.line_chart(pd.DataFrame(rows).set_index(q("runs.axis_time")), height=220)


def _newer(current: Case) -> None:
    review = current.reviews[-1] if current.reviews else None
    who, moment = (review.who, when(review.when)) if review else (q("none"), q("none"))
    with st.container(border=True):
        st.info(q("changed.fresh", who=who, when=moment), icon=":material/sync:")
        st.button(q("changed.load"), key="qb-load", on_click=open_case, args=(current,))


def _conflict(bank: Bank, met: Conflict) -> None:
    """What the other reviewer saved beside what this one wants; nothing is written until one of the buttons."""
    with st.container(border=True, key="qb-conflict-panel"):
        st.warning(f"**{q('changed.title')}**", icon=":material/group:")
        if met.theirs is None:
            st.markdown(q("changed.gone"))
            return
        review = met.theirs.reviews[-1] if met.theirs.reviews else None
        if review:
            said = q("changed.who", who=review.who, when=when(review.when), what=review.what)
            st.markdown(escaped(said))
        st.markdown(q("changed.explain"))
        theirs, mine = store.changes(met.base, met.theirs), store.changes(met.base, met.mine)
        rows = []
        for name in {**theirs, **mine}:
            before = theirs.get(name, mine.get(name, ("", "")))[0]
            rows.append(
                {
                    q("changed.field"): q(f"fields.{name}"),
                    q("changed.before"): before,
                    q("changed.theirs"): theirs[name][1] if name in theirs else "",
                    q("changed.mine"): mine[name][1] if name in mine else "",
                }
            )
        st.html(_rows_html(rows))
        with st.container(horizontal=True):
            st.button(
                q("changed.merge"),
                type="primary",
                key="qb-merge",
                help=q("changed.merge_help"),
                on_click=save_merged,
                args=(bank,),
            )
            st.button(q("changed.take_theirs"), key="qb-take-theirs", on_click=open_case, args=(met.theirs,))


def _rows_html(rows: Sequence[dict[str, str]]) -> str:
    from html import escape

    style = "border-bottom:1px solid var(--cg-line,#d5d2c8);padding:.35rem .6rem;text-align:left;vertical-align:top"
    head = "".join(f'<th scope="col" style="{style}">{escape(name)}</th>' for name in rows[0]) if rows else ""
    body = "".join(
        "<tr>"
        + "".join(f'<td style="{style};white-space:pre-wrap">{escape(cell or "–")}</td>' for cell in row.values())
        + "</tr>"
        for row in rows
    )
    return (
        '<div style="overflow-x:auto"><table style="border-collapse:collapse;font-size:.88rem;width:100%">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def when(iso: str) -> str:
    """ "2031-05-04T10:12:00+02:00" -> "4 maj 2031 10:12"."""
    return f"{short_date(iso[:10])} {iso[11:16]}"

"""The table of all questions with filters and search, and running them from the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from eval import history, names, report
from eval.cases import Case
from eval.history import LastResult
from eval.runner import Assistant, CaseResult, figures, run
from eval.text import plain
from ui.question_state import Bank, last_results, open_case, say
from ui.question_texts import q

RESULTS = ("any", "wrong", "worse", "better", "unrun")
STATUS_ICONS = {"förslag": "○", "granskad": "✓", "ifrågasatt": "?"}


def render_list(assistant: Assistant, bank: Bank, cases: Sequence[Case]) -> None:
    last = last_results(bank)
    _counts(cases, last)
    search, picker = st.columns(2)
    with search:
        typed = st.text_input(
            q("list.search"), placeholder=q("list.search_hint"), key="qb-search", icon=":material/search:"
        )
    shown = _filtered(cases, last, typed)
    with picker:
        _open_by_name(shown)
    if shown:
        _table(shown, last)
    else:
        st.info(q("list.nothing"))
    _run_buttons(assistant, bank, cases, shown)


def headline(result: CaseResult) -> float:
    """The share that tells most of a case: mentions found, or refused where that is right."""
    for name in (names.MENTION_RECALL, names.REFUSAL_RIGHT, names.ANSWERED_RIGHT):
        value = result.value(name)
        if value is not None:
            return value
    return 0.0


def is_wrong(result: CaseResult) -> bool:
    return any(result.scores[name].value < 1 for name in names.SHARES if name in result.scores)


def direction(last: LastResult) -> int:
    """-1 where any share fell since the result before, 1 where some rose and none fell, 0 else."""
    if last.before is None or last.before.asks != last.result.asks:
        return 0
    moves = []
    for name in names.SHARES:
        old, now = last.before.value(name), last.result.value(name)
        if old is not None and now is not None:
            moves.append(now - old)
    if any(move < -1e-9 for move in moves):
        return -1
    return int(any(move > 1e-9 for move in moves))


def _counts(cases: Sequence[Case], last: dict[str, LastResult]) -> None:
    results = [last[case.id].result for case in cases if case.id in last]
    found = figures(results)
    cells = [
        ("all", str(len(cases))),
        ("reviewed", str(sum(case.status == "granskad" for case in cases))),
        ("questioned", str(sum(case.status == "ifrågasatt" for case in cases))),
    ]
    for label, name in (
        ("recall", names.MENTION_RECALL),
        ("precision", names.CLAIM_PRECISION),
        ("refusals", names.REFUSAL_RIGHT),
    ):
        cells.append((label, percent(found[name].value) if name in found else q("none")))
    with st.container(horizontal=True, key="qb-counts"):
        for label, value in cells:
            st.metric(q(f"counts.{label}"), value, width="content")
    if results:
        st.caption(q("counts.run_of", n=len(results), total=len(cases)))


def percent(value: float) -> str:
    """0.834 -> "83 %"."""
    return f"{value * 100:.0f} %"


def _filtered(cases: Sequence[Case], last: dict[str, LastResult], search: str) -> list[Case]:
    with st.container(horizontal=True, key="qb-filters"):
        kinds = st.multiselect(
            q("list.kind"),
            list(names.KINDS),
            format_func=names.KINDS.__getitem__,
            placeholder=q("list.all"),
            key="qb-kind",
            width=260,
        )
        statuses = st.multiselect(
            q("list.status"), list(STATUS_ICONS), placeholder=q("list.all"), key="qb-status", width=200
        )
        split = st.selectbox(
            q("list.split"),
            ["", *names.SPLITS],
            format_func=lambda s: names.SPLITS[s] if s else q("list.all"),
            key="qb-split",
            width=150,
        )
        result = st.selectbox(
            q("list.result"),
            RESULTS,
            format_func=lambda r: q(f"list.results.{r}"),
            key="qb-result",
            width=230,
        )
    words = plain(search).split()
    return [
        case
        for case in cases
        if (not kinds or case.kind in kinds)
        and (not statuses or case.status in statuses)
        and (not split or case.split == split)
        and _result_fits(last.get(case.id), result)
        and all(word in _searched(case) for word in words)
    ]


def _searched(case: Case) -> str:
    places = [
        f"{m.document} {m.region or ''} {m.town or ''} {' '.join(m.keys)}" for m in (*case.expected, *case.accepted)
    ]
    return plain(" ".join([case.id, case.question, *case.history, case.comment, *places]))


def _result_fits(last: LastResult | None, wanted: str) -> bool:
    if wanted == "any":
        return True
    if wanted == "unrun":
        return last is None
    if last is None:
        return False
    if wanted == "wrong":
        return is_wrong(last.result)
    return direction(last) == (-1 if wanted == "worse" else 1)


def _open_by_name(shown: Sequence[Case]) -> None:
    """For the keyboard and for screen readers, which cannot choose a row of the table."""

    def chosen() -> None:
        case_id = st.session_state.get(key)
        open_case(next((case for case in shown if case.id == case_id), None))

    key = f"qb-open-{st.session_state.get('qb-table', 0)}"
    questions = {case.id: case.question for case in shown}
    st.selectbox(
        q("list.open"),
        list(questions),
        index=None,
        format_func=lambda case_id: questions.get(case_id, case_id),
        placeholder=q("list.open_hint"),
        key=key,
        on_change=chosen,
    )


def _table(shown: Sequence[Case], last: dict[str, LastResult]) -> None:
    rows = [_row(case, last.get(case.id)) for case in shown]
    labels = {name: q(f"list.columns.{name}") for name in rows[0]}
    frame = pd.DataFrame(rows).rename(columns=labels)
    empty = [labels[name] for name in ("change", "reviewer") if not any(row[name] for row in rows)]
    frame = frame.drop(columns=empty)
    st.caption(f"{q('list.shown', n=len(shown))}. {q('list.row_hint')}")
    event: Any = st.dataframe(
        frame,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        key=f"qb-rows-{st.session_state.get('qb-table', 0)}",
        height=min(36 * (len(rows) + 1) + 4, 470),
        row_height=36,
        column_config={
            labels["question"]: st.column_config.TextColumn(width="large"),
            labels["status"]: st.column_config.TextColumn(width="small"),
            labels["kind"]: st.column_config.TextColumn(width=150),
            labels["value"]: st.column_config.ProgressColumn(min_value=0, max_value=100, format="%d %%", width="small"),
            labels["change"]: st.column_config.TextColumn(width="small"),
        },
    )
    picked = event["selection"]["rows"] if event else []
    if picked and picked[0] < len(shown):
        open_case(shown[picked[0]])
        st.rerun()


def _row(case: Case, last: LastResult | None) -> dict[str, Any]:
    review = case.reviews[-1] if case.reviews else None
    return {
        "question": case.question,
        "status": f"{STATUS_ICONS[case.status]} {case.status}",
        "value": round(headline(last.result) * 100) if last else None,
        "found": _found(last),
        "change": _change(last),
        "kind": names.KINDS[case.kind],
        "split": names.SPLITS[case.split],
        "reviewer": f"{review.who}, {review.when[:10]}" if review else "",
    }


def _found(last: LastResult | None) -> str:
    if last is None:
        return q("list.unrun")
    result = last.result
    if result.error:
        return q("list.failed")
    if result.mentions:
        return f"{sum(m.found for m in result.mentions)} av {len(result.mentions)}"
    return q("list.answered" if result.answer.get("answerable") else "list.refused")


def _change(last: LastResult | None) -> str:
    if last is None or last.before is None:
        return ""
    moved = headline(last.result) - headline(last.before)
    sign = {1: "▲", -1: "▼", 0: ""}[direction(last)]
    return f"{sign} {moved * 100:+.0f} %".replace("-", "−") if sign and abs(moved) > 1e-9 else sign


def _run_buttons(assistant: Assistant, bank: Bank, cases: Sequence[Case], shown: Sequence[Case]) -> None:
    with st.container(horizontal=True, key="qb-run"):
        part = (
            st.button(q("list.run_shown", n=len(shown)), icon=":material/play_arrow:", key="qb-run-shown")
            if 0 < len(shown) < len(cases)
            else False
        )
        whole = st.button(q("list.run_all", n=len(cases)), icon=":material/play_arrow:", key="qb-run-all")
    if part or whole:
        run_cases(assistant, bank, cases if whole else shown)


def run_cases(assistant: Assistant, bank: Bank, chosen: Sequence[Case]) -> None:
    """Run the cases with progress, keep the run with its report, and show the page anew."""
    bar = st.progress(0.0)

    def progress(done: int, total: int, question: str) -> None:
        bar.progress(done / total, q("list.running", done=done, total=total, question=question))

    result = run(assistant, chosen, progress)
    report.write(result, history.save(result, bank.runs))
    say(q("list.ran", n=len(chosen)))
    st.rerun()

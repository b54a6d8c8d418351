"""The figures over the kept runs, and one run looked at."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from eval import names, report
from eval.cases import Case
from eval.compare import mention_changes
from eval.plots import COLOURS
from eval.runner import Run
from eval.tables import Table, page, share
from ui.labels import short_date
from ui.question_picker import escaped
from ui.question_state import Bank, load_runs
from ui.question_texts import q


def render_runs(bank: Bank, cases: Sequence[Case]) -> None:
    runs = load_runs(bank)
    st.markdown(q("runs.intro"))
    if not runs:
        st.info(q("runs.none"), icon=":material/show_chart:")
        return
    split = st.segmented_control(
        q("runs.split"),
        ["", *names.SPLITS],
        format_func=lambda s: names.SPLITS[s] if s else q("runs.splits_all"),
        default="",
        required=True,
        key="qb-runs-split",
    )
    _chart(runs, max(1, len(cases) // 2), split or None)
    newest_first = list(reversed(range(len(runs))))
    number = st.selectbox(q("runs.choose"), newest_first, format_func=lambda i: _name(runs[i]), key="qb-runs-one")
    chosen = runs[number or 0] if number is not None else runs[-1]
    st.subheader(q("runs.per_kind"))
    _show(report.figures_table(chosen))
    before = next((r for r in reversed(runs[: runs.index(chosen)]) if r.documents == chosen.documents), None)
    st.subheader(q("runs.changed"))
    _changes(chosen, before)
    st.download_button(
        q("runs.download"),
        data=lambda: page(_name(chosen), report.sections(chosen)).encode(),
        file_name=f"utvardering-{chosen.when[:10]}.html",
        mime="text/html",
        icon=":material/download:",
        key="qb-runs-download",
        on_click="ignore",
    )


def _chart(runs: Sequence[Run], least: int, split: str | None) -> None:
    """Shares over time, of the runs of at least half of the set: figures of a few questions would mislead."""
    rows = [
        {
            q("runs.axis_time"): f"{number}. {_moment(run)}",
            q("runs.measure"): names.FIGURES[name],
            q("runs.axis_share"): figure.value,
            q("runs.questions"): figure.cases,
        }
        for number, run in enumerate(runs, 1)
        if len(run.results) >= least
        for name, figure in run.figures(split=split).items()
        if name in names.SHARES
    ]
    st.caption(q("runs.min", n=least))
    if not rows:
        st.info(q("runs.too_few"))
        return
    frame = pd.DataFrame(rows)
    lowest = float(frame[q("runs.axis_share")].min())
    chart = (
        alt.Chart(frame)
        .mark_line(point=alt.OverlayMarkDef(size=60))
        .encode(
            x=alt.X(
                q("runs.axis_time"),
                type="ordinal",
                sort=None,
                axis=alt.Axis(labelAngle=-30, title=None, labelLimit=160),
            ),
            y=alt.Y(
                q("runs.axis_share"),
                type="quantitative",
                scale=alt.Scale(domain=[max(0.0, lowest - 0.1), 1.0]),
                axis=alt.Axis(format="%"),
            ),
            color=alt.Color(
                q("runs.measure"),
                type="nominal",
                scale=alt.Scale(range=list(COLOURS)),
                legend=alt.Legend(orient="bottom", columns=1, title=None, symbolType="stroke", symbolStrokeWidth=3),
            ),
            strokeDash=alt.StrokeDash(q("runs.measure"), type="nominal", legend=None),
            tooltip=list(frame.columns),
        )
        .properties(height=460)
    )
    st.altair_chart(chart)


def _changes(run: Run, before: Run | None) -> None:
    if before is None:
        st.caption(q("runs.same"))
        return
    lines = []
    for result in run.results:
        old = before.result(result.id)
        if old is None or old.asks != result.asks:
            continue
        moved = [
            f"{names.FIGURES[name]} {share(old.value(name))} → {share(result.value(name))}"
            for name in names.SHARES
            if old.value(name) != result.value(name)
        ]
        gained, lost = mention_changes(old, result)
        if moved or gained or lost:
            details = "".join(f"\n  - {escaped(f'+ {name}')}" for name in gained)
            details += "".join(f"\n  - {escaped(f'− {name}')}" for name in lost)
            lines.append(f"- **{escaped(result.question)}** {escaped('; '.join(moved))}{details}")
    st.markdown("\n".join(lines) if lines else q("runs.unchanged"))


def _show(table: Table) -> None:
    frame = pd.DataFrame(list(table.rows), columns=list(table.header))
    st.dataframe(frame, hide_index=True, height=36 * (len(frame) + 1) + 4, row_height=36)


def _name(run: Run) -> str:
    return q("runs.run", when=_moment(run), n=len(run.results))


def _moment(run: Run) -> str:
    return f"{short_date(run.when[:10])} {run.when[11:16]}"

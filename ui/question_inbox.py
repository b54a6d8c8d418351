"""How questions come in: thumbs from the chat, a form for a new one, and Excel."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from eval import feedback, names
from eval.cases import Case, Mention
from eval.evaluators import mention_label
from eval.exchange import plan_import, to_csv
from eval.feedback import Feedback
from eval.runner import Assistant
from eval.tables import share
from ingest.errors import QuestionSetError
from ui.labels import short_date
from ui.question_list import headline
from ui.question_picker import escaped, pick_mention
from ui.question_state import Bank, add, broken_rule, last_results, me, named, say
from ui.question_texts import q

DISMISSED = "avfärdad"


def waiting(bank: Bank) -> int:
    """Thumbs that nobody has handled yet."""
    return sum(entry.handled is None for entry in feedback.entries(bank.thumbs))


def render_inbox(bank: Bank, cases: Sequence[Case]) -> None:
    st.markdown(q("inbox.intro"))
    entries = feedback.entries(bank.thumbs)
    fresh = [entry for entry in entries if entry.handled is None]
    if not fresh:
        st.info(q("inbox.empty"), icon=":material/inbox:")
    for entry in fresh:
        _thumb(bank, entry, {case.id for case in cases})
    handled = [entry for entry in entries if entry.handled is not None]
    if handled:
        with st.expander(f"{q('inbox.handled')} ({len(handled)})"):
            for entry in handled:
                became = entry.handled or ""
                said = q("inbox.dismissed") if became == DISMISSED else q("inbox.became", id=became)
                st.markdown(f"{escaped(entry.question)} · {escaped(said)}")


def _thumb(bank: Bank, entry: Feedback, taken: set[str]) -> None:
    def make() -> None:
        case = feedback.to_case(entry, taken)
        if add(bank, case, q("events.from_chat")):
            feedback.handle(entry.id, case.id, bank.thumbs)
            st.session_state["qb-view"] = "list"
            say(q("inbox.made", status=case.status))

    def dismiss() -> None:
        feedback.handle(entry.id, DISMISSED, bank.thumbs)

    with st.container(border=True, key=f"qb-thumb-{entry.id}"):
        icon = ":material/thumb_up:" if entry.thumb == "upp" else ":material/thumb_down:"
        st.markdown(f"{icon} **{escaped(entry.question)}**")
        moment = f"{short_date(entry.when[:10])} {entry.when[11:16]}"
        lines = [q("inbox.up" if entry.thumb == "upp" else "inbox.down")]
        lines += [q("inbox.by", when=moment, who=entry.who) if entry.who else moment]
        lines.append(q("inbox.answered", n=len(entry.cited)) if entry.answered else q("inbox.refused"))
        if entry.history:
            lines.append(q("case.history", questions=" → ".join(entry.history)))
        st.caption(escaped(" · ".join(lines)))
        if entry.comment:
            st.markdown(escaped(q("inbox.comment", comment=entry.comment)))
        with st.container(horizontal=True):
            st.button(q("inbox.make"), icon=":material/add:", key=f"qb-make-{entry.id}", on_click=make)
            st.button(q("inbox.dismiss"), key=f"qb-dismiss-{entry.id}", type="tertiary", on_click=dismiss)


def render_new(assistant: Assistant, bank: Bank, cases: Sequence[Case]) -> None:
    st.markdown(q("new.intro"))
    question = st.text_area(q("edit.question"), key="qb-new-question", height=80)
    first, second = st.columns(2)
    kinds = list(names.KINDS)
    kind = first.selectbox(q("edit.kind"), kinds, format_func=names.KINDS.__getitem__, key="qb-new-kind")
    split = second.selectbox(
        q("edit.split"), list(names.SPLITS), format_func=names.SPLITS.__getitem__, key="qb-new-split"
    )
    answerable = st.checkbox(q("edit.answerable"), value=True, key="qb-new-answerable")
    history = ""
    if kind == "followup":
        history = st.text_area(q("edit.history"), key="qb-new-history", height=80)
    comment = st.text_input(q("case.comment"), key="qb-new-comment")
    chosen: dict[str, list[Mention]] = st.session_state.setdefault("qb-new-mentions", {"expected": [], "accepted": []})
    if answerable:
        _chosen(chosen)

        def take(mention: Mention, where: str) -> None:
            if mention not in chosen[where]:
                chosen[where].append(mention)

        with st.container(border=True):
            pick_mention(assistant, "qb-new-pick", take, question)
    case = Case(
        id=feedback.new_id(question, {c.id for c in cases}),
        kind=kind,  # type: ignore[arg-type]
        split=split,  # type: ignore[arg-type]
        question=question.strip(),
        history=tuple(line.strip() for line in history.splitlines() if line.strip()),
        answerable=answerable,
        expected=tuple(chosen["expected"]) if answerable else (),
        accepted=tuple(chosen["accepted"]) if answerable else (),
        comment=comment.strip(),
    )
    wrong = broken_rule(case)

    def save() -> None:
        if add(bank, case, q("events.new")):
            for key in [k for k in st.session_state if str(k).startswith("qb-new-")]:
                del st.session_state[key]
            st.session_state["qb-view"] = "list"
            say(q("new.added"))

    if question.strip() and wrong:
        st.caption(wrong)
    st.button(q("new.save"), type="primary", key="qb-new-save", disabled=wrong is not None, on_click=save)


def _chosen(chosen: dict[str, list[Mention]]) -> None:
    st.markdown(f"**{q('new.expected', n=len(chosen['expected']))}**")
    for where in ("expected", "accepted"):
        for number, mention in enumerate(list(chosen[where])):
            with st.container(horizontal=True, vertical_alignment="center"):
                label = "" if where == "expected" else f"{q('case.accepted')}: "
                st.markdown(escaped(f"{label}{mention_label(mention)}"), width="content")
                st.button(
                    q("case.remove"),
                    key=f"qb-new-remove-{where}-{number}",
                    type="tertiary",
                    icon=":material/delete:",
                    on_click=chosen[where].remove,
                    args=(mention,),
                )


def render_excel(bank: Bank, cases: Sequence[Case]) -> None:
    st.markdown(q("excel.intro"))
    last = {case_id: share(headline(result.result)) for case_id, result in last_results(bank).items()}
    st.subheader(q("excel.export"))
    st.download_button(
        q("excel.export_all", n=len(cases)),
        data=to_csv(cases, last),
        file_name="fragebank.csv",
        mime="text/csv",
        icon=":material/download:",
        key="qb-export",
        on_click="ignore",
    )
    st.subheader(q("excel.import"))
    uploaded = st.file_uploader(
        q("excel.file"), type=["csv"], key=f"qb-import-{st.session_state.get('qb-imported', 0)}"
    )
    if uploaded is None:
        return
    try:
        plan = plan_import(uploaded.getvalue(), cases)
    except QuestionSetError as error:
        st.error(str(error), icon=":material/error:")
        return
    st.markdown(q("excel.plan", changed=len(plan.changed), added=len(plan.added), unchanged=plan.unchanged))
    if plan.conflicts:
        st.warning(q("excel.conflicts", ids=", ".join(plan.conflicts)), icon=":material/group:")
    if plan.errors:
        st.warning("\n".join([q("excel.errors"), "", *(f"- {escaped(error)}" for error in plan.errors)]))
    number = len(plan.changed) + len(plan.added)

    def take() -> None:
        if not named():
            return
        try:
            bank.store.replace_many(plan.changed, plan.added, me())
        except QuestionSetError as error:
            say(q("error", reason=error), "error")
            return
        st.session_state["qb-imported"] = st.session_state.get("qb-imported", 0) + 1
        say(q("excel.done"))

    st.button(q("excel.do", n=number), type="primary", key="qb-import-do", disabled=number == 0, on_click=take)

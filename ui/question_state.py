"""What the page Frågebank remembers within a visit, and the one way in which it saves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import streamlit as st

from answer.model import Answer, NoAnswer
from eval import feedback, history, store
from eval.cases import Case, Mention
from eval.history import LastResult
from eval.runner import Assistant, Run
from eval.store import ChangedMeanwhile, QuestionStore
from ingest.errors import QuestionSetError
from ui.question_texts import q


@dataclass(frozen=True)
class Bank:
    """The files that the page works on. Runs over other `documents` than these are not shown."""

    store: QuestionStore = QuestionStore()
    runs: Path = history.RUNS
    thumbs: Path = feedback.FEEDBACK
    documents: tuple[str, ...] = ()


@dataclass(frozen=True)
class Conflict:
    """A change that met another: the case as it was opened, as this reviewer wants it, as it stands (None: gone)."""

    base: Case
    mine: Case
    theirs: Case | None
    what: str


def load_cases(bank: Bank) -> tuple[Case, ...]:
    """The set as it stands. Raises QuestionSetError."""
    path = bank.store.path
    try:
        stat = path.stat()
    except OSError as error:
        raise QuestionSetError(f"{path.name}: {error.strerror}") from error
    return _load_cases(str(path), stat.st_mtime_ns, stat.st_size)


@st.cache_data(max_entries=3, show_spinner=False)
def _load_cases(path: str, changed: int, size: int) -> tuple[Case, ...]:
    """Read anew whenever the file has changed."""
    return QuestionStore(Path(path)).load()


def load_runs(bank: Bank) -> tuple[Run, ...]:
    """The kept runs over the bank's documents, oldest first."""
    found = sorted(bank.runs.glob(f"*/{history.RESULTS}"))
    runs = _load_runs(str(bank.runs), tuple((path.parent.name, path.stat().st_mtime_ns) for path in found))
    return tuple(run for run in runs if run.documents == bank.documents)


@st.cache_resource(max_entries=2, show_spinner=False)
def _load_runs(runs: str, found: tuple[tuple[str, int], ...]) -> tuple[Run, ...]:
    return history.load_all(Path(runs))


def last_results(bank: Bank) -> dict[str, LastResult]:
    return history.last_results(load_runs(bank))


def answer(assistant: Assistant, case: Case) -> Answer | NoAnswer:
    """The answer as the chat would give it; kept for the visit, so that every click does not ask again."""
    kept: dict[Any, Answer | NoAnswer] = st.session_state.setdefault("qb-answers", {})
    key = (id(assistant), case.query())
    if key not in kept:
        while len(kept) > 20:
            kept.pop(next(iter(kept)))
        kept[key] = assistant.answer(case.query())
    return kept[key]


def me() -> str:
    """The reviewer's name as typed, or empty."""
    return str(st.session_state.get("qb-me") or "").strip()


def opened() -> Case | None:
    """The case that is open, as it was when it was opened or last saved by this reviewer."""
    found: Case | None = st.session_state.get("qb-base")
    return found


def open_case(case: Case | None) -> None:
    """Open a case, or go back to the list; what was typed for another is let go."""
    for key in [k for k in st.session_state if str(k).startswith("qb-case-")]:
        del st.session_state[key]
    st.session_state["qb-base"] = case
    st.session_state["qb-conflict"] = None
    st.session_state["qb-table"] = st.session_state.get("qb-table", 0) + 1  # a fresh table has no row chosen


def conflict() -> Conflict | None:
    found: Conflict | None = st.session_state.get("qb-conflict")
    return found


def say(text: str, kind: str = "success") -> None:
    """Shown once, in the next run. `kind` is success, info, error or conflict."""
    st.session_state.setdefault("qb-messages", []).append((kind, text))


def show_messages() -> None:
    """Each as a toast, which is seen wherever the reviewer has scrolled; what went wrong stays at the top as well."""
    icons = {"success": "check", "info": "info", "error": "error", "conflict": "group"}
    for kind, text in st.session_state.pop("qb-messages", []):
        st.toast(text, icon=f":material/{icons[kind]}:")
        if kind == "info":
            st.info(text)
        elif kind == "error":
            st.error(text, icon=":material/error:")


def named() -> bool:
    """Whether the reviewer has said who is reviewing; says so if not."""
    if not me():
        say(q("me_missing"), "error")
    return bool(me())


def save(bank: Bank, changed: Case, what: str) -> bool:
    """Save a change of the open case. A conflict or an error is remembered, to be shown; nothing typed is lost."""
    base = opened()
    if base is None or not named():
        return False
    try:
        saved = bank.store.save(changed, base.content, me(), what)
    except ChangedMeanwhile as met:
        st.session_state["qb-conflict"] = Conflict(base, changed, met.current, what)
        say(q("changed.toast"), "conflict")
        return False
    except QuestionSetError as error:
        say(q("error", reason=error), "error")
        return False
    st.session_state["qb-base"] = saved
    st.session_state["qb-conflict"] = None
    say(q("case.saved"))
    return True


def save_merged(bank: Bank) -> None:
    """Save the change on top of the other's, field by field."""
    met = conflict()
    if met is None or met.theirs is None:
        return
    merged, _ = store.merge(met.base, met.mine, met.theirs)
    st.session_state["qb-base"] = met.theirs
    save(bank, merged, q("events.merged", what=met.what))


def add(bank: Bank, case: Case, what: str) -> bool:
    """Add a new case and open it."""
    if not named():
        return False
    try:
        saved = bank.store.add(case, me(), what)
    except QuestionSetError as error:
        say(q("error", reason=error), "error")
        return False
    open_case(saved)
    return True


def broken_rule(case: Case) -> str | None:
    """Why the set would not take the case, in Swedish; None where it would."""
    if len(case.question.strip()) < 3:
        return q("edit.rules.question")
    if case.answerable and not case.expected:
        return q("edit.rules.expected")
    if not case.answerable and case.expected:
        return q("edit.rules.unexpected")
    if (case.kind == "followup") != bool(case.history):
        return q("edit.rules.followup")
    return None


def with_mention(case: Case, mention: Mention, where: str) -> Case:
    """The case with a mention added to "expected" or "accepted", and taken out of the other."""
    other = "accepted" if where == "expected" else "expected"
    kept = tuple(m for m in getattr(case, other) if m != mention)
    return replace(case, **{where: (*getattr(case, where), mention), other: kept})  # type: ignore[arg-type]


def without_mention(case: Case, mention: Mention) -> Case:
    return replace(
        case,
        expected=tuple(m for m in case.expected if m != mention),
        accepted=tuple(m for m in case.accepted if m != mention),
    )

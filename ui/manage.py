"""The page Hantera rapporter: bring in, correct, remove and undo. Nothing is published before it has been looked at."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from ingest.corrections import Correction, load_corrections
from ingest.errors import IndexMismatch, IndexMissing
from ingest.model import IngestReport, Report
from ingest.settings import Settings
from ui import corpus, state
from ui.corpus import Change, ChangeRefused, Draft
from ui.correct import correction_form, merged, recognised
from ui.jobs import Board, Job, Progress, board
from ui.labels import report_name
from ui.reading import PAGES, read_apart
from ui.state import plain
from ui.texts import mapping, t

if TYPE_CHECKING:
    from index.library import Library


RECEIVED = 200  # megabytes; the limit is ours and lower, so that a file beyond it is told why and what to do


def render() -> None:
    with st.container(key="page"):
        st.title(t("manage.title"), anchor=False)
        st.write(t("manage.intro"))
        settings = state.settings()
        library = _library()
        jobs = board()
        _status(jobs)
        _add(settings, library)
        _existing(settings, library)
        _undo(settings)


def _library() -> Library | None:
    """The published index; None before the first one, and where the one that is there has to be read again."""
    try:
        return state.assistant().library
    except IndexMissing:
        st.info(t("manage.empty"), icon=":material/info:")
    except IndexMismatch as error:
        st.warning(plain(state.explain(error)), icon=":material/warning:")
    return None


# --- what is going on ---


def _status(jobs: Board) -> None:
    job = jobs.latest
    if job is None:
        return
    if job.running:
        _progress(jobs)
        return
    if job.outcome is not None:
        reports, passages = len(job.outcome.reports), job.outcome.passages
        finished = t("manage.finished", said=job.name, n=reports, passages=passages)
        st.success(plain(finished), icon=":material/check_circle:")
        for item in job.outcome.skipped:
            skipped = t("manage.skipped", document=item.document, reason=item.reason)
            st.warning(plain(skipped), icon=":material/warning:")
    else:
        st.error(plain(_reason(job)), icon=":material/error:")
    st.button(t("manage.dismiss"), key="dismiss", on_click=jobs.clear, type="tertiary", icon=":material/close:")


def _reason(job: Job) -> str:
    if isinstance(job.error, ChangeRefused):
        return str(job.error)
    said = t("manage.failed", said=job.name)
    return f"{said} {state.explain(job.error)}" if job.error else said


@st.fragment(run_every=1.0)
def _progress(jobs: Board) -> None:
    job = jobs.latest
    if job is None or not job.running:
        st.rerun()  # the whole page: the new index is there
    st.info(plain(t("manage.running", doing=doing(job.name))), icon=":material/hourglass_top:")
    st.progress(min(1.0, job.done / job.total) if job.total else 0.0, text=plain(step(job)))


def said_of(change: Change) -> str:
    """ "ersatte a.pdf och lade till b.pdf"."""
    replaced = [d.document for d in change.add if d.replaces]
    removed = [name for name in change.remove if name not in replaced]
    added = [d.document for d in change.add if not d.replaces]
    parts = [("replace", replaced), ("remove", removed), ("add", added)]
    return t("manage.said_and").join(t(f"manage.said_{what}", names=", ".join(names)) for what, names in parts if names)


def doing(said: str) -> str:
    """ "ersatte a.pdf och lade till b.pdf" -> "ersätter a.pdf och lägger till b.pdf"."""
    parts = said.split(t("manage.said_and"))
    for done, now in mapping("manage.doing").items():
        parts = [now + part[len(done) :] if part.startswith(done) else part for part in parts]
    return t("manage.said_and").join(parts)


def step(job: Job) -> str:
    """The progress in words."""
    what, _, name = job.what.partition(" ")
    if what == "reading" and name:
        return t("manage.step_reading", name=name, done=job.done + 1, total=job.total)
    if what == "reading":
        return t("manage.step_reading_all")
    if what == "embedding":
        return t("manage.step_embedding", done=job.done, total=job.total)
    return t("manage.step_publishing") if what == "publishing" else t("manage.step_starting")


def _start(said: str, work: Callable[[Progress], IngestReport], started: Callable[[], None] | None = None) -> None:
    """What was uploaded stays where another change is going on."""
    if not board().start(said, work):
        st.warning(t("manage.busy"), icon=":material/hourglass_top:")
        return
    if started is not None:
        started()
    st.rerun()


def _decided(label: str, key: str, about: str, **options: Any) -> bool:
    """A button. A click counts only where what it is `about` is what the page showed when it was clicked."""
    shown = st.session_state.get(f"{key}-about")
    st.session_state[f"{key}-about"] = about
    if not st.button(label, key=key, **options):
        return False
    if shown != about:
        st.warning(t("manage.overtaken"), icon=":material/group:")
    return shown == about


def _build(settings: Settings, progress: Progress, required: Collection[str] = ()) -> IngestReport:
    from index.build import build_index

    return build_index(settings, progress, required)


# --- adding ---


def _add(settings: Settings, library: Library | None) -> None:
    st.header(t("manage.add_title"), anchor=False)
    round_ = st.session_state.setdefault("upload-round", 0)  # a new key empties the box
    limit, pages = corpus.MAX_BYTES // 10**6, PAGES
    files = st.file_uploader(
        t("manage.drop", limit=limit, pages=pages),
        accept_multiple_files=True,
        key=f"upload-{round_}",
        max_upload_size=RECEIVED,
    )
    drafts = [_draft(settings, file.name, file.getvalue(), library) for file in files or []]
    if not drafts:
        return
    change, good = _drafts(settings, drafts, library)
    with st.container(horizontal=True):
        if good and _decided(
            t("manage.publish", n=len(good)),
            "publish",
            about=repr([(d.document, d.stands, d.same_meeting) for d in good]),
            type="primary",
            icon=":material/publish:",
            disabled=change is None,
        ):
            assert change is not None
            name = said_of(change)
            work = partial(corpus.make_change, settings, change, name, _build)
            _start(name, work, lambda: st.session_state.update({"upload-round": round_ + 1}))
        if st.button(t("manage.discard"), key="discard", icon=":material/delete:"):
            st.session_state["upload-round"] = round_ + 1
            st.rerun()


def _draft(settings: Settings, name: str, data: bytes, library: Library | None) -> Draft:
    """Read once per visit and file, and anew where what stands in the corpus is another."""
    kept: dict[tuple[str, str, str, str | None], Draft] = st.session_state.setdefault("drafts", {})
    stands = corpus.standing(settings.corpus / corpus.safe_name(name))
    key = (name, hashlib.sha256(data).hexdigest(), library.generation if library else "", stands)
    if key not in kept:
        reports = library.reports if library else ()
        with st.spinner(plain(t("manage.reading", name=name))):
            kept[key] = corpus.check_upload(name, data, _folder(), reports, read_apart, stands)
    return kept[key]


def _folder() -> Path:
    """A folder of the visit's own; the system clears it away with the session."""
    if "upload-folder" not in st.session_state:
        st.session_state["upload-folder"] = tempfile.TemporaryDirectory(prefix="citygroup-")
    return Path(st.session_state["upload-folder"].name)


def _drafts(settings: Settings, drafts: list[Draft], library: Library | None) -> tuple[Change | None, list[Draft]]:
    """Show them; the change they make together (None while a field is wrong), and those that can be published."""
    good: list[Draft] = []
    removed: list[str] = []
    corrections: list[tuple[str, Correction]] = []
    wrong = False
    for draft in corpus.compared(drafts):
        if draft.report is None:
            problem = f"{t('manage.problem', name=draft.document)} {_sentence(draft.problem)}"
            st.error(plain(problem), icon=":material/error:")
            continue
        with st.container(border=True):
            st.markdown(f"**{plain(t('manage.ready', name=draft.document))}**")
            replaced = draft.document if draft.replaces else None
            if replaced:
                st.info(t("manage.replaces"), icon=":material/sync:")
            if draft.same_meeting:
                st.warning(plain(t("manage.same_meeting", document=draft.same_meeting)), icon=":material/content_copy:")
                if st.checkbox(
                    plain(t("manage.replace_it", document=draft.same_meeting)), key=f"same-{draft.sha256[:12]}"
                ):
                    removed.append(draft.same_meeting)
                    replaced = replaced or draft.same_meeting
            if draft.beside:
                st.warning(plain(t("manage.beside", document=draft.beside)), icon=":material/content_copy:")
            earlier = _kept(settings, draft, replaced)
            report = corpus.preview(draft.report, earlier)
            correction, problems = correction_form(report, f"new-{_digest(report)}", expanded=not good)
            for problem in problems:
                st.error(plain(problem))
            wrong = wrong or bool(problems)
            recognised(corpus.preview(report, correction))
            good.append(draft)
            if (whole := merged(earlier, correction)) != Correction():
                corrections.append((draft.document, whole))
    seen = [(r.document, r.sha256) for r in (library.reports if library else ()) if r.document in removed]
    change = None if wrong else Change(tuple(good), tuple(removed), tuple(corrections), tuple(seen))
    return change, good


def _kept(settings: Settings, draft: Draft, replaced: str | None) -> Correction:
    """The corrections of the report that a draft replaces, where they are to hold for it too."""
    earlier = _earlier(settings, replaced) if replaced else Correction()
    if earlier.empty or st.checkbox(
        plain(t("manage.keep_corrections", document=replaced)), value=True, key=f"keep-{draft.sha256[:12]}"
    ):
        return earlier
    return Correction()


def _sentence(reason: str | None) -> str:
    """The readers' reasons begin in the middle of a sentence."""
    return reason[:1].upper() + reason[1:] if reason else ""


# --- those that are there ---


def _existing(settings: Settings, library: Library | None) -> None:
    st.header(t("manage.existing_title"), anchor=False)
    if library is not None:
        reports: dict[str, Report] = {r.document: r for r in library.reports}
        document = st.selectbox(
            t("manage.choose"),
            list(reports),
            index=None,
            format_func=lambda name: f"{report_name(reports[name])} ({name})" if name in reports else name,
            key="existing",
            placeholder=t("manage.choose"),
            label_visibility="collapsed",
        )
        if document is not None and document in reports:
            with st.container(border=True):
                _correct(settings, reports[document])
    if st.button(t("manage.read_again"), icon=":material/refresh:", help=t("manage.read_help"), key="read-again"):
        _start(t("manage.said_read"), partial(_build, settings))


def _correct(settings: Settings, report: Report) -> None:
    """Corrections are made to the report as it is shown, and added to those made before."""
    earlier = _earlier(settings, report.document)
    key = f"old-{_digest(report)}"
    correction, problems = correction_form(report, key, expanded=True)
    for problem in problems:
        st.error(plain(problem))
    recognised(corpus.preview(report, correction))
    with st.container(horizontal=True):
        if _decided(
            t("manage.save"),
            "save-corrections",
            about=key,
            type="primary",
            icon=":material/save:",
            disabled=bool(problems),
        ):
            if correction.empty:
                st.info(t("manage.unchanged"))
            else:
                said = t("manage.said_correct", names=report.document)
                made = ((report.document, merged(earlier, correction)),)
                change = Change(corrections=made, seen=((report.document, report.sha256),))
                _start(said, partial(corpus.make_change, settings, change, said, _build))
        if st.button(t("manage.remove"), icon=":material/delete:", key="remove"):
            st.session_state["removing"] = report.document
    if st.session_state.get("removing") == report.document:
        _confirm_removal(settings, report)


def _digest(report: Report) -> str:
    """Names a form by what it shows: it begins afresh when that is another, and stays whatever else is published."""
    return hashlib.sha256(repr(report).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _earlier(settings: Settings, document: str) -> Correction:
    return load_corrections(settings.corpus).get(document, Correction())


def _confirm_removal(settings: Settings, report: Report) -> None:
    document = report.document
    st.warning(plain(t("manage.remove_sure", document=document)), icon=":material/delete:")
    with st.container(horizontal=True):
        if _decided(t("manage.remove_yes"), "remove-yes", about=_digest(report), type="primary"):
            st.session_state.pop("removing", None)
            said = t("manage.said_remove", names=document)
            change = Change(remove=(document,), seen=((document, report.sha256),))
            _start(said, partial(corpus.make_change, settings, change, said, _build))
        if st.button(t("manage.remove_no"), key="remove-no"):
            st.session_state.pop("removing", None)
            st.rerun()


def _undo(settings: Settings) -> None:
    last = corpus.last_change(settings)
    if last is None:
        return
    if _decided(plain(t("manage.undo", said=last.said)), "undo", about=last.id, icon=":material/undo:"):
        _start(t("manage.said_undo"), partial(corpus.undo_change, settings, last.id, _build))

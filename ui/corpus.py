"""Changes to the corpus folder: check what is uploaded, publish it, and undo the last change. Knows no Streamlit.

A change is written to the folder, the index is built beside the one in use, and only when that has succeeded does the
change stand; otherwise the folder is put back as it was. What is needed to undo the last change is kept in the index
folder, never in the corpus. Others may change the folder meanwhile: a change and an undo say by hash what they were decided
on, and are refused where that no longer stands there.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import unicodedata
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.corrections import FILE as CORRECTIONS
from ingest.corrections import Correction, apply_correction, load_corrections, save_corrections
from ingest.errors import IndexBusy, UnreadableFile
from ingest.model import IngestReport, Report
from ingest.pipeline import file_hash
from ingest.readers import SUFFIXES
from ingest.settings import Settings
from ui.jobs import Progress
from ui.texts import t

MAX_BYTES = 40_000_000

Build = Callable[[Settings, Progress, Collection[str]], IngestReport]
"""Publishes what the folder holds, or raises with nothing published; so where one of the documents cannot be read."""


@dataclass(frozen=True)
class Draft:
    """An uploaded file that has not been published: what was recognised, or why it cannot be taken in.

    `twin` names a report with the same content, `same_meeting` one from a meeting of the same date, `beside` a draft of
    the same drop from one; `stands` is the hash of the file of the corpus that has its name. `file` is a copy outside the
    corpus.
    """

    document: str
    file: Path
    sha256: str
    report: Report | None = None
    problem: str | None = None
    stands: str | None = None
    twin: str | None = None
    same_meeting: str | None = None
    beside: str | None = None

    @property
    def replaces(self) -> bool:
        return self.stands is not None


@dataclass(frozen=True)
class Change:
    """What is to be done: files to add (or to put in place of those of the same name), to remove, and corrections.

    `seen` are the files that it was decided on, by name: their hashes. Those of the drafts they say themselves.
    """

    add: tuple[Draft, ...] = ()
    remove: tuple[str, ...] = ()
    corrections: tuple[tuple[str, Correction], ...] = ()
    seen: tuple[tuple[str, str], ...] = ()

    @property
    def documents(self) -> tuple[str, ...]:
        named = [d.document for d in self.add] + list(self.remove) + [name for name, _ in self.corrections]
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True)
class LastChange:
    """A change that can be undone: what it was, what stood there before, and what it left there.

    `before` maps a file's name to its copy, `after` to its hash; None: nothing.
    """

    id: str
    said: str
    before: dict[str, str | None]
    after: dict[str, str | None]


class ChangeRefused(Exception):
    """A change that was not made; the message is Swedish, says why and what to do. The corpus is as it was."""


def check_upload(
    name: str,
    data: bytes,
    folder: Path,
    reports: Sequence[Report],
    read: Callable[..., Report],
    stands: str | None = None,
) -> Draft:
    """A draft of an uploaded file, kept in `folder`. `read(path, document)` raises UnreadableFile.

    `stands` is the hash of the file of the corpus that has its name.
    """
    document = safe_name(name)
    sha = hashlib.sha256(data).hexdigest()
    file = folder / f"{sha[:16]}{Path(document).suffix.lower()}"
    draft = Draft(document, file, sha, stands=stands)
    if Path(document).suffix.lower() not in SUFFIXES:
        return replace(
            draft, problem=t("upload.kind", kinds=", ".join(sorted(s.lstrip(".").upper() for s in SUFFIXES)))
        )
    if len(data) > MAX_BYTES:
        return replace(draft, problem=t("upload.too_big", size=f"{len(data) / 1e6:.0f}", limit=MAX_BYTES // 10**6))
    if not data:
        return replace(draft, problem=t("upload.empty"))
    if re.match(r"(?i)readme\b|\.", document):
        return replace(draft, problem=t("upload.reserved", name=document))
    twin = next((r.document for r in reports if r.sha256 == sha), None)
    if twin is not None:
        return replace(draft, twin=twin, problem=t("upload.twin", document=twin))
    file.write_bytes(data)
    try:
        report = read(file, document)
    except UnreadableFile as error:
        file.unlink(missing_ok=True)
        return replace(draft, problem=error.reason)
    others = [r for r in reports if r.document != document]
    return replace(draft, report=report, same_meeting=next((r.document for r in others if _met(r, report)), None))


def compared(drafts: Sequence[Draft]) -> list[Draft]:
    """Drafts that are handed in together, each compared with those before it."""
    done: list[Draft] = []
    for draft in drafts:
        for other in done:
            if other.report is None or draft.report is None:
                continue
            if other.sha256 == draft.sha256:
                draft = replace(draft, report=None, problem=t("upload.twin_beside", document=other.document))
            elif other.document.casefold() == draft.document.casefold():
                draft = replace(draft, report=None, problem=t("upload.namesake", document=other.document))
            elif _met(other.report, draft.report):
                draft = replace(draft, beside=other.document)
        done.append(draft)
    return done


def _met(one: Report | None, other: Report | None) -> bool:
    """Whether both tell of a meeting of the same date."""
    first, second = one and one.meeting, other and other.meeting
    return bool(first and second and first.date == second.date)


def safe_name(name: str) -> str:
    """A file name for the corpus folder: no folders, no signs that a file system or a link minds."""
    base = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    base = re.sub(r"[^\w.\- ()]+", "-", base).strip(" .-") or "rapport"
    stem, suffix = os.path.splitext(base)
    return stem[:100] + suffix.lower()[:10]


def make_change(settings: Settings, change: Change, said: str, build: Build, progress: Progress) -> IngestReport:
    """Publish a change. `said` names it for the undo button. Raises ChangeRefused, the folder put back as it was."""
    with _alone(settings):
        _still(settings.corpus, {**dict(change.seen), **{d.document: d.stands for d in change.add}})
        undo = settings.index / "undo"
        fresh = Path(tempfile.mkdtemp(prefix="undo.", dir=_made(settings.index)))
        try:
            before = _keep(settings.corpus, [*change.documents, CORRECTIONS], fresh)
            with _restored(settings.corpus, before):
                _write(settings.corpus, change)
                _note(fresh, settings.corpus, said, before)
                outcome = build(settings, progress, {d.document for d in change.add})
            shutil.rmtree(undo, ignore_errors=True)
            fresh.rename(undo)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        return outcome


def last_change(settings: Settings) -> LastChange | None:
    """The change that can be undone, or None."""
    folder = settings.index / "undo"
    try:
        kept = json.loads((folder / "change.json").read_text(encoding="utf-8"))
        before = {name: str(folder / copy) if copy else None for name, copy in kept["before"].items()}
        return LastChange(str(kept["id"]), str(kept["said"]), before, dict(kept["after"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # none, or one that cannot be read


def undo_change(settings: Settings, change: str, build: Build, progress: Progress) -> IngestReport:
    """Put back what stood before the change of that id.

    Raises ChangeRefused where it is not the last one, or where what it left has been changed since.
    """
    with _alone(settings):
        last = last_change(settings)
        if last is None or last.id != change:
            raise ChangeRefused(t("upload.nothing_to_undo"))
        _still(settings.corpus, last.after)
        with tempfile.TemporaryDirectory(dir=settings.index) as now:
            before = _keep(settings.corpus, list(last.before), Path(now))
            with _restored(settings.corpus, before):
                _put_back(settings.corpus, last.before)
                outcome = build(settings, progress, ())
        shutil.rmtree(settings.index / "undo", ignore_errors=True)
        return outcome


def preview(report: Report, correction: Correction) -> Report:
    """The report as it would be published."""
    return apply_correction(report, correction)


def standing(path: Path) -> str | None:
    """The hash of a file; None for one that is not there."""
    return file_hash(path) if path.is_file() else None


def _still(corpus: Path, seen: Mapping[str, str | None]) -> None:
    """Raises ChangeRefused where a file is no longer the one that was seen."""
    for name, sha in seen.items():
        if standing(corpus / name) != sha:
            raise ChangeRefused(t("upload.overtaken", document=name))


def _note(folder: Path, corpus: Path, said: str, before: Mapping[str, str | None]) -> None:
    """What an undo needs to know of the files that were changed, beside their copies in `folder`."""
    after = {name: standing(corpus / name) for name in before}
    changed = [name for name, copy in before.items() if after[name] != (standing(Path(copy)) if copy else None)]
    kept = {
        "id": uuid.uuid4().hex,
        "said": said,
        "before": {name: (copy := before[name]) and Path(copy).name for name in changed},
        "after": {name: after[name] for name in changed},
    }
    (folder / "change.json").write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One change at a time, whichever process makes it."""
    lock = FileLock(_made(settings.index) / "corpus.lock")
    try:
        with lock.acquire(timeout=0):
            yield
    except Timeout as error:
        raise IndexBusy("Another change of the corpus is under way") from error


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _keep(corpus: Path, names: Sequence[str], folder: Path) -> dict[str, str | None]:
    """Copies of files of the corpus (None for one that is not there), by name."""
    kept: dict[str, str | None] = {}
    for number, name in enumerate(names):
        source = corpus / name
        copy = folder / f"{number}"
        kept[name] = str(shutil.copyfile(source, copy)) if source.is_file() else None
    return kept


@contextmanager
def _restored(corpus: Path, before: dict[str, str | None]) -> Iterator[None]:
    """Put the folder back where what is done inside fails, or is broken off."""
    try:
        yield
    except BaseException as error:
        _put_back(corpus, before)
        if isinstance(error, UnreadableFile):
            raise ChangeRefused(t("upload.refused", document=error.document, reason=error.reason)) from error
        if isinstance(error, OSError):
            raise ChangeRefused(t("upload.not_writable", reason=error.strerror or error)) from error
        raise


def _put_back(corpus: Path, before: dict[str, str | None]) -> None:
    for name, copy in before.items():
        if copy is None:
            (corpus / name).unlink(missing_ok=True)
        else:
            _copy(Path(copy), corpus / name)


def _write(corpus: Path, change: Change) -> None:
    """Corrections were made for a file: one that is removed or replaced keeps only those that the change brings."""
    known = load_corrections(corpus)
    kept = {name: c for name, c in known.items() if name not in change.documents} | dict(change.corrections)
    for name in change.remove:
        (corpus / name).unlink(missing_ok=True)
    for draft in change.add:
        _copy(draft.file, corpus / draft.document)
    if kept != known:
        save_corrections(corpus, kept)


def _copy(source: Path, target: Path) -> None:
    """In one step: a reader of the folder sees the old file or the new one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    shutil.copyfile(source, part)
    os.replace(part, target)

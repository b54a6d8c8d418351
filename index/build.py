"""From a folder of reports to a published index.

Unchanged files are neither read nor embedded again: recognised structure is kept by the file's content and the code that
recognised it, vectors by the text that was embedded.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import ingest
from index import generations
from index.embedding import encoder_fingerprint, load_encoder, passage_text
from index.model import Manifest
from index.store import ChromaStore, Stored
from ingest.corrections import apply_correction, corrections_text, load_corrections
from ingest.errors import IndexMissing, NothingToRead, UnreadableFile
from ingest.model import IngestReport, Passage, Report, Skipped
from ingest.pipeline import corpus_files, file_hash, read_report, report_from_dict, report_to_dict
from ingest.settings import Settings

OWN_WORDS = "-own"

logger = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
"""Called with what is done ("reading FILE", "embedding"), how much of it is done and how much there is."""


def _silent(what: str, done: int, total: int) -> None:
    pass


def reading_code() -> str:
    """Hash of the code and data that recognise structure: a change of it makes every file be read anew."""
    digest = hashlib.sha256()
    root = Path(ingest.__file__).parent
    for path in sorted([*root.rglob("*.py"), *root.rglob("*.yaml")]):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _read(path: Path, name: str, names: Mapping[str, str], index: Path, code: str) -> tuple[str, Report, bool]:
    """The file's hash, its report, and whether its structure was known already. `names` are those read before, by hash.

    Raises UnreadableFile.
    """
    try:
        sha = file_hash(path)
        if sha in names:
            raise UnreadableFile(name, f"samma innehåll som {names[sha]}. Ta bort en av filerna.")
        cached = generations.structure_file(index, name, sha, code)
        report = _recognised(cached)
        known = report is not None
        report = report or read_report(path, name)
        generations.keep_file(path, generations.kept_file(index, name, sha))
        if not known:
            generations.write_atomically(cached, json.dumps(report_to_dict(report), ensure_ascii=False))
    except OSError as error:
        reason = f"filen kan inte läsas ({error.strerror}). Kontrollera rättigheterna."
        raise UnreadableFile(name, reason) from error
    return sha, report, known


def _recognised(cached: Path) -> Report | None:
    """The structure that was kept; None where there is none, or one that is damaged."""
    try:
        return report_from_dict(json.loads(cached.read_text(encoding="utf-8"))) if cached.is_file() else None
    except (ValueError, KeyError, TypeError):
        return None


def _vectors(
    texts: Sequence[str], settings: Settings, known: dict[str, NDArray[np.float32]], progress: Progress
) -> NDArray[np.float32]:
    """A vector per text; those of `known` are taken over, the others embedded."""
    if not texts:
        return np.zeros((0, 0), np.float32)
    missing = sorted({text for text in texts if text not in known})
    if missing:
        encoder = load_encoder(settings)
        for start in range(0, len(missing), 64):
            part = missing[start : start + 64]
            progress("embedding", start, len(missing))
            known.update(zip(part, encoder.encode_passages(part), strict=True))
        progress("embedding", len(missing), len(missing))
    return np.stack([known[text] for text in texts]).astype(np.float32)


def _unique(passages: Sequence[Passage]) -> list[Passage]:
    """Ids must be unique in the store; two files with the same content would share them."""
    seen: set[str] = set()
    return [p for p in passages if not (p.id in seen or seen.add(p.id))]  # type: ignore[func-returns-value]


def build_index(settings: Settings, progress: Progress = _silent, required: Collection[str] = ()) -> IngestReport:
    """Bring the index up to date with the corpus folder and publish it.

    Returns what was read, skipped (named with the reason), unchanged and removed. Raises IndexBusy, UnreadableFile where
    one of the `required` documents cannot be read, and NothingToRead where no file at all could be; the published index
    then stays as it is. Publishing is the last thing that can fail.
    """
    with generations.writing(settings.index):
        return _build(settings, progress, required)


def _build(settings: Settings, progress: Progress, required: Collection[str]) -> IngestReport:
    index = settings.index
    if not settings.corpus.is_dir():
        raise NothingToRead(f"There is no corpus folder {settings.corpus}. Create it or set CITYGROUP_CORPUS.")
    files = corpus_files(settings.corpus)
    code = reading_code()
    corrections = load_corrections(settings.corpus)
    reports: list[Report] = []
    skipped: list[Skipped] = []
    unchanged: list[str] = []
    names: dict[str, str] = {}  # by hash
    for position, path in enumerate(files):
        name = path.relative_to(settings.corpus).as_posix()
        progress(f"reading {name}", position, len(files))
        try:
            sha, report, was_known = _read(path, name, names, index, code)
        except UnreadableFile as error:
            if name in required:
                raise
            skipped.append(Skipped(name, error.reason))
            continue
        names[sha] = name
        reports.append(apply_correction(report, corrections.get(name)))
        if was_known:
            unchanged.append(name)
    progress("reading", len(files), len(files))
    hashes = {name: sha for sha, name in names.items()}
    if not reports:
        what = (
            "; ".join(f"{s.document}: {s.reason}" for s in skipped) or "the folder holds no PDF, MD, TXT or HTML file"
        )
        raise NothingToRead(f"No report could be read from {settings.corpus}: {what}")

    options = {"reading": code, "chroma": settings.chroma_url or "embedded"}
    if corrected := corrections_text(corrections, hashes):
        options["corrections"] = corrected
    wanted = Manifest(
        model=settings.embedding_model or "bundled",
        fingerprint=encoder_fingerprint(settings),
        dimensions=0,
        options=options,
        corpus=dict(sorted(hashes.items())),
    )
    previous, previous_name = None, ""
    try:
        previous_name = generations.current(index)
        previous = generations.read_manifest(index, previous_name)
    except IndexMissing:
        pass
    removed = tuple(sorted(set(previous.corpus) - set(hashes))) if previous else ()
    outcome = IngestReport(tuple(reports), tuple(skipped), tuple(unchanged), removed)
    passages = _unique([passage for report in reports for passage in report.passages])
    stored: Stored = {}
    own: Stored = {}
    if previous and previous.fingerprint == wanted.fingerprint:
        with contextlib.suppress(IndexMissing):
            stored = open_store(settings, previous_name).read()
            own = open_store(settings, previous_name, OWN_WORDS).read()
    same = previous and replace(previous, dimensions=0, built="", passages=0, read={}) == wanted
    if same and stored.keys() == own.keys() == {passage.id for passage in passages}:  # a damaged store is written anew
        return outcome

    texts = [passage_text(passage) for passage in passages]
    bare = [passage.text for passage in passages]
    known = dict([*stored.values(), *own.values()])
    vectors = _vectors([*texts, *bare], settings, known, progress)

    name = generations.new_name(index)
    generations.folder(index, name).mkdir(parents=True)
    progress("publishing", 0, 1)
    open_store(settings, name).write(passages, texts, vectors[: len(texts)])
    open_store(settings, name, OWN_WORDS).write(passages, bare, vectors[len(texts) :])
    built = datetime.now(UTC).isoformat(timespec="seconds")
    manifest = replace(
        wanted,
        dimensions=int(vectors.shape[1]),
        built=built,
        passages=len(passages),
        read=_read_at(previous, wanted, built),
    )
    generations.publish(index, name, manifest)
    try:
        _clean(settings, code)
    except Exception:  # a server that does not answer, a file that is held open: it is done next time
        logger.exception("what is left of earlier generations could not be removed")
    progress("publishing", 1, 1)
    return outcome


def _read_at(previous: Manifest | None, wanted: Manifest, now: str) -> dict[str, str]:
    """When each content first came in; also of files that are gone, since an undo may bring them back."""
    known = {}
    if previous:
        known = {previous.corpus[name]: previous.read_at(name) for name in previous.corpus} | previous.read
    return dict.fromkeys(wanted.corpus.values(), now) | known


def open_store(settings: Settings, name: str, view: str = "") -> ChromaStore:
    """The vectors of a generation: of passages with heading, towns and question, or of their OWN_WORDS alone."""
    chroma = None if settings.chroma_url else generations.folder(settings.index, name) / "chroma"
    return ChromaStore(f"citygroup-{name}{view}", chroma, settings.chroma_url)


def _clean(settings: Settings, code: str) -> None:
    """Remove superseded generations, and structure that an earlier version of the reading code recognised.

    The files stay: an undo may want them.
    """
    for old in generations.superseded(settings.index):
        if settings.chroma_url:
            open_store(settings, old).drop()
            open_store(settings, old, OWN_WORDS).drop()
        generations.remove(settings.index, old)
    for path in (settings.index / "reports").glob("*.json"):
        if not path.stem.endswith(f"-{code}"):
            path.unlink(missing_ok=True)

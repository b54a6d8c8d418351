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
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import ingest
from index import generations
from index.embedding import Encoder, encoder_fingerprint, load_encoder, passage_text
from index.model import Manifest
from index.store import ChromaStore
from index.tokens import Tokens, TokenVectors, read_tokens
from ingest.corrections import apply_correction, corrections_text, load_corrections
from ingest.errors import IndexMissing, NothingToRead, UnreadableFile
from ingest.model import IngestReport, Passage, Report, Skipped
from ingest.pipeline import corpus_files, file_hash, read_report, report_from_dict, report_to_dict
from ingest.settings import Settings

OWN_WORDS = "-own"
PART = 64  # texts that are embedded between two signs of progress

logger = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
"""Called with what is done ("reading FILE", "embedding"), how much of it is done and how much there is."""

Known = tuple[dict[str, tuple[NDArray[np.float32], Tokens | None]], dict[str, NDArray[np.float32]]]
"""What is embedded already, by text: passages in context, with their tokens, and passages' own words."""


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


@dataclass(frozen=True)
class Embedded:
    """Passages as the encoder sees them: in context, (n, d), by their own words, (n, d), and in context by token.

    `tokens` is None where the model has no head for them.
    """

    whole: NDArray[np.float32]
    own: NDArray[np.float32]
    tokens: TokenVectors | None


def embed(
    passages: Sequence[Passage],
    encoder: Callable[[], Encoder],
    known: Known | None = None,
    progress: Progress = _silent,
) -> Embedded:
    """`encoder` is called once, and only where a text is new: what is `known` is taken over."""
    encoder = cache(encoder)
    whole, own = known or ({}, {})
    texts, bare = [passage_text(passage) for passage in passages], [passage.text for passage in passages]
    new = _by_length({*texts} - whole.keys())
    new_own = _by_length({*bare} - {*texts} - whole.keys() - own.keys())
    count = len(new) + len(new_own)
    for start in range(0, len(new), PART):
        progress("embedding", start, count)
        part = new[start : start + PART]
        vectors, tokens = encoder().encode_passages_by_token(part)
        for number, text in enumerate(part):
            whole[text] = vectors[number], tokens[number] if tokens else None
    for start in range(0, len(new_own), PART):
        progress("embedding", len(new) + start, count)
        part = new_own[start : start + PART]
        own.update(zip(part, encoder().encode_passages(part), strict=True))
    if count:
        progress("embedding", count, count)
    if not passages:
        return Embedded(np.zeros((0, 0), np.float32), np.zeros((0, 0), np.float32), None)
    by_token = [tokens for tokens in (whole[text][1] for text in texts) if tokens is not None]
    return Embedded(
        np.stack([whole[text][0] for text in texts]).astype(np.float32),
        np.stack([own[text] if text in own else whole[text][0] for text in bare]).astype(np.float32),
        TokenVectors.of(by_token) if len(by_token) == len(texts) else None,
    )


def _by_length(texts: Collection[str]) -> list[str]:
    """Texts of like length together, so that little is padded; in the same order each time."""
    return sorted(texts, key=lambda text: (len(text), text))


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
    known: Known = {}, {}
    if previous and previous.fingerprint == wanted.fingerprint:
        with contextlib.suppress(IndexMissing):
            stored, own = (open_store(settings, previous_name, view).read() for view in ("", OWN_WORDS))
            tokens = read_tokens(generations.folder(index, previous_name)) if previous.tokens else dict.fromkeys(stored)
            same = replace(previous, dimensions=0, tokens=0, built="", passages=0, read={}) == wanted
            ids = {passage.id for passage in passages}
            if same and stored.keys() == own.keys() == tokens.keys() == ids:  # a damaged store is written anew
                return outcome
            known = (
                {text: (vector, tokens[key]) for key, (text, vector) in stored.items() if key in tokens},
                dict(own.values()),
            )
    embedded = embed(passages, lambda: load_encoder(settings), known, progress)

    name = generations.new_name(index)
    generations.folder(index, name).mkdir(parents=True)
    progress("publishing", 0, 1)
    open_store(settings, name).write(passages, [passage_text(p) for p in passages], embedded.whole)
    open_store(settings, name, OWN_WORDS).write(passages, [p.text for p in passages], embedded.own)
    if embedded.tokens is not None:
        embedded.tokens.save(generations.folder(index, name), [p.id for p in passages])
    built = datetime.now(UTC).isoformat(timespec="seconds")
    manifest = replace(
        wanted,
        dimensions=int(embedded.whole.shape[1]),
        tokens=embedded.tokens.numbers.shape[1] if embedded.tokens is not None else 0,
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

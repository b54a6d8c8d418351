"""Index generations: each is built beside the others, published in one step, and never changed afterwards.

    INDEX/CURRENT                         name of the published generation
    INDEX/LOCK                            held while one process writes
    INDEX/files/SHA256.pdf                the corpus files as they were read
    INDEX/reports/SHA256-NAME-CODE.json   their recognised structure, by content, file name and reading code
    INDEX/generations/NAME/               manifest.json, tokens.npz and, unless a server holds it, the Chroma folder

A reader, a crash or a second writer therefore never sees half an index. The newest two generations are kept, so that a
reader that still has the previous one open can go on.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from filelock import FileLock, Timeout

from index.model import Manifest
from ingest.errors import IndexBusy, IndexMissing

KEPT = 2


def write_atomically(path: Path, text: str) -> None:
    """Write a file so that a reader sees either the old or the new text, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with temporary.open("w", encoding="utf-8") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def writing(index: Path) -> Iterator[None]:
    """Hold the index's write lock. Raises IndexBusy at once where another process holds it."""
    index.mkdir(parents=True, exist_ok=True)
    lock = FileLock(index / "LOCK")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise IndexBusy(
            f"Another process is writing the index {index}. Wait until it is done and run the command again."
        ) from error
    try:
        yield
    finally:
        lock.release()


def current(index: Path) -> str:
    """Name of the published generation. Raises IndexMissing where nothing was published."""
    try:
        name = (index / "CURRENT").read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IndexMissing(f"There is no index in {index}. Build it with: python -m ingest") from error
    except UnicodeDecodeError:
        name = "?"
    if not (index / "generations" / name / "manifest.json").is_file():
        raise IndexMissing(f"The index in {index} is damaged ({name!r} is gone). Rebuild it with: python -m ingest")
    return name


def folder(index: Path, name: str) -> Path:
    return index / "generations" / name


def new_name(index: Path) -> str:
    """A name that sorts after every earlier one."""
    taken = [path.name for path in (index / "generations").glob("*") if path.is_dir()]
    number = max((int(name.split("-")[0]) for name in taken if name.split("-")[0].isdigit()), default=0) + 1
    return f"{number:06d}-{uuid.uuid4().hex[:8]}"


def read_manifest(index: Path, name: str) -> Manifest:
    """Raises IndexMissing where it cannot be read."""
    try:
        return Manifest(**json.loads((folder(index, name) / "manifest.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise IndexMissing(
            f"The index in {index} is damaged (manifest of {name}: {error}). Rebuild it with: python -m ingest"
        ) from error


def structure_file(index: Path, document: str, sha: str, code: str) -> Path:
    """Where the recognised structure of a document is kept.

    The name is part of it: passage ids hold it, and a renamed file must not take the place of what the published
    generation still reads.
    """
    return index / "reports" / f"{sha}-{hashlib.sha256(document.encode()).hexdigest()[:12]}-{code}.json"


def kept_file(index: Path, document: str, sha: str) -> Path:
    """Where the corpus file itself is kept."""
    return index / "files" / f"{sha}{Path(document).suffix.lower()}"


def keep_file(source: Path, kept: Path) -> None:
    """Copy a corpus file so that a run that is broken off never leaves a part of it."""
    if kept.is_file():
        return
    kept.parent.mkdir(parents=True, exist_ok=True)
    temporary = kept.with_name(f".{kept.name}.{uuid.uuid4().hex}")
    try:
        shutil.copyfile(source, temporary)
        os.replace(temporary, kept)
    finally:
        temporary.unlink(missing_ok=True)


def publish(index: Path, name: str, manifest: Manifest) -> None:
    """Make a finished generation the current one, in one step."""
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1, sort_keys=True)
    write_atomically(folder(index, name) / "manifest.json", text)
    write_atomically(index / "CURRENT", name + "\n")


def superseded(index: Path) -> list[str]:
    """Generations that can go: all but the newest KEPT published ones, and remains of runs that were broken off."""
    published = current(index)
    names = sorted(path.name for path in (index / "generations").iterdir() if path.is_dir())
    finished = [name for name in names if (folder(index, name) / "manifest.json").is_file() and name <= published]
    return [name for name in names if name not in finished[-KEPT:]]


def remove(index: Path, name: str) -> None:
    """Remove a generation's folder. One that a reader holds open (Windows) is left for the next run."""
    shutil.rmtree(folder(index, name), ignore_errors=True)

"""The runs that were kept: one folder per run with its results and its readable report."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from eval.runner import CaseResult, Run, run_from_dict, run_to_dict

RUNS = Path(__file__).resolve().parent / "runs"
RESULTS = "resultat.json"


@dataclass(frozen=True)
class LastResult:
    """A case's newest result, when it was had, and the one before it (None where there is none)."""

    when: str
    result: CaseResult
    before: CaseResult | None


def save(run: Run, runs: Path = RUNS) -> Path:
    """Write a run to a new folder named by its time, in one step; returns the folder."""
    folder = runs / run.when.replace(":", "").replace("+", "_")
    number = 2
    while folder.exists():
        folder = folder.with_name(f"{folder.name.split('.')[0]}.{number}")
        number += 1
    folder.mkdir(parents=True)
    write_atomically(folder / RESULTS, json.dumps(run_to_dict(run), ensure_ascii=False, indent=1))
    return folder


def load_all(runs: Path = RUNS) -> tuple[Run, ...]:
    """Every kept run, oldest first; a folder that holds no readable run is passed over."""
    found = []
    for path in sorted(runs.glob(f"*/{RESULTS}")):
        try:
            found.append(run_from_dict(json.loads(path.read_text(encoding="utf-8"))))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return tuple(sorted(found, key=lambda run: run.when))


def last_results(runs: tuple[Run, ...]) -> dict[str, LastResult]:
    """By case id: the newest result and the one before it, over runs that may each hold only some of the cases."""
    found: dict[str, LastResult] = {}
    for run in runs:
        for result in run.results:
            before = found.get(result.id)
            found[result.id] = LastResult(run.when, result, before.result if before else None)
    return found


def write_atomically(path: Path, text: str) -> None:
    """Write a whole file or nothing of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            os.chmod(name, path.stat().st_mode & 0o777)
        else:
            os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

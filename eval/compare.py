"""The committed baseline, and what changed against it case by case."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval import names
from eval.evaluators import mention_label
from eval.history import write_atomically
from eval.runner import CaseResult, Run
from ingest.errors import QuestionSetError

BASELINE = Path(__file__).resolve().parent / "baseline.json"
EQUAL = 1e-6
NOISE = 0.005  # what a figure may fall by: on another processor a passage that lies on a cut can fall on its other side


@dataclass(frozen=True)
class Change:
    """One case whose figures or mentions changed. `gained` and `lost` are labels of mentions (Swedish)."""

    id: str
    question: str
    figures: dict[str, tuple[float | None, float | None]]  # name -> (baseline, now)
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """This run against the baseline, over the cases that both hold and that ask the same.

    `drops` are the figures that fell by more than NOISE (baseline, now); `new`, `gone` and `reworded` cases are named, not compared.
    """

    changes: tuple[Change, ...]
    figures: dict[str, tuple[float, float]]
    new: tuple[str, ...]
    gone: tuple[str, ...]
    reworded: tuple[str, ...]

    @property
    def drops(self) -> dict[str, tuple[float, float]]:
        return {name: (old, now) for name, (old, now) in self.figures.items() if now < old - NOISE}


def save_baseline(run: Run, path: Path = BASELINE) -> None:
    """Keep the run as the baseline of its corpus; baselines of other corpora stay."""
    data = _read(path)
    data[_corpus(run.documents)] = {
        "figures": {n: round(f.value, 6) for n, f in run.figures().items() if n in names.SHARES},
        "held": {n: round(f.value, 6) for n, f in run.figures(split="held").items() if n in names.SHARES},
        "cases": {result.id: _entry(result) for result in run.results},
    }
    lines = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True)
    write_atomically(path, lines + "\n")


def compare(run: Run, path: Path = BASELINE, whole: bool = True) -> Comparison:
    """Raises QuestionSetError where no baseline was kept for the run's documents.

    Of a run of part of the set (`whole` false) the cases that were not run are not counted as gone.
    """
    data = _read(path).get(_corpus(run.documents))
    if data is None:
        raise QuestionSetError(
            f"{path.name} holds no baseline for these documents ({', '.join(run.documents)}). "
            "Save one with: python -m eval --save-baseline"
        )
    old: Mapping[str, Mapping[str, Any]] = data["cases"]
    now = {result.id: result for result in run.results}
    same = [case_id for case_id in now if case_id in old and old[case_id]["asks"] == now[case_id].asks]
    changes = [change for case_id in same if (change := _change(now[case_id], old[case_id]))]
    return Comparison(
        tuple(changes),
        _figures([old[i]["scores"] for i in same], [_scores(now[i]) for i in same]),
        tuple(i for i in now if i not in old),
        tuple(i for i in old if i not in now) if whole else (),
        tuple(i for i in now if i in old and i not in same),
    )


def mention_changes(old: CaseResult, now: CaseResult) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Labels of the mentions that are found now and were not, and of those that are found no more."""
    before, after = set(_found(old)), set(_found(now))
    return tuple(sorted(after - before)), tuple(sorted(before - after))


def _figures(old: list[dict[str, float]], now: list[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Means per figure over the cases to which it applies: a refused answer has no precision to fall, but recall."""
    found = {}
    for name in names.SHARES:
        before = [scores[name] for scores in old if name in scores]
        after = [scores[name] for scores in now if name in scores]
        if before and after:
            found[name] = (sum(before) / len(before), sum(after) / len(after))
    return found


def _change(result: CaseResult, old: Mapping[str, Any]) -> Change | None:
    now = _scores(result)
    figures = {
        name: (old["scores"].get(name), now.get(name))
        for name in names.SHARES
        if _differs(old["scores"].get(name), now.get(name))
    }
    found, before = set(_found(result)), set(old["found"])
    if not figures and found == before:
        return None
    return Change(result.id, result.question, figures, tuple(sorted(found - before)), tuple(sorted(before - found)))


def _differs(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is not other
    return abs(one - other) > EQUAL


def _entry(result: CaseResult) -> dict[str, Any]:
    return {
        "asks": result.asks,
        "split": result.split,
        "scores": _scores(result),
        "found": _found(result),
    }


def _scores(result: CaseResult) -> dict[str, float]:
    return {name: round(s.value, 6) for name, s in result.scores.items() if name in names.SHARES}


def _found(result: CaseResult) -> list[str]:
    return sorted(mention_label(m.mention) for m in result.mentions if m.found)


def _corpus(documents: tuple[str, ...]) -> str:
    """A corpus is told by its file names: its content may be mended without starting a new baseline."""
    return ", ".join(sorted(documents))


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise QuestionSetError(f"{path} is not JSON: {error}") from error
    if not isinstance(data, dict):
        raise QuestionSetError(f"{path} holds no baselines; save one with: python -m eval --save-baseline")
    return data

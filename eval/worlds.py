"""Fictional worlds: reports of networks that never were, with questions whose answers are listed passage by passage.

    python -m eval.worlds [--split train|held] [--misses]

A file of index/training/worlds holds `passages` (id, report, region, question, heading, town, text) and `questions` (kind,
question, `answers` and `also`: ids of what must and of what may be told). They are put before the assistant as reports
like any other: how good are the answers on reports that nobody has tuned anything on? Worlds of `HELD_WORLDS` are never trained
on; the relevance model is fitted on them (eval/calibrate.py).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from answer.assemble import open_searcher
from answer.assistant import Assistant
from answer.model import Answer, Query
from eval.cases import TODAY
from index.build import embed
from index.embedding import Encoder, load_encoder
from index.library import Library
from index.model import Manifest
from index.thesaurus import Thesaurus
from index.training.data import HELD_WORLDS, WORLDS
from ingest.model import Meeting, Page, Passage, RegionChapter, Report, Span
from ingest.settings import read_settings


@dataclass(frozen=True)
class WorldQuestion:
    """`answers`: ids of the passages that state an answer; `also`: of those that may be told. Refusals have none."""

    world: str
    kind: str
    question: str
    answers: frozenset[str]
    also: frozenset[str]


@dataclass(frozen=True)
class World:
    name: str
    reports: tuple[Report, ...]
    questions: tuple[WorldQuestion, ...]

    @property
    def passages(self) -> tuple[Passage, ...]:
        return tuple(passage for report in self.reports for passage in report.passages)


def read_worlds(split: str | None = None, folder: Path = WORLDS) -> list[World]:
    """The worlds of a split ("train", "held"), or all. Raises ValueError for a label of a passage that is not there."""
    worlds = [_world(json.loads(file.read_text(encoding="utf-8"))) for file in sorted(folder.glob("*.json"))]
    return [world for world in worlds if split in (None, "held" if world.name in HELD_WORLDS else "train")]


def _world(data: dict[str, Any]) -> World:
    name = data["world"]
    by_report: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for entry in data["passages"]:
        by_report[entry["report"]].append(entry)
    known = {entry["id"] for entry in data["passages"]}
    questions = []
    for entry in data["questions"]:
        answers, also = frozenset(entry["answers"]), frozenset(entry.get("also", []))
        if unknown := (answers | also) - known:
            raise ValueError(f"{name}: {entry['question']!r} names passages that are not there: {sorted(unknown)}")
        ids = [frozenset(f"{name}/{number}" for number in part) for part in (answers, also)]
        questions.append(WorldQuestion(name, entry["kind"], entry["question"], ids[0], ids[1] - ids[0]))
    return World(name, tuple(_report(name, label, rows) for label, rows in by_report.items()), tuple(questions))


def _report(world: str, label: str, rows: Sequence[dict[str, Any]]) -> Report:
    document = f"{world}-{label}.md"
    meeting = None
    if label[:4].isdigit() and any(row.get("region") for row in rows):
        day = f"{label}-15"
        meeting = Meeting(day, (day,), f"Nätverksträff {label}")
    text, passages = "", []
    for order, row in enumerate(rows):
        start = len(text)
        text += row["text"] + "\n"
        town = row.get("town")
        passages.append(
            Passage(
                id=f"{world}/{row['id']}",
                document=document,
                order=order,
                kind="bullet",
                text=row["text"],
                quote=row["text"],
                spans=(Span(None, start, start + len(row["text"])),),
                region=row.get("region"),
                question=row.get("question"),
                heading=row.get("heading"),
                towns=tuple(part.strip() for part in town.split(",")) if town else (),
            )
        )
    regions = tuple(
        RegionChapter(region, None, (None, None)) for region in dict.fromkeys(p.region for p in passages if p.region)
    )
    return Report(
        document, "0", "meeting" if meeting else "document", label, (Page(None, text),), meeting,
        regions=regions, passages=tuple(passages),
    )  # fmt: skip


def open_world(world: World, encoder: Encoder, thesaurus: Thesaurus | None = None) -> Assistant:
    """An assistant over one world; nothing is written. `thesaurus` where another than the project's own is wanted."""
    library = embedded(world.name, world.reports, world.passages, encoder)
    return Assistant(library, open_searcher(library, encoder, thesaurus), lambda: TODAY)


def embedded(name: str, reports: tuple[Report, ...], passages: tuple[Passage, ...], encoder: Encoder) -> Library:
    """What an index of these reports would hold with an encoder; nothing is written."""
    found = embed(passages, lambda: encoder)
    manifest = Manifest("bundled", encoder.fingerprint, encoder.dimensions)
    return Library(name, manifest, reports, passages, found.whole, found.own, tokens=found.tokens)


@dataclass(frozen=True)
class Outcome:
    """One question's answer: ids told, in the answer's order."""

    asked: WorldQuestion
    told: tuple[str, ...]

    @property
    def recall(self) -> float | None:
        if not self.asked.answers:
            return None
        return len(self.asked.answers & set(self.told)) / len(self.asked.answers)

    @property
    def precision(self) -> float | None:
        judged = [number for number in self.told if number not in self.asked.also]
        if not judged or not self.asked.answers:
            return None
        return sum(number in self.asked.answers for number in judged) / len(judged)


def run(world: World, assistant: Assistant) -> list[Outcome]:
    outcomes = []
    for asked in world.questions:
        result = assistant.find(Query(asked.question))
        told = [c.passage_id or "" for c in result.citations] if isinstance(result, Answer) else []
        outcomes.append(Outcome(asked, tuple(told)))
    return outcomes


def table(outcomes: Iterable[Outcome]) -> str:
    """Per kind: questions, mean recall, mean precision, share answered (of refusals: refused)."""
    by_kind: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_kind[outcome.asked.kind].append(outcome)
        by_kind["refused" if not outcome.asked.answers else "all"].append(outcome)
    lines = [f"{'kind':12} {'n':>4} {'recall':>7} {'prec.':>6} {'right':>6}"]
    for kind in sorted(by_kind, key=lambda kind: (kind in ("all", "refused"), kind)):
        rows = by_kind[kind]
        right = np.mean([bool(row.told) == bool(row.asked.answers) for row in rows])
        lines.append(
            f"{kind:12} {len(rows):4} {_mean(r.recall for r in rows):7.3f} {_mean(r.precision for r in rows):6.3f} {right:6.3f}"
        )
    return "\n".join(lines)


def _mean(values: Iterable[float | None]) -> float:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else float("nan")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m eval.worlds", description="Answers on fictional worlds, measured.")
    parser.add_argument("--split", choices=("train", "held"), help="only these worlds")
    parser.add_argument(
        "--misses", action="store_true", help="list each question with what was missed and what was wrong"
    )
    options = parser.parse_args(arguments)
    encoder = load_encoder(read_settings())
    every: list[Outcome] = []
    for world in read_worlds(options.split):
        assistant = open_world(world, encoder)
        outcomes = run(world, assistant)
        every += outcomes
        if options.misses:
            _show(outcomes, {p.id: p.text for p in world.passages})
    print(table(every))
    return 0


def _show(outcomes: Iterable[Outcome], texts: dict[str, str]) -> None:
    for outcome in outcomes:
        asked, told = outcome.asked, set(outcome.told)
        if told - asked.also != asked.answers:
            print(f"{asked.world} {asked.kind}: {asked.question}")
            for number in sorted(asked.answers - told):
                print(f"    missed {texts[number][:120]}")
            for number in sorted(told - asked.answers - asked.also):
                print(f"    wrong  {texts.get(number, number)[:120]}")


if __name__ == "__main__":
    sys.exit(main())

"""Fictional worlds are read as reports, asked like any other, and their labels are whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.worlds import Outcome, WorldQuestion, open_world, read_worlds, table
from index.training import data
from index.training.data import HELD_WORLDS
from tests.conftest import CountingEncoder

WORLDS = read_worlds()


def row(number: str, report: str, region: str | None, text: str, town: str | None = None) -> dict:
    question = "1. Nytt?" if region else None
    return {
        "id": number,
        "report": report,
        "region": region,
        "question": question,
        "heading": None,
        "town": town,
        "text": text,
    }


SMALL = {
    "world": "liten",
    "passages": [
        row("p1", "2022-09", "Norr", "Boden säljer presentkort.", "Boden"),
        row("p2", "2022-09", "Syd", "Nya bänkar på torget."),
        row("p3", "Strategi", None, "Staden ska vara grön."),
    ],
    "questions": [
        {"kind": "aggregate", "question": "vilka säljer presentkort?", "answers": ["p1"], "also": ["p1", "p2"]}
    ],
}


def write(folder: Path, data: dict) -> Path:
    (folder / f"{data['world']}.json").write_text(json.dumps(data), encoding="utf-8")
    return folder


def test_reports_with_regions_are_meetings_and_quotes_stand_in_their_text(tmp_path: Path) -> None:
    (world,) = read_worlds(folder=write(tmp_path, SMALL))
    meeting, other = world.reports
    assert meeting.meeting is not None and meeting.meeting.date == "2022-09-15" and other.meeting is None
    for report in world.reports:
        for passage in report.passages:
            (span,) = passage.spans
            assert report.page_text(None)[span.start : span.end] == passage.quote


def test_what_must_be_told_is_not_optional_as_well(tmp_path: Path) -> None:
    (world,) = read_worlds(folder=write(tmp_path, SMALL))
    assert (world.questions[0].answers, world.questions[0].also) == ({"liten/p1"}, {"liten/p2"})


def test_a_label_of_a_missing_passage_is_an_error_that_names_it(tmp_path: Path) -> None:
    broken = SMALL | {"questions": [{"kind": "fact", "question": "var?", "answers": ["p9"]}]}
    with pytest.raises(ValueError, match="p9"):
        read_worlds(folder=write(tmp_path, broken))


def test_a_world_is_asked_like_any_index(tmp_path: Path, encoder: CountingEncoder) -> None:
    (world,) = read_worlds(folder=write(tmp_path, SMALL))
    assistant = open_world(world, encoder)
    assert {hit.passage.id for hit in assistant.searcher.search("presentkort").hits} == {p.id for p in world.passages}


def test_recall_and_precision_leave_out_what_may_be_told() -> None:
    asked = WorldQuestion("w", "aggregate", "?", frozenset({"a", "b"}), frozenset({"c"}))
    assert (Outcome(asked, ("a", "c", "d")).recall, Outcome(asked, ("a", "c", "d")).precision) == (0.5, 0.5)
    assert (Outcome(asked, ()).recall, Outcome(asked, ()).precision) == (0.0, None)
    refused = WorldQuestion("w", "refusal", "?", frozenset(), frozenset())
    assert (Outcome(refused, ()).recall, Outcome(refused, ("a",)).precision) == (None, None)
    assert "refused         1" in table([Outcome(refused, ())])


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_a_world_has_questions_of_every_kind_and_refusals_without_answers(world) -> None:  # type: ignore[no-untyped-def]
    kinds = {asked.kind for asked in world.questions}
    assert kinds == {"aggregate", "paraphrase", "fact", "region", "typo", "refusal"}
    assert all(bool(asked.answers) == (asked.kind != "refusal") for asked in world.questions)
    assert len(world.passages) >= 150


def test_training_never_reads_a_world_that_is_held_back() -> None:
    assert {world.name for world in data.read_worlds()} == {world.name for world in WORLDS} - set(HELD_WORLDS)
    assert {world.name for world in WORLDS} >= set(HELD_WORLDS)

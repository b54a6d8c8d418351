"""Against the baseline: every changed case is shown, and a drop is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eval import compare, names
from eval.compare import NOISE, Comparison
from eval.runner import run
from ingest.errors import QuestionSetError


@pytest.fixture
def baseline(world, tmp_path):
    path = tmp_path / "baseline.json"
    compare.save_baseline(run(world.assistant(), [world.case, world.refusal]), path)
    return path


def test_an_equal_run_changes_nothing(world, baseline):
    found = compare.compare(run(world.assistant(), [world.case, world.refusal]), baseline)
    assert found.changes == () and not found.drops


def test_a_lost_mention_is_named_and_is_a_drop(world, baseline):
    missing = replace(world.right, claims=world.right.claims[1:], citations=world.right.citations[1:])
    found = compare.compare(run(world.assistant(ljus=missing), [world.case, world.refusal]), baseline)
    (change,) = found.changes
    assert change.figures == {names.MENTION_RECALL: (1.0, 0.75)}
    assert "ljusslingor" in change.lost[0] and change.gained == ()
    assert found.drops == {names.MENTION_RECALL: (1.0, 0.75)}


def test_a_gain_is_shown_and_is_no_drop(world, tmp_path):
    path = tmp_path / "baseline.json"
    compare.save_baseline(run(world.assistant(ljus=None), [world.case]), path)
    found = compare.compare(run(world.assistant(), [world.case]), path)
    assert len(found.changes[0].gained) == 4 and not found.drops
    assert found.figures[names.ANSWERED_RIGHT] == (0.0, 1.0)


def test_new_absent_and_reworded_cases_are_named_and_not_compared(world, baseline):
    reworded = replace(world.case, question="Vem bytte ljus?")
    fresh = replace(world.refusal, id="ny-fraga")
    found = compare.compare(run(world.assistant(), [reworded, fresh]), baseline)
    assert (found.new, found.gone, found.reworded) == (("ny-fraga",), ("visby",), ("ljus",))
    assert found.changes == () and not found.drops


def test_a_run_of_part_of_the_set_misses_nothing(world, baseline):
    found = compare.compare(run(world.assistant(), [world.refusal]), baseline, whole=False)
    assert found.gone == ()


def test_another_corpus_has_its_own_baseline(world, baseline):
    other = replace(world.library, reports=world.library.reports[:1])
    assistant = replace(world.assistant(), library=other)
    with pytest.raises(QuestionSetError, match="--save-baseline"):
        compare.compare(run(assistant, [world.refusal]), baseline)
    compare.save_baseline(run(assistant, [world.refusal]), baseline)
    assert not compare.compare(run(assistant, [world.refusal]), baseline).changes
    assert not compare.compare(run(world.assistant(), [world.case, world.refusal]), baseline).changes


def test_a_baseline_that_is_no_json_is_named(world, tmp_path):
    path = tmp_path / "baseline.json"
    path.write_text("<<<<<<<", encoding="utf-8")
    with pytest.raises(QuestionSetError, match="not JSON"):
        compare.compare(run(world.assistant(), [world.case]), path)


def test_a_figure_may_fall_by_what_another_processor_changes_and_no_more() -> None:
    assert not Comparison((), {"recall": (0.9, 0.9 - 0.8 * NOISE)}, (), (), ()).drops
    assert Comparison((), {"recall": (0.9, 0.9 - 1.2 * NOISE)}, (), (), ()).drops

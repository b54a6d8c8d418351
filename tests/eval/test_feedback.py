"""Thumbs survive crashes and each other, and become questions."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from answer.model import NoAnswer, Understanding
from eval import feedback
from eval.cases import case_to_dict, check
from eval.places import Places


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "feedback.jsonl"


def test_a_thumb_is_kept_with_what_was_asked_and_cited(world, path):
    answer = replace(world.right, query=replace(world.right.query, history=("Och ljus?",), region="Fjäll"))
    feedback.add(answer, "ned", world.library, " Saknar Hamnö ", "Ann", path)
    (entry,) = feedback.entries(path)
    assert (entry.thumb, entry.comment, entry.who, entry.region) == ("ned", "Saknar Hamnö", "Ann", "Fjäll")
    assert entry.history == ("Och ljus?",)
    assert [m.page for m in entry.cited] == [2, 2, 3, 4, None]


def test_the_kept_mentions_point_at_the_cited_passages_alone(world, path):
    entry = feedback.add(world.right, "upp", world.library, path=path)
    places = Places(world.library.reports)
    found = [places.passages_of(m) for m in entry.cited]
    assert [[p.id for p in passages] for passages in found] == [[c.passage_id] for c in world.right.citations]


def test_a_thumb_up_becomes_a_question_that_expects_what_was_cited(world, path):
    entry = feedback.add(world.right, "upp", world.library, path=path)
    case = feedback.to_case(entry, set())
    check({"questions": [case_to_dict(case)]})
    assert case.id == "ny-vem-gor-nagot-med-ljus" and case.kind == "aggregate" and case.expected == entry.cited
    assert feedback.to_case(entry, {case.id}).id == "ny-vem-gor-nagot-med-ljus-2"


def test_a_thumb_up_for_a_refusal_becomes_a_question_without_an_answer(world, path):
    refusal = NoAnswer(world.refusal.query(), Understanding("tomt"), "Inget.")
    case = feedback.to_case(feedback.add(refusal, "upp", world.library, path=path), set())
    check({"questions": [case_to_dict(case)]})
    assert (case.kind, case.answerable) == ("refusal", False)


@pytest.mark.parametrize("history", [(), ("Och ljus?",)])
def test_a_thumb_down_becomes_a_questioned_question_whatever_was_answered(world, path, history):
    for result in (world.right, NoAnswer(world.refusal.query(), Understanding("tomt"), "Inget.")):
        result = replace(result, query=replace(result.query, history=history))
        case = feedback.to_case(feedback.add(result, "ned", world.library, "Fel!", path=path), set())
        check({"questions": [case_to_dict(case)]})
        assert (case.status, case.comment) == ("ifrågasatt", "Fel!")
        assert case.answerable is result.answerable


def test_what_became_of_a_thumb_is_kept_beside_it(world, path):
    entry = feedback.add(world.right, "upp", world.library, path=path)
    feedback.handle(entry.id, "ny-fraga", path)
    assert feedback.entries(path)[0].handled == "ny-fraga"


def test_a_line_cut_short_by_a_crash_hides_no_other(world, path):
    feedback.add(world.right, "upp", world.library, "ett", path=path)
    with open(path, "a", encoding="utf-8") as file:
        file.write('{"event": "thumb", "id": "x", "wh')
    feedback.add(world.right, "upp", world.library, "två", path=path)
    assert [e.comment for e in feedback.entries(path)] == ["två", "ett"]


def test_thumbs_given_at_once_are_all_kept(world, path):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: feedback.add(world.right, "upp", world.library, str(n), path=path), range(40)))
    assert {e.comment for e in feedback.entries(path)} == {str(n) for n in range(40)}
    assert all(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


def test_no_file_means_no_thumbs(path):
    assert feedback.entries(path) == ()

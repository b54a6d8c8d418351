"""A run asks every case, keeps errors apart and tells where misses lie."""

from __future__ import annotations

import json
from dataclasses import replace

from eval import names
from eval.cases import Mention
from eval.runner import run, run_from_dict, run_to_dict


def test_every_case_is_asked_in_order_with_progress(world):
    steps = []
    assistant = world.assistant()
    found = run(assistant, [world.case, world.refusal], lambda *step: steps.append(step))
    assert [q.id for q in assistant.asked] == ["ljus", "visby"]
    assert steps == [(1, 2, world.case.question), (2, 2, world.refusal.question)]
    assert found.documents == ("mote-2031.pdf", "mote-2033.md")
    assert {n: f.value for n, f in found.figures().items() if n in names.SHARES} == dict.fromkeys(names.SHARES, 1.0)


def test_an_error_in_one_answer_counts_as_not_answered_and_hides_no_other(world):
    found = run(world.assistant(ljus=RuntimeError("trasigt")), [world.case, world.refusal])
    assert found.results[0].error == "Fel: RuntimeError: trasigt"
    figures = found.figures()
    assert figures[names.ANSWERED_RIGHT].value == 0.0
    assert figures[names.MENTION_RECALL].items == 4
    assert figures[names.REFUSAL_RIGHT].value == 1.0


def test_figures_are_means_over_cases_and_shares_over_items(world):
    half = replace(world.case, id="halv", question="Halv?", split="held", expected=world.case.expected[:1], accepted=())
    missing = replace(world.right, claims=world.right.claims[1:], citations=world.right.citations[1:])
    found = run(world.assistant(**{"Halv?": world.right, "ljus": missing}), [world.case, half])
    recall = found.figures()[names.MENTION_RECALL]
    assert (recall.value, recall.cases, recall.of_items, recall.items) == (0.875, 2, 0.8, 5)
    assert found.figures(split="held")[names.MENTION_RECALL].value == 1.0
    assert names.REFUSAL_RIGHT not in found.figures(kind="aggregate")


def test_items_are_counted_per_region_and_document(world):
    missing = replace(world.right, claims=world.right.claims[1:], citations=world.right.citations[1:])
    found = run(world.assistant(ljus=missing), [world.case])
    assert found.by_place("region")["Fjäll"][names.MENTION_RECALL] == (1, 2)
    assert found.by_place("region")["Kust"][names.MENTION_RECALL] == (2, 2)
    assert found.by_place("document")["mote-2033"][names.MENTION_RECALL] == (1, 1)


def test_a_missed_mention_tells_where_it_was_lost(world):
    absent = Mention("mote-2031", "Fjäll", 2, None, ("enhörning",))
    case = replace(world.case, expected=(*world.case.expected, absent))
    missing = replace(world.right, claims=world.right.claims[:3], citations=world.right.citations[:3])
    mentions = run(world.assistant(ljus=missing), [case]).results[0].mentions
    assert [m.lost for m in mentions] == [
        None,
        None,
        "hittad men utelämnad",
        "hittad men utelämnad",
        "finns inte i materialet",
    ]
    assert mentions[2].rank is not None and mentions[2].probability == 0.1
    refused = run(world.assistant(ljus=None), [case]).results[0]
    assert refused.mentions[0].lost == "frågan avböjdes"


def test_a_run_written_and_read_is_the_same(world):
    found = run(world.assistant(), [world.case, world.refusal])
    assert run_from_dict(json.loads(json.dumps(run_to_dict(found)))) == found


def test_two_runs_over_the_same_answers_are_equal(world):
    one, other = (run(world.assistant(), [world.case, world.refusal]) for _ in range(2))
    assert one.results == other.results

"""Each figure falls for its own kind of error and for no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from answer.model import Answer, NoAnswer, Understanding
from eval import names
from eval.evaluators import evaluate, stated_by
from eval.places import Places

ALL = {names.MENTION_RECALL, names.CLAIM_PRECISION, names.CITATION_FIDELITY, names.ATTRIBUTION, names.ANSWERED_RIGHT}


def values(case, answer, world) -> dict[str, float]:
    scores = evaluate(case, answer, Places(world.library.reports))
    return {name: score.value for name, score in scores.items() if name != names.LATENCY}


def lowered(case, answer, world) -> set[str]:
    found = values(case, answer, world)
    assert set(found) == ALL
    return {name for name, value in found.items() if value < 1}


def test_a_right_answer_scores_one_everywhere(world):
    assert values(world.case, world.right, world) == dict.fromkeys(ALL, 1.0)


def test_a_planted_missing_mention_lowers_the_recall_alone(world):
    answer = replace(world.right, claims=world.right.claims[1:], citations=world.right.citations[1:])
    assert lowered(world.case, answer, world) == {names.MENTION_RECALL}
    assert values(world.case, answer, world)[names.MENTION_RECALL] == 0.75


@pytest.mark.parametrize("number", [1, 3, 4, 5])
def test_a_planted_wrong_region_lowers_the_attribution_alone(world, plant, number):
    wrong = "Kust" if number in (1, 3) else "Fjäll"
    answer = plant(world.right, number, region=wrong)
    assert lowered(world.case, answer, world) == {names.ATTRIBUTION}
    assert values(world.case, answer, world)[names.ATTRIBUTION] == 0.8


@pytest.mark.parametrize("page", [1, 3, 4])
def test_a_planted_wrong_page_lowers_the_fidelity_alone(world, plant, page):
    answer = plant(world.right, 1, page=page, pages=(page, page))
    assert lowered(world.case, answer, world) == {names.CITATION_FIDELITY}
    assert values(world.case, answer, world)[names.CITATION_FIDELITY] == 0.8


def test_a_planted_wrong_claim_lowers_the_precision_alone(world):
    report = world.report
    extra = next(p for p in world.later.passages if p.order == 1)
    citation = replace(
        world.right.citations[4], number=6, quote=extra.quote, region="Fjäll", town="Granvik", passage_id=extra.id
    )
    claims = (*world.right.claims, replace(world.right.claims[0], text=extra.text, citations=(6,)))
    answer = replace(world.right, claims=claims, citations=(*world.right.citations, citation))
    assert report is not world.later
    assert lowered(world.case, answer, world) == {names.CLAIM_PRECISION}


@pytest.mark.parametrize("fields", [{"town": "Alvsta"}, {"town": None}, {"meeting": None}])
def test_a_planted_wrong_town_or_meeting_lowers_the_attribution_alone(world, plant, fields):
    assert lowered(world.case, plant(world.right, 1, **fields), world) == {names.ATTRIBUTION}


def test_a_town_where_the_statement_has_none_lowers_the_attribution(world, plant):
    assert lowered(world.case, plant(world.right, 2, town="Granvik"), world) == {names.ATTRIBUTION}


def test_a_claim_that_names_another_town_than_its_passage_lowers_the_attribution(world):
    claims = (replace(world.right.claims[0], town="Hamnö"), *world.right.claims[1:])
    assert lowered(world.case, replace(world.right, claims=claims), world) == {names.ATTRIBUTION}


def test_a_wrong_region_beside_a_claim_that_nobody_expects_lowers_the_fidelity(world, plant):
    case = replace(world.case, expected=world.case.expected[1:])
    right = values(case, world.right, world)
    wrong = values(case, plant(world.right, 1, region="Kust"), world)
    assert {name for name in right if right[name] != wrong[name]} == {names.CITATION_FIDELITY}


def test_an_invented_quote_states_nothing(world, plant):
    answer = plant(world.right, 1, quote="Granvik köpte ljusslingor för 25 000 kr om året.", passage_id=None)
    found = values(world.case, answer, world)
    assert found[names.MENTION_RECALL] == 0.75
    assert found[names.CITATION_FIDELITY] == 0.8


def test_a_quote_over_two_pages_stands_on_both_together_but_not_on_one(world, plant):
    places = Places(world.library.reports)
    citation = world.right.citations[2]
    assert citation.pages == (3, 4) and places.stands(citation)
    assert not places.stands(replace(citation, pages=(3, 3)))
    assert not places.stands(replace(citation, page=4, pages=(4, 4)))


def test_a_quote_hyphenated_over_a_line_end_stands_on_its_page(world):
    assert Places(world.library.reports).stands(world.right.citations[1])


def test_a_region_written_the_other_way_round_is_the_same(world, plant):
    report = replace(world.report, passages=tuple(replace(p, region="Kust/Fjäll") for p in world.report.passages))
    places = Places((report, world.later))
    case = replace(world.case, expected=(replace(world.case.expected[0], region="Fjäll/Kust"),))
    scores = evaluate(case, plant(world.right, 1, region="Kust/Fjäll"), places)
    assert scores[names.ATTRIBUTION].items[0].right


def test_in_a_document_without_pages_the_region_tells_equal_words_apart(world):
    places = Places(world.library.reports)
    only_fjall = replace(
        world.right,
        claims=(replace(world.right.claims[4], text="Granvik testade ljuskonst."),),
        citations=(
            replace(
                world.right.citations[4],
                quote="Granvik testade ljuskonst.",
                region="Fjäll",
                passage_id="mote-2033.md-1",
            ),
        ),
    )
    assert stated_by(world.case.expected[3], only_fjall, places) == ()
    assert stated_by(replace(world.case.expected[3], region="Fjäll"), only_fjall, places) == (5,)


def test_a_cited_fact_needs_no_town_and_its_region_is_the_facts_own(world):
    fact = world.report.facts[0]
    citation = replace(world.right.citations[0], page=1, pages=(1, 1), quote=fact.quote, town=None, passage_id=None)
    case = replace(
        world.case, expected=(replace(world.case.expected[0], page=1, town=None, keys=("Granvik",)),), accepted=()
    )
    answer = replace(world.right, claims=(replace(world.right.claims[0], town=None),), citations=(citation,))
    assert lowered(case, answer, world) == set()
    other = replace(citation, region="Kust")
    assert lowered(case, replace(answer, citations=(other,)), world) == {names.ATTRIBUTION}


def test_a_refusal_of_an_answerable_question_loses_recall_and_answered_right(world):
    refusal = NoAnswer(world.case.query(), Understanding("ljus"), "Rapporterna säger inget.")
    assert values(world.case, refusal, world) == {names.MENTION_RECALL: 0.0, names.ANSWERED_RIGHT: 0.0}


def test_a_refusal_where_the_reports_are_silent_is_right_and_nothing_else_applies(world):
    refusal = NoAnswer(world.refusal.query(), Understanding("tomt"), "Rapporterna säger inget.")
    assert values(world.refusal, refusal, world) == {names.REFUSAL_RIGHT: 1.0}


def test_an_answer_where_the_reports_are_silent_is_wrong_once(world):
    found = values(world.refusal, world.right, world)
    assert found == {names.REFUSAL_RIGHT: 0.0, names.CITATION_FIDELITY: 1.0}


def test_an_answer_without_claims_scores_no_precision(world):
    empty: Answer = replace(world.right, claims=(), citations=())
    assert values(world.case, empty, world) == {names.MENTION_RECALL: 0.0, names.ANSWERED_RIGHT: 1.0}


def test_reasons_name_the_page_the_region_and_the_missing_mention(world, plant):
    places = Places(world.library.reports)
    page = evaluate(world.case, plant(world.right, 1, page=4, pages=(4, 4)), places)
    assert "s. 4" in page[names.CITATION_FIDELITY].reason
    region = evaluate(world.case, plant(world.right, 1, region="Kust"), places)
    assert "region Kust, ska vara Fjäll" in region[names.ATTRIBUTION].reason
    missing = evaluate(world.case, replace(world.right, claims=world.right.claims[1:]), places)
    assert "Granvik: ljusslingor" in missing[names.MENTION_RECALL].reason


def test_a_statement_told_elsewhere_too_is_found_at_either_place(world):
    elsewhere = replace(world.case.expected[1], page=2, keys=("nirgends",), also=(world.case.expected[1],))
    case = replace(world.case, expected=(world.case.expected[0], elsewhere, *world.case.expected[2:]))
    assert lowered(case, world.right, world) == set()

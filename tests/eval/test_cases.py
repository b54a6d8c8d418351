"""The question set reads as it is written, and says where it is wrong."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import yaml

from eval import cases
from eval.cases import Case, Mention, Review
from ingest.errors import QuestionSetError

CASE = Case(
    "vad-kostar-ljus",
    "followup",
    "held",
    "Vad kostar det?",
    history=("Vem köper ljus?",),
    region="Fjäll",
    home_town="Granvik",
    expected=(Mention("mote", "Fjäll", 2, "A, B", ("ljus", "25 000"), (Mention("mote", None, 1, None, ("ljus",)),)),),
    accepted=(Mention("mote", None, None, None, ("lyktor",)),),
    status="ifrågasatt",
    comment="Två: orter",
    origin="Tumme ned",
    reviews=(Review("Ann", "2031-01-02T10:00:00+01:00", "Kommenterade"),),
)


def text_of(*found: Case) -> str:
    return yaml.safe_dump({"questions": [cases.case_to_dict(c) for c in found]}, allow_unicode=True)


def test_a_case_written_and_read_is_the_same():
    assert cases.parse(text_of(CASE)) == (CASE,)


def test_the_query_carries_history_and_filters():
    query = CASE.query()
    assert (query.history, query.region, query.home_town, query.id) == (CASE.history, "Fjäll", "Granvik", CASE.id)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"status": "klar"}, "questions/0/status (id vad-kostar-ljus)"),
        ({"answerable": "ja"}, "questions/0/answerable"),
        ({"expected": []}, "questions/0/expected"),
        ({"fraga": "x"}, "questions/0"),
    ],
)
def test_what_breaks_the_schema_is_named_with_its_place(change, place):
    data = {"questions": [{**cases.case_to_dict(CASE), **change}]}
    with pytest.raises(QuestionSetError) as error:
        cases.parse(json.dumps(data))
    assert place in str(error.value)


def test_an_id_that_comes_twice_is_named():
    with pytest.raises(QuestionSetError, match="vad-kostar-ljus"):
        cases.parse(text_of(CASE, CASE))


def test_text_that_is_not_yaml_is_said_to_be_so(tmp_path):
    with pytest.raises(QuestionSetError, match="not YAML"):
        cases.parse("questions: [")
    with pytest.raises(QuestionSetError, match="cannot be read"):
        cases.load(tmp_path / "nothing.yaml")


def test_select_takes_split_kind_and_ids():
    other = replace(CASE, id="annan", split="tune", kind="fact", history=())
    assert cases.select((CASE, other), split="held") == (CASE,)
    assert cases.select((CASE, other), kinds=["fact"]) == (other,)
    assert cases.select((CASE, other), ids=["annan"]) == (other,)
    with pytest.raises(QuestionSetError, match="saknas-x"):
        cases.select((CASE,), ids=["saknas-x"])


def test_a_review_changes_the_content_but_not_what_is_asked():
    reviewed = replace(CASE, status="granskad", comment="Bra")
    assert reviewed.asks == CASE.asks and reviewed.content != CASE.content
    assert replace(CASE, question="Vad kostade det?").asks != CASE.asks


def test_the_projects_own_set_follows_its_schema():
    found = cases.load()
    assert len(found) > 50
    assert {c.split for c in found} == {"tune", "held"}

"""From statements to the text of an answer."""

from __future__ import annotations

import re

import pytest

from answer.compose import SHOWN, compose
from answer.model import Answer, Query, Understanding
from index.library import Library
from index.model import SearchHit
from tests.answer.llm_library import library as meetings_library

QUERY = Query("Vad gör ni med presentkort?")


@pytest.fixture(scope="module")
def library() -> Library:
    """Two meetings, three regions, five statements, all of one town each."""
    return meetings_library()


def answer(
    library: Library,
    *probabilities: float,
    overlap: object = lambda sentence: 0.0,
    parts: dict[str, float] | None = None,
    **fields: object,
) -> Answer:
    found = [SearchHit(p, x, parts or {}) for p, x in zip(library.passages, probabilities, strict=False)]
    understood = Understanding(**{"topic": "presentkort", **fields})  # type: ignore[arg-type]
    return compose(QUERY, understood, found, library, overlap)


def test_each_claim_has_one_citation_of_its_own_passage(library: Library) -> None:
    result = answer(library, 0.9, 0.8, 0.7, 0.6, 0.5)
    assert [c.number for c in result.citations] == [1, 2, 3, 4, 5]
    for claim, citation in zip(result.claims, result.citations, strict=True):
        passage = library.passage(citation.passage_id or "")
        assert claim.citations == (citation.number,)
        assert claim.text == passage.text and citation.quote == passage.quote


def test_the_markers_of_the_text_are_the_numbers_of_its_citations(library: Library) -> None:
    result = answer(library, 0.9, 0.8, 0.7, 0.6, 0.5)
    assert [int(n) for n in re.findall(r"\[(\d+)\]", result.text)] == [1, 2, 3, 4, 5]


def test_the_lead_says_where_and_which_towns(library: Library) -> None:
    assert answer(library, 0.9, 0.8, 0.7, 0.6, 0.5).lead == (
        "”presentkort” tas upp på fem ställen i tre regioner, vid träffarna 9 februari 2031 och 2 oktober 2033. "
        "Orter som nämns: Falköping, Lund, Piteå, Umeå och Varberg."
    )


def test_statements_stand_under_region_and_meeting_the_best_section_first(library: Library) -> None:
    text = answer(library, 0.6, 0.6, 0.7, 0.9, 0.5).text
    headings = re.findall(r"\*\*(.+)\*\*", text)
    assert headings == ["Region Norr, 2 oktober 2033", "Region Syd, 9 februari 2031", "Region Väst, 9 februari 2031"]


def test_a_single_fact_is_the_answer_itself(library: Library) -> None:
    result = answer(library, 0.9, intent="fact")
    assert result.text == f"{library.passages[0].text} [1]\n\n_Region Väst, 9 februari 2031_"


def test_thin_support_is_said(library: Library) -> None:
    result = answer(library, 0.35, 0.3)
    assert all(claim.weak for claim in result.claims)
    assert "Stödet är svagt" in result.lead
    assert "Stödet är svagt" not in answer(library, 0.6, 0.3).lead


@pytest.fixture
def many() -> Library:
    statements = tuple(
        ("a.pdf", 3, "Väst", (town,), f"{town} säljer presentkort i {n} butiker.")
        for n, town in enumerate(("Lund", "Ystad", "Malmö", "Varberg", "Borås", "Skara", "Mora", "Falun", "Kalmar",
                                  "Lidköping", "Umeå"), 10)
    )  # fmt: skip
    return meetings_library((*statements, ("b.pdf", 1, "Norr", ("Piteå",), "Piteå har inget presentkort.")))


def test_the_best_are_shown_and_the_rest_is_folded_and_named(many: Library) -> None:
    result = answer(many, *[0.9 - 0.01 * n for n in range(12)])
    folded = [claim for claim in result.claims if claim.folded]
    assert len(result.claims) == 12 and len(folded) == 12 - SHOWN
    assert result.text.endswith("Ytterligare fyra omnämnanden (Kalmar, Lidköping, Umeå och Piteå).")
    assert not any(claim.text in result.text for claim in folded)


def test_two_more_than_the_fold_are_shown_rather_than_hidden(many: Library) -> None:
    assert not any(claim.folded for claim in answer(many, *[0.9] * (SHOWN + 2)).claims)


def test_a_whole_chapter_is_told_by_its_questions_two_statements_of_each(many: Library) -> None:
    result = answer(many, *[1.0] * 12, topic="", intent="summary")
    question = "Hur arbetar ni med presentkort?"
    assert re.findall(r"\*\*(.+)\*\*", result.text) == [
        f"Region Norr, 2 oktober 2033: {question}",
        f"Region Väst, 9 februari 2031: {question}",
    ]
    assert [claim.town for claim in result.claims if not claim.folded] == [
        "Piteå",
        "Varberg",
        "Lidköping",
    ]  # sentences of 40 letters
    assert len(result.claims) == 12


def test_statements_that_all_answer_the_reports_own_question_are_led_by_it(library: Library) -> None:
    assert answer(library, 0.9, 0.8, 0.7, regions=("Väst", "Syd")).lead.startswith(
        "På rapportens fråga ”Hur arbetar ni med presentkort?” finns tre uttalanden, vid träffen 9 februari 2031."
    )


def test_the_topic_is_quoted_as_the_question_words_it(library: Library) -> None:
    text = "Hur går det med försäljningen av presentkort?"
    lead = answer(library, 0.9, topic="försäljningen presentkort", text=text).lead
    assert lead.startswith("”försäljningen av presentkort” tas upp")
    clause = "hur mäter man försäljningen i centrum"
    assert answer(library, 0.9, topic="mäter försäljningen", text=clause).lead.startswith("”försäljningen” tas upp")
    long = "vilka säljer, delar ut eller trycker upp sina egna presentkort"
    assert answer(library, 0.9, topic="säljer trycker presentkort", text=long).lead.startswith("Det tas upp")


def test_a_topic_that_is_only_spoken_of_in_other_words_is_not_said_to_be_named(library: Library) -> None:
    lead = answer(library, 0.9, 0.8, parts={"cover_plain": 0.3, "cover": 0.8}).lead
    assert lead.startswith(
        "Inget ställe använder ordet ”presentkort”. Närmast kommer två ställen i en region, vid träffen"
    )
    text = "hur pyntar städerna till jul"
    lead = answer(library, 0.9, topic="pyntar jul", text=text, parts={"cover_plain": 0.0}).lead
    assert lead.startswith(
        "Inget ställe talar om ”pyntar städerna till jul” med just de orden. Närmast kommer ett ställe"
    )
    assert answer(library, 0.9, parts={"cover_plain": 0.5}).lead.startswith("”presentkort” tas upp")


def rows(result: Answer) -> dict[str, str]:
    return dict(re.findall(r"^\| \*\*(.+?)\*\* \| (.*) \|$", result.text, re.M))


def test_a_comparison_of_regions_has_a_row_for_the_silent_one_too(library: Library) -> None:
    result = answer(library, 0.9, 0.8, intent="comparison", regions=("Väst", "Syd"))
    assert list(rows(result)) == ["Väst", "Syd"]
    assert rows(result)["Syd"] == "Inget om detta i rapporterna."
    assert rows(result)["Väst"].count("<br>") == 1


def test_a_comparison_of_meetings_stands_in_the_order_of_time(library: Library) -> None:
    result = answer(library, 0.5, 0.5, 0.5, 0.9, intent="comparison")
    assert list(rows(result)) == ["9 februari 2031", "2 oktober 2033"]
    assert "Piteå" in rows(result)["2 oktober 2033"] and "Piteå" not in rows(result)["9 februari 2031"]


def test_a_comparison_of_towns_is_not_misled_by_a_name_inside_a_word() -> None:
    library = meetings_library(
        (
            ("a.pdf", 3, "Väst", ("Ed",), "Ed säljer presentkort i kiosken."),
            ("a.pdf", 3, "Väst", ("Lund",), "Lund delar ut presentkort med skolans hjälp."),
            ("b.pdf", 3, "Norr", (), "Kortet säljs."),
        )
    )
    table = rows(answer(library, 0.9, 0.8, intent="comparison", towns=("Ed", "Lund")))
    assert table == {
        "Ed": "Ed säljer presentkort i kiosken. [1]",
        "Lund": "Lund delar ut presentkort med skolans hjälp. [2]",
    }


def test_a_bar_in_a_statement_does_not_break_the_table() -> None:
    library = meetings_library(
        (("a.pdf", 3, "Väst", ("Lund",), "Lund | kort"), ("b.pdf", 3, "Norr", ("Umeå",), "Umeå har kort."))
    )
    table = rows(answer(library, 0.9, intent="comparison", regions=("Väst", "Norr")))
    assert table["Väst"] == "Lund / kort. [1]"


def test_a_document_without_a_meeting_is_named_by_its_title(invented: Library) -> None:
    article = [SearchHit(invented.passages[0], 0.9)]
    result = compose(QUERY, Understanding("loppis"), article, invented, lambda sentence: 0.0)
    assert result.lead == "”loppis” tas upp på ett ställe, i ”Loppis på torget”."
    assert "**Loppis på torget**" in result.text and result.citations[0].page is None


def test_the_same_hits_in_another_order_give_the_same_answer(library: Library) -> None:
    found = [SearchHit(p, 0.5) for p in library.passages]
    understood = Understanding("presentkort")
    one = compose(QUERY, understood, found, library, lambda sentence: 0.0)
    assert compose(QUERY, understood, found[::-1], library, lambda sentence: 0.0) == one

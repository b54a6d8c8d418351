"""What stands under the report's own question that was asked for, whatever its words."""

from __future__ import annotations

import numpy as np
import pytest

from answer.model import Understanding
from answer.sections import Sections
from index.lexical import LexicalIndex
from index.thesaurus import Group, Thesaurus
from ingest.model import Passage, Span

AHEAD = "3. Vilka utmaningar ser ni framöver? Diskutera gärna. (Även AI)"
LEARNT = "2. Vilka lärdomar tar ni med er?"
VIRUS = "1. Vilka lösningar ledde pandemin till?"
ON = "4. Hur går vi vidare?"


def passage(number: int, text: str, question: str | None, heading: str | None = None, *towns: str) -> Passage:
    return Passage(
        f"p{number}",
        "d",
        number,
        "bullet",
        text,
        text,
        (Span(1, 0, 1),),
        question=question,
        heading=heading,
        towns=towns,
    )


PASSAGES = (
    passage(0, "Kunskapsglappet växer", AHEAD),
    passage(1, "Pendlingen över gränsen", AHEAD),
    passage(2, "Våga testa tillsammans", LEARNT),
    passage(3, "Utkörning på lastcykel", VIRUS),
    passage(4, "Ett möte i månaden", ON),
    passage(5, "Åtta tusen platser", None, "Arena"),
    passage(6, "Målade elskåp", VIRUS, "FALUN", "Falun"),
    *(passage(n, f"Utfyllnad nummer {n}", None) for n in range(7, 30)),
)
EVERYWHERE = np.ones(len(PASSAGES), dtype=bool)


@pytest.fixture(scope="module")
def sections() -> Sections:
    thesaurus = Thesaurus([Group(("utmaning", "svårighet"))])
    return Sections(PASSAGES, LexicalIndex.build(PASSAGES, thesaurus))


def asked(sections: Sections, text: str, topic: str | None = None, question: str = "", **filters: object) -> list[int]:
    filters = filters or {"regions": ("Norr",)}
    understood = Understanding(text if topic is None else topic, text, **filters)  # type: ignore[arg-type]
    return np.flatnonzero(sections.asked_for(understood, question, EVERYWHERE)).tolist()


def test_a_question_in_the_reports_words_asks_for_all_below_it(sections: Sections) -> None:
    assert asked(sections, "Vilka utmaningar framöver?") == [0, 1]


def test_a_synonym_asks_for_the_same(sections: Sections) -> None:
    assert asked(sections, "vilka svårigheter") == [0, 1]


def test_what_the_whole_meeting_was_about_need_not_stand_in_the_label(sections: Sections) -> None:
    assert asked(sections, "lärdomar av pandemin") == [2]


def test_of_labels_that_lack_a_word_the_one_with_the_words_themselves_is_meant() -> None:
    again = (*PASSAGES, passage(30, "Pengarna tar slut", "5. Vilka erfarenheter har ni av pengar?"))
    thesaurus = Thesaurus([Group(("lärdom", "erfarenhet"))])
    sections = Sections(again, LexicalIndex.build(again, thesaurus))
    understood = Understanding("lärdomar pandemin", "lärdomar av pandemin", regions=("Norr",))
    assert np.flatnonzero(sections.asked_for(understood, "", np.ones(len(again), dtype=bool))).tolist() == [2]


def test_a_word_that_no_label_has_asks_for_no_section(sections: Sections) -> None:
    assert asked(sections, "utmaningar med flygplatsen") == []


def test_what_stands_in_brackets_is_no_label(sections: Sections) -> None:
    assert asked(sections, "AI") == []


def test_a_heading_named_in_the_question_brings_its_list(sections: Sections) -> None:
    assert asked(sections, "vad sades om arenan och parkeringen") == [5]


def test_a_town_above_a_list_is_no_topic(sections: Sections) -> None:
    assert asked(sections, "Falun") == []


def test_a_question_of_everyday_words_finds_the_label_that_has_them_all(sections: Sections) -> None:
    assert asked(sections, "", "", "hur ville region Norr gå vidare?") == [4]
    assert asked(sections, "", "", "vad sa region Norr?") == []


@pytest.mark.parametrize("filters", [{"figure": True, "regions": ("Norr",)}, {"intent": "list"}])
def test_without_a_place_or_for_a_figure_there_is_no_section(sections: Sections, filters: dict[str, object]) -> None:
    assert asked(sections, "Vilka utmaningar framöver?", **filters) == []


def test_only_passages_inside_the_filters_are_found(sections: Sections) -> None:
    inside = EVERYWHERE.copy()
    inside[0] = False
    understood = Understanding("utmaningar", "utmaningar", regions=("Norr",))
    assert np.flatnonzero(sections.asked_for(understood, "", inside)).tolist() == [1]

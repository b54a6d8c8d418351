"""Questions about the meetings themselves, answered from what was recognised, each with the page that says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from answer.facts import answer_from_facts
from answer.model import Answer, Query, Understanding
from index.library import Library
from index.model import Manifest
from ingest.model import Fact, FactName, Meeting, Page, RegionChapter, Report, Span

TODAY = date(2033, 1, 1)
SPRING = Meeting("2031-05-04", ("2031-05-03", "2031-05-04"), "Träff 3-4 maj 2031", "Ljus", "fysisk")
AUTUMN = Meeting("2032-10-02", ("2032-10-02",), "Träff 2 oktober 2032")


def report(document: str, meeting: Meeting, *facts: tuple[FactName, str, str, str | None]) -> Report:
    """Facts as (name, value, words on the page, region), one page each."""
    pages = tuple(Page(number, fact[2]) for number, fact in enumerate(facts, 1))
    return Report(
        document,
        document,
        "meeting",
        meeting.label,
        pages,
        meeting,
        regions=(RegionChapter("Norr", "Luleå", (1, 1)), RegionChapter("Syd", "Lund", (2, 2))),
        facts=tuple(
            Fact(name, value, quote, Span(number, 0, len(quote)), region)
            for number, (name, value, quote, region) in enumerate(facts, 1)
        ),
    )


REPORTS = (
    report(
        "a.pdf",
        SPRING,
        ("meeting", SPRING.label, "3-4 maj 2031", None),
        ("theme", "Ljus", "Tema: Ljus", None),
        ("host_town", "Luleå", "Region Norr, värd Luleå", "Norr"),
        ("host_town", "Lund", "Region Syd, värd Lund", "Syd"),
        ("participants", "14", "14 deltagare", "Norr"),
        ("participants", "9", "9 deltagare", "Syd"),
        ("participants_total", "23", "23 kom", None),
        ("towns", "Ed, Piteå", "På plats: Ed, Piteå", "Norr"),
        ("towns", "Hedemora", "På plats: Hedemora", "Syd"),
        ("cancelled", "Väst", "Träffen i Väst ställdes in, fråga a.b@exempel.se", "Väst"),
        ("next_meeting", "2 oktober 2032", "Nästa gång 2 oktober 2032", None),
    ),
    report("b.pdf", AUTUMN, ("host_town", "Kiruna", "Värd: Kiruna", "Norr")),
)
LIBRARY = Library("1", Manifest("x", "y", 2), REPORTS, (), *[np.zeros((0, 2), np.float32)] * 2)


def ask(fact: str, question: str = "?", library: Library = LIBRARY, **filters: object) -> Answer | None:
    understood = Understanding("", intent="meeting", fact=fact, **filters)  # type: ignore[arg-type]
    return answer_from_facts(Query(question), understood, library, TODAY)


def texts(result: Answer | None) -> list[str]:
    return [claim.text for claim in result.claims] if result else []


def test_every_host_is_told_the_latest_meeting_first() -> None:
    assert texts(ask("host_town")) == [
        "Värdstad för region Norr vid träffen 2 oktober 2032 var Kiruna.",
        "Värdstad för region Norr vid träffen 4 maj 2031 var Luleå.",
        "Värdstad för region Syd vid träffen 4 maj 2031 var Lund.",
    ]


def test_region_and_meeting_narrow_the_answer() -> None:
    result = ask("host_town", regions=("norr",), meetings=("2031-05-04",))
    assert result and texts(result) == ["Värdstad för region Norr vid träffen 4 maj 2031 var Luleå."]
    (citation,) = result.citations
    assert (citation.document, citation.page, citation.region) == ("a.pdf", 3, "Norr")
    assert citation.quote == "Region Norr, värd Luleå"
    assert result.lead == f"{texts(result)[0]} [1]"


def test_what_the_structure_does_not_tell_is_no_answer() -> None:
    assert ask("host_town", regions=("Öst",)) is None
    assert ask("theme", meetings=("2032-10-02",)) is None
    assert ask("towns", meetings=("1999-01-01",)) is None


def test_a_question_for_one_number_gives_the_total_and_for_each_region_theirs() -> None:
    assert texts(ask("participants")) == ["Sammanlagt deltog 23 vid träffen 4 maj 2031."]
    assert len(texts(ask("participants", "Hur många kom i varje region?"))) == 2
    assert texts(ask("participants", regions=("Syd",))) == ["Region Syd hade 9 deltagare vid träffen 4 maj 2031."]


def test_a_meeting_is_told_with_its_form() -> None:
    assert texts(ask("meeting")) == ["Träff 3-4 maj 2031 (fysisk träff)."]


def test_a_town_inside_a_longer_name_is_not_asked_for() -> None:
    assert texts(ask("towns", towns=("Ed",))) == [
        "Representerade orter i region Norr vid träffen 4 maj 2031: Ed, Piteå."
    ]


def test_an_announced_date_that_has_passed_is_said_to_have() -> None:
    result = ask("next_meeting")
    assert result and "har passerat" in result.text
    understood = Understanding("", intent="meeting", fact="next_meeting")
    before = answer_from_facts(Query("?"), understood, LIBRARY, date(2032, 1, 1))
    assert before and "har passerat" not in before.text


def test_an_impossible_date_is_told_as_printed() -> None:
    slip = report("a.pdf", SPRING, ("next_meeting", "31 september 2032", "Nästa gång 31 september 2032", None))
    result = ask("next_meeting", library=replace(LIBRARY, reports=(slip,)))
    assert result and "31 september 2032" in result.text and "har passerat" not in result.text


def test_a_cancelled_meeting_is_told_in_its_own_words_without_contact_details() -> None:
    result = ask("cancelled")
    assert result and texts(result) == ["Träffen i Väst ställdes in, fråga."]
    assert "@" not in result.text + result.citations[0].quote


def test_a_cancelled_meeting_explains_what_its_region_cannot_tell() -> None:
    assert texts(ask("participants", regions=("Väst",))) == ["Träffen i Väst ställdes in, fråga."]


def test_host_then_and_next_are_told_where_both_are_asked_for() -> None:
    question = "Vem var värd för Norr och vem blir det nästa gång?"
    assert texts(ask("next_host_towns", question, regions=("Norr",), meetings=("2031-05-04",))) == [
        "Värdstad för region Norr vid träffen 4 maj 2031 var Luleå.",
        "Nästa träff enligt rapporten från 4 maj 2031: 2 oktober 2032.",
    ]


def test_regions_are_listed_per_meeting_each_with_its_page() -> None:
    result = ask("regions")
    assert result and texts(result) == [
        "Vid träffen 2 oktober 2032 finns regionerna Norr.",
        "Vid träffen 4 maj 2031 finns regionerna Norr och Syd.",
    ]
    assert [(c.document, c.page) for c in result.citations] == [("b.pdf", 1), ("a.pdf", 3), ("a.pdf", 4)]


def test_a_fact_whose_words_are_not_on_its_page_is_left_out_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    planted = replace(REPORTS[0].facts[2], value="Umeå", quote="Region Norr, värd Umeå")
    facts = (*REPORTS[0].facts[:2], planted, *REPORTS[0].facts[3:])
    library = replace(LIBRARY, reports=(replace(REPORTS[0], facts=facts),))
    result = ask("host_town", library=library)
    assert result and texts(result) == ["Värdstad för region Syd vid träffen 4 maj 2031 var Lund."]
    assert "Umeå" not in result.text and result.lead.endswith("[1]")
    assert "does not stand on page 3 of a.pdf" in caplog.text
    assert ask("host_town", library=library, regions=("Norr",)) is None

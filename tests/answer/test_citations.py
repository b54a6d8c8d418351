"""Citations: what they hold, and that code finds every wrong one."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from answer.citations import cite_fact, cite_passage, fault, holds, normal
from answer.model import Citation
from index.library import Library
from index.model import Manifest
from ingest.model import Fact, Meeting, Page, Passage, RegionChapter, Report, Span

MEETING = Meeting("2031-05-04", ("2031-05-04",), "Träff 4 maj 2031")
PAGES = (
    Page(1, "Värdstad Norr: Luleå, luledagen@exempel.se"),
    Page(2, "• Piteå delar ut ljus-\nslingor till\nalla   butiker. Skriv till a.b@exempel.se. • Kiruna vandrar varje"),
    Page(3, "fredag i november.\nLånecyklar i Ystad."),
)
ACROSS = "Kiruna vandrar varje fredag i november."
PASSAGES = (
    Passage(
        "p1", "a.pdf", 0, "bullet", "Piteå delar ut ljusslingor till alla butiker. Skriv till a.b@exempel.se.",
        "Piteå delar ut ljusslingor till alla butiker. Skriv till a.b@exempel.se.", (Span(2, 2, 75),),
        region="Norr", question="1. Vad?", towns=("Piteå",),
    ),
    Passage("p2", "a.pdf", 1, "bullet", ACROSS, ACROSS, (Span(2, 78, 98), Span(3, 0, 18)), region="Norr"),
)  # fmt: skip
REPORT = Report(
    "a.pdf",
    "00",
    "meeting",
    "Träffen",
    PAGES,
    MEETING,
    regions=(RegionChapter("Norr", "Luleå", (2, 3)),),
    passages=PASSAGES,
)


@pytest.fixture
def library() -> Library:
    import numpy as np

    return Library("1", Manifest("x", "y", 2), (REPORT,), PASSAGES, *[np.zeros((2, 2), np.float32)] * 2)


def test_a_citation_holds_place_and_words_of_its_passage(library: Library) -> None:
    citation = cite_passage(library, PASSAGES[0], 7)
    assert citation == Citation(
        7, "a.pdf", "Träffen", MEETING, "Norr", "Luleå", 2, (2, 2), "1. Vad?", "Piteå",
        "Piteå delar ut ljusslingor till alla butiker. Skriv till", "p1",
    )  # fmt: skip
    assert fault(citation, library) is None


def test_a_passage_over_two_pages_is_looked_up_on_both(library: Library) -> None:
    citation = cite_passage(library, PASSAGES[1], 1)
    assert (citation.page, citation.pages) == (2, (2, 3))
    assert fault(citation, library) is None


def test_a_fact_is_cited_without_contact_details(library: Library) -> None:
    fact = Fact("host_town", "Luleå", "Värdstad Norr: Luleå, luledagen@exempel.se", Span(1, 0, 42), "Norr")
    citation = cite_fact(REPORT, fact, 1)
    assert citation.quote == "Värdstad Norr: Luleå,"
    assert (citation.passage_id, citation.fact_id) == (None, fact.id)
    assert (citation.page, citation.region, citation.host_town) == (1, "Norr", "Luleå")
    assert fault(citation, library) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"quote": "Piteå delar ut ljusslingor till några butiker."}, "does not stand on page 2"),
        ({"quote": ""}, "does not stand on page 2"),
        ({"quote": "Lånecyklar i Ystad."}, "does not stand on page 2"),
        ({"page": 3, "pages": (3, 3)}, "does not stand on page 3"),
        ({"page": 9, "pages": (9, 9)}, "no page 9"),
        ({"pages": (2, 9)}, "no page"),
        ({"page": None, "pages": None}, "no page None"),
        ({"document": "b.pdf"}, "b.pdf has no page"),
        ({"region": "Syd"}, "not of region Syd"),
        ({"region": None}, "not of region None"),
    ],
)
def test_every_wrong_citation_is_found_and_logged(
    library: Library, caplog: pytest.LogCaptureFixture, change: dict[str, object], reason: str
) -> None:
    wrong = replace(cite_passage(library, PASSAGES[0], 1), **change)  # type: ignore[arg-type]
    with caplog.at_level(logging.ERROR):
        assert not holds(wrong, library)
    assert reason in caplog.text


def test_what_holds_is_not_logged(library: Library, caplog: pytest.LogCaptureFixture) -> None:
    assert holds(cite_passage(library, PASSAGES[0], 1), library)
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("text", "same"),
    [("ljus-\nslingor", "ljusslingor"), ("ljus\u00ad\n slingor", "ljusslingor"), (" a \n\t b ", "a b")],
)
def test_hyphens_at_line_ends_and_white_space_do_not_count(text: str, same: str) -> None:
    assert normal(text) == same

from __future__ import annotations

import dataclasses

import pytest

from answer.citations import cite_fact
from ingest.model import Fact, Report, Span
from tests.ui.standins import PDF, StandInLibrary
from ui.citations import SourceRef, look_up, marked_text, read_parameters, read_query, source_of


@pytest.mark.parametrize(
    "ref",
    [
        SourceRef(PDF, 3, "p3"),
        SourceRef("mapp/å & ö.pdf", 12, None, "4f"),
        SourceRef("a?b=c#d.txt", None, "id"),
        SourceRef("a.pdf"),
    ],
)
def test_link_leads_back_to_the_same_source(ref: SourceRef) -> None:
    assert read_query(ref.query) == ref


def test_link_without_document_is_no_source() -> None:
    assert read_parameters({"sida": "3"}) is None
    assert read_parameters({"dokument": "a.pdf", "sida": "²"}) == SourceRef("a.pdf")
    assert read_parameters({"dokument": "a.pdf", "sida": "99999999999"}) == SourceRef("a.pdf")


NORTH = Fact("participants", "9", "Provträffen", Span(1, 0, 11), "Nord")
SOUTH = Fact("participants", "9", "Provträffen", Span(1, 30, 41), "Sydost")


def with_facts(library: StandInLibrary, *facts: Fact) -> Report:
    """The report in the library, with these facts instead of its own."""
    report = dataclasses.replace(library.reports[0], facts=facts)
    library.reports = (report, *library.reports[1:])
    return report


def test_cited_fact_opens_its_own_line_where_another_region_prints_the_same(library: StandInLibrary) -> None:
    report = with_facts(library, NORTH, SOUTH)
    for fact in (NORTH, SOUTH):
        shown = look_up(source_of(cite_fact(report, fact, 1)), library)  # type: ignore[arg-type]
        assert shown is not None and shown.marked is fact and shown.spans == (fact.span,)


def test_link_to_a_fact_is_good_for_as_long_as_the_report_states_it(library: StandInLibrary) -> None:
    ref = source_of(cite_fact(with_facts(library, NORTH, SOUTH), SOUTH, 1))
    with_facts(library, SOUTH)  # read anew, or a region taken away
    shown = look_up(ref, library)  # type: ignore[arg-type]
    assert shown is not None and shown.marked is SOUTH
    with_facts(library, NORTH)
    shown = look_up(ref, library)  # type: ignore[arg-type]
    assert shown is not None and shown.marked is None and shown.ref.page == 1


def test_passage_over_two_pages_has_its_words_on_each(library: StandInLibrary) -> None:
    shown = look_up(SourceRef(PDF, 3, "p4"), library)  # type: ignore[arg-type]
    assert shown is not None
    assert shown.words(3)[0].text.startswith("Karlskrona") and shown.words(4)[0].text.startswith("och skriver")
    assert shown.words(2) == ()


def test_text_around_the_mark_is_cut_with_an_ellipsis() -> None:
    html = marked_text("ett <två> tre fyra", [(4, 9)], 2, 14)
    assert html == '<div class="cg-text">… t <mark>&lt;två&gt;</mark> tre  …</div>'

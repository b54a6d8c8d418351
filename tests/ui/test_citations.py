from __future__ import annotations

import dataclasses

import pytest

from tests.ui.standins import PDF, StandInAssistant, StandInLibrary
from ui.citations import SourceRef, look_up, marked_text, read_parameters, read_query, source_of


@pytest.mark.parametrize(
    "ref",
    [
        SourceRef(PDF, 3, "p3"),
        SourceRef("mapp/å & ö.pdf", 12, None, 4),
        SourceRef("a?b=c#d.txt", None, "id"),
        SourceRef("a.pdf"),
    ],
)
def test_link_leads_back_to_the_same_source(ref: SourceRef) -> None:
    assert read_query(ref.query) == ref


def test_link_without_document_is_no_source() -> None:
    assert read_parameters({"sida": "3"}) is None
    assert read_parameters({"dokument": "a.pdf", "sida": "²", "uppgift": "99999999999"}) == SourceRef("a.pdf")


def test_cited_fact_is_found_by_its_words(assistant: StandInAssistant, library: StandInLibrary) -> None:
    cited = assistant.cite(library.passage("p0"), 1)
    fact = dataclasses.replace(cited, passage_id=None, page=1, quote="Provträffen")
    ref = source_of(fact, library)  # type: ignore[arg-type]
    assert ref == SourceRef(PDF, 1, None, 0)
    shown = look_up(ref, library)  # type: ignore[arg-type]
    assert shown is not None and shown.words(1) == ("Provträffen",)


def test_passage_over_two_pages_has_its_words_on_each(library: StandInLibrary) -> None:
    shown = look_up(SourceRef(PDF, 3, "p4"), library)  # type: ignore[arg-type]
    assert shown is not None
    assert shown.words(3)[0].startswith("Karlskrona") and shown.words(4)[0].startswith("och skriver")
    assert shown.words(2) == ()


def test_text_around_the_mark_is_cut_with_an_ellipsis() -> None:
    html = marked_text("ett <två> tre fyra", [(4, 9)], 2, 14)
    assert html == '<div class="cg-text">… t <mark>&lt;två&gt;</mark> tre  …</div>'

"""What size, weight and distance of the lines tell, in a report typeset without numbers and signs."""

import pytest

from ingest.model import Report
from ingest.pipeline import read_report
from ingest.readers.extracted import LineSign
from ingest.readers.geometry import Piece, line_signs

QUESTION = "Var i staden finns det vatten som ingen ser, och vem borde få syn på det först av alla?"


@pytest.fixture(scope="module")
def report(typeset) -> Report:
    return read_report(typeset("set_off"))


def one(report: Report, start: str):
    (found,) = [p for p in report.passages if p.text.startswith(start)]
    return found


def test_regions_with_figures_as_names_and_hosts_in_brackets_or_on_the_next_line(report: Report) -> None:
    assert [(r.region, r.host_town, r.pages) for r in report.regions] == [
        ("Sjuhärad", "Borås", (3, 4)),
        ("3", "Kiruna", (4, 4)),
    ]


def test_tables_and_sentences_tell_who_came_and_are_no_passages(report: Report) -> None:
    assert [(r.participants, r.towns) for r in report.regions] == [
        (3, ("Borås", "Tranemo")),
        (6, ("Kiruna", "Pajala", "Gällivare")),
    ]
    assert not [p for p in report.passages if "Alm" in p.text or "deltog" in p.text]


def test_bold_lines_that_recur_are_questions(report: Report) -> None:
    assert [p.question for p in report.passages if p.region == "3"] == [QUESTION, "Förslag på nästa tema"]
    assert one(report, "Isen").question == QUESTION


def test_towns_in_bold_hold_for_the_paragraphs_below_and_distance_parts_these(report: Report) -> None:
    assert one(report, "Bäcken").text == "Bäcken under torget hörs genom gallren"
    assert one(report, "Skolan").towns == ("Tranemo",)
    assert one(report, "Båtarna").towns == ("Borås",)
    assert one(report, "Båtarna").text.endswith("för hela sommaren")


def test_a_running_head_does_not_take_what_stands_above_its_regions_heading(report: Report) -> None:
    assert one(report, "Längre raster").region == "Sjuhärad"


def test_a_closing_page_belongs_to_no_region(report: Report) -> None:
    assert one(report, "Vi ses").region is None
    facts = {fact.name: fact.value for fact in report.facts}
    assert facts["next_meeting"] == "7 oktober 2025"
    assert facts["next_host_towns"] == "Pajala, Tranemo, Borås"
    assert (report.meeting.date, report.meeting.theme) == ("2025-03-04", "Vatten i staden")


def test_signs_come_from_size_weight_distance_and_edge() -> None:
    rows = [("Rubrik", 50, 700, 15, "X-Bold")]
    rows += [(f"rad {n} av texten", 50 + 10 * (n == 3), 680 - 12 * n, 10, "X") for n in range(8)]
    rows += [("nytt stycke", 50, 680 - 12 * 9, 10, "X")]
    text = "\n".join(row[0] for row in rows)
    pieces = [Piece(row[0] + "\n" * (i < len(rows) - 1), *row[1:]) for i, row in enumerate(rows)]
    signs = list(line_signs([text], [pieces]).values())
    assert signs[0] == LineSign(heading=1, bold=True)
    assert [s.gap for s in signs[2:]] == [False] * 7 + [True]
    assert [s.indent for s in signs[1:6]] == [0, 0, 0, 2, 0]


def test_a_page_whose_pieces_are_not_its_text_gets_no_signs() -> None:
    assert line_signs(["torget"], [[Piece("gatan", 0, 0, 10, "X")]]) == {}

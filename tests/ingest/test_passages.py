"""Lines become passages. The property at the end holds for every report there is."""

import pytest

from ingest.cleaning import mend_doubled, quote_form
from ingest.model import Report
from ingest.pipeline import read_report

MARKDOWN = """# CITYGROUP

Region Norr: Umeå

Region Syd: Ystad

Region Väst: Skara

## TEMA: Liv på torget

6 MAJ 2022

# REGION NORR – UMEÅ

## **1. Vad gör ni på torget?**

- Kaféer i *alla* hörn
- Flera sätt används, till exempel:
  - skyltar vid entréerna
  - en kör som sjunger
- Sedan kom vintern

### EXEMPEL:

- Piteå: en bazar
- Åland; färjan tar med sig knallar

### TIPS

- Börja tidigt

## **2. Förslag på värdstad?**

Skellefteå

# REGION SYD – YSTAD

## 1. Vad gör ni på torget?

Vi gör det här:

- Lyser upp träden

Kontakt: anna@ystad.se

### ÖVRIGA ANTECKNINGAR

*Malmö Live:*

Scenen hyrs ut varje fredag.

## 2. Förslag på värdstad?

- Trelleborg

# DELTAGARE

Listan finns hos arrangören som sparar den i ett år.
"""


@pytest.fixture
def report(read) -> Report:
    return read(MARKDOWN, "citygroup-2022-05.md")


def one(report: Report, start: str):
    (found,) = [p for p in report.passages if p.text.startswith(start)]
    return found


def test_nested_bullets_have_the_line_above_as_heading(report: Report) -> None:
    assert one(report, "skyltar").heading == "Flera sätt används, till exempel"
    assert one(report, "Sedan kom").heading is None
    assert not [p for p in report.passages if p.text.endswith(":")]


def test_markup_is_in_the_quote_and_not_in_the_text(report: Report) -> None:
    assert one(report, "Kaféer").text == "Kaféer i alla hörn"
    assert one(report, "Kaféer").quote == "Kaféer i *alla* hörn"


def test_a_label_in_front_names_the_town(report: Report) -> None:
    assert one(report, "Piteå:").towns == ("Piteå",)
    assert one(report, "Åland;").towns == ("Åland",)


def test_tips_are_a_kind_of_their_own(report: Report) -> None:
    assert one(report, "Börja").kind == "tips"


def test_an_answer_of_one_name_is_a_passage_and_no_heading(report: Report) -> None:
    answer = one(report, "Skellefteå")
    assert (answer.towns, answer.question) == (("Skellefteå",), "2. Förslag på värdstad?")


def test_lines_of_contact_details_are_no_passages(report: Report) -> None:
    assert not [p for p in report.passages if "@" in p.text]


def test_a_town_in_the_heading_above_holds_for_what_says_nothing_else(report: Report) -> None:
    assert one(report, "Scenen").towns == ("Malmö",)


def test_a_chapter_of_no_region_ends_the_last_region(report: Report) -> None:
    assert one(report, "Listan").region is None
    assert {p.region for p in report.passages} == {"Norr", "Syd", None}


def test_wrapped_bullets_are_joined_and_a_second_bullet_in_the_line_is_not(read) -> None:
    report = read(
        "Om torget\n\n• Torget har fått nya bänkar som står i en ring kring fontänen och\n"
        "  lyktor. • Gatan har fått träd\n• Handlarna vill ha längre öppet-\n  tider på lördagar\n"
    )
    assert [p.text for p in report.passages] == [
        "Torget har fått nya bänkar som står i en ring kring fontänen och lyktor.",
        "Gatan har fått träd",
        "Handlarna vill ha längre öppettider på lördagar",
    ]


def test_paragraphs_end_where_a_line_ends_early(read) -> None:
    report = read(
        "Strategi för torget\n"
        "Kommunen vill att torget ska vara öppet för alla som bor i staden och för dem som\n"
        "kommer på besök under sommaren.\n"
        "Handeln ska få plats längs hela den norra sidan, och på lördagar också längs den\n"
        "södra.\n"
        "Drift och skötsel\n"
        "Informera: den som sköter torget ska berätta för handlarna när det spolas, i god tid\n"
        "och på flera sätt.\n",
        "strategi.txt",
    )
    assert [(p.heading, p.text.split()[0]) for p in report.passages] == [
        (None, "Kommunen"),
        (None, "Handeln"),
        ("Drift och skötsel", "Informera:"),
    ]
    assert report.kind == "strategy"


def test_what_is_said_after_a_dash_is_a_paragraph_and_not_a_bullet(read) -> None:
    report = read(
        "Torget i Skara\n\n– Vi är glada, säger ordföranden.\n\nHon menar att fler kommer dit.\n", "artikel.txt"
    )
    assert [p.kind for p in report.passages] == ["paragraph", "paragraph"]


def test_a_question_within_the_answers_is_the_heading_of_what_follows(read) -> None:
    report = read(
        "REGION NORR\n1. Vad är svårt?\nHur fyller man torget en vardag?\n"
        "Kommunen prövar med musik vid lunchtid och med bord som får flyttas runt av var och en.\n"
        "REGION SYD\n1. Vad är svårt?\n• Inget\n"
    )
    assert one(report, "Kommunen").heading == "Hur fyller man torget en vardag?"


def test_the_wording_of_a_question_ends_where_the_chapters_differ(read) -> None:
    report = read(
        "REGION NORR\n1. Vad är svårt med torget? Beskriv era\nhinder och möjligheter.\nDet blåser för mycket där.\n"
        "2. Vad är lätt?\n• Allt\nREGION SYD\n1. Vad är svårt med torget?\nBeskriv era hinder och möjligheter.\n"
        "• Inget\n2. Vad är lätt?\n• Inget\n"
    )
    assert {p.question for p in report.passages if p.question_number == 1} == {
        "1. Vad är svårt med torget? Beskriv era hinder och möjligheter."
    }
    assert [p.text for p in report.passages if p.region == "Norr"] == ["Det blåser för mycket där.", "Allt"]


def test_ids_come_from_the_content(read) -> None:
    first, second = read(MARKDOWN, "a.md"), read("\n\n" + MARKDOWN, "a.md")
    assert [p.id for p in first.passages] == [p.id for p in second.passages]
    assert len({p.id for p in first.passages}) == len(first.passages)


@pytest.mark.parametrize("name", ["no_contents", "two_columns", "new_regions"])
def test_every_span_cuts_the_words_that_the_passage_holds(typeset, name: str) -> None:
    check_spans(read_report(typeset(name)))


def test_every_span_cuts_the_words_of_a_markdown_report(report: Report) -> None:
    check_spans(report)


@pytest.mark.originals
@pytest.mark.parametrize(
    "name", ["citygroup-2019-09.pdf", "citygroup-2021-02.pdf", "citygroup-2024-02.md", "karlstad-sociala-medier.txt"]
)
def test_every_span_cuts_the_words_of_an_original(original, name: str) -> None:
    check_spans(original(name))


def check_spans(report: Report) -> None:
    assert report.passages
    last = (-1, -1)
    for passage in report.passages:
        cuts = []
        for span in passage.spans:
            page = report.page_text(span.page)
            assert 0 <= span.start < span.end <= len(page)
            cuts.append(page[span.start : span.end])
            assert cuts[-1] == cuts[-1].strip()
        printed = quote_form("\n".join(cuts))
        assert passage.quote in printed
        # the first and last words shown are those printed
        letters = [c for c in mend_doubled(printed) if c.isalnum()]
        shown = [c for c in passage.text if c.isalnum()]
        assert letters[:3] == shown[:3]
        assert passage.page == passage.spans[0].page
        assert passage.order > last[0]
        last = (passage.order, passage.spans[0].start)


def test_signs_of_symbol_fonts_and_signs_on_lines_of_their_own_begin_bullets(read) -> None:
    report = read("Om torget\n\nq Bänkar\nq Lyktor i träden\nq Fontän\n\n•\nEn scen\n", "torget.txt")
    assert [(p.kind, p.text) for p in report.passages] == [
        ("bullet", "Bänkar"),
        ("bullet", "Lyktor i träden"),
        ("bullet", "Fontän"),
        ("bullet", "En scen"),
    ]


def test_rows_of_a_markdown_table_are_passages_and_their_first_cell_names_the_town(read) -> None:
    report = read("# REGION NORR\n\n## 1. Vad gör ni?\n\n| Piteå | Lyser upp |\n| Boden | Badar |\n", "t.md")
    assert [(p.text, p.towns) for p in report.passages] == [
        ("Piteå | Lyser upp", ("Piteå",)),
        ("Boden | Badar", ("Boden",)),
    ]


def test_page_marks_that_a_conversion_left_are_no_passages(read) -> None:
    report = read("# Torget\n\nVi lyser upp träden.\n\nSida 3 av 20\n\nOch fontänen.\n", "t.md")
    assert [p.text for p in report.passages] == ["Vi lyser upp träden.", "Och fontänen."]


def test_who_wrote_and_took_pictures_is_no_passage(read) -> None:
    text = "# Torget\n\nAv Vera Alm, 3 maj 2024\n\nText: Vera Alm. Foto: Olle Bark\n\nDet är öppet.\n\n© Torget 2024\n"
    assert [p.text for p in read(text, "t.md").passages] == ["Det är öppet."]


def test_a_quote_ends_before_the_hyphen_that_a_page_breaks(read) -> None:
    report = read(
        "REGION NORR\n1. Vad gör ni?\n• I år har vi för första gången sedan torget byggdes om fått trygg-\nSida 1\n"
        "\fhetsvärdar som går två och två.\n• Slut\nSida 2\n\fREGION SYD\n1. Vad gör ni?\n• Allt\nSida 3\n"
    )
    assert one(report, "I år").text.endswith("fått trygghetsvärdar som går två och två.")
    assert one(report, "I år").quote.endswith("byggdes om fått trygg")

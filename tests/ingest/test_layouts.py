"""Reports typeset in layouts that no report of the corpus has."""

from ingest.model import Report
from ingest.pipeline import read_report


def regions(report: Report) -> list[tuple]:
    return [(r.region, r.host_town, r.pages, r.cancelled) for r in report.regions]


def passage(report: Report, start: str):
    (found,) = [p for p in report.passages if p.text.startswith(start)]
    return found


def test_without_a_contents_list_headings_and_restarting_questions_tell_the_regions(typeset) -> None:
    report = read_report(typeset("no_contents"))
    assert regions(report) == [
        ("Norr", "Luleå", (3, 3), False),
        ("Syd", "Ystad", (4, 5), False),
        ("Öst", "Motala", (5, 5), False),
        ("Väst", "Skara", (None, None), True),
    ]
    assert report.regions[0].towns == ("Luleå", "Boden", "Kalix", "Piteå")
    assert report.regions[0].participants == 14
    assert report.meeting.label == "Citygroupträff 7 februari 2023"
    assert report.meeting.form == "fysisk"


def test_a_page_shared_by_two_regions_is_divided_at_the_heading(typeset) -> None:
    report = read_report(typeset("no_contents"))
    assert (passage(report, "Nattliv").region, passage(report, "Motala").region) == ("Syd", "Öst")
    assert passage(report, "SIMRISHAMN").region == "Syd"  # its heading stands last on that page


def test_the_town_of_a_heading_holds_until_one_that_gathers_what_is_left(typeset) -> None:
    report = read_report(typeset("no_contents"))
    assert passage(report, "Belysningen").towns == ("Kalix",)
    assert passage(report, "Isbanan").towns == ("Boden",)
    assert passage(report, "Musik").towns == ()
    assert passage(report, "Börja").kind == "tips"


def test_facts_quote_the_sentence_that_carries_them(typeset) -> None:
    facts = {fact.name: fact for fact in read_report(typeset("no_contents")).facts}
    assert facts["participants_total"].value == "41"
    assert facts["participants_total"].quote == "Vinterns möten lockade 41 deltagare från hela landet."
    assert facts["cancelled"].region == "Väst"


def test_two_columns_with_leaders_and_page_numbers_that_lie_apart(typeset) -> None:
    report = read_report(typeset("two_columns"))
    assert regions(report) == [
        ("Dalarna/Gävleborg", "Falun", (4, 5), False),
        ("Stockholm/Mälardalen", "Nyköping", (6, 6), False),
    ]
    assert [r.participants for r in report.regions] == [17, 9]
    assert report.regions[0].towns == ("Falun", "Gävle", "Sandviken", "Hofors", "Ludvika", "Orsa")
    assert report.regions[1].towns == ("Nyköping", "Enköping", "Trosa")
    assert any("förskjutna 1 sida" in warning for warning in report.warnings)


def test_a_guest_talk_belongs_to_no_region_but_to_its_town(typeset) -> None:
    talk = passage(read_report(typeset("two_columns")), "Konstnärerna")
    assert (talk.region, talk.towns, talk.pages) == (None, ("Alingsås",), (3, 3))


def test_a_bullet_that_runs_over_a_page_is_one_passage_with_two_spans(typeset) -> None:
    report = read_report(typeset("two_columns"))
    long = passage(report, "Sista punkten")
    assert long.pages == (4, 5)
    assert [span.page for span in long.spans] == [4, 5]
    assert long.text.endswith("i rätt läge")
    assert long.question == "2. Vad kostar det?"


def test_hyphenated_and_nested_bullets_are_whole(typeset) -> None:
    report = read_report(typeset("two_columns"))
    assert passage(report, "I FALUN").text.endswith("hyra, yta och tillträdesdag")
    assert passage(report, "I FALUN").towns == ("Falun", "Sandviken")
    assert passage(report, "kartan kostar").text == "kartan kostar 12 000 kr per år"


def test_unseen_region_names_in_running_heads_with_and_without_the_word(typeset) -> None:
    report = read_report(typeset("new_regions"))
    assert regions(report) == [
        ("Nordost", "Umeå", (2, 3), False),
        ("Bergslagen", "Falun", (4, 5), False),
        ("Småland/Öland", None, (6, 7), False),
    ]
    assert not report.warnings
    assert report.meeting.label == "Digital Citygroupträff 4 oktober 2022"
    assert all("Småland/Öland" not in p.text and "Nordost" not in p.text for p in report.passages)
    assert [p.question_number for p in report.passages if p.region == "Bergslagen"] == [1, 2, 3]

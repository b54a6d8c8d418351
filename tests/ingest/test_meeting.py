from datetime import date

import pytest

from ingest.dates import find_compact_date, find_dates, swedish_date
from ingest.meeting import read_form


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("5-6 FEBRUARI 2024", ["2024-02-05", "2024-02-06"]),
        ("den 3 september 2019", ["2019-09-03"]),
        ("30 sept- 1 oktober 2024", ["2024-09-30", "2024-10-01"]),
        ("Träff: 2023-02-07", ["2023-02-07"]),
        ("12–13 mars 2025", ["2025-03-12", "2025-03-13"]),
        ("den 4 och 5 maj, 2022", ["2022-05-04", "2022-05-05"]),
        ("den 3:e september 2025", ["2025-09-03"]),
        ("3/9 2025", ["2025-09-03"]),
        ("3-4/9-2025", ["2025-09-03", "2025-09-04"]),
        ("3.9.2025", ["2025-09-03"]),
    ],
)
def test_dates_are_read_as_swedish_reports_print_them(text: str, days: list[str]) -> None:
    (found,) = find_dates(text)
    assert [day.isoformat() for day in found.days] == days


def test_two_meetings_in_one_line_are_two_dates() -> None:
    found = list(find_dates("3 mars och 9 november", year=2020))
    assert [f.days for f in found] == [(date(2020, 3, 3),), (date(2020, 11, 9),)]


def test_impossible_dates_and_dates_without_a_year_are_left_out() -> None:
    assert not list(find_dates("31 februari 2021, 5 maj och 2023-13-40"))


def test_a_stamp_is_a_date_only_where_month_and_day_exist() -> None:
    assert find_compact_date("230914") == "2023-09-14"
    assert find_compact_date("239999") is None


def test_dates_are_written_in_swedish() -> None:
    assert swedish_date((date(2024, 2, 5), date(2024, 2, 6))) == "5-6 februari 2024"
    assert swedish_date((date(2024, 9, 30), date(2024, 10, 1))) == "30 september-1 oktober 2024"


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Digital citygroupträff i maj", "digital"),
        ("årets fysiska träffar", "fysisk"),
        ("Träffen hölls både på plats och digitalt", "blandad"),
        ("Här är dokumentationen", None),
        ("DIGITAL TRÄFF. Samtalen blev som vid en fysisk träff.", "digital"),
    ],
)
def test_the_form_is_what_the_front_pages_say(text: str, form: str | None) -> None:
    assert read_form([text]) == form


COVER = (
    "CITYGROUP\n{cover}\n\nRegion Norr: Umeå\n\nRegion Syd: Ystad\n\n"
    "REGION NORR\n1. Vad gör ni?\n• Något\nREGION SYD\n1. Vad gör ni?\n• Annat\n"
)


@pytest.mark.parametrize(
    ("cover", "when", "label", "theme"),
    [
        ("Citygroup hösten 2022, 4 oktober", "2022-10-04", "Citygroupträff 4 oktober 2022", None),
        ("12-13 mars 2025\nTEMA: LIV I STADEN", "2025-03-13", "Citygroupträff 12-13 mars 2025", "Liv i staden"),
        ("NÄSTA TRÄFF 3 MAJ 2024\n6 FEBRUARI 2024", "2024-02-06", "Citygroupträff 6 februari 2024", None),
        ("6 maj 2025\nHöstens tema: Ljus", "2025-05-06", "Citygroupträff 6 maj 2025", "Ljus"),
        ("Träffar på temat Ljus hölls 6 maj 2025", "2025-05-06", "Citygroupträff 6 maj 2025", "Ljus"),
        ("6 maj 2025\nTemat var ”Ljus i park”", "2025-05-06", "Citygroupträff 6 maj 2025", "Ljus i park"),
        ("Citygroup 6/5 2025: Ljus i park", "2025-05-06", "Citygroupträff 6 maj 2025", "Ljus i park"),
        ("DIGITAL TRÄFF\n9 FEBRUARI\n2021", "2021-02-09", "Digital Citygroupträff 9 februari 2021", None),
    ],
)
def test_the_cover_tells_date_label_and_theme(read, cover: str, when: str, label: str, theme: str | None) -> None:
    meeting = read(COVER.format(cover=cover)).meeting
    assert (meeting.date, meeting.label, meeting.theme) == (when, label, theme)


def test_without_a_printed_date_the_file_name_tells_it_with_a_warning(read) -> None:
    report = read(COVER.format(cover=""), "citygroup-2023-05.txt")
    assert report.meeting.date == "2023-05"
    assert any("filens namn" in warning for warning in report.warnings)


@pytest.mark.parametrize(
    ("told", "days", "hosts"),
    [
        ("Nästa träff: 7 oktober 2025\nVärdstäder: Kalix och Lund", ["7 oktober 2025"], ["Kalix, Lund"]),
        ("Nästa träff hålls 7 oktober. Värdar blir Kalix (Norr) och Lund (Syd).", ["7 oktober 2025"], ["Kalix, Lund"]),
        ("Vi ses den 4 mars i Kalix,\nLund och Ystad.", ["4 mars 2026"], ["Kalix, Lund, Ystad"]),
        ("Till nästa gång: läs om Kalix", [], []),
        ("Den 6 maj träffades vi i Kalix", [], []),
    ],
)
def test_the_next_meeting_is_announced_in_many_ways(read, told: str, days: list[str], hosts: list[str]) -> None:
    facts = read(COVER.format(cover=f"6 maj 2025\n\n{told}\n")).facts
    assert [f.value for f in facts if f.name == "next_meeting"] == days
    assert [f.value for f in facts if f.name == "next_host_towns"] == hosts

from __future__ import annotations

import dataclasses

import pytest

from ingest.model import Meeting
from tests.ui.standins import StandInAssistant, StandInLibrary
from ui import labels


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (("2021-02-09",), "9 februari 2021"),
        (("2024-02-05", "2024-02-06"), "5–6 februari 2024"),
        (("2024-09-30", "2024-10-01"), "30 sep–1 okt 2024"),
        (("2023-12-31", "2024-01-01"), "31 dec 2023–1 jan 2024"),
        ((), ""),
        (("våren", "2021"), "2021–våren"),
    ],
)
def test_days_of_a_meeting_are_named_in_swedish(days: tuple[str, ...], said: str) -> None:
    assert labels.period(days) == said


def test_a_moment_is_named_by_its_day_in_swedish() -> None:
    assert labels.day_of("2026-01-02T12:00:00+00:00") == "2 januari 2026"
    assert labels.day_of("") == ""


def test_chip_names_region_date_and_page(assistant: StandInAssistant, library: StandInLibrary) -> None:
    across = library.passage("p4")
    assert labels.citation_label(assistant.cite(library.passage("p1"), 1)) == "Region Nord · 3 mars 2022 · s. 2"
    assert labels.citation_label(assistant.cite(across, 1)) == "Region Sydost · 3 mars 2022 · s. 3–4"


def test_chip_of_a_document_without_meeting_and_pages_is_its_title(assistant: StandInAssistant) -> None:
    article = assistant.cite(assistant.library.passage("a1"), 1)
    assert labels.citation_label(article) == "Loppis på torget"
    long = dataclasses.replace(article, title="Så arbetar en mycket liten kommun med sina allra största handelsgator")
    assert labels.citation_label(long) == "Så arbetar en mycket liten kommun med sina …"


def test_chip_of_a_talk_outside_the_regions_names_the_meeting(assistant: StandInAssistant) -> None:
    talk = dataclasses.replace(assistant.cite(assistant.library.passage("p0"), 1), region=None)
    assert labels.citation_label(talk) == "Träffen 3 mars 2022 · s. 2"


def test_a_meeting_without_theme_is_its_days() -> None:
    assert labels.meeting_name(Meeting("2022-03-03", (), "Träff")) == "3 mars 2022"


def test_pages_with_unknown_end_stay_open() -> None:
    assert labels.page_label((4, None)) == "s. 4–"
    assert labels.page_label((None, None)) == ""

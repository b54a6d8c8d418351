import pytest

from ingest.attendance import find_attendance
from ingest.lines import read_lines
from ingest.model import Page
from ingest.readers import Extracted
from ingest.towns import Gazetteer


def attendance(text: str) -> list[tuple]:
    lines = read_lines(Extracted((Page(None, text),)))
    return [(b.participants, b.towns, b.end - b.start) for b in find_attendance(lines, set(), Gazetteer())]


@pytest.mark.parametrize(
    ("text", "participants", "towns"),
    [
        ("Antal deltagare: 14 st", 14, ()),
        ("14 deltagare från 3 orter: Piteå, Luleå och Boden", 14, ("Piteå", "Luleå", "Boden")),
        ("Deltagare: 9 personer från Kiruna och Umeå", 9, ("Kiruna", "Umeå")),
        ("Deltagare: 2 (Skövde, Skara)", 2, ("Skövde", "Skara")),
        ("I träffen deltog 6 personer från Borås.", 6, ("Borås",)),
        ("Orter: Kalmar, Påhittby", None, ("Kalmar", "Påhittby")),
        ("Deltagande kommuner: Lund, Väs-\ntervik och Ystad", None, ("Lund", "Västervik", "Ystad")),
        ("Deltagare\nVera Alm, Piteå\nOlle Bark, centrumledare, Luleå kommun", 2, ("Piteå", "Luleå")),
        ("Vera Alm   Piteå\nOlle Bark   Boden\nSiv Gran   Piteå", 3, ("Piteå", "Boden")),
        ("Deltagare: Vera Alm (Piteå), Olle\nBark (Luleå)", 2, ("Piteå", "Luleå")),
        ("Namn\nOrt\nVera Alm\nPiteå\nOlle Bark\nBoden\nSiv Gran\nKiruna", 3, ("Piteå", "Boden", "Kiruna")),
    ],
)
def test_who_came_is_read_in_every_form(text: str, participants: int | None, towns: tuple[str, ...]) -> None:
    (found,) = attendance(f"{text}\n\n1. Vad gör ni?\n")
    assert found == (participants, towns, text.count("\n") + 1)


@pytest.mark.parametrize(
    "text",
    ["• 14 deltagare från Piteå", "Torget samlar 200 personer", "Vera Alm, Piteå\nOlle Bark, Boden", "Lund, Ystad"],
)
def test_other_lines_are_none(text: str) -> None:
    assert attendance(text) == []

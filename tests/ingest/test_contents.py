import pytest

from ingest.contents import read_contents
from ingest.lines import read_lines
from ingest.model import Page
from ingest.readers import Extracted
from ingest.towns import Gazetteer


def contents_of(text: str, pages: int = 30):
    entries, used = read_contents(read_lines(Extracted((Page(1, text),))), Gazetteer(), pages)
    return [(e.title, e.page, e.heading and e.heading.region) for e in entries], entries, used


@pytest.mark.parametrize("gap", ["\t", " ........ ", "          ", " ", " … ", "\n"])
def test_pages_are_read_whatever_stands_before_them(gap: str) -> None:
    rows, _, _ = contents_of(f"INNEHÅLL\nREGION NORR – VÄRDSTAD UMEÅ{gap}4\nREGION SYD – VÄRDSTAD YSTAD{gap}9\n")
    assert [(page, region) for _, page, region in rows] == [(4, "Norr"), (9, "Syd")]


def test_an_entry_may_take_several_lines_and_attributes_belong_to_it() -> None:
    text = (
        "INNEHÅLL  SID\nHär kan du läsa vad alla sade om temat\nREGION DALARNA/\nGÄVLEBORG – TRÄFF I FALUN ..... 4\n"
        "Representerade orter: Falun, Borlänge,\nMora och Orsa\nAntal deltagare: 12\nREGION SYD 8\n"
        "Representerade orter: Lund, Ystad\nKristianstad Antal deltagare: 20\n"
    )
    rows, entries, _ = contents_of(text)
    assert [(page, region) for _, page, region in rows] == [(4, "Dalarna/Gävleborg"), (8, "Syd")]
    assert entries[0].towns == ("Falun", "Borlänge", "Mora", "Orsa")
    assert entries[1].towns == ("Lund", "Ystad", "Kristianstad")
    assert [e.participants for e in entries] == [12, 20]
    assert entries[0].heading.host_town == "Falun"


def test_page_numbers_may_stand_in_front() -> None:
    rows, _, _ = contents_of("Innehåll\n4 Region Norr\n7 Region Väst\n")
    assert [(page, region) for _, page, region in rows] == [(4, "Norr"), (7, "Väst")]


def test_dates_and_numbers_beyond_the_file_are_no_pages() -> None:
    rows, _, _ = contents_of("INNEHÅLL\nREGION NORR 4\nREGION SYD 9\nNästa träff 1 oktober 2024\nRum 214\n", pages=12)
    assert [page for _, page, _ in rows] == [4, 9]


def test_running_feet_are_no_entries() -> None:
    pages = tuple(
        Page(n, f"{text}\nSida {n} av 9") for n, text in enumerate(["A", "INNEHÅLL\nRegion Norr 4\nRegion Syd 6"], 1)
    )
    entries, _ = read_contents(read_lines(Extracted(pages)), Gazetteer(), 9)
    assert [entry.page for entry in entries] == [4, 6]


def test_questions_in_the_list_begin_no_chapters(read) -> None:
    chapter = "REGION {n}\n1. Vem betalar?\n• Alla\n\f2. Varför då?\n• För att {n} vill\n\f"
    text = "INNEHÅLL\nREGION NORR 2\nVem betalar? 2\nVarför då? 3\nREGION SYD 4\nVem betalar? 4\nVarför då? 5\n\f"
    report = read(text + chapter.format(n="NORR") + chapter.format(n="SYD"))
    assert [(p.region, p.page) for p in report.passages] == [("Norr", 2), ("Norr", 3), ("Syd", 4), ("Syd", 5)]


def test_without_a_list_there_are_no_entries() -> None:
    assert contents_of("Vi fick 4\nDe fick 9\n") == ([], [], set())

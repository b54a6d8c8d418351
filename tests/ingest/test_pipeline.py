import json
from pathlib import Path

import pytest

from ingest.errors import UnreadableFile
from ingest.pipeline import corpus_files, read_report, report_from_dict, report_json, report_to_dict

TWO = "REGION NORR\n1. Vad gör ni?\n• Ljus\n2. Hur går det?\n• Bra\n3. Vad mer?\n• Mer\n"


def test_corpus_files_are_the_reports_of_the_top_level(tmp_path: Path) -> None:
    for name in ("b.pdf", "a.md", "c.TXT", "d.html", "README.md", "bild.png", ".dold.md"):
        (tmp_path / name).write_text("x")
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "e.md").write_text("x")
    assert [path.name for path in corpus_files(tmp_path)] == ["a.md", "b.pdf", "c.TXT", "d.html"]


def test_a_report_survives_the_way_through_json(typeset) -> None:
    report = read_report(typeset("two_columns"))
    assert report_from_dict(json.loads(json.dumps(report_to_dict(report)))) == report


def test_the_json_structure_has_what_the_contract_names(typeset) -> None:
    data = report_json(read_report(typeset("no_contents"), "traff/mapp.pdf"))
    assert data["document"] == "traff/mapp.pdf"
    assert data["kind"] == "meeting"
    assert {"date", "form", "theme"} <= data["meeting"].keys()
    assert data["regions"][0] == {
        "region": "Norr",
        "host_town": "Luleå",
        "pages": [3, 3],
        "participants": 14,
        "towns": ["Luleå", "Boden", "Kalix", "Piteå"],
        "cancelled": False,
    }
    passage = data["passages"][1]
    assert {"id", "text", "region", "town", "question", "pages"} <= passage.keys()
    assert (passage["town"], passage["pages"]) == ("Kalix", [3, 3])


def test_questions_that_begin_anew_without_a_region_are_warned_of(read) -> None:
    report = read(f"{TWO}1. Vad gör ni?\n• Mörker\nREGION SYD\n{TWO[12:]}")
    assert any("börjar om" in warning and "Norr" in warning for warning in report.warnings)


def test_groups_within_a_region_begin_anew_without_a_warning(read) -> None:
    report = read(f"REGION NORR\nGRUPP 1\n{TWO[12:]}GRUPP 2\n{TWO[12:]}REGION SYD\n{TWO[12:]}")
    assert report.warnings == ()
    assert {p.group for p in report.passages if p.region == "Norr"} == {"Grupp 1", "Grupp 2"}
    assert {p.group for p in report.passages if p.region == "Syd"} == {None}


def test_pages_without_text_are_counted_and_named(read) -> None:
    report = read("\f".join(["Strategi för torget i mitten av staden.", " \n", "12", *[""] * 8]))
    (warning,) = report.warnings
    assert warning.startswith("10 av 11 sidor har ingen text") and "s. 2, 3, 4, 5, 6, 7, 8, 9 …)" in warning
    assert read("Strategi för torget.\fOch för gatan.").warnings == read("Bara en rad.").warnings == ()


def test_contents_list_and_heading_that_disagree_are_warned_of(read) -> None:
    pages = [
        "CITYGROUP\n9 maj 2022",
        "INNEHÅLL\nREGION NORR ..... 3\nREGION SYD ..... 5",
        f"REGION NORR\n{TWO[12:]}",
        f"REGION SYD\n{TWO[12:]}",
        "• Slutet av kapitlet",
    ]
    report = read("\f".join(pages))
    assert [(r.region, r.pages) for r in report.regions] == [("Norr", (3, 3)), ("Syd", (4, 5))]
    assert any("Syd" in w and "sida 5" in w and "sida 4" in w for w in report.warnings)


def test_participants_that_do_not_add_up_are_warned_of(read) -> None:
    text = (
        "CITYGROUP 9 maj 2022\n\nTräffarna samlade 30 deltagare.\n\nREGION NORR\nAntal deltagare: 10\n1. Vad?\n• A\n"
        "REGION SYD\nAntal deltagare: 15\n1. Vad?\n• B\n"
    )
    report = read(text)
    assert [r.participants for r in report.regions] == [10, 15]
    assert any("30" in w and "25" in w for w in report.warnings)


def test_a_region_named_on_the_cover_without_a_chapter_is_warned_of(read) -> None:
    cover = "CITYGROUP 9 maj 2022\n\nRegion Norr: Umeå\n\nRegion Syd: Ystad\n\nRegion Öst: Motala\n\n"
    report = read(f"{cover}{TWO}REGION SYD\n{TWO[12:]}")
    assert [r.region for r in report.regions] == ["Norr", "Syd"]
    assert any("Öst" in warning for warning in report.warnings)
    assert [r.host_town for r in report.regions] == ["Umeå", "Ystad"]


def test_a_name_above_a_host_line_is_a_region_whatever_it_is_called(read) -> None:
    report = read(f"SJUHÄRAD\nVärdstad Borås\n{TWO[12:]}VÄNERN/BOHUS\nVärdstad Lidköping\n{TWO[12:]}")
    assert [(r.region, r.host_town) for r in report.regions] == [("Sjuhärad", "Borås"), ("Vänern/Bohus", "Lidköping")]


def test_a_contents_list_in_running_text_ends_where_the_first_chapter_begins(read) -> None:
    contents = "INNEHÅLL\nREGION NORR 4\nREGION SYD 9\nNästa träff meddelas senare\n"
    report = read(f"CITYGROUP 9 maj 2022\n{contents}{TWO}REGION SYD\n{TWO[12:]}")
    assert [(r.region, r.pages) for r in report.regions] == [("Norr", (4, 8)), ("Syd", (9, None))]
    assert [p.text for p in report.passages if p.region == "Norr"] == ["Ljus", "Bra", "Mer"]


def test_a_page_where_questions_begin_anew_belongs_to_no_region_rather_than_to_a_wrong_one(read) -> None:
    report = read("\f".join(["CITYGROUP 9 maj 2022", f"REGION NORR\n{TWO[12:]}", f"REGION SYD\n{TWO[12:]}", TWO[12:]]))
    assert [(r.region, r.pages) for r in report.regions] == [("Norr", (2, 2)), ("Syd", (3, 3))]
    assert [p.region for p in report.passages if p.page == 4] == [None] * 3
    assert any("sida 4" in warning for warning in report.warnings)


def test_a_chapter_that_only_says_it_was_cancelled_is_a_cancelled_region(read) -> None:
    report = read(f"CITYGROUP 9 maj 2022\n\n{TWO}REGION VÄST – INSTÄLLD\nREGION SYD\n{TWO[12:]}")
    assert [(r.region, r.cancelled) for r in report.regions] == [("Norr", False), ("Väst", True), ("Syd", False)]
    assert [f.region for f in report.facts if f.name == "cancelled"] == ["Väst"]


def test_a_file_that_is_one_endless_passage_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Arvika ordnar loppis på torget och sedan ännu en. " * 1_100, encoding="utf-8")
    with pytest.raises(UnreadableFile, match=r"ett stycke på 5\d{4} tecken och gränsen är 50000"):
        read_report(tmp_path / "a.txt")

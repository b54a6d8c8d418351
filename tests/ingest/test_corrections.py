from __future__ import annotations

from pathlib import Path

import pytest

from ingest.corrections import (
    Correction,
    RegionCorrection,
    apply_correction,
    corrections_from_text,
    corrections_text,
    load_corrections,
    save_corrections,
)
from ingest.errors import CorrectionsError
from ingest.model import Fact, Meeting, Page, Passage, RegionChapter, Report, Span


def passage(number: int, page: int | None, region: str | None) -> Passage:
    return Passage(f"p{number}", "a.pdf", number, "bullet", "x", "x", (Span(page, 0, 1),), region)


def report(paged: bool = True) -> Report:
    pages = tuple(Page(n, "x") for n in range(1, 8)) if paged else (Page(None, "x"),)
    return Report(
        "a.pdf",
        "0" * 64,
        "meeting",
        "Träffen",
        pages,
        Meeting("2022-03-03", ("2022-03-02", "2022-03-03"), "Träff", "Torget", "fysisk"),
        regions=(RegionChapter("Norr", "Umeå", (2, 3), 7), RegionChapter("Syd", "Lund", (4, 6))),
        passages=tuple(
            passage(n, page if paged else None, region)
            for n, (page, region) in enumerate(
                [(1, None), (2, "Norr"), (3, "Norr"), (4, "Syd"), (4, "Norr"), (6, "Syd")]
            )
        ),
        facts=(
            Fact("host_town", "Umeå", "Värdstad Umeå", Span(2, 0, 1), "Norr"),
            Fact("theme", "Torget", "Tema: torget", Span(1, 0, 1)),
        ),
    )


def regions_of(corrected: Report) -> list[str | None]:
    return [p.region for p in corrected.passages]


def one(name: str, change: RegionCorrection) -> Correction:
    return Correction(regions=((name, change),))


def test_nothing_corrected_is_the_same_report() -> None:
    assert apply_correction(report(), None) == apply_correction(report(), Correction()) == report()


def test_region_gets_another_name_everywhere() -> None:
    corrected = apply_correction(report(), one("Norr", RegionCorrection(name="Övre Norr")))
    assert [c.region for c in corrected.regions] == ["Övre Norr", "Syd"]
    assert regions_of(corrected) == [None, "Övre Norr", "Övre Norr", "Syd", "Övre Norr", "Syd"]
    assert corrected.facts[0].region == "Övre Norr" and corrected.regions[0].participants == 7


def test_pages_move_passages_into_and_out_of_the_region() -> None:
    corrected = apply_correction(report(), one("Norr", RegionCorrection(pages=(1, 2))))
    assert corrected.regions[0].pages == (1, 2)
    assert regions_of(corrected) == ["Norr", "Norr", None, "Syd", "Syd", "Syd"]


def test_on_a_page_that_two_regions_share_what_was_recognised_counts() -> None:
    corrected = apply_correction(report(), one("Norr", RegionCorrection(pages=(2, 4))))
    assert regions_of(corrected) == [None, "Norr", "Norr", "Syd", "Norr", "Syd"]


def test_host_town_is_corrected_in_the_chapter_and_the_fact_but_the_quote_stays() -> None:
    corrected = apply_correction(report(), one("Norr", RegionCorrection(host_town="Boden")))
    assert corrected.regions[0].host_town == "Boden"
    assert (corrected.facts[0].value, corrected.facts[0].quote) == ("Boden", "Värdstad Umeå")


def test_a_host_town_or_theme_that_is_emptied_is_gone_with_its_fact() -> None:
    corrected = apply_correction(report(), one("Norr", RegionCorrection(host_town="")))
    assert corrected.regions[0].host_town is None and [f.name for f in corrected.facts] == ["theme"]
    corrected = apply_correction(report(), Correction(theme=""))
    assert corrected.meeting is not None and corrected.meeting.theme is None
    assert [f.name for f in corrected.facts] == ["host_town"]


def test_without_a_date_there_is_no_meeting_and_nothing_is_told_of_one() -> None:
    corrected = apply_correction(report(), Correction(date=""))
    assert (corrected.meeting, corrected.date, corrected.facts) == (None, None, ())
    assert regions_of(corrected) == regions_of(report())


def test_what_is_taken_away_is_kept_in_the_file(tmp_path: Path) -> None:
    kept = {"a.md": Correction(date="", theme="", regions=(("Norr", RegionCorrection(host_town="")),))}
    save_corrections(tmp_path, kept)
    assert load_corrections(tmp_path) == kept


def test_removed_region_gives_its_passages_to_the_region_on_the_page_or_to_none() -> None:
    corrected = apply_correction(report(), one("Norr", RegionCorrection(remove=True)))
    assert [c.region for c in corrected.regions] == ["Syd"]
    assert regions_of(corrected) == [None, None, None, "Syd", "Syd", "Syd"]


def test_region_that_was_not_recognised_is_added_in_page_order() -> None:
    corrected = apply_correction(report(), one("Väst", RegionCorrection(pages=(1, 1), host_town="Borås")))
    assert [(c.region, c.pages, c.host_town) for c in corrected.regions][0] == ("Väst", (1, 1), "Borås")
    assert regions_of(corrected)[0] == "Väst"


def test_document_without_pages_keeps_its_passages_where_they_are() -> None:
    corrected = apply_correction(report(paged=False), one("Norr", RegionCorrection(pages=(1, 1))))
    assert regions_of(corrected) == regions_of(report())


def test_in_a_document_without_pages_passages_are_counted() -> None:
    corrected = apply_correction(report(paged=False), one("Norr", RegionCorrection(passages=(1, 2))))
    assert regions_of(corrected) == ["Norr", "Norr", None, "Syd", None, "Syd"]
    added = apply_correction(report(paged=False), one("Väst", RegionCorrection(passages=(6, 6), host_town="Borås")))
    assert regions_of(added)[-1] == "Väst" and added.regions[-1].host_town == "Borås"


def test_where_there_are_pages_counted_passages_change_nothing() -> None:
    corrected = apply_correction(report(), one("Norr", RegionCorrection(passages=(1, 2))))
    assert regions_of(corrected) == regions_of(report())


def test_counted_passages_are_kept_in_the_file(tmp_path: Path) -> None:
    kept = {"a.md": one("Norr", RegionCorrection(passages=(1, 2)))}
    save_corrections(tmp_path, kept)
    assert load_corrections(tmp_path) == kept
    assert "passages: [1, 2]" in (tmp_path / "corrections.yaml").read_text(encoding="utf-8")


def test_date_and_theme_of_the_meeting() -> None:
    corrected = apply_correction(report(), Correction(date="2022-04-04", theme="Gatan", title="Ny titel"))
    assert corrected.meeting is not None and corrected.title == "Ny titel"
    assert (corrected.meeting.date, corrected.meeting.dates, corrected.meeting.theme) == (
        "2022-04-04", ("2022-04-04",), "Gatan",
    )  # fmt: skip
    assert corrected.facts[1].value == "Gatan"


def test_document_becomes_a_meeting_when_it_is_given_a_date() -> None:
    from dataclasses import replace

    article = replace(report(), meeting=None, kind="article")
    assert apply_correction(article, Correction(theme="Utan datum")).meeting is None
    corrected = apply_correction(article, Correction(date="2022-04-04"))
    assert corrected.kind == "meeting" and corrected.meeting is not None and corrected.meeting.label == "Träffen"


CORRECTIONS = {
    "å ä ö.pdf": Correction(
        "Titel: med kolon", "2022-03-03", None, (("Norr", RegionCorrection("Nord", (4, 6), "Umeå")),)
    ),
    "b.pdf": one("Syd", RegionCorrection(remove=True)),
}


def test_corrections_survive_the_file(tmp_path: Path) -> None:
    save_corrections(tmp_path, CORRECTIONS)
    assert load_corrections(tmp_path) == CORRECTIONS
    text = (tmp_path / "corrections.yaml").read_text(encoding="utf-8")
    assert text.startswith("# Rättelser") and "å ä ö.pdf:" in text and "pages: [4, 6]" in text


def test_without_corrections_there_is_no_file(tmp_path: Path) -> None:
    save_corrections(tmp_path, CORRECTIONS)
    save_corrections(tmp_path, {"a.pdf": Correction()})
    assert list(tmp_path.iterdir()) == [] and load_corrections(tmp_path) == {}


def test_corrections_kept_with_an_index_are_those_of_its_documents() -> None:
    text = corrections_text(CORRECTIONS, {"b.pdf": "sha"})
    assert corrections_from_text(text) == {"b.pdf": CORRECTIONS["b.pdf"]}
    assert corrections_text(CORRECTIONS, {}) == "" and corrections_from_text("") == {}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("a.pdf: [1]", "a.pdf: expected date, regions, theme, title"),
        ("a.pdf: {datum: 2022-01-01}", "unknown datum"),
        ("a.pdf: {date: i våras}", "'i våras' is not a date"),
        ("a.pdf: {theme: 7}", "theme must be text"),
        ("a.pdf: {regions: {Norr: {pages: [6, 4]}}}", "region Norr: pages must be"),
        ("a.pdf: {regions: {Norr: {pages: 4}}}", "region Norr: pages must be"),
        ("a.md: {regions: {Norr: {passages: [0, 4]}}}", "region Norr: passages must be"),
        ("a.pdf: {regions: {Norr: {remove: ja}}}", "remove must be true or false"),
        ("a.pdf: {regions: {Norr: bort}}", "region Norr: expected host_town"),
        ("a.pdf: {regions: [Norr]}", "regions must be names"),
        ("- a.pdf", "expected a report's file name"),
        ("a: b: c", "cannot be read"),
    ],
)
def test_mistake_in_the_file_is_named(tmp_path: Path, written: str, said: str) -> None:
    (tmp_path / "corrections.yaml").write_text(written, encoding="utf-8")
    with pytest.raises(CorrectionsError, match=said):
        load_corrections(tmp_path)


def test_empty_file_corrects_nothing(tmp_path: Path) -> None:
    (tmp_path / "corrections.yaml").write_text("# nothing\n", encoding="utf-8")
    assert load_corrections(tmp_path) == {}

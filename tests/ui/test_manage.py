from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ingest.corrections import Correction, RegionCorrection, save_corrections
from ingest.errors import IndexMissing, NothingToRead
from ingest.model import IngestReport
from tests.ui.standins import PDF, TEXT, StandInAssistant, StandInLibrary
from ui import manage
from ui.corpus import Change, Draft, LastChange
from ui.correct import merged
from ui.jobs import Board, Job
from ui.texts import t


def _page() -> None:
    from ui import manage, state

    with state.explained():
        manage.render()


@pytest.fixture
def open_manage(open_app: Callable[..., AppTest]) -> Callable[[], AppTest]:
    return lambda: AppTest.from_function(_page, default_timeout=30).run()


@pytest.fixture
def changes(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Change]]:
    """Changes that the page asks for, instead of making them."""
    asked: list[tuple[str, Change]] = []

    def make(settings: object, change: Change, said: str, build: object, progress: object) -> IngestReport:
        asked.append((said, change))
        return IngestReport()

    monkeypatch.setattr(manage.corpus, "make_change", make)
    return asked


def labelled(at: AppTest, label: str):  # type: ignore[no-untyped-def]
    return next(b for b in at.button if b.label == label)


def wait(at: AppTest) -> AppTest:
    """Until the job of the page is done."""
    job = manage.board().latest
    assert job is None or job.finished.wait(20)
    return at.run()


def test_report_that_is_there_can_be_corrected(
    open_manage: Callable[[], AppTest], changes: list[tuple[str, Change]]
) -> None:
    at = open_manage()
    at.selectbox(key="existing").select(PDF).run()
    fields = {f.key.rsplit("-", 2)[-2] + "-" + f.key.rsplit("-", 1)[-1]: f for f in at.text_input if f.key}
    fields["0-name"].set_value("Norra Norr")
    fields["0-host"].set_value("Luleå").run()
    assert "Norra Norr" in "".join(str(e.proto.body) for e in at.get("html"))  # the preview follows
    at = labelled(at, "Spara rättelser").click().run()
    wait(at)
    ((said, change),) = changes
    assert said == f"rättade {PDF}"
    assert change.corrections == (
        (PDF, Correction(regions=(("Nord", RegionCorrection(name="Norra Norr", host_town="Luleå")),))),
    )


def test_in_a_document_without_pages_a_region_is_given_its_passages(
    open_manage: Callable[[], AppTest], changes: list[tuple[str, Change]]
) -> None:
    at = open_manage()
    at.selectbox(key="existing").select(TEXT).run()
    next(toggle for toggle in at.toggle if toggle.label == "Lägg till region").set_value(True).run()
    next(f for f in at.text_input if f.label == "Region, ny region").set_value("Värmland")
    first, last = (
        next(s for s in at.selectbox if s.label == f"{which} stycke, ny region") for which in ("Från", "Till")
    )
    assert first.options[0].startswith("1. Arvika ordnar loppis") and not at.number_input
    first.select(2)
    last.select(1).run()
    assert "första stycket är efter det sista" in at.error[0].value
    next(s for s in at.selectbox if s.label == "Från stycke, ny region").select(1)
    next(s for s in at.selectbox if s.label == "Till stycke, ny region").select(2).run()
    labelled(at, "Spara rättelser").click().run()
    wait(at)
    (_, change) = changes[0]
    assert change.corrections == ((TEXT, Correction(regions=(("Värmland", RegionCorrection(passages=(1, 2))),))),)


def test_every_field_of_a_region_says_which_region_to_those_who_hear_it_alone(
    open_manage: Callable[[], AppTest],
) -> None:
    at = open_manage()
    at.selectbox(key="existing").select(PDF).run()
    labels = [field.label for field in (*at.text_input, *at.number_input)]
    assert {"Region, Nord", "Värdstad, Nord", "Från sida, Sydost", "Till sida, Sydost"} <= set(labels)
    assert len(labels) == len(set(labels))


def test_wrong_date_and_wrong_pages_are_said_and_nothing_can_be_saved(open_manage: Callable[[], AppTest]) -> None:
    at = open_manage()
    at.selectbox(key="existing").select(PDF).run()
    next(f for f in at.text_input if f.key and f.key.endswith("-date")).set_value("i våras")
    first = next(f for f in at.number_input if f.key and f.key.endswith("-0-region_first"))
    first.set_value(4).run()
    assert [e.value for e in at.error] == [
        "”i våras” är inget datum. Skriv till exempel 2024-02-06.",
        "Region Nord: första sidan är efter den sista.",
    ]
    assert labelled(at, "Spara rättelser").disabled


def test_report_is_removed_only_after_a_second_thought(
    open_manage: Callable[[], AppTest], changes: list[tuple[str, Change]]
) -> None:
    at = open_manage()
    at.selectbox(key="existing").select(PDF).run()
    at = labelled(at, "Ta bort rapporten").click().run()
    at = labelled(at, "Nej, behåll").click().run()
    assert changes == []
    at = labelled(at, "Ta bort rapporten").click().run()
    at = labelled(at, "Ja, ta bort").click().run()
    wait(at)
    assert changes[0][1].remove == (PDF,) and [name for name, _ in changes[0][1].seen] == [PDF]


def test_before_the_first_index_reports_can_be_brought_in(engine: object, open_manage: Callable[[], AppTest]) -> None:
    def missing(settings: object) -> str:
        raise IndexMissing("none")

    engine.current_generation = missing  # type: ignore[attr-defined]
    at = open_manage()
    assert not at.exception and at.info[0].value == "Inga rapporter är inlästa ännu."
    assert labelled(at, "Läs in rapporterna igen")


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("reading a.pdf", "Läser a.pdf (2 av 4)"),
        ("reading", "Läser filerna"),
        ("embedding", "Lär sig styckenas innehåll (1 av 4)"),
        ("publishing", "Publicerar"),
        ("", "Förbereder"),
    ],
)
def test_progress_is_said_in_swedish(what: str, said: str) -> None:
    assert manage.step(Job("x", what, 1, 4)) == said


@pytest.mark.parametrize("name", ["said_add", "said_replace", "said_remove", "said_correct", "said_read", "said_undo"])
def test_what_is_going_on_is_said_in_the_present(name: str) -> None:
    said = t(f"manage.{name}", names="a.pdf")
    assert manage.doing(said) != said and manage.doing(said).split()[0].endswith("r")


def test_a_change_says_what_was_replaced_removed_and_added() -> None:
    def draft(name: str, stands: str | None = None) -> Draft:
        return Draft(name, Path(name), "0", stands=stands)

    both = Change((draft("a.pdf", "1"), draft("b.pdf"), draft("c.pdf")), remove=("d.pdf",))
    said = manage.said_of(both)
    assert said == "ersatte a.pdf och tog bort d.pdf och lade till b.pdf, c.pdf"
    assert manage.doing(said) == "ersätter a.pdf och tar bort d.pdf och lägger till b.pdf, c.pdf"
    assert manage.said_of(Change((draft("b.pdf"),))) == "lade till b.pdf"


def test_what_was_uploaded_stays_while_another_change_is_going_on(
    open_manage: Callable[[], AppTest], changes: list[tuple[str, Change]]
) -> None:
    at = open_manage()
    text = "Loppis i Sala\n\nSala ordnar loppis på torget varje lördag.\n"
    at.file_uploader[0].set_value([("sala.txt", text.encode(), "text/plain")]).run()
    assert not at.exception
    gate = threading.Event()
    board = manage.board()
    assert board.start("lade till annan.pdf", lambda progress: IngestReport() if gate.wait(20) else IngestReport())
    try:
        at = labelled(at, "Publicera 1 rapport").click().run()
        assert any("En ändring pågår redan" in w.value for w in at.warning)
        assert labelled(at.run(), "Publicera 1 rapport") and changes == []
    finally:
        gate.set()
    at = wait(at)
    at = labelled(at, "Publicera 1 rapport").click().run()
    wait(at)
    assert [said for said, _ in changes] == ["lade till sala.txt"]
    assert "Publicera 1 rapport" not in [b.label for b in at.run().button]


def test_a_click_on_undo_is_not_taken_for_another_change(
    open_manage: Callable[[], AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    undone: list[str] = []
    last = {"now": LastChange("1", "lade till min.pdf", {}, {})}

    def undo(settings: object, change: str, build: object, progress: object) -> IngestReport:
        undone.append(change)
        return IngestReport()

    monkeypatch.setattr(manage.corpus, "last_change", lambda settings: last["now"])
    monkeypatch.setattr(manage.corpus, "undo_change", undo)
    at = open_manage()
    last["now"] = LastChange("2", "tog bort en.pdf", {}, {})
    at = labelled(at, "Ångra: lade till min.pdf").click().run()
    assert any("Någon annan hann ändra detta" in w.value for w in at.warning)
    assert undone == [] and manage.board().latest is None
    wait(labelled(at, "Ångra: tog bort en.pdf").click().run())
    assert undone == ["2"]


def test_a_file_that_appears_while_a_draft_is_looked_at_is_shown_before_it_is_replaced(
    open_manage: Callable[[], AppTest], changes: list[tuple[str, Change]], tmp_path: Path
) -> None:
    at = open_manage()
    text = "Loppis i Sala\n\nSala ordnar loppis på torget varje lördag.\n"
    at.file_uploader[0].set_value([("sala.txt", text.encode(), "text/plain")]).run()
    (tmp_path / "corpus" / "sala.txt").write_text("En annans rapport.", encoding="utf-8")
    at = labelled(at, "Publicera 1 rapport").click().run()
    assert any("Någon annan hann ändra detta" in w.value for w in at.warning) and changes == []
    assert any("Ersätter den fil med samma namn" in i.value for i in at.info)
    wait(labelled(at, "Publicera 1 rapport").click().run())
    assert [said for said, _ in changes] == ["ersatte sala.txt"]


def test_two_files_of_one_name_are_not_taken_for_one_report(
    open_manage: Callable[[], AppTest], changes: list[tuple[str, Change]]
) -> None:
    texts = [f"Loppis i Sala\n\nSala ordnar loppis {when} på torget.\n" for when in ("varje lördag", "en gång om året")]
    at = open_manage()
    at.file_uploader[0].set_value([("sala.txt", text.encode(), "text/plain") for text in texts]).run()
    assert at.error[0].value.startswith("sala.txt kan inte läggas till. En annan fil heter också sala.txt.")
    assert not at.warning and labelled(at, "Publicera 1 rapport")


def test_what_is_typed_stays_when_another_report_is_published(
    open_manage: Callable[[], AppTest], library: StandInLibrary
) -> None:
    def title(at: AppTest) -> str:
        return str(next(f for f in at.text_input if f.key and f.key.endswith("-title")).value)

    at = open_manage()
    at.selectbox(key="existing").select(PDF).run()
    next(f for f in at.text_input if f.key and f.key.endswith("-title")).set_value("Min nya titel").run()
    first, second = library.reports
    library.generation, library.reports = "g2", (first, replace(second, title="Någon annans"))
    assert title(at.run()) == "Min nya titel"
    library.generation, library.reports = "g3", (replace(first, title="Rättad av en annan"), second)
    at = labelled(at, "Spara rättelser").click().run()
    assert any("Någon annan hann ändra detta" in w.value for w in at.warning)
    assert title(at) == "Rättad av en annan"


def test_one_job_at_a_time_and_a_failed_one_lets_the_next_start() -> None:
    board, gate = Board(), threading.Event()

    def waits(progress: object) -> IngestReport:
        gate.wait(10)
        raise RuntimeError("no")

    assert board.start("första", waits) and not board.start("andra", waits)
    gate.set()
    assert board.latest is not None and board.latest.finished.wait(10)
    assert isinstance(board.latest.error, RuntimeError)
    assert board.start("andra", lambda progress: IngestReport())


def test_the_last_report_stays_and_the_reason_is_swedish(
    open_manage: Callable[[], AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    def empty(*_: object) -> IngestReport:
        raise NothingToRead("No report could be read from /somewhere")

    monkeypatch.setattr(manage.corpus, "make_change", empty)
    at = open_manage()
    at.selectbox(key="existing").select(PDF).run()
    labelled(at, "Ta bort rapporten").click().run()
    at = wait(labelled(at, "Ja, ta bort").click().run())
    assert at.error[0].value.startswith(f"Det gick inte: tog bort {PDF}. Inget har ändrats. Det måste finnas minst en")
    assert "somewhere" not in at.error[0].value


def test_one_report_is_counted_as_one(
    open_manage: Callable[[], AppTest], changes: list[tuple[str, Change]], assistant: StandInAssistant
) -> None:
    board = manage.board()
    assert board.start("tog bort a.pdf", lambda progress: IngestReport(reports=assistant.library.reports[1:]))
    at = wait(open_manage())
    assert "1 rapport med 3 stycken svarar nu." in at.success[0].value


def test_later_correction_is_added_to_the_earlier_one() -> None:
    earlier = Correction(theme="Gammalt", regions=(("Norr", RegionCorrection(name="Nord", pages=(2, 3))),))
    later = Correction(
        title="Ny", regions=(("Nord", RegionCorrection(host_town="Umeå")), ("Syd", RegionCorrection(remove=True)))
    )
    assert merged(earlier, later) == Correction(
        title="Ny",
        theme="Gammalt",
        regions=(("Norr", RegionCorrection("Nord", (2, 3), "Umeå")), ("Syd", RegionCorrection(remove=True))),
    )


def test_region_that_was_removed_can_be_added_again_and_emptied_fields_stay_empty() -> None:
    gone = Correction(date="2022-03-03", regions=(("Norr", RegionCorrection("Nord", remove=True)),))
    again = merged(gone, Correction(regions=(("Norr", RegionCorrection(pages=(4, 5))),)))
    assert again.regions == (("Norr", RegionCorrection(pages=(4, 5))),)
    emptied = merged(again, Correction(date="", regions=(("Norr", RegionCorrection(host_town="")),)))
    assert emptied == Correction(date="", regions=(("Norr", RegionCorrection(pages=(4, 5), host_town="")),))


def test_wrong_date_and_host_town_can_be_emptied(
    open_manage: Callable[[], AppTest], changes: list[tuple[str, Change]]
) -> None:
    at = open_manage()
    at.selectbox(key="existing").select(PDF).run()
    for ending in ("-date", "-0-host"):
        next(f for f in at.text_input if f.key and f.key.endswith(ending)).set_value("")
    at.run()
    wait(labelled(at, "Spara rättelser").click().run())
    ((_, change),) = changes
    assert change.corrections == ((PDF, Correction(date="", regions=(("Nord", RegionCorrection(host_town="")),))),)


@pytest.mark.parametrize("keep", [True, False])
def test_corrections_of_a_replaced_file_are_kept_or_dropped_by_choice(
    open_manage: Callable[[], AppTest], changes: list[tuple[str, Change]], tmp_path: Path, keep: bool
) -> None:
    (tmp_path / "corpus" / "sala.txt").write_text("Den förra.", encoding="utf-8")
    save_corrections(tmp_path / "corpus", {"sala.txt": Correction(title="Rättad titel")})
    at = open_manage()
    text = "Loppis i Sala\n\nSala ordnar loppis på torget varje lördag.\n"
    at.file_uploader[0].set_value([("sala.txt", text.encode(), "text/plain")]).run()
    box = next(c for c in at.checkbox if c.label == "Låt rättelserna av sala.txt gälla den nya filen också")
    assert box.value
    box.set_value(keep).run()
    title = next(f for f in at.text_input if f.key and f.key.endswith("-title")).value
    assert title == ("Rättad titel" if keep else "Loppis i Sala")
    wait(labelled(at, "Publicera 1 rapport").click().run())
    ((_, change),) = changes
    assert change.corrections == ((("sala.txt", Correction(title="Rättad titel")),) if keep else ())

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from index.build import build_index
from index.generations import current
from ingest.corrections import Correction, RegionCorrection, load_corrections
from ingest.errors import IndexBusy, UnreadableFile
from ingest.model import IngestReport, Meeting, Report
from ingest.settings import Settings
from tests.conftest import CountingEncoder
from ui import corpus
from ui.corpus import (
    Build,
    Change,
    ChangeRefused,
    Draft,
    Progress,
    check_upload,
    compared,
    last_change,
    make_change,
    safe_name,
    undo_change,
)

RENAMED = Correction(regions=(("Norr", RegionCorrection(name="Nord")),))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "gammal.txt").write_text("gammal", encoding="utf-8")
    return Settings(folder, tmp_path / "index")


def quiet(what: str, done: int, total: int) -> None:
    pass


def build(settings: Settings, progress: Progress, required: Collection[str]) -> IngestReport:
    return IngestReport()


def failing(settings: Settings, progress: Progress, required: Collection[str]) -> IngestReport:
    raise RuntimeError("embedding failed")


def files(settings: Settings) -> dict[str, str]:
    return {p.name: p.read_text(encoding="utf-8") for p in settings.corpus.iterdir()}


def draft(tmp_path: Path, name: str, text: str, over: str | None = None) -> Draft:
    """A checked upload; `over` is the text of the file that it was seen to take the place of."""
    file = tmp_path / f"uploaded-{name}"
    file.write_text(text, encoding="utf-8")
    found = Report(name, "s", "document", name, ())
    return Draft(name, file, sha_of(text), found, stands=None if over is None else sha_of(over))


def sha_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def undo(settings: Settings, how: Build = build) -> None:
    last = last_change(settings)
    undo_change(settings, last.id if last else "", how, quiet)


def report(document: str, sha: str = "s", date: str | None = None) -> Report:
    meeting = Meeting(date, (date,), "Träff") if date else None
    return Report(document, sha, "meeting" if meeting else "document", document, (), meeting)


def reads_as(found: Report) -> Callable[[Path, str], Report]:
    return lambda path, document: found


def refuses(path: Path, document: str) -> Report:
    raise UnreadableFile(document, "filen är skyddad med lösenord. Spara den utan lösenord.")


# --- checking ---


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Träff 2024.pdf", "Träff 2024.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\a\\rapport.PDF", "rapport.pdf"),
        ("..pdf", "pdf"),
        ("a\x00b?.md", "a-b-.md"),
        ("Tra\u0308ff.txt", "Träff.txt"),
        ("x" * 300 + ".pdf", "x" * 100 + ".pdf"),
    ],
)
def test_uploaded_name_is_made_safe(name: str, kept: str) -> None:
    assert safe_name(name) == kept


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("rapport.docx", b"x", "Filtypen tas inte emot"),
        ("tom.txt", b"", "Filen är tom"),
        ("README.md", b"x", "används för anvisningar"),
        ("gammal.txt", b"gammal", "Rapporten finns redan som gammal.txt"),
        ("annat namn.txt", b"gammal", "Rapporten finns redan som gammal.txt"),
    ],
)
def test_file_that_cannot_be_taken_in_gets_its_reason(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    known = [report("gammal.txt", hashlib.sha256(b"gammal").hexdigest())]
    checked = check_upload(name, data, tmp_path, known, reads_as(report(name)))
    assert checked.report is None and said in (checked.problem or "")
    assert list(tmp_path.iterdir()) == []


def test_file_over_the_limit_is_refused_with_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus, "MAX_BYTES", 2**20)
    big = check_upload("a.txt", b"x" * (2**20 + 1), tmp_path, [], reads_as(report("a.txt")))
    assert "gränsen är 1 MB" in (big.problem or "")
    assert list(tmp_path.iterdir()) == []


def test_readers_reason_is_passed_on(tmp_path: Path) -> None:
    assert "skyddad med lösenord" in (check_upload("a.txt", b"x", tmp_path, [], refuses).problem or "")


def test_same_name_and_same_meeting_are_noticed(tmp_path: Path) -> None:
    known = [report("a.txt"), report("b.pdf", date="2022-03-03")]
    same_name = check_upload("a.txt", b"ny", tmp_path, known, reads_as(report("a.txt")), stands="s")
    assert same_name.replaces and same_name.problem is None
    same_meeting = check_upload("c.txt", b"ny", tmp_path, known, reads_as(report("c.txt", date="2022-03-03")))
    assert (same_meeting.replaces, same_meeting.same_meeting) == (False, "b.pdf")
    replaced = check_upload("b.pdf", b"ny", tmp_path, known, reads_as(report("b.pdf", date="2022-03-03")), stands="s")
    assert (replaced.replaces, replaced.same_meeting) == (True, None)


def test_files_dropped_together_are_compared_with_each_other(tmp_path: Path) -> None:
    day = "2022-03-03"
    first = replace(draft(tmp_path, "a.txt", "a"), report=report("a.txt", date=day))
    drafts = [
        first,
        replace(draft(tmp_path, "kopia.txt", "a"), report=report("kopia.txt", date=day)),
        replace(draft(tmp_path, "A.TXT", "en annan"), report=report("A.TXT", date=day)),
        replace(draft(tmp_path, "b.txt", "b"), report=report("b.txt", date=day)),
        replace(draft(tmp_path, "c.txt", "c"), report=report("c.txt", date="2023-01-01")),
    ]
    one, twin, namesake, beside, alone = compared(drafts)
    assert one == first and alone == drafts[4]
    assert twin.report is None and "samma innehåll som a.txt, som också är med" in (twin.problem or "")
    assert namesake.report is None and "En annan fil heter också a.txt" in (namesake.problem or "")
    assert beside == replace(drafts[3], beside="a.txt")


# --- changing ---


def test_added_report_stands_in_the_corpus_with_its_correction(settings: Settings, tmp_path: Path) -> None:
    change = Change(add=(draft(tmp_path, "ny.txt", "ny"),), corrections=(("ny.txt", RENAMED),))
    make_change(settings, change, "lade till ny.txt", build, quiet)
    assert files(settings)["ny.txt"] == "ny" and load_corrections(settings.corpus) == {"ny.txt": RENAMED}
    last = last_change(settings)
    assert last is not None and last.said == "lade till ny.txt"


def test_undo_puts_everything_back_byte_for_byte(settings: Settings, tmp_path: Path) -> None:
    before = files(settings)
    change = Change(add=(draft(tmp_path, "ny.txt", "ny"),), remove=("gammal.txt",), corrections=(("ny.txt", RENAMED),))
    make_change(settings, change, "ersatte", build, quiet)
    assert "gammal.txt" not in files(settings)
    undo(settings)
    assert files(settings) == before and last_change(settings) is None


def test_only_the_last_change_can_be_undone(settings: Settings, tmp_path: Path) -> None:
    make_change(settings, Change(add=(draft(tmp_path, "a.txt", "a"),)), "första", build, quiet)
    make_change(settings, Change(add=(draft(tmp_path, "b.txt", "b"),)), "andra", build, quiet)
    undo(settings)
    assert set(files(settings)) == {"gammal.txt", "a.txt"}
    with pytest.raises(ChangeRefused, match="går inte att ångra längre"):
        undo(settings)


def test_replaced_report_loses_the_corrections_made_for_the_old_file(settings: Settings, tmp_path: Path) -> None:
    make_change(settings, Change(corrections=(("gammal.txt", RENAMED),)), "rättade", build, quiet)
    make_change(settings, Change(add=(draft(tmp_path, "gammal.txt", "nyare", over="gammal"),)), "ersatte", build, quiet)
    assert files(settings) == {"gammal.txt": "nyare"}
    undo(settings)
    assert load_corrections(settings.corpus) == {"gammal.txt": RENAMED}


def test_failed_build_leaves_the_corpus_as_it_was(settings: Settings, tmp_path: Path) -> None:
    before = files(settings)
    change = Change(add=(draft(tmp_path, "ny.txt", "ny"),), remove=("gammal.txt",), corrections=(("ny.txt", RENAMED),))
    with pytest.raises(RuntimeError):
        make_change(settings, change, "x", failing, quiet)
    assert files(settings) == before and last_change(settings) is None
    assert [p.name for p in settings.index.iterdir() if p.name.startswith("undo")] == []


def test_report_that_ingest_cannot_read_is_refused_and_neither_folder_nor_index_changes(
    settings: Settings, tmp_path: Path, encoder: CountingEncoder
) -> None:
    build_index(settings)
    published = current(settings.index)
    (settings.corpus / "lagd för hand.txt").write_text("samma", encoding="utf-8")
    before = files(settings)
    change = Change(add=(draft(tmp_path, "ny.txt", "samma"),), remove=("gammal.txt",))
    with pytest.raises(ChangeRefused, match="ny.txt kunde inte läsas in: samma innehåll som lagd för hand.txt"):
        make_change(settings, change, "x", build_index, quiet)
    assert files(settings) == before and current(settings.index) == published
    assert last_change(settings) is None


def test_failed_undo_leaves_the_change_in_place_and_can_be_tried_again(settings: Settings, tmp_path: Path) -> None:
    make_change(settings, Change(add=(draft(tmp_path, "ny.txt", "ny"),)), "x", build, quiet)
    with pytest.raises(RuntimeError):
        undo(settings, failing)
    assert "ny.txt" in files(settings) and last_change(settings) is not None


def test_second_change_at_the_same_time_is_told_so(settings: Settings) -> None:
    settings.index.mkdir()
    with FileLock(settings.index / "corpus.lock"), pytest.raises(IndexBusy):
        make_change(settings, Change(remove=("gammal.txt",)), "x", build, quiet)
    assert "gammal.txt" in files(settings)


def test_missing_upload_is_a_refusal_that_says_why(settings: Settings, tmp_path: Path) -> None:
    gone = draft(tmp_path, "ny.txt", "ny")
    gone.file.unlink()
    with pytest.raises(ChangeRefused, match="kunde inte ändras"):
        make_change(settings, Change(add=(gone,)), "x", build, quiet)
    assert set(files(settings)) == {"gammal.txt"}


# --- others at the same time ---


def test_file_that_appeared_meanwhile_is_not_replaced_unseen(settings: Settings, tmp_path: Path) -> None:
    change = Change(add=(draft(tmp_path, "ny.txt", "min"),))
    (settings.corpus / "ny.txt").write_text("en annans", encoding="utf-8")
    before = files(settings)
    with pytest.raises(ChangeRefused, match="ny.txt har ändrats av någon annan"):
        make_change(settings, change, "x", build, quiet)
    assert files(settings) == before and last_change(settings) is None


def test_file_that_was_replaced_or_removed_meanwhile_is_left_alone(settings: Settings, tmp_path: Path) -> None:
    seen = (("gammal.txt", sha_of("gammal")),)
    changes = (
        Change(remove=("gammal.txt",), seen=seen),
        Change(corrections=(("gammal.txt", RENAMED),), seen=seen),
        Change(add=(draft(tmp_path, "gammal.txt", "min", over="gammal"),)),
    )
    (settings.corpus / "gammal.txt").write_text("en annans", encoding="utf-8")
    for change in changes:
        with pytest.raises(ChangeRefused, match="gammal.txt har ändrats av någon annan"):
            make_change(settings, change, "x", build, quiet)
    assert files(settings) == {"gammal.txt": "en annans"}


def test_an_undo_is_of_the_change_that_was_shown_and_of_no_newer_one(settings: Settings, tmp_path: Path) -> None:
    make_change(settings, Change(add=(draft(tmp_path, "a.txt", "a"),)), "min", build, quiet)
    mine = last_change(settings)
    make_change(settings, Change(add=(draft(tmp_path, "b.txt", "b"),)), "en annans", build, quiet)
    assert mine is not None
    with pytest.raises(ChangeRefused, match="går inte att ångra längre"):
        undo_change(settings, mine.id, build, quiet)
    assert set(files(settings)) == {"gammal.txt", "a.txt", "b.txt"}
    undo(settings)
    assert set(files(settings)) == {"gammal.txt", "a.txt"}


def test_an_undo_does_not_overwrite_what_was_written_by_hand_since(settings: Settings, tmp_path: Path) -> None:
    make_change(settings, Change(corrections=(("gammal.txt", RENAMED),)), "rättade", build, quiet)
    by_hand = "gammal.txt: {theme: Skrivet för hand}\n"
    (settings.corpus / "corrections.yaml").write_text(by_hand, encoding="utf-8")
    with pytest.raises(ChangeRefused, match="corrections.yaml har ändrats av någon annan"):
        undo(settings)
    assert files(settings)["corrections.yaml"] == by_hand


def test_a_change_that_corrects_nothing_leaves_the_file_of_corrections_alone(
    settings: Settings, tmp_path: Path
) -> None:
    by_hand = "# min anteckning\ngammal.txt: {theme: Skrivet för hand}\n"
    make_change(settings, Change(add=(draft(tmp_path, "a.txt", "a"),)), "lade till", build, quiet)
    (settings.corpus / "corrections.yaml").write_text(by_hand, encoding="utf-8")
    make_change(settings, Change(add=(draft(tmp_path, "b.txt", "b"),)), "lade till", build, quiet)
    undo(settings)
    assert files(settings) == {"gammal.txt": "gammal", "a.txt": "a", "corrections.yaml": by_hand}


def test_damaged_undo_record_is_no_record(settings: Settings) -> None:
    (settings.index / "undo").mkdir(parents=True)
    (settings.index / "undo" / "change.json").write_text("[1, 2]", encoding="utf-8")
    assert last_change(settings) is None

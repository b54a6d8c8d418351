from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
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
    Change,
    ChangeRefused,
    Draft,
    Progress,
    check_upload,
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


def draft(tmp_path: Path, name: str, text: str) -> Draft:
    file = tmp_path / f"uploaded-{name}"
    file.write_text(text, encoding="utf-8")
    return Draft(name, file, hashlib.sha256(text.encode()).hexdigest(), Report(name, "s", "document", name, ()))


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
    same_name = check_upload("a.txt", b"ny", tmp_path, known, reads_as(report("a.txt")))
    assert same_name.replaces == "a.txt" and same_name.problem is None
    same_meeting = check_upload("c.txt", b"ny", tmp_path, known, reads_as(report("c.txt", date="2022-03-03")))
    assert (same_meeting.replaces, same_meeting.same_meeting) == (None, "b.pdf")
    replaced = check_upload("b.pdf", b"ny", tmp_path, known, reads_as(report("b.pdf", date="2022-03-03")))
    assert (replaced.replaces, replaced.same_meeting) == ("b.pdf", None)


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
    undo_change(settings, build, quiet)
    assert files(settings) == before and last_change(settings) is None


def test_only_the_last_change_can_be_undone(settings: Settings, tmp_path: Path) -> None:
    make_change(settings, Change(add=(draft(tmp_path, "a.txt", "a"),)), "första", build, quiet)
    make_change(settings, Change(add=(draft(tmp_path, "b.txt", "b"),)), "andra", build, quiet)
    undo_change(settings, build, quiet)
    assert set(files(settings)) == {"gammal.txt", "a.txt"}
    with pytest.raises(ChangeRefused, match="ingen ändring att ångra"):
        undo_change(settings, build, quiet)


def test_replaced_report_loses_the_corrections_made_for_the_old_file(settings: Settings, tmp_path: Path) -> None:
    make_change(settings, Change(corrections=(("gammal.txt", RENAMED),)), "rättade", build, quiet)
    make_change(settings, Change(add=(draft(tmp_path, "gammal.txt", "nyare"),)), "ersatte", build, quiet)
    assert files(settings) == {"gammal.txt": "nyare"}
    undo_change(settings, build, quiet)
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
        undo_change(settings, failing, quiet)
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


def test_damaged_undo_record_is_no_record(settings: Settings) -> None:
    (settings.index / "undo").mkdir(parents=True)
    (settings.index / "undo" / "change.json").write_text("[1, 2]", encoding="utf-8")
    assert last_change(settings) is None

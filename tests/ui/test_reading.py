from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from ingest.errors import UnreadableFile
from tests.ui.standins import typeset
from ui.corpus import check_upload
from ui.reading import read_apart


def test_report_comes_back_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("Loppis på torget\n\nArvika ordnar loppis på torget en lördag i månaden.\n", encoding="utf-8")
    report = read_apart(file, "loppis.txt")
    assert report.document == "loppis.txt" and any("loppis" in p.text for p in report.passages)


def test_reason_of_the_reader_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(b"%PDF-1.4 inte mycket till PDF")
    with pytest.raises(UnreadableFile) as caught:
        read_apart(file, "a.pdf")
    assert caught.value.reason


def test_file_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("text", encoding="utf-8")
    with pytest.raises(UnreadableFile, match="gick inte att läsa på"):
        read_apart(file, "a.txt", seconds=0.01)


def test_reader_that_dies_is_a_reason_and_not_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dies = shutil.which("false")
    if dies is None:
        pytest.skip("needs a command that fails at once (false)")
    monkeypatch.setattr(sys, "executable", dies)
    with pytest.raises(UnreadableFile, match="läsaren gav upp"):
        read_apart(tmp_path / "a.txt", "a.txt")


def test_pages_are_counted_in_the_process_that_reads(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(typeset("a #pagebreak() b #pagebreak() c"))
    with pytest.raises(UnreadableFile, match="3 sidor och gränsen är 2"):
        read_apart(file, "a.pdf", pages=2)
    assert len(read_apart(file, "a.pdf", pages=3).pages) == 3


def test_the_server_opens_no_upload_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*_: object) -> None:
        raise AssertionError("PDFium was called in the server")

    monkeypatch.setattr("pypdfium2.PdfDocument", opened)
    draft = check_upload("a.pdf", typeset("En rad om torget."), tmp_path, [], read_apart)
    assert draft.report is not None

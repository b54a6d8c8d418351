import json
from pathlib import Path

import pytest

from ingest.__main__ import main, summary
from ingest.model import IngestReport, Skipped
from ingest.pipeline import read_report


def test_inspect_prints_the_structure_as_json(typeset, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--inspect", str(typeset("no_contents")), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["regions"][0]["region"] == "Norr"


def test_inspect_prints_swedish_for_people(typeset, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--inspect", str(typeset("no_contents"))]) == 0
    out = capsys.readouterr().out
    assert "Norr: s. 3, värdstad Luleå, 14 deltagare, 4 orter" in out
    assert "Väst: inställd (värdstad Skara)" in out
    assert "[s. 3, Kalix]" in out


def test_a_file_that_cannot_be_read_gives_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "tom.pdf"
    path.write_bytes(b"")
    assert main(["--inspect", str(path), "--json"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("tom.pdf: filen är tom")


def test_the_summary_names_files_that_were_skipped_and_removed(typeset) -> None:
    result = IngestReport(
        (read_report(typeset("new_regions")),), (Skipped("trasig.pdf", "filen är tom."),), removed=("gammal.pdf",)
    )
    lines = list(summary(result))
    assert "gammal.pdf: borttagen ur indexet, filen finns inte längre" in lines
    assert "trasig.pdf: KUNDE INTE LÄSAS: filen är tom." in lines
    assert lines[-1] == "1 fil i indexet, 10 stycken; 1 fil kunde inte läsas"
    assert "  Bergslagen: s. 4-5, värdstad Falun" in lines


def test_the_summary_of_an_empty_corpus_is_one_line() -> None:
    assert list(summary(IngestReport())) == ["0 filer i indexet, 0 stycken"]

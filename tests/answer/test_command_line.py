"""`python -m answer`: what it prints, how it fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import answer.__main__ as command_line
from answer.__main__ import main
from answer.assistant import Assistant
from index.library import Library
from ingest.errors import IndexMissing
from ingest.settings import Settings
from tests.conftest import ROOT

QUESTION = "Vem säljer presentkort?"


@pytest.fixture(autouse=True)
def opened(
    invented: Library, engine_over: Callable[[Library], Assistant], monkeypatch: pytest.MonkeyPatch
) -> list[Settings]:
    """The settings that an assistant was opened with; it is the small one of the invented reports."""
    asked: list[Settings] = []

    def open_assistant(settings: Settings) -> Assistant:
        asked.append(settings)
        return engine_over(invented)

    monkeypatch.setattr(command_line, "open_assistant", open_assistant)
    return asked


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Arguments -> exit code, standard output, standard error."""

    def start(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return start


@pytest.fixture
def batch(run: Run, tmp_path: Path) -> Callable[[str | bytes], tuple[int, list[dict[str, Any]], str]]:
    """Content of a file -> exit code, the objects printed, standard error."""

    def start(content: str | bytes) -> tuple[int, list[dict[str, Any]], str]:
        path = tmp_path / "frågor.jsonl"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        code, out, err = run("--batch", str(path))
        return code, [json.loads(line) for line in out.split("\n") if line], err

    return start


def test_an_answer_is_printed_with_its_sources(run: Run) -> None:
    code, out, err = run(QUESTION)
    assert code == 0 and err == ""
    assert "Lund säljer presentkort i stadshuset" in out
    sources = out.partition("\nKällor:\n")[2].splitlines()
    assert [line[:4] for line in sources] == ["[1] ", "[2] "]
    assert {line[4:] for line in sources} == {"Loppis på torget, artikel.txt", "Region Syd · 4 maj 2031, träff å.md"}


def test_a_refusal_is_an_answer_too(run: Run) -> None:
    code, out, err = run("Vem bygger rymdstationer?")
    assert (code, err) == (0, "") and out.startswith("Rapporterna säger inget om det.")
    assert "Källor" not in out


def test_json_follows_the_contract(run: Run) -> None:
    code, out, _ = run(QUESTION, "--json", "--town", "Lund")
    data = json.loads(out)
    assert code == 0
    assert data["seconds"] >= 0
    (passage_id,) = {citation.pop("passage_id") for citation in data["citations"]}
    assert passage_id and "@" not in out
    del data["seconds"], data["text"], data["claims"][0]["weak"]
    assert data == {
        "id": None,
        "question": QUESTION,
        "answerable": True,
        "claims": [
            {
                "text": "Lund säljer presentkort i stadshuset, maila för mer om dem.",
                "town": "Lund",
                "citations": [1],
            }
        ],
        "citations": [
            {
                "number": 1,
                "document": "träff å.md",
                "title": "Citygroupträff 4 maj 2031",
                "meeting": {"date": "2031-05-04", "label": "Citygroupträff 4 maj 2031", "theme": None},
                "region": "Syd",
                "host_town": "Lund",
                "page": None,
                "pages": None,
                "question": "1. Vad gör ni för handeln?",
                "town": "Lund",
                "quote": "Lund säljer presentkort i stadshuset, maila",
            }
        ],
        "engine": "extractive",
    }


def test_a_refusal_as_json_has_no_claims_and_a_swedish_text(run: Run) -> None:
    _, out, _ = run("Vem bygger rymdstationer?", "--json")
    data = json.loads(out)
    assert data["answerable"] is False and data["claims"] == [] and data["citations"] == []
    assert data["text"].startswith("Rapporterna säger inget om det.")


@pytest.mark.parametrize(
    ("option", "value", "documents"),
    [
        ("--region", "Syd", {"träff å.md"}),
        ("--region", "syd", {"träff å.md"}),
        ("--meeting", "2031-05-04", {"träff å.md"}),
        ("--town", "Arvika", {"artikel.txt"}),
        ("--town", "arvika", {"artikel.txt"}),
    ],
)
def test_filters_narrow_the_answer(run: Run, option: str, value: str, documents: set[str]) -> None:
    _, out, _ = run("presentkort", "--json", option, value)
    assert {citation["document"] for citation in json.loads(out)["citations"]} == documents


def test_the_index_that_is_named_is_opened(run: Run, opened: list[Settings], tmp_path: Path) -> None:
    run("presentkort", "--index", str(tmp_path))
    run("presentkort")
    assert [settings.index for settings in opened] == [tmp_path, ROOT / ".index"]


# --- batch ---


def test_a_batch_gives_one_line_per_question_in_order(batch) -> None:  # type: ignore[no-untyped-def]
    lines = [
        {"id": "ä", "question": "Vem bygger rymdstationer?"},
        {"id": 7, "question": "presentkort", "region": "Syd"},
        {"question": "och i Arvika?", "history": ["Vem säljer presentkort?"]},
        {"id": "d", "question": "presentkort", "town": None, "history": None, "unknown": 1},
    ]
    code, answers, err = batch("\n".join(json.dumps(line) for line in lines) + "\n\n")
    assert (code, err) == (0, "")
    assert [a["id"] for a in answers] == ["ä", 7, None, "d"]
    assert [a["answerable"] for a in answers] == [False, True, True, True]
    assert [len(a["citations"]) for a in answers] == [0, 1, 1, 2]
    assert answers[2]["question"] == "och i Arvika?"


def test_a_byte_order_mark_and_windows_line_ends_are_no_obstacle(batch) -> None:  # type: ignore[no-untyped-def]
    code, answers, _ = batch(b'\xef\xbb\xbf{"question": "presentkort"}\r\n{"question": "loppis"}\r\n')
    assert code == 0 and len(answers) == 2


def test_separators_of_unicode_inside_a_question_do_not_end_its_line(batch) -> None:  # type: ignore[no-untyped-def]
    code, answers, _ = batch('{"question": "presentkort\u2028i Lund"}\n')
    assert code == 0 and len(answers) == 1


@pytest.mark.parametrize(
    "bad",
    [
        b"{",
        b"presentkort",
        b"[]",
        b'"presentkort"',
        b"3",
        b"null",
        b"{}",
        b'{"question": null}',
        b'{"question": 3}',
        b'{"question": "a", "region": 5}',
        b'{"question": "a", "town": ["Lund"]}',
        b'{"question": "a", "history": "b"}',
        b'{"question": "a", "history": [1]}',
        b'{"question": "\xe5"}',
    ],
)
def test_a_bad_line_is_named_after_the_good_ones_before_it_are_answered(batch, bad: bytes) -> None:  # type: ignore[no-untyped-def]
    code, answers, err = batch(b'{"question": "presentkort"}\n\n' + bad + b'\n{"question": "loppis"}\n')
    assert code == 1 and [a["question"] for a in answers] == ["presentkort"]
    assert "frågor.jsonl, line 3: " in err and err.count("\n") == 1


def test_a_batch_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    code, out, err = run("--batch", str(tmp_path / "saknas.jsonl"))
    assert (code, out) == (1, "") and "saknas.jsonl" in err


def test_an_empty_batch_gives_nothing(batch) -> None:  # type: ignore[no-untyped-def]
    assert batch("") == (0, [], "")


# --- failures ---


def test_without_an_index_the_command_that_builds_it_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(settings: Settings) -> Assistant:
        raise IndexMissing("There is no index. Build it with: python -m ingest")

    monkeypatch.setattr(command_line, "open_assistant", missing)
    assert run(QUESTION) == (1, "", "There is no index. Build it with: python -m ingest\n")


@pytest.mark.parametrize("arguments", [[], [QUESTION, "--batch", "x.jsonl"]])
def test_either_a_question_or_a_batch_is_needed(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "either a question or --batch" in capsys.readouterr().err


def test_the_program_itself_says_that_there_is_no_index(tmp_path: Path) -> None:
    """As it is started by a user; å in the path and a plain C locale are no obstacle."""
    done = subprocess.run(
        [sys.executable, "-m", "answer", QUESTION, "--index", str(tmp_path / "å")],
        cwd=ROOT,
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 1 and done.stdout == b""
    assert done.stderr.decode().strip() == f"There is no index in {tmp_path / 'å'}. Build it with: python -m ingest"

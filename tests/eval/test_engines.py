"""The evaluation with a language model: a server that speaks the protocol, recorded, and replayed without it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from answer.assistant import Assistant
from answer.grounding import Grounding
from answer.language_model import Writer
from answer.llm_client import LlamaIndexModel
from answer.llm_record import RecordedModel
from eval import names
from eval.__main__ import main
from eval.cases import Case, Mention, case_to_dict
from eval.engines import COVERAGE, EXTRACTIVE, GROUNDEDNESS, LLM, Comparison, Remembering, measure
from eval.runner import run
from index.library import Library
from ingest.settings import LanguageModelSettings
from tests.answer.fake_llm_server import FakeServer, Reply, Status, passages_in
from tests.conftest import CountingEncoder

CASES = (
    Case(
        "kort",
        "aggregate",
        "tune",
        "Vad gör andra städer med presentkort?",
        expected=(
            Mention("träff å", "Syd", None, "Lund", ("presentkort",)),
            Mention("artikel", None, None, "Arvika", ("presentkort",)),
        ),
    ),
    Case("rymd", "refusal", "held", "Vilka bygger kärnkraftverk?", answerable=False),
)
GONE = "http://127.0.0.1:9/v1"  # nothing listens there


@pytest.fixture
def server() -> Iterator[FakeServer]:
    fake = FakeServer()
    yield fake
    fake.close()


def sentences(body: dict[str, Any]) -> str:
    """One cited sentence per passage, in the passage's words."""
    prompt = "\n".join(str(message["content"]) for message in body["messages"])
    if re.search(r"^M1: ", prompt, re.M):
        return "\n".join(f"{mark}: STRYK" for mark in re.findall(r"^(M\d+): ", prompt, re.M))
    said = {number: line.partition("Text: ")[2].split(". ")[0] for number, line in passages_in(prompt).items()}
    return "\n".join(f"- {text.rstrip('.')}. [{number}]" for number, text in said.items())


def inventing(body: dict[str, Any]) -> str:
    """The first passage with a figure of its own added, the others left out but for the last."""
    lines = sentences(body).splitlines()
    return lines[-1] if len(lines) < 2 else f"{lines[0].replace('. [', ' för 40 miljoner. [')}\n{lines[-1]}"


@pytest.fixture
def assistant(invented: Library, engine_over: Callable[[Library], Assistant]) -> Callable[..., Assistant]:
    """`assistant(address, folder)`: with a language model at that address, recorded in the folder where one is given."""

    def make(address: str, folder: Path | None = None) -> Assistant:
        made = engine_over(invented)
        model: Any = LlamaIndexModel(LanguageModelSettings("openai-compatible", "provmodell", address))
        if folder:
            model = RecordedModel(model, folder)
        grounding = Grounding(invented, made.searcher.lexical.overlap, CountingEncoder().encode_query)
        made.writer = Writer(model, grounding, 10.0, 8192)
        return made

    return make


def compared(assistant: Assistant) -> Comparison:
    asked = Remembering(assistant)
    found = measure(asked, CASES, run(asked, CASES))
    assert found is not None
    return found


def test_a_model_that_says_what_the_passages_say_is_grounded_and_tells_all(
    assistant: Callable[..., Assistant], server: FakeServer
) -> None:
    server.replies = [sentences]
    found = compared(assistant(server.url))
    assert (found.written, found.answered) == (1, 1)
    for engine in (LLM, EXTRACTIVE):
        assert found.items[engine] == {GROUNDEDNESS: (2, 2), COVERAGE: (2, 2)}
    assert found.runs[EXTRACTIVE].figures()[names.MENTION_RECALL].value == 1.0
    assert found.runs[LLM].figures()[names.REFUSAL_RIGHT].value == 1.0


def test_what_is_invented_and_what_is_left_out_lowers_a_figure_each(
    assistant: Callable[..., Assistant], server: FakeServer
) -> None:
    server.replies = [inventing]
    found = compared(assistant(server.url))
    # the repair does not help: of two sentences one falls, and with it one of two passages is not told
    assert found.items[LLM] == {GROUNDEDNESS: (1, 2), COVERAGE: (1, 2)}
    assert found.items[EXTRACTIVE] == {GROUNDEDNESS: (2, 2), COVERAGE: (2, 2)}


def test_no_request_is_made_twice(assistant: Callable[..., Assistant], server: FakeServer) -> None:
    server.replies = [sentences]
    compared(assistant(server.url))
    assert len(server.requests) == 1


def test_answers_that_the_model_failed_at_are_counted_with_the_reason(
    assistant: Callable[..., Assistant], server: FakeServer
) -> None:
    server.replies = [Status(500)]
    found = compared(assistant(server.url))
    assert (found.written, found.answered) == (0, 1)
    assert [notice[:45] for notice in found.notices] == ["Ett fel uppstod hos språkmodellen. Här är sva"]
    assert found.items[LLM] == {GROUNDEDNESS: (0, 0), COVERAGE: (0, 0)}


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., tuple[int, dict[str, Any], str]]:
    """Runs `python -m eval` over the cases; gives the exit status, the kept results, and the report."""
    questions = tmp_path / "questions.yaml"
    data = {"questions": [case_to_dict(case) for case in CASES]}
    questions.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")

    def run_it(name: str, opened: Assistant, *arguments: str) -> tuple[int, dict[str, Any], str]:
        output = tmp_path / name
        status = main(["--questions", str(questions), "--output", str(output), *arguments], opened)
        (results,) = output.glob("*/resultat.json")
        report = (results.parent / "rapport.md").read_text(encoding="utf-8")
        return status, json.loads(results.read_text(encoding="utf-8")), report

    return run_it


def without_times(results: dict[str, Any]) -> dict[str, Any]:
    del results["when"], results["figures"][names.LATENCY]
    for result in results["results"]:
        del result["scores"][names.LATENCY], result["answer"]["seconds"]
    return results


@pytest.mark.parametrize("reply", [sentences, inventing], ids=["faithful", "inventing"])
def test_a_recorded_run_is_replayed_without_the_model_and_gives_the_same_figures(
    assistant: Callable[..., Assistant],
    server: FakeServer,
    command: Callable[..., tuple[int, dict[str, Any], str]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    reply: Reply,
) -> None:
    server.replies = [reply]
    status, first, report = command("first", assistant(server.url, tmp_path / "record"))
    printed = capsys.readouterr().out
    asked = len(server.requests)
    assert status == 0 and asked
    assert first["results"][0]["answer"]["engine"] == "llm"
    again_status, again, again_report = command("again", assistant(GONE, tmp_path / "record"))
    assert again_status == 0 and len(server.requests) == asked
    assert without_times(again) == without_times(first)

    def table(text: str) -> str:
        return text.split("## Med och utan språkmodell")[1].split("\n## ")[0]

    assert table(again_report) == table(report)
    assert "| Skrivna meningar som håller | 1,00 (2/2) |" in table(report)
    for text in (printed, table(report)):
        assert "Språkmodellen skrev 1 av 1 svar." in text and "Funna ställen som texten återger" in text


def test_without_a_model_nothing_is_compared(
    invented: Library,
    engine_over: Callable[[Library], Assistant],
    command: Callable[..., tuple[int, dict[str, Any], str]],
) -> None:
    assert "språkmodell" not in command("plain", engine_over(invented))[2]


def test_a_models_answers_do_not_become_the_baseline(
    assistant: Callable[..., Assistant],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CITYGROUP_LLM_MODEL", "provmodell")
    status = main(["--save-baseline", "--baseline", str(tmp_path / "b.json")], assistant(GONE))
    assert status == 2 and "unset CITYGROUP_LLM_MODEL" in capsys.readouterr().err
    assert not (tmp_path / "b.json").exists()

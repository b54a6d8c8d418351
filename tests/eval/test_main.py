"""The command from argument to exit status, over a small set of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from eval.__main__ import main
from eval.cases import case_to_dict


@pytest.fixture
def command(world, tmp_path):
    questions = tmp_path / "questions.yaml"
    data = {"questions": [case_to_dict(c) for c in (world.case, world.refusal)]}
    questions.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    paths = ["--questions", str(questions), "--output", str(tmp_path / "runs"), "--baseline", str(tmp_path / "b.json")]
    return lambda *arguments, assistant=None: main([*paths, *arguments], assistant or world.assistant())


def test_a_run_prints_figures_and_writes_both_reports(command, tmp_path, capsys):
    assert command() == 0
    printed = capsys.readouterr().out
    assert "Omnämnanden funna" in printed and "Alla" in printed
    (html,) = tmp_path.glob("runs/*/rapport.html")
    (md,) = tmp_path.glob("runs/*/rapport.md")
    assert "<svg" in html.read_text(encoding="utf-8") and "![" in md.read_text(encoding="utf-8")
    assert (md.parent / "per-typ.svg").is_file()


def test_the_report_shows_misses_and_what_is_wrong(command, world, tmp_path, capsys):
    missing = replace(world.right, claims=world.right.claims[1:], citations=world.right.citations[1:])
    assert command(assistant=world.assistant(ljus=missing)) == 0
    assert "hittad men utelämnad 1" in capsys.readouterr().out
    (html,) = tmp_path.glob("runs/*/rapport.html")
    assert "Granvik: ljusslingor" in html.read_text(encoding="utf-8")


def test_a_drop_below_the_baseline_exits_1(command, world, capsys):
    assert command("--save-baseline") == 0
    assert command("--compare") == 0
    missing = replace(world.right, claims=world.right.claims[1:], citations=world.right.citations[1:])
    capsys.readouterr()
    assert command("--compare", assistant=world.assistant(ljus=missing)) == 1
    printed = capsys.readouterr().out
    assert "SÄMRE: Omnämnanden funna 1.0000 → 0.7500" in printed
    assert "- mote-2031, Fjäll, s. 2, Granvik" in printed


def test_compare_without_a_baseline_says_how_to_make_one(command, capsys):
    assert command("--compare") == 2
    assert "--save-baseline" in capsys.readouterr().err


def test_an_answer_that_raises_exits_1_and_is_named(command, world, capsys):
    assert command(assistant=world.assistant(ljus=RuntimeError("trasigt"))) == 1
    assert "trasigt" in capsys.readouterr().out


def test_a_part_of_the_set_can_be_run(command, world, capsys):
    assistant = world.assistant()
    assert command("--split", "held", assistant=assistant) == 0
    assert [q.id for q in assistant.asked] == ["visby"]
    assert command("--id", "okand") == 2


def test_a_baseline_is_not_saved_of_part_of_the_set(command, tmp_path):
    with pytest.raises(SystemExit):
        command("--split", "held", "--save-baseline")
    assert not (tmp_path / "b.json").exists()


def test_expected_mentions_that_the_corpus_does_not_hold_are_named(command, world, capsys):
    assistant = replace(world.assistant(), library=replace(world.library, reports=(world.report,)))
    command(assistant=assistant)
    assert "1 väntade omnämnanden finns inte i materialet" in capsys.readouterr().err


def test_a_missing_question_file_exits_2(world, capsys, tmp_path):
    assert main(["--questions", str(tmp_path / "none.yaml")], world.assistant()) == 2
    assert "none.yaml" in capsys.readouterr().err

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from answer import messages
from answer.messages import filled, message, variables
from ingest.errors import PromptError

ROOT = Path(__file__).resolve().parents[2]
TEXTS: dict[str, str] = yaml.safe_load((ROOT / "prompts" / "answers.yaml").read_text(encoding="utf-8"))


def test_names_are_filled_in() -> None:
    assert message("refusal", where=" i region Norr") == "Rapporterna säger inget om det i region Norr."


def test_a_missing_value_is_named_with_its_text() -> None:
    with pytest.raises(PromptError, match=r"answers.yaml, 'searched' names count, reports"):
        message("searched")


def test_a_text_that_is_not_there_is_named() -> None:
    with pytest.raises(PromptError, match="answers.yaml has no text 'hej'"):
        message("hej")


@pytest.mark.parametrize("content", ["- a\n- b\n", "a: 1\n", "a: [", ""])
def test_a_file_of_another_form_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    (tmp_path / "x.yaml").write_text(content, encoding="utf-8")
    monkeypatch.setattr(messages, "FOLDER", tmp_path)
    with pytest.raises(PromptError, match="x.yaml"):
        filled("x.yaml", "a")


def test_values_may_hold_braces() -> None:
    assert "{x}" in message("refusal", where=" i {x}")


def test_variables_are_the_names_in_braces() -> None:
    assert variables("{a} och {b} men inte {{c}}") == {"a", "b"}


def sources() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "answer").glob("*.py"))


def test_every_text_that_the_code_names_exists() -> None:
    named = set(re.findall(r'\bmessage\(\s*"(\w+)"', sources()))
    assert named and named <= TEXTS.keys()


def test_no_text_is_left_unused() -> None:
    named = set(re.findall(r"""["'](\w+)["']""", sources()))
    assert [
        name for name in TEXTS if name not in named and not name.startswith("fact_")
    ] == []  # fact_NAME: by the fact

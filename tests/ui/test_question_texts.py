"""Every text that the page Frågebank asks for exists, and every text is asked for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ingest.errors import PromptError
from ui.question_texts import FILE, q

SOURCES = "\n".join(p.read_text(encoding="utf-8") for p in sorted(Path(FILE.parent.parent, "ui").glob("question*.py")))
ASKED = set(re.findall(r"""\bq\(\s*f?["']([\w.{}]+)["']""", SOURCES)) | set(re.findall(r'"(\w+\.\w+)"', SOURCES))


def keys(data: dict, before: str = "") -> list[str]:
    found = []
    for name, value in data.items():
        if isinstance(value, dict) and set(value) != {"one", "other"}:
            found += keys(value, f"{before}{name}.")
        else:
            found.append(f"{before}{name}")
    return found


PRESENT = keys(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def test_every_text_that_is_asked_for_exists():
    whole = {key for key in ASKED if "{" not in key and not key.endswith((".csv", ".yaml"))}
    assert whole - set(PRESENT) == set()


def test_every_text_is_asked_for():
    patterns = [re.sub(r"\\\{\w+\\\}", r"\\w+", re.escape(asked)) for asked in ASKED]
    assert [key for key in PRESENT if not any(re.fullmatch(pattern, key) for pattern in patterns)] == []


def test_unknown_texts_and_missing_variables_are_errors():
    with pytest.raises(PromptError, match="no text"):
        q("case.finns_inte")
    with pytest.raises(PromptError, match="needs the variable"):
        q("error")
    with pytest.raises(PromptError, match="not a text"):
        q("case")


def test_one_and_other():
    assert q("list.shown", n=1) == "1 fråga"
    assert q("list.shown", n=2) == "2 frågor"

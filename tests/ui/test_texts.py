from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import PromptError
from ui.texts import mapping, messages, t, texts

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [ROOT / "app.py", *sorted((ROOT / "ui").glob("*.py"))]
USED = re.compile(r"""\b(?:t|texts|_format)\(\s*(?:iso, )?f?["']([a-z_.]+(?:\{[\w.]+\}[a-z_.]*)?)["']""")
MAPPED = re.compile(r"""\bmapping\(f?["']([a-z_.]+)(?:\{[\w.]+\})?["']\)""")
NAMED = re.compile(r"""["']([a-z_]+\.[a-z_]+)["']""")


def leaves(tree: Any, path: str = "") -> Iterator[str]:
    if isinstance(tree, dict) and set(tree) != {"one", "other"}:
        for name, value in tree.items():
            yield from leaves(value, f"{path}.{name}" if path else name)
    else:
        yield path


def test_every_text_that_the_pages_ask_for_exists() -> None:
    keys = set(leaves(messages()))
    asked = {key for path in SOURCES for key in USED.findall(path.read_text(encoding="utf-8")) if "{" not in key}
    assert asked and asked <= keys, sorted(asked - keys)
    whole = {key for path in SOURCES for key in MAPPED.findall(path.read_text(encoding="utf-8"))}
    assert whole and all(any(key.startswith(name) for key in keys) for name in whole)


def test_no_text_is_left_unused() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    named = set(NAMED.findall(code))
    open_ended = (*(key.split("{")[0] for key in USED.findall(code) if "{" in key), *MAPPED.findall(code))
    unused = [k for k in leaves(messages()) if k not in named and not (open_ended and k.startswith(open_ended))]
    assert not unused


def test_number_chooses_the_form() -> None:
    assert t("answer.more", n=1) == "Visa 1 påstående till"
    assert t("answer.more", n=3) == "Visa 3 påståenden till"


def test_missing_text_and_missing_variable_are_named() -> None:
    with pytest.raises(PromptError, match="chat.nothing"):
        t("chat.nothing")
    with pytest.raises(PromptError, match="page"):
        t("citation.page")
    with pytest.raises(PromptError, match="not a list"):
        texts("chat.title")
    with pytest.raises(PromptError, match="not a mapping"):
        mapping("chat.examples")

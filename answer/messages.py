"""Prompt and message files: Swedish texts with {names}. A missing text or name is an error that says which."""

from __future__ import annotations

import string
from functools import cache
from pathlib import Path

import yaml

from ingest.errors import PromptError

FOLDER = Path(__file__).resolve().parent.parent / "prompts"


@cache
def _load(path: Path) -> dict[str, str]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise PromptError(f"{path.name}: cannot be read ({error})") from error
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        raise PromptError(f"{path.name}: expected one text per name")
    return data


def variables(text: str) -> set[str]:
    """The names that a text expects."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def message(name: str, /, **values: object) -> str:
    """A text of prompts/answers.yaml filled in. Raises PromptError naming the text and what is missing."""
    return filled("answers.yaml", name, **values)


def filled(file: str, name: str, /, **values: object) -> str:
    """A text of a file in prompts/ filled in. Raises PromptError naming the text and what is missing."""
    texts = _load(FOLDER / file)
    if name not in texts:
        raise PromptError(f"{file} has no text {name!r}")
    missing = variables(texts[name]) - values.keys()
    if missing:
        raise PromptError(f"{file}, {name!r} names {', '.join(sorted(missing))}, which is not given")
    return texts[name].format(**values)

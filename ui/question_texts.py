"""The texts of the page Frågebank, from prompts/questions.yaml; they follow the rules of ui/texts.py."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from ingest.errors import PromptError

FILE = Path(__file__).resolve().parent.parent / "prompts" / "questions.yaml"


def q(key: str, **values: object) -> str:
    """The text under a dotted key with its {variables}; {one, other} is chosen by `n`. Raises PromptError."""
    found: Any = _messages()
    for part in key.split("."):
        if not isinstance(found, dict) or part not in found:
            raise PromptError(f"{FILE.name}: there is no text {key!r}")
        found = found[part]
    if isinstance(found, dict) and set(found) == {"one", "other"}:
        found = found["one" if values.get("n") == 1 else "other"]
    if not isinstance(found, str):
        raise PromptError(f"{FILE.name}: {key} is not a text")
    try:
        return found.format(**values)
    except (KeyError, IndexError) as error:
        raise PromptError(f"{FILE.name}: {key} needs the variable {error}") from error


@lru_cache(maxsize=1)
def _messages() -> dict[str, Any]:
    try:
        loaded = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise PromptError(f"{FILE}: {error}") from error
    if not isinstance(loaded, dict):
        raise PromptError(f"{FILE}: expected texts by name")
    return loaded

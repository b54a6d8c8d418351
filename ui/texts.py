"""Every text the pages show, from prompts/ui.yaml."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from ingest.errors import PromptError

FILE = Path(__file__).resolve().parent.parent / "prompts" / "ui.yaml"


def t(key: str, **values: object) -> str:
    """The text under a dotted key ("chat.title") with its {variables} filled in.

    A text given as {one, other} is chosen by the value `n`. Raises PromptError for a key that does not exist and for a
    variable that is not given.
    """
    found = _find(key)
    if isinstance(found, dict) and set(found) == {"one", "other"}:
        found = found["one" if values.get("n") == 1 else "other"]
    if not isinstance(found, str):
        raise PromptError(f"{FILE.name}: {key} is not a text")
    try:
        return found.format(**values)
    except (KeyError, IndexError) as error:
        raise PromptError(f"{FILE.name}: {key} needs the variable {error}") from error


def texts(key: str) -> tuple[str, ...]:
    """The list of texts under a dotted key. Raises PromptError where it is not a list of texts."""
    found = _find(key)
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise PromptError(f"{FILE.name}: {key} is not a list of texts")
    return tuple(found)


def mapping(key: str) -> dict[str, str]:
    """The texts under a dotted key by their names. Raises PromptError where they are not texts."""
    found = _find(key)
    if not isinstance(found, dict) or not all(isinstance(item, str) for pair in found.items() for item in pair):
        raise PromptError(f"{FILE.name}: {key} is not a mapping of texts")
    return found


@lru_cache(maxsize=1)
def messages() -> dict[str, Any]:
    """The whole message file. Raises PromptError where it is missing or is not YAML."""
    try:
        loaded = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise PromptError(f"{FILE}: {error}") from error
    if not isinstance(loaded, dict):
        raise PromptError(f"{FILE}: expected sections with texts")
    return loaded


def _find(key: str) -> Any:
    found: Any = messages()
    for part in key.split("."):
        if not isinstance(found, dict) or part not in found:
            raise PromptError(f"{FILE.name}: there is no text {key!r}")
        found = found[part]
    return found

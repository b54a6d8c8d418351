"""Packages that only some measurements need; the program runs without them."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

from ingest.errors import SettingsError

REQUIREMENTS = Path(__file__).resolve().parent / "requirements.txt"


def needed(module: str) -> ModuleType:
    """The module, or SettingsError with the command that installs it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise SettingsError(
            f"This measurement needs the package {module.replace('_', '-')}. "
            f"Install it with: pip install -r {REQUIREMENTS.parent.name}/{REQUIREMENTS.name}"
        ) from error

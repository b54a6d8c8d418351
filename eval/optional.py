"""Packages that only some measurements need; the program runs without them."""

from __future__ import annotations

import importlib
from types import ModuleType

from ingest.errors import SettingsError

INSTALL = "pip install -r requirements-eval.txt"


def needed(module: str) -> ModuleType:
    """The module, or SettingsError with the command that installs it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise SettingsError(
            f"This measurement needs the package {module.replace('_', '-')}. Install it with: {INSTALL}"
        ) from error

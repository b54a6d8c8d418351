"""Imports run one way, and every third-party library is imported where its adapter lives."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = {  # package -> our packages that it may import, beside itself
    "ingest": set(),
    "index": {"ingest"},
    "answer": {"ingest", "index"},
    "eval": {"ingest", "index", "answer"},
    "ui": {"ingest", "index", "answer", "eval"},
    "app": {"ingest", "index", "answer", "eval", "ui"},
}
ADAPTERS = {  # library -> the only places that import it
    "pypdf": ("ingest/readers/",),
    "bs4": ("ingest/readers/",),
    "chromadb": ("index/store.py",),
    "sentence_transformers": ("index/",),
    "transformers": ("index/",),
    "torch": ("index/",),
    "streamlit": ("app.py", "ui/"),
}


def sources() -> list[Path]:
    found = [ROOT / "app.py"]
    for package in ("ingest", "index", "answer", "eval", "ui"):
        found += sorted((ROOT / package).rglob("*.py"))
    return found


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def imports(path: Path, at_start: bool = False) -> set[str]:
    """The top-level packages that a file imports anywhere in it, or only those that are loaded as soon as it is."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in tree.body if at_start else ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("path", [p for p in sources() if p.name != "__main__.py"], ids=name)
def test_imports_run_one_way(path: Path) -> None:
    own = name(path).split("/")[0].removesuffix(".py")
    assert imports(path) & ALLOWED.keys() <= ALLOWED[own] | {own}


@pytest.mark.parametrize("library", ADAPTERS)
def test_a_library_is_imported_only_where_its_adapter_lives(library: str) -> None:
    users = [name(path) for path in sources() if library in imports(path)]
    assert users  # a rule for a library that nobody uses would say nothing
    assert [user for user in users if not user.startswith(ADAPTERS[library])] == []


@pytest.mark.parametrize("path", [p for p in sources() if name(p).startswith(("ingest/", "answer/"))], ids=name)
def test_heavy_libraries_are_not_loaded_to_read_a_report_or_a_question(path: Path) -> None:
    assert not imports(path, at_start=True) & {
        "torch",
        "transformers",
        "sentence_transformers",
        "chromadb",
        "streamlit",
    }

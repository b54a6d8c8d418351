"""Every command, setting and place that the README names exists, and no setting is left out."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
MODULES = sorted(set(re.findall(r"python -m ([\w.]+)", README)) - {"venv", "pytest"})  # not ours
OPTIONS = sorted(set(re.findall(r"python -m (ingest|answer|eval)\b([^\n#`;|]*)", README)))


def settings_read() -> set[str]:
    """The names that ingest/settings.py asks the environment for."""
    source = (ROOT / "ingest" / "settings.py").read_text(encoding="utf-8")
    return {f"CITYGROUP_{name}" for name in re.findall(r'\bget\("(\w+)"\)', source)}


def test_every_setting_that_is_read_is_in_the_readme_and_no_other() -> None:
    assert settings_read() == set(re.findall(r"CITYGROUP_[A-Z_]+[A-Z]", README))


def test_the_environment_is_read_in_one_place() -> None:
    readers = [
        path.relative_to(ROOT).as_posix()
        for package in ("ingest", "index", "answer", "ui", "eval")
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"os\.(?:environ\b(?!\.setdefault)|getenv)", path.read_text(encoding="utf-8"))
    ]
    assert readers == ["ingest/settings.py"]


@pytest.mark.parametrize("module", MODULES)
def test_every_module_that_is_run_exists(module: str) -> None:
    path = ROOT / module.replace(".", "/")
    assert (path / "__main__.py").is_file() or path.with_suffix(".py").is_file()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`make (\w+)`", README))))
def test_every_make_target_exists(target: str) -> None:
    assert re.search(rf"^{target}:", MAKEFILE, re.M)


@pytest.mark.parametrize("module", sorted({module for module, _ in OPTIONS}))
def test_every_option_that_is_shown_is_accepted(module: str) -> None:
    shown = {option for name, rest in OPTIONS if name == module for option in re.findall(r"--[a-z-]+", rest)}
    done = subprocess.run(
        [sys.executable, "-m", module, "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0
    assert shown <= set(re.findall(r"--[a-z-]+", done.stdout))


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)", README))))
def test_every_link_leads_somewhere(target: str) -> None:
    assert (ROOT / target).exists()


def test_every_file_that_a_command_names_exists() -> None:
    named = re.findall(r"\b(?:corpus|prompts|eval|docs)/[\w./-]+\.(?:pdf|md|yaml|py|html)\b", README)
    assert named and [path for path in named if not (ROOT / path).exists()] == []

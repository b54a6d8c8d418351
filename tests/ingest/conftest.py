"""Reports for the tests: typeset from layouts/*.typ, or written as text on the spot. All text is made up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import typst

from ingest.model import Report
from ingest.pipeline import read_report

LAYOUTS = Path(__file__).parent / "layouts"
ORIGINALS = Path(__file__).resolve().parents[3] / "shared" / "corpus"


@pytest.fixture(scope="session")
def typeset(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Name of a layout -> its PDF."""
    folder = tmp_path_factory.mktemp("typeset")

    def make(name: str) -> Path:
        path = folder / f"{name}.pdf"
        if not path.exists():
            typst.compile(str(LAYOUTS / f"{name}.typ"), output=str(path))
        return path

    return make


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Report]:
    """Text of a file -> its report; the name's ending decides the format."""

    def make(text: str, name: str = "rapport.txt") -> Report:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return read_report(path)

    return make


@pytest.fixture(scope="session")
def original() -> Callable[[str], Report]:
    """Name of an original document -> its report; the test is skipped where the originals are missing."""
    reports: dict[str, Report] = {}

    def make(name: str) -> Report:
        if not (ORIGINALS / name).exists():
            pytest.skip("the original documents are not on this machine")
        if name not in reports:
            reports[name] = read_report(ORIGINALS / name)
        return reports[name]

    return make

"""Generations on disk: one pointer, one writer, two kept."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index import generations
from index.model import Manifest
from ingest.errors import IndexBusy, IndexMissing
from tests.conftest import ROOT

MANIFEST = Manifest("bundled", "abc", 16, {"reading": "x"}, {"a å.pdf": "00"}, "2031-05-04T10:00:00+00:00", 3)
HOLD_THE_LOCK = """
import sys
from pathlib import Path
from index import generations
with generations.writing(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def add(index: Path, manifest: Manifest = MANIFEST) -> str:
    name = generations.new_name(index)
    generations.folder(index, name).mkdir(parents=True)
    generations.publish(index, name, manifest)
    return name


def test_what_is_published_is_current_and_its_manifest_is_the_same(tmp_path: Path) -> None:
    name = add(tmp_path)
    assert generations.current(tmp_path) == name
    assert generations.read_manifest(tmp_path, name) == MANIFEST


def test_names_sort_in_the_order_of_building(tmp_path: Path) -> None:
    names = [add(tmp_path) for _ in range(12)]
    assert names == sorted(names) and len(set(names)) == 12


def test_without_an_index_the_message_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="python -m ingest"):
        generations.current(tmp_path / "saknas")


@pytest.mark.parametrize("pointer", [b"", b"000001-gone\n", b"\xff\xfe\x00", b"../..\n"])
def test_a_pointer_to_nothing_is_called_damage(tmp_path: Path, pointer: bytes) -> None:
    add(tmp_path)
    (tmp_path / "CURRENT").write_bytes(pointer)
    with pytest.raises(IndexMissing, match=r"damaged.*python -m ingest"):
        generations.current(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"model": "m"}', '{"unknown": 1}'])
def test_a_damaged_manifest_is_an_error_of_ours(tmp_path: Path, text: str) -> None:
    name = add(tmp_path)
    (generations.folder(tmp_path, name) / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(IndexMissing, match="python -m ingest"):
        generations.read_manifest(tmp_path, name)


def test_the_newest_two_are_kept_and_remains_of_broken_runs_are_not(tmp_path: Path) -> None:
    first, second = add(tmp_path), add(tmp_path)
    broken = generations.new_name(tmp_path)
    generations.folder(tmp_path, broken).mkdir()
    third = add(tmp_path)
    later = generations.new_name(tmp_path)
    generations.folder(tmp_path, later).mkdir()
    assert generations.superseded(tmp_path) == [first, broken, later]
    for name in generations.superseded(tmp_path):
        generations.remove(tmp_path, name)
    assert sorted(path.name for path in (tmp_path / "generations").iterdir()) == [second, third]


def test_a_write_that_fails_leaves_the_old_text_and_no_remains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "folder" / "file"
    generations.write_atomically(path, "före å")

    def full(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="disk full"):
        generations.write_atomically(path, "efter")
    assert path.read_text(encoding="utf-8") == "före å"
    assert [p.name for p in path.parent.iterdir()] == ["file"]


def test_structure_of_two_files_never_shares_a_place(tmp_path: Path) -> None:
    places = {
        generations.structure_file(tmp_path, document, sha, code)
        for document in ("a.pdf", "b.pdf", "å/ä.pdf")
        for sha in ("00", "11")
        for code in ("x", "y")
    }
    assert len(places) == 12 and {place.parent for place in places} == {tmp_path / "reports"}


@pytest.fixture
def writer(tmp_path: Path):  # type: ignore[no-untyped-def]
    """Another process that holds the lock of tmp_path."""
    command = [sys.executable, "-c", HOLD_THE_LOCK, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_writer_is_refused_without_waiting(tmp_path: Path, writer: subprocess.Popen[str]) -> None:
    started = time.monotonic()
    with pytest.raises(IndexBusy, match="Another process"), generations.writing(tmp_path):
        pass
    assert time.monotonic() - started < 2


def test_a_reader_needs_no_lock(tmp_path: Path, writer: subprocess.Popen[str]) -> None:
    name = add(tmp_path)
    assert generations.current(tmp_path) == name


def test_the_lock_of_a_killed_writer_is_free(tmp_path: Path, writer: subprocess.Popen[str]) -> None:
    writer.kill()
    writer.wait(timeout=30)
    with generations.writing(tmp_path):
        pass


def test_the_lock_is_free_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="x"), generations.writing(tmp_path):
        raise ValueError("x")
    with generations.writing(tmp_path):
        pass

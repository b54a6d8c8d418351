"""From a folder to a published index: what is read and embedded again, what is left out, what survives a failure."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import unicodedata
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from chromadb.api.shared_system_client import SharedSystemClient

from index import build, generations
from index.build import build_index, reading_code
from index.library import open_library
from index.store import ChromaStore
from index.tokens import TABLE
from ingest.errors import CitygroupError, IndexBusy, IndexMissing, UnreadableFile
from ingest.pipeline import file_hash
from ingest.settings import Settings
from tests.conftest import ARTICLE, MEETING, ROOT, CountingEncoder

MEETING_FILE, ARTICLE_FILE = "träff å.md", "artikel.txt"


def add_line(path: Path, line: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")


def texts_of(settings: Settings) -> list[str]:
    return [passage.text for passage in open_library(settings).passages]


# --- what is done again ---


def test_every_passage_is_embedded_whole_and_by_its_own_words_and_no_text_twice(
    settings: Settings, encoder: CountingEncoder
) -> None:
    result = build_index(settings)
    library = open_library(settings)
    assert result.ok and result.passages == len(library.passages) == 5
    embedded = {text for p in library.passages for text in (build.passage_text(p), p.text)}
    assert sorted(encoder.texts) == sorted(embedded)
    assert library.vectors.shape == library.own_vectors.shape == (5, encoder.dimensions)
    for passage, vector, own in zip(library.passages, library.vectors, library.own_vectors, strict=True):
        assert vector == pytest.approx(encoder.encode_query(build.passage_text(passage)), abs=1e-6)
        assert own == pytest.approx(encoder.encode_query(passage.text), abs=1e-6)
    assert library.tokens is not None and library.manifest.tokens == encoder.dimensions
    for number, passage in enumerate(library.passages):
        assert (library.tokens[number] == encoder.words_of(build.passage_text(passage))).all()


def test_an_index_whose_tokens_are_gone_says_so_and_is_written_anew(
    settings: Settings, encoder: CountingEncoder
) -> None:
    build_index(settings)
    lost = generations.current(settings.index)
    (generations.folder(settings.index, lost) / TABLE).unlink()
    with pytest.raises(IndexMissing, match="python -m ingest"):
        open_library(settings)
    build_index(settings)
    assert generations.current(settings.index) != lost
    assert open_library(settings).tokens is not None


def test_the_model_is_loaded_once(
    settings: Settings, encoder: CountingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = []
    monkeypatch.setattr(build, "load_encoder", lambda settings: loaded.append(1) or encoder)
    monkeypatch.setattr(build, "PART", 2)
    build_index(settings)
    build_index(settings)
    assert loaded == [1]


def test_an_unchanged_corpus_costs_no_embedding_and_no_new_generation(
    settings: Settings, encoder: CountingEncoder
) -> None:
    build_index(settings)
    published = generations.current(settings.index)
    encoder.texts.clear()
    result = build_index(settings)
    assert encoder.texts == []
    assert set(result.unchanged) == {MEETING_FILE, ARTICLE_FILE}
    assert generations.current(settings.index) == published


def test_only_the_new_passage_of_a_changed_file_is_embedded(settings: Settings, encoder: CountingEncoder) -> None:
    build_index(settings)
    encoder.texts.clear()
    add_line(settings.corpus / MEETING_FILE, "- Malmö bygger en isbana på torget.")
    result = build_index(settings)
    assert {text.splitlines()[0] for text in encoder.texts} == {"Malmö bygger en isbana på torget."}
    assert result.unchanged == (ARTICLE_FILE,)
    assert "Malmö bygger en isbana på torget." in texts_of(settings)


def test_a_removed_file_leaves_the_index_without_any_embedding(settings: Settings, encoder: CountingEncoder) -> None:
    build_index(settings)
    encoder.texts.clear()
    (settings.corpus / ARTICLE_FILE).unlink()
    result = build_index(settings)
    assert result.removed == (ARTICLE_FILE,) and encoder.texts == []
    assert not any("loppis" in text for text in texts_of(settings))


def test_a_required_file_that_cannot_be_read_publishes_nothing(settings: Settings, encoder: CountingEncoder) -> None:
    build_index(settings)
    published = generations.current(settings.index)
    (settings.corpus / ARTICLE_FILE).write_bytes(b"")
    with pytest.raises(UnreadableFile, match="filen är tom"):
        build_index(settings, required={ARTICLE_FILE})
    assert generations.current(settings.index) == published
    assert [s.document for s in build_index(settings, required={MEETING_FILE}).skipped] == [ARTICLE_FILE]
    assert generations.current(settings.index) != published


def test_what_is_published_stands_even_where_the_tidying_fails(
    settings: Settings, encoder: CountingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held_open(*_: object) -> None:
        raise PermissionError("in use")

    build_index(settings)
    monkeypatch.setattr(generations, "superseded", held_open)
    (settings.corpus / ARTICLE_FILE).unlink()
    assert build_index(settings).removed == (ARTICLE_FILE,)
    assert not any("loppis" in text for text in texts_of(settings))


def test_a_renamed_file_keeps_its_vectors_and_is_cited_by_its_new_name(
    settings: Settings, encoder: CountingEncoder
) -> None:
    build_index(settings)
    encoder.texts.clear()
    (settings.corpus / ARTICLE_FILE).rename(settings.corpus / "loppisen i Arvika.txt")
    result = build_index(settings)
    library = open_library(settings)
    assert result.removed == (ARTICLE_FILE,) and encoder.texts == []
    assert {p.document for p in library.passages} == {MEETING_FILE, "loppisen i Arvika.txt"}
    assert library.file("loppisen i Arvika.txt").read_text(encoding="utf-8") == ARTICLE


def test_a_file_removed_and_put_back_is_indexed_again(settings: Settings, encoder: CountingEncoder) -> None:
    build_index(settings)
    before = texts_of(settings)
    content = (settings.corpus / ARTICLE_FILE).read_bytes()
    (settings.corpus / ARTICLE_FILE).unlink()
    build_index(settings)
    (settings.corpus / ARTICLE_FILE).write_bytes(content)
    result = build_index(settings)
    assert ARTICLE_FILE in result.unchanged  # its structure is still known
    assert texts_of(settings) == before


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_with_a_ring_and_spaces_is_kept_as_the_folder_spells_it(
    settings: Settings, encoder: CountingEncoder, form: str
) -> None:
    name = unicodedata.normalize(form, "årets möte i Ödeshög 2.TXT")
    (settings.corpus / name).write_text("Ödeshög\n\nÖdeshög ordnar en skördefest på torget i september.\n", "utf-8")
    build_index(settings)
    library = open_library(settings)
    assert name in {p.document for p in library.passages}
    assert library.file(name).read_bytes() == (settings.corpus / name).read_bytes()


def test_a_change_of_the_reading_code_makes_every_file_be_read_anew(
    settings: Settings, encoder: CountingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index(settings)
    encoder.texts.clear()
    monkeypatch.setattr(build, "reading_code", lambda: "another")
    result = build_index(settings)
    assert result.unchanged == () and encoder.texts == []  # the same words have the same vectors
    kept = [path.name for path in (settings.index / "reports").iterdir()]
    assert len(kept) == 2 and all(name.endswith("-another.json") for name in kept)
    assert len(open_library(settings).passages) == 5


def test_the_reading_code_is_the_same_while_nothing_changes() -> None:
    assert reading_code() == reading_code() and len(reading_code()) == 12


def test_progress_names_every_file_and_ends_at_the_whole(settings: Settings, encoder: CountingEncoder) -> None:
    calls: list[tuple[str, int, int]] = []
    build_index(settings, progress=lambda *call: calls.append(call))
    names = [what for what, _, _ in calls]
    assert {f"reading {MEETING_FILE}", f"reading {ARTICLE_FILE}", "embedding", "publishing"} <= set(names)
    assert (
        ("reading", 2, 2) in calls
        and ("embedding", len(encoder.texts), len(encoder.texts)) in calls
        and calls[-1] == ("publishing", 1, 1)
    )


# --- when each file first came in ---


def at(monkeypatch: pytest.MonkeyPatch, day: str) -> str:
    """Let the next builds happen at noon of a day; returns that time as a manifest holds it."""
    moment = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    monkeypatch.setattr(build, "datetime", type("Clock", (), {"now": staticmethod(lambda _: moment)}))
    return moment.isoformat()


def test_every_file_keeps_the_time_at_which_it_first_came_in(
    settings: Settings, encoder: CountingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = at(monkeypatch, "2031-05-04")
    build_index(settings)
    second = at(monkeypatch, "2031-06-05")
    add_line(settings.corpus / MEETING_FILE, "- Malmö bygger en isbana på torget.")
    (settings.corpus / ARTICLE_FILE).rename(settings.corpus / "annat namn.txt")
    build_index(settings)
    manifest = open_library(settings).manifest
    assert manifest.built == second
    assert manifest.read_at(MEETING_FILE) == second  # changed: another file
    assert manifest.read_at("annat namn.txt") == first  # the same file under another name


def test_a_file_that_comes_back_is_the_one_that_was_read_before(
    settings: Settings, encoder: CountingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = at(monkeypatch, "2031-05-04")
    build_index(settings)
    content = (settings.corpus / ARTICLE_FILE).read_bytes()
    for day in ("2031-06-05", "2031-07-06", "2031-08-07"):  # more generations than are kept
        at(monkeypatch, day)
        (settings.corpus / ARTICLE_FILE).unlink(missing_ok=True)
        add_line(settings.corpus / MEETING_FILE, f"- Malmö bygger en isbana på torget {day}.")
        build_index(settings)
    (settings.corpus / ARTICLE_FILE).write_bytes(content)
    build_index(settings)
    assert open_library(settings).manifest.read_at(ARTICLE_FILE) == first


def test_an_index_from_before_such_times_were_kept_gives_its_own(
    settings: Settings, encoder: CountingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = at(monkeypatch, "2031-05-04")
    build_index(settings)
    published = generations.current(settings.index)
    path = generations.folder(settings.index, published) / "manifest.json"
    old = json.loads(path.read_text(encoding="utf-8"))
    del old["read"]
    path.write_text(json.dumps(old), encoding="utf-8")
    assert open_library(settings).manifest.read_at(ARTICLE_FILE) == first
    later = at(monkeypatch, "2031-06-05")
    build_index(settings)
    assert generations.current(settings.index) == published  # that is no reason to build it anew
    (settings.corpus / "ny.txt").write_text("Ny\n\nEslöv ordnar en skördefest på torget.\n", encoding="utf-8")
    build_index(settings)
    manifest = open_library(settings).manifest
    assert (manifest.read_at(ARTICLE_FILE), manifest.read_at("ny.txt")) == (first, later)


# --- what is left out ---


def test_the_second_of_two_files_with_the_same_content_is_named_and_left_out(
    settings: Settings, encoder: CountingEncoder
) -> None:
    (settings.corpus / "kopia av artikel.txt").write_text(ARTICLE, encoding="utf-8")
    result = build_index(settings)
    assert [s.document for s in result.skipped] == ["kopia av artikel.txt"]
    assert ARTICLE_FILE in result.skipped[0].reason
    assert sum("loppis" in text for text in texts_of(settings)) == 1


def test_an_unreadable_file_is_named_and_the_others_are_indexed(settings: Settings, encoder: CountingEncoder) -> None:
    (settings.corpus / "trasig.pdf").write_bytes(b"%PDF-1.7 nonsense")
    result = build_index(settings)
    assert [s.document for s in result.skipped] == ["trasig.pdf"] and not result.ok
    assert len(open_library(settings).passages) == 5


def test_a_report_that_states_nothing_gives_an_index_without_passages(
    settings: Settings, encoder: CountingEncoder
) -> None:
    for path in settings.corpus.iterdir():
        path.unlink()
    (settings.corpus / "tom.md").write_text("Rubrik\n", encoding="utf-8")
    result = build_index(settings)
    library = open_library(settings)
    assert result.ok and len(library.reports) == 1
    assert library.passages == () and len(library.vectors) == 0


@pytest.mark.parametrize("left", ["nothing", "a broken file"])
def test_a_corpus_without_a_readable_file_keeps_the_published_index(
    settings: Settings, encoder: CountingEncoder, left: str
) -> None:
    build_index(settings)
    published = generations.current(settings.index)
    for path in settings.corpus.iterdir():
        path.unlink()
    if left != "nothing":
        (settings.corpus / "trasig.pdf").write_bytes(b"%PDF-1.7 nonsense")
    with pytest.raises(CitygroupError, match="trasig.pdf" if left != "nothing" else "holds no PDF"):
        build_index(settings)
    assert generations.current(settings.index) == published
    assert len(open_library(settings).passages) == 5


def test_a_missing_corpus_folder_is_named(settings: Settings, encoder: CountingEncoder) -> None:
    with pytest.raises(CitygroupError, match=r"saknas.*CITYGROUP_CORPUS"):
        build_index(replace(settings, corpus=settings.corpus / "saknas"))


# --- what survives ---


class Crash(BaseException):
    """As the process dies: nothing catches it."""


def broken_off(settings: Settings, where: str) -> None:
    """A build that dies at a step between reading and publishing."""

    def die(*_: object) -> None:
        raise Crash

    write = generations.write_atomically
    with pytest.MonkeyPatch.context() as patch:
        if where == "before the vectors are written":
            patch.setattr(ChromaStore, "write", die)
        elif where == "before publishing":
            patch.setattr(generations, "publish", die)
        else:
            patch.setattr(
                generations,
                "write_atomically",
                lambda path, text: (die if path.name == "CURRENT" else write)(path, text),
            )
        with pytest.raises(Crash):
            build_index(settings)


@pytest.mark.parametrize("where", ["before the vectors are written", "before publishing", "at the last step"])
@pytest.mark.parametrize("change", ["a longer file", "a renamed file"])
def test_a_crash_leaves_the_old_index_whole_and_the_next_run_finishes(
    settings: Settings, encoder: CountingEncoder, where: str, change: str
) -> None:
    build_index(settings)
    published, before = generations.current(settings.index), open_library(settings).passages
    if change == "a longer file":
        add_line(settings.corpus / MEETING_FILE, "- Malmö bygger en isbana på torget.")
    else:
        (settings.corpus / ARTICLE_FILE).rename(settings.corpus / "annat namn.txt")

    broken_off(settings, where)
    assert generations.current(settings.index) == published
    assert open_library(settings).passages == before

    build_index(settings)
    assert generations.current(settings.index) > published
    assert open_library(settings).passages != before
    assert len(list((settings.index / "generations").iterdir())) == 2  # the remains of the crash are gone


def test_a_crash_while_a_file_is_copied_leaves_no_part_of_it(
    settings: Settings, encoder: CountingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes()[:20])
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(generations.shutil, "copyfile", half)
        with pytest.raises(Crash):
            build_index(settings)
    build_index(settings)
    assert open_library(settings).file(ARTICLE_FILE).read_text(encoding="utf-8") == ARTICLE


def test_a_kept_file_that_went_missing_comes_back_with_the_next_run(
    settings: Settings, encoder: CountingEncoder
) -> None:
    build_index(settings)
    open_library(settings).file(MEETING_FILE).unlink()
    build_index(settings)
    assert open_library(settings).file(MEETING_FILE).read_text(encoding="utf-8") == MEETING


@pytest.mark.parametrize("damage", ["not json", "{}", '{"document": 1}', ""])
def test_damaged_structure_is_recognised_anew(settings: Settings, encoder: CountingEncoder, damage: str) -> None:
    build_index(settings)
    before = open_library(settings).passages
    for path in (settings.index / "reports").iterdir():
        path.write_text(damage, encoding="utf-8")
    assert build_index(settings).unchanged == ()
    assert open_library(settings).passages == before


@pytest.mark.parametrize("damage", ["lost", "emptied", "overwritten"])
def test_damaged_vectors_are_made_anew(settings: Settings, encoder: CountingEncoder, damage: str) -> None:
    build_index(settings)
    before = open_library(settings)
    chroma = generations.folder(settings.index, before.generation) / "chroma"
    forget_open_stores()
    if damage == "overwritten":
        (chroma / "chroma.sqlite3").write_bytes(b"not a database" * 1000)
    else:
        shutil.rmtree(chroma)
        if damage == "emptied":
            chroma.mkdir()
    build_index(settings)
    after = open_library(settings)
    assert after.generation != before.generation
    assert after.passages == before.passages
    assert after.vectors == pytest.approx(before.vectors)


def forget_open_stores() -> None:
    """As a new process: chromadb keeps every opened folder."""
    SharedSystemClient.clear_system_cache()


@pytest.mark.parametrize("damage", ["manifest", "pointer"])
def test_an_index_that_lost_its_manifest_or_pointer_is_built_anew(
    settings: Settings, encoder: CountingEncoder, damage: str
) -> None:
    build_index(settings)
    name = generations.current(settings.index)
    if damage == "manifest":
        (generations.folder(settings.index, name) / "manifest.json").write_text('{"model": "x"', encoding="utf-8")
    else:
        (settings.index / "CURRENT").write_bytes(b"\xff\xfe")
    build_index(settings)
    assert len(open_library(settings).passages) == 5


# --- two at once ---


def test_a_reader_that_has_the_old_generation_open_goes_on_while_another_is_published(
    settings: Settings, encoder: CountingEncoder
) -> None:
    build_index(settings)
    reader = open_library(settings)
    add_line(settings.corpus / MEETING_FILE, "- Malmö bygger en isbana på torget.")
    (settings.corpus / ARTICLE_FILE).unlink()
    build_index(settings)
    assert len(reader.passages) == 5 and reader.file(ARTICLE_FILE).read_text(encoding="utf-8") == ARTICLE
    assert reader.report(ARTICLE_FILE).passages
    assert build.open_store(settings, reader.generation).read().keys() == {p.id for p in reader.passages}
    assert open_library(settings).generation != reader.generation


def test_a_second_process_is_refused_at_once(settings: Settings) -> None:
    """The command line, against a lock that is held here."""
    command = [sys.executable, "-m", "ingest", "--corpus", str(settings.corpus), "--index", str(settings.index)]
    with generations.writing(settings.index):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=120)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith(f"Another process is writing the index {settings.index}.")
    assert not (settings.index / "CURRENT").exists()


def test_a_second_thread_is_refused_too(settings: Settings, encoder: CountingEncoder) -> None:
    with generations.writing(settings.index), pytest.raises(IndexBusy):
        build_index(settings)


def test_the_hash_of_a_file_is_that_of_its_content(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert file_hash(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

"""Contexts of equal length, and which mentions stand in them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from eval import baselines, faq
from eval.context import Unit, fill, look, states, unit_of
from eval.optional import needed
from eval.places import Places
from eval.runner import run
from index.calibration import Calibration, Calibrations
from index.lexical import LexicalIndex
from index.search import Searcher
from index.thesaurus import Thesaurus
from ingest.errors import SettingsError
from ingest.model import Span
from ingest.settings import read_settings


@pytest.fixture
def places(world):
    return Places(world.library.reports)


def chunk(world, page: int, start: int, end: int) -> Unit:
    text = world.report.page_text(page)
    return Unit(world.report.document, (Span(page, start, end),), text[start:end], has_region=False)


def test_context_is_filled_up_to_the_length_and_the_last_unit_is_cut_there():
    units = [Unit("a", (Span(1, 10, 10 + 2 * n),), "ab" * n) for n in (1, 2, 3)]
    assert fill(units, 6) == units[:2]
    assert fill(units, 5) == [units[0], Unit("a", (Span(1, 10, 13),), "aba")]
    assert fill(units, 0) == []
    over_pages = Unit("a", (Span(1, 0, 4), Span(2, 0, 4)), "abcdefgh")
    assert fill([over_pages], 6) == [Unit("a", (Span(1, 0, 4), Span(2, 0, 2)), "abcdef")]


def test_a_passage_states_its_mention(world, places):
    units = [unit_of(p) for p in world.report.passages]
    assert [states(u, world.case.expected[0], places) for u in units] == [True, False, False, False]


def test_a_chunk_states_a_mention_where_it_holds_most_of_the_passage(world, places):
    mention = world.case.expected[0]
    text = world.report.page_text(2)
    start = text.index("Granvik")
    assert states(chunk(world, 2, 0, len(text)), mention, places)
    assert states(chunk(world, 2, start, start + 45), mention, places)
    assert not states(chunk(world, 2, start, start + 10), mention, places)
    assert not states(chunk(world, 3, 0, 60), mention, places)


def test_region_and_page_are_counted_for_what_was_found(world, places):
    units = [unit_of(p) for p in world.report.passages]
    found = look(world.case, units, places)
    assert (found.found, found.mentions, found.regions, found.pages) == (3, 4, (3, 3), (3, 3))
    assert found.recall == 0.75
    wrong = [replace(u, region="Annan") for u in units]
    assert look(world.case, wrong, places).regions == (0, 3)


def test_a_chunk_without_a_region_is_asked_whether_it_names_it(world, places):
    text = world.report.page_text(2)
    named, bare = chunk(world, 2, 0, len(text)), chunk(world, 2, text.index("•"), len(text))
    case = replace(world.case, expected=world.case.expected[:1])
    assert look(case, [named], places).regions == (1, 1)
    assert look(case, [bare], places).regions == (0, 1)


class HashEncoder:
    """Vectors of letter pairs: near for texts that share them; no model."""

    def encode_query(self, text: str) -> np.ndarray:
        vector = np.zeros(64, dtype=np.float32)
        for pair in zip(text.lower(), text.lower()[1:], strict=False):
            vector[sum(map(ord, pair)) % 64] += 1
        return vector / (np.linalg.norm(vector) or 1)

    def encode_query_by_token(self, text: str) -> tuple[np.ndarray, None]:
        return self.encode_query(text), None

    def encode_passages(self, texts: list[str]) -> np.ndarray:
        return np.stack([self.encode_query(text) for text in texts])


def test_every_method_gets_the_same_length_and_ours_is_told_as_given(world, monkeypatch):
    passages = [p for r in world.library.reports for p in r.passages]
    encoder = HashEncoder()
    searcher = Searcher(
        passages,
        encoder.encode_passages([p.text for p in passages]),
        encoder,
        LexicalIndex.build(passages, Thesaurus()),
        Calibrations(Calibration({"dense": 1.0}, 0.0), Calibration({}, 9.0)),
    )
    chunks = [chunk(world, p.number, 0, len(p.text)) for p in world.report.pages]
    monkeypatch.setattr(baselines, "_starter", lambda reports, embedding: lambda case: chunks)
    monkeypatch.setattr(baselines, "_minilm", lambda: None)
    monkeypatch.setattr(baselines, "_e5", lambda: None)
    monkeypatch.setattr(baselines, "_bm25", lambda passages: lambda case: [unit_of(p) for p in passages])
    assistant = world.assistant()
    monkeypatch.setattr(type(assistant), "searcher", searcher)
    result = run(assistant, [world.case, world.refusal])
    measured = baselines.measure(assistant, [world.case, world.refusal], result, read_settings({}, None))
    limit = sum(len(u.text) for u in chunks[: baselines.SHORT])
    assert [m.name for m in measured.methods][-1] == baselines.ANSWER
    assert all(f.characters <= limit for m in measured.methods[:-1] for f in m.short.values())
    assert measured.methods[-1].recall("long") == 1.0
    assert baselines.OURS in baselines.terminal(measured)
    assert "<svg" in baselines.section(measured).parts[2].svg


def test_reciprocal_rank_counts_the_first_ten():
    found = faq.of_ranks("x", [1, 2, 10, 11])
    assert found.mrr == pytest.approx((1 + 0.5 + 0.1) / 4)
    assert found.recall == 0.75
    assert faq.of_ranks("x", []).n == 0


def test_a_missing_package_is_named_with_the_command_that_installs_it():
    with pytest.raises(SettingsError, match="requirements-eval.txt"):
        needed("a_package_that_nobody_has")

"""Retrieval on Swedish that nobody here wrote: 503 questions of the building trade, each with its answer.

A guard against tuning to one corpus. For each question all answers are ranked; the right one is the question's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from eval.baselines import LEXICAL, _best_first, _standardised, _words
from eval.optional import needed
from eval.runner import Progress
from eval.tables import Section, Table, plain, share
from index.build import embed
from index.embedding import Encoder, load_bundled, load_encoder, passage_text
from index.lexical import LexicalIndex
from index.search import Searcher
from index.topics import load_topics
from ingest.model import Passage, Span
from ingest.settings import Settings

TOP = 10


@dataclass(frozen=True)
class Figures:
    """Of one method: mean reciprocal rank and share found, both among the first ten; `n` questions."""

    method: str
    mrr: float
    recall: float
    n: int


def measure(settings: Settings, progress: Progress | None = None) -> tuple[Figures, ...]:
    """Raises SettingsError where the question set's package is missing."""
    rows = needed("zaragoza_construction_faq").load()
    questions = [row["q"] for row in rows]
    passages = [_passage(number, row["a"]) for number, row in enumerate(rows)]
    lexical = LexicalIndex.build(passages)
    ours = load_encoder(settings)
    seen = embed(passages, lambda: ours)  # a passage here is its own words alone
    searcher = Searcher(passages, seen.whole, ours, lexical, topics=load_topics(ours.fingerprint), tokens=seen.tokens)
    untrained = _dense(load_bundled(None), passages)
    bm25 = _bm25(passages)
    kept = lru_cache(maxsize=len(rows))(searcher.features)  # two methods look at the same evidence
    methods: dict[str, Callable[[str], np.ndarray]] = {
        "multilingual-e5-small, otränad": untrained,
        "Ord, BM25": bm25,
        "Våra vektorer": lambda text: kept(text)["dense"],
        "Våra ord": lambda text: sum(_standardised(kept(text)[name]) for name in LEXICAL),
        "Fråga Citygroup, sökning": lambda text: _probabilities(searcher, text),
    }
    found = []
    for done, (name, scores) in enumerate(methods.items()):
        ranks = []
        for number, question in enumerate(questions):
            ranks.append(_best_first(scores(question), passages).index(number) + 1)
            if progress:
                progress(done * len(questions) + number + 1, len(methods) * len(questions), name)
        found.append(of_ranks(name, ranks))
    return tuple(found)


def of_ranks(method: str, ranks: Sequence[int]) -> Figures:
    """Figures of the right answers' ranks, which count from 1."""
    if not ranks:
        return Figures(method, 0.0, 0.0, 0)
    mrr = sum(1 / rank for rank in ranks if rank <= TOP) / len(ranks)
    return Figures(method, mrr, sum(rank <= TOP for rank in ranks) / len(ranks), len(ranks))


def section(figures: Sequence[Figures]) -> Section:
    """The figures as a part of the report."""
    note = "Frågor och svar ur zaragoza-construction-faq (CC BY 4.0): byggbranschen, skrivna av andra."
    return Section("Sökning i annan svensk text", (note, _table(figures)))


def terminal(figures: Sequence[Figures]) -> str:
    return plain(_table(figures))


def _table(figures: Sequence[Figures]) -> Table:
    rows = tuple((f.method, share(f.mrr), share(f.recall), str(f.n)) for f in figures)
    return Table(("Sökmetod", f"MRR@{TOP}", f"Funna bland {TOP}", "Frågor"), rows)


def _passage(number: int, text: str) -> Passage:
    return Passage(f"faq-{number:04}", "faq.json", number, "paragraph", text, text, (Span(None, 0, len(text)),))


def _dense(encoder: Encoder, passages: Sequence[Passage]) -> Callable[[str], np.ndarray]:
    vectors = encoder.encode_passages([passage_text(p) for p in passages])
    return lambda text: vectors @ encoder.encode_query(text)


def _bm25(passages: Sequence[Passage]) -> Callable[[str], np.ndarray]:
    index = needed("bm25s").BM25()
    index.index([_words(p.text) for p in passages], show_progress=False)
    return lambda text: index.get_scores(_words(text))


def _probabilities(searcher: Searcher, text: str) -> np.ndarray:
    by_id = {hit.passage.id: hit.probability for hit in searcher.search(text).hits}
    return np.array([by_id[p.id] for p in searcher.passages])

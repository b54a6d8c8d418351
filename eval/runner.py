"""Runs the cases through an assistant and keeps what came of each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Protocol

from answer.model import Answer, NoAnswer, Query, Understanding, to_json
from eval import names
from eval.cases import Case, Mention, mention_from_dict, mention_to_dict
from eval.evaluators import Item, Score, evaluate, stated_by
from eval.places import Library, Places
from index.model import SearchResult


class Searcher(Protocol):
    def search(self, text: str) -> SearchResult: ...


class Assistant(Protocol):
    """What is asked. `library` is the opened index; a `searcher` tells where a missed mention was lost."""

    @property
    def library(self) -> Library: ...

    def answer(self, query: Query) -> Answer | NoAnswer: ...


Progress = Callable[[int, int, str], None]  # done, total, the question just answered


@dataclass(frozen=True)
class MentionResult:
    """An expected mention, the citations that state it, and where it was lost if none does.

    `lost` is Swedish: refused, not in the corpus, ranked but left out, not ranked at all. `rank` counts from 1.
    """

    mention: Mention
    found: bool
    citations: tuple[int, ...] = ()
    lost: str | None = None
    rank: int | None = None
    probability: float | None = None


@dataclass(frozen=True)
class CaseResult:
    """One case's answer (as the JSON of docs/json.md), its scores and mentions; `error` where answering raised."""

    id: str
    kind: str
    split: str
    question: str
    asks: str
    scores: dict[str, Score] = field(default_factory=dict)
    mentions: tuple[MentionResult, ...] = ()
    answer: dict[str, Any] = field(default_factory=dict)
    error: str | None = None

    def value(self, name: str) -> float | None:
        score = self.scores.get(name)
        return None if score is None else score.value


@dataclass(frozen=True)
class Figure:
    """Mean over the cases to which it applies, and the share over all their items (mentions, claims, citations)."""

    value: float
    cases: int
    of_items: float
    items: int


@dataclass(frozen=True)
class Run:
    """All results of one run. `documents` are the corpus' file names; `options` what differed from the default."""

    when: str
    documents: tuple[str, ...]
    results: tuple[CaseResult, ...]
    options: dict[str, str] = field(default_factory=dict)

    def figures(self, split: str | None = None, kind: str | None = None) -> dict[str, Figure]:
        """Figures of the cases of a split and kind; those that apply to no case are absent."""
        chosen = [r for r in self.results if (not split or r.split == split) and (not kind or r.kind == kind)]
        return figures(chosen)

    def kinds(self) -> tuple[str, ...]:
        present = {r.kind for r in self.results}
        return tuple(kind for kind in names.KINDS if kind in present)

    def by_place(self, what: str) -> dict[str, dict[str, tuple[int, int]]]:
        """Right and judged items per region or document (`what` is "region" or "document") and figure."""
        table: dict[str, dict[str, tuple[int, int]]] = {}
        for result in self.results:
            for name, score in result.scores.items():
                for item in score.items:
                    place = getattr(item, what) or "–"
                    right, total = table.setdefault(place, {}).get(name, (0, 0))
                    table[place][name] = (right + item.right, total + 1)
        return dict(sorted(table.items()))

    def result(self, case_id: str) -> CaseResult | None:
        return next((r for r in self.results if r.id == case_id), None)


def run(
    assistant: Assistant,
    cases: Sequence[Case],
    progress: Progress | None = None,
    when: datetime | None = None,
    options: dict[str, str] | None = None,
) -> Run:
    """Ask every case in order. A case whose answer raises is kept with its error and counts as not answered."""
    places = Places(assistant.library.reports)
    results = []
    for number, case in enumerate(cases, 1):
        results.append(run_case(assistant, case, places))
        if progress:
            progress(number, len(cases), case.question)
    documents = tuple(sorted(report.document for report in assistant.library.reports))
    moment = (when or datetime.now().astimezone()).isoformat(timespec="seconds")
    return Run(moment, documents, tuple(results), options or {})


def run_case(assistant: Assistant, case: Case, places: Places) -> CaseResult:
    """Ask one case and judge the answer."""
    start = time.perf_counter()
    try:
        result = assistant.answer(case.query())
    except Exception as error:  # one broken answer must not hide the other figures
        name = names.ANSWERED_RIGHT if case.answerable else names.REFUSAL_RIGHT
        reason = f"Fel: {type(error).__name__}: {error}"
        scores = {name: Score(0.0, reason), names.LATENCY: Score(time.perf_counter() - start, "avbruten")}
        if case.answerable and case.expected:
            items = tuple(Item("", False, m.document, m.region) for m in case.expected)
            scores[names.MENTION_RECALL] = Score(0.0, reason, items)
        return CaseResult(case.id, case.kind, case.split, case.question, case.asks, scores, error=reason)
    return judge(assistant, case, result, places)


def judge(assistant: Assistant, case: Case, result: Answer | NoAnswer, places: Places) -> CaseResult:
    """Scores of an answer at hand, and where each missed mention was lost."""
    mentions = []
    ranking: SearchResult | None = None
    for mention in case.expected if case.answerable else ():
        citations = stated_by(mention, result, places)
        lost: tuple[str | None, int | None, float | None] = (None, None, None)
        if not citations:
            if ranking is None:
                ranking = _ranking(assistant, result)
            lost = _lost(mention, result, places, ranking)
        mentions.append(MentionResult(mention, bool(citations), citations, *lost))
    return CaseResult(
        case.id,
        case.kind,
        case.split,
        case.question,
        case.asks,
        evaluate(case, result, places),
        tuple(mentions),
        to_json(result),
    )


def figures(results: Iterable[CaseResult]) -> dict[str, Figure]:
    """Figures over some results; those that apply to none are absent."""
    found: dict[str, Figure] = {}
    results = list(results)
    for name in names.FIGURES:
        scores = [r.scores[name] for r in results if name in r.scores]
        if not scores:
            continue
        items = [item for score in scores for item in score.items]
        value = sum(score.value for score in scores) / len(scores)
        share = sum(item.right for item in items) / len(items) if items else value
        found[name] = Figure(value, len(scores), share, len(items))
    return found


def run_to_dict(run: Run) -> dict[str, Any]:
    """The run as JSON: figures first, then each case."""
    return {
        "when": run.when,
        "documents": list(run.documents),
        "options": run.options,
        "figures": {name: asdict(figure) for name, figure in run.figures().items()},
        "results": [_result_to_dict(result) for result in run.results],
    }


def run_from_dict(data: dict[str, Any]) -> Run:
    """The run that `run_to_dict` wrote. Raises KeyError or TypeError for another form."""
    results = []
    for item in data["results"]:
        scores = {
            name: Score(s["value"], s["reason"], tuple(Item(**i) for i in s["items"]))
            for name, s in item["scores"].items()
        }
        mentions = tuple(
            MentionResult(
                mention_from_dict(m["mention"]),
                m["found"],
                tuple(m["citations"]),
                m["lost"],
                m["rank"],
                m["probability"],
            )
            for m in item["mentions"]
        )
        results.append(CaseResult(**{**item, "scores": scores, "mentions": mentions}))
    return Run(data["when"], tuple(data["documents"]), tuple(results), data["options"])


def _result_to_dict(result: CaseResult) -> dict[str, Any]:
    data = asdict(result)
    for item, mention in zip(data["mentions"], result.mentions, strict=True):
        item["mention"] = mention_to_dict(mention.mention)
    return data


def _ranking(assistant: Assistant, result: Answer | NoAnswer) -> SearchResult:
    """The search behind an answer, as the assistant called it where it tells."""
    hits: Callable[[Understanding], SearchResult] | None = getattr(assistant, "hits", None)
    if hits is not None:
        return hits(result.understanding)
    searcher: Searcher | None = getattr(assistant, "searcher", None)
    if searcher is None:
        return SearchResult()
    return searcher.search(result.understanding.topic or result.query.question)


def _lost(
    mention: Mention, result: Answer | NoAnswer, places: Places, ranking: SearchResult
) -> tuple[str, int | None, float | None]:
    """Where a mention was lost: (Swedish stage, rank from 1, probability)."""
    ids = {passage.id for place in mention.places for passage in places.passages_of(place)}
    hits = [(rank, hit) for rank, hit in enumerate(ranking.hits, 1) if hit.passage.id in ids]
    rank, probability = (hits[0][0], hits[0][1].probability) if hits else (None, None)
    if not ids and not any(places.holds_mention(place) for place in mention.places):
        stage = "finns inte i materialet"
    elif not result.answerable:
        stage = "frågan avböjdes"
    elif not ids:
        stage = "bara i strukturen"
    elif rank is None:
        stage = "hittades inte" if ranking.hits else "inte med i svaret"
    else:
        stage = "hittad men utelämnad"
    return stage, rank, probability

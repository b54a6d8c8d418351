"""Fit the relevance model: python -m eval.calibrate [--write]

Evidence for each passage (index/search.py) becomes the probability that it states something on the topic. Fitted on the
tuning split of the question set over the opened indexes, and on the fictional worlds that the encoder was not trained on;
cross-validated by question; the held-back split is never read. With --write: index/calibration.json; with --plot FILE: how
often passages of each probability do state something.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from answer.assemble import open_assistant
from answer.assistant import Assistant
from answer.model import Query
from answer.relevance import WEAK, admitted
from eval import plots
from eval.cases import load, select
from eval.places import Places
from eval.worlds import World, open_world, read_worlds
from index.answerable import question_evidence
from index.calibration import CLIP, Calibration, Calibrations
from index.embedding import load_encoder
from index.search import Features
from index.training import evaluate
from ingest.settings import read_settings

FEATURES = (
    "dense", "dense_gap", "dense_level", "narrow", "narrow_question", "ngram", "ngram_own", "cover", "cover_own", "cover_heading",
    "cover_question", "cover_plain", "rarest", "cover_dense", "unmatched_level", "own", "own_gap", "late", "late_gap",
    "late_level", "topic",
)  # fmt: skip


REFUSAL_STRENGTH = 0.3  # of the regularisation's inverse: few questions, many numbers


@dataclass(frozen=True)
class Example:
    """One question's passages: evidence (n, features), labels (n,) 1, 0, or -1 for undecided."""

    question: str
    kind: str
    evidence: NDArray[np.float64]
    labels: NDArray[np.int_]


def matrix(features: Features, names: Sequence[str]) -> NDArray[np.float64]:
    return np.clip(np.stack([features[name] for name in names], axis=1), -CLIP, CLIP)


def of_question_set(assistant: Assistant, names: Sequence[str], split: str = "tune") -> list[Example]:
    """An example per question of the split, over the passages that its filters admit."""
    places = Places(assistant.library.reports)
    examples = []
    for case in select(load(), split=split):
        understood = assistant.understand(case.query())
        if understood.fact or not understood.topic:
            continue
        expected = {p.id for m in case.expected for place in m.places for p in places.passages_of(place)}
        accepted = {p.id for m in case.accepted for place in m.places for p in places.passages_of(place)}
        if case.answerable and not expected:
            continue
        labels = np.array(
            [1 if p.id in expected else -1 if p.id in accepted else 0 for p in assistant.searcher.passages]
        )
        inside = np.array([admitted(p, understood, assistant.library) for p in assistant.searcher.passages])
        if not inside.any():
            continue
        evidence = matrix(assistant.searcher.features(understood.text, inside), names)
        examples.append(Example(case.question, case.kind, evidence[inside], labels[inside]))
    return examples


def of_world(world: World, assistant: Assistant, names: Sequence[str]) -> list[Example]:
    """An example per question of a fictional world, over the passages that its filters admit."""
    examples = []
    passages = assistant.searcher.passages
    for asked in world.questions:
        understood = assistant.understand(Query(asked.question))
        inside = np.array([admitted(p, understood, assistant.library) for p in passages])
        if understood.fact or understood.unknown or not understood.topic or not inside.any():
            continue
        labels = np.array([1 if p.id in asked.answers else -1 if p.id in asked.also else 0 for p in passages])
        evidence = matrix(assistant.searcher.features(understood.text, inside), names)
        kind = f"w-{asked.kind}"
        examples.append(Example(asked.question, kind, evidence[inside], labels[inside]))
    return examples


def fit(examples: Sequence[Example], weight: NDArray[np.float64], names: Sequence[str], strength: float) -> Calibration:
    evidence = np.concatenate([e.evidence[e.labels >= 0] for e in examples])
    labels = np.concatenate([e.labels[e.labels >= 0] for e in examples])
    weights = np.concatenate([np.full((e.labels >= 0).sum(), w) for e, w in zip(examples, weight, strict=True)])
    model = LogisticRegression(C=strength, max_iter=2_000)
    model.fit(evidence, labels, sample_weight=weights)
    return Calibration(dict(zip(names, map(float, model.coef_[0]), strict=True)), float(model.intercept_[0]))


def probabilities(calibration: Calibration, example: Example, names: Sequence[str]) -> NDArray[np.float64]:
    return calibration.probability({name: example.evidence[:, i] for i, name in enumerate(names)})


def average_precision(scores: NDArray[np.float64], labels: NDArray[np.int_]) -> float:
    """As index/training/evaluate.py's, over the decided labels."""
    decided = labels >= 0
    return evaluate.average_precision(scores[decided], labels[decided] == 1)


def f1_counts(scores: NDArray[np.float64], labels: NDArray[np.int_], threshold: float) -> tuple[int, int, int]:
    chosen = scores >= threshold
    return (
        int((chosen & (labels == 1)).sum()),
        int((chosen & (labels == 0)).sum()),
        int((~chosen & (labels == 1)).sum()),
    )


def summary(
    examples: Sequence[Example], scores: Sequence[NDArray[np.float64]], threshold: float
) -> dict[str, dict[str, float]]:
    """Per kind: mean average precision, and recall and precision at the threshold (mean over questions)."""
    rows: dict[str, dict[str, float]] = {}
    for kind in [*sorted({e.kind for e in examples})]:
        chosen = [(e, s) for e, s in zip(examples, scores, strict=True) if e.kind == kind]
        aps = [average_precision(s, e.labels) for e, s in chosen]
        counts = [f1_counts(s, e.labels, threshold) for e, s in chosen]
        recalls = [tp / (tp + fn) for tp, _, fn in counts if tp + fn]
        precisions = [tp / (tp + fp) for tp, fp, _ in counts if tp + fp]
        silent = sum(tp + fp == 0 for tp, fp, _ in counts)
        rows[kind] = {
            "questions": len(chosen),
            "ap": float(np.nanmean(aps)) if not np.all(np.isnan(aps)) else float("nan"),
            "recall": float(np.mean(recalls)) if recalls else float("nan"),
            "precision": float(np.mean(precisions)) if precisions else float("nan"),
            "silent": silent,
        }
    return rows


def cross_validated(
    examples: Sequence[Example], names: Sequence[str], weights: Sequence[float], strength: float
) -> list[NDArray[np.float64]]:
    """Each example's probabilities from a model that did not see its question."""
    scores: list[NDArray[np.float64]] = [np.zeros(0)] * len(examples)
    indices = np.arange(len(examples))
    questions = sorted({e.question for e in examples})
    groups = [questions.index(e.question) for e in examples]
    for train, test in GroupKFold(n_splits=6).split(indices, groups=groups):
        calibration = fit([examples[i] for i in train], np.array([weights[i] for i in train]), names, strength)
        for i in test:
            scores[i] = probabilities(calibration, examples[i], names)
    return scores


def answerable_evidence(
    examples: Sequence[Example], scores: Sequence[NDArray[np.float64]], names: Sequence[str]
) -> list[dict[str, float]]:
    """What index/answerable.py says of each question, from probabilities of models that did not see it."""
    found = []
    for example, probability in zip(examples, scores, strict=True):
        features = {name: example.evidence[:, i] for i, name in enumerate(names)}
        inside = np.clip(probability, 1e-9, 1 - 1e-9)
        found.append(question_evidence(features, np.log(inside / (1 - inside))))
    return found


def fit_answerable(evidence: Sequence[dict[str, float]], answerable: NDArray[np.bool_], strength: float) -> Calibration:
    """A logistic model on standardised numbers, its weights written for the numbers as they are."""
    names = list(evidence[0])
    table = np.clip([[row[name] for name in names] for row in evidence], -CLIP, CLIP)
    mean, spread = table.mean(axis=0), table.std(axis=0) + 1e-9
    model = LogisticRegression(C=strength, max_iter=2_000)
    model.fit((table - mean) / spread, answerable)
    weights = model.coef_[0] / spread
    return Calibration(dict(zip(names, map(float, weights), strict=True)), float(model.intercept_[0] - weights @ mean))


def show_refusals(examples: Sequence[Example], evidence: Sequence[dict[str, float]], strength: float) -> None:
    """At several cuts: the share of unanswerable questions refused and of answerable ones answered, cross-validated."""
    questions = sorted({e.question for e in examples})
    groups = [questions.index(e.question) for e in examples]
    truth = np.array([(e.labels == 1).any() for e in examples])
    scores = np.zeros(len(examples))
    for train, test in GroupKFold(n_splits=8).split(groups, groups=groups):
        model = fit_answerable([evidence[i] for i in train], truth[train], strength)
        for i in test:
            scores[i] = model.probability({name: np.array([value]) for name, value in evidence[i].items()})[0]
    for cut in (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9):
        print(
            f"cut {cut:.2f}: refused {np.mean(scores[~truth] < cut):.2f}, answered {np.mean(scores[truth] >= cut):.2f}"
        )


def reliability(
    examples: Sequence[Example], scores: Sequence[NDArray[np.float64]], bins: int = 10
) -> list[tuple[float, float, int]]:
    """(mean probability, share that states something, passages) of each bin of probability; empty bins are left out."""
    decided = [example.labels >= 0 for example in examples]
    foreseen = np.concatenate([score[kept] for score, kept in zip(scores, decided, strict=True)])
    states = np.concatenate([example.labels[kept] == 1 for example, kept in zip(examples, decided, strict=True)])
    place = np.minimum((foreseen * bins).astype(int), bins - 1)
    return [
        (float(foreseen[place == n].mean()), float(states[place == n].mean()), int((place == n).sum()))
        for n in range(bins)
        if (place == n).any()
    ]


def show(rows: dict[str, dict[str, float]]) -> None:
    print(f"{'kind':12} {'n':>4} {'AP':>6} {'recall':>7} {'prec.':>6} {'silent':>6}")
    for kind, row in rows.items():
        print(
            f"{kind:12} {row['questions']:4.0f} {row['ap']:6.3f} {row['recall']:7.3f} {row['precision']:6.3f} {row['silent']:6.0f}"
        )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m eval.calibrate", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument(
        "--index", type=Path, action="append", help="may be given several times (originals and digests)"
    )
    parser.add_argument("--write", action="store_true", help="write index/calibration.json")
    parser.add_argument("--plot", type=Path, help="write the reliability plot (SVG): foreseen against observed")
    parser.add_argument("--features", default=",".join(FEATURES))
    parser.add_argument("--strength", type=float, default=1.0)
    parser.add_argument("--worlds", type=float, default=1.0, help="weight of a fictional question against a real one")
    parser.add_argument("--threshold", type=float, default=0.5)
    options = parser.parse_args(arguments)
    settings = read_settings()
    names = tuple(options.features.split(","))
    examples: list[Example] = []
    for index in options.index or [settings.index]:
        examples += of_question_set(open_assistant(replace(settings, index=index)), names)
    real = len(examples)
    encoder = load_encoder(settings)
    for world in read_worlds("held"):
        examples += of_world(world, open_world(world, encoder), names)
    weights = [1.0 if i < real else options.worlds for i in range(len(examples))]
    scores = cross_validated(examples, names, weights, options.strength)
    show(summary(examples, scores, options.threshold))
    points = reliability(examples, scores)
    for foreseen, states, count in points:
        print(f"foreseen {foreseen:.2f}: {states:.2f} of {count} passages state something on the topic")
    if options.plot:
        weak = (WEAK, f"below: weak support ({WEAK})")
        drawing = plots.reliability(points, "probability foreseen", "share that states something on the topic", weak)
        options.plot.write_text(drawing, encoding="utf-8")
    calibration = fit(examples, np.array(weights), names, options.strength)
    evidence = answerable_evidence(examples, scores, names)
    show_refusals(examples, evidence, REFUSAL_STRENGTH)
    truth = np.array([(e.labels == 1).any() for e in examples])
    both = Calibrations(calibration, fit_answerable(evidence, truth, REFUSAL_STRENGTH))
    if options.write:
        both.save()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""How good an encoder is: on topics that it was not trained on, and on questions of another trade."""

from __future__ import annotations

import importlib.util
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embedding import SentenceEncoder
from index.training.data import Topic, text_of


@dataclass(frozen=True)
class TopicFigures:
    """Mean average precision over the questions of topics, each against the passages of all of them."""

    overall: float
    by_kind: dict[str, float]
    by_question: dict[
        int, float
    ]  # place of the question in its topic: 0 plain, 1 as typed, 2 keywords, 3-4 paraphrases


def average_precision(scores: NDArray[np.floating[Any]], relevant: NDArray[np.bool_]) -> float:
    """Mean of the precision at the rank of each relevant item; nan where none is relevant."""
    if not relevant.any():
        return float("nan")
    found = relevant[np.argsort(-scores, kind="stable")]
    return float((np.cumsum(found) / np.arange(1, len(found) + 1))[found].mean())


def measure_topics(encoder: SentenceEncoder, topics: Sequence[Topic]) -> TopicFigures:
    """Every question ranks the positives and near misses of all topics; its own positives are relevant."""
    passages = [(number, entry) for number, topic in enumerate(topics) for entry in topic.positives]
    passages += [(-1, entry) for topic in topics for entry in topic.near]
    owners = np.array([number for number, _ in passages])
    vectors = encoder.encode_passages([text_of(entry) for _, entry in passages])
    questions = [(number, place, q) for number, topic in enumerate(topics) for place, q in enumerate(topic.questions)]
    asked = encoder.encode_queries([question for _, _, question in questions])
    by_kind, by_question = defaultdict(list), defaultdict(list)
    for (number, place, _), scores in zip(questions, asked @ vectors.T, strict=True):
        precision = average_precision(scores, owners == number)
        by_kind[topics[number].kind].append(precision)
        by_question[place].append(precision)
    return TopicFigures(
        float(np.mean([value for values in by_kind.values() for value in values])),
        {kind: float(np.mean(values)) for kind, values in by_kind.items()},
        {place: float(np.mean(values)) for place, values in by_question.items()},
    )


def measure_faq(encoder: SentenceEncoder) -> float | None:
    """Mean reciprocal rank (first ten) of the answers to 503 Swedish questions on building; None where not installed.

    The data is the package `zaragoza-construction-faq`: another trade, to notice what training on ours costs.
    """
    pairs = _faq()
    if not pairs:
        return None
    questions = encoder.encode_queries([question for question, _ in pairs])
    answers = encoder.encode_passages([answer for _, answer in pairs])
    scores = questions @ answers.T
    ranks = 1 + (scores > np.diag(scores)[:, None]).sum(axis=1)
    return float(np.where(ranks <= 10, 1 / ranks, 0).mean())


@lru_cache(maxsize=1)
def _faq() -> list[tuple[str, str]]:
    spec = importlib.util.find_spec("zaragoza_construction_faq")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        data = json.loads(Path(folder, "data", "faq.json").read_text(encoding="utf-8"))
        return [(entry["q"], entry["a"]) for entry in data["questions"]]
    return []

"""The topics as training batches: which questions, passages and negatives the model sees together.

One line of a *.jsonl file is a topic: `questions` (plain, as typed, keywords, paraphrases), `positives` (passages that
answer them) and `near` (passages that look alike and do not). Validation topics are listed in validation.txt.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embedding import embedded_text
from index.training.variety import vary_passage, vary_question

FOLDER = Path(__file__).parent
NEAR_MISSES = 0.75  # share of hard negatives that the topic itself lists; the others are mined
VALIDATION = FOLDER / "validation.txt"


@dataclass(frozen=True)
class Topic:
    """`id` is "file: topic". Passages are the entries of the data file, by key."""

    id: str
    kind: str
    name: str
    questions: tuple[str, ...]
    positives: tuple[dict[str, Any], ...]
    near: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Row:
    """One training example as texts; its batch holds no second row of the same or a neighbouring topic."""

    question: str
    positive: str
    negative: str


@dataclass
class Neighbours:
    """Which topics are too close to serve as each other's negatives, and which passages fool the untrained model.

    `close` is (topics, topics); `mined[t]` holds (topic, number) of positives of other topics, most misleading first.
    """

    close: NDArray[np.bool_]
    mined: list[list[tuple[int, int]]] = field(default_factory=list)


def read_topics(folder: Path = FOLDER) -> tuple[list[Topic], list[Topic]]:
    """All topics as (training, validation)."""
    held_back = set(VALIDATION.read_text(encoding="utf-8").splitlines())
    training: list[Topic] = []
    validation: list[Topic] = []
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            topic = Topic(
                id=f"{file.stem}: {entry['topic']}",
                kind=file.stem,
                name=entry["topic"],
                questions=tuple(entry["questions"]),
                positives=tuple(entry["positives"]),
                near=tuple(entry["near"]),
            )
            (validation if topic.id in held_back else training).append(topic)
    return training, validation


def text_of(passage: dict[str, Any]) -> str:
    """A passage of the data as it is embedded."""
    town = passage.get("town")
    return embedded_text(passage["text"], passage.get("section"), passage.get("heading"), [town] if town else [])


def find_neighbours(
    questions: Sequence[NDArray[np.float32]], positives: Sequence[NDArray[np.float32]], closest: int, mined: int
) -> Neighbours:
    """Neighbours by the vectors of each topic's questions and positives, (n, dimensions) each, of the untrained model.

    Each topic's `closest` others, in either direction, are too close. Of the rest, the `mined` passages that its
    questions find first are the misleading ones.
    """
    centres = np.stack([np.concatenate(pair).mean(axis=0) for pair in zip(questions, positives, strict=True)])
    centres -= centres.mean(axis=0)
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    likeness = centres @ centres.T
    close = np.zeros(likeness.shape, dtype=np.bool_)
    for number, row in enumerate(likeness):
        close[number, np.argsort(-row, kind="stable")[: closest + 1]] = True
    close |= close.T
    owners = np.repeat(np.arange(len(positives)), [len(vectors) for vectors in positives])
    places = np.concatenate([np.arange(len(vectors)) for vectors in positives])
    every = np.concatenate(list(positives))
    misleading = []
    for number, vectors in enumerate(questions):
        scores = (every @ vectors.T).mean(axis=1)
        scores[close[number][owners]] = -np.inf
        first = np.argsort(-scores, kind="stable")[:mined]
        misleading.append([(int(owners[n]), int(places[n])) for n in first])
    return Neighbours(close, misleading)


def batches(topics: Sequence[Topic], neighbours: Neighbours, size: int, steps: int, seed: int) -> Iterator[list[Row]]:
    """`steps` batches of `size` rows. Every topic comes once before any comes again."""
    chance = random.Random(seed)
    waiting: list[int] = []
    for _ in range(steps):
        chosen: list[int] = []
        passed_over: list[int] = []
        while len(chosen) < size:
            if not waiting:
                waiting = chance.sample(range(len(topics)), len(topics))
            number = waiting.pop()
            if neighbours.close[number][chosen].any() if chosen else False:
                passed_over.append(number)
                if len(passed_over) > len(topics):
                    raise ValueError(f"no {size} topics that are not neighbours among {len(topics)}")
                continue
            chosen.append(number)
        waiting += [number for number in passed_over if number not in chosen]
        yield [_row(topics, neighbours, number, chance) for number in chosen]


def _row(topics: Sequence[Topic], neighbours: Neighbours, number: int, chance: random.Random) -> Row:
    topic = topics[number]
    if chance.random() < NEAR_MISSES:
        negative = _varied(chance.choice(topic.near), topic, chance)
    else:
        owner, place = chance.choice(neighbours.mined[number])
        negative = _varied(topics[owner].positives[place], topics[owner], chance)
    return Row(vary_question(topic, chance), _varied(chance.choice(topic.positives), topic, chance), negative)


def _varied(passage: dict[str, Any], topic: Topic, chance: random.Random) -> str:
    return text_of(vary_passage(passage, chance, context_matters=topic.kind == "sammanhang"))

"""The topics as training batches: which questions, passages and negatives the model sees together.

One line of a *.jsonl file is a topic: `questions` (plain, as typed, keywords, paraphrases), `positives` (passages that
answer them) and `near` (passages that look alike and do not). Validation topics are listed in validation.txt.
A file of worlds/ is a whole network's reports with questions and every passage that answers each: a question is a topic
there, and all other passages of its world are known not to answer it.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embedding import embedded_text
from index.thesaurus import load_thesaurus
from index.training.variety import vary_passage, vary_question

FOLDER = Path(__file__).parent
NEAR_MISSES = 0.75  # share of hard negatives that the topic itself lists; the others are mined
VALIDATION = FOLDER / "validation.txt"
WORLDS = FOLDER / "worlds"
HELD_WORLDS = ("a4", "b4", "c4", "d4")  # never trained or calibrated on
WORLD = "worlds"  # kind of a world's questions
WORDS = "ord"  # kind of the thesaurus' groups
HARD = 24  # passages of a question's own world that it is told apart from


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


def read_world_topics(vectors: Callable[[Sequence[str], Sequence[str]], NDArray[np.float32]]) -> list[Topic]:
    """The answerable questions of the worlds to train on, each a topic.

    `vectors(questions, passages)` gives the likeness of each pair, (questions, passages): of a world's passages that do
    not answer, the HARD likest are a question's near misses.
    """
    topics = []
    for file in sorted(WORLDS.glob("*.json")):
        if file.stem in HELD_WORLDS:
            continue
        world = json.loads(file.read_text(encoding="utf-8"))
        passages = {
            entry["id"]: {"text": entry["text"], "town": entry["town"], "section": entry["question"], "heading": entry["heading"]}
            for entry in world["passages"]
        }  # fmt: skip
        asked = [question for question in world["questions"] if question["answers"]]
        likeness = vectors(
            [question["question"] for question in asked], [text_of(entry) for entry in passages.values()]
        )
        for question, scores in zip(asked, likeness, strict=True):
            right = {*question["answers"], *question.get("also", [])}
            order = [list(passages)[n] for n in np.argsort(-scores, kind="stable")]
            topics.append(
                Topic(
                    id=f"{WORLD}: {file.stem}: {question['question']}",
                    kind=WORLD,
                    name=question["question"],
                    questions=(question["question"],),
                    positives=tuple(passages[number] for number in question["answers"]),
                    near=tuple([passages[number] for number in order if number not in right][:HARD]),
                )
            )
    return topics


def read_word_topics(count: int, seed: int) -> list[Topic]:
    """Some groups of the thesaurus as topics: asked with one of the words, answered with another. At most `count`."""
    chance = random.Random(seed)
    groups = [group.words for group in load_thesaurus().groups if len(group.words) >= 3]
    chosen = sorted(chance.sample(range(len(groups)), min(count, len(groups))))
    topics = []
    for number in chosen:
        words = groups[number]
        others = chance.sample([n for n in range(len(groups)) if not set(groups[n]) & set(words)], 3)
        topics.append(
            Topic(
                id=f"{WORDS}: {words[0]}",
                kind=WORDS,
                name=words[0],
                questions=words,
                positives=tuple({"text": word[0].upper() + word[1:]} for word in words),
                near=tuple({"text": groups[n][0][0].upper() + groups[n][0][1:]} for n in others),
            )
        )
    return topics


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
    return text_of(vary_passage(passage, chance, context_matters=topic.kind in ("sammanhang", WORLD)))

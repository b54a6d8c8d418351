"""The topics as training batches: which questions, passages and negatives the model sees together.

One line of a *.jsonl file is a topic: `questions` (plain, as typed, keywords, paraphrases), `positives` (passages that
answer them) and `near` (passages that look alike and do not). Validation topics are listed in validation.txt.
A file of worlds/ is a whole network's reports with questions and every passage that answers each. A batch is drawn either
from many topics that are no neighbours, or from one world, where it is known which passages answer which questions.
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
from index.training.variety import vary_passage, vary_question, vary_wording

FOLDER = Path(__file__).parent
NEAR_MISSES = 0.75  # share of hard negatives that the topic itself lists; the others are mined
VALIDATION = FOLDER / "validation.txt"
WORLDS = FOLDER / "worlds"
HELD_WORLDS = ("a4", "b4", "c4", "d4", "h2", "k2", "n2", "q2", "t2", "v2", "x2", "z2")  # never trained on
WORDS = "ord"  # kind of the thesaurus' groups


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
class Asked:
    """A question of a world: ids of the passages that answer it, and of those that may be told."""

    question: str
    answers: frozenset[str]
    also: frozenset[str]

    def label(self, number: str) -> int:
        """What a passage is to the question: 1 answers, 0 does not, -1 undecided."""
        return 1 if number in self.answers else -1 if number in self.also else 0


@dataclass(frozen=True)
class World:
    """A fictional network: passages by id as in the data files, and questions of which every answer is known."""

    name: str
    passages: dict[str, dict[str, Any]]
    questions: tuple[Asked, ...]


@dataclass(frozen=True)
class Row:
    """One line of a training batch: a question, two of the batch's passages, and what all of them are to the question.

    A batch of n rows holds n questions and 2n passages. `label` goes through all of `first`, then all of `second`: 1
    answers, 0 does not, -1 undecided.
    """

    question: str
    first: str
    second: str
    label: tuple[int, ...]


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


def read_worlds() -> list[World]:
    """The worlds to train on, with their answerable questions."""
    worlds = []
    for file in sorted(WORLDS.glob("*.json")):
        if file.stem in HELD_WORLDS:
            continue
        world = json.loads(file.read_text(encoding="utf-8"))
        passages = {
            entry["id"]: {"text": entry["text"], "town": entry["town"], "section": entry["question"], "heading": entry["heading"]}
            for entry in world["passages"]
        }  # fmt: skip
        questions = [
            Asked(asked["question"], frozenset(asked["answers"]), frozenset(asked.get("also", [])))
            for asked in world["questions"]
            if asked["answers"]
        ]
        worlds.append(World(file.stem, passages, tuple(questions)))
    return worlds


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
    """`steps` batches of `size` rows (an even number), two of each topic. Every topic comes before any comes again."""
    chance = random.Random(seed)
    waiting: list[int] = []
    for _ in range(steps):
        chosen: list[int] = []
        passed_over: list[int] = []
        while len(chosen) < size // 2:
            if not waiting:
                waiting = chance.sample(range(len(topics)), len(topics))
            number = waiting.pop()
            if neighbours.close[number][chosen].any() if chosen else False:
                passed_over.append(number)
                if len(passed_over) > len(topics):
                    raise ValueError(f"no {size // 2} topics that are not neighbours among {len(topics)}")
                continue
            chosen.append(number)
        waiting += [number for number in passed_over if number not in chosen]
        yield _topic_rows(topics, neighbours, chosen, chance)


def world_batches(worlds: Sequence[World], size: int, steps: int, seed: int) -> Iterator[list[Row]]:
    """`steps` batches of `size` rows, each of one world. Every world, and every question of one, comes in its turn."""
    chance = random.Random(seed)
    turns: list[World] = []
    waiting: dict[str, list[Asked]] = {world.name: [] for world in worlds}
    for _ in range(steps):
        if not turns:
            turns = chance.sample(worlds, len(worlds))
        world = turns.pop()
        left = waiting[world.name]
        while len(left) < size:
            left += chance.sample(world.questions, len(world.questions))
        yield _world_rows(world, left[:size], chance)
        del left[:size]


def mixed(topics: Iterator[list[Row]], worlds: Iterator[list[Row]], share: float, steps: int) -> Iterator[list[Row]]:
    """`steps` batches, `share` of them of the worlds, evenly spread."""
    for step in range(1, steps + 1):
        yield next(worlds if int(step * share) > int((step - 1) * share) else topics)


def _world_rows(world: World, questions: Sequence[Asked], chance: random.Random) -> list[Row]:
    """An answer to each question, and as many others of the world's passages, drawn by lot, as make two a question."""
    chosen: list[str] = []
    for asked in questions:
        if not asked.answers.intersection(chosen):
            chosen.append(chance.choice(sorted(asked.answers)))
    others = [number for number in world.passages if number not in chosen]
    chosen += chance.sample(others, 2 * len(questions) - len(chosen))
    passages = [
        (number, text_of(vary_passage(world.passages[number], chance, context_matters=True))) for number in chosen
    ]
    return _rows(
        [vary_wording(asked.question, chance) for asked in questions],
        passages,
        lambda place, number: questions[place].label(number),
    )


def _topic_rows(
    topics: Sequence[Topic], neighbours: Neighbours, chosen: Sequence[int], chance: random.Random
) -> list[Row]:
    """Two questions of each topic, two passages that answer both, and two that do not."""
    passages: list[tuple[int | None, str]] = []
    for number in chosen:
        topic = topics[number]
        for positive in chance.sample(topic.positives, 2):
            passages.append((number, _varied(positive, topic, chance)))
        for _ in range(2):
            if chance.random() < NEAR_MISSES:
                passages.append((None, _varied(chance.choice(topic.near), topic, chance)))
            else:
                owner, place = chance.choice(neighbours.mined[number])
                passages.append((owner, _varied(topics[owner].positives[place], topics[owner], chance)))
    return _rows(
        [vary_question(topics[number], chance) for number in chosen for _ in range(2)],
        passages,
        lambda place, owner: int(owner == chosen[place // 2]),
    )


def _rows(questions: Sequence[str], passages: Sequence[tuple[Any, str]], label: Callable[[int, Any], int]) -> list[Row]:
    """`label(place, key)` is what the passage with that key is to the question at that place."""
    size = len(questions)
    rows = []
    for place, question in enumerate(questions):
        labels = tuple(label(place, key) for key, _ in passages)
        rows.append(Row(question, passages[place][1], passages[size + place][1], labels))
    return rows


def _varied(passage: dict[str, Any], topic: Topic, chance: random.Random) -> str:
    return text_of(vary_passage(passage, chance, context_matters=topic.kind == "sammanhang"))

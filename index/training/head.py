"""Trains the head that makes token vectors (index/tokens.py) of a finished encoder's states, which stay as they are.

Whole worlds at a time: every question of a world against all its passages, of which it is known whether they answer. What
is learnt is what the likeness of the tokens adds to that of the texts: the loss is of the sum of both.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from index.embedding import SentenceEncoder
from index.tokens import TokenHead
from index.training.data import World, text_of
from index.training.loss import answers_first

QUESTIONS = 24  # of a world a step
DROPPED = 0.1  # of the states' numbers, while training
STATES = 50_000  # whose mean is taken for that of all


@dataclass(frozen=True)
class Seen:
    """A world as the encoder sees it: states (texts, tokens, d) in half precision with their masks, cosines and labels."""

    questions: torch.Tensor
    asked: torch.Tensor
    passages: torch.Tensor
    told: torch.Tensor
    cosines: torch.Tensor  # (questions, passages)
    labels: torch.Tensor  # the same: 1 answers, 0 does not, -1 undecided


def see(world: World, encoder: SentenceEncoder) -> Seen:
    """All questions and passages of a world through the encoder."""
    numbers = list(world.passages)
    with torch.autocast("cpu", torch.bfloat16):
        questions, question_states = encoder.query_states([asked.question for asked in world.questions])
    passages, passage_states = encoder.passage_states([text_of(world.passages[number]) for number in numbers])
    labels = [[asked.label(number) for number in numbers] for asked in world.questions]
    cosines = torch.from_numpy(questions @ passages.T)
    return Seen(*_padded(question_states), *_padded(passage_states), cosines, torch.tensor(labels))


def _padded(states: Sequence[np.ndarray]) -> tuple[torch.Tensor, torch.Tensor]:
    lengths = torch.tensor([len(text) for text in states])
    table = nn.utils.rnn.pad_sequence([torch.from_numpy(text).bfloat16() for text in states], batch_first=True)
    return table, torch.arange(table.shape[1])[None] < lengths[:, None]


class Head(nn.Module):
    """As TokenHead, trainable; with the weights of both likenesses in the sum that is trained."""

    def __init__(self, mean: torch.Tensor, size: int, scale: float) -> None:
        super().__init__()
        self.projection = nn.Linear(len(mean), size, bias=False)
        nn.init.orthogonal_(self.projection.weight)
        self.question, self.passage = nn.Linear(len(mean), 1), nn.Linear(len(mean), 1)
        for weight in (self.question, self.passage):
            nn.init.zeros_(weight.weight)
            nn.init.zeros_(weight.bias)
        self.of_texts, self.of_tokens = nn.Parameter(torch.tensor(scale)), nn.Parameter(torch.tensor(scale / 2))
        self.mean = nn.Parameter(mean, requires_grad=False)
        self.drop = nn.Dropout(DROPPED)

    def forward(self, world: Seen, rows: torch.Tensor) -> torch.Tensor:
        """Scores of some of a world's questions against all its passages, (rows, passages)."""
        likeness = self.likeness(world.questions[rows], world.asked[rows], world.passages, world.told)
        return self.of_texts * world.cosines[rows] + self.of_tokens * likeness

    def likeness(
        self, questions: torch.Tensor, asked: torch.Tensor, passages: torch.Tensor, told: torch.Tensor
    ) -> torch.Tensor:
        questions, passages = questions.float() - self.mean, passages.float() - self.mean
        one, other = (nn.functional.normalize(self.projection(self.drop(s)), dim=-1) for s in (questions, passages))
        other = other * torch.sigmoid(self.passage(passages))
        weights = torch.sigmoid(self.question(questions))[..., 0] * asked
        cosines = torch.einsum("qtk,psk->qtps", one, other).masked_fill(~told, -2)
        return torch.einsum("qtp,qt->qp", cosines.amax(dim=-1), weights / weights.sum(dim=1, keepdim=True))

    def finished(self) -> TokenHead:
        def plain(tensor: torch.Tensor) -> np.ndarray:
            return tensor.detach().float().numpy()

        weights = (plain(torch.cat([w.weight[0], w.bias])) for w in (self.question, self.passage))
        return TokenHead(plain(self.mean), plain(self.projection.weight), *weights)


def train_head(
    encoder: SentenceEncoder, worlds: Sequence[World], size: int, rounds: int, rate: float, scale: float, seed: int
) -> tuple[TokenHead, list[float]]:
    """The head after so many rounds through all worlds, and the mean loss of each round."""
    torch.manual_seed(seed)
    chance = random.Random(seed)
    seen = []
    for number, world in enumerate(worlds, 1):
        seen.append(see(world, encoder))
        if number % 20 == 0:
            print(f"head: {number} of {len(worlds)} worlds read", flush=True)
    some = torch.cat([sight.passages[sight.told] for sight in chance.sample(seen, min(len(seen), 20))])
    head = Head(some[:STATES].float().mean(dim=0), size, scale)
    slow, fast = (
        [head.projection.weight],
        [p for n, p in head.named_parameters() if n not in ("projection.weight", "mean")],
    )
    groups = [
        {"params": slow, "lr": rate, "weight_decay": 0.01},
        {"params": fast, "lr": rate * 10, "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, rounds * len(seen))
    losses = []
    for number in range(rounds):
        every = []
        for sight in chance.sample(seen, len(seen)):
            rows = torch.randperm(len(sight.labels))[:QUESTIONS]
            loss = answers_first(head(sight, rows), sight.labels[rows])
            loss.backward()
            optimiser.step()
            schedule.step()
            optimiser.zero_grad()
            every.append(float(loss.detach()))
        losses.append(round(float(np.mean(every)), 4))
        print(f"head: round {number + 1} of {rounds}, loss {losses[-1]}", flush=True)
    return head.eval().finished(), losses

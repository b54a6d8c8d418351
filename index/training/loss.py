"""What the encoder learns: each question nearer to every passage that answers it than to any that does not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn

TOGETHER = 12  # texts


class AnswersFirstLoss(nn.Module):
    """Multiple negatives ranking over cosines where several passages of a batch may answer a question.

    Labels are (questions, passages): 1 answers, 0 does not, -1 undecided and left out; every row holds both 1 and 0. Each
    answer competes with the question's non-answers alone; a question's answers count equally. With one answer a row
    this is cross entropy over all passages of the batch. `scale` multiplies cosines.
    """

    def __init__(self, model: Any, scale: float) -> None:
        super().__init__()
        self.model = model
        self.scale = scale

    def forward(self, sentence_features: Iterable[dict[str, torch.Tensor]], labels: torch.Tensor) -> torch.Tensor:
        question, *passages = [self._vectors(features) for features in sentence_features]
        return answers_first(self.scale * (question @ torch.cat(passages).T).float(), labels)

    def _vectors(self, features: dict[str, torch.Tensor]) -> torch.Tensor:
        """One vector a text; texts of like length go through the model together, so that little is padded."""
        ids, mask = features["input_ids"], features["attention_mask"]
        lengths = mask.sum(dim=1)
        order = lengths.argsort()
        parts = []
        for rows in order.split(TOGETHER):
            width = int(lengths[rows].max())
            part = {"input_ids": ids[rows, :width], "attention_mask": mask[rows, :width]}
            parts.append(self.model({**features, **part})["sentence_embedding"])
        return torch.cat(parts)[order.argsort()]


def answers_first(scores: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The loss of scores and labels, (questions, passages) each."""
    others = torch.logsumexp(scores.masked_fill(labels != 0, -torch.inf), dim=1, keepdim=True)
    answers = (labels == 1).float()
    losses = (torch.logaddexp(scores, others) - scores) * answers
    return (losses.sum(dim=1) / answers.sum(dim=1)).mean()

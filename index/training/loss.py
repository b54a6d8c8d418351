"""What the encoder learns: questions near their passages, as one vector and token by token."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn
from torch.nn.functional import cross_entropy, normalize


class DenseAndTokenLoss(nn.Module):
    """Multiple negatives ranking over cosines, plus the same over late interaction of projected tokens.

    Both share one pass of the encoder. Every passage and hard negative of the batch is a negative of every other
    question, so a batch must not hold two that answer the same. `head` projects token embeddings.
    """

    def __init__(self, model: Any, head: nn.Linear | None, scale: float, token_weight: float = 0.5) -> None:
        super().__init__()
        self.model = model
        self.head = head
        self.scale = scale
        self.token_weight = token_weight

    def forward(self, sentence_features: Iterable[dict[str, torch.Tensor]], labels: torch.Tensor) -> torch.Tensor:
        question, *passages = [self.model(features) for features in sentence_features]
        truth = torch.arange(len(question["sentence_embedding"]))
        vectors = torch.cat([output["sentence_embedding"] for output in passages])
        loss = cross_entropy(self.scale * (question["sentence_embedding"] @ vectors.T).float(), truth)
        if self.head is None:
            return loss
        scores = torch.cat([self._late_interaction(question, output) for output in passages], dim=1)
        return loss + self.token_weight * cross_entropy(self.scale * scores, truth)

    def _late_interaction(self, question: dict[str, Any], passages: dict[str, Any]) -> torch.Tensor:
        """Mean over a question's tokens of the best cosine with a passage's tokens, (questions, passages)."""
        assert self.head is not None
        asked = normalize(self.head(question["token_embeddings"]).float(), dim=-1)
        stated = normalize(self.head(passages["token_embeddings"]).float(), dim=-1)
        likeness = torch.einsum("qik,pjk->qpij", asked, stated)
        likeness = likeness.masked_fill(passages["attention_mask"][None, :, None, :] == 0, -1.0)
        best = likeness.amax(dim=-1)
        mask = question["attention_mask"].float()
        return (best * mask[:, None, :]).sum(dim=-1) / mask.sum(dim=-1)[:, None]

"""From evidence to a probability: a logistic model over named features, small enough to read in its JSON file.

probability = 1 / (1 + exp(-(bias + sum(weight * clip(feature)))))
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FILE = Path(__file__).with_name("calibration.json")
CLIP = 8.0  # features are scaled to a few units; an outlier must not decide alone


@dataclass(frozen=True)
class Calibration:
    """Weights by feature name. A feature that has no weight is evidence for the eye only."""

    weights: dict[str, float]
    bias: float

    def logit(self, features: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """(n,) log odds. Raises KeyError where a weighted feature is missing."""
        total = np.zeros(len(next(iter(features.values()))), dtype=np.float64)
        for name, weight in self.weights.items():
            total += weight * np.clip(features[name], -CLIP, CLIP)
        return total + self.bias

    def probability(self, features: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
        """(n,) probabilities that a passage states something on the topic."""
        return 1.0 / (1.0 + np.exp(-self.logit(features)))


@dataclass(frozen=True)
class Calibrations:
    """Both models: `passage` for whether a passage states something, `answerable` for whether any does.

    `answerable` takes the names of index/answerable.py.
    """

    passage: Calibration
    answerable: Calibration

    def save(self, path: Path = FILE) -> None:
        data = {"passage": _as_data(self.passage), "answerable": _as_data(self.answerable)}
        path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def load_calibrations(path: Path = FILE) -> Calibrations:
    data = json.loads(path.read_text(encoding="utf-8"))
    return Calibrations(*(Calibration(data[name]["weights"], data[name]["bias"]) for name in ("passage", "answerable")))


def _as_data(calibration: Calibration) -> dict[str, object]:
    weights = {name: round(weight, 4) for name, weight in sorted(calibration.weights.items())}
    return {"bias": round(calibration.bias, 4), "weights": weights}
